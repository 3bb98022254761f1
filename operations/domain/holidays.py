"""Days off of a state, which its working days leave out, and what entering them does to deadlines.

Headquarters enter the days that a state announces, one or several at once. A change moves the deadlines of final
returns that are still ahead, and with Russia's days the common moments of their periods; `preview` answers what would
move before it is done. Periods adjusted by hand stay, and so does every deadline that has passed.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from operations.domain import entry, machine
from operations.domain.access import ANY_HEADQUARTERS, EVERYTHING, Standing, scope
from operations.domain.deadlines import (
    COMMON_STATE,
    Move,
    carry_out,
    holidays_by_state,
    moves_of_periods,
    moves_of_returns,
)
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Problem
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import Holiday, MemberState, Operation, ReportingPeriod, Return, User

#: More days at once are a mistake in typing.
MOST_DAYS = 60
_BETWEEN = re.compile(r"[\n,;]+")
_RANGE = re.compile(r"\s*(?:–|—|\.\.\.?|…|\s-\s)\s*")


@scope(Holiday)
def _holidays(seen: Standing, user: Any) -> Any:
    """Days off are no secret."""
    return EVERYTHING


@dataclass(frozen=True)
class Preview:
    """What a change of holidays moves: own deadlines of returns, common moments of periods."""

    returns: Sequence[Move]
    periods: Sequence[Move]

    @property
    def is_nothing(self) -> bool:
        return not self.returns and not self.periods


# --- what is typed ---


def typed_days(value: Any) -> list[dt.date]:
    """Days as a list, or as text: one in a line, or with commas between; `2026-01-01 – 2026-01-08` is eight days."""
    if value is None:
        return []
    parts = _BETWEEN.split(value) if isinstance(value, str) else list(value)
    found: list[dt.date] = []
    for part in parts:
        if isinstance(part, str) and not part.strip():
            continue
        ends = _RANGE.split(part.strip()) if isinstance(part, str) else [part]
        days = [day for day in map(entry.day, ends) if day is not None]
        if len(days) != len(ends) or len(days) > 2:
            raise Refused("not_a_date", _("This is not a date. Write it as 2026-12-31."))
        if len(days) == 2:
            if not 0 <= (days[1] - days[0]).days < MOST_DAYS:
                raise Refused("bad_range", _("The days from %(first)s to %(last)s are no such holidays.") % _ends(days))
            days = [days[0] + dt.timedelta(days=step) for step in range((days[1] - days[0]).days + 1)]
        found += days
    return sorted(set(found))


def _ends(days: Sequence[dt.date]) -> dict[str, str]:
    return {"first": days[0].isoformat(), "last": days[-1].isoformat()}


_NAME = entry.text(longest=120, single_line=True)
ENTRIES = (
    Entry(name="days", take=typed_days, is_set=True),
    Entry(name="name_ru", take=_NAME),
    Entry(name="name_en", take=_NAME),
)


def _taken(given: Mapping[str, Any]) -> tuple[list[dt.date], dict[str, str]]:
    columns, sets = entry.take(ENTRIES, given["values"], is_new=True)
    return sets.get("days", []), columns


def _days_to_add(attempt: Attempt) -> Iterable[Problem]:
    try:
        days, _names = _taken(attempt.given)
    except BadInput as error:
        yield from error.problems
        return
    yield from _some(days)
    known = Holiday.objects.filter(state=attempt.subject, day__in=days).values_list("day", flat=True)
    if known:
        spelt = ", ".join(day.isoformat() for day in sorted(known))
        yield Problem(code="taken", field="days", message=_("Entered already: %(days)s.") % {"days": spelt})


def _days_to_remove(attempt: Attempt) -> Iterable[Problem]:
    try:
        days, _names = _taken(attempt.given)
    except BadInput as error:
        yield from error.problems
        return
    yield from _some(days)
    known = set(Holiday.objects.filter(state=attempt.subject, day__in=days).values_list("day", flat=True))
    unknown = ", ".join(day.isoformat() for day in days if day not in known)
    if unknown:
        yield Problem(code="unknown", field="days", message=_("Not among the holidays: %(days)s.") % {"days": unknown})


def _some(days: Sequence[dt.date]) -> Iterable[Problem]:
    if not days:
        yield Problem(code="required", field="days", message=_("Name at least one day."))
    elif len(days) > MOST_DAYS:
        text = _("At most %(most)s days at once.") % {"most": MOST_DAYS}
        yield Problem(code="too_many", field="days", message=text)


# --- effects ---


def _add(attempt: Attempt) -> Preview:
    days, names = _taken(attempt.given)
    Holiday.objects.bulk_create(Holiday(state=attempt.subject, day=day, **names) for day in days)
    return _move(attempt, days)


def _remove(attempt: Attempt) -> Preview:
    days, _names = _taken(attempt.given)
    Holiday.objects.filter(state=attempt.subject, day__in=days).delete()
    return _move(attempt, days)


def _move(attempt: Attempt, days: Sequence[dt.date]) -> Preview:
    """Deadlines follow the holidays as they are now."""
    state: MemberState = attempt.subject
    rows = Return.objects.filter(agency__state=state)
    calendars = holidays_by_state()
    returns = moves_of_returns(rows, calendars, at=attempt.at)
    periods: list[Move] = []
    if state.code == COMMON_STATE:
        own = calendars.get(state.pk, frozenset())
        periods = moves_of_periods(ReportingPeriod.objects.select_related("operation"), own, at=attempt.at)
    carry_out([*returns, *periods])
    touched = {move.row.period.operation_id for move in returns if isinstance(move.row, Return)}
    Operation.objects.filter(pk__in=touched).update(data_version=F("data_version") + 1)
    attempt.noted.update(
        state=state.code,
        days=[day.isoformat() for day in days],
        returns_moved=len(returns),
        periods_moved=len(periods),
    )
    return Preview(returns, periods)


STATE = Workflow(
    MemberState,
    Transition(name="add_holidays", label=_("Add holidays"), who=ANY_HEADQUARTERS, asks=(_days_to_add,), effect=_add),
    Transition(
        name="remove_holidays",
        label=_("Remove holidays"),
        who=ANY_HEADQUARTERS,
        asks=(_days_to_remove,),
        effect=_remove,
    ),
    status_field="",
)


# --- the verbs ---


def add_holidays(*, state: MemberState, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Preview:
    """`values`: days (a list, or text as people type it), name_ru, name_en. Answers what moved."""
    moved: Preview = machine.perform(state, "add_holidays", actor=actor, at=at, values=dict(values))
    return moved


def remove_holidays(*, state: MemberState, days: Iterable[Any], actor: User, at: dt.datetime) -> Preview:
    """Takes days off the calendar of a state; answers what moved."""
    moved: Preview = machine.perform(state, "remove_holidays", actor=actor, at=at, values={"days": list(days)})
    return moved


class _OnlyLooking(Exception):
    """Ends a trial run, so that nothing of it stays."""


def preview(*, state: MemberState, name: str, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Preview:
    """What the transition `name` would move: it is carried out and taken back. Raises what the transition raises."""
    found: list[Preview] = []
    try:
        with transaction.atomic():
            found.append(machine.perform(state, name, actor=actor, at=at, values=dict(values)))
            raise _OnlyLooking
    except _OnlyLooking:
        return found[0]
