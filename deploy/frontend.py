"""Prepare the third-party front-end files that the site serves.

The packages named in package.json are dependencies, never part of the repository. Set-up calls this script
after they are fetched; it copies what the site needs into var/frontend/, one of STATICFILES_DIRS:

    govuk/   style sheet and ES module of govuk-frontend, without its fonts, crest and source map
    fonts/   Noto Sans and Noto Serif, and three style sheets that name them

Three things are taken out of govuk-frontend. Its typeface and its images are licensed to one government's
service only, and the address of a source map that is not there makes the manifest storage refuse the file.

It uses the standard library alone, so that it runs before anything is installed, and does nothing when its
inputs are unchanged.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAMP = "stamp.txt"
SUBSETS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext")

FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
FONT_NOTICE = re.compile(r"/\*! Copyright \(c\) 2011 by Margaret Calvert.*?\*/", re.DOTALL)
ASSET_DECLARATION = re.compile(r"(?<=[{;])[a-z-]+:[^;{}]*url\([\"']?/assets/[^)]*\)[^;}]*;?")
FONT_FAMILY = re.compile(r"font-family:(?:GDS Transport(?:,arial)?(?:,sans-serif)?|sans-serif)")
SOURCE_MAP = re.compile(r"/[/*][#@] sourceMappingURL=\S+(?:\s*\*/)?")


class FrontendError(Exception):
    """A package is missing or is not what this script knows how to take apart."""


@dataclass(frozen=True)
class Face:
    """One cut of a typeface, as the fontsource packages name it."""

    package: str
    family: str
    weight: int
    style: str = "normal"

    def file_name(self, subset: str) -> str:
        return f"{self.package}-{subset}-{self.weight}-{self.style}.woff2"


SITE_FACES = (Face("noto-sans", "Noto Sans", 400), Face("noto-sans", "Noto Sans", 700))
SERIF_FACES = (
    Face("noto-serif", "Noto Serif", 400),
    Face("noto-serif", "Noto Serif", 400, "italic"),
    Face("noto-serif", "Noto Serif", 700),
)
DOCUMENT_FACES = (*SITE_FACES, *SERIF_FACES)


def stripped_css(css: str) -> str:
    """The style sheet without its typeface, images and source map; raises if any of them is left."""
    css = FONT_NOTICE.sub("", css)
    css = FONT_FACE.sub("", css)
    css = ASSET_DECLARATION.sub("", css)
    css = SOURCE_MAP.sub("", css)
    css = FONT_FAMILY.sub("font-family:var(--ops-font)", css)
    for leftover in ("/assets/", "@font-face", "sourceMappingURL", "GDS Transport"):
        if leftover in css:
            raise FrontendError(f"govuk-frontend's style sheet still names {leftover!r}")
    return css.rstrip() + "\n"


def stripped_js(source: str) -> str:
    return SOURCE_MAP.sub("", source).rstrip() + "\n"


def font_face(*, family: str, face: Face, subset: str, unicode_range: str | None) -> str:
    lines = [
        f'  font-family: "{family}";',
        f"  font-style: {face.style};",
        f"  font-weight: {face.weight};",
        "  font-display: swap;",
        f'  src: url("{face.file_name(subset)}") format("woff2");',
    ]
    if unicode_range:
        lines.append(f"  unicode-range: {unicode_range};")
    return "@font-face {\n" + "\n".join(lines) + "\n}\n"


def site_font_css(ranges: dict[str, dict[str, str]], faces: tuple[Face, ...]) -> str:
    """For browsers: one family, each subset fetched only when a page has a character of it."""
    return "\n".join(
        font_face(family=face.family, face=face, subset=subset, unicode_range=ranges[face.package][subset])
        for face in faces
        for subset in SUBSETS
    )


def document_font_css(faces: tuple[Face, ...]) -> str:
    """For the PDF renderer, which prints the wrong glyphs when subsets share a family, unicode-range or not.

    Each subset is a family of its own ("Noto Serif cyrillic"); a document lists them all in its font-family.
    """
    return "\n".join(
        font_face(family=f"{face.family} {subset}", face=face, subset=subset, unicode_range=None)
        for face in faces
        for subset in SUBSETS
    )


def needed(path: Path) -> Path:
    if not path.is_file():
        raise FrontendError(f"{path} is missing: run the package installation first")
    return path


def sources(modules: Path) -> list[Path]:
    """Every file that is read, in a fixed order; raises when a package is not installed."""
    dist = modules / "govuk-frontend" / "dist" / "govuk"
    found = [needed(dist / "govuk-frontend.min.css"), needed(dist / "govuk-frontend.min.js")]
    for package in sorted({face.package for face in DOCUMENT_FACES}):
        found.append(needed(modules / "@fontsource" / package / "unicode.json"))
    for face in DOCUMENT_FACES:
        files = modules / "@fontsource" / face.package / "files"
        found.extend(needed(files / face.file_name(subset)) for subset in SUBSETS)
    return found


def fingerprint(files: list[Path]) -> str:
    """Changes with any input and with this script itself."""
    digest = hashlib.sha256(Path(__file__).read_bytes())
    for path in files:
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def build(*, modules: Path, target: Path) -> bool:
    """Write the files; False when they were already up to date."""
    mark = fingerprint(sources(modules))
    stamp = target / STAMP
    if stamp.is_file() and stamp.read_text() == mark:
        return False
    fresh = target.with_name(target.name + ".new")
    shutil.rmtree(fresh, ignore_errors=True)
    govuk, fonts = fresh / "govuk", fresh / "fonts"
    govuk.mkdir(parents=True)
    fonts.mkdir()
    dist = modules / "govuk-frontend" / "dist" / "govuk"
    css = stripped_css((dist / "govuk-frontend.min.css").read_text("utf-8"))
    (govuk / "govuk-frontend.css").write_text(css, "utf-8")
    script = stripped_js((dist / "govuk-frontend.min.js").read_text("utf-8"))
    (govuk / "govuk-frontend.js").write_text(script, "utf-8")
    ranges: dict[str, dict[str, str]] = {}
    for face in DOCUMENT_FACES:
        package = modules / "@fontsource" / face.package
        if face.package not in ranges:
            ranges[face.package] = json.loads((package / "unicode.json").read_text("utf-8"))
            shutil.copyfile(needed(package / "LICENSE"), fonts / f"{face.package}-licence.txt")
        for subset in SUBSETS:
            shutil.copyfile(package / "files" / face.file_name(subset), fonts / face.file_name(subset))
    (fonts / "site.css").write_text(site_font_css(ranges, SITE_FACES), "utf-8")
    (fonts / "serif.css").write_text(site_font_css(ranges, SERIF_FACES), "utf-8")
    (fonts / "documents.css").write_text(document_font_css(DOCUMENT_FACES), "utf-8")
    (fresh / STAMP).write_text(mark)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return True


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Prepare the third-party front-end files.")
    parser.add_argument("--modules", type=Path, default=ROOT / "node_modules")
    parser.add_argument("--target", type=Path, default=ROOT / "var" / "frontend")
    options = parser.parse_args(arguments)
    try:
        changed = build(modules=options.modules.resolve(), target=options.target.resolve())
    except FrontendError as error:
        print(f"frontend: {error}", file=sys.stderr)
        return 1
    print(f"frontend: {'written to' if changed else 'up to date in'} {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
