"""What a plan keeps people waiting for: the headquarters, the heads whose states have not answered, the chair."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.access import Standing, may
from operations.domain.agreement_answers import board
from operations.domain.errors import Text
from operations.domain.plan_content import spoken
from operations.domain.waiting import WorkItem, provider
from operations.models import Plan, Role

#: What is done on the board of the agreement, and not beside the plan's text.
AGREEMENT = "plan.agreement"
_OPEN = [Plan.Status.DRAFT, Plan.Status.IN_AGREEMENT, Plan.Status.AGREED, Plan.Status.SUBMITTED, Plan.Status.RETURNED]


@provider
def plans_waiting(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """The acts on open plans that are this person's to do next; few plans are open at a time."""
    if not (seen.is_headquarters or seen.headed_states or seen.is_council_chair):
        return
    for plan in Plan.objects.filter(status__in=_OPEN).select_related("operation", "current_version"):
        name = spoken({"ru": plan.operation.title_ru, "en": plan.operation.title_en})
        for title, since in _of_plan(plan, user, seen, at):
            kind = AGREEMENT if plan.status == Plan.Status.IN_AGREEMENT else "plan"
            yield WorkItem(kind=kind, title=title, subject=plan, detail=name, since=since)


def _of_plan(plan: Plan, user: Any, seen: Standing, at: dt.datetime) -> Iterator[tuple[Text, dt.datetime | None]]:
    if plan.status == Plan.Status.IN_AGREEMENT:
        yield from _of_agreement(plan, seen)
    elif plan.status == Plan.Status.DRAFT and Role.HQ_PLANNER in seen.roles:
        yield _("Finish the draft of the plan and circulate it"), plan.changed_at
    elif plan.status == Plan.Status.AGREED and Role.HQ_CHAIR in seen.roles:
        yield _("The plan is agreed: submit it for approval"), plan.changed_at
    elif plan.status == Plan.Status.SUBMITTED and may(plan, "approve", user, at=at):
        yield _("The plan waits for your approval"), plan.changed_at
    elif plan.status == Plan.Status.RETURNED and Role.HQ_PLANNER in seen.roles:
        yield _("The chair has returned the plan for revision"), plan.changed_at


def _of_agreement(plan: Plan, seen: Standing) -> Iterator[tuple[Text, dt.datetime | None]]:
    answers = [answer for answer in board(plan) if answer.takes_part]
    for answer in answers:
        if answer.state.pk in seen.headed_states and answer.waits_for == "head":
            title = _("Confirm the replies to your remarks") if answer.agreement else _("Answer on the circulated plan")
            yield title, answer.since
        if answer.waits_for == "planner" and Role.HQ_PLANNER in seen.roles:
            yield _("Reply to the remarks of a state"), answer.since
        if answer.waits_for == "confirmation" and seen.is_headquarters:
            yield _("Confirm a letter that a colleague has recorded"), answer.since
    if Role.HQ_CHAIR in seen.roles and all(answer.counts for answer in answers):
        yield _("Every state has agreed: record the agreement"), None
