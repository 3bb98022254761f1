"""The money of an operation: in the states' own currencies, and in one currency when somebody asks for it.

Accepted amounts are read from `Total` by period, because each period has its own day of rates. A regional sum exists
within one currency, or in the currency that was asked for when every amount can be converted.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Sum

from operations.domain.exchange_rates import DOLLAR, Amount, Converted, RateBook, converted, currencies
from operations.domain.standing_figures import OFFICIAL
from operations.domain.statistics import participating_states
from operations.models import ExchangeRate, Indicator, MemberState, Operation, Total


@dataclass(frozen=True)
class StateMoney:
    """A state's amount in its own currency, and converted where that was asked for."""

    state: MemberState
    minor: int | None
    converted: Converted | None


@dataclass(frozen=True)
class IndicatorMoney:
    """An indicator's amounts by state; `by_currency` are the regional sums, one for each currency."""

    indicator: Indicator
    states: tuple[StateMoney, ...]
    by_currency: dict[str, int]
    region: Converted | None
    reporting: int

    @property
    def expected(self) -> int:
        return len(self.states)


@dataclass(frozen=True)
class Money:
    """The money of an operation; `rates` are all that the conversions rest on, `missing` the currencies without one."""

    operation: Operation
    to: str
    rows: tuple[IndicatorMoney, ...]

    @property
    def rates(self) -> list[ExchangeRate]:
        used = {rate.pk: rate for row in self.rows if row.region is not None for rate in row.region.rates}
        return sorted(used.values(), key=lambda rate: (rate.currency, rate.day))

    @property
    def missing(self) -> list[str]:
        return sorted({one for row in self.rows if row.region is not None for one in row.region.missing})


def targets() -> list[str]:
    """What money may be converted to: the dollar, or the currency of a member state."""
    return [DOLLAR, *(code for code in currencies() if code != DOLLAR)]


def money_of(operation: Operation, *, to: str = "") -> Money:
    """The accepted money of the year. `to` empty converts nothing. A constant number of queries."""
    states = participating_states(operation)
    book = RateBook() if to else None
    amounts = _amounts(operation)
    rows = [
        _row(indicator, states, amounts, to=to, book=book)
        for indicator in Indicator.objects.filter(kind=Indicator.Kind.MONEY).order_by("position")
    ]
    return Money(operation, to, tuple(rows))


Amounts = dict[tuple[int, int], list[Amount]]


def _amounts(operation: Operation) -> Amounts:
    rows = Total.objects.filter(
        period__operation=operation,
        period__kind__in=OFFICIAL,
        basis=Total.Basis.ACCEPTED,
        indicator__kind=Indicator.Kind.MONEY,
        category__breakdown__isnull=True,
    )
    found: Amounts = defaultdict(list)
    names = "indicator_id", "state_id", "state__currency", "period__end_date"
    for indicator, state, currency, day, value in rows.values_list(*names).annotate(sum=Sum("value")).order_by(*names):
        found[indicator, state].append(Amount(value, currency, day))
    return found


def _row(
    indicator: Indicator, states: Iterable[MemberState], amounts: Amounts, *, to: str, book: RateBook | None
) -> IndicatorMoney:
    cells, everything = [], []
    by_currency: dict[str, int] = defaultdict(int)
    for state in states:
        own = amounts.get((indicator.pk, state.pk), [])
        everything += own
        minor = sum(one.minor for one in own) if own else None
        if minor is not None:
            by_currency[state.currency] += minor
        cells.append(StateMoney(state, minor, converted(own, to=to, book=book) if book is not None else None))
    return IndicatorMoney(
        indicator=indicator,
        states=tuple(cells),
        by_currency=dict(sorted(by_currency.items())),
        region=converted(everything, to=to, book=book) if book is not None else None,
        reporting=sum(cell.minor is not None for cell in cells),
    )
