"""The calendar of reporting that an approved plan brings about, and the returns expected in it.

Defaults of design section 3: a situation report for every day of an active stage, due at 10:00 Moscow the next day; a
final return of the stage, due on the tenth working day after it; a follow-up return, due on the sixtieth day; and a
periodic return by quarter, or by month where the plan says so, due on the 15th after it. A due day lasts until its last
second in Moscow. Working days are those of the state whose return it is (`deadlines`); the period's own moments are the
common ones, by Russia's holidays.

Making the calendar again changes only what differs. A return that somebody has begun is never deleted, moments that
headquarters adjusted stay as they are, and a deadline that has passed stays unless the plan moved the days themselves.
A plan that changes between quarters and months does so from the next quarter: the one that has begun, or that somebody
has reported of, is reported to its end as it was, so that no day is reported twice and nobody is late for a month that
was not asked for.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from operations.domain.deadlines import (
    CLOSES_AFTER,
    carry_out,
    common_holidays,
    deadline_in,
    end_of,
    final_deadline,
    holidays_by_state,
    moves_of_returns,
)
from operations.domain.moments import moscow_date, moscow_moment
from operations.domain.units import expect_unit_returns
from operations.models import (
    Agency,
    Operation,
    PeriodKind,
    Plan,
    ReopenedPeriod,
    ReportingPeriod,
    Return,
    ReturnForm,
    Stage,
)

SITUATION_REPORT_HOUR = 10
SITUATION_REPORT_CLOSES_AFTER = dt.timedelta(days=3)
FOLLOW_UP_DAYS = 60
INTERVAL_DUE_DAY = 15


@dataclass(frozen=True, kw_only=True)
class WantedPeriod:
    """A period that the plan calls for; its code is unique in the operation."""

    code: str
    kind: str
    stage: Stage | None
    start_date: dt.date
    end_date: dt.date
    opens_at: dt.datetime
    due_at: dt.datetime
    closes_at: dt.datetime


@dataclass
class CalendarChange:
    """What making the calendar did, for the audit trail."""

    periods_created: int = 0
    periods_changed: int = 0
    periods_deleted: int = 0
    returns_created: int = 0
    returns_moved: int = 0
    returns_deleted: int = 0


QUARTERS = frozenset({1, 2, 3, 4})


def wanted_periods(
    *, year: int, stages: Iterable[Stage], holidays: frozenset[dt.date], by_month: frozenset[int] = frozenset()
) -> Iterator[WantedPeriod]:
    """The periods of the active stages and of the quarters of the year; those of `by_month` are reported by month."""
    for stage in stages:
        if stage.kind == Stage.Kind.ACTIVE:
            yield from _of_stage(stage, holidays)
    for quarter in sorted(QUARTERS):
        first = 3 * quarter - 2
        if quarter in by_month:
            for month in range(first, first + 3):
                yield _interval(f"M{month:02}", year, month, months=1)
        else:
            yield _interval(f"Q{quarter}", year, first, months=3)


def make_calendar(plan: Plan, *, at: dt.datetime) -> CalendarChange:
    """Brings the operation's periods and expected returns into line with the plan's stages; doing it twice is once."""
    stages = plan.stages.order_by("number")
    by_month = _quarters_by_month(plan, at=at)
    wanted = list(
        wanted_periods(year=plan.operation.year, stages=stages, holidays=common_holidays(), by_month=by_month)
    )
    change = CalendarChange()
    _delete_unwanted(plan.operation, {period.code for period in wanted}, change)
    present = {period.code: period for period in plan.operation.periods.all()}
    moved = set()
    for period in wanted:
        if _make(plan.operation, period, present.get(period.code), change, at=at):
            moved.add(present[period.code].pk)
    _expect_returns(plan.operation, change)
    returns = Return.objects.filter(period__operation=plan.operation)
    moves = moves_of_returns(returns, holidays_by_state(), at=at, moved=moved)
    carry_out(moves)
    change.returns_moved += len(moves)
    change.returns_created += expect_unit_returns(plan.operation, at=at)
    return change


def expected_agencies(operation: Operation) -> Iterable[Agency]:
    """The active agencies of the states that take part."""
    return Agency.objects.filter(
        is_active=True,
        state__participations__operation=operation,
        state__participations__takes_part=True,
    )


def _of_stage(stage: Stage, holidays: frozenset[dt.date]) -> Iterator[WantedPeriod]:
    opens = moscow_moment(stage.start_date)
    for number in range(1, stage.days + 1):
        day = stage.start_date + dt.timedelta(days=number - 1)
        due = moscow_moment(day + dt.timedelta(days=1), SITUATION_REPORT_HOUR)
        yield WantedPeriod(
            code=f"S{stage.number}-D{number:02}",
            kind=PeriodKind.OPERATIONAL,
            stage=stage,
            start_date=stage.start_date,  # a situation report is cumulative from the start of its stage
            end_date=day,
            opens_at=moscow_moment(day),
            due_at=due,
            closes_at=due + SITUATION_REPORT_CLOSES_AFTER,
        )
    final = final_deadline(stage.end_date, holidays)
    yield WantedPeriod(
        code=f"S{stage.number}-FINAL",
        kind=PeriodKind.FINAL,
        stage=stage,
        start_date=stage.start_date,
        end_date=stage.end_date,
        opens_at=opens,
        due_at=final.due_at,
        closes_at=final.closes_at,
    )
    first = stage.end_date + dt.timedelta(days=1)
    last = stage.end_date + dt.timedelta(days=FOLLOW_UP_DAYS)
    yield WantedPeriod(
        code=f"S{stage.number}-FOLLOWUP",
        kind=PeriodKind.FOLLOW_UP,
        stage=stage,
        start_date=first,
        end_date=last,
        opens_at=moscow_moment(first),
        due_at=end_of(last),
        closes_at=end_of(last) + CLOSES_AFTER,
    )


def _interval(code: str, year: int, month: int, *, months: int) -> WantedPeriod:
    """A periodic return of so many months from this one on."""
    first, following = dt.date(year, month, 1), month + months
    after = dt.date(year + following // 13, (following - 1) % 12 + 1, 1)
    due = end_of(after.replace(day=INTERVAL_DUE_DAY))
    return WantedPeriod(
        code=code,
        kind=PeriodKind.INTERVAL,
        stage=None,
        start_date=first,
        end_date=after - dt.timedelta(days=1),
        opens_at=moscow_moment(first),
        due_at=due,
        closes_at=due + CLOSES_AFTER,
    )


def _quarters_by_month(plan: Plan, *, at: dt.datetime) -> frozenset[int]:
    """The quarters reported by month: as the plan says, but one that has begun or is reported of stays as it is."""
    wanted = set(QUARTERS if plan.interval == Plan.Interval.MONTH else ())
    today = moscow_date(at)
    present = plan.operation.periods.filter(kind=PeriodKind.INTERVAL).annotate(
        is_touched=Exists(Return.objects.filter(period=OuterRef("pk"), submissions__isnull=False))
        | Exists(ReopenedPeriod.objects.filter(period=OuterRef("pk")))
    )
    for period in present:
        quarter = (period.start_date.month + 2) // 3
        if period.is_touched or dt.date(plan.operation.year, 3 * quarter - 2, 1) <= today:
            (wanted.discard if is_quarter(period) else wanted.add)(quarter)
    return frozenset(wanted)


def is_quarter(period: ReportingPeriod) -> bool:
    """Whether a periodic return covers a quarter; else it covers a month."""
    return period.code.startswith("Q")


def _delete_unwanted(operation: Operation, wanted: set[str], change: CalendarChange) -> None:
    """Periods and returns that the plan no longer calls for go, unless somebody has begun a return in them."""
    unwanted = operation.periods.exclude(code__in=wanted).filter(reopenings__isnull=True)
    begun = Return.objects.filter(period__in=unwanted, submissions__isnull=False).values("period")
    gone = list(unwanted.exclude(pk__in=begun).values_list("pk", flat=True))
    change.returns_deleted += _count_deleted(Return.objects.filter(period__in=gone))
    change.periods_deleted += _count_deleted(ReportingPeriod.objects.filter(pk__in=gone))
    absent = Return.objects.filter(period__operation=operation, submissions__isnull=True, queries__isnull=True)
    absent = absent.exclude(agency__in=expected_agencies(operation))
    change.returns_deleted += _count_deleted(Return.objects.filter(pk__in=list(absent.values_list("pk", flat=True))))


def _count_deleted(rows: QuerySet[Any]) -> int:
    count, _by_model = rows.delete()
    return count


_DAYS = ("start_date", "end_date")
_MOMENTS = ("opens_at", "due_at", "closes_at")


def _make(
    operation: Operation,
    wanted: WantedPeriod,
    present: ReportingPeriod | None,
    change: CalendarChange,
    *,
    at: dt.datetime,
) -> bool:
    """Whether the plan moved the days of a period that was there."""
    if present is None:
        wanted = _asked_in_time(wanted, at=at)
        values = {name: getattr(wanted, name) for name in (*_DAYS, *_MOMENTS, "kind", "stage")}
        ReportingPeriod.objects.create(operation=operation, code=wanted.code, **values)
        change.periods_created += 1
        return False
    has_moved = _differs(present, wanted, _DAYS)
    names: tuple[str, ...] = _DAYS
    if present.adjusted_at is None and (has_moved or min(present.due_at, wanted.due_at) > at):
        names = (*_DAYS, *_MOMENTS)
    if _differs(present, wanted, names):
        for name in names:
            setattr(present, name, getattr(wanted, name))
        present.save(update_fields=names)
        change.periods_changed += 1
    return has_moved


def _asked_in_time(wanted: WantedPeriod, *, at: dt.datetime) -> WantedPeriod:
    """A month that would have been due before the plan asked for it falls due with the first one after."""
    if not wanted.code.startswith("M") or wanted.due_at > at:
        return wanted
    today = moscow_date(at)
    month = today if today.day <= INTERVAL_DUE_DAY else today.replace(day=1) + dt.timedelta(days=31)
    due = end_of(month.replace(day=INTERVAL_DUE_DAY))
    return replace(wanted, due_at=due, closes_at=due + CLOSES_AFTER)


def _differs(present: ReportingPeriod, wanted: WantedPeriod, names: Iterable[str]) -> bool:
    return any(getattr(present, name) != getattr(wanted, name) for name in names)


def _expect_returns(operation: Operation, change: CalendarChange) -> None:
    """One return for every agency and period that its kind has a form for, with the newest version of the form."""
    newest = ReturnForm.objects.filter(indicators__isnull=False).values("agency_kind", "period_kind")
    versions = {
        (row["agency_kind"], row["period_kind"]): row["version"] for row in newest.annotate(version=Max("version"))
    }
    forms = {
        (form.agency_kind_id, form.period_kind): form
        for form in ReturnForm.objects.all()
        if versions.get((form.agency_kind_id, form.period_kind)) == form.version
    }
    there = set(
        Return.objects.filter(period__operation=operation, unit__isnull=True).values_list("period_id", "agency_id")
    )
    agencies, holidays = list(expected_agencies(operation)), holidays_by_state()
    missing = [
        Return(
            period=period,
            agency=agency,
            form=forms[agency.kind_id, period.kind],
            **vars(deadline_in(period, agency.state_id, holidays)),
        )
        for period in operation.periods.all()
        for agency in agencies
        if (agency.kind_id, period.kind) in forms and (period.pk, agency.pk) not in there
    ]
    Return.objects.bulk_create(missing)
    change.returns_created += len(missing)
