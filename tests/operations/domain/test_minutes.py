"""Signing minutes: whose it is, what a record has to hold, and that a signed one is changed no more."""

import datetime as dt

import pytest

from operations.domain import meetings
from operations.domain.errors import BadInput, NotAllowed, Unmet
from operations.models import AuditEntry, Meeting, OutboxMessage
from tests.factories.minutes import AT, recorded_meeting, signed_meeting
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db


def sign(meeting: Meeting, actor, **given) -> Meeting:
    return meetings.sign_minutes(meeting=meeting, actor=actor, at=AT, **{"reauthenticated": True, **given})


def test_whoever_chaired_the_meeting_signs_its_minutes(cast: Cast):
    meeting = sign(recorded_meeting(cast), cast.hq_chair)
    assert (meeting.signed_at, meeting.signed_by) == (AT, cast.hq_chair)
    assert AuditEntry.objects.filter(act="meeting.sign", object_id=str(meeting.pk)).count() == 1
    assert OutboxMessage.objects.get(topic=meetings.SIGNED_TOPIC).payload == {"meeting_id": meeting.pk}


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
