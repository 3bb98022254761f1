"""A query of the headquarters («запрос на уточнение») on a return that was accepted: one table.

    (create) → open → answered → settled
                 ↑        └→ asked again, with a new question and due date
                 └→ settled without an answer, with a reason

The headquarters ask; an officer of the agency, or the head of its state, answers; the headquarters settle or ask again.
A query changes no figure: where the answer shows that one is wrong, the agency corrects the return. Rights returns
never pass a national head, and neither do the queries about them.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.domain import entry
from operations.domain.access import HQ_PLANNER, RIGHTS_BODY, standing
from operations.domain.errors import Problem, Stale
from operations.domain.moments import moscow_date
from operations.domain.query_notices import tell_asked, tell_of_answer, tell_settled
from operations.domain.screening import screened
from operations.domain.submission_workflow import is_officer_of
from operations.domain.thread_words import LONGEST, about_a_cell, cell_of, worded, words_of
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Query, QueryTurn, Return, Submission

Status = Query.Status
#: An answer is not waited for longer than this.
LONGEST_WAIT = dt.timedelta(days=366)


# --- who ---


def _return_of(attempt: Attempt) -> Return:
    found: Return = attempt.subject.expected_return
    return found


def answers(attempt: Attempt) -> bool:
    """An officer of the agency, or the head of its state where the return went through the head."""
    expected_return = _return_of(attempt)
    if is_officer_of(attempt.actor, expected_return, attempt.at):
        return True
    agency = expected_return.agency
    return agency.kind.code != RIGHTS_BODY and agency.state_id in standing(attempt.actor, attempt.at).headed_states


ANSWERS = Who(answers, _("an officer of the agency that was asked, or the head of the national headquarters"))


# --- needs and asks ---


def _is_accepted(attempt: Attempt) -> Iterable[Problem]:
    """What is not accepted yet is sent back by whoever decides on it; there is nothing to ask about."""
    expected_return = _return_of(attempt)
    if expected_return.unit_id is not None:
        yield Problem(code="unit_return", message=_("Units’ returns are the agency’s own: ask about the agency’s."))
    elif not expected_return.submissions.filter(status=Submission.Status.ACCEPTED).exists():
        yield Problem(code="not_accepted", message=_("A query is about an accepted return; this one is not accepted."))


def _dated(attempt: Attempt) -> Iterable[Problem]:
    """The answer is due today or later, by Moscow's date."""
    today = moscow_date(attempt.at)
    try:
        day = entry.day(attempt.given.get("due_date"))
    except entry.Refused as refused:
        yield Problem(code=refused.code, field="due_date", message=refused.message)
        return
    if day is None:
        yield Problem(code="required", field="due_date", message=_("Say by which day you need the answer."))
    elif day < today:
        yield Problem(code="in_the_past", field="due_date", message=_("The answer cannot be due before today."))
    elif day > today + LONGEST_WAIT:
        yield Problem(code="too_late", field="due_date", message=_("The answer has to be due within a year."))


def _explained_without_an_answer(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.status == Status.OPEN and not words_of(attempt):
        yield Problem(
            code="required", field="text", message=_("Nobody has answered yet: say why the query is settled.")
        )


# --- effects ---


def _ask(attempt: Attempt) -> None:
    query: Query = attempt.subject
    query.indicator_id, query.category_id = cell_of(attempt, _return_of(attempt))
    _put_question(attempt)
    query.save()
    _say(attempt, QueryTurn.Kind.ASKED, due_date=query.due_date)
    tell_asked(query, at=attempt.at)


def _ask_again(attempt: Attempt) -> None:
    query: Query = attempt.subject
    _next_revision(attempt)
    _put_question(attempt)
    query.answer, query.answered_by, query.answered_at = "", None, None
    _say(attempt, QueryTurn.Kind.ASKED_AGAIN, due_date=query.due_date)
    tell_asked(query, at=attempt.at)


def _put_question(attempt: Attempt) -> None:
    query: Query = attempt.subject
    day = entry.day(attempt.given["due_date"])
    assert day is not None  # noqa: S101 - `asks` looked before
    query.text, query.due_date = words_of(attempt), day
    query.asked_by, query.asked_at = attempt.actor, attempt.at


def _answer(attempt: Attempt) -> None:
    query: Query = attempt.subject
    _next_revision(attempt)
    query.answer, query.answered_by, query.answered_at = words_of(attempt), attempt.actor, attempt.at
    _say(attempt, QueryTurn.Kind.ANSWERED)
    tell_of_answer(query, at=attempt.at)


def _settle(attempt: Attempt) -> None:
    query: Query = attempt.subject
    _next_revision(attempt)
    query.settled_by, query.settled_at = attempt.actor, attempt.at
    _say(attempt, QueryTurn.Kind.SETTLED)
    tell_settled(query, at=attempt.at)


def _next_revision(attempt: Attempt) -> None:
    """Raises `Stale` when somebody took the query further since it was shown."""
    query, revision = attempt.subject, attempt.given.get("revision")
    if revision is not None and revision != query.revision:
        raise Stale(current=query)
    query.revision += 1


def _say(attempt: Attempt, kind: str, *, due_date: dt.date | None = None) -> None:
    QueryTurn.objects.create(
        query=attempt.subject,
        kind=kind,
        text=words_of(attempt),
        due_date=due_date,
        said_by=attempt.actor,
        said_at=attempt.at,
    )


QUERY = Workflow(
    Query,
    Transition(
        name="create",
        label=_("Send a query"),
        who=HQ_PLANNER,
        needs=(_is_accepted,),
        asks=(
            worded("text"),
            screened("text", longest=LONGEST),
            _dated,
            about_a_cell(lambda attempt: attempt.subject.expected_return),
        ),
        effect=_ask,
    ),
    Transition(
        name="answer",
        label=pgettext_lazy("query", "Answer"),
        who=ANSWERS,
        sources=frozenset({Status.OPEN}),
        target=Status.ANSWERED,
        asks=(worded("text"), screened("text", longest=LONGEST)),
        effect=_answer,
    ),
    Transition(
        name="settle",
        label=pgettext_lazy("query", "Settle"),
        who=HQ_PLANNER,
        sources=frozenset({Status.OPEN, Status.ANSWERED}),
        target=Status.SETTLED,
        asks=(_explained_without_an_answer, screened("text", longest=LONGEST)),
        effect=_settle,
    ),
    Transition(
        name="ask_again",
        label=pgettext_lazy("query", "Ask again"),
        who=HQ_PLANNER,
        sources=frozenset({Status.ANSWERED}),
        target=Status.OPEN,
        asks=(worded("text"), screened("text", longest=LONGEST), _dated),
        effect=_ask_again,
    ),
)
