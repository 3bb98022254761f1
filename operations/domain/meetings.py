"""Meetings of the Coordination Council, the headquarters and task forces: agenda, attendance, decisions, election.

Headquarters staff and the chair's assistant keep the record. The election of the council's chair makes a `ChairTerm`,
the only source of the right to approve; so the chair of the headquarters records it, and never for himself. Whoever
chaired a meeting signs its minutes: the record is changed no more, only what became of the decisions is told further.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from operations.domain import creation, entry, machine, outbox
from operations.domain.access import HEADQUARTERS, HQ_CHAIR, reauthenticated, standing
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotFound, Problem, Stale
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import (
    AgendaItem,
    Attendance,
    Body,
    ChairTerm,
    Decision,
    Meeting,
    MemberState,
    Operation,
    Role,
    User,
)

KEEPS_THE_RECORD = Who(
    lambda attempt: bool(standing(attempt.actor, attempt.at).roles & (HEADQUARTERS | {Role.CHAIR_ASSISTANT})),
    _("staff of the International Headquarters, or the assistant to the chair of the Coordination Council"),
)
CHAIRED_IT = Who(
    lambda attempt: attempt.subject.chaired_by_id is not None and attempt.subject.chaired_by_id == attempt.actor.pk,
    _("whoever chaired the meeting"),
)
Need = Callable[[Attempt], Iterable[Problem]]
#: Sent with every signature; whoever makes the document of the minutes listens.
SIGNED_TOPIC = "minutes.signed"
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
ITEM_ENTRIES = (
    Entry(name="title_ru", take=_line(500), is_required=True),
    Entry(name="title_en", take=_line(500)),
    *(Entry(name=f"{stem}_{language}", take=entry.text()) for stem in ("heard", "spoke") for language in ("ru", "en")),
)
ATTENDANCE_ENTRIES = (
    Entry(name="state", take=entry.row_of(MemberState.objects.all)),
    Entry(name="body", take=entry.row_of(Body.objects.all)),
    Entry(name="name_ru", take=entry.text(longest=150, single_line=True, is_contact=True), is_required=True),
    Entry(name="name_en", take=entry.text(longest=150, single_line=True, is_contact=True)),
    Entry(name="post_ru", take=_line(300)),
    Entry(name="post_en", take=_line(300)),
)
DECISION_ENTRIES = (
    Entry(name="text_ru", take=entry.text(), is_required=True),
    Entry(name="text_en", take=entry.text()),
    Entry(name="responsible_states", take=entry.rows_of(MemberState.objects.all), is_set=True),
    Entry(name="responsible_bodies", take=entry.rows_of(Body.objects.all), is_set=True),
    Entry(name="due_date", take=entry.day),
)
ACCOUNT_ENTRIES = (
    Entry(name="progress", take=entry.choice(Decision.Progress), is_required=True),
    Entry(name="account_ru", take=entry.text()),
    Entry(name="account_en", take=entry.text()),
)
ELECTION_ENTRIES = (
    Entry(
        name="holder", take=entry.row_of(lambda: User.objects.filter(is_system=False), key="username"), is_required=True
    ),
    Entry(name="state", take=entry.row_of(MemberState.objects.all), is_required=True),
    Entry(name="from_date", take=entry.day, is_required=True),
    Entry(name="until_date", take=entry.day, is_required=True),
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
    _check_revision(meeting, attempt)
    columns, _sets = entry.take(MEETING_ENTRIES, attempt.given["values"], is_new=False)
    _fill(meeting, columns)
    _check_number(meeting)
    meeting.revision += 1


def _check_number(meeting: Meeting) -> None:
    taken = Meeting.objects.filter(body=meeting.body, number=meeting.number).exclude(pk=meeting.pk)
    if taken.exists():
        raise BadInput([Problem(code="taken", field="number", message=_("This body has a meeting of that number."))])


def _add_item(attempt: Attempt) -> AgendaItem:
    columns, _sets = entry.take(ITEM_ENTRIES, attempt.given["values"], is_new=True)
    last = attempt.subject.agenda.aggregate(last=Max("position"))["last"] or 0
    item: AgendaItem = attempt.subject.agenda.create(position=last + 1, **columns)
    return item


def _add_attendance(attempt: Attempt) -> Attendance:
    columns, _sets = entry.take(ATTENDANCE_ENTRIES, attempt.given["values"], is_new=True)
    if not columns.get("state") and not columns.get("body"):
        raise BadInput([Problem(code="required", field="state", message=_("Name the state or the body."))])
    row: Attendance = attempt.subject.attendances.create(**columns)
    return row


def _decide(attempt: Attempt) -> Decision:
    item: AgendaItem = attempt.given["item"]
    if item.meeting_id != attempt.subject.pk:
        raise NotFound
    columns, sets = entry.take(DECISION_ENTRIES, attempt.given["values"], is_new=True)
    last = item.decisions.aggregate(last=Max("position"))["last"] or 0
    decision: Decision = item.decisions.create(position=last + 1, **columns)
    for name, rows in sets.items():
        getattr(decision, name).set(rows)
    return decision


def _account(attempt: Attempt) -> Decision:
    decision: Decision = attempt.given["decision"]
    if decision.item.meeting_id != attempt.subject.pk:
        raise NotFound
    _check_revision(decision, attempt)
    columns, _sets = entry.take(ACCOUNT_ENTRIES, attempt.given["values"], is_new=False)
    _fill(decision, columns)
    decision.revision += 1
    decision.save()
    return decision


def _council(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.body.kind != Body.Kind.COUNCIL:
        yield Problem(code="wrong_body", message=_("The Coordination Council alone elects its chair."))


def _elect(attempt: Attempt) -> ChairTerm:
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


def _not_signed(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.signed_at is not None:
        yield Problem(code="signed", message=_("The minutes are signed: the record is changed no more."))


def _record_is_complete(attempt: Attempt) -> Iterable[Problem]:
    """What minutes cannot do without; all of it is said at once."""
    meeting: Meeting = attempt.subject
    if not meeting.minutes_number:
        yield Problem(code="no_number", message=_("The minutes have no number yet."))
    if meeting.held_on > moscow_date(attempt.at):
        yield Problem(code="not_held_yet", message=_("The meeting is still to come."))
    if not meeting.agenda.exists():
        yield Problem(code="no_agenda", message=_("The agenda is empty."))
    if not meeting.is_in_correspondence and not meeting.attendances.exists():
        yield Problem(code="nobody_present", message=_("Nobody is recorded as present."))


def _sign(attempt: Attempt) -> None:
    meeting: Meeting = attempt.subject
    meeting.signed_at, meeting.signed_by = attempt.at, attempt.actor
    meeting.revision += 1
    outbox.send(topic=SIGNED_TOPIC, at=attempt.at, meeting_id=meeting.pk)


def _fill(row: Any, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _check_revision(row: Any, attempt: Attempt) -> None:
    if attempt.given.get("revision") != row.revision:
        raise Stale(current=row)


def _act(name: str, label: Any, effect: Callable[[Attempt], Any], *, needs: tuple[Need, ...] = ()) -> Transition:
    return Transition(name=name, label=label, who=KEEPS_THE_RECORD, needs=needs, effect=effect)


MEETING_WORKFLOW = Workflow(
    Meeting,
    _act("create", _("Record a meeting"), _create),
    _act("change", _("Change the meeting"), _change, needs=(_not_signed,)),
    _act("add_item", _("Add an item to the agenda"), _add_item, needs=(_not_signed,)),
    _act("add_attendance", _("Record who was present"), _add_attendance, needs=(_not_signed,)),
    _act("decide", _("Record a decision"), _decide, needs=(_not_signed,)),
    _act("account", _("Report on a decision"), _account),
    Transition(
        name="elect_chair", label=_("Record the election of the chair"), who=HQ_CHAIR, needs=(_council,), effect=_elect
    ),
    Transition(
        name="sign",
        label=_("Sign the minutes"),
        who=CHAIRED_IT,
        needs=(_not_signed, _record_is_complete),
        asks=(reauthenticated,),
        effect=_sign,
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


def sign_minutes(*, meeting: Meeting, reauthenticated: bool, actor: User, at: dt.datetime) -> Meeting:
    """Whoever chaired the meeting signs its record, which is changed no more. Raises `Unmet` with all that lacks."""
    signed: Meeting = machine.perform(meeting, "sign", actor=actor, at=at, reauthenticated=reauthenticated)
    return signed


def is_overdue(decision: Decision, *, at: dt.datetime) -> bool:
    return (
        decision.progress == Decision.Progress.OPEN
        and decision.due_date is not None
        and decision.due_date < moscow_date(at)
    )
