"""Numbers as people and systems give them, and the cells they become.

Every door (form, CSV, JSON) parses here, so that one figure has one reading. A spelling that could mean two numbers
is refused with words that say what would be right; nothing is ever guessed. Counts are whole numbers; money becomes
minor units of the state's currency. An empty cell is *not reported*, never a zero.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import DomainError, Text
from operations.domain.wording import minor_digits, number_text
from operations.models import CellState, Indicator

MAX_COUNT = 10**12
MAX_MINOR = 10**15
MAX_NOTE = 500
Language = Literal["ru", "en"]

_SPACES = " \u00a0\u202f\u2009\u2007"  # space, no-break, narrow no-break, thin, figure
_EDGES = _SPACES + "\t\r\n"
_PLAIN = re.compile(r"[0-9]+")
_SPACED = re.compile(rf"[0-9]{{1,3}}(?:[{_SPACES}][0-9]{{3}})+")
_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+")
_ONE_SEPARATOR = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")


class BadNumber(DomainError):
    """The text is no number that the cell can take; the message says what would be right."""

    code = "bad_number"


@dataclass(frozen=True)
class FigureInput:
    """One cell as given. `state` None empties the cell: it is then not reported."""

    indicator_id: int
    category_id: int
    state: str | None
    value: int | None = None
    note: str = ""

    @property
    def key(self) -> tuple[int, int]:
        return (self.indicator_id, self.category_id)


def parse_count(text: str) -> int | None:
    """A whole number from 0 to 10¹², with or without spaces between groups of three; None for an empty cell."""
    typed = text.strip(_EDGES)
    if not typed:
        return None
    return _bounded(_whole(_unsigned(typed), _("Enter a whole number, for example 1234 or 1 234.")), MAX_COUNT)


def parse_money(text: str, *, currency: str, language: Language | None) -> int | None:
    """An amount in minor units: «1 234,50» in Russian, “1,234.50” in English, either when `language` is None."""
    typed = text.strip(_EDGES)
    if not typed:
        return None
    typed = _unsigned(typed)
    if _ONE_SEPARATOR.fullmatch(typed):
        raise BadNumber(_ambiguous(language), code="ambiguous_number")
    digits = minor_digits(currency)
    whole, part = _split(typed, language)
    if len(part) > digits:
        raise BadNumber(_wrong_money(language))
    if language != "ru" and _COMMAS.fullmatch(whole):
        whole = whole.replace(",", "")
    major = _whole(whole, _wrong_money(language))
    unit: int = 10**digits
    value = major * unit + int(part.ljust(digits, "0") or "0")
    if value > MAX_MINOR:
        return _bounded(major + 1, MAX_MINOR // unit)
    return value


def parse_value(text: str, *, indicator: Indicator, currency: str, language: Language | None) -> int | None:
    """The typed text of a cell of this indicator."""
    if indicator.is_money:
        return parse_money(text, currency=currency, language=language)
    return parse_count(text)


def json_value(raw: Any, *, indicator: Indicator) -> int | None:
    """A number of a JSON body: an integer or null. Text, fractions and booleans are not numbers here."""
    if raw is None:
        return None
    if type(raw) is not int:
        raise BadNumber(_("Give a JSON integer: money in minor units, no text, no fraction, no boolean."))
    if raw < 0:
        raise BadNumber(_NEGATIVE, code="negative_number")
    value: int = raw
    return _bounded(value, MAX_MINOR if indicator.is_money else MAX_COUNT)


def cell_input(
    *, key: tuple[int, int], status: str, note: str, number: Callable[[], int | None], required_note: bool = True
) -> FigureInput:
    """Joins what was given for a cell: a status other than "value" stands without a number.

    "Not available" needs its reason in the note. `number` is called only where a number may stand, so that its error
    is the cell's.
    """
    status = status.strip().lower()
    if status and status not in CellState.values:
        raise BadNumber(
            _("Unknown status. Use one of: value, not_available, not_applicable, withheld."), code="unknown_status"
        )
    value = number()
    if status in ("", CellState.VALUE):
        if value is None:
            if status == CellState.VALUE:
                raise BadNumber(_("Enter the number, or choose another status."), code="required")
            return FigureInput(*key, state=None)
        return FigureInput(*key, state=CellState.VALUE, value=value, note=note)
    if value is not None:
        raise BadNumber(
            _("A cell with the status “%(status)s” takes no number: remove one of the two.")
            % {"status": CellState(status).label},
            code="value_and_status",
        )
    if required_note and status == CellState.NOT_AVAILABLE and not note:
        raise BadNumber(_("Say in the note why the figure is not available."), code="note_required")
    return FigureInput(*key, state=status, note=note)


_NEGATIVE = _("A figure cannot be negative. Enter 0 or a positive number.")


def _unsigned(typed: str) -> str:
    if typed.startswith(("-", "\u2212")):
        if set(typed[1:].strip(_SPACES)) == {"0"}:
            return "0"
        raise BadNumber(_NEGATIVE, code="negative_number")
    if typed.startswith("+"):
        raise BadNumber(_("Enter the number without a plus sign."))
    return typed


def _whole(typed: str, otherwise: Text) -> int:
    if _ONE_SEPARATOR.fullmatch(typed):
        raise BadNumber(
            _("A comma or a point can be read in two ways. Write 1234 or 1 234."),
            code="ambiguous_number",
        )
    if not (_PLAIN.fullmatch(typed) or _SPACED.fullmatch(typed)):
        raise BadNumber(otherwise)
    digits = "".join(sign for sign in typed if sign not in _SPACES).lstrip("0") or "0"
    if len(digits) > len(str(MAX_MINOR)):
        return MAX_MINOR + 1  # Python itself refuses to read thousands of digits
    return int(digits)


def _split(typed: str, language: Language | None) -> tuple[str, str]:
    """The whole and the decimals, by the separator that the language writes before decimals."""
    separators = {"ru": ",", "en": ".", None: ",."}[language]
    place = max(typed.rfind(sign) for sign in separators)
    if place < 0:
        return typed, ""
    whole, part = typed[:place], typed[place + 1 :]
    if len(part) == 3 and language != "ru" and typed[place] == "," and _COMMAS.fullmatch(typed):
        return typed, ""
    if not _PLAIN.fullmatch(part):
        raise BadNumber(_wrong_money(language))
    return whole, part


def _bounded(value: int, maximum: int) -> int:
    if value > maximum:
        raise BadNumber(
            _("The number is too large: the maximum is %(maximum)s.")
            % {"maximum": number_text(maximum, language="ru")},
            code="too_large",
        )
    return value


def _ambiguous(language: Language | None) -> Text:
    if language == "en":
        return _("This can be read in two ways. Write 1234, or 1,234.00 with decimals.")
    return _("This can be read in two ways. Write 1234, or 1 234,00 with decimals.")


def _wrong_money(language: Language | None) -> Text:
    if language == "en":
        return _("Enter an amount with at most two decimals after a point, for example 1234.50 or 1,234.50.")
    return _("Enter an amount with at most two decimals after a comma, for example 1234,50 or 1 234,50.")
