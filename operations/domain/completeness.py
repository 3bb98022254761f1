"""Whether what was expected came, came in time, and is filled: the measures of design section 5.

*Expected* are the returns that are due, by their own moment, of agencies of participating states. *Received* are those
submitted and not recalled; *timely* those whose first such submission came by the due moment of the server's clock.
*Coverage* is the share of required cells with a value or "not applicable"; *status filled* counts any status, so that
"not available" everywhere does not look complete. Everything is n of m; nothing of nothing is no share.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Count, Max, Q, QuerySet

from operations.domain.reporting_calendar import delay
from operations.models import (
    CellState,
    Figure,
    MemberState,
    Operation,
    Participation,
    Return,
    ReturnForm,
    Submission,
)

K = TypeVar("K")
Status = Submission.Status


@dataclass(frozen=True)
class Completeness:
    """The measures of a group of returns; every share is n of m with `expected` or `required` as m."""

    expected: int = 0
    received: int = 0
    timely: int = 0
    accepted: int = 0
    resubmitted: int = 0
    days_late: int = 0
    required: int = 0
    filled: int = 0
    status_filled: int = 0

    @property
    def missing(self) -> int:
        return self.expected - self.received

    @property
    def late(self) -> int:
        return self.received - self.timely

    def __add__(self, other: "Completeness") -> "Completeness":
        return Completeness(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def owed_returns(operation: Operation) -> QuerySet[Return]:
    """The agencies' own returns of states that take part, due or not."""
    taking_part = Participation.objects.filter(operation=operation, takes_part=True).values("state")
    return Return.objects.filter(period__operation=operation, unit__isnull=True, agency__state__in=taking_part)


def due_returns(operation: Operation, *, at: dt.datetime) -> QuerySet[Return]:
    """The returns expected by now: those owed that are due."""
    return owed_returns(operation).filter(due_at__lte=at)


def completeness(operation: Operation, *, at: dt.datetime, returns: QuerySet[Return] | None = None) -> Completeness:
    """The measures of the whole operation, or of the returns given."""
    return sum(_measured(operation, at, returns).values(), Completeness())


def completeness_by(
    operation: Operation, key: Callable[[Return], K], *, at: dt.datetime, returns: QuerySet[Return] | None = None
) -> dict[K, Completeness]:
    """The measures by any property of a return; its period, agency, kind and state are loaded. Three queries."""
    grouped: dict[K, Completeness] = defaultdict(Completeness)
    for expected_return, measures in _measured(operation, at, returns).items():
        grouped[key(expected_return)] += measures
    return dict(grouped)


def completeness_by_state(operation: Operation, *, at: dt.datetime) -> dict[MemberState, Completeness]:
    """By state, in the order of documents; a participating state of which nothing is due yet has 0 expected."""
    found = completeness_by(operation, lambda row: row.agency.state_id, at=at)
    states = MemberState.objects.filter(participations__operation=operation, participations__takes_part=True)
    return {state: found.get(state.pk, Completeness()) for state in states.order_by("short_ru")}


def last_statuses(returns: QuerySet[Return]) -> dict[int, str]:
    """By return, the status of its newest submission that is no copied draft; of a first draft, "draft"."""
    rows = Submission.objects.filter(expected_return__in=returns.order_by().values("pk"))
    sent: dict[int, str] = {}
    for return_id, status in rows.order_by("expected_return_id", "number").values_list("expected_return_id", "status"):
        if status != Status.DRAFT or return_id not in sent:
            sent[return_id] = status
    return sent


def return_status(expected_return: Return, last: str | None, *, at: dt.datetime) -> str:
    """Where a return stands: not_due, due, draft, missing, recalled, returned, else on_time or late."""
    period = expected_return.period
    if expected_return.first_submitted_at is None:
        if at > expected_return.due_at:
            return Status.RECALLED if last == Status.RECALLED else "missing"
        if last is not None:
            return str(last)
        return "not_due" if at < period.opens_at else "due"
    if last == Status.RETURNED:
        return Status.RETURNED
    return "on_time" if delay(expected_return) == 0 else "late"


def _measured(operation: Operation, at: dt.datetime, returns: QuerySet[Return] | None) -> dict[Return, Completeness]:
    rows = due_returns(operation, at=at)
    if returns is not None:
        rows = rows.filter(pk__in=returns.order_by().values("pk"))
    return measured(rows)


def measured(rows: QuerySet[Return]) -> dict[Return, Completeness]:
    """The measures of each return as if it were due; its period, agency, kind and state are loaded. Three queries."""
    counted = rows.annotate(
        accepted=Count("submissions", filter=Q(submissions__status=Status.ACCEPTED)),
        sent=Count("submissions", filter=Q(submissions__submitted_at__isnull=False) & ~_recalled("submissions__")),
    ).select_related("period__stage", "agency__state", "agency__kind")
    sizes = _form_sizes()
    filled = _filled_cells(rows)
    return {row: _of_return(row, sizes, filled) for row in counted}


def _recalled(prefix: str) -> Q:
    return Q(**{f"{prefix}status": Status.RECALLED})


def _of_return(row: Any, sizes: Mapping[int, int], filled: Mapping[int, tuple[int, int]]) -> Completeness:
    late = delay(row)
    is_received = late is not None
    values, statuses = filled.get(row.pk, (0, 0))
    return Completeness(
        expected=1,
        received=int(is_received),
        timely=int(late == 0),
        accepted=int(row.accepted > 0),
        resubmitted=int(row.sent > 1),
        days_late=late if late and row.period.is_official else 0,
        required=sizes.get(row.form_id, 0),
        filled=values,
        status_filled=statuses,
    )


def _form_sizes() -> dict[int, int]:
    """By form, how many cells are required: the totals of indicators that are entered."""
    sizes = ReturnForm.objects.annotate(size=Count("indicators", filter=Q(indicators__is_derived=False)))
    return dict(sizes.values_list("pk", "size"))


def _filled_cells(rows: QuerySet[Return]) -> dict[int, tuple[int, int]]:
    """By return, the required cells of its newest submission that counts: with a value or х, and with any status."""
    counting = (Status.SUBMITTED, Status.ACCEPTED, Status.RETURNED)
    newest = (
        Submission.objects.filter(expected_return__in=rows.order_by().values("pk"), status__in=counting)
        .values("expected_return")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    figures = Figure.objects.filter(
        submission__in=newest, category__breakdown__isnull=True, indicator__is_derived=False
    )
    counted = figures.values("submission__expected_return_id").annotate(
        filled=Count("indicator_id", filter=Q(state__in=(CellState.VALUE, CellState.NOT_APPLICABLE))),
        status_filled=Count("indicator_id"),
    )
    return {row["submission__expected_return_id"]: (row["filled"], row["status_filled"]) for row in counted}
