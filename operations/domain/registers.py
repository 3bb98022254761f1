"""The registers of controlled persons as a feed: how many persons a state's register holds, told every four hours.

The register stays with the state; only its aggregate stock comes here. A reading names its own moment with an offset,
which is never in the future. One that comes late takes its place in the series and does not hide a newer one; after
thirty days it is refused. The same reading sent twice is one; another number for the same moment is a conflict.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from operations.domain import audit, creation
from operations.domain.access import EVERYTHING, Standing, scope, standing, visible_to
from operations.domain.errors import BadInput, Conflict, NotAllowed, Problem
from operations.domain.moments import moscow_moment
from operations.domain.statistics import indicator_by_state, participating_states
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Agency, Indicator, MemberState, Operation, RegisterReading, ReportingPeriod, Total, User

INDICATOR = "MIG03"
EVERY = dt.timedelta(hours=4)
TOLERANCE = dt.timedelta(minutes=30)
MISSING_AFTER = dt.timedelta(hours=24)
OLDEST = dt.timedelta(days=30)
MOST_PERSONS = 1_000_000_000


@scope(RegisterReading)
def _readings(seen: Standing, user: Any) -> Q:
    """A reading is not accepted by anybody: it belongs to its state and the headquarters, as provisional totals do."""
    return EVERYTHING if seen.sees_all_states else Q(state__in=seen.headed_states | seen.agency_states)


def reporting_states(user: Any, at: dt.datetime) -> frozenset[int]:
    """The states whose register the person reports: an officer of an authority that reports MIG03, or the head."""
    seen = standing(user, at)
    kinds = Agency.objects.filter(pk__in=seen.agencies, kind__indicators__code=INDICATOR)
    return seen.headed_states | frozenset(kinds.values_list("state_id", flat=True))


REPORTS = Who(
    lambda attempt: attempt.subject.state_id in reporting_states(attempt.actor, attempt.at),
    _("an officer of an authority that keeps the state's register, or the head of the national headquarters"),
)


class _AlreadyKept(Exception):
    """The same reading has just been stored by another request."""

    def __init__(self, reading: RegisterReading) -> None:
        super().__init__()
        self.reading = reading


def _in_time(attempt: Attempt) -> Iterable[Problem]:
    as_of: dt.datetime = attempt.subject.as_of
    if as_of > attempt.at:
        yield Problem(code="in_the_future", field="as_of", message=_("This moment is still to come."))
    if as_of < attempt.at - OLDEST:
        yield Problem(code="too_old", field="as_of", message=_("A reading is taken for thirty days, not later."))


def _keep(attempt: Attempt) -> None:
    row: RegisterReading = attempt.subject
    audit.take_chain_lock()  # the trail is written at the end anyway; from here on nobody else stores a reading
    there = _there(row.state, row.as_of)
    if there is not None:
        raise _AlreadyKept(_same(there, row.persons))
    row.received_at, row.received_from = attempt.at, attempt.actor
    row.save()


def _there(state: MemberState, as_of: dt.datetime) -> RegisterReading | None:
    return RegisterReading.objects.filter(state=state, as_of=as_of).select_related("state").first()


def _same(kept: RegisterReading, persons: int) -> RegisterReading:
    if kept.persons != persons:
        raise Conflict(
            _("For this moment %(count)s persons are kept: a reading is never changed.") % {"count": kept.persons},
            code="another_value",
        )
    return kept


WORKFLOW = Workflow(
    RegisterReading,
    Transition(name="create", label=_("Report the register"), who=REPORTS, asks=(_in_time,), effect=_keep),
    status_field="",
)


def keep_reading(
    *, state: MemberState | None, as_of: dt.datetime, persons: int, actor: User, at: dt.datetime
) -> tuple[RegisterReading, bool]:
    """The reading, and whether it is new. Without `state` it is the one whose register the actor reports.

    Raises `NotAllowed`, `BadInput` (in the future, too old, out of range), `Conflict` (another number is kept).
    """
    if not 0 <= persons <= MOST_PERSONS:
        raise BadInput([Problem(code="out_of_range", field="persons", message=_("Give a number of persons."))])
    row = RegisterReading(state=state or _own_state(actor, at), as_of=as_of, persons=persons)
    there = _there(row.state, as_of)
    if there is not None and REPORTS.test(Attempt(row, WORKFLOW["create"], actor, at)):
        return _same(there, persons), False
    try:
        return creation.create(row, actor=actor, at=at, persons=persons, as_of=as_of), True
    except _AlreadyKept as kept:
        return kept.reading, False


def _own_state(actor: User, at: dt.datetime) -> MemberState:
    states = reporting_states(actor, at)
    if len(states) != 1:
        raise NotAllowed.but(REPORTS.says)
    return MemberState.objects.get(pk__in=states)


def is_latest(reading: RegisterReading) -> bool:
    """Whether no newer reading of the state is known."""
    return not RegisterReading.objects.filter(state=reading.state_id, as_of__gt=reading.as_of).exists()


# --- what the registers say now ---


def freshness(as_of: dt.datetime | None, *, at: dt.datetime) -> str:
    """fresh; stale when a reading has been left out (four hours and half an hour); missing after a day."""
    if as_of is None or at - as_of > MISSING_AFTER:
        return "missing"
    return "stale" if at - as_of > EVERY + TOLERANCE else "fresh"


@dataclass(frozen=True)
class Stock:
    """A state's register: the latest reading, how fresh it is, and what the returns say."""

    state: MemberState
    reading: RegisterReading | None
    freshness: str
    returned: "Returned | None"


@dataclass(frozen=True)
class Returned:
    """The accepted MIG03 of a state at the end of its latest period, and the last reading by then."""

    value: int
    period: ReportingPeriod
    reading: RegisterReading | None

    @property
    def difference(self) -> int | None:
        return None if self.reading is None else self.reading.persons - self.value


@dataclass(frozen=True)
class Registers:
    """All the states that take part: `reporting` of `expected` have a reading of the last day, `total` is their sum."""

    stocks: tuple[Stock, ...]
    reporting: int
    expected: int
    total: int | None


def registers(operation: Operation, *, user: Any, at: dt.datetime) -> Registers:
    """The stocks that the person sees; how many states report is counted over all. A constant number of queries."""
    states = participating_states(operation)
    everybodys = _latest(RegisterReading.objects.filter(as_of__lte=at))
    reporting = [state for state in states if freshness(_as_of(everybodys.get(state.pk)), at=at) != "missing"]
    seen = standing(user, at)
    own = seen.headed_states | seen.agency_states
    shown = states if seen.sees_all_states else [state for state in states if state.pk in own]
    returned = _returned(operation, shown)
    stocks = []
    for state in shown:
        reading = everybodys.get(state.pk)
        stocks.append(Stock(state, reading, freshness(_as_of(reading), at=at), returned.get(state.pk)))
    total = sum(everybodys[state.pk].persons for state in reporting) if reporting and seen.sees_all_states else None
    return Registers(tuple(stocks), len(reporting), len(states), total)


def recent(operation: Operation, *, user: Any, at: dt.datetime, most: int = 42) -> list[RegisterReading]:
    """The latest readings that the person sees, the newest first: a week of one state, a day of six."""
    rows = visible_to(RegisterReading, user, at=at).filter(state__in=participating_states(operation))
    return list(rows.select_related("state").order_by("-as_of", "state__short_ru")[:most])


def _as_of(reading: RegisterReading | None) -> dt.datetime | None:
    return None if reading is None else reading.as_of


def _latest(rows: Any) -> dict[int, RegisterReading]:
    newest = rows.order_by().values("state").annotate(newest=Max("as_of")).values_list("state", "newest")
    wanted = Q(pk__in=[])
    for state, as_of in newest:
        wanted |= Q(state=state, as_of=as_of)
    return {row.state_id: row for row in RegisterReading.objects.filter(wanted).select_related("state")}


def _returned(operation: Operation, states: Iterable[MemberState]) -> dict[int, Returned]:
    """By state, the stock of the newest accepted period."""
    wanted = list(states)
    newest = _newest_periods(operation, wanted)
    rows = indicator_by_state(operation, indicators=Indicator.objects.filter(code=INDICATOR), states=wanted)
    values = {pk: cell.value for row in rows for pk, cell in row.cells.items() if cell.value is not None}
    by_then = _latest_by_end(newest)
    return {
        pk: Returned(value=value, period=newest[pk], reading=by_then.get(pk))
        for pk, value in values.items()
        if pk in newest
    }


def _newest_periods(operation: Operation, states: Iterable[MemberState]) -> dict[int, ReportingPeriod]:
    rows = Total.objects.filter(
        period__operation=operation,
        basis=Total.Basis.ACCEPTED,
        indicator__code=INDICATOR,
        category__breakdown__isnull=True,
        state__in=list(states),
    ).select_related("period")
    newest: dict[int, ReportingPeriod] = {}
    for row in rows.order_by("period__end_date"):
        newest[row.state_id] = row.period
    return newest


def _latest_by_end(periods: Mapping[int, ReportingPeriod]) -> dict[int, RegisterReading]:
    """By state, the last reading before its period was over in Moscow."""
    found: dict[int, RegisterReading] = {}
    for end, states in _by_end(periods):
        rows = RegisterReading.objects.filter(state__in=states, as_of__lt=end, as_of__gte=end - MISSING_AFTER)
        found |= _latest(rows)
    return found


def _by_end(periods: Mapping[int, ReportingPeriod]) -> Iterator[tuple[dt.datetime, list[int]]]:
    by_end: dict[dt.date, list[int]] = {}
    for state, period in periods.items():
        by_end.setdefault(period.end_date, []).append(state)
    for day, states in by_end.items():
        yield moscow_moment(day + dt.timedelta(days=1)), states
