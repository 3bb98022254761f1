"""When one return falls due and closes: its period's rule, counted in the working days of the return's own state.

A period has common moments, by Russia's holidays. The ten working days of a final return end on another day where
the holidays are others, so every return carries moments of its own, and whatever judges a return reads those. Days
of the other kinds are calendar days and common to all; so are the moments of a period that headquarters adjusted.

When holidays change, deadlines move with them, but a deadline that has passed stays and none moves into the past: what
is entered afterwards makes nobody's return late or timely.
"""

import datetime as dt
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from operations.domain.moments import add_working_days, moscow_moment
from operations.models import Holiday, PeriodKind, ReportingPeriod, Return

FINAL_WORKING_DAYS = 10
CLOSES_AFTER = dt.timedelta(days=10)
#: Whose holidays the common moments of a period are counted by.
COMMON_STATE = "RU"

Holidays = Mapping[int, frozenset[dt.date]]


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """The moment until which a return is timely, and the moment after which nothing can be entered."""

    due_at: dt.datetime
    closes_at: dt.datetime


@dataclass(frozen=True)
class Move:
    """A return, or the common moments of a period, with the deadline that it has and the one that it gets."""

    row: Return | ReportingPeriod
    before: Deadline
    after: Deadline


def holidays_by_state() -> Holidays:
    """The days off of every state that has any, by the state's key. One query."""
    found: dict[int, set[dt.date]] = {}
    for state, day in Holiday.objects.values_list("state_id", "day"):
        found.setdefault(state, set()).add(day)
    return {state: frozenset(days) for state, days in found.items()}


def common_holidays() -> frozenset[dt.date]:
    """The days off that the common moments leave out."""
    return frozenset(Holiday.objects.filter(state__code=COMMON_STATE).values_list("day", flat=True))


def deadline_in(period: ReportingPeriod, state: int, holidays: Holidays) -> Deadline:
    """The moments of a return of the period in a state (given by its key); a unit's return has its agency's."""
    if period.kind != PeriodKind.FINAL or period.adjusted_at is not None:
        return Deadline(due_at=period.due_at, closes_at=period.closes_at)
    return final_deadline(period.end_date, holidays.get(state, frozenset()))


def final_deadline(stage_end: dt.date, holidays: frozenset[dt.date]) -> Deadline:
    """The last second of the tenth working day after the stage in Moscow; closing ten days later."""
    due = end_of(add_working_days(stage_end, FINAL_WORKING_DAYS, holidays))
    return Deadline(due_at=due, closes_at=due + CLOSES_AFTER)


def moves_of_returns(
    returns: QuerySet[Return], holidays: Holidays, *, at: dt.datetime, moved: Container[int] = ()
) -> list[Move]:
    """The returns whose own moments are to move; those of periods `moved` by the plan or by hand (keys) always do."""
    found = []
    for row in returns.select_related("period__operation", "agency__state"):
        wanted = deadline_in(row.period, row.agency.state_id, holidays)
        move = Move(row, Deadline(due_at=row.due_at, closes_at=row.closes_at), wanted)
        if move.before != move.after and (row.period_id in moved or _is_ahead(move, at)):
            found.append(move)
    return found


def moves_of_periods(
    periods: QuerySet[ReportingPeriod], holidays: frozenset[dt.date], *, at: dt.datetime
) -> list[Move]:
    """The periods whose common moments are to move with the common holidays."""
    found = []
    for period in periods.filter(kind=PeriodKind.FINAL, adjusted_at__isnull=True):
        before = Deadline(due_at=period.due_at, closes_at=period.closes_at)
        move = Move(period, before, final_deadline(period.end_date, holidays))
        if move.before != move.after and _is_ahead(move, at):
            found.append(move)
    return found


def carry_out(moves: Iterable[Move]) -> None:
    """Stores the new moments."""
    rows: dict[type[Return | ReportingPeriod], list[Any]] = {Return: [], ReportingPeriod: []}
    for move in moves:
        move.row.due_at, move.row.closes_at = move.after.due_at, move.after.closes_at
        rows[type(move.row)].append(move.row)
    for model, changed in rows.items():
        model._default_manager.bulk_update(changed, ["due_at", "closes_at"], batch_size=100)


def _is_ahead(move: Move, at: dt.datetime) -> bool:
    return move.before.due_at > at and move.after.due_at > at


def end_of(day: dt.date) -> dt.datetime:
    """A due day lasts until its last second in Moscow."""
    return moscow_moment(day, 23, 59).replace(second=59)
