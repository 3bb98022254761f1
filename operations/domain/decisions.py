"""What becomes of a meeting's decisions: who answers for one, when it is overdue, and the account of it.

A decision names the states and bodies that carry it out. The heads of those states tell how far it is, for a task force
the heads of its states; so does whoever keeps the record. This goes on after the minutes are signed.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.access import HEADQUARTERS, Standing, standing, visible_to
from operations.domain.entry import Entry
from operations.domain.errors import NotFound, Stale
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Who
from operations.models import Body, Decision, Meeting, Role

ACCOUNT_ENTRIES = (
    Entry(name="progress", take=entry.choice(Decision.Progress), is_required=True),
    Entry(name="account_ru", take=entry.text()),
    Entry(name="account_en", take=entry.text()),
)


# --- who ---


def _keeps_the_record(attempt: Attempt) -> bool:
    return keeps_records(standing(attempt.actor, attempt.at))


def _follows_up(attempt: Attempt) -> bool:
    """Asked of a meeting without a decision, it says whether any decision of it is the person's to follow up."""
    seen = standing(attempt.actor, attempt.at)
    if keeps_records(seen):
        return True
    named: Decision | None = attempt.given.get("decision")
    return bool(seen.headed_states) and any(
        answers_for(decision, seen)
        for item in attempt.subject.agenda.all()
        for decision in item.decisions.all()
        if named is None or decision.pk == named.pk
    )


def keeps_records(seen: Standing) -> bool:
    return bool(seen.roles & (HEADQUARTERS | {Role.CHAIR_ASSISTANT}))


def answers_for(decision: Decision, seen: Standing) -> bool:
    """Whether the person heads a state that the decision names, itself or as one of a task force's two."""
    named = {state.pk for state in decision.responsible_states.all()}
    for body in decision.responsible_bodies.all():
        if body.kind == Body.Kind.TASK_FORCE:
            named |= {state.pk for state in body.states.all()}
    return bool(named & seen.headed_states)


KEEPS_THE_RECORD = Who(
    _keeps_the_record,
    _("staff of the International Headquarters, or the assistant to the chair of the Coordination Council"),
)
FOLLOWS_UP = Who(_follows_up, _("whoever keeps the record, or the head of a state that the decision names"))


# --- the account ---


def account(attempt: Attempt) -> Decision:
    """The effect of `account`: how far the decision is, and in a few words why."""
    decision: Decision = attempt.given["decision"]
    if decision.item.meeting_id != attempt.subject.pk:
        raise NotFound
    if attempt.given.get("revision") != decision.revision:
        raise Stale(current=decision)
    columns, _sets = entry.take(ACCOUNT_ENTRIES, attempt.given["values"], is_new=False)
    for name, value in columns.items():
        setattr(decision, name, value)
    decision.revision += 1
    decision.save()
    return decision


# --- which ---


def is_overdue(decision: Decision, *, at: dt.datetime) -> bool:
    return (
        decision.progress == Decision.Progress.OPEN
        and decision.due_date is not None
        and decision.due_date < moscow_date(at)
    )


def register(user: Any, *, at: dt.datetime) -> QuerySet[Decision]:
    """All decisions of the meetings that the person sees, with what a list of them shows."""
    rows = Decision.objects.filter(item__meeting__in=visible_to(Meeting, user, at=at))
    return rows.select_related("item__meeting__body", "item__meeting__operation").prefetch_related(
        "responsible_states", "responsible_bodies__states"
    )


def overdue(rows: QuerySet[Decision], *, at: dt.datetime) -> QuerySet[Decision]:
    return rows.filter(progress=Decision.Progress.OPEN, due_date__lt=moscow_date(at))


def of_states(rows: QuerySet[Decision], states: Iterable[int]) -> QuerySet[Decision]:
    """Those that name one of the states, itself or as one of a task force's two."""
    states = list(states)
    by_task_force = Q(
        responsible_bodies__kind=Body.Kind.TASK_FORCE,
        responsible_bodies__states__in=states,
    )
    return rows.filter(Q(responsible_states__in=states) | by_task_force).distinct()


def of_bodies(rows: QuerySet[Decision], *kinds: str) -> QuerySet[Decision]:
    return rows.filter(responsible_bodies__kind__in=kinds).distinct()
