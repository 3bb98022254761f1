"""How far a measure is: the responsible side says so in a status and a short account while the plan is in force.

A measure has one status. Whoever answers for it may give the account: the headquarters for every measure, the head of a
state that is responsible, an officer of a responsible authority there. Each account stays in the audit trail, so the
page of the measure tells who said what and when; the text that was agreed and approved is not touched.
"""

import datetime as dt
import json
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.access import standing
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotFound, Problem, Stale
from operations.domain.transitions import Attempt, Who
from operations.models import Agency, AuditEntry, Measure, Participation

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
    answering = _answering_states(measure, attempt)
    if not measure.responsible_kinds.exists():
        # a body alone answers through the headquarters, a state through its head
        return measure.responsible_states.exists() and bool(seen.headed_states & answering)
    kinds = set(measure.responsible_kinds.values_list("pk", flat=True))
    officers = Agency.objects.filter(pk__in=seen.agencies, kind__in=kinds, state__in=answering)
    return bool(seen.headed_states & answering) or officers.exists()


def _answering_states(measure: Measure, attempt: Attempt) -> set[int]:
    """The states that the measure names, or all that take part when it names none."""
    taking_part = set(
        Participation.objects.filter(operation=attempt.subject.operation_id, takes_part=True).values_list(
            "state", flat=True
        )
    )
    named = set(measure.responsible_states.values_list("pk", flat=True))
    return named & taking_part if named else taking_part


RESPONSIBLE = Who(
    _answers_for_the_measure,
    _("staff of the International Headquarters, or the head or an officer of a side responsible for the measure"),
)


def give(attempt: Attempt) -> Measure:
    """Writes the status and the account on the measure."""
    named: Measure = attempt.given["measure"]
    row = Measure.objects.filter(objective__plan=attempt.subject, pk=named.pk).first()
    if row is None:
        raise NotFound
    if attempt.given.get("revision") != row.revision:
        raise Stale(current=row)
    columns, _sets = entry.take(ENTRIES, attempt.given["values"], is_new=True)
    attempt.noted["before"] = {name: getattr(row, name) for name in columns}
    for name, value in columns.items():
        setattr(row, name, value)
    if row.progress in _OVER and not (row.account_ru or row.account_en):
        raise BadInput(
            [Problem(code="required", field="account_ru", message=_("Say in a few words how the measure ended."))]
        )
    row.revision += 1
    row.save()
    return row


@dataclass(frozen=True, kw_only=True)
class Account:
    """One account of a measure, as it was given."""

    at: dt.datetime
    actor_name: str
    progress: str
    label: str
    text: dict[str, str]


def accounts_of(measure: Measure, *, limit: int = 20) -> list[Account]:
    """What was said about the measure, the newest first."""
    plan = measure.objective.plan_id
    entries = AuditEntry.objects.filter(
        act=ACT, object_type="plan", object_id=str(plan), data__contains=f'"measure":{measure.pk},'
    )
    return [_account(entry) for entry in entries.order_by("-sequence")[:limit]]


def _account(entry: AuditEntry) -> Account:
    values = json.loads(entry.data)["values"]
    return Account(
        at=entry.at,
        actor_name=entry.actor_name,
        progress=values["progress"],
        label=str(Measure.Progress(values["progress"]).label),
        text={"ru": values.get("account_ru", ""), "en": values.get("account_en", "")},
    )
