"""Looks at an uploaded workbook before anything parses it: a file that lies about itself is refused here.

A workbook is an archive of XML parts, and a kilobyte of it can ask a parser for a gigabyte. So the archive's own
directory is measured first, then every part is read once as a stream that keeps nothing: declared and real sizes,
document types, depth, number of elements, and how far out a cell stands. What passes is small enough for any parser.
"""

import enum
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import DefusedXMLParser  # type: ignore[import-untyped]
from django.utils.translation import gettext_lazy as _

from operations.domain.errors import BadInput, Problem, Text
from operations.domain.import_rows import said

LARGEST_FILE = 25 * 1024 * 1024
CHUNK = 64 * 1024


class Reason(enum.Enum):
    """Why a file is refused as a whole: it is too much, of a kind that is not taken, or broken."""

    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    DAMAGED = "damaged"


class RefusedWorkbook(BadInput):
    """The file is no workbook that can be read here; nothing in it was looked at any further."""

    code = "refused_workbook"

    def __init__(self, reason: Reason, code: str, message: Text) -> None:
        super().__init__([Problem(code=code, field="file", message=message)], message)
        self.reason, self.code = reason, code


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a workbook of one return stays far below; a row of such a workbook takes about a kilobyte unpacked."""

    entries: int = 100
    directory: int = 64 * 1024
    unpacked: int = 8 * 1024 * 1024
    part: int = 4 * 1024 * 1024
    ratio: int = 200
    elements: int = 200_000
    cells: int = 50_000
    depth: int = 40
    rows: int = 5_000
    columns: int = 64


RETURN_LIMITS = Limits()
#: A table of returns: long and narrow. What is longer than this comes as CSV.
TABLE_LIMITS = Limits(
    unpacked=256 * 1024 * 1024,
    part=192 * 1024 * 1024,
    elements=4_000_000,
    cells=1_000_000,
    rows=100_001,
)

# small parts may be as regular as they like: the ratio says something about large ones only
_RATIO_FROM = 256 * 1024
_COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END_OF_DIRECTORY = b"PK\x05\x06"
_MACROS = re.compile(
    r"vbaproject|vbadata|/(macrosheets|intlmacrosheets|dialogsheets|activex|ctrlprops)/|customui", re.I
)
_OUTSIDE = re.compile(r"/(externallinks|querytables|embeddings|model|webextensions)/|/connections\.xml$", re.I)
#: Parts that are no XML, and VML, which Office itself writes as something that is not quite XML; none is ever read.
_UNREAD = {"png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "emf", "wmf", "wdp", "bin", "vml"}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

_DAMAGED = _("The file is damaged or incomplete. Save it again in the spreadsheet program and upload it again.")


class PartReader:
    """A target for the parser that keeps the path of open elements; namespaces are left off the names.

    Transitional and strict workbooks differ in nothing but their namespaces.
    """

    def __init__(self) -> None:
        self.path: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local(tag)
        self.path.append(name)
        self.opened(name, {local(key): value for key, value in attributes.items()})

    def end(self, tag: str) -> None:
        self.closed(self.path.pop())

    def data(self, text: str) -> None:
        self.said(text)

    def close(self) -> None:
        return None

    def opened(self, name: str, attributes: dict[str, str]) -> None: ...

    def closed(self, name: str) -> None: ...

    def said(self, text: str) -> None: ...


def local(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition("}")[2]


def column_number(letters: str) -> int:
    """A → 1, XFD → 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def place_of(reference: str) -> tuple[int, int] | None:
    """`F12` → (12, 6); None for what is no reference of a cell."""
    found = _REFERENCE.fullmatch(reference)
    return (int(found[2]), column_number(found[1])) if found else None


class Archive:
    """The parts of a workbook that was looked at, or is being looked at."""

    def __init__(self, data: bytes) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(data))
        self.parts = {info.filename: info for info in self._zip.infolist()}

    def infos(self) -> list[zipfile.ZipInfo]:
        return self._zip.infolist()

    def chunks(self, name: str) -> Iterator[bytes]:
        """The part unpacked; the archive's own sums are verified on the way."""
        try:
            with self._zip.open(self.parts[name]) as part:
                while chunk := part.read(CHUNK):
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise damaged("damaged") from error

    def parse(self, name: str, target: PartReader) -> None:
        """Streams a part through the target. Nobody's document type or entity is ever followed."""
        for _chunk in self.parsed(name, target):
            continue

    def parsed(self, name: str, target: PartReader) -> Iterator[int]:
        """The same, stopping after each chunk to say how long it was, so that what was read can be taken away."""
        if name not in self.parts:
            raise damaged("part_missing")
        parser = DefusedXMLParser(target=target, forbid_dtd=True)
        try:
            for chunk in self.chunks(name):
                parser.feed(chunk)
                yield len(chunk)
            parser.close()
        except DefusedXmlException as error:
            message = _("The file contains a document type or entities, which no workbook needs. It was not read.")
            raise RefusedWorkbook(Reason.DAMAGED, "document_type", message) from error
        except (ParseError, ValueError, LookupError) as error:  # a wrong character, an encoding that nobody knows
            raise damaged("not_xml") from error


def open_workbook(data: bytes, *, limits: Limits = RETURN_LIMITS) -> Archive:
    """The archive, when it is a plain workbook within the limits; raises `RefusedWorkbook` otherwise."""
    check_size(len(data))
    _check_kind(data)
    _check_directory(data, limits)
    try:
        archive = Archive(data)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise damaged("damaged") from error
    _check_entries(archive, limits)
    _check_names(archive)
    _scan(archive, limits)
    return archive


def check_size(size: int) -> None:
    """Raises `RefusedWorkbook` for more than the upload takes; asked before the upload is read, too."""
    if size > LARGEST_FILE:
        raise RefusedWorkbook(Reason.TOO_LARGE, "too_large", _("The file is larger than 25 MB."))


def damaged(code: str) -> RefusedWorkbook:
    return RefusedWorkbook(Reason.DAMAGED, code, _DAMAGED)


def _unsupported(code: str, message: Text) -> RefusedWorkbook:
    return RefusedWorkbook(Reason.UNSUPPORTED, code, message)


def _excessive(code: str) -> RefusedWorkbook:
    message = _(
        "The file is far larger inside than its figures can make it. Copy the figures into a new workbook and upload "
        "that."
    )
    return RefusedWorkbook(Reason.DAMAGED, code, message)


def _check_kind(data: bytes) -> None:
    if data.startswith(_COMPOUND_FILE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            message = _("The workbook is protected with a password. Remove the password and upload it again.")
            raise _unsupported("encrypted", message)
        message = _("This is a file of the old format .xls. Save it as .xlsx and upload it again.")
        raise _unsupported("old_format", message)
    if not data.startswith((b"PK\x03\x04", _END_OF_DIRECTORY)):
        raise _unsupported("not_a_workbook", _("This is not a workbook (.xlsx), whatever its name says."))


def _check_directory(data: bytes, limits: Limits) -> None:
    """Measures the archive's directory before the library reads all of it into memory."""
    place = data.rfind(_END_OF_DIRECTORY, max(0, len(data) - 65_557))
    if place < 0 or len(data) < place + 22:
        raise damaged("truncated")
    entries = int.from_bytes(data[place + 10 : place + 12], "little")
    size = int.from_bytes(data[place + 12 : place + 16], "little")
    if (
        data[max(0, place - 20) : place].startswith(b"PK\x06\x07")
        or entries > limits.entries
        or size > limits.directory
    ):
        raise _excessive("too_many_parts")


def _check_entries(archive: Archive, limits: Limits) -> None:
    infos = archive.infos()
    if len(infos) > limits.entries:
        raise _excessive("too_many_parts")
    folded = {info.filename.casefold() for info in infos}
    if len(folded) != len(infos) or any("\\" in name or ".." in name or name.startswith("/") for name in folded):
        raise damaged("part_names")
    if sum(info.file_size for info in infos) > limits.unpacked:
        raise _excessive("too_large_unpacked")
    for info in infos:
        if info.flag_bits & 0x1:
            message = _("The workbook is protected with a password. Remove the password and upload it again.")
            raise _unsupported("encrypted", message)
        if info.file_size > limits.part:
            raise _excessive("too_large_unpacked")
        if info.file_size > max(_RATIO_FROM, limits.ratio * info.compress_size):
            raise _excessive("compression_ratio")


def _check_names(archive: Archive) -> None:
    names = [f"/{name}" for name in archive.parts]
    if "/[Content_Types].xml" not in names:
        raise _unsupported("not_a_workbook", _("This is not a workbook (.xlsx), whatever its name says."))
    if any(_MACROS.search(name) for name in names):
        raise _macros()
    if any(_OUTSIDE.search(name) for name in names):
        raise _links()


def _macros() -> RefusedWorkbook:
    message = _("The workbook contains macros or controls. Save it as .xlsx without them and upload it again.")
    return _unsupported("macros", message)


def _links() -> RefusedWorkbook:
    message = _("The workbook contains links to other files or addresses. Remove them and upload it again.")
    return _unsupported("external_links", message)


def _scan(archive: Archive, limits: Limits) -> None:
    types = _Types(limits)
    archive.parse("[Content_Types].xml", types)
    types.check()
    watch = _Watch(limits)
    for name in archive.parts:
        if name.endswith("/"):
            continue
        if name.rpartition(".")[2].casefold() in _UNREAD:
            for _chunk in archive.chunks(name):
                continue  # read for the archive's sums alone
            continue
        watch.path.clear()
        archive.parse(name, watch)


class _Watch(PartReader):
    """Counts, and looks where cells stand and where relations lead; keeps nothing."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.limits = limits
        self.elements = self.cells = 0

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > self.limits.elements or len(self.path) > self.limits.depth:
            raise _excessive("too_many_elements")
        if name == "c" and self.path[0] == "worksheet":
            self._cell(attributes.get("r", ""))
        elif name == "Relationship" and attributes.get("TargetMode", "").casefold() == "external":
            raise _links()

    def _cell(self, reference: str) -> None:
        self.cells += 1
        place = place_of(reference) if reference else (1, 1)
        if place is None:
            raise damaged("cell_reference")
        if place[0] > self.limits.rows or place[1] > self.limits.columns or self.cells > self.limits.cells:
            message = _(
                "A cell far outside the table is used: %(cell)s. Delete the rows and columns around the table, or fill "
                "in a new workbook."
            )
            raise RefusedWorkbook(Reason.DAMAGED, "used_range", said(message, cell=reference))


class _Types(_Watch):
    """What the archive says that its parts are."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.said_types: list[tuple[str, str]] = []

    def opened(self, name: str, attributes: dict[str, Any]) -> None:
        super().opened(name, attributes)
        if name in ("Override", "Default"):
            what = attributes.get("PartName") or f".{attributes.get('Extension', '')}"
            self.said_types.append((what.casefold(), attributes.get("ContentType", "").casefold()))

    def check(self) -> None:
        kinds = [kind for _what, kind in self.said_types]
        if any("macroenabled" in kind or "vbaproject" in kind for kind in kinds):
            raise _macros()
        if _WORKBOOK not in kinds:
            message = _("This is not a workbook (.xlsx). Save it as “Excel workbook (.xlsx)” and upload it again.")
            raise _unsupported("not_a_workbook", message)
        for what, kind in self.said_types:
            # a part that is not looked at must not come back as one that is read
            if what.rpartition(".")[2] in _UNREAD and kind.endswith("xml"):
                raise damaged("part_names")
