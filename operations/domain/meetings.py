"""Meetings of the Coordination Council, the headquarters and task forces: agenda, attendance, decisions, election.

Headquarters staff and the chair's assistant keep the record. The election of the council's chair makes a `ChairTerm`,
the only source of the right to approve; so the chair of the headquarters records it, and never for himself. Whoever
chaired a meeting signs its minutes: the record is changed no more, only what became of the decisions is told further.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import (
    chair_terms,
    creation,
    decisions,
    entry,
    machine,
    meeting_record,
    minutes_signature,
)
from operations.domain.access import HQ_CHAIR, reauthenticated
from operations.domain.decisions import KEEPS_THE_RECORD
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, Problem, Stale
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import (
    AgendaItem,
    Attendance,
    Body,
    ChairTerm,
    Decision,
    Meeting,
    Operation,
    User,
)

Need = Callable[[Attempt], Iterable[Problem]]
#: The kinds of bodies whose meetings are recorded here.
MEETING_KINDS = (Body.Kind.COUNCIL, Body.Kind.HEADQUARTERS, Body.Kind.TASK_FORCE)


def _line(longest: int) -> entry.Taker:
    return entry.text(longest=longest, single_line=True)


def _meeting_bodies() -> Any:
    return Body.objects.filter(kind__in=MEETING_KINDS)


MEETING_ENTRIES = (
    Entry(name="body", take=entry.row_of(_meeting_bodies), is_required=True),
    Entry(name="operation", take=entry.row_of(Operation.objects.all, key="slug")),
    Entry(name="number", take=entry.whole(most=9999), is_required=True),
    Entry(name="held_on", take=entry.day, is_required=True),
    Entry(name="place_ru", take=_line(200)),
    Entry(name="place_en", take=_line(200)),
    Entry(name="minutes_number", take=_line(60)),
    Entry(name="is_in_correspondence", take=entry.truth),
    Entry(name="chaired_by", take=entry.row_of(User.objects.all, key="username")),
)


def _create(attempt: Attempt) -> None:
    meeting: Meeting = attempt.subject
    columns, _sets = entry.take(MEETING_ENTRIES, attempt.given["values"], is_new=True)
    _fill(meeting, columns)
    meeting.created_by = attempt.actor
    _check_number(meeting)
    meeting.save()


def _change(attempt: Attempt) -> None:
    meeting: Meeting = attempt.subject
    if attempt.given.get("revision") != meeting.revision:
        raise Stale(current=meeting)
    columns, _sets = entry.take(MEETING_ENTRIES, attempt.given["values"], is_new=False)
    _fill(meeting, columns)
    _check_number(meeting)
    meeting.revision += 1


def _check_number(meeting: Meeting) -> None:
    taken = Meeting.objects.filter(body=meeting.body, number=meeting.number).exclude(pk=meeting.pk)
    if taken.exists():
        raise BadInput([Problem(code="taken", field="number", message=_("This body has a meeting of that number."))])


def _not_signed(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.signed_at is not None:
        yield Problem(code="signed", message=_("The minutes are signed: the record is changed no more."))


def _fill(row: Any, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _act(name: str, label: Any, effect: Callable[[Attempt], Any], *, needs: tuple[Need, ...] = ()) -> Transition:
    return Transition(name=name, label=label, who=KEEPS_THE_RECORD, needs=needs, effect=effect)


MEETING_WORKFLOW = Workflow(
    Meeting,
    _act("create", _("Record a meeting"), _create),
    _act("change", _("Change the meeting"), _change, needs=(_not_signed,)),
    _act("add_item", _("Add an item to the agenda"), meeting_record.add_item, needs=(_not_signed,)),
    _act("add_attendance", _("Record who was present"), meeting_record.add_attendance, needs=(_not_signed,)),
    _act("decide", _("Record a decision"), meeting_record.decide, needs=(_not_signed,)),
    _act("change_part", _("Correct the record"), meeting_record.change_part, needs=(_not_signed,)),
    _act("move_part", _("Change the order"), meeting_record.move_part, needs=(_not_signed,)),
    _act("remove_part", _("Take out of the record"), meeting_record.remove_part, needs=(_not_signed,)),
    Transition(
        name="account",
        label=_("Report on a decision"),
        who=decisions.FOLLOWS_UP,
        effect=decisions.account,
    ),
    Transition(
        name="elect_chair",
        label=_("Record the election of the chair"),
        who=HQ_CHAIR,
        needs=(chair_terms.of_the_council,),
        effect=chair_terms.elect,
    ),
    Transition(
        name="sign",
        label=_("Sign the minutes"),
        who=minutes_signature.SIGNS,
        needs=(_not_signed, minutes_signature.record_is_complete),
        asks=(reauthenticated, minutes_signature.says_on_what_ground),
        effect=minutes_signature.sign,
    ),
    status_field="",
)


def create_meeting(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Meeting:
    """`values`: body (code), number, held_on, and optionally operation (slug), places, minutes_number, chaired_by."""
    return creation.create(Meeting(), actor=actor, at=at, values=dict(values))


def change_meeting(
    *, meeting: Meeting, revision: int, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> Meeting:
    changed: Meeting = machine.perform(meeting, "change", actor=actor, at=at, revision=revision, values=dict(values))
    return changed


def add_agenda_item(*, meeting: Meeting, values: Mapping[str, Any], actor: User, at: dt.datetime) -> AgendaItem:
    """`values`: title, heard and spoke, each in both languages."""
    item: AgendaItem = machine.perform(meeting, "add_item", actor=actor, at=at, values=dict(values))
    return item


def record_attendance(*, meeting: Meeting, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Attendance:
    """`values`: state or body (codes), name and post in both languages."""
    row: Attendance = machine.perform(meeting, "add_attendance", actor=actor, at=at, values=dict(values))
    return row


def record_decision(*, item: AgendaItem, values: Mapping[str, Any], actor: User, at: dt.datetime) -> Decision:
    """`values`: text in both languages, responsible_states, responsible_bodies (codes), due_date."""
    decision: Decision = machine.perform(item.meeting, "decide", actor=actor, at=at, item=item, values=dict(values))
    return decision


def correct_part(
    *, meeting: Meeting, kind: str, row: int, revision: int, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> Any:
    """Changes what is given of a part (`meeting_record.KINDS`, by its key) and keeps the rest."""
    given = {"kind": kind, "row": row, "revision": revision, "values": dict(values)}
    return machine.perform(meeting, "change_part", actor=actor, at=at, **given)


def move_part(*, meeting: Meeting, kind: str, row: int, to: int | str, actor: User, at: dt.datetime) -> Any:
    """Puts an item of the agenda among the items, or a decision among those of its item, at the place `to`, from 1."""
    return machine.perform(meeting, "move_part", actor=actor, at=at, kind=kind, row=row, to=to)


def remove_part(*, meeting: Meeting, kind: str, row: int, revision: int, actor: User, at: dt.datetime) -> None:
    """Takes a part out of the record; refused for an item on which something is decided."""
    machine.perform(meeting, "remove_part", actor=actor, at=at, kind=kind, row=row, revision=revision)


def report_on_decision(
    *, decision: Decision, revision: int, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> Decision:
    """`values`: progress (open, done, dropped) and a short account in both languages."""
    meeting = decision.item.meeting
    done: Decision = machine.perform(
        meeting, "account", actor=actor, at=at, decision=decision, revision=revision, values=dict(values)
    )
    return done


def elect_chair(*, meeting: Meeting, values: Mapping[str, Any], actor: User, at: dt.datetime) -> ChairTerm:
    """`values`: holder (user name), state (code), from_date, until_date; terms never overlap."""
    term: ChairTerm = machine.perform(meeting, "elect_chair", actor=actor, at=at, values=dict(values))
    return term


def sign_minutes(
    *, meeting: Meeting, reauthenticated: bool, comment: str = "", actor: User, at: dt.datetime
) -> Meeting:
    """Whoever chaired the meeting signs its record, which is changed no more. Raises `Unmet` with all that lacks.

    `comment` says on what ground somebody else signs, once that person has left office.
    """
    signed: Meeting = machine.perform(
        meeting, "sign", actor=actor, at=at, reauthenticated=reauthenticated, comment=comment
    )
    return signed
