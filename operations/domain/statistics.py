"""Readers of `Total`: what every official table and chart shows.

A flow of a year is the sum of its final, follow-up and interval periods; a stock is the highest or the last of them, as
its indicator says; a level is never added up. Money stays in the currency of its state, and a regional sum exists only
within one currency. A number always carries how many states stand behind it. Every function reads in a constant number
of queries, whatever the size of the operation.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet, Sum

from operations.domain.standing_figures import OFFICIAL
from operations.models import (
    Category,
    CellState,
    Figure,
    Indicator,
    MemberState,
    Operation,
    Stage,
    Submission,
    Total,
)

NOT_REPORTED = "not_reported"
# what a cell without any number says when its returns say different things: the strongest first
_STRONGEST = (CellState.WITHHELD, CellState.NOT_AVAILABLE, CellState.NOT_APPLICABLE)


@dataclass(frozen=True)
class StatCell:
    """One number of a table. `state` is "value", or why there is none: a cell state or "not_reported".

    `returns` counts the returns with a value behind it; `currency` is set for money (minor units) alone.
    """

    value: int | None
    state: str
    returns: int = 0
    currency: str | None = None


@dataclass(frozen=True)
class StatRow:
    """An indicator (in one category) across states. `region` is None where states cannot be added up.

    `reporting` of `expected` states stand behind the regional number («N of M states»); `by_currency` holds
    the regional sums of money, one for each currency.
    """

    indicator: Indicator
    category: Category
    cells: Mapping[int, StatCell]
    region: int | None
    by_currency: Mapping[str, int]
    reporting: int
    expected: int


@dataclass(frozen=True)
class Part:
    """What one period contributes to a state's number."""

    end_date: dt.date
    value: int
    returns: int


@dataclass
class _Reading:
    parts: dict[tuple[int, int, int], list[Part]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[tuple[int, int, int], set[str]] = field(default_factory=lambda: defaultdict(set))


def participating_states(operation: Operation) -> list[MemberState]:
    """The states that take part, in the order of documents."""
    return list(
        MemberState.objects.filter(participations__operation=operation, participations__takes_part=True).order_by(
            "short_ru"
        )
    )


def indicator_by_state(
    operation: Operation,
    *,
    basis: str = Total.Basis.ACCEPTED,
    indicators: Iterable[Indicator] | None = None,
    stage: Stage | None = None,
    period_kinds: Iterable[str] = OFFICIAL,
    agency_kinds: Iterable[int] | None = None,
    breakdown: str | None = None,
    states: Iterable[MemberState] | None = None,
) -> list[StatRow]:
    """A row for every indicator (with `breakdown`, for every category of it): a cell for each participating state.

    `stage` narrows to the final and follow-up returns of one stage; `agency_kinds` (ids) to some bodies; `states` to
    some states. Without anything accepted every cell says "not reported". Four queries.
    """
    shown = list(states) if states is not None else participating_states(operation)
    chosen = list(indicators) if indicators is not None else list(Indicator.objects.order_by("position"))
    categories = _categories(breakdown)
    rows = _official(Total.objects.filter(basis=basis), "period", operation, stage, period_kinds)
    if agency_kinds is not None:
        rows = rows.filter(agency_kind__in=list(agency_kinds))
    reading = _read(rows.filter(category__in=categories))
    _read_absences(reading, operation, basis, stage, period_kinds, categories)
    return [
        _row(indicator, category, shown, reading)
        for indicator in chosen
        for category in _of_indicator(categories, indicator, breakdown)
    ]


def series_by_period(
    operation: Operation,
    *,
    indicator: Indicator,
    basis: str = Total.Basis.ACCEPTED,
    period_kinds: Iterable[str] = OFFICIAL,
    state: MemberState | None = None,
) -> list[tuple[int, str, int]]:
    """The indicator's number in each official period, in the order of time: (period id, period code, value)."""
    rows = Total.objects.filter(
        period__operation=operation,
        period__kind__in=list(period_kinds),
        basis=basis,
        indicator=indicator,
        category__breakdown__isnull=True,
    )
    if state is not None:
        rows = rows.filter(state=state)
    summed = rows.values("period_id", "period__code", "period__end_date").annotate(sum=Sum("value"))
    ordered = sorted(summed, key=lambda row: (row["period__end_date"], row["period__code"]))
    return [(row["period_id"], row["period__code"], row["sum"]) for row in ordered]


def source_submissions(
    operation: Operation, *, stage: Stage | None = None, state: MemberState | None = None
) -> list[int]:
    """The accepted submissions that stand behind the accepted totals: the lineage of a snapshot."""
    return [
        pk
        for pk, of_stage, of_state in standing_submissions(operation)
        if (stage is None or of_stage == stage.pk) and (state is None or of_state == state.pk)
    ]


def standing_submissions(operation: Operation) -> list[tuple[int, int | None, int]]:
    """Every accepted submission behind the accepted totals, with the ids of its stage (if it is of one) and state."""
    rows = Submission.objects.filter(status=Submission.Status.ACCEPTED, expected_return__unit__isnull=True)
    rows = _official(rows, "expected_return__period", operation, None, OFFICIAL).order_by("pk")
    return list(rows.values_list("pk", "expected_return__period__stage_id", "expected_return__agency__state_id"))


def over_time(indicator: Indicator, parts: Iterable[Part]) -> int | None:
    """One number out of several periods, as the indicator aggregates; None where it must not be aggregated."""
    by_end: dict[dt.date, int] = defaultdict(int)
    counted = 0
    for part in parts:
        by_end[part.end_date] += part.value
        counted += part.returns
    if not by_end:
        return None
    if indicator.over_time == Indicator.Aggregation.SUM:
        return sum(by_end.values())
    if indicator.over_time == Indicator.Aggregation.MAX:
        return max(by_end.values())
    if indicator.over_time == Indicator.Aggregation.LAST:
        return by_end[max(by_end)]
    return next(iter(by_end.values())) if counted == 1 else None


def strongest(says: Collection[str]) -> str:
    """Of different reasons why there is no number, the one that a table shows; of none, nothing."""
    return next((str(mark) for mark in _STRONGEST if mark in says), "")


def _categories(breakdown: str | None) -> list[Category]:
    if breakdown is None:
        return list(Category.objects.filter(breakdown__isnull=True))
    return list(Category.objects.filter(breakdown__code=breakdown).order_by("position"))


def _of_indicator(categories: list[Category], indicator: Indicator, breakdown: str | None) -> list[Category]:
    if breakdown is None:
        return categories
    return categories if breakdown in {row.code for row in indicator.breakdowns.all()} else []


def _official(
    rows: QuerySet[Any], period: str, operation: Operation, stage: Stage | None, period_kinds: Iterable[str]
) -> QuerySet[Any]:
    rows = rows.filter(**{f"{period}__operation": operation, f"{period}__kind__in": list(period_kinds)})
    return rows if stage is None else rows.filter(**{f"{period}__stage": stage})


def _read(rows: QuerySet[Total]) -> _Reading:
    reading = _Reading()
    grouped = rows.values_list("indicator_id", "category_id", "state_id", "period_id", "period__end_date")
    summed = grouped.annotate(sum=Sum("value"), count=Sum("returns"))
    for indicator_id, category_id, state_id, _period, end_date, value, count in summed:
        reading.parts[indicator_id, category_id, state_id].append(Part(end_date, value, count))
    return reading


def _read_absences(
    reading: _Reading,
    operation: Operation,
    basis: str,
    stage: Stage | None,
    period_kinds: Iterable[str],
    categories: list[Category],
) -> None:
    """Why cells have no number: figures with a status instead of a value."""
    statuses = [Submission.Status.ACCEPTED]
    if basis == Total.Basis.PROVISIONAL:
        statuses.append(Submission.Status.SUBMITTED)
    rows = Figure.objects.filter(
        submission__status__in=statuses, submission__expected_return__unit__isnull=True, category__in=categories
    ).exclude(state=CellState.VALUE)
    rows = _official(rows, "submission__expected_return__period", operation, stage, period_kinds)
    place = "submission__expected_return__agency__state_id"
    for indicator_id, category_id, state_id, state in rows.values_list(
        "indicator_id", "category_id", place, "state"
    ).distinct():
        reading.absences[indicator_id, category_id, state_id].add(state)


def _row(indicator: Indicator, category: Category, states: list[MemberState], reading: _Reading) -> StatRow:
    cells = {state.pk: _cell(indicator, category, state, reading) for state in states}
    given = [cell for cell in cells.values() if cell.value is not None]
    by_currency: dict[str, int] = defaultdict(int)
    for cell in given:
        if cell.currency is not None and cell.value is not None:
            by_currency[cell.currency] += cell.value
    region = None
    if given and indicator.over_space == Indicator.Aggregation.SUM and len(by_currency) <= 1:
        region = sum(cell.value for cell in given if cell.value is not None)
    return StatRow(indicator, category, cells, region, dict(by_currency), len(given), len(states))


def _cell(indicator: Indicator, category: Category, state: MemberState, reading: _Reading) -> StatCell:
    key = (indicator.pk, category.pk, state.pk)
    parts = reading.parts.get(key, [])
    value = over_time(indicator, parts)
    currency = state.currency if indicator.is_money else None
    if value is not None:
        return StatCell(value, CellState.VALUE, sum(part.returns for part in parts), currency)
    return StatCell(None, strongest(reading.absences.get(key, ())) or NOT_REPORTED, 0, currency)
