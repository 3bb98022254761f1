"""Reminding the heads whose answer on a circulated plan is waited for: once a day for each person and plan.

The clock asks several times a day, so that a site that was down in the morning reminds later; the headquarters may send
a reminder before its time (`remind` in the plan's workflow). That nobody is told twice on one day, by either, is read
from the notices themselves, under the lock of the plan.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain.agreement_answers import StateAnswer, board
from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.domain.transitions import Attempt
from operations.models import Membership, Notice, Operation, Plan, Role, User

TOPIC = "plan.reminder"
_ANSWER = ("Ждём ответа по плану, дней: {days}. {ru}", "Your answer on the plan has been awaited for {days} days: {en}")
_CONFIRM = (
    "Ждём подтверждения ответов на Ваши замечания, дней: {days}. {ru}",
    "Your word on the replies to your remarks has been awaited for {days} days: {en}",
)
_ANSWER_TODAY = ("Просим дать ответ по плану. {ru}", "Your answer on the plan is awaited: {en}")
_CONFIRM_TODAY = (
    "Просим подтвердить ответы на Ваши замечания. {ru}",
    "Your word on the replies to your remarks is awaited: {en}",
)


def remind(*, at: dt.datetime, after_days: int) -> int:
    """Reminds whoever has been waited for that long; answers how many notices were written."""
    return sum(
        _remind_of(pk, at=at, after_days=after_days)
        for pk in Plan.objects.filter(status=Plan.Status.IN_AGREEMENT).values_list("pk", flat=True)
    )


def days_waited(answer: StateAnswer, *, at: dt.datetime) -> int:
    """Full days by Moscow's calendar since the answer is waited for."""
    return (moscow_date(at) - moscow_date(answer.since)).days if answer.since else 0


@dataclass(frozen=True, kw_only=True)
class Chase:
    """A state whose head is waited for: whom a reminder would tell, and whether one was sent today."""

    answer: StateAnswer
    people: tuple[User, ...]
    is_reminded: bool


def chases(plan: Plan, *, at: dt.datetime, answers: Iterable[StateAnswer] | None = None) -> list[Chase]:
    """Every state whose head is waited for; two queries besides the board's."""
    waited_for = [
        answer
        for answer in (board(plan) if answers is None else answers)
        if answer.takes_part and answer.waits_for == "head"
    ]
    today = _told_today(plan.operation, at=at)
    heads = _heads_by_state(plan.operation, on=moscow_date(at))
    return [
        Chase(
            answer=answer,
            people=tuple(person for person in heads.get(answer.state.pk, []) if person.pk not in today),
            is_reminded=any(person.pk in today for person in heads.get(answer.state.pk, [])),
        )
        for answer in waited_for
    ]


# --- at the word of the headquarters ---


def somebody_to_remind(attempt: Attempt) -> Iterable[Problem]:
    """The need of `remind`: a head who is waited for and was not reminded today; of one state, where one is named."""
    plan, state = attempt.subject, attempt.given.get("state")
    named = [one for one in chases(plan, at=attempt.at) if state is None or one.answer.state.pk == state.pk]
    if any(one.people and not one.is_reminded for one in named):
        return
    if not named:
        yield Problem(code="not_waited_for", message=_("No head of a national headquarters is waited for here."))
    elif any(one.is_reminded for one in named):
        yield Problem(code="reminded_today", message=_("A reminder was sent today already; the next can go tomorrow."))
    else:
        yield Problem(code="nobody_in_office", message=_("Nobody heads this national headquarters today."))


def remind_now(attempt: Attempt) -> None:
    """The effect of `remind`: one reminder for each state that is waited for, and no second one on the same day."""
    plan, state = attempt.subject, attempt.given.get("state")
    reminded = []
    for one in chases(plan, at=attempt.at):
        if one.is_reminded or not one.people or (state is not None and one.answer.state.pk != state.pk):
            continue
        _tell(plan.operation, one, attempt.at)
        reminded.append(one.answer.state.code)
    attempt.noted["reminded"] = reminded


# --- by the clock ---


@transaction.atomic
def _remind_of(pk: int, *, at: dt.datetime, after_days: int) -> int:
    """The reminders of one plan; whoever comes second waits for the lock and finds them written."""
    plan = Plan.objects.select_for_update().filter(pk=pk, status=Plan.Status.IN_AGREEMENT).first()
    if plan is None:
        return 0
    due = [one for one in chases(plan, at=at) if days_waited(one.answer, at=at) >= after_days]
    return sum(_tell(plan.operation, one, at) for one in due)


# --- who, and the words ---


def _address(operation: Operation) -> str:
    return f"/operations/{operation.slug}/agreement/"


def _told_today(operation: Operation, *, at: dt.datetime) -> set[int]:
    # by the calendar day of Moscow, in which deadlines are counted as well
    recent = Notice.objects.filter(
        topic=TOPIC, address=_address(operation), created_at__gte=at - dt.timedelta(days=2)
    ).values_list("user_id", "created_at")
    return {user for user, created_at in recent if moscow_date(created_at) == moscow_date(at)}


def _heads_by_state(operation: Operation, *, on: dt.date) -> dict[int, list[User]]:
    """Heads, deputies and acting heads of the operation's states on that day, by their state."""
    held = Membership.objects.on(on).filter(
        role=Role.NATIONAL_HEAD, state__participations__operation=operation, user__is_active=True
    )
    found: dict[int, dict[int, User]] = {}
    for membership in held.select_related("user").order_by("user__username"):
        if membership.state_id is not None:
            found.setdefault(membership.state_id, {})[membership.user_id] = membership.user
    return {state: list(people.values()) for state, people in found.items()}


def _tell(operation: Operation, chase: Chase, at: dt.datetime) -> int:
    days = days_waited(chase.answer, at=at)
    is_of_replies = chase.answer.agreement is not None
    if days:
        russian, english = _CONFIRM if is_of_replies else _ANSWER
    else:
        russian, english = _CONFIRM_TODAY if is_of_replies else _ANSWER_TODAY
    notify(
        chase.people,
        topic=TOPIC,
        subject_ru=russian.format(days=days, ru=operation.title_ru)[:300],
        subject_en=english.format(days=days, en=operation.title_en)[:300],
        address=_address(operation),
        at=at,
    )
    return len(chase.people)
