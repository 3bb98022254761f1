"""How an operation stands today: what is missing and overdue first, then its key figures beside the year before.

Five readings grow with an operation and with nothing else: its totals, those of the year before, its returns, its
overdue decisions, its complaints. Figures are never read here, so the page is as quick in the twentieth year as in the
first (`manage.py bench dashboard`).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, F, Q

from operations.domain import decisions
from operations.domain.access import standing
from operations.domain.complaint_sums import year_of_complaints
from operations.domain.completeness import owed_returns
from operations.domain.moments import moscow_date
from operations.domain.standing_figures import OFFICIAL
from operations.domain.statistics import Part, over_time, participating_states
from operations.domain.total_slices import Slice, slices
from operations.models import (
    AgencyKind,
    Category,
    ContextEvent,
    Decision,
    Indicator,
    IndicatorGroup,
    MemberState,
    Operation,
    PeriodKind,
    Plan,
    PublishedFigure,
    ReportingPeriod,
    Stage,
    Total,
)
from reports.domain.annual_results import HEADLINES
from reports.domain.cells import Cell, changes, missing, number, share
from reports.domain.history import figure_cell, yearly_regional
from reports.domain.places import Place
from reports.domain.public_reading import PublicReading, public_reading

RECEIVED, EXAMINED = "RGT01", "RGT02"
FLOWS = ("MIG01", "MIG02")
Aggregation = Indicator.Aggregation


@dataclass(frozen=True)
class Received:
    """Returns that are due, those that came, and those that came in time."""

    expected: int = 0
    received: int = 0
    timely: int = 0

    def __add__(self, other: "Received") -> "Received":
        return Received(self.expected + other.expected, self.received + other.received, self.timely + other.timely)

    @property
    def missing(self) -> int:
        return self.expected - self.received


@dataclass(frozen=True)
class KeyFigure:
    """A regional number with the states behind it and the year before; `figure` is where that was published."""

    indicator: Indicator
    now: Cell
    states: Cell
    before: Cell
    change: Cell
    percent: Cell
    figure: PublishedFigure | None


@dataclass(frozen=True)
class StageProgress:
    """How far a stage is: days passed of its days, and the returns of it that are due by now."""

    stage: Stage
    passed: int
    returns: Received


@dataclass(frozen=True)
class Complaints:
    """Complaints without an answer, by the accounts, which are for whoever looks across states; else None.

    `received` and `examined` are those of the accepted returns: what was carried over is in neither, so that one is
    not a share of the other.
    """

    unanswered: int | None
    received: int | None
    examined: int | None
    are_accounts_seen: bool


@dataclass(frozen=True)
class Dashboard:
    """Everything that the page shows."""

    operation: Operation
    before: Operation | None
    day: dt.date
    returns: Received
    by_state: list[tuple[MemberState, Received]]
    overdue: list[Decision]
    complaints: Complaints
    key_figures: list[KeyFigure]
    stages: list[StageProgress]
    #: By indicator, its regional number in each stage, in the order of `stages`.
    by_stage: list[tuple[Indicator, list[Cell]]]
    intervals: list[ReportingPeriod]
    flows: list[tuple[Indicator, list[Cell]]]
    events: list[ContextEvent]
    #: Whether figures about persons are those of released reports.
    is_as_published: bool


@dataclass
class _Year:
    """The totals of one operation by indicator, read once; `published` is what the reader has in their place."""

    operation: Operation
    periods: Mapping[int, ReportingPeriod]
    published: PublicReading | None
    found: dict[int, list[Slice]] = field(default_factory=lambda: defaultdict(list))

    def is_as_published(self, indicator: Indicator) -> bool:
        return self.published is not None and self.published.holds(indicator.code)

    def region(self, indicator: Indicator, *, within: Iterable[int] | None = None, time: str = "") -> Cell:
        """The regional number over some periods; states are added up, or it has none. `time` is the code of both."""
        if self.published is not None and self.published.holds(indicator.code):
            return self.published.cell(Place(self.operation.slug, indicator.code, time=time))
        by_state = self.by_state(indicator, within=within)
        if not by_state:
            return missing("not_reported")
        if len(by_state) > 1 and indicator.over_space != Aggregation.SUM:
            return missing("not_applicable")
        return number(sum(by_state.values()))

    def by_state(self, indicator: Indicator, *, within: Iterable[int] | None = None) -> dict[int, int]:
        chosen = set(self.periods) if within is None else set(within)
        parts: dict[int, list[Part]] = defaultdict(list)
        for one in self.found[indicator.pk]:
            if one.period in chosen:
                parts[one.state].append(Part(self.periods[one.period].end_date, one.value, one.returns))
        values = {state: over_time(indicator, own) for state, own in parts.items()}
        return {state: value for state, value in values.items() if value is not None}


def read_dashboard(operation: Operation, *, actor: Any, at: dt.datetime) -> Dashboard:
    """Reads the dashboard of an operation reported here, in a constant number of queries."""
    before = Operation.objects.filter(kind=operation.kind, year=operation.year - 1).select_related("plan").first()
    wanted = Indicator.objects.filter(
        Q(code__in=(*HEADLINES, *FLOWS, RECEIVED, EXAMINED)) | Q(group=IndicatorGroup.VIOLATIONS)
    )
    indicators = {one.code: one for one in wanted.order_by("position")}
    published = public_reading(actor, at=at)
    now = _year(operation, indicators.values(), published)
    states = participating_states(operation)
    counted = _returns(operation, at)
    stages = list(
        Stage.objects.filter(periods__operation=operation, periods__kind=PeriodKind.FINAL)
        .distinct()
        .order_by("start_date", "number")
    )
    day = moscow_date(at)
    intervals = [one for one in now.periods.values() if one.kind == PeriodKind.INTERVAL and one.end_date <= day]
    return Dashboard(
        operation=operation,
        before=before,
        day=day,
        returns=sum(counted.values(), Received()),
        by_state=[(one, _of(counted, state=one.pk)) for one in states],
        overdue=_overdue(operation, actor, at),
        complaints=_complaints(operation, now, indicators, actor, at),
        key_figures=_key_figures(now, before, indicators, len(states)),
        stages=[_progress(one, now, counted, day) for one in stages],
        by_stage=_by_stage(now, indicators.values(), stages),
        intervals=intervals,
        flows=[
            (indicators[code], [now.region(indicators[code], within=[one.pk]) for one in intervals])
            for code in FLOWS
            if code in indicators
        ],
        events=list(ContextEvent.objects.filter(starts_on__year=operation.year)),
        is_as_published=published is not None,
    )


def _year(operation: Operation, indicators: Iterable[Indicator], published: PublicReading | None) -> _Year:
    """Five queries, of which only that of the totals depends on how much was reported."""
    periods = ReportingPeriod.objects.filter(operation=operation, kind__in=OFFICIAL).select_related("stage")
    ordered = periods.order_by("start_date", "end_date", "code")
    year = _Year(operation, {one.pk: one for one in ordered}, published)
    found = slices(
        Total.objects.all(),
        basis=Total.Basis.ACCEPTED,
        periods=list(year.periods),
        indicators=[one.pk for one in indicators],
        categories=[Category.objects.get(breakdown__isnull=True).pk],
        states=list(MemberState.objects.values_list("pk", flat=True)),
        agency_kinds=list(AgencyKind.objects.values_list("pk", flat=True)),
    )
    for one in found:
        year.found[one.indicator].append(one)
    return year


def _overdue(operation: Operation, actor: Any, at: dt.datetime) -> list[Decision]:
    """Decisions of the operation's meetings that are open after their day, the oldest first."""
    rows = decisions.register(actor, at=at).filter(item__meeting__operation=operation)
    return list(decisions.overdue(rows, at=at).order_by("due_date", "pk"))


def _returns(operation: Operation, at: dt.datetime) -> dict[tuple[int, int], Received]:
    """By state and period (ids), the returns that are due. One query."""
    came = Q(first_submitted_at__isnull=False)
    rows = (
        owed_returns(operation)
        .filter(due_at__lte=at)
        .order_by()
        .values_list("agency__state", "period")
        .annotate(
            expected=Count("pk"),
            received=Count("pk", filter=came),
            timely=Count("pk", filter=Q(first_submitted_at__lte=F("due_at"))),
        )
    )
    return {(state, period): Received(*counts) for state, period, *counts in rows}


def _of(
    counted: Mapping[tuple[int, int], Received], *, state: int | None = None, periods: Iterable[int] | None = None
) -> Received:
    chosen = None if periods is None else set(periods)
    return sum(
        (
            one
            for (of_state, period), one in counted.items()
            if (state is None or of_state == state) and (chosen is None or period in chosen)
        ),
        Received(),
    )


def _progress(stage: Stage, now: _Year, counted: Mapping[tuple[int, int], Received], day: dt.date) -> StageProgress:
    passed = min(max((day - stage.start_date).days + 1, 0), stage.days)
    periods = [one.pk for one in now.periods.values() if one.stage_id == stage.pk]
    return StageProgress(stage, passed, _of(counted, periods=periods))


def _complaints(
    operation: Operation, now: _Year, indicators: Mapping[str, Indicator], actor: Any, at: dt.datetime
) -> Complaints:
    received = _value(now.region(indicators[RECEIVED]))
    examined = _value(now.region(indicators[EXAMINED]))
    if not standing(actor, at).sees_all_states:
        return Complaints(None, received, examined, are_accounts_seen=False)
    accounts = year_of_complaints(operation).by_channel
    pending = sum(one.pending for one in accounts.values()) if accounts else None
    return Complaints(pending, received, examined, are_accounts_seen=True)


def _value(cell: Cell) -> int | None:
    return cell["value"] if cell["state"] == "value" else None


def _key_figures(
    now: _Year, before: Operation | None, indicators: Mapping[str, Indicator], expected: int
) -> list[KeyFigure]:
    headlines = [indicators[code] for code in HEADLINES]
    published: dict[str, PublishedFigure] = {}
    earlier: _Year | None = None
    if before is not None and _was_reported(before):
        earlier = _year(before, headlines, now.published)
    else:
        published = yearly_regional(now.operation.year - 1)
    return [_key_figure(one, now, earlier, published.get(one.code), expected) for one in headlines]


def _was_reported(operation: Operation) -> bool:
    plan = getattr(operation, "plan", None)
    return not operation.is_historical and plan is not None and plan.status != Plan.Status.DRAFT


def _key_figure(
    indicator: Indicator, now: _Year, earlier: _Year | None, figure: PublishedFigure | None, expected: int
) -> KeyFigure:
    current = now.region(indicator)
    if earlier is not None:
        previous = earlier.region(indicator)
    else:
        previous = missing("not_published") if figure is None else figure_cell(figure)
    change, percent = changes(current=current, previous=previous)
    told = share(len(now.by_state(indicator)), expected)
    states = missing("not_published") if now.is_as_published(indicator) else told
    return KeyFigure(indicator, current, states, previous, change, percent, figure)


def _by_stage(
    now: _Year, indicators: Iterable[Indicator], stages: Sequence[Stage]
) -> list[tuple[Indicator, list[Cell]]]:
    """Violations, stage beside stage."""
    of_stage = {stage.pk: [one.pk for one in now.periods.values() if one.stage_id == stage.pk] for stage in stages}
    return [
        (one, [now.region(one, within=of_stage[stage.pk], time=f"stage:{stage.number}") for stage in stages])
        for one in indicators
        if one.group == IndicatorGroup.VIOLATIONS
    ]
