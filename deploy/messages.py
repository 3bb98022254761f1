"""Collects what the source says into the Russian catalogue, and checks that nothing is left to translate.

    deploy/messages.py            writes illegal_ops/locale/ru/LC_MESSAGES/django.po (needs gettext)
    deploy/messages.py --check    changes nothing; names every missing, fuzzy, obsolete or unknown entry

The check collects into a copy, so that it sees what the source says now and not what somebody collected last week.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = Path("illegal_ops/locale/ru/LC_MESSAGES/django.po")
COPIED = ("illegal_ops", "reports", "operations", "templates", "manage.py")


def collect(folder: Path) -> None:
    """Run `makemessages` in a checkout or a copy of one."""
    with tempfile.TemporaryDirectory() as var:
        environment = {**os.environ, "DEMO": "1", "VAR_DIR": var}
        ignored = [part for name in (".venv", "node_modules", "var") for part in ("--ignore", f"{name}/*")]
        command = [sys.executable, "manage.py", "makemessages", "--locale", "ru", "--no-obsolete", "--no-wrap"]
        (folder / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [*command, "--add-location", "file", *ignored],
            cwd=folder,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


def read(path: Path) -> Catalog:
    if not path.exists():
        return Catalog(locale="ru")
    with path.open("rb") as file:
        return read_po(file, locale="ru")


def untranslated(message: Message) -> bool:
    texts = message.string if isinstance(message.string, (list, tuple)) else [message.string]
    return not all(texts)


def faults(committed: Catalog, current: Catalog) -> list[str]:
    """What keeps the committed catalogue from being a full translation of the current source."""
    found = []
    for message in current:
        if not message.id:
            continue
        where = ", ".join(sorted({location[0] for location in message.locations}))
        kept = committed.get(message.id, message.context)
        label = f"{message.id!r} ({where})"
        if kept is None:
            found.append(f"not in the catalogue: {label}")
        elif kept.fuzzy:
            found.append(f"fuzzy: {label}")
        elif untranslated(kept):
            found.append(f"not translated: {label}")
    for message in committed:
        if message.id and current.get(message.id, message.context) is None:
            found.append(f"no longer in the source: {message.id!r}")
    found.extend(f"obsolete entry: {key!r}" for key in committed.obsolete)
    return found


def check() -> list[str]:
    with tempfile.TemporaryDirectory(prefix="illegal-messages-") as name:
        folder = Path(name)
        for part in COPIED:
            source = ROOT / part
            if source.is_dir():
                shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__", "*.mo"))
            else:
                shutil.copy(source, folder / part)
        collect(folder)
        found = faults(read(ROOT / CATALOGUE), read(folder / CATALOGUE))
    if (ROOT / CATALOGUE).exists():
        # gettext's own look at placeholders and plural forms
        command = ["msgfmt", "--check", "--output-file", os.devnull, str(CATALOGUE)]
        formats = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if formats.returncode:
            found.extend(formats.stderr.strip().splitlines())
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description="Collects or checks the translations.")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    if not shutil.which("xgettext"):
        print("messages: gettext is needed: install it with your system's package manager", file=sys.stderr)
        return 1
    if not options.check:
        collect(ROOT)
        return 0
    found = check()
    for line in found:
        print(line)
    if found:
        print(f"messages: {len(found)} entries need a translator: `make messages`, then edit {CATALOGUE}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
