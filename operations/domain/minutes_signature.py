"""Signing the minutes: whoever chaired the meeting does so, and in the stead of one who has left office, another.

A person who holds no role any more cannot sign in, and nobody may pass for that person. So the office signs: for the
Coordination Council its chair of that day, for every other body the chair of the International Headquarters. Whoever
signs in the stead of another says on what ground; the record, its page and its document keep both names apart.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain import entry, meeting_notices, outbox
from operations.domain.access import Standing, standing
from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Who
from operations.models import Body, ChairTerm, Meeting, Membership, Role, User

#: Sent with every signature; whoever makes the document of the minutes listens.
SIGNED_TOPIC = "minutes.signed"
GROUND = entry.Entry(name="signed_instead_because", take=entry.text(longest=300, single_line=True))


# --- who ---


def _signs(attempt: Attempt) -> bool:
    meeting: Meeting = attempt.subject
    if meeting.chaired_by_id is None:
        return False
    return meeting.chaired_by_id == attempt.actor.pk or signs_instead(meeting, attempt.actor, at=attempt.at)


def signs_instead(meeting: Meeting, user: Any, *, at: dt.datetime) -> bool:
    """Whether the person signs in the stead of whoever chaired the meeting."""
    if meeting.chaired_by_id == user.pk or meeting.body.kind not in _kinds_of(standing(user, at)):
        return False
    return chair_has_left(meeting, at=at)


def chair_has_left(meeting: Meeting, *, at: dt.datetime) -> bool:
    """Whether the person who chaired the meeting holds no office on that day."""
    chair = meeting.chaired_by_id
    return chair is not None and _out_of_office(at).filter(pk=chair).exists()


def waiting_for(user: Any, seen: Standing, *, at: dt.datetime) -> QuerySet[Meeting]:
    """The meetings that are over and whose minutes the person has to sign, the oldest first."""
    in_stead = Q(body__kind__in=_kinds_of(seen), chaired_by__in=_out_of_office(at))
    rows = Meeting.objects.filter(signed_at__isnull=True, held_on__lte=moscow_date(at))
    return rows.filter(Q(chaired_by=user) | in_stead).select_related("body").order_by("held_on", "pk")


def _kinds_of(seen: Standing) -> set[str]:
    """The kinds of bodies for which the person's office signs."""
    kinds: set[str] = {Body.Kind.COUNCIL} if seen.is_council_chair else set()
    return kinds | ({Body.Kind.HEADQUARTERS, Body.Kind.TASK_FORCE} if Role.HQ_CHAIR in seen.roles else set())


def _out_of_office(at: dt.datetime) -> QuerySet[User]:
    day = moscow_date(at)
    held, terms = Membership.objects.on(day).values("user"), ChairTerm.objects.on(day).values("holder")
    return User.objects.filter(is_system=False).filter(
        Q(is_active=False) | ~Q(pk__in=held) & ~Q(pk__in=terms),
    )


SIGNS = Who(_signs, _("whoever chaired the meeting; once that person has left office, whoever holds the office now"))


# --- what it needs ---


def record_is_complete(attempt: Attempt) -> Iterable[Problem]:
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


def says_on_what_ground(attempt: Attempt) -> Iterable[Problem]:
    """Asked of whoever signs in the stead of another."""
    if attempt.subject.chaired_by_id == attempt.actor.pk:
        return
    try:
        reason = GROUND.take(attempt.given.get("comment"))
    except entry.Refused as refused:
        yield Problem(code=refused.code, field="comment", message=refused.message)
    else:
        if not reason:
            message = _("Say on what ground you sign instead of whoever chaired the meeting.")
            yield Problem(code="required", field="comment", message=message)


# --- effect ---


def sign(attempt: Attempt) -> None:
    meeting: Meeting = attempt.subject
    meeting.signed_at, meeting.signed_by = attempt.at, attempt.actor
    if meeting.chaired_by_id != attempt.actor.pk:
        meeting.signed_instead_because = GROUND.take(attempt.given.get("comment"))
    meeting.revision += 1
    outbox.send(topic=SIGNED_TOPIC, at=attempt.at, meeting_id=meeting.pk)
    meeting_notices.tell_of_decisions(meeting, actor=attempt.actor, at=attempt.at)
