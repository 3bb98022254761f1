"""Queries of the headquarters: the verbs, which of them are overdue, and how many of a return's are open."""

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Count, Q, QuerySet

from operations.domain import creation, machine
from operations.domain.access import refusal, visible_to
from operations.domain.errors import NotFound
from operations.domain.moments import moscow_date
from operations.domain.query_workflow import Status
from operations.models import Query, Return, User

#: What waits for somebody: for those who were asked, or for those who asked.
WAITING = (Status.OPEN, Status.ANSWERED)


def ask_query(
    *,
    expected_return: Return,
    text: str,
    due_date: Any,
    actor: User,
    at: dt.datetime,
    cell: str = "",
    screening_reason: str = "",
) -> Query:
    """Asks about an accepted return, or about one of its cells by address; `due_date` as a date or as it was typed.

    Raises `NotFound` for a return that the actor does not see, `NotAllowed`, `Unmet` while nothing is accepted, and
    `BadInput` with every problem of what was given.
    """
    if not visible_to(Return, actor, at=at).filter(pk=expected_return.pk).exists():
        raise NotFound
    row = Query(expected_return=expected_return)
    given = {"text": text, "due_date": due_date, "cell": cell, "screening_reason": screening_reason}
    return creation.create(row, actor=actor, at=at, **given)


def answer_query(
    *, query: Query, text: str, actor: User, at: dt.datetime, revision: int | None = None, screening_reason: str = ""
) -> Query:
    """Answers for the agency; the figures stay as they are, and are corrected by a submission of their own."""
    return _perform(query, "answer", actor, at, text=text, revision=revision, screening_reason=screening_reason)


def settle_query(
    *,
    query: Query,
    actor: User,
    at: dt.datetime,
    text: str = "",
    revision: int | None = None,
    screening_reason: str = "",
) -> Query:
    """Ends the query; without an answer it takes a word of explanation."""
    return _perform(query, "settle", actor, at, text=text, revision=revision, screening_reason=screening_reason)


def ask_again(
    *,
    query: Query,
    text: str,
    due_date: Any,
    actor: User,
    at: dt.datetime,
    revision: int | None = None,
    screening_reason: str = "",
) -> Query:
    """Puts the next question after an answer that was not enough; what was said before is kept."""
    given = {"text": text, "due_date": due_date, "revision": revision, "screening_reason": screening_reason}
    return _perform(query, "ask_again", actor, at, **given)


def _perform(query: Query, name: str, actor: User, at: dt.datetime, **given: Any) -> Query:
    return cast(Query, machine.perform(query, name, actor=actor, at=at, **given))


def may_ask(expected_return: Return, user: Any, *, at: dt.datetime) -> bool:
    """Whether the person may send a query on the return now."""
    return refusal(Query(expected_return=expected_return), "create", user, at=at) is None


def is_overdue(query: Query, *, at: dt.datetime) -> bool:
    """Nobody has answered, and the day by which the answer was due is over in Moscow."""
    return query.status == Status.OPEN and moscow_date(at) > query.due_date


def overdue(rows: QuerySet[Query], *, at: dt.datetime) -> QuerySet[Query]:
    return rows.filter(status=Status.OPEN, due_date__lt=moscow_date(at))


def counted(rows: QuerySet[Query], *, at: dt.datetime) -> dict[str, int]:
    """How many are open, answered and settled, and how many of the open ones are overdue: one query."""
    late = Q(status=Status.OPEN, due_date__lt=moscow_date(at))
    by_status = {status: Count("pk", filter=Q(status=status)) for status in Status.values}
    return cast(dict[str, int], rows.order_by().aggregate(**by_status, overdue=Count("pk", filter=late)))


def waiting_by_return(returns: Iterable[int]) -> dict[int, int]:
    """By return, how many queries are not settled; returns without any are left out."""
    rows = Query.objects.filter(expected_return__in=list(returns), status__in=WAITING).order_by()
    return dict(rows.values_list("expected_return").annotate(count=Count("pk")))
