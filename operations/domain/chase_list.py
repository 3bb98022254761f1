"""The chase list: how each unit stands with its return for a period, whom to call, and what can be accepted at once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from operations.domain.access import standing
from operations.domain.clean_returns import wanting_a_look
from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.reporting_calendar import delay
from operations.domain.unit_returns import unit_of, unit_returns_of
from operations.models import AuditEntry, Membership, Return, Role, Submission, Unit, User

Status = Submission.Status
_BEFORE = (Status.RECALLED, Status.RETURNED)


@dataclass(frozen=True)
class UnitStanding:
    """One row of the chase list. `status` is a submission's status, or not_due, due, missing where nothing came.

    `waiting` is the submission that waits for a decision, `look` why it is decided on by itself, None for a clean one;
    `may_decide` says whether the reader is a second officer for it.
    """

    expected_return: Return
    status: str
    is_late: bool
    delay: int | None
    officers: tuple[User, ...]
    accepted: Submission | None
    waiting: Submission | None
    look: Problem | None
    may_decide: bool

    @property
    def unit(self) -> Unit:
        return unit_of(self.expected_return)

    @property
    def is_clean(self) -> bool:
        return self.waiting is not None and self.look is None

    @property
    def is_received(self) -> bool:
        """Whether the unit has done its part: nobody reminds it."""
        return self.status in (Status.SUBMITTED, Status.ACCEPTED)


def chase_list(expected_return: Return, *, user: User, at: dt.datetime) -> list[UnitStanding]:
    """How each unit stands with its return, whom to call, and what the reader may accept. Seven queries."""
    rows = list(unit_returns_of(expected_return).select_related("unit", "period"))
    by_key = {row.pk: row for row in rows}
    found = Submission.objects.filter(expected_return__in=by_key).select_related("submitted_by")
    submissions: dict[int, list[Submission]] = defaultdict(list)
    for submission in found.order_by("expected_return_id", "number"):
        submission.expected_return = by_key[submission.expected_return_id]
        submissions[submission.expected_return_id].append(submission)
    waiting = [one for ones in submissions.values() for one in ones if one.status == Status.SUBMITTED]
    looks = wanting_a_look(waiting)
    own = _taken_part_in(waiting, submissions, user)
    decides = expected_return.agency_id in standing(user, at).agencies
    officers = officers_of(expected_return.agency_id, rows, at=at)
    standings = []
    for row in rows:
        history = submissions.get(row.pk, [])
        sent = next((one for one in history if one.status == Status.SUBMITTED), None)
        standings.append(
            UnitStanding(
                expected_return=row,
                status=_status(row, history, at),
                is_late=bool(delay(row)) or (row.first_submitted_at is None and at > row.due_at),
                delay=delay(row),
                officers=officers[row.pk],
                accepted=next((one for one in history if one.status == Status.ACCEPTED), None),
                waiting=sent,
                look=looks.get(sent.pk) if sent is not None else None,
                may_decide=decides and sent is not None and sent.pk not in own,
            )
        )
    return standings


def officers_of(agency: int, rows: Iterable[Return], *, at: dt.datetime) -> Mapping[int, tuple[User, ...]]:
    """By return of a unit, whom to call: its officers, for the central office also the agency's own. One query."""
    held = Membership.objects.on(moscow_date(at)).filter(
        role=Role.AGENCY_OFFICER, agency=agency, user__is_active=True, user__is_system=False
    )
    by_unit: dict[int | None, dict[int, User]] = defaultdict(dict)
    for membership in held.select_related("user").order_by("user__username"):
        by_unit[membership.unit_id][membership.user_id] = membership.user
    found = {}
    for row in rows:
        people = dict(by_unit[row.unit_id])
        if unit_of(row).is_central_office:
            people |= by_unit[None]
        found[row.pk] = tuple(people.values())
    return found


def _status(row: Return, history: list[Submission], at: dt.datetime) -> str:
    """The newest submission that is no copied draft speaks; a first draft speaks for itself."""
    sent = [one for one in history if one.status != Status.DRAFT]
    if sent:
        return str(sent[-1].status)
    if at > row.due_at:
        return "missing"
    if history:
        return str(Status.DRAFT)
    return "not_due" if at < row.period.opens_at else "due"


def _taken_part_in(waiting: list[Submission], submissions: Mapping[int, list[Submission]], user: Any) -> set[int]:
    """Of the submissions that wait, those that the person entered, submitted or answers for, here or before."""
    own, chains = set(), {}
    for one in waiting:
        if user.pk in (one.entered_by_id, one.submitted_by_id, one.on_behalf_of_id):
            own.add(one.pk)
        by_pk = {row.pk: row for row in submissions[one.expected_return_id]}
        before: Submission | None = one
        while before is not None:
            chains[str(before.pk)] = one.pk
            earlier = by_pk.get(before.predecessor_id or 0)
            before = earlier if earlier is not None and earlier.status in _BEFORE else None
    saved = AuditEntry.objects.filter(
        object_type="submission", object_id__in=list(chains), act="submission.save_draft", actor=user.pk
    )
    return own | {chains[pk] for pk in saved.values_list("object_id", flat=True).distinct()}
