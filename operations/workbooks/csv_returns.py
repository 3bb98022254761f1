"""Reads returns from a CSV file into rows that know their line; everything that is no such file is refused.

Columns `state,agency,period,indicator,category,value[,status,note]` in any order, with commas or semicolons, in UTF-8
with or without a byte-order mark. Unknown columns are refused: the system takes nothing that it has no place for.
"""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem, Text
from operations.domain.imports import COLUMNS, MOST_ROWS, OPTIONAL_COLUMNS, BadImport, ImportRow

LARGEST_FILE = 25 * 1024 * 1024


@dataclass(frozen=True)
class ReturnsFile:
    """The rows of a file, and the hash of its bytes."""

    rows: tuple[ImportRow, ...]
    sha256: str


def read_returns(data: bytes) -> ReturnsFile:
    """The rows of a CSV file; raises `BadImport` with every fault of its shape, each with its line."""
    if len(data) > LARGEST_FILE:
        raise BadImport([_problem("", "too_large", _("The file is larger than 25 MB."))])
    reader = csv.reader(io.StringIO(_decoded(data), newline=""), delimiter=_delimiter(data), strict=True)
    problems: list[Problem] = []
    rows: list[ImportRow] = []
    try:
        columns = [name.strip() for name in next(reader, [])]
        problems.extend(_wrong_columns(columns))
        if problems:
            raise BadImport(problems)
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            place = _line(reader.line_num)
            if len(cells) != len(columns):
                text = _("%(place)s: %(found)s cells instead of %(expected)s.")
                found = {"place": place, "found": len(cells), "expected": len(columns)}
                problems.append(_problem(place, "ragged_row", text % found))
                continue
            if len(rows) >= MOST_ROWS:
                text = _("At most %(limit)s rows at once.")
                raise BadImport([_problem(place, "too_many_rows", text % {"limit": MOST_ROWS})])
            rows.append(ImportRow(place, dict(zip(columns, cells, strict=True))))
    except csv.Error as error:
        place = _line(reader.line_num)
        text = _("%(place)s: not readable as CSV (%(error)s).")
        problems.append(_problem(place, "not_csv", text % {"place": place, "error": error}))
    if problems:
        raise BadImport(problems)
    return ReturnsFile(tuple(rows), hashlib.sha256(data).hexdigest())


def _decoded(data: bytes) -> str:
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise BadImport([_problem("", "not_csv", _("This is a workbook, not a CSV file."))])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        place = _line(data.count(b"\n", 0, error.start) + 1)
        text = _("%(place)s: not readable as UTF-8. Save the file as “CSV UTF-8”.")
        raise BadImport([_problem(place, "not_utf8", text % {"place": place})]) from error


def _delimiter(data: bytes) -> str:
    """A semicolon where the headings have it: that is what a Russian spreadsheet writes."""
    heading = data.split(b"\n", 1)[0]
    return ";" if heading.count(b";") > heading.count(b",") else ","


def _wrong_columns(columns: list[str]) -> Iterator[Problem]:
    for name in COLUMNS:
        if name not in columns:
            text = _("The column “%(name)s” is missing.")
            yield _problem(_line(1), "missing_column", text % {"name": name})
    for name in dict.fromkeys(columns):
        if name not in (*COLUMNS, *OPTIONAL_COLUMNS):
            text = _("Unknown column “%(name)s”. Known: %(known)s.")
            known = ", ".join((*COLUMNS, *OPTIONAL_COLUMNS))
            yield _problem(_line(1), "unknown_column", text % {"name": name[:60], "known": known})
        elif columns.count(name) > 1:
            text = _("The column “%(name)s” comes twice.")
            yield _problem(_line(1), "duplicate_column", text % {"name": name})


def _line(number: int) -> str:
    return str(_("line %(number)s") % {"number": number})


def _problem(place: str, code: str, message: Text) -> Problem:
    return Problem(code=code, field=place, message=message)
