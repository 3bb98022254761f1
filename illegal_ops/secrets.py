"""Secrets that a demonstration makes for itself.

A production site is given its `SECRET_KEY`; only the demonstration may start without one. It then makes a key once
and keeps it where nobody but the owner of the files can read it, so that sessions survive a restart.
"""

import os
import secrets
from pathlib import Path


def kept_secret(path: Path, length: int = 50) -> str:
    """The secret kept at `path`; made now, with mode 0600, when there is none yet.

    Two processes that start together agree: the file is created exclusively, and the loser reads the winner's.
    """
    try:
        return _read(path)
    except FileNotFoundError:
        pass
    path.parent.mkdir(parents=True, exist_ok=True)
    value = secrets.token_urlsafe(length)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(value + "\n")
    try:
        os.link(draft, path)
    except FileExistsError:
        return _read(path)
    finally:
        draft.unlink()
    return value


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()
