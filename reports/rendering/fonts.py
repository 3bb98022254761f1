"""The typefaces of documents: which files they are, and under which names a document asks for them.

Set-up puts Noto Serif and Noto Sans into the front-end folder, one file for each subset of the alphabet.
Under one family name such files print the wrong letters while the extracted text still looks right, so each
subset is a family of its own and a document lists them one after the other.
"""

import atexit
import hashlib
import io
import os
import re
import shutil
import tempfile
from functools import lru_cache
from importlib.metadata import version
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
    """A folder with Noto Sans as TrueType, Latin and Cyrillic in one file.

    The chart library reads no woff2. Without this folder it would measure labels by a typeface of the machine
    and lay the same chart out differently elsewhere.
    """
    folder = unpacked_folder() / "measured"
    folder.mkdir(exist_ok=True)
    for weight in (400, 700):
        target = folder / f"sans-{weight}.ttf"
        if not target.exists():
            _keep(target, _merged(weight=weight))
    return str(folder)


@lru_cache
def unpacked(name: str) -> bytes:
    """A typeface's file as TrueType. Unpacking took a third of the time of a short report, so it is done once.

    Raises `FileNotFoundError` for a name that is none of ours.
    """
    target = unpacked_folder() / f"{name}.ttf"
    if not target.exists():
        from fontTools.ttLib import woff2

        plain = io.BytesIO()
        woff2.decompress(io.BytesIO((font_folder() / name).read_bytes()), plain)
        _keep(target, plain.getvalue())
    return target.read_bytes()


@lru_cache(maxsize=1)
def unpacked_folder() -> Path:
    """Where unpacked typefaces are kept for all processes, apart for each set of files and each unpacking library.

    Beside the folder of typefaces, which is served; where nothing may be written, in one that ends with this process.
    """
    kept = Path(settings.FRONTEND_DIR).parent / "typefaces" / f"{font_hash()[:12]}-{version('fonttools')}"
    try:
        kept.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=kept).close()
    except OSError:
        kept = Path(tempfile.mkdtemp(prefix="illegal-ops-fonts-"))
        atexit.register(shutil.rmtree, kept, ignore_errors=True)
    return kept


def _keep(target: Path, content: bytes) -> None:
    """A file appears whole or not at all: several processes may come to want the same one."""
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(target)


def _merged(*, weight: int) -> bytes:
    from fontTools.merge import Merger

    merged = Merger().merge([_without_layout(subset, weight) for subset in ("latin", "cyrillic")])
    for record in merged["name"].names:
        if record.nameID in (1, 4, 16):
            record.string = MEASURED
    merged.recalcTimestamp = False
    content = io.BytesIO()
    merged.save(content)
    return content.getvalue()


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
