"""The files of imports: which format a file is of, and where it is kept between the check and the import.

A file is kept under the hash of its bytes, so that what was checked is what is imported, however often it is uploaded.
Its name says the format and nothing else; a file that only claims to be of a format is refused by that format's reader.
"""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from operations.domain.import_rows import RowSource, refused_file, said
from operations.models import ImportBatch, Operation
from operations.workbooks.archive_guard import RefusedWorkbook, check_size
from operations.workbooks.csv_returns import CsvReturns
from operations.workbooks.json_returns import JsonReturns
from operations.workbooks.xlsx_returns import XlsxReturns

LARGEST_FILE = 64 * 1024 * 1024
TOO_LARGE = said(_("The file is larger than %(megabytes)s MB."), megabytes=LARGEST_FILE // 1024 // 1024)
KEPT_FOR = dt.timedelta(days=2)
FORMATS = (".csv", ".xlsx", ".json")


def keep(chunks: Iterable[bytes], *, at: dt.datetime) -> str:
    """Stores the bytes, never more than a piece of them in memory, and answers their SHA-256.

    Raises `BadImport` for a file that is too large. What has been kept long enough is removed on the way.
    """
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    _sweep(folder, at)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".", delete=False) as written:
        path = Path(written.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                check_length(size)
                digest.update(chunk)
                written.write(chunk)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    path.replace(folder / digest.hexdigest())
    return digest.hexdigest()


def check_length(size: int) -> None:
    """Raises `BadImport` for more than an import takes; asked before the upload is read, too."""
    if size > LARGEST_FILE:
        raise refused_file("too_large", TOO_LARGE)


def kept_source(batch: ImportBatch) -> RowSource:
    """The rows of a record's file as it was uploaded; raises `BadImport` when it is gone, or no such file."""
    path = _folder() / batch.sha256
    if not path.is_file() or sha256_of(path) != batch.sha256:
        raise refused_file("not_kept", _("The uploaded file is not kept any longer. Upload it again."))
    return open_source(path, name=batch.file_name, sha256=batch.sha256, operation=batch.operation)


def open_source(path: Path, *, name: str, sha256: str, operation: Operation) -> RowSource:
    """A reader for the file by the ending of its name; raises `BadImport` when there is none, or it refuses."""
    ending = Path(name).suffix.casefold()
    check_length(path.stat().st_size)
    if ending in FORMATS and not path.stat().st_size:
        raise refused_file("empty_file", _("The file is empty: it holds not a single byte."))
    if ending == ".csv":
        return CsvReturns(path, sha256=sha256)
    if ending == ".json":
        return json_source(path.read_bytes(), sha256=sha256, operation=operation)
    if ending == ".xlsx":
        try:
            check_size(path.stat().st_size)
            return XlsxReturns(path.read_bytes(), sha256=sha256)
        except RefusedWorkbook as error:
            raise refused_file(error.code, error.message) from error
    text = _("A file of this kind is not taken. Its name has to end in one of: %(endings)s.")
    raise refused_file("unknown_format", said(text, endings=", ".join(FORMATS)))


def json_source(data: bytes, *, sha256: str, operation: Operation) -> RowSource:
    """The rows of a JSON text; raises `BadImport` where it is not UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise refused_file("not_utf8", _("Not readable as UTF-8.")) from error
    return JsonReturns(text, sha256=sha256, operation=operation.slug)


def sha256_of(path: Path) -> str:
    """The hash of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def _sweep(folder: Path, at: dt.datetime) -> None:
    oldest = (at - KEPT_FOR).timestamp()
    for path in folder.iterdir():
        if path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
