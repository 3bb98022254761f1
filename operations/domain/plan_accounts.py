"""How far a measure is: the responsible side says so in a status and a short account while the plan is in force.

Each side that answers for a measure has a status and an account of its own: a state, spoken for by its head or by an
officer of a responsible authority there, and the bodies, spoken for by the headquarters. Each account stays in the
audit trail, so the page of the measure tells who said what and when; the text that was agreed and approved is not
touched.
"""

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.access import standing
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotFound, Problem, Stale, WrongState
from operations.domain.plan_content import frozen_content, measures_of
from operations.domain.transitions import Attempt, Who
from operations.models import Agency, AuditEntry, Measure, MeasureAccount, Participation, Plan

ACT = "plan.account"
LONGEST_ACCOUNT = 2000
_ACCOUNT = entry.text(longest=LONGEST_ACCOUNT, is_rich=True)
ENTRIES = (
    Entry(name="progress", take=entry.choice(Measure.Progress), is_required=True),
    Entry(name="account_ru", take=_ACCOUNT),
    Entry(name="account_en", take=_ACCOUNT),
)
_OVER = (Measure.Progress.DONE, Measure.Progress.NOT_DONE)


def _answers_for_the_measure(attempt: Attempt) -> bool:
    """Asked without a measure: whether the person may answer for one at all."""
    seen = standing(attempt.actor, attempt.at)
    measure: Measure | None = attempt.given.get("measure")
    if seen.is_headquarters or measure is None:
        return seen.is_headquarters or bool(seen.headed_states or seen.agencies)
    answering = answering_states(measure)
    if not measure.responsible_kinds.exists():
        # a body alone answers through the headquarters, a state through its head
        return measure.responsible_states.exists() and bool(seen.headed_states & answering)
    kinds = set(measure.responsible_kinds.values_list("pk", flat=True))
    officers = Agency.objects.filter(pk__in=seen.agencies, kind__in=kinds, state__in=answering)
    return bool(seen.headed_states & answering) or officers.exists()


def answering_states(measure: Measure) -> set[int]:
    """The states that the measure names, or all that take part when it names none."""
    taking_part = _taking_part(measure.objective.plan.operation_id)
    named = set(measure.responsible_states.values_list("pk", flat=True))
    return named & taking_part if named else taking_part


def _taking_part(operation: int) -> set[int]:
    rows = Participation.objects.filter(operation=operation, takes_part=True)
    return set(rows.values_list("state", flat=True))


RESPONSIBLE = Who(
    _answers_for_the_measure,
    _("staff of the International Headquarters, or the head or an officer of a side responsible for the measure"),
)


def in_force(attempt: Attempt) -> Iterable[Problem]:
    """Accounts are given of measures in force, also while an amendment is drafted beside them."""
    plan: Plan = attempt.subject
    measure: Measure | None = attempt.given.get("measure")
    if plan.in_force_version is None:
        raise WrongState
    if measure is not None and not is_in_force(plan, measure):
        raise WrongState(_("The measure is not in force yet: it comes with the amendment."))
    return ()


def is_in_force(plan: Plan, measure: Measure) -> bool:
    """Whether the measure stands in the text in force."""
    if plan.in_force_version is None:
        return False
    return any(one["id"] == measure.pk for one in measures_of(frozen_content(plan.in_force_version)))


def own_account(measure: Measure, actor: Any, *, at: dt.datetime) -> MeasureAccount:
    """The account of the side that the person speaks for: the stored row, or an empty one with revision 0.

    The headquarters speak for the bodies (`state` None), a head or an officer for the state.
    """
    seen = standing(actor, at)
    state = None
    if not seen.is_headquarters:
        answering = answering_states(measure)
        state = min((seen.headed_states or seen.agency_states) & answering, default=None)
    row = MeasureAccount.objects.filter(measure=measure, state=state).select_related("state").first()
    return row or MeasureAccount(measure=measure, state_id=state, revision=0)


def give(attempt: Attempt) -> MeasureAccount:
    """Writes status and account of the side that the person speaks for; `revision` None skips the question."""
    named: Measure = attempt.given["measure"]
    measure = Measure.objects.select_for_update().filter(objective__plan=attempt.subject, pk=named.pk).first()
    if measure is None:
        raise NotFound
    row = own_account(measure, attempt.actor, at=attempt.at)
    revision = attempt.given.get("revision")
    if revision is not None and revision != row.revision:
        raise Stale(current=row)
    columns, _sets = entry.take(ENTRIES, attempt.given["values"], is_new=True)
    attempt.noted["before"] = {name: getattr(row, name) for name in columns}
    attempt.noted["side"] = row.state.code if row.state is not None else ""
    for name, value in columns.items():
        setattr(row, name, value)
    if row.progress in _OVER and not (row.account_ru or row.account_en):
        raise BadInput(
            [Problem(code="required", field="account_ru", message=_("Say in a few words how the measure ended."))]
        )
    row.given_by, row.given_at = attempt.actor, attempt.at
    row.revision += 1
    row.save()
    measure.revision += 1
    measure.save(update_fields=["revision", "changed_at"])
    return row


@dataclass(frozen=True, kw_only=True)
class HowFar:
    """How far a measure is: the status over all sides, and how many of the `sides` that answer for it have done it."""

    status: str
    done: int
    sides: int
    accounts: tuple[MeasureAccount, ...] = ()


def how_far(plan: Plan) -> dict[int, HowFar]:
    """By measure. Done when every side has done it; the headquarters' word on a measure of states stands for all.

    Six queries, however many measures there are.
    """
    taking_part = _taking_part(plan.operation_id)
    rows = Measure.objects.filter(objective__plan=plan).prefetch_related(
        "responsible_states", "responsible_kinds", "responsible_bodies", "accounts__state", "accounts__given_by"
    )
    return {row.pk: _how_far(row, taking_part) for row in rows}


def how_far_is(measure: Measure) -> HowFar:
    """The same for one measure."""
    return _how_far(measure, _taking_part(measure.objective.plan.operation_id))


def _how_far(measure: Measure, taking_part: set[int]) -> HowFar:
    named = {state.pk for state in measure.responsible_states.all()}
    of_states = bool(named or measure.responsible_kinds.all())
    of_bodies = bool(measure.responsible_bodies.all())
    sides = len(named & taking_part if named else taking_part) * of_states + of_bodies
    accounts = tuple(measure.accounts.all())
    whole = next((one for one in accounts if one.state_id is None and of_states and not of_bodies), None)
    given = [one.progress for one in accounts if one is not whole]
    done = given.count(Measure.Progress.DONE)
    if whole is not None:
        status = whole.progress
    elif sides and done >= sides:
        status = Measure.Progress.DONE
    elif sides and sum(one in _OVER for one in given) >= sides:
        status = Measure.Progress.NOT_DONE
    elif any(one != Measure.Progress.NOT_STARTED for one in given):
        status = Measure.Progress.IN_PROGRESS
    else:
        status = Measure.Progress.NOT_STARTED
    return HowFar(status=status, done=done, sides=sides, accounts=accounts)


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account of a measure, as it was given."""

    at: dt.datetime
    actor_name: str
    progress: str
    label: str
    text: dict[str, str]
    side: str


def accounts_of(measure: Measure, *, limit: int = 20) -> list[Account]:
    """What was said about the measure, the newest first."""
    plan = measure.objective.plan_id
    entries = AuditEntry.objects.filter(
        act=ACT, object_type="plan", object_id=str(plan), data__contains=f'"measure":{measure.pk},'
    )
    return [_account(entry) for entry in entries.order_by("-sequence")[:limit]]


def _account(entry: AuditEntry) -> Account:
    told = json.loads(entry.data)
    values = told["values"]
    return Account(
        at=entry.at,
        actor_name=entry.actor_name,
        progress=values["progress"],
        label=str(Measure.Progress(values["progress"]).label),
        text={"ru": values.get("account_ru", ""), "en": values.get("account_en", "")},
        side=told.get("side", ""),
    )
