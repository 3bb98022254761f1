"""Remembers which steps of set-up are done, so that the second `make run` starts at once and changes nothing.

A stamp holds the hash of everything a step was made from. The step runs again when that hash differs or when what it
made is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(inputs: Iterable[Path | str]) -> str:
    """Changes with the name or content of any file among the inputs, with a file added or gone, and with any text."""
    digest = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            digest.update(b"text\0" + item.encode() + b"\0")
            continue
        files = sorted(p for p in item.rglob("*") if p.is_file()) if item.is_dir() else [item]
        for file in files:
            digest.update(b"file\0" + str(file).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest() if file.exists() else b"absent")
    return digest.hexdigest()


class Stamps:
    """One small file per step in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_fresh(self, name: str, mark: str) -> bool:
        path = self.folder / name
        return path.is_file() and path.read_text(encoding="utf-8") == mark

    def keep(self, name: str, mark: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / name).write_text(mark, encoding="utf-8")

    def forget(self, *names: str) -> None:
        for name in names:
            (self.folder / name).unlink(missing_ok=True)
