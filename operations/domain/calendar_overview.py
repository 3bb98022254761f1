"""The reporting calendar of an operation as it is shown: each period with what came, and where a state's days differ.

Counts are of the agencies' own returns that the reader may see; how many of them came is n of m, whether they are due
or not. A constant number of queries, however many periods there are.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q

from operations.domain.access import visible_to
from operations.domain.deadlines import Deadline
from operations.domain.reporting_calendar import reopenings_in_force
from operations.models import (
    MemberState,
    Operation,
    PeriodKind,
    ReopenedPeriod,
    ReportingPeriod,
    Return,
    Stage,
    User,
)

#: In this order the periods of a stage are shown: the official ones first.
KINDS = (PeriodKind.FINAL, PeriodKind.FOLLOW_UP, PeriodKind.OPERATIONAL)


@dataclass(frozen=True)
class StateLine:
    """One state's returns of a period: their own deadline, and how many came."""

    state: MemberState
    deadline: Deadline
    expected: int
    received: int


@dataclass(frozen=True)
class ShownPeriod:
    """A period with the lines of the states; `standing` is not_due, open, overdue (due, not closed) or closed."""

    period: ReportingPeriod
    standing: str
    lines: Sequence[StateLine] = ()
    reopenings: int = 0

    @property
    def expected(self) -> int:
        return sum(line.expected for line in self.lines)

    @property
    def received(self) -> int:
        return sum(line.received for line in self.lines)

    @property
    def differing(self) -> list[StateLine]:
        """The states whose deadline is another than the common one."""
        return [line for line in self.lines if line.deadline.due_at != self.period.due_at]


@dataclass(frozen=True)
class StageCalendar:
    """The periods of one stage, or (`stage` None) those of no stage."""

    stage: Stage | None
    official: list[ShownPeriod] = field(default_factory=list)
    situation_reports: list[ShownPeriod] = field(default_factory=list)


def reporting_calendar(operation: Operation, *, user: User, at: dt.datetime) -> list[StageCalendar]:
    """The whole calendar: by stage, official periods before the daily ones; the quarters last. Three queries."""
    periods = list(ReportingPeriod.objects.filter(operation=operation).select_related("stage", "adjusted_by"))
    shown = shown_periods(periods, user=user, at=at)
    found: dict[int | None, StageCalendar] = {}
    for one in sorted(shown, key=_place):
        calendar = found.setdefault(one.period.stage_id, StageCalendar(one.period.stage))
        is_daily = one.period.kind == PeriodKind.OPERATIONAL
        (calendar.situation_reports if is_daily else calendar.official).append(one)
    return list(found.values())


def _place(shown: ShownPeriod) -> tuple[bool, int, int, dt.date, dt.date]:
    period = shown.period
    rank = KINDS.index(PeriodKind(period.kind)) if period.kind in KINDS else 0
    number = period.stage.number if period.stage is not None else 0
    return period.stage is None, number, rank, period.start_date, period.end_date


def shown_periods(periods: Iterable[ReportingPeriod], *, user: User, at: dt.datetime) -> list[ShownPeriod]:
    """The given periods with what the reader may see of their returns. Two queries."""
    listed = list(periods)
    rows = visible_to(Return, user, at=at).filter(period__in=[period.pk for period in listed], unit__isnull=True)
    counted = (
        rows.order_by("agency__state__short_ru", "due_at")
        .values("period_id", "agency__state_id", "due_at", "closes_at")
        .annotate(expected=Count("pk"), received=Count("pk", filter=Q(first_submitted_at__isnull=False)))
    )
    states = MemberState.objects.in_bulk()
    lines: dict[int, list[StateLine]] = defaultdict(list)
    for row in counted:
        deadline = Deadline(due_at=row["due_at"], closes_at=row["closes_at"])
        line = StateLine(states[row["agency__state_id"]], deadline, row["expected"], row["received"])
        lines[row["period_id"]].append(line)
    reopened: dict[int, int] = defaultdict(int)
    for period_id in visible_to(reopenings_in_force(at=at), user, at=at).values_list("period_id", flat=True):
        reopened[period_id] += 1
    return [
        ShownPeriod(period, standing_of(period, at=at), lines.get(period.pk, ()), reopened[period.pk])
        for period in listed
    ]


def standing_of(period: ReportingPeriod, *, at: dt.datetime) -> str:
    """Where the period stands by its common moments."""
    if at < period.opens_at:
        return "not_open"
    if at <= period.due_at:
        return "open"
    return "overdue" if at <= period.closes_at else "closed"


def reopenings(period: ReportingPeriod, *, user: User, at: dt.datetime) -> list[ReopenedPeriod]:
    """Every reopening of the period that the reader may see, those in force first."""
    rows = visible_to(ReopenedPeriod, user, at=at).filter(period=period)
    related = rows.select_related("agency__state", "agency__kind", "opened_by").order_by("-expires_at", "pk")
    return sorted(related, key=lambda row: not (row.opened_at <= at <= row.expires_at))
