"""What an import is made of: rows that know their place, the file that gives them, and everything wrong with them.

A file of any format becomes `ImportRow`s, one at a time, so that a million rows take hardly more memory than ten. Each
fault becomes a `Conflict` with its place; its words are chosen when they are read, because the person who asked and
the person who looks later may read different languages.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from operations.domain.errors import BadInput, Problem, Text
from operations.domain.screening import clean, text_problems
from operations.domain.wording import in_language
from operations.models import ImportBatch, Indicator

MOST_ROWS = 1_000_000
COLUMNS = ("state", "agency", "period", "indicator", "category", "value")
OPTIONAL_COLUMNS = ("unit", "status", "note")
KNOWN_COLUMNS = (*COLUMNS, *OPTIONAL_COLUMNS)
# of a file that is wrong from end to end, so many faults tell enough; the others are counted
MOST_KEPT = 10_000

Fault = tuple[str, Text]


class ImportRow(NamedTuple):
    """One row as it came: `number` in its file, texts by column, and by column what its reader refused."""

    number: int
    cells: Mapping[str, Any]
    faults: Mapping[str, Fault] = {}

    def text(self, column: str) -> str:
        return clean(str(self.cells.get(column) or ""))


class RowSource(Protocol):
    """A file of returns. Reading it anew gives the same rows."""

    sha256: str
    #: How much there is to read, and how much was read so far, in a unit of its own.
    size: int
    consumed: int

    def rows(self) -> Iterator[ImportRow]:
        """The rows in order; raises `BadImport` for what makes the file none that can be read."""

    def place(self, number: int, column: str) -> str:
        """Where a person or a program finds the cell, where a line and a column do not say it: `Sheet1!F12`."""

    def number(self, raw: Any, indicator: Indicator, currency: str) -> int | None:
        """The value of a cell as this format writes numbers; raises `BadNumber`."""


@dataclass(frozen=True)
class Conflict:
    """One thing that is wrong. `row` 0 is the file as a whole, an empty column the row as a whole.

    `value` is what the file says there, as far as that may be kept (`kept_value`).
    """

    row: int
    column: str
    code: str
    message: Text
    place: str = ""
    value: str = ""

    def problem(self) -> Problem:
        """For programs: the place is the field, the words say what is wrong there."""
        place = self.place.removeprefix("/").replace("/", ".")
        field = place or ".".join(filter(None, (self.where, self.column)))
        return Problem(code=self.code, field=field, message=self.message)

    @property
    def where(self) -> str:
        """The place in words."""
        return self.place or (str(_("line %(number)s") % {"number": self.row}) if self.row else "")

    def __str__(self) -> str:
        parts = [self.where] if self.where else []
        if self.column:
            parts.append(str(_("column %(column)s") % {"column": self.column}))
        return ": ".join(filter(None, (", ".join(parts), str(self.message))))


class Conflicts:
    """Everything that is wrong with one file, in the order in which it was found."""

    def __init__(self) -> None:
        self.kept: list[Conflict] = []
        self.count = 0

    def add(self, conflict: Conflict) -> None:
        self.count += 1
        if len(self.kept) < MOST_KEPT:
            self.kept.append(conflict)


class BadImport(BadInput):
    """The rows cannot be imported; nothing was stored. `batch` is the record of the attempt."""

    code = "bad_import"
    message = _("The import was refused; nothing was stored.")

    def __init__(self, conflicts: Sequence[Conflict], batch: ImportBatch | None = None) -> None:
        super().__init__([conflict.problem() for conflict in conflicts])
        self.conflicts, self.batch = tuple(conflicts), batch


def refused_file(code: str, message: Text, *, row: int = 0, column: str = "", place: str = "") -> BadImport:
    """A file that cannot be read any further, for one reason."""
    return BadImport([Conflict(row, column, code, message, place)])


def said(text: Text, **values: Any) -> Text:
    """A sentence whose values are filled in when it is read, in the reader's language."""
    found: Text = _filled(text, values)
    return found


def said_again(words: Callable[[], Text]) -> Text:
    """Words that only come about in the moment of failing: it is made to fail again in the reader's language."""
    found: Text = _repeated(words)
    return found


_filled: Any = lazy(lambda text, values: str(text) % values, str)
_repeated: Any = lazy(lambda words: str(words()), str)


def printable(text: str, longest: int = 60) -> str:
    """What a file calls something, fit to be stored and shown: no control characters, no halves of characters."""
    whole = text[:longest].encode("utf-8", "replace").decode("utf-8")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in whole)


def kept_name(text: str) -> str:
    """What a file is called, as far as that may be kept: of a name that holds personal data only the ending is."""
    name = printable(text, 200)
    if any(problem.blocks for problem in text_problems(name.replace("_", " "))):
        return f"file.{name.rpartition('.')[2][:10]}"
    return name


def kept_value(column: str, text: str) -> str:
    """What stands in a refused cell, to be shown beside the fault; nothing of a note or of what looks personal."""
    if column == "note" or any(text_problems(text)):
        return ""
    return printable(text)


def stored_conflicts(conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    """The conflicts as they are kept with the record, in both languages, in the order of the rows."""
    ordered = sorted(conflicts, key=lambda conflict: conflict.row)
    rows = [
        {"row": one.row, "place": one.place, "column": one.column, "code": one.code, "value": one.value}
        for one in ordered
    ]
    for language in ("ru", "en"):
        with in_language(language):
            for row, conflict in zip(rows, ordered, strict=True):
                row[language] = str(conflict.message)
    return rows


def kept_conflict(row: Mapping[str, Any], language: str) -> Conflict:
    """A conflict that was kept, with its words in the language."""
    words = row["en" if language.startswith("en") else "ru"]
    return Conflict(row["row"], row["column"], row["code"], words, row["place"], row.get("value", ""))
