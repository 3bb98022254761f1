"""What people and other systems type: texts, days, whole numbers and codes, taken strictly and with reasons.

Pages and the API hand over what they received; the domain takes it here once, so that both give the same errors. A
taker answers the clean value or raises `Refused`; `take` runs the takers of a row and lists every problem at once.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from operations.domain import figures, rich_text
from operations.domain.errors import BadInput, Problem, Text
from operations.domain.screening import text_problems

LONGEST_TEXT = 20_000
_DEEPEST = {"deepest": rich_text.DEEPEST}
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RUSSIAN_DAY = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})")
_WHOLE = re.compile(r"[0-9]{1,9}")
_WEB = URLValidator(schemes=["http", "https"])
# marks that turn the direction of text or take no room: they make two different texts look the same
_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\u061c"
)
_LINE_BREAKS = ("\n", "\u2028", "\u2029", "\x85", "\v", "\f")

FIRST_YEAR, LAST_YEAR = 2000, 2100


class Refused(Exception):
    """A value that cannot be taken, with the code and the words of the reason."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code, self.message = code, message


Taker = Callable[[Any], Any]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One input of a row: its name, how it is taken, and whether the row needs it from the start."""

    name: str
    take: Taker
    is_required: bool = False
    is_set: bool = False


def take(
    entries: Iterable[Entry], values: Mapping[str, Any], *, is_new: bool
) -> tuple[dict[str, Any], dict[str, list[Any]]]:
    """The clean columns and sets among `values`; a changed row keeps what is not given.

    Raises `BadInput` with every problem: unknown names, what a new row lacks, and each value that cannot be taken.
    """
    known = {entry.name: entry for entry in entries}
    problems = [
        Problem(code="unknown_field", field=str(name)[:60], message=_("There is no such field."))
        for name in values
        if name not in known
    ]
    columns: dict[str, Any] = {}
    sets: dict[str, list[Any]] = {}
    for entry in known.values():
        if entry.name not in values and not (is_new and entry.is_required):
            continue
        try:
            value = entry.take(values.get(entry.name))
        except Refused as refused:
            problems.append(Problem(code=refused.code, field=entry.name, message=refused.message))
            continue
        if entry.is_required and value in (None, ""):
            problems.append(Problem(code="required", field=entry.name, message=_("This has to be filled in.")))
        elif entry.is_set:
            sets[entry.name] = value
        else:
            columns[entry.name] = value
    if problems:
        raise BadInput(problems)
    return columns, sets


def text(
    *, longest: int = LONGEST_TEXT, single_line: bool = False, is_contact: bool = False, is_rich: bool = False
) -> Taker:
    """Text in composed form (NFC) without outer spaces; single lines take no line break.

    Labelled personal data is refused, except in the fields of an official's own contact. Rich text is drawn with the
    marks of `rich_text`, which do not go on for ever.
    """

    def taker(value: Any) -> str:
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refused("not_text", _("This has to be text."))
        clean = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if len(clean) > longest:
            raise Refused("too_long", _("This is longer than %(longest)s characters.") % {"longest": longest})
        if single_line and any(mark in clean for mark in _LINE_BREAKS):
            raise Refused("line_break", _("This takes one line only."))
        if any(_is_forbidden(char) for char in clean):
            raise Refused("forbidden_character", _("This contains a character that cannot be seen or stored."))
        for problem in () if is_contact else text_problems(clean):
            if problem.blocks:
                raise Refused(problem.code, problem.message)
        if is_rich and rich_text.is_too_deep(clean):
            raise Refused("too_deep", _("Lists or marks are nested more than %(deepest)s deep.") % _DEEPEST)
        return clean

    return taker


def _is_forbidden(char: str) -> bool:
    return char in _INVISIBLE or (unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") and char not in "\n\t")


def day(value: Any) -> dt.date | None:
    """A date of a plausible year: as a date, in ISO form, or in Russian also as 31.12.2026."""
    if value is None or value == "":
        return None
    taken = value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else _written_day(value)
    if not FIRST_YEAR <= taken.year <= LAST_YEAR:
        raise Refused(
            "implausible_year",
            _("The year has to lie between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR},
        )
    return taken


def _written_day(value: Any) -> dt.date:
    refused = Refused("not_a_date", _("This is not a date. Write it as 2026-12-31."))
    if not isinstance(value, str):
        raise refused
    written = value.strip()
    russian = _RUSSIAN_DAY.fullmatch(written) if (translation.get_language() or "ru").startswith("ru") else None
    try:
        if russian:
            return dt.date(int(russian[3]), int(russian[2]), int(russian[1]))
        if _ISO_DAY.fullmatch(written):
            return dt.date.fromisoformat(written)
    except ValueError:
        raise refused from None
    raise refused


def whole(*, least: int = 1, most: int = 999) -> Taker:
    """A whole number written in plain digits."""

    def taker(value: Any) -> int | None:
        if value is None or value == "":
            return None
        if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused("not_a_number", _("This has to be a whole number."))
        if not least <= value <= most:
            raise Refused(
                "out_of_range", _("This has to lie between %(least)s and %(most)s.") % {"least": least, "most": most}
            )
        return value

    return taker


def count(*, least: int = 0, most: int = figures.MAX_COUNT) -> Taker:
    """A count as people type it (1234 or 1 234), or a whole number of JSON; a comma, a point or a sign is refused."""

    def taker(value: Any) -> int | None:
        if value is None or value == "":
            return None
        if isinstance(value, str):
            try:
                value = figures.parse_count(value)
            except figures.BadNumber as error:
                raise Refused(error.code, error.message) from None
            if value is None:
                return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused("not_a_number", _("This has to be a whole number."))
        if not least <= value <= most:
            raise Refused(
                "out_of_range", _("This has to lie between %(least)s and %(most)s.") % {"least": least, "most": most}
            )
        return value

    return taker


def web_address(value: Any) -> str:
    """An address that a reader may follow: http or https, with a host; anything else would be a link to nowhere."""
    typed: str = text(longest=500, single_line=True)(value)
    if not typed:
        return ""
    try:
        _WEB(typed)
    except ValidationError:
        message = _("This is not a web address. Write it as https://example.org/page.")
        raise Refused("not_an_address", message) from None
    return typed


def truth(value: Any) -> bool:
    """Yes or no: JSON's own values, or a ticked box of a form."""
    if value in (None, "", False, "0", "false"):
        return False
    if value in (True, "1", "on", "true"):
        return True
    raise Refused("not_yes_or_no", _("This has to be yes or no."))


def choice(choices: type[models.TextChoices]) -> Taker:
    """One of the codes of a list."""

    def taker(value: Any) -> str:
        if value is None or value == "":
            return ""
        if not isinstance(value, str) or value not in choices.values:
            raise Refused("unknown_choice", _("This is not one of the choices."))
        return value

    return taker


def row_of(rows: Callable[[], models.QuerySet[Any]], *, key: str = "code") -> Taker:
    """The row with this code (or id), among the rows that may be named here."""

    def taker(value: Any) -> Any:
        if value is None or value == "":
            return None
        if isinstance(value, models.Model):
            value = getattr(value, key)
        return _found(rows(), key, [_key(value, key)])[0]

    return taker


def rows_of(rows: Callable[[], models.QuerySet[Any]], *, key: str = "code") -> Taker:
    """The rows with these codes (or ids), each once."""

    def taker(value: Any) -> list[Any]:
        if value is None or value == "":
            return []
        if not isinstance(value, list | tuple):
            raise Refused("not_a_list", _("This has to be a list."))
        keys = [_key(getattr(item, key) if isinstance(item, models.Model) else item, key) for item in value]
        return _found(rows(), key, list(dict.fromkeys(keys))) if keys else []

    return taker


def _key(value: Any, key: str) -> Any:
    if key == "pk":
        number = int(value) if isinstance(value, str) and _WHOLE.fullmatch(value) else value
        if isinstance(number, int) and not isinstance(number, bool) and 0 < number < 2**63:
            return number
    elif isinstance(value, str):
        return value
    raise Refused("unknown", _("There is no such choice: %(value)s.") % {"value": str(value)[:40]})


def _found(rows: models.QuerySet[Any], key: str, keys: list[Any]) -> list[Any]:
    # a NUL is no part of any code, and PostgreSQL refuses to look for it
    asked = [item for item in keys if not (isinstance(item, str) and "\x00" in item)]
    found = {getattr(row, key): row for row in rows.filter(**{f"{key}__in": asked})}
    unknown = [str(item)[:40] for item in keys if item not in found]
    if unknown:
        raise Refused("unknown", _("There is no such choice: %(value)s.") % {"value": ", ".join(unknown)})
    return [found[item] for item in keys]
