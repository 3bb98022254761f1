"""The official numbers as finely as they are kept: what any table over several dimensions is put together from.

A slice is a row of `Total` without its basis. Whoever adds slices up does so by the indicator's own aggregation
(`operations.domain.statistics.over_time`); a period is known by its id alone, because whoever asks has chosen periods.
"""

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import QuerySet

from operations.models import CellState, Figure, Submission, Total

#: By basis, the submissions whose figures may say why there is no number.
COUNTED = {
    Total.Basis.ACCEPTED.value: (Submission.Status.ACCEPTED,),
    Total.Basis.PROVISIONAL.value: (Submission.Status.ACCEPTED, Submission.Status.SUBMITTED),
}


class Slice(NamedTuple):
    """The sum over the agencies of one kind in one state for one period; money in minor units."""

    period: int
    state: int
    agency_kind: int
    indicator: int
    category: int
    value: int
    returns: int


class Absence(NamedTuple):
    """A cell that a return leaves without a number, and what it says instead (a `CellState`)."""

    period: int
    state: int
    agency_kind: int
    indicator: int
    category: int
    says: str


def slices(
    totals: QuerySet[Total],
    *,
    basis: str,
    periods: Collection[int],
    indicators: Collection[int],
    categories: Collection[int],
    states: Collection[int],
    agency_kinds: Collection[int],
) -> list[Slice]:
    """The rows of `totals` (those that the reader may see) at the chosen places. One query."""
    rows = totals.filter(
        basis=basis,
        period__in=periods,
        indicator__in=indicators,
        category__in=categories,
        state__in=states,
        agency_kind__in=agency_kinds,
    ).order_by()
    columns = ("period_id", "state_id", "agency_kind_id", "indicator_id", "category_id", "value", "returns")
    return [Slice(*row) for row in rows.values_list(*columns)]


def absences(
    *,
    basis: str,
    periods: Collection[int],
    indicators: Collection[int],
    categories: Collection[int],
    states: Collection[int],
    agency_kinds: Collection[int],
) -> list[Absence]:
    """What the agencies' returns say instead of numbers at the chosen places. One query."""
    rows = Figure.objects.filter(
        submission__status__in=COUNTED[basis],
        submission__expected_return__unit__isnull=True,
        submission__expected_return__period__in=periods,
        submission__expected_return__agency__state__in=states,
        submission__expected_return__agency__kind__in=agency_kinds,
        indicator__in=indicators,
        category__in=categories,
    ).exclude(state=CellState.VALUE)
    place = "submission__expected_return__"
    columns = (f"{place}period_id", f"{place}agency__state_id", f"{place}agency__kind_id")
    found = rows.order_by().values_list(*columns, "indicator_id", "category_id", "state").distinct()
    return [Absence(*row) for row in found]
