"""The QR code of an approval sheet, read back from the picture of the printed page."""

import pypdfium2 as pdfium
import pytest
import segno
from PIL import Image

from reports.domain.cells import same
from reports.rendering.frames import approval_sheet
from reports.rendering.pdf import render_pdf
from tests.reports.rendering.annual_sample import approval_of
from tests.reports.rendering.cumulative_sample import cumulative

pytestmark = pytest.mark.once
_SCALE = 6.0
#: The code with its quiet zone is 36 mm wide, in points.
_SMALLEST, _LARGEST = 80, 103
#: A row of modules is a line as high as a module: the bounds are those of its middle.
_MODULE = 4


def code_on(sheet: pdfium.PdfPage) -> Image.Image:
    """The picture of the one drawn thing of the sheet that is a square of the code's size, cut to what is dark."""
    found = []
    for drawn in sheet.get_objects():
        left, bottom, right, top = drawn.get_bounds()
        if _SMALLEST < right - left < _LARGEST and abs((right - left) - (top - bottom)) < _MODULE:
            found.append((left, sheet.get_height() - top, right, sheet.get_height() - bottom))
    left, top = (min(box[side] for box in found) for side in (0, 1))
    right, bottom = (max(box[side] for box in found) for side in (2, 3))
    page = sheet.render(scale=_SCALE, grayscale=True).to_pil()
    around = (left - _MODULE, top - _MODULE, right + _MODULE, bottom + _MODULE)
    cut = page.crop(tuple(round(edge * _SCALE) for edge in around))
    ink = cut.point(lambda level: 255 if level < 128 else 0)
    return ink.crop(ink.getbbox())


def modules_of(code: Image.Image, *, count: int) -> list[list[int]]:
    """Dark or light at the middle of each module."""
    width, height = code.size
    assert abs(width - height) <= 2, "a code is square"
    return [
        [
            int(code.getpixel((int((column + 0.5) * width / count), int((row + 0.5) * height / count))) > 0)
            for column in range(count)
        ]
        for row in range(count)
    ]


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_code_on_the_approval_sheet_leads_to_the_address_beside_it(language: str) -> None:
    payload = cumulative()
    approval = approval_of(payload)
    pdf = render_pdf(payload=payload, approval=approval, language=language)
    with pdfium.PdfDocument(pdf) as document:
        sheet = document[len(document) - 1]
        text = sheet.get_textpage().get_text_bounded()
        drawn = code_on(sheet)
    assert approval["verification_url"] in text.replace("\r\n", "")
    meant = [[int(dark) for dark in row] for row in segno.make(approval["verification_url"], error="m").matrix]
    assert modules_of(drawn, count=len(meant)) == meant
    other = [[int(dark) for dark in row] for row in segno.make(f"{approval['verification_url']}X", error="m").matrix]
    assert meant != other, "a code of another address is another one"


@pytest.mark.parametrize(
    ("post", "said"),
    [
        ("Chair of the Council", "Chair of the Council on Illegal Migration"),
        ("Adviser", "Adviser; Chair of the Council on Illegal Migration"),
        (None, "Chair of the Council on Illegal Migration"),
    ],
)
def test_a_post_that_the_capacity_repeats_is_said_once(post: str | None, said: str) -> None:
    approval = approval_of(cumulative())
    capacity = same("Chair of the Council on Illegal Migration")
    acts = [{**approval["acts"][0], "post": same(post) if post else None, "capacity": capacity}]
    assert [act["held"] for act in approval_sheet({**approval, "acts": acts}, language="en")["acts"]] == [said]
