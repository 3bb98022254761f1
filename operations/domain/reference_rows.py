"""Reading one row of reference data: typed cells, and a list of everything that is wrong with them.

A load is all or nothing, so whoever mends the files should see every fault at once: reading never stops at the
first one. Each fault names the file and the line.
"""

import datetime as dt
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.domain.errors import BadInput, Problem, Text

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class BadReference(BadInput):
    """The reference data cannot be loaded; nothing was stored. `problems` lists every faulty row."""

    code = "bad_reference"
    message = _("The reference data has faults; nothing was stored.")


@dataclass(frozen=True)
class Row:
    """A row as it stands in its file; `line` counts from 1 with the line of headings."""

    file: str
    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Sheet:
    """One file of reference data: its name, its headings and its rows."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass
class Faults:
    """Collects what is wrong, in the order in which it was found."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, file: str, line: int, message: Text, *, code: str = "bad_row") -> None:
        self.problems.append(
            Problem(
                code=code,
                field=f"{file}:{line}",
                message=_("%(file)s, line %(line)d: %(reason)s") % {"file": file, "line": line, "reason": message},
            )
        )


class Cells:
    """Typed access to the cells of one row. A faulty cell is noted and answered with an empty value."""

    def __init__(self, row: Row, faults: Faults) -> None:
        self.row = row
        self._faults = faults

    def fault(self, message: Text, *, code: str = "bad_row") -> None:
        self._faults.add(self.row.file, self.row.line, message, code=code)

    def text(self, column: str, *, required: bool = False) -> str:
        value = self.row.cells[column].strip()
        if required and not value:
            self.fault(_("%(column)s is empty") % {"column": column})
        return value

    def name(self, column: str) -> str:
        return self.text(column, required=True)

    def flag(self, column: str) -> bool:
        value = self.text(column)
        if value not in {"", "0", "1"}:
            self.fault(_("%(column)s is neither 1 nor empty: %(value)s") % {"column": column, "value": value})
        return value == "1"

    def integer(self, column: str) -> int:
        value = self.text(column, required=True)
        if value and not (value.isascii() and value.isdigit() and len(value) < 9):
            self.fault(_("%(column)s is not a whole number: %(value)s") % {"column": column, "value": value})
            return 0
        return int(value or 0)

    def decimal(self, column: str) -> Decimal:
        value = self.text(column, required=True)
        try:
            number = Decimal(value or 0)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite() or abs(number) >= Decimal(10) ** 16 or number != number.quantize(Decimal("0.01")):
            self.fault(_("%(column)s is not a number: %(value)s") % {"column": column, "value": value})
            return Decimal(0)
        return number

    def date(self, column: str, *, required: bool = False) -> dt.date | None:
        value = self.text(column, required=required)
        if not value:
            return None
        try:
            if not _DATE.fullmatch(value):
                raise ValueError(value)
            return dt.date.fromisoformat(value)
        except ValueError:
            self.fault(_("%(column)s is not a date: %(value)s") % {"column": column, "value": value})
            return None

    def choice(self, column: str, choices: type[models.TextChoices], *, required: bool = True) -> str:
        value = self.text(column, required=required)
        if value:
            self.known(column, value, choices.values)
        return value

    def code(self, column: str, known: Collection[str], *, required: bool = False) -> str | None:
        """A code that must be known, or None when the cell is empty."""
        value = self.text(column, required=required)
        return value if value and self.known(column, value, known) else None

    def codes(self, column: str, known: Collection[str]) -> tuple[str, ...]:
        """Codes separated by semicolons; unknown ones are noted and left out."""
        values = [part.strip() for part in self.text(column).split(";") if part.strip()]
        return tuple(value for value in values if self.known(column, value, known))

    def known(self, column: str, value: str, known: Collection[str]) -> bool:
        if value in known:
            return True
        self.fault(
            _("%(column)s names an unknown code: %(value)s") % {"column": column, "value": value}, code="unknown_code"
        )
        return False
