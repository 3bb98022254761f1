"""Keeps an uploaded workbook between its dry run and the import, so that what was checked is what is stored.

The browser gets the number of the record and nothing else. A file is kept for a day under that number; its bytes have
to have the hash of the record, and are read anew before anything is stored.
"""

import datetime as dt
import hashlib
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from operations.domain.errors import DomainError
from operations.models import ImportBatch

KEPT_FOR = dt.timedelta(hours=24)


class NotKept(DomainError):
    """The upload has expired, or what is on the disk is not what was uploaded."""

    code = "not_kept"
    message = _("The uploaded file is not kept any longer. Upload it again.")


def keep(batch: ImportBatch, data: bytes, *, at: dt.datetime) -> None:
    """Stores the bytes of a batch; what has expired is removed on the way."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, at)
    written = folder / f".{batch.pk}"
    written.write_bytes(data)
    written.replace(_path(batch))


def kept(batch: ImportBatch, *, at: dt.datetime) -> bytes:
    """The bytes of a batch; raises `NotKept`."""
    if at - batch.imported_at > KEPT_FOR:
        raise NotKept
    try:
        data = _path(batch).read_bytes()
    except FileNotFoundError:
        raise NotKept from None
    if hashlib.sha256(data).hexdigest() != batch.sha256:
        raise NotKept
    return data


def drop(batch: ImportBatch) -> None:
    """Removes what was imported."""
    _path(batch).unlink(missing_ok=True)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "uploads"


def _path(batch: ImportBatch) -> Path:
    return _folder() / f"{batch.pk}.xlsx"


def _sweep(folder: Path, at: dt.datetime) -> None:
    oldest = (at - 2 * KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
