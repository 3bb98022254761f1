"""Compiles the translations with Babel, because a fresh machine need not have gettext.

Runs inside the virtual environment. Fuzzy entries are left out, as msgfmt leaves them out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    for source in sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, domain=source.stem)
        draft = source.with_suffix(".mo.new")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(source.with_suffix(".mo"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
