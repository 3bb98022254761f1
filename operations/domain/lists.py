"""Lists that states check for each other: the verbs, who sees them, which state owes the next step, and the sums.

Only how many entries a list has and what became of them is kept. A list is seen by the two states and by the
headquarters; for everybody else it is not there.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import creation, machine
from operations.domain.access import EVERYTHING, Standing, scope
from operations.domain.derived_figures import PENDING
from operations.domain.errors import NotAllowed, Text
from operations.domain.list_workflow import LIST, SENDER, Status, list_states
from operations.domain.moments import moscow_date
from operations.models import AuditEntry, ListOutcome, ListVerification, MemberState, Operation, User

OPEN = (Status.SENT, Status.RECEIVED)


@scope(ListVerification)
def _lists(seen: Standing, user: Any) -> Q:
    if seen.sees_all_states:
        return EVERYTHING
    own = seen.headed_states | seen.agency_states
    return Q(sent_by__in=own) | Q(received_by__in=own)


# --- the verbs ---


def send_list(
    *,
    operation: Operation,
    sent_by: MemberState | None = None,
    values: Mapping[str, Any],
    actor: User,
    at: dt.datetime,
) -> ListVerification:
    """Records a list that was sent. `values`: received_by (code), number, entries, sent_on, due_date.

    Without `sent_by` it is the one state for which the actor keeps lists.
    """
    row = ListVerification(operation=operation, sent_by=sent_by or _own_state(actor, at))
    return creation.create(row, actor=actor, at=at, values=dict(values))


def _own_state(actor: User, at: dt.datetime) -> MemberState:
    states = list_states(actor, at)
    if len(states) != 1:
        raise NotAllowed.but(SENDER.says)
    return MemberState.objects.get(pk__in=states)


def change_list(
    *, verification: ListVerification, revision: int, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> ListVerification:
    """Corrects what was recorded of a list while the partner has not confirmed its receipt."""
    return _perform(verification, "change", actor, at, revision=revision, values=dict(values))


def confirm_receipt(
    *,
    verification: ListVerification,
    received_on: Any,
    actor: User,
    at: dt.datetime,
    revision: int | None = None,
) -> ListVerification:
    """The partner confirms that the list has come; from now on that state owes its outcomes."""
    given = {"revision": revision, "values": {"received_on": received_on}}
    return _perform(verification, "confirm_receipt", actor, at, **given)


def record_outcomes(
    *,
    verification: ListVerification,
    as_of: Any,
    counts: Mapping[str, Any],
    actor: User,
    at: dt.datetime,
    reason: str = "",
    revision: int | None = None,
    screening_reason: str = "",
) -> ListVerification:
    """What became of the entries as of a day: a count for every outcome, which add up to the entries.

    A day that has its outcomes already, and a list that is answered, take new ones with a reason.
    """
    given = {"reason": reason, "screening_reason": screening_reason, "revision": revision}
    values = {"as_of": as_of, **counts}
    return _perform(verification, "record_outcomes", actor, at, values=values, **given)


def answer_list(
    *,
    verification: ListVerification,
    answered_on: Any,
    actor: User,
    at: dt.datetime,
    reason: str = "",
    revision: int | None = None,
    screening_reason: str = "",
) -> ListVerification:
    """The partner answers; entries that are still being checked are explained."""
    given = {"reason": reason, "screening_reason": screening_reason, "revision": revision}
    return _perform(verification, "answer", actor, at, values={"answered_on": answered_on}, **given)


def withdraw_list(
    *,
    verification: ListVerification,
    reason: str,
    actor: User,
    at: dt.datetime,
    revision: int | None = None,
    screening_reason: str = "",
) -> ListVerification:
    """The sender takes the list back; it counts no more."""
    given = {"reason": reason, "screening_reason": screening_reason, "revision": revision}
    return _perform(verification, "withdraw", actor, at, **given)


def _perform(row: ListVerification, name: str, actor: User, at: dt.datetime, **given: Any) -> ListVerification:
    return cast(ListVerification, machine.perform(row, name, actor=actor, at=at, **given))


def may_send(operation: Operation, user: Any, *, at: dt.datetime) -> bool:
    """Whether the person may record a list of one of the states that take part."""
    states = list_states(user, at)
    return not operation.is_historical and operation.participations.filter(state__in=states, takes_part=True).exists()


# --- who owes the next step ---


@dataclass(frozen=True)
class NextStep:
    """What is to be done next, by which state, since when, and whether it is overdue."""

    what: Text
    state: MemberState
    since: dt.date
    is_overdue: bool


def next_step(row: ListVerification, *, at: dt.datetime) -> NextStep | None:
    """None once the list is answered or withdrawn. Overdue after the day that the sender set."""
    if row.status not in OPEN:
        return None
    is_overdue = row.due_date is not None and row.due_date < moscow_date(at)
    if row.status == Status.SENT or row.received_on is None:
        return NextStep(_("Confirm the receipt"), row.received_by, row.sent_on, is_overdue)
    return NextStep(_("Check the entries and answer"), row.received_by, row.received_on, is_overdue)


# --- outcomes ---


@dataclass(frozen=True)
class Outcomes:
    """What became of a list's entries as of the newest day for which it was told; by the outcome's code."""

    entries: int
    as_of: dt.date | None = None
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def pending(self) -> int:
        """Entries without an outcome; all of them while nothing was told."""
        return self.counts.get(PENDING, 0) if self.as_of else self.entries

    @property
    def established(self) -> int:
        return self.entries - self.pending


def newest_outcomes(rows: Iterable[ListVerification]) -> dict[int, Outcomes]:
    """By list, its outcomes as of the newest day. One query."""
    entries = {row.pk: row.entries for row in rows}
    newest: dict[int, tuple[dt.date, dict[str, int]]] = {}
    told = ListOutcome.objects.filter(verification__in=entries).order_by("as_of")
    for list_id, as_of, code, count in told.values_list("verification_id", "as_of", "category__code", "entries"):
        if list_id not in newest or newest[list_id][0] < as_of:
            newest[list_id] = (as_of, {})
        newest[list_id][1][code] = count
    return {pk: Outcomes(count, *newest.get(pk, (None, {}))) for pk, count in entries.items()}


def outcome_history(row: ListVerification) -> list[tuple[dt.date, dict[int, int]]]:
    """Day by day, newest first, the entries by outcome (category id)."""
    days: dict[dt.date, dict[int, int]] = defaultdict(dict)
    for as_of, category_id, count in row.outcomes.values_list("as_of", "category_id", "entries"):
        days[as_of][category_id] = count
    return sorted(days.items(), reverse=True)


# --- the register of an operation ---


@dataclass
class PairSum:
    """The lists that one state sent another and what became of their entries; withdrawn ones are left out."""

    sent_by: MemberState
    received_by: MemberState
    lists: int = 0
    entries: int = 0
    received: int = 0
    pending: int = 0
    overdue: int = 0
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: ListVerification, outcomes: Outcomes, *, is_overdue: bool) -> None:
        self.lists += 1
        self.entries += row.entries
        self.received += row.entries if row.received_on else 0
        self.pending += outcomes.pending
        self.overdue += int(is_overdue)
        for code, count in outcomes.counts.items():
            self.counts[code] += count

    @property
    def checked(self) -> int:
        return self.entries - self.pending


def pair_sums(rows: QuerySet[ListVerification], *, at: dt.datetime) -> list[PairSum]:
    """Sent, received, checked by outcome and pending by pair of states, in the order of documents. Two queries."""
    counted = list(
        rows.exclude(status=Status.WITHDRAWN)
        .select_related("sent_by", "received_by")
        .order_by("sent_by__short_ru", "received_by__short_ru", "pk")
    )
    outcomes = newest_outcomes(counted)
    pairs: dict[tuple[int, int], PairSum] = {}
    for row in counted:
        key = (row.sent_by_id, row.received_by_id)
        pair = pairs.setdefault(key, PairSum(row.sent_by, row.received_by))
        step = next_step(row, at=at)
        pair.add(row, outcomes[row.pk], is_overdue=step is not None and step.is_overdue)
    return list(pairs.values())


# --- the steps of one list ---


@dataclass(frozen=True)
class Step:
    """One step that was taken: what, of which day, by whom and when it was entered, and the words that went with it."""

    label: Text
    day: dt.date | None
    words: str
    actor_name: str
    entered_at: dt.datetime


#: What a step has done, by the transition: a course of events is told in the past.
_DONE = {
    "create": _("The list was recorded as sent"),
    "change": _("The entry was corrected"),
    "confirm_receipt": _("The receipt was confirmed"),
    "record_outcomes": _("Outcomes were recorded"),
    "answer": _("The list was answered"),
    "withdraw": _("The list was withdrawn"),
}


def steps(row: ListVerification) -> list[Step]:
    """Every step of the list from the audit trail, oldest first."""
    labels = {LIST.act_name(transition): _DONE[transition.name] for transition in LIST}
    entries = AuditEntry.objects.filter(object_type="listverification", object_id=str(row.pk), act__in=labels)
    return [_step(entry, labels[entry.act]) for entry in entries.order_by("sequence")]


def _step(entry: AuditEntry, label: Text) -> Step:
    data = json.loads(entry.data)
    day = data.get("on")
    return Step(
        label=label,
        day=dt.date.fromisoformat(day) if day else None,
        words=str(data.get("reason") or ""),
        actor_name=entry.actor_name,
        entered_at=entry.at,
    )
