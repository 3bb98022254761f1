"""Reminding the heads whose answer on a circulated plan is waited for: once a day for each person and plan.

The clock asks several times a day, so that a site that was down in the morning reminds later. That nobody is told twice
on one day is read from the notices themselves, under the lock of the plan.
"""

import datetime as dt

from django.db import transaction

from operations.domain.agreement_answers import StateAnswer, board
from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.models import Membership, MemberState, Notice, Operation, Plan, Role, User

TOPIC = "plan.reminder"
_ANSWER = ("Ждём ответа по плану, дней: {days}. {ru}", "Your answer on the plan has been awaited for {days} days: {en}")
_CONFIRM = (
    "Ждём подтверждения ответов на Ваши замечания, дней: {days}. {ru}",
    "Your word on the replies to your remarks has been awaited for {days} days: {en}",
)


def remind(*, at: dt.datetime, after_days: int) -> int:
    """Reminds whoever has been waited for that long; answers how many notices were written."""
    return sum(
        _remind_of(pk, at=at, after_days=after_days)
        for pk in Plan.objects.filter(status=Plan.Status.IN_AGREEMENT).values_list("pk", flat=True)
    )


def heads_of(state: MemberState, *, on: dt.date) -> list[User]:
    """The head of the state's national headquarters on that day, with deputies and acting heads."""
    held = Membership.objects.on(on).filter(role=Role.NATIONAL_HEAD, state=state)
    return list(User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("username"))


def days_waited(answer: StateAnswer, *, at: dt.datetime) -> int:
    """Full days by Moscow's calendar since the answer is waited for."""
    return (moscow_date(at) - moscow_date(answer.since)).days if answer.since else 0


@transaction.atomic
def _remind_of(pk: int, *, at: dt.datetime, after_days: int) -> int:
    """The reminders of one plan; whoever comes second waits for the lock and finds them written."""
    plan = Plan.objects.select_for_update().filter(pk=pk, status=Plan.Status.IN_AGREEMENT).first()
    if plan is None:
        return 0
    told = 0
    for answer in board(plan):
        days = days_waited(answer, at=at)
        if answer.takes_part and answer.waits_for == "head" and days >= after_days:
            told += _tell(plan.operation, answer, days, at)
    return told


def _tell(operation: Operation, answer: StateAnswer, days: int, at: dt.datetime) -> int:
    address = f"/operations/{operation.slug}/agreement/"
    # by the calendar day of Moscow, in which deadlines are counted as well
    recent = Notice.objects.filter(topic=TOPIC, address=address, created_at__gte=at - dt.timedelta(days=2))
    today = {row.user_id for row in recent if moscow_date(row.created_at) == moscow_date(at)}
    people = [person for person in heads_of(answer.state, on=moscow_date(at)) if person.pk not in today]
    russian, english = _CONFIRM if answer.agreement else _ANSWER
    notify(
        people,
        topic=TOPIC,
        subject_ru=russian.format(days=days, ru=operation.title_ru)[:300],
        subject_en=english.format(days=days, en=operation.title_en)[:300],
        address=address,
        at=at,
    )
    return len(people)
