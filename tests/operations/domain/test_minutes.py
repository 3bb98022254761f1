"""Signing minutes: whose it is, what a record has to hold, and that a signed one is changed no more."""

import datetime as dt

import pytest

from operations.domain import meeting_waiting, meetings, minutes_signature
from operations.domain.access import standing
from operations.domain.errors import BadInput, NotAllowed, NotFound, Unmet
from operations.models import AuditEntry, ChairTerm, Meeting, Membership, OutboxMessage, Role, User
from tests.factories.minutes import AT, recorded_meeting, signed_meeting
from tests.factories.people import Cast, make_user

pytestmark = pytest.mark.django_db


def sign(meeting: Meeting, actor, **given) -> Meeting:
    return meetings.sign_minutes(meeting=meeting, actor=actor, at=AT, **{"reauthenticated": True, **given})


def test_whoever_chaired_the_meeting_signs_its_minutes(cast: Cast):
    meeting = sign(recorded_meeting(cast), cast.hq_chair)
    assert (meeting.signed_at, meeting.signed_by) == (AT, cast.hq_chair)
    assert AuditEntry.objects.filter(act="meeting.sign", object_id=str(meeting.pk)).count() == 1
    assert OutboxMessage.objects.get(topic=minutes_signature.SIGNED_TOPIC).payload == {"meeting_id": meeting.pk}


@pytest.mark.parametrize("who", ["planner", "council_chair", "assistant", "administrator"])
def test_nobody_else_signs_the_minutes(cast: Cast, who: str):
    with pytest.raises(NotAllowed):
        sign(recorded_meeting(cast), getattr(cast, who))


def test_a_signature_asks_for_the_password_again(cast: Cast):
    with pytest.raises(BadInput):
        sign(recorded_meeting(cast), cast.hq_chair, reauthenticated=False)


def test_everything_that_a_record_lacks_is_said_at_once(cast: Cast):
    bare = meetings.create_meeting(
        values={
            "body": "IHQ",
            "number": 7,
            "held_on": AT.date() + dt.timedelta(days=1),
            "chaired_by": cast.hq_chair.username,
        },
        actor=cast.planner,
        at=AT,
    )
    with pytest.raises(Unmet) as refused:
        sign(bare, cast.hq_chair)
    codes = [problem.code for problem in refused.value.problems]
    assert codes == ["no_number", "not_held_yet", "no_agenda", "nobody_present"]


def test_a_signed_record_is_changed_no_more(cast: Cast):
    meeting = signed_meeting(cast)
    item = meeting.agenda.get()
    attempts = (
        lambda: meetings.change_meeting(
            meeting=meeting, revision=meeting.revision, values={"place_ru": "Минск"}, actor=cast.planner, at=AT
        ),
        lambda: meetings.add_agenda_item(meeting=meeting, values={"title_ru": "Ещё"}, actor=cast.planner, at=AT),
        lambda: meetings.record_attendance(
            meeting=meeting, values={"state": "RU", "name_ru": "И. И. Иванов"}, actor=cast.planner, at=AT
        ),
        lambda: meetings.record_decision(item=item, values={"text_ru": "Ещё"}, actor=cast.planner, at=AT),
        lambda: sign(meeting, cast.hq_chair),
    )
    for attempt in attempts:
        with pytest.raises(Unmet) as refused:
            attempt()
        assert refused.value.problems[0].code == "signed"


def test_what_became_of_a_decision_is_told_after_the_signature(cast: Cast):
    decision = signed_meeting(cast).agenda.get().decisions.first()
    told = meetings.report_on_decision(
        decision=decision, revision=decision.revision, values={"progress": "done"}, actor=cast.planner, at=AT
    )
    assert told.progress == "done"


# --- in the stead of whoever has left office ---

GROUND = "Приказ от 10.02.2026 № 12 о назначении"


def leave(person: User) -> None:
    yesterday = AT.date() - dt.timedelta(days=1)
    Membership.objects.filter(user=person).update(until_date=yesterday)
    ChairTerm.objects.filter(holder=person).update(until_date=yesterday)
    person.__dict__.pop("_standing", None)


def test_once_the_chair_of_the_meeting_has_left_office_the_successor_signs_and_says_on_what_ground(cast: Cast):
    meeting, successor = recorded_meeting(cast), make_user("successor")
    Membership.objects.create(user=successor, role=Role.HQ_CHAIR, from_date=dt.date(2026, 1, 1))
    with pytest.raises(NotAllowed):
        sign(meeting, successor, comment=GROUND)
    leave(cast.hq_chair)
    with pytest.raises(NotFound):
        sign(meeting, cast.hq_chair)
    for person in (cast.planner, cast.assistant, cast.council_chair, cast.administrator):
        with pytest.raises(NotAllowed):
            sign(meeting, person, comment=GROUND)
    for comment, code in (("", "required"), ("а" * 301, "too_long"), ("раз\nдва", "line_break")):
        with pytest.raises(BadInput) as refused:
            sign(meeting, successor, comment=comment)
        assert [(problem.field, problem.code) for problem in refused.value.problems] == [("comment", code)]
    signed = sign(meeting, successor, comment=GROUND)
    assert (signed.chaired_by, signed.signed_by) == (cast.hq_chair, successor)
    assert signed.signed_instead_because == GROUND


def test_the_minutes_of_the_council_wait_for_its_chair_of_that_day_and_not_for_the_headquarters(cast: Cast):
    former = make_user("former-chair")
    meeting = recorded_meeting(cast, body="COUNCIL", number=28, chaired_by="former-chair")
    for person, kinds in ((cast.council_chair, [meeting_waiting.SIGNATURE]), (cast.hq_chair, []), (former, [])):
        found = meeting_waiting.minutes_to_sign(person, standing(person, AT), AT)
        assert [item.kind for item in found if person != former] == kinds
    with pytest.raises(NotAllowed):
        sign(meeting, cast.hq_chair, comment=GROUND)
    assert sign(meeting, cast.council_chair, comment=GROUND).signed_by == cast.council_chair


def test_an_account_that_is_closed_is_out_of_office_and_one_that_holds_any_role_is_not(cast: Cast):
    meeting = recorded_meeting(cast, chaired_by=cast.planner.username)
    assert not minutes_signature.chair_has_left(meeting, at=AT)
    User.objects.filter(pk=cast.planner.pk).update(is_active=False)
    assert minutes_signature.chair_has_left(meeting, at=AT)


def test_without_a_chair_of_the_meeting_nobody_signs(cast: Cast):
    meeting = recorded_meeting(cast, chaired_by="")
    for person in (cast.hq_chair, cast.council_chair, cast.planner):
        with pytest.raises(NotAllowed):
            sign(meeting, person, comment=GROUND)
