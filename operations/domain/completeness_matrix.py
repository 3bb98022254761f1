"""Where every return of an operation stands, and what groups of them come to: the matrix of completeness.

Each return is in exactly one of six standings: on time, late, missing, not due yet, returned, recalled; so the counts
of a group add up to its returns. A returned or recalled one waits for its agency, whenever it first came, unless an
accepted submission stands meanwhile. The n of m beside the counts are the measures of `completeness`, over what is due.
How states and periods stand is common to all who take part; how a single agency stands, whoever may see its returns
sees. A constant number of queries.
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from operations.domain.access import standing, visible_to
from operations.domain.completeness import Completeness, last_statuses, measured, owed_returns, return_status
from operations.domain.moments import moscow_date
from operations.domain.reporting_calendar import delay
from operations.domain.standing_figures import OFFICIAL
from operations.models import MemberState, Operation, PeriodKind, Return, Submission, User

ON_TIME, LATE, MISSING, NOT_DUE = "on_time", "late", "missing", "not_due"
RETURNED, RECALLED = str(Submission.Status.RETURNED), str(Submission.Status.RECALLED)
#: The six standings, in the order of a table's columns.
STANDINGS = (ON_TIME, LATE, MISSING, NOT_DUE, RETURNED, RECALLED)
#: `kind` of a filter that means the three official kinds.
ALL_OFFICIAL = "official"
#: Groups that tell of no single agency.
COMMON_GROUPS = frozenset({"state", "agency_kind", "period", "month"})


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What the returns are narrowed to, by codes; empty is everything."""

    state: str = ""
    agency_kind: str = ""
    agency: str = ""
    kind: str = ""
    stage: int | None = None
    period: str = ""
    standing: str = ""

    def conditions(self) -> dict[str, Any]:
        lookups = {
            "agency__state__code": self.state,
            "agency__kind__code": self.agency_kind,
            "agency__code": self.agency,
            "period__stage__number": self.stage,
            "period__code": self.period,
        }
        found: dict[str, Any] = {lookup: value for lookup, value in lookups.items() if value not in ("", None)}
        if self.kind == ALL_OFFICIAL:
            found["period__kind__in"] = list(OFFICIAL)
        elif self.kind:
            found["period__kind"] = self.kind
        return found

    @property
    def names_agencies(self) -> bool:
        """Whether what is left may be the returns of one agency of a state."""
        return bool(self.agency or self.agency_kind)


@dataclass(frozen=True)
class ReturnStanding:
    """One return: its standing, a finer sign of it (`due`, `draft`), and its measures, which are none until due."""

    row: Return
    standing: str
    sign: str
    delay: int | None
    measures: Completeness
    is_visible: bool

    @property
    def is_in_hours(self) -> bool:
        return bool(self.row.period.kind == PeriodKind.OPERATIONAL)


@dataclass(frozen=True)
class GroupLine:
    """The returns of a state, an agency, a period …: `of` is that row, or the month as its first day."""

    key: str
    of: Any
    counts: Counter[str] = field(default_factory=Counter)
    measures: Completeness = field(default_factory=Completeness)

    @property
    def returns(self) -> int:
        return sum(self.counts.values())


def standings(operation: Operation, chosen: Chosen, *, user: User, at: dt.datetime) -> list[ReturnStanding]:
    """Every owed return that is left by what is chosen, in the order of documents."""
    rows = owed_returns(operation).filter(**chosen.conditions())
    seen = (
        None
        if standing(user, at).sees_all_states
        else set(visible_to(rows, user, at=at).order_by().values_list("pk", flat=True))
    )
    last = last_statuses(rows)
    found = []
    for row, measures in measured(rows).items():
        sign = return_status(row, last.get(row.pk), at=at)
        place = _standing(sign, last.get(row.pk), is_accepted=measures.accepted > 0, is_timely=delay(row) == 0)
        if chosen.standing in ("", place):
            counts = measures if row.due_at <= at else Completeness()
            finer = sign if place == NOT_DUE else place
            found.append(ReturnStanding(row, place, finer, delay(row), counts, seen is None or row.pk in seen))
    return sorted(found, key=_order)


def _standing(sign: str, last: str | None, *, is_accepted: bool, is_timely: bool) -> str:
    if is_accepted:
        return ON_TIME if is_timely else LATE
    if last in (RETURNED, RECALLED):
        return str(last)
    return sign if sign in STANDINGS else NOT_DUE


def _order(one: ReturnStanding) -> tuple[Any, ...]:
    row = one.row
    return row.agency.state.short_ru, row.agency.kind_id, row.agency_id, row.period.due_at, row.period_id


# --- groups ---

_GROUPS: dict[str, Callable[[Return], tuple[Any, str, Any]]] = {
    # order, key, row
    "state": lambda row: (row.agency.state.short_ru, row.agency.state.code, row.agency.state),
    "agency_kind": lambda row: (row.agency.kind_id, row.agency.kind.code, row.agency.kind),
    "agency": lambda row: ((row.agency.state.short_ru, row.agency.kind_id), row.agency.code, row.agency),
    "period": lambda row: ((row.period.due_at, row.period_id), row.period.code, row.period),
    "month": lambda row: (_month(row), f"{_month(row):%Y-%m}", _month(row)),
}
GROUPS = tuple(_GROUPS)


def _month(row: Return) -> dt.date:
    """The month in which the return falls due, in Moscow."""
    return moscow_date(row.due_at).replace(day=1)


def counted_rows(found: Iterable[ReturnStanding], *, by: str, chosen: Chosen) -> list[ReturnStanding]:
    """What a table by `by` counts: every return where it tells of no single agency, else those that may be seen."""
    is_common = by in COMMON_GROUPS and not chosen.names_agencies and not (by == "agency_kind" and chosen.state)
    return [one for one in found if is_common or one.is_visible]


def grouped(found: Iterable[ReturnStanding], *, by: str) -> list[GroupLine]:
    """One line for each group, in the order of documents or of time."""
    members: dict[str, list[ReturnStanding]] = defaultdict(list)
    heads: dict[str, tuple[Any, Any]] = {}
    for one in found:
        order, key, of = _GROUPS[by](one.row)
        members[key].append(one)
        heads[key] = (order, of)
    return [_line(key, heads[key][1], members[key]) for key in sorted(members, key=lambda key: heads[key][0])]


def whole(found: Sequence[ReturnStanding]) -> GroupLine:
    """The line of the sum."""
    return _line("", None, found)


def _line(key: str, of: Any, found: Sequence[ReturnStanding]) -> GroupLine:
    sums = {one.name: sum(getattr(row.measures, one.name) for row in found) for one in fields(Completeness)}
    return GroupLine(key, of, Counter(row.standing for row in found), Completeness(**sums))


def with_silent_states(lines: list[GroupLine], operation: Operation) -> list[GroupLine]:
    """Adds the participating states of which no return is left: nothing was expected of them."""
    known = {line.key for line in lines}
    rows = MemberState.objects.filter(participations__operation=operation, participations__takes_part=True)
    silent = [GroupLine(state.code, state) for state in rows if state.code not in known]
    return sorted([*lines, *silent], key=lambda line: line.of.short_ru)
