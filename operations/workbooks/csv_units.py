"""Reads a list of units as people paste it: a line for each, `code;name in Russian;name in English`.

Semicolons, commas and tabs (a block copied from a spreadsheet) are all taken. A line of headings may name the columns
`code,name_ru,name_en,is_central_office` in any order; an unknown column is refused.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import BadInput, Problem

LONGEST = 200_000
COLUMNS = ("code", "name_ru", "name_en")
KNOWN = (*COLUMNS, "is_central_office")


@dataclass(frozen=True)
class UnitLine:
    """One unit of a list, with the number of its line."""

    line: int
    values: Mapping[str, str]


def read_units(text: str) -> list[UnitLine]:
    """The units of a pasted list; raises `BadInput` with every line that is none."""
    if len(text) > LONGEST:
        longer = _("The list is longer than %(longest)s characters.") % {"longest": LONGEST}
        raise BadInput([_problem("too_long", longer)])
    rows = _rows(text.lstrip("\ufeff"))
    columns: tuple[str, ...] = COLUMNS
    first = 0
    if rows and rows[0][1][0].casefold() == "code":
        columns, first = _columns([cell.casefold() for cell in rows[0][1]]), 1
    problems, found = [], []
    for line, cells in rows[first:]:
        if len(cells) > len(columns):
            words = _("Line %(line)s: %(found)s cells, at most %(most)s.")
            problems.append(_problem("ragged_row", words % {"line": line, "found": len(cells), "most": len(columns)}))
            continue
        found.append(UnitLine(line, dict(zip(columns, cells, strict=False))))
    if problems:
        raise BadInput(problems)
    return found


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """The cells of every line that has any, trimmed, with the number of the line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        cut = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        words = _("Line %(line)s: not readable as CSV (%(error)s).")
        raise BadInput([_problem("not_csv", words % {"line": reader.line_num, "error": error})]) from error
    return [(line, cells) for line, cells in cut if any(cells)]


def _columns(headings: list[str]) -> tuple[str, ...]:
    unknown = [name for name in headings if name not in KNOWN]
    if unknown or len(set(headings)) != len(headings):
        words = _("The columns are %(known)s, each once; not: %(found)s.")
        found = ", ".join(unknown or headings)[:200]
        raise BadInput([_problem("unknown_column", words % {"known": ", ".join(KNOWN), "found": found})])
    return tuple(headings)


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max("\t;,", key=first.count) if any(sign in first for sign in "\t;,") else ";"


def _problem(code: str, message: object) -> Problem:
    return Problem(code=code, field="units", message=str(message))
