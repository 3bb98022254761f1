"""Reads returns from a CSV file, a row at a time; everything that is no such file is refused with its line.

Columns `state,agency,period,indicator,category,value[,unit,status,note]` in any order, with commas or semicolons, in
UTF-8 with or without a byte-order mark. Unknown columns are refused: the system takes nothing that it has no place for.
"""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.figures import parse_value
from operations.domain.import_rows import (
    COLUMNS,
    KNOWN_COLUMNS,
    MOST_ROWS,
    BadImport,
    Conflict,
    ImportRow,
    printable,
    refused_file,
    said,
)
from operations.models import Indicator

_BOM = b"\xef\xbb\xbf"


class CsvReturns:
    """The rows of a CSV file; a row's number is that of its (last) line."""

    def __init__(self, path: Path, *, sha256: str) -> None:
        self.path, self.sha256 = path, sha256
        self.size, self.consumed = path.stat().st_size, 0

    def rows(self) -> Iterator[ImportRow]:
        self.consumed = 0
        with self.path.open("rb") as file:
            first = file.readline()
            if first.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
                raise refused_file("not_csv", _("This is a workbook, not a CSV file."))
            file.seek(0)
            reader = csv.reader(self._lines(file), delimiter=_delimiter(first), strict=True)
            try:
                yield from self._rows(reader)
            except csv.Error as error:
                raise refused_file("not_csv", _broken_at(error), row=reader.line_num) from error

    def place(self, number: int, column: str) -> str:
        """The line and the column say it."""
        return ""

    def number(self, raw: Any, indicator: Indicator, currency: str) -> int | None:
        return parse_value(raw or "", indicator=indicator, currency=currency, language=None)

    def _lines(self, file: Any) -> Iterator[str]:
        """The lines, each decoded by itself: a wrong byte is found on the line where it stands."""
        for number, line in enumerate(file, start=1):
            self.consumed += len(line)
            try:
                yield (line.removeprefix(_BOM) if number == 1 else line).decode()
            except UnicodeDecodeError as error:
                text = _("Not readable as UTF-8. Save the file as “CSV UTF-8”.")
                raise refused_file("not_utf8", text, row=number) from error

    def _rows(self, reader: Any) -> Iterator[ImportRow]:
        columns = [name.strip() for name in next(reader, [])]
        if wrong := list(wrong_columns(columns)):
            raise BadImport([Conflict(1, "", code, message) for code, message in wrong])
        count = 0
        for cells in reader:
            if not any(map(str.strip, cells)):
                continue
            count += 1
            if count > MOST_ROWS:
                text = _("At most %(limit)s rows at once.")
                raise refused_file("too_many_rows", said(text, limit=MOST_ROWS), row=reader.line_num)
            if len(cells) == len(columns):
                yield ImportRow(reader.line_num, dict(zip(columns, cells, strict=True)))
            else:
                text = _("%(found)s cells instead of %(expected)s.")
                fault = ("ragged_row", said(text, found=len(cells), expected=len(columns)))
                yield ImportRow(reader.line_num, {}, {"": fault})


def _broken_at(error: csv.Error) -> Any:
    """What the reader stumbled over; its own words are English."""
    words = str(error)
    if "unexpected end" in words:
        return _("Not readable as CSV: a quotation mark is opened and not closed.")
    if "expected after" in words:
        return _("Not readable as CSV: after a closing quotation mark the cell has to end.")
    if "limit" in words:
        return _("Not readable as CSV: a cell is far too long.")
    return _("Not readable as CSV.")


def _delimiter(heading: bytes) -> str:
    """A semicolon where the headings have it: that is what a Russian spreadsheet writes."""
    return ";" if heading.count(b";") > heading.count(b",") else ","


def wrong_columns(columns: Sequence[str]) -> Iterator[tuple[str, Any]]:
    """What is wrong with the headings of a table of returns: the code and the words."""
    for name in COLUMNS:
        if name not in columns:
            yield "missing_column", said(_("The column “%(name)s” is missing."), name=name)
    for name in dict.fromkeys(columns):
        if name not in KNOWN_COLUMNS:
            text = _("Unknown column “%(name)s”. Known: %(known)s.")
            yield "unknown_column", said(text, name=printable(name), known=", ".join(KNOWN_COLUMNS))
        elif columns.count(name) > 1:
            yield "duplicate_column", said(_("The column “%(name)s” comes twice."), name=name)
