"""Where a number comes from: the sums that it was put together from, and the submissions whose figures they are.

Of an indicator that is not added up over time only the period that decides is counted; the others are listed as
compared with it. Of a return that the reader may not see its number is told and nothing else, so that what is listed
and what is not always come to the number that was followed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from operations.domain.access import visible_to
from operations.domain.rule_language import parse, references
from operations.domain.total_slices import COUNTED, Slice
from operations.models import (
    AgencyKind,
    Breach,
    CellState,
    Figure,
    Indicator,
    MemberState,
    Query,
    ReportingPeriod,
    Submission,
    Total,
)
from reports.domain.explorer import Catalogue, Question
from reports.domain.pivot import Pivot, PivotCell

Aggregation = Indicator.Aggregation


@dataclass(frozen=True)
class Source:
    """A sum of `Total` behind the number; `counts` is false where another period's number was taken instead."""

    period: ReportingPeriod
    state: MemberState
    agency_kind: AgencyKind
    value: int
    returns: int
    counts: bool


@dataclass(frozen=True)
class Behind:
    """A submission behind the number: its figure, how many vintages its return has, what control found, what was asked.

    `breaches` are of rules in which the indicator stands, `queries` those on the indicator or the whole return.
    """

    figure: Figure
    counts: bool
    vintages: int
    breaches: list[Breach] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)

    @property
    def submission(self) -> Submission:
        return self.figure.submission


@dataclass(frozen=True)
class Hidden:
    """What is behind the number and not shown to the reader: how many returns, and their sum by currency."""

    returns: int
    amounts: Mapping[str, int]


@dataclass(frozen=True)
class Lineage:
    """Everything that stands behind one number."""

    indicator: Indicator
    cell: PivotCell
    sources: list[Source]
    behind: list[Behind]
    hidden: Hidden


def lineage(
    question: Question, catalogue: Catalogue, *, totals: QuerySet[Total], actor: Any, at: dt.datetime
) -> Lineage:
    """The lineage of the one number that the question asks for. Nine queries.

    Not for numbers that the reader has from public editions alone: what is behind those is nobody's but who takes part.
    """
    pivot = Pivot(question, catalogue, totals=totals)
    [indicator], [row], [column] = question.indicators, pivot.rows, pivot.columns
    found = pivot.slices_of(row, column)
    deciding = _deciding(indicator, found, pivot.periods)
    counted = [figure for figure in _figures(pivot, indicator) if figure.value is not None]
    visible = set(
        visible_to(Submission, actor, at=at)
        .filter(pk__in=[one.submission_id for one in counted])
        .order_by()
        .values_list("pk", flat=True)
    )
    shown = [one for one in counted if one.submission_id in visible]
    return Lineage(
        indicator=indicator,
        cell=pivot.cell(row, column),
        sources=_sources(found, deciding, pivot, catalogue),
        behind=_behind(shown, deciding, indicator, actor, at),
        hidden=_hidden([one for one in counted if one.submission_id not in visible], deciding, indicator),
    )


def _deciding(
    indicator: Indicator, found: Iterable[Slice], periods: Mapping[int, ReportingPeriod]
) -> set[tuple[int, int]]:
    """The states and periods (ids) whose numbers are counted: all, or those that the aggregation over time takes."""
    by_state: dict[int, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for one in found:
        by_state[one.state][periods[one.period].end_date] += one.value
    taken = {state: _taken(indicator, by_end) for state, by_end in by_state.items()}
    return {(one.state, one.period) for one in found if periods[one.period].end_date in taken[one.state]}


def _taken(indicator: Indicator, by_end: Mapping[dt.date, int]) -> Collection[dt.date]:
    if indicator.over_time == Aggregation.MAX:
        return {max(sorted(by_end), key=lambda day: by_end[day])}
    if indicator.over_time == Aggregation.LAST:
        return {max(by_end)}
    return set(by_end)


def _sources(
    found: Iterable[Slice], deciding: set[tuple[int, int]], pivot: Pivot, catalogue: Catalogue
) -> list[Source]:
    states = {one.pk: one for one in catalogue.states}
    kinds = {one.pk: one for one in catalogue.agency_kinds}
    sources = [
        Source(
            pivot.periods[one.period],
            states[one.state],
            kinds[one.agency_kind],
            one.value,
            one.returns,
            (one.state, one.period) in deciding,
        )
        for one in found
    ]
    return sorted(
        sources, key=lambda one: (one.period.start_date, one.period.code, one.state.short_ru, one.agency_kind.pk)
    )


def _figures(pivot: Pivot, indicator: Indicator) -> list[Figure]:
    """The figures of the submissions that count on the question's basis. Two queries."""
    place = pivot.places
    rows = Submission.objects.filter(
        status__in=COUNTED[place["basis"]],
        expected_return__unit__isnull=True,
        expected_return__period__in=place["periods"],
        expected_return__agency__state__in=place["states"],
        expected_return__agency__kind__in=place["agency_kinds"],
    ).order_by()
    standing: dict[int, int] = {}
    for return_id, pk, status in rows.values_list("expected_return_id", "pk", "status"):
        # while a submission waits for its decision, the provisional basis counts it instead of the accepted one
        if status == Submission.Status.SUBMITTED or return_id not in standing:
            standing[return_id] = pk
    figures = Figure.objects.filter(
        submission__in=list(standing.values()),
        indicator=indicator,
        category__in=place["categories"],
        state=CellState.VALUE,
    ).select_related(
        "submission__expected_return__period__stage",
        "submission__expected_return__agency__state",
        "submission__expected_return__agency__kind",
        "submission__decided_by",
    )
    return sorted(figures, key=_order)


def _order(figure: Figure) -> tuple[dt.date, str, str, str]:
    expected = figure.submission.expected_return
    return expected.period.start_date, expected.period.code, expected.agency.state.short_ru, expected.agency.code


def _is_counted(figure: Figure, deciding: set[tuple[int, int]]) -> bool:
    expected = figure.submission.expected_return
    return (expected.agency.state_id, expected.period_id) in deciding


def _behind(
    figures: list[Figure], deciding: set[tuple[int, int]], indicator: Indicator, actor: Any, at: dt.datetime
) -> list[Behind]:
    """Three queries."""
    submissions = [one.submission_id for one in figures]
    returns = [one.submission.expected_return_id for one in figures]
    vintages = dict(
        Submission.objects.filter(expected_return__in=returns)
        .exclude(status=Submission.Status.DRAFT)
        .order_by()
        .values_list("expected_return")
        .annotate(count=Count("pk"))
    )
    breaches: dict[int, list[Breach]] = defaultdict(list)
    for breach in Breach.objects.filter(submission__in=submissions).select_related("rule", "answered_by"):
        if _concerns(breach, indicator):
            breaches[breach.submission_id].append(breach)
    queries: dict[int, list[Query]] = defaultdict(list)
    for query in visible_to(Query, actor, at=at).filter(expected_return__in=returns).order_by("asked_at", "pk"):
        if query.indicator_id in (None, indicator.pk):
            queries[query.expected_return_id].append(query)
    return [
        Behind(
            figure=one,
            counts=_is_counted(one, deciding),
            vintages=vintages.get(one.submission.expected_return_id, 1),
            breaches=breaches[one.submission_id],
            queries=queries[one.submission.expected_return_id],
        )
        for one in figures
    ]


def _concerns(breach: Breach, indicator: Indicator) -> bool:
    sides = (breach.rule.left, breach.rule.right)
    return any(one.code == indicator.code for side in sides for _scope, one in references(parse(side)))


def _hidden(figures: list[Figure], deciding: set[tuple[int, int]], indicator: Indicator) -> Hidden:
    counted = [one for one in figures if _is_counted(one, deciding)]
    amounts: dict[str, int] = defaultdict(int)
    for one in counted:
        currency = one.submission.expected_return.agency.state.currency if indicator.is_money else ""
        amounts[currency] += one.value or 0
    return Hidden(len(counted), dict(amounts))
