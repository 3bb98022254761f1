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
    """One hash over everything of ours that shapes a document."""
    base = Path(settings.BASE_DIR)
    files = [
        *(base / "templates" / "documents").rglob("*.html"),
        *(base / "illegal_ops" / "static" / "documents").glob("*.css"),
        *(base / "reports" / "rendering").glob("*.py"),
        base / "operations" / "domain" / "wording.py",
        base / "operations" / "domain" / "rich_text.py",
        base / "operations" / "domain" / "rich_markup.py",
        base / "operations" / "domain" / "marks.py",
        base / "operations" / "domain" / "timeline_drawing.py",
        base / "reports" / "domain" / "citations.py",
        *(path for folder in settings.LOCALE_PATHS for path in Path(folder).rglob("*.mo")),
    ]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


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
