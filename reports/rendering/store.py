"""The files of documents, kept by the hash of their bytes.

A file appears under its final name only when it is whole: it is written beside it, flushed to the disk and
renamed. The name is the hash, so that the same bytes are one file, nothing is ever overwritten, and damage on
the disk is noticed whenever a file is read.
"""

import hashlib
import os
import shutil
import tempfile
import time
import uuid
from contextlib import suppress
from pathlib import Path

from django.conf import settings

#: Seconds after which an unfinished file is nobody's any more.
LEFT_BEHIND_AFTER = 3600.0


class DamagedFile(Exception):
    """What is on the disk is not what was stored; the message names the hash."""


def folder() -> Path:
    """Where documents are kept."""
    return Path(settings.MEDIA_ROOT) / "documents"


def path_of(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


def put(content: bytes) -> str:
    """Stores the bytes and answers their hash; storing them again changes nothing."""
    sha256 = hashlib.sha256(content).hexdigest()
    final = path_of(sha256)
    if final.exists():
        return sha256
    final.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=_workplace(), prefix=".writing-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(final)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _flush_folder(final.parent)
    return sha256


def new_path() -> Path:
    """Where another process may write a file for `adopt`; on the same disk, so that it is only renamed."""
    place = _workplace()
    _clear(place)
    return place / uuid.uuid4().hex


def _workplace() -> Path:
    """Where files are until they are whole."""
    place = folder() / ".new"
    place.mkdir(parents=True, exist_ok=True)
    return place


def _clear(place: Path) -> None:
    """Takes away what a worker that died left lying about; nothing is drawn for so long."""
    long_ago = time.time() - LEFT_BEHIND_AFTER
    for left in place.iterdir():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime < long_ago:
                if left.is_dir():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.unlink()


def adopt(path: Path, *, sha256: str) -> None:
    """Takes in a whole file of `new_path`; its bytes must have that hash. Raises `DamagedFile` when they have not."""
    if hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
        path.unlink()
        raise DamagedFile(sha256)
    final = path_of(sha256)
    final.parent.mkdir(parents=True, exist_ok=True)
    path.replace(final)
    _flush_folder(final.parent)


def get(sha256: str) -> bytes:
    """The bytes of a hash. Raises `FileNotFoundError`, or `DamagedFile` when they are not what was stored."""
    content = path_of(sha256).read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise DamagedFile(sha256)
    return content


def _flush_folder(path: Path) -> None:
    """Makes the new name itself survive a power failure."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
