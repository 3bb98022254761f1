"""The election of the Coordination Council's chair: it makes a `ChairTerm`, the only source of the right to approve.

Terms never overlap, so that on no day two people hold the right; nobody records an election of his own. A chair who
leaves office early has the term ended, from today on and never back, so that what was approved in it stays approved.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import entry, machine, wording
from operations.domain.access import EVERYTHING, HQ_CHAIR, Standing, scope
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, Problem, Stale
from operations.domain.moments import moscow_date
from operations.domain.plan_content import spoken
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import Body, ChairTerm, MemberState, User

ELECTION_ENTRIES = (
    Entry(
        name="holder", take=entry.row_of(lambda: User.objects.filter(is_system=False), key="username"), is_required=True
    ),
    Entry(name="state", take=entry.row_of(MemberState.objects.all), is_required=True),
    Entry(name="from_date", take=entry.day, is_required=True),
    Entry(name="until_date", take=entry.day, is_required=True),
)

END_ENTRIES = (
    Entry(name="until_date", take=entry.day, is_required=True),
    Entry(name="comment", take=entry.text(longest=2000), is_required=True),
)
HQ_CHAIR_NOT_OF_HIS_OWN = Who(
    lambda attempt: HQ_CHAIR.test(attempt) and attempt.subject.holder_id != attempt.actor.pk,
    _("the chair of the International Headquarters, and not of his own term"),
)


@scope(ChairTerm)
def _terms(seen: Standing, user: Any) -> Any:
    return EVERYTHING


# --- election ---


def of_the_council(attempt: Attempt) -> Iterable[Problem]:
    """The need of the election: a meeting of the body that elects."""
    if attempt.subject.body.kind != Body.Kind.COUNCIL:
        yield Problem(code="wrong_body", message=_("The Coordination Council alone elects its chair."))


def elect(attempt: Attempt) -> ChairTerm:
    """Two elections at once, also at two meetings, wait for one another: the row of the council is locked."""
    Body.objects.select_for_update(no_key=True).get(pk=attempt.subject.body_id)
    columns, _sets = entry.take(ELECTION_ENTRIES, attempt.given["values"], is_new=True)
    problems = list(_wrong_with_term(columns, attempt.actor))
    if problems:
        raise BadInput(problems)
    term = ChairTerm.objects.create(elected_at=attempt.subject, **columns)
    attempt.noted["term"] = term.pk
    return term


def _wrong_with_term(columns: Mapping[str, Any], actor: User) -> Iterable[Problem]:
    first, last = columns["from_date"], columns["until_date"]
    if last < first:
        yield Problem(code="end_before_start", field="until_date", message=_("The end is before the start."))
    if columns["holder"].pk == actor.pk:
        yield Problem(code="own_election", field="holder", message=_("Nobody records an election of his own."))
    overlapping = ChairTerm.objects.filter(from_date__lte=last, until_date__gte=first).select_related("holder")
    for term in overlapping:
        yield Problem(
            code="overlap",
            field="from_date",
            message=_("The term of %(holder)s from %(first)s to %(last)s overlaps.")
            % {"holder": term.holder, "first": _in_words(term.from_date), "last": _in_words(term.until_date)},
        )


def _in_words(day: dt.date) -> str:
    return spoken({language: wording.short_date_text(day, language=language) for language in ("ru", "en")})


# --- an early end ---


def _not_over(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.until_date <= moscow_date(attempt.at):
        yield Problem(code="over", message=_("This term ends today, or has ended already."))


def _end(attempt: Attempt) -> None:
    term: ChairTerm = attempt.subject
    if attempt.given.get("revision") != term.revision:
        raise Stale(current=term)
    columns, _sets = entry.take(END_ENTRIES, attempt.given["values"], is_new=True)
    day, today = columns["until_date"], moscow_date(attempt.at)
    if not max(today, term.from_date) <= day < term.until_date:
        message = _("A day from %(first)s on, and before %(last)s.")
        words = {"first": _in_words(max(today, term.from_date)), "last": _in_words(term.until_date)}
        raise BadInput([Problem(code="outside_the_term", field="until_date", message=message % words)])
    attempt.noted["before"] = {"until_date": term.until_date}
    term.until_date = day
    term.revision += 1


CHAIR_TERM_WORKFLOW = Workflow(
    ChairTerm,
    Transition(name="end", label=_("End the term early"), who=HQ_CHAIR_NOT_OF_HIS_OWN, needs=(_not_over,), effect=_end),
    status_field="",
)


def end_term(*, term: ChairTerm, revision: int, values: Mapping[str, Any], actor: User, at: dt.datetime) -> ChairTerm:
    """`values`: until_date, today or a later day of the term, and comment, which the trail keeps."""
    ended: ChairTerm = machine.perform(term, "end", actor=actor, at=at, revision=revision, values=dict(values))
    return ended
