"""Meetings with a whole record: agenda, attendance and decisions, ready to be signed."""

import datetime as dt

from operations.domain import meetings
from operations.domain.moments import moscow_moment
from operations.models import Meeting
from tests.factories.people import Cast

HELD = dt.date(2026, 2, 12)
AT = moscow_moment(HELD, 18)


def recorded_meeting(cast: Cast, *, operation: str = "", number: int = 1, **values: object) -> Meeting:
    """A meeting of the International Headquarters, chaired by its chair, with one item and two decisions."""
    facts = {
        "body": "IHQ",
        "number": number,
        "held_on": HELD,
        "operation": operation,
        "place_ru": "Москва",
        "place_en": "Moscow",
        "minutes_number": f"{number}-П",
        "chaired_by": cast.hq_chair.username,
        **values,
    }
    meeting = meetings.create_meeting(values=facts, actor=cast.planner, at=AT)
    present = {"state": "KZ", "name_ru": "А. Б. Ахметов", "name_en": "A. Akhmetov", "post_ru": "Начальник отдела"}
    meetings.record_attendance(meeting=meeting, values=present, actor=cast.planner, at=AT)
    item = meetings.add_agenda_item(
        meeting=meeting,
        values={
            "title_ru": "О согласовании плана",
            "title_en": "Agreement of the plan",
            "heard_ru": "Доклад о замечаниях государств",
            "heard_en": "A report on the remarks of the states",
        },
        actor=cast.planner,
        at=AT,
    )
    decision = {
        "text_ru": "Согласовать план операции",
        "text_en": "To agree the plan of the operation",
        "responsible_states": ["KZ"],
        "due_date": "2026-03-02",
    }
    meetings.record_decision(item=item, values=decision, actor=cast.planner, at=AT)
    noted = {"text_ru": "Принять доклад к сведению", "text_en": "To take note of the report"}
    meetings.record_decision(item=item, values=noted, actor=cast.planner, at=AT)
    return Meeting.objects.get(pk=meeting.pk)


def signed_meeting(cast: Cast, **values: object) -> Meeting:
    meeting = recorded_meeting(cast, **values)
    return meetings.sign_minutes(meeting=meeting, reauthenticated=True, actor=cast.hq_chair, at=AT)
