"""Delivery to the Interstate Information Bank by state and period: on time and complete, n of m records.

INF01 is what was due, INF02 what came on time, INF03 what came complete; the figures are the accepted totals. Shares
are sums over sums (never averages) and rest only on states and periods that reported both sides: what is not reported
is no zero, and how many returns stand behind is said.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q

from operations.domain.access import visible_to
from operations.domain.completeness import owed_returns
from operations.domain.completeness_matrix import Chosen
from operations.models import MemberState, Operation, ReportingPeriod, Total, User

DUE, ON_TIME, COMPLETE = "INF01", "INF02", "INF03"


@dataclass(frozen=True)
class Delivery:
    """Records on time and complete, each of those due; `reported` of `expected` returns gave what was due."""

    on_time: int = 0
    on_time_of: int = 0
    complete: int = 0
    complete_of: int = 0
    on_time_known: int = 0
    complete_known: int = 0
    reported: int = 0
    expected: int = 0

    def __add__(self, other: "Delivery") -> "Delivery":
        return Delivery(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class BankMatrix:
    """State × period; a place where nothing is asked is not there."""

    states: list[MemberState]
    periods: list[ReportingPeriod]
    cells: Mapping[tuple[int, int], Delivery]

    def of_state(self, state: MemberState) -> Delivery:
        return _sum(self.cells.get((state.pk, period.pk)) for period in self.periods)

    def of_period(self, period: ReportingPeriod) -> Delivery:
        return _sum(self.cells.get((state.pk, period.pk)) for state in self.states)

    def whole(self) -> Delivery:
        return _sum(self.cells.values())


def _sum(found: Iterable[Delivery | None]) -> Delivery:
    return sum((one for one in found if one is not None), Delivery())


def bank_matrix(operation: Operation, chosen: Chosen, *, user: User, at: dt.datetime) -> BankMatrix:
    """The matrix of the returns whose form asks for INF01, of periods that have begun. Four queries."""
    owed = owed_returns(operation).filter(form__indicators__code=DUE, period__opens_at__lte=at)
    places = (
        owed.filter(**chosen.conditions())
        .order_by()
        .values("agency__state_id", "period_id")
        .annotate(expected=Count("pk", filter=Q(due_at__lte=at)))
    )
    expected = {(row["agency__state_id"], row["period_id"]): row["expected"] for row in places}
    values = _values(operation, user=user, at=at)
    cells = {place: _delivery(values.get(place, {}), expected[place]) for place in expected}
    states = MemberState.objects.filter(pk__in={state for state, _period in expected}).order_by("short_ru")
    periods = ReportingPeriod.objects.filter(pk__in={period for _state, period in expected})
    return BankMatrix(list(states), list(periods.order_by("due_at", "pk")), cells)


def _values(operation: Operation, *, user: User, at: dt.datetime) -> dict[tuple[int, int], dict[str, int]]:
    rows = visible_to(Total, user, at=at).filter(
        period__operation=operation,
        indicator__code__in=(DUE, ON_TIME, COMPLETE),
        category__breakdown__isnull=True,
        basis=Total.Basis.ACCEPTED,
    )
    found: dict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for state, period, code, value in rows.values_list("state_id", "period_id", "indicator__code", "value"):
        found[state, period][code] = found[state, period].get(code, 0) + value
    return found


def _delivery(values: Mapping[str, int], expected: int) -> Delivery:
    due = values.get(DUE)
    if due is None:
        return Delivery(expected=expected)
    on_time, complete = values.get(ON_TIME), values.get(COMPLETE)
    return Delivery(
        on_time=on_time or 0,
        on_time_of=due if on_time is not None else 0,
        complete=complete or 0,
        complete_of=due if complete is not None else 0,
        on_time_known=int(on_time is not None),
        complete_known=int(complete is not None),
        reported=1,
        expected=expected,
    )
