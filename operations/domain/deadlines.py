"""When one return falls due and closes: its period's rule, counted in the working days of the return's own state.

A period has common moments, by Russia's holidays. The ten working days of a final return end on another day where
the holidays are others, so every return carries moments of its own, and whatever judges a return reads those. Days
of the other kinds are calendar days and common to all; so are the moments of a period that headquarters adjusted.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from operations.domain.moments import add_working_days, moscow_moment
from operations.models import Holiday, PeriodKind, ReportingPeriod

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


def end_of(day: dt.date) -> dt.datetime:
    """A due day lasts until its last second in Moscow."""
    return moscow_moment(day, 23, 59).replace(second=59)
