"""What meetings put on "my work": decisions to carry out, the overdue ones first, and minutes to sign."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import decisions, minutes_signature
from operations.domain.access import Standing
from operations.domain.errors import Text
from operations.domain.moments import moscow_moment
from operations.domain.plan_content import spoken
from operations.domain.waiting import WorkItem, provider
from operations.models import Body, Decision, Meeting, Role

#: A signature that is waited for: it is given on a page of its own.
SIGNATURE = "minutes.sign"


@provider
def decisions_to_carry_out(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For a head those that name the state, for the headquarters and the council's assistant those of their bodies."""
    rows = decisions.register(user, at=at).filter(progress=Decision.Progress.OPEN)
    if seen.headed_states:
        owed = decisions.of_states(rows, seen.headed_states)
    elif seen.is_headquarters:
        owed = decisions.of_bodies(rows, Body.Kind.HEADQUARTERS)
    elif Role.CHAIR_ASSISTANT in seen.roles:
        owed = decisions.of_bodies(rows, Body.Kind.COUNCIL)
    else:
        return
    for decision in owed.order_by("due_date", "pk"):
        meeting = decision.item.meeting
        yield WorkItem(
            kind="decision",
            title=spoken({"ru": decision.text_ru, "en": decision.text_en}),
            subject=decision,
            detail=_meeting_words(meeting),
            since=moscow_moment(meeting.held_on),
            due_at=moscow_moment(decision.due_date, 23, 59) if decision.due_date else None,
            is_late=decisions.is_overdue(decision, at=at),
        )


@provider
def minutes_to_sign(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For whoever chaired a meeting that is over and whose minutes are not signed yet, or signs in that one's stead."""
    for meeting in minutes_signature.waiting_for(user, seen, at=at):
        yield WorkItem(
            kind=SIGNATURE,
            title=_("Sign the minutes"),
            subject=meeting,
            detail=_meeting_words(meeting),
            since=moscow_moment(meeting.held_on),
        )


def _meeting_words(meeting: Meeting) -> Text:
    body = spoken(
        {"ru": meeting.body.short_ru or meeting.body.name_ru, "en": meeting.body.short_en or meeting.body.name_en}
    )
    return _("Meeting № %(number)s, %(body)s") % {"number": meeting.number, "body": body}
