"""Reading a PDF as a person and as a machine do: its text, its pages as pictures, its letters by their
shape."""

import io
import re
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
from django.conf import settings
from fontTools.ttLib import TTFont
from PIL import Image, ImageChops, ImageDraw, ImageFont

from reports.rendering.cells import shown

CAPITALS = "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
SMALL = CAPITALS.lower()
_SIDE = 40
_SCALE = 4.0


def text_of(pdf: bytes) -> str:
    """All text with every kind of space as one blank and words whole that a line's end has broken."""
    with pdfium.PdfDocument(pdf) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    return plain("\n".join(pages))


def plain(text: str) -> str:
    """Text without its layout: pdfium marks the hyphen of a broken word as U+FFFE or U+0002."""
    text = re.sub("([\ufffe\x02]\\s*|-\r?\n)", "", text)
    return re.sub(r"[\s\u00a0]+", " ", text)


def runs(cells: list[dict], *, language: str) -> list[str]:
    """The cells of a row as the text has them one after the other, cut where a footnote's mark stands between."""
    found = [""]
    for cell in cells:
        found[-1] = f"{found[-1]} {plain(shown(cell, language=language).whole)}".strip()
        if "note" in cell or "sources" in cell:
            found.append("")
    return [run for run in found if run]


def page_count(pdf: bytes) -> int:
    with pdfium.PdfDocument(pdf) as document:
        return len(document)


def letters_of(pdf: bytes, *, page: int, word: str) -> list[list[Image.Image]]:
    """Each letter of the word as it is drawn, for each place on the page where the word stands."""
    with pdfium.PdfDocument(pdf) as document:
        sheet = document[page]
        text = sheet.get_textpage()
        picture = sheet.render(scale=_SCALE, grayscale=True).to_pil()
        found = []
        search = text.search(word, match_case=True)
        while (place := search.get_next()) is not None:
            start, _length = place
            boxes = [text.get_charbox(start + offset) for offset in range(len(word))]
            found.append([_cut(picture, box, sheet.get_height()) for box in boxes])
    return found


def recognised(letter: Image.Image, *, among: str, families: tuple[str, ...]) -> str:
    """The letter whose shape in these typefaces comes nearest."""
    drawn = _shape(letter)
    return min(among, key=lambda one: min(_difference(drawn, _model(one, family)) for family in families))


def _cut(picture: Image.Image, box: tuple[float, float, float, float], height: float) -> Image.Image:
    left, bottom, right, top = box
    around = (left * _SCALE, (height - top) * _SCALE, right * _SCALE, (height - bottom) * _SCALE)
    return picture.crop(tuple(round(edge) for edge in around))


def _shape(picture: Image.Image) -> Image.Image:
    """Black on white, cut to the letter, in one size; the light watermark is not black."""
    ink = picture.convert("L").point(lambda level: 255 if level < 140 else 0)
    return ink.crop(ink.getbbox()).resize((_SIDE, _SIDE))


def _difference(one: Image.Image, other: Image.Image) -> int:
    return sum(level * count for level, count in enumerate(ImageChops.difference(one, other).histogram()))


@cache
def _model(letter: str, family: str) -> Image.Image:
    picture = Image.new("L", (200, 200), 255)
    ImageDraw.Draw(picture).text((40, 20), letter, font=_font(family), fill=0)
    return _shape(picture)


@cache
def _font(family: str) -> ImageFont.FreeTypeFont:
    font = TTFont(Path(settings.FRONTEND_DIR) / "fonts" / f"{family}.woff2")
    font.flavor = None
    plain_font = io.BytesIO()
    font.save(plain_font)
    plain_font.seek(0)
    return ImageFont.truetype(plain_font, 90)
