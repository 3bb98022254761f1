"""Whom the signature of minutes tells: the heads of the states to whom the meeting gave something to do."""

import datetime as dt

from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.models import Decision, Meeting, Membership, Role, User


def tell_of_decisions(meeting: Meeting, *, actor: User, at: dt.datetime) -> None:
    """Everybody who heads such a state on that day, once, whatever the number of the decisions."""
    open_decisions = Decision.objects.filter(item__meeting=meeting, progress=Decision.Progress.OPEN)
    states = open_decisions.filter(responsible_states__isnull=False).values("responsible_states")
    held = Membership.objects.on(moscow_date(at)).filter(role=Role.NATIONAL_HEAD, state__in=states)
    heads = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=actor.pk)
    number, body = meeting.number, meeting.body
    notify(
        heads.order_by("username"),
        topic="minutes.decisions",
        subject_ru=f"Поручения Вашему государству в протоколе заседания № {number}: {body.name_ru}"[:300],
        subject_en=f"Decisions for your state in the minutes of meeting № {number}: {body.name_en}"[:300],
        address=f"/meetings/{meeting.pk}/",
        at=at,
    )
