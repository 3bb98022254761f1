"""Dated exchange rates with their source, and money converted by them on request. Stored amounts never change.

A rate says how many units of a currency one US dollar bought on a day. Headquarters enter and correct it; a correction
supersedes the old rate, which stays in the list with who entered it and when.

The rule of conversion: an amount is converted by the rates of the last day of the period that it is reported for, or
of the nearest day before it, at most 31 days back. Two rates make a cross rate over the dollar. Amounts are converted
and added up as exact fractions and rounded once, to the minor unit of the number shown, halves away from zero:
converted parts may therefore differ from their converted sum by a minor unit. Where a rate is missing there is no
number.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from operations.domain import creation, entry, machine
from operations.domain.access import ANY_HEADQUARTERS, EVERYTHING, Standing, scope
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Problem
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.domain.wording import minor_digits
from operations.models import ExchangeRate, MemberState, User

DOLLAR = "USD"
OLDEST = dt.timedelta(days=31)
_RATE = re.compile(r"[0-9]{1,8}(?:[.,][0-9]{1,6})?")
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")


@scope(ExchangeRate)
def _rates(seen: Standing, user: Any) -> Q:
    """Rates are published by banks."""
    return EVERYTHING


def currencies() -> list[str]:
    """The currencies of the member states, in the order of their codes."""
    return sorted(set(MemberState.objects.order_by().values_list("currency", flat=True)))


# --- entering and correcting ---


def _currency(value: Any) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or value not in currencies():
        message = _("Give the currency of a member state: %(codes)s.") % {"codes": ", ".join(currencies())}
        raise Refused("unknown_currency", message)
    return value


def _rate(value: Any) -> Decimal | None:
    """A positive decimal as people write it; of three decimals nobody knows whether they are thousands."""
    if value in (None, ""):
        return None
    text = str(value).strip() if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else ""
    if _AMBIGUOUS.fullmatch(text):
        message = _("Write four decimals, for example 3.2710: three could also be thousands.")
        raise Refused("ambiguous_number", message)
    if not _RATE.fullmatch(text):
        raise Refused("not_a_rate", _("Write how many units one US dollar buys, for example 92.5057."))
    rate = Decimal(text.replace(",", "."))
    if not rate:
        raise Refused("out_of_range", _("A rate is more than zero."))
    return rate


_NUMBER = Entry(name="units_per_usd", take=_rate, is_required=True)
_SOURCE = Entry(name="source", take=entry.text(longest=300, single_line=True), is_required=True)
ENTRIES = (
    Entry(name="currency", take=_currency, is_required=True),
    Entry(name="day", take=entry.day, is_required=True),
    _NUMBER,
    _SOURCE,
)
CORRECTION = (_NUMBER, _SOURCE)


def _in_time(attempt: Attempt) -> Iterable[Problem]:
    row: ExchangeRate = attempt.subject
    if row.day > moscow_date(attempt.at):
        yield Problem(code="in_the_future", field="day", message=_("This day is still to come."))


def _free(attempt: Attempt) -> Iterable[Problem]:
    row: ExchangeRate = attempt.subject
    if ExchangeRate.objects.filter(currency=row.currency, day=row.day, is_superseded=False).exists():
        message = _("There is a rate of this currency for this day: correct it instead.")
        yield Problem(code="taken", field="day", message=message)


def _add(attempt: Attempt) -> None:
    row: ExchangeRate = attempt.subject
    row.added_by, row.added_at = attempt.actor, attempt.at
    row.save(force_insert=True)


def _stands(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.is_superseded:
        yield Problem(code="superseded", message=_("This has been corrected already: correct the newer one."))


def _typed(attempt: Attempt) -> Iterable[Problem]:
    try:
        entry.take(CORRECTION, attempt.given["values"], is_new=True)
    except BadInput as error:
        yield from error.problems


def _supersede(attempt: Attempt) -> ExchangeRate:
    old: ExchangeRate = attempt.subject
    columns, _sets = entry.take(CORRECTION, attempt.given["values"], is_new=True)
    ExchangeRate.objects.filter(pk=old.pk).update(is_superseded=True)
    old.is_superseded = True
    fresh = ExchangeRate(currency=old.currency, day=old.day, added_by=attempt.actor, added_at=attempt.at, **columns)
    fresh.save(force_insert=True)
    attempt.noted.update(before=str(old.units_per_usd), after=str(fresh.units_per_usd), by=fresh.pk)
    return fresh


WORKFLOW = Workflow(
    ExchangeRate,
    Transition(
        name="create", label=_("Enter an exchange rate"), who=ANY_HEADQUARTERS, asks=(_in_time, _free), effect=_add
    ),
    Transition(
        name="correct",
        label=_("Correct the exchange rate"),
        who=ANY_HEADQUARTERS,
        needs=(_stands,),
        asks=(_typed,),
        effect=_supersede,
    ),
    status_field="",
)


def add_rate(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> ExchangeRate:
    """`values`: currency, day, units_per_usd, source. Raises `NotAllowed`, `BadInput`."""
    creation.ensure_allowed(ExchangeRate(), actor=actor, at=at)
    columns, _sets = entry.take(ENTRIES, values, is_new=True)
    row = ExchangeRate(**columns)
    return creation.create(row, actor=actor, at=at, **{name: str(value) for name, value in columns.items()})


def correct_rate(*, rate: ExchangeRate, values: Mapping[str, Any], actor: User, at: dt.datetime) -> ExchangeRate:
    """The rate that supersedes the old one. `values`: units_per_usd, source."""
    fresh: ExchangeRate = machine.perform(rate, "correct", actor=actor, at=at, values=dict(values))
    return fresh


# --- converting ---


@dataclass(frozen=True)
class Amount:
    """An amount in minor units of its currency, and the day whose rate holds: the last one of its period."""

    minor: int
    currency: str
    day: dt.date


@dataclass(frozen=True)
class Converted:
    """A sum in minor units of `currency`, and the rates that it rests on; `minor` None where one is missing."""

    minor: int | None
    currency: str
    rates: tuple[ExchangeRate, ...]
    missing: tuple[str, ...] = ()


class RateBook:
    """The standing rates, read once."""

    def __init__(self) -> None:
        self._by_currency: dict[str, list[ExchangeRate]] = {}
        for row in ExchangeRate.objects.filter(is_superseded=False).order_by("currency", "-day"):
            self._by_currency.setdefault(row.currency, []).append(row)

    def rate(self, currency: str, day: dt.date) -> ExchangeRate | None:
        """The rate that holds on a day: its own, or the nearest before, at most 31 days back."""
        rows = self._by_currency.get(currency, ())
        found = next((row for row in rows if row.day <= day), None)
        return found if found is not None and day - found.day <= OLDEST else None


def converted(amounts: Iterable[Amount], *, to: str, book: RateBook) -> Converted:
    """The sum of the amounts in another currency, by the rule of this module; no amounts at all are None."""
    total, is_empty = Fraction(0), True
    used: dict[int, ExchangeRate] = {}
    missing: dict[str, None] = {}
    for amount in amounts:
        is_empty = False
        if amount.currency == to:
            total += Fraction(amount.minor, 10 ** minor_digits(to))
            continue
        value = Fraction(amount.minor, 10 ** minor_digits(amount.currency))
        for currency, is_divided in ((amount.currency, True), (to, False)):
            if currency == DOLLAR:
                continue
            rate = book.rate(currency, amount.day)
            if rate is None:
                missing[currency] = None
                continue
            used[rate.pk] = rate
            units = Fraction(rate.units_per_usd)
            value = value / units if is_divided else value * units
        total += value
    rates = tuple(sorted(used.values(), key=lambda row: (row.currency, row.day)))
    if missing or is_empty:
        return Converted(None, to, rates, tuple(missing))
    return Converted(_rounded(total * 10 ** minor_digits(to)), to, rates)


def _rounded(value: Fraction) -> int:
    """To a whole number, halves away from zero."""
    sign = -1 if value < 0 else 1
    return sign * ((2 * abs(value.numerator) + value.denominator) // (2 * value.denominator))
