"""The election of the Coordination Council's chair: it makes a `ChairTerm`, the only source of the right to approve.

Terms never overlap, so that on no day two people hold the right; nobody records an election of his own.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, Problem
from operations.domain.transitions import Attempt
from operations.models import Body, ChairTerm, MemberState, User

ELECTION_ENTRIES = (
    Entry(
        name="holder", take=entry.row_of(lambda: User.objects.filter(is_system=False), key="username"), is_required=True
    ),
    Entry(name="state", take=entry.row_of(MemberState.objects.all), is_required=True),
    Entry(name="from_date", take=entry.day, is_required=True),
    Entry(name="until_date", take=entry.day, is_required=True),
)


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
            % {"holder": term.holder, "first": term.from_date, "last": term.until_date},
        )
