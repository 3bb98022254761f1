"""What queries put on "my work": a query to answer, an answer to settle."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from operations.domain.access import RIGHTS_BODY, Standing
from operations.domain.moments import moscow_moment
from operations.domain.period_names import return_name
from operations.domain.plan_content import spoken
from operations.domain.queries import is_overdue
from operations.domain.query_workflow import Status
from operations.domain.waiting import WorkItem, provider
from operations.models import Query, Role

#: More queries of one operation than this are one line that leads to the list.
MOST_SINGLE = 5
TO_ANSWER, TO_SETTLE = "queries.answer", "queries.settle"


@provider
def queries_to_answer(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For officers of the agency and, but for rights bodies, the head of its state."""
    if not (seen.agencies or seen.headed_states):
        return
    headed = Q(expected_return__agency__state__in=seen.headed_states) & ~Q(
        expected_return__agency__kind__code=RIGHTS_BODY
    )
    rows = Query.objects.filter(Q(expected_return__agency__in=seen.agencies) | headed, status=Status.OPEN)
    yield from _items(rows, kind=TO_ANSWER, at=at)


@provider
def answers_to_settle(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For the planners of the headquarters: queries that were answered."""
    if Role.HQ_PLANNER in seen.roles:
        yield from _items(Query.objects.filter(status=Status.ANSWERED), kind=TO_SETTLE, at=at)


def _items(rows: QuerySet[Query], *, kind: str, at: dt.datetime) -> Iterator[WorkItem]:
    related = "expected_return__period__operation", "expected_return__agency"
    by_operation: dict[int, list[Query]] = defaultdict(list)
    for row in rows.select_related(*related).order_by("due_date", "pk"):
        by_operation[row.expected_return.period.operation_id].append(row)
    for found in by_operation.values():
        yield from ([_together(found, kind, at)] if len(found) > MOST_SINGLE else _singly(found, kind, at))


def _together(rows: list[Query], kind: str, at: dt.datetime) -> WorkItem:
    operation = rows[0].expected_return.period.operation
    words = (
        ngettext_lazy("%(count)s query to answer", "%(count)s queries to answer", len(rows))
        if kind == TO_ANSWER
        else ngettext_lazy("%(count)s answer to a query", "%(count)s answers to queries", len(rows))
    )
    return WorkItem(
        kind=kind,
        title=words % {"count": len(rows)},
        subject=operation,
        detail=spoken({"ru": operation.title_ru, "en": operation.title_en}),
        due_at=_due(rows[0]) if kind == TO_ANSWER else None,
        is_late=any(is_overdue(row, at=at) for row in rows),
    )


def _singly(rows: Iterable[Query], kind: str, at: dt.datetime) -> Iterator[WorkItem]:
    for row in rows:
        agency = row.expected_return.agency
        name = spoken({"ru": agency.name_ru, "en": agency.name_en})
        is_asked = kind == TO_ANSWER
        words = _("Query of the headquarters to answer") if is_asked else _("Answer to a query: settle or ask again")
        yield WorkItem(
            kind="query",
            title=f"{name}: {return_name(row.expected_return.period)}",
            subject=row,
            detail=words,
            since=row.asked_at if is_asked else row.answered_at,
            due_at=_due(row) if is_asked else None,
            is_late=is_overdue(row, at=at),
        )


def _due(row: Query) -> dt.datetime:
    """The end of the day in Moscow by which the answer is due."""
    return moscow_moment(row.due_date, 23, 59)
