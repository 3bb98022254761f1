"""What a document was drawn with. The same payload gives the same bytes only where this fingerprint is the
same.

It is kept with each document. Where it differs a document is verified by its stored hash and its payload
instead of by drawing it again.
"""

import hashlib
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from reports.rendering.fonts import font_hash

_SHORT = 12
#: What of ours a drawing process loads beside the renderers, and templates that documents share with pages.
DRAWN_WITH = (
    "operations/domain/errors.py",
    "operations/domain/marks.py",
    "operations/domain/rich_markup.py",
    "operations/domain/rich_text.py",
    "operations/domain/timeline_drawing.py",
    "operations/domain/wording.py",
    "reports/domain/blocks.py",
    "reports/domain/cells.py",
    "reports/domain/citations.py",
    "reports/domain/coded_cells.py",
    "reports/domain/observations.py",
    "reports/domain/payload.py",
    "reports/domain/places.py",
    "reports/domain/statistical_codes.py",
    "templates/operations/_timeline_svg.html",
)


@lru_cache(maxsize=1)
def renderer_fingerprint() -> str:
    """Versions of the libraries, and hashes of the typefaces and of our own templates, style sheets and
    wording."""
    return "; ".join([*_installed(), f"pango {pango_version()}", f"harfbuzz {harfbuzz_version()}"])


def is_drawn_alike(renderer: str) -> bool:
    """Whether what was drawn with that fingerprint would look the same now, as far as a page can tell.

    The libraries of the system are not asked: loading them takes a page a second, and they change with the machine.
    """
    return set(_installed()) <= set(renderer.split("; "))


@lru_cache(maxsize=1)
def _installed() -> list[str]:
    """The parts of the fingerprint that are read from files."""
    parts = {
        "weasyprint": version("weasyprint"),
        "pydyf": version("pydyf"),
        "vl-convert": version("vl-convert-python"),
        "xlsxwriter": version("xlsxwriter"),
        "python-docx": version("python-docx"),
        "fonttools": version("fonttools"),
        "fonts": font_hash()[:_SHORT],
        "layout": layout_hash()[:_SHORT],
    }
    return [f"{name} {value}" for name, value in parts.items()]


def layout_hash() -> str:
    """One hash over everything of ours that shapes a document, and the wording that it uses."""
    base = Path(settings.BASE_DIR)
    files = [
        *(base / "templates" / "documents").rglob("*.html"),
        *(base / "illegal_ops" / "static" / "documents").glob("*.css"),
        *(base / "reports" / "rendering").glob("*.py"),
        *(base / one for one in DRAWN_WITH),
    ]
    names = {path.relative_to(base).as_posix() for path in files}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    for folder in settings.LOCALE_PATHS:
        for path in sorted(Path(folder).rglob("*.po")):
            digest.update("\0".join(wording_of(path.read_text("utf-8"), names)).encode())
    return digest.hexdigest()


def wording_of(catalogue: str, names: set[str]) -> list[str]:
    """The translations in a catalogue that are used in one of those files, without what the catalogue notes of them.

    So a document counts as drawn alike when some page of the site is worded anew.
    """
    entries = (entry.splitlines() for entry in catalogue.split("\n\n"))
    return [
        "\n".join(line for line in entry if not line.startswith("#"))
        for entry in entries
        if any(names.intersection(line.split()) for line in entry if line.startswith("#: "))
    ]


def pango_version() -> str:
    """The version of the library that is loaded, not of the one that something was built with."""
    from weasyprint.text.ffi import pango

    number = pango.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def harfbuzz_version() -> str:
    """The loaded version; WeasyPrint's binding only answers whether it is at least a given one."""
    from weasyprint.text.ffi import harfbuzz

    found = [0, 0, 0]
    for place in range(3):
        while harfbuzz.hb_version_atleast(*found[:place], found[place] + 1, *[0] * (2 - place)):
            found[place] += 1
    return ".".join(str(part) for part in found)
