"""How one cell of a snapshot reads in a document, and what the marks under a table mean.

Every output calls this module, so a PDF, a page and a spreadsheet can never print the same cell differently.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from operations.domain.marks import MARKS
from operations.domain.wording import (
    NO_BREAK_SPACE,
    date_text,
    in_language,
    minor_digits,
    money_text,
    number_text,
    percent_text,
    qualified_text,
    share_text,
    short_date_text,
)
from reports.rendering.passages import foreign_language


@dataclass(frozen=True)
class Shown:
    """A cell as it is printed: `text` with the qualifier's word, `unit` (a currency) after a space that may
    break, `foreign` the language of a text that is not the document's."""

    text: str
    unit: str = ""
    is_number: bool = False
    is_mark: bool = False
    foreign: str = ""

    @property
    def whole(self) -> str:
        """The cell in one line."""
        return f"{self.text}{NO_BREAK_SPACE}{self.unit}" if self.unit else self.text


def shown(cell: dict[str, Any], *, language: str) -> Shown:
    """The cell in the document's language."""
    if cell["state"] != "value":
        return Shown(mark(cell["state"], language=language), is_mark=True)
    kind = cell["kind"]
    if kind == "text":
        text = cell["text"][language]
        return Shown(text, foreign=foreign_language(text, language=language))
    if kind == "date":
        return Shown(short_date_text(cell["value"], language=language))
    if kind == "share":
        return Shown(
            share_text(cell["value"], cell["of"], language=language, currency=cell.get("currency", "")), is_number=True
        )
    text = _number(cell, language=language)
    qualifier = cell.get("qualifier", "eq")
    if qualifier != "eq":
        text = qualified_text(qualifier, text, language=language)
    return Shown(text, unit=cell.get("currency", ""), is_number=True)


def mark(state: str, *, language: str) -> str:
    """The sign of a state without a number."""
    return MARKS[state].text(language)


def legend(cells: Iterable[dict[str, Any]], *, language: str) -> list[tuple[str, str]]:
    """The marks that these cells use, with their meanings, in the fixed order of `MARKS`."""
    used = {cell["state"] for cell in cells}
    with in_language(language):
        return [(one.text(language), str(one.meaning)) for state, one in MARKS.items() if state in used and one.meaning]


def drawn_value(cell: dict[str, Any]) -> float | None:
    """The number that a chart draws; none where the cell has none."""
    if cell["state"] != "value" or cell["kind"] in ("text", "date"):
        return None
    if cell["kind"] == "share":
        return float(cell["value"])
    return float(cell["value"]) / float(10 ** decimals(cell))


def exact_value(cell: dict[str, Any]) -> int | Decimal:
    """The number of a cell that has one, as it is written for other programs: never a binary fraction."""
    scale = decimals(cell)
    return Decimal(cell["value"]).scaleb(-scale) if scale else int(cell["value"])


def decimals(cell: dict[str, Any]) -> int:
    """How many digits of the stored number stand after the point."""
    if cell["kind"] == "money":
        return minor_digits(cell["currency"])
    return int(cell.get("scale", 0))


def as_of_text(payload: dict[str, Any], *, language: str) -> str:
    """The moment whose data the snapshot holds, as a date."""
    return date_text(payload["as_of"], language=language)


def _number(cell: dict[str, Any], *, language: str) -> str:
    signed = cell.get("signed", False)
    if cell["kind"] == "money":
        return money_text(cell["value"], currency=None, language=language, signed=signed)
    if cell["kind"] == "percent":
        return percent_text(cell["value"], language=language, signed=signed)
    return number_text(cell["value"], language=language, scale=cell.get("scale", 0), signed=signed)
