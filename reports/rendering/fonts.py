"""The typefaces of documents: which files they are, and under which names a document asks for them.

Set-up puts Noto Serif and Noto Sans into the front-end folder, one file for each subset of the alphabet.
Under one family name such files print the wrong letters while the extracted text still looks right, so each
subset is a family of its own and a document lists them one after the other.
"""

import atexit
import hashlib
import io
import re
import shutil
import tempfile
from functools import lru_cache
from pathlib import Path

from django.conf import settings

SUBSETS = ("latin", "cyrillic", "latin-ext", "cyrillic-ext")
SERIF = ", ".join(f'"Noto Serif {subset}"' for subset in SUBSETS)
SANS = ", ".join(f'"Noto Sans {subset}"' for subset in SUBSETS)

#: The name under which charts measure their text; both alphabets in one file, see `measuring_folder`.
MEASURED = "Noto Sans of documents"
_URL = re.compile(r'url\("([^":/]+)"\)')


class FontsAreMissing(RuntimeError):
    """Set-up has not fetched the typefaces; without them a document would fall back on whatever the machine
    has."""


def font_folder() -> Path:
    """Where set-up put the typefaces."""
    folder = Path(settings.FRONTEND_DIR) / "fonts"
    if not (folder / "documents.css").is_file():
        raise FontsAreMissing(f"no typefaces in {folder}: run the set-up of the front-end files")
    return folder


def font_css() -> str:
    """The @font-face rules, their files addressed as `app:fonts/…`."""
    css = (font_folder() / "documents.css").read_text("utf-8")
    return _URL.sub(r'url("app:fonts/\1")', css)


def font_hash() -> str:
    """One hash over all files of the typefaces, for the renderer's fingerprint."""
    digest = hashlib.sha256()
    for path in sorted(font_folder().glob("*.woff2")):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


@lru_cache(maxsize=1)
def measuring_folder() -> str:
    """A folder with Noto Sans as TrueType, Latin and Cyrillic in one file, made once for a process.

    The chart library reads no woff2. Without this folder it would measure labels by a typeface of the machine
    and lay the same chart out differently elsewhere.
    """
    folder = Path(tempfile.mkdtemp(prefix="illegal-ops-fonts-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    for weight in (400, 700):
        _write_merged(folder / f"sans-{weight}.ttf", weight=weight)
    return str(folder)


def _write_merged(target: Path, *, weight: int) -> None:
    from fontTools.merge import Merger

    merged = Merger().merge([_without_layout(subset, weight) for subset in ("latin", "cyrillic")])
    for record in merged["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = MEASURED
    merged.recalcTimestamp = False
    merged.save(target)


def _without_layout(subset: str, weight: int) -> io.BytesIO:
    """A subset as TrueType without its layout tables, which cannot be merged and hardly change a label's
    width."""
    from fontTools.ttLib import TTFont

    font = TTFont(font_folder() / f"noto-sans-{subset}-{weight}-normal.woff2", recalcTimestamp=False)
    font.flavor = None
    for tag in ("GSUB", "GPOS", "GDEF"):
        if tag in font:
            del font[tag]
    plain = io.BytesIO()
    font.save(plain)
    plain.seek(0)
    return plain
