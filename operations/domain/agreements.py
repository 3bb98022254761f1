"""Agreeing a plan: the verbs of the states' heads and of the headquarters on answers, letters and remarks."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from operations.domain import machine, plan_workflow
from operations.domain.access import standing
from operations.domain.agreement_answers import StateAnswer, board
from operations.models import Agreement, MemberState, Plan, Remark, User

__all__ = [
    "StateAnswer",
    "answer_remark",
    "board",
    "confirm_letter",
    "confirm_remark",
    "record_letter",
    "remind_heads",
    "respond",
    "states_to_answer_for",
]

WORKFLOW = plan_workflow.PLAN_WORKFLOW


def respond(
    *,
    plan: Plan,
    state: MemberState | None,
    answer: str,
    comment: str = "",
    remarks: Iterable[Mapping[str, str]] = (),
    actor: User,
    at: dt.datetime,
) -> Agreement:
    """The head's answer to the version in agreement; each remark has a `place` (optional) and a `text`.

    An objection or a reservation needs a comment, “agreed with remarks” needs a remark. Answering again replaces
    the answer before, which stays on record. No state, or one that does not take part, is bad input.
    """
    given: Agreement = machine.perform(
        plan, "respond", actor=actor, at=at, state=state, answer=answer, comment=comment, remarks=_plain(remarks)
    )
    return given


def record_letter(
    *,
    plan: Plan,
    state: MemberState | None,
    answer: str,
    method: str,
    letter_number: str,
    letter_date: dt.date | str,
    comment: str = "",
    remarks: Iterable[Mapping[str, str]] = (),
    actor: User,
    at: dt.datetime,
) -> Agreement:
    """Records an answer that came by `letter` or on `paper`; it counts when somebody else has confirmed it."""
    given: Agreement = machine.perform(
        plan,
        "record_letter",
        actor=actor,
        at=at,
        state=state,
        answer=answer,
        method=method,
        letter_number=letter_number,
        letter_date=letter_date,
        comment=comment,
        remarks=_plain(remarks),
    )
    return given


def confirm_letter(*, agreement: Agreement, actor: User, at: dt.datetime) -> Agreement:
    """A second person of the headquarters confirms the recorded letter."""
    confirmed: Agreement = machine.perform(
        agreement.version.plan, "confirm_letter", actor=actor, at=at, agreement=agreement
    )
    return confirmed


def answer_remark(*, remark: Remark, disposition: str, reply: str, actor: User, at: dt.datetime) -> Remark:
    """The planner's reply: taken, taken in part (`partly`) or `declined`, with the words to it."""
    plan = remark.agreement.version.plan
    replied: Remark = machine.perform(
        plan, "answer_remark", actor=actor, at=at, remark=remark, disposition=disposition, reply=reply
    )
    return replied


def confirm_remark(*, remark: Remark, actor: User, at: dt.datetime) -> Remark:
    """The head of the state takes the reply as an answer."""
    plan = remark.agreement.version.plan
    confirmed: Remark = machine.perform(plan, "confirm_remark", actor=actor, at=at, remark=remark)
    return confirmed


def remind_heads(*, plan: Plan, state: MemberState | None = None, actor: User, at: dt.datetime) -> None:
    """Reminds the heads who are waited for, of one state or of all, at most once on a day; raises `Unmet` if nobody."""
    given = {} if state is None else {"state": state}
    machine.perform(plan, "remind", actor=actor, at=at, **given)


def states_to_answer_for(plan: Plan, user: Any, *, at: dt.datetime) -> list[MemberState]:
    """The states that the person heads and that take part."""
    headed = standing(user, at).headed_states
    return list(
        MemberState.objects.filter(
            pk__in=headed, participations__operation=plan.operation_id, participations__takes_part=True
        )
    )


def _plain(remarks: Iterable[Mapping[str, str]]) -> Any:
    return [dict(remark) for remark in remarks] if isinstance(remarks, list | tuple) else remarks
