"""The workflow of a plan: the one table that says which act starts where, leads where, is whose, and needs what.

Drafting and agreeing are acts of this table too, although they leave the status as it is, so that every door asks the
same question. The rows of the table are in the order of a plan's life.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from operations.domain import (
    agreement_answers,
    entry,
    outbox,
    plan_accounts,
    plan_checks,
    plan_edits,
    plan_notices,
    plan_reminders,
    plan_versions,
)
from operations.domain.access import (
    ANY_HEADQUARTERS,
    COUNCIL_CHAIR,
    HQ_CHAIR,
    HQ_PLANNER,
    commented,
    reauthenticated,
    standing,
)
from operations.domain.errors import Conflict, Problem
from operations.domain.periods import make_calendar
from operations.domain.plan_content import current_version_of
from operations.domain.transitions import Attempt, Transition, Who, Workflow
from operations.models import AuditEntry, Body, Meeting, Operation, Participation, Plan, Role

Status = Plan.Status
_COMMENT = entry.text(longest=5000)
#: Sent with every approval; whoever makes the plan's document listens.
APPROVED_TOPIC = "plan.approved"


# --- who ---


def _heads_a_state_that_takes_part(attempt: Attempt) -> bool:
    """Also a deputy or an acting head: their membership says the same on the days it holds."""
    headed = standing(attempt.actor, attempt.at).headed_states
    state = attempt.given.get("state")
    if "remark" in attempt.given:
        state = attempt.given["remark"].agreement.state
    if state is not None:
        headed &= {state.pk}
    return (
        bool(headed)
        and Participation.objects.filter(
            operation=attempt.subject.operation_id, state__in=headed, takes_part=True
        ).exists()
    )


def authors_of(plan: Plan) -> set[int]:
    """Who drew the plan up: whoever started, edited or circulated it, by the audit trail."""
    wrote = AuditEntry.objects.filter(
        object_type="plan", object_id=str(plan.pk), act__in=["plan.edit", "plan.circulate"]
    )
    return {plan.created_by_id, *wrote.values_list("actor_id", flat=True).distinct()}


HEAD = Who(_heads_a_state_that_takes_part, _("the head of the national headquarters of a state that takes part"))
CHAIR_BUT_NO_AUTHOR = Who(
    lambda attempt: COUNCIL_CHAIR.test(attempt) and attempt.actor.pk not in authors_of(attempt.subject),
    _("the chair of the Coordination Council, within the term of office, who is not an author of the plan"),
)
SECOND_PERSON = Who(
    lambda attempt: (
        ANY_HEADQUARTERS.test(attempt)
        and ("agreement" not in attempt.given or attempt.given["agreement"].given_by_id != attempt.actor.pk)
    ),
    _("staff of the International Headquarters other than the one who recorded the letter"),
)


# --- needs and asks ---


def _comment_is_text(attempt: Attempt) -> Iterable[Problem]:
    try:
        _COMMENT(attempt.given.get("comment"))
    except entry.Refused as refused:
        yield Problem(code=refused.code, field="comment", message=refused.message)


def _state_takes_part(attempt: Attempt) -> Iterable[Problem]:
    state = attempt.given.get("state")
    taking_part = Participation.objects.filter(operation=attempt.subject.operation_id, takes_part=True)
    if state is None or not taking_part.filter(state=state).exists():
        yield Problem(code="unknown", field="state", message=_("This state does not take part in the operation."))


def _meeting_or_letters(attempt: Attempt) -> Iterable[Problem]:
    """The International Headquarters agreed at one of its meetings, or in correspondence."""
    meeting: Meeting | None = attempt.given.get("meeting")
    if meeting is None:
        if not attempt.given.get("in_correspondence"):
            yield Problem(
                code="required", field="meeting", message=_("Name the meeting, or say that it was in correspondence.")
            )
    elif meeting.body.kind != Body.Kind.HEADQUARTERS or meeting.operation_id not in (
        None,
        attempt.subject.operation_id,
    ):
        yield Problem(
            code="wrong_meeting",
            field="meeting",
            message=_("This is not a meeting of the International Headquarters on this operation."),
        )


def _hash_given(attempt: Attempt) -> Iterable[Problem]:
    if not attempt.given.get("sha256"):
        yield Problem(
            code="required", field="sha256", message=_("Say which text you approve: its hash has to come along.")
        )


def _amending(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.in_force_version_id is None:
        yield Problem(code="nothing_in_force", message=_("No version of this plan is in force yet."))


def _annual_report_approved(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.operation.annual_report_approved_at is None:
        yield Problem(code="no_annual_report", message=_("The annual report is not approved yet."))


# --- effects ---


def _circulate(attempt: Attempt) -> None:
    plan_versions.freeze(attempt)
    plan_notices.tell("circulate", plan_notices.heads(attempt.subject, at=attempt.at), attempt, page="agreement")


def _respond(attempt: Attempt) -> Any:
    agreement = agreement_answers.give(attempt)
    people = plan_notices.holders(Role.HQ_PLANNER, Role.HQ_CHAIR, at=attempt.at)
    plan_notices.tell("answered", people, attempt, page="agreement", of=agreement.state)
    return agreement


def _answer_remark(attempt: Attempt) -> Any:
    remark = agreement_answers.answer_remark(attempt)
    state = remark.agreement.state_id
    people = [
        person
        for person in plan_notices.heads(attempt.subject, at=attempt.at)
        if state in standing(person, attempt.at).headed_states
    ]
    plan_notices.tell("replied", people, attempt, page="agreement")
    return remark


def _withdraw(attempt: Attempt) -> None:
    plan_versions.lapse_unapproved(attempt.subject, at=attempt.at)
    attempt.subject.agreed_at_meeting = None
    plan_notices.tell("withdraw", plan_notices.heads(attempt.subject, at=attempt.at), attempt, page="agreement")


def _record_agreement(attempt: Attempt) -> None:
    attempt.subject.agreed_at_meeting = attempt.given.get("meeting")


def _submit(attempt: Attempt) -> None:
    plan_notices.tell("submit", plan_notices.council_chair(at=attempt.at), attempt, page="plan/approval")


def _approve(attempt: Attempt) -> None:
    """What was shown is what is approved: another hash than the version's own is a conflict."""
    plan: Plan = attempt.subject
    version = current_version_of(plan)
    if attempt.given["sha256"] != version.sha256:
        raise Conflict(_("The plan is no longer the text that you were shown. Read it again."), code="other_text")
    version.approved_at, version.approved_by = attempt.at, attempt.actor
    version.save(update_fields=["approved_at", "approved_by"])
    plan.in_force_version = version
    calendar = make_calendar(plan, at=attempt.at)
    Operation.objects.filter(pk=plan.operation_id).update(data_version=F("data_version") + 1)
    attempt.noted.update(version=version.number, calendar=vars(calendar))
    outbox.send(topic=APPROVED_TOPIC, at=attempt.at, version_id=version.pk)
    people = plan_notices.heads(plan, at=attempt.at) | plan_notices.holders(
        Role.HQ_PLANNER, Role.HQ_CHAIR, at=attempt.at
    )
    plan_notices.tell("approve", people, attempt, page="plan")


def _return(attempt: Attempt) -> None:
    people = plan_notices.holders(Role.HQ_PLANNER, Role.HQ_CHAIR, at=attempt.at)
    plan_notices.tell("return", people, attempt, page="plan")


def _amend(attempt: Attempt) -> None:
    attempt.subject.amendment_reason = _COMMENT(attempt.given["comment"])


PLAN_WORKFLOW = Workflow(
    Plan,
    Transition(
        name="edit",
        label=_("Edit the plan"),
        who=HQ_PLANNER,
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        effect=plan_edits.apply,
    ),
    Transition(
        name="circulate",
        label=_("Circulate for agreement"),
        who=HQ_PLANNER,
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        target=Status.IN_AGREEMENT,
        needs=(plan_checks.ready_to_circulate,),
        effect=_circulate,
    ),
    Transition(
        name="respond",
        label=_("Answer on behalf of the state"),
        who=HEAD,
        sources=frozenset({Status.IN_AGREEMENT}),
        asks=(_state_takes_part,),
        effect=_respond,
    ),
    Transition(
        name="record_letter",
        label=_("Record an answer received by letter"),
        who=HQ_PLANNER,
        sources=frozenset({Status.IN_AGREEMENT}),
        asks=(_state_takes_part,),
        effect=agreement_answers.give,
    ),
    Transition(
        name="confirm_letter",
        label=_("Confirm a recorded letter"),
        who=SECOND_PERSON,
        sources=frozenset({Status.IN_AGREEMENT}),
        effect=agreement_answers.confirm_letter,
    ),
    Transition(
        name="answer_remark",
        label=_("Reply to a remark"),
        who=HQ_PLANNER,
        sources=frozenset({Status.IN_AGREEMENT}),
        effect=_answer_remark,
    ),
    Transition(
        name="confirm_remark",
        label=_("Confirm the reply to a remark"),
        who=HEAD,
        sources=frozenset({Status.IN_AGREEMENT}),
        effect=agreement_answers.confirm_remark,
    ),
    Transition(
        name="remind",
        label=_("Remind now"),
        who=ANY_HEADQUARTERS,
        sources=frozenset({Status.IN_AGREEMENT}),
        needs=(plan_reminders.somebody_to_remind,),
        effect=plan_reminders.remind_now,
    ),
    Transition(
        name="withdraw",
        label=_("Withdraw from agreement"),
        who=HQ_PLANNER,
        sources=frozenset({Status.IN_AGREEMENT, Status.AGREED}),
        target=Status.DRAFT,
        asks=(commented, _comment_is_text),
        effect=_withdraw,
    ),
    Transition(
        name="record_agreement",
        label=_("Record the agreement"),
        who=HQ_CHAIR,
        sources=frozenset({Status.IN_AGREEMENT}),
        target=Status.AGREED,
        needs=(agreement_answers.everybody_agreed,),
        asks=(_meeting_or_letters,),
        effect=_record_agreement,
    ),
    Transition(
        name="submit",
        label=_("Submit for approval"),
        who=HQ_CHAIR,
        sources=frozenset({Status.AGREED}),
        target=Status.SUBMITTED,
        effect=_submit,
    ),
    Transition(
        name="approve",
        label=_("Approve"),
        who=CHAIR_BUT_NO_AUTHOR,
        sources=frozenset({Status.SUBMITTED}),
        target=Status.APPROVED,
        asks=(reauthenticated, _hash_given),
        effect=_approve,
    ),
    Transition(
        name="return",
        label=_("Return for revision"),
        who=COUNCIL_CHAIR,
        sources=frozenset({Status.SUBMITTED}),
        target=Status.RETURNED,
        asks=(commented, _comment_is_text),
        effect=_return,
    ),
    Transition(
        name="account",
        label=_("Give an account of a measure"),
        who=plan_accounts.RESPONSIBLE,
        sources=frozenset(Status.values) - {Status.CLOSED},
        needs=(plan_accounts.in_force,),
        effect=plan_accounts.give,
    ),
    Transition(
        name="amend",
        label=_("Amend the plan"),
        who=HQ_PLANNER,
        sources=frozenset({Status.APPROVED}),
        target=Status.DRAFT,
        asks=(commented, _comment_is_text),
        effect=_amend,
    ),
    Transition(
        name="discard_amendment",
        label=_("Discard the amendment"),
        who=HQ_PLANNER,
        sources=frozenset({Status.DRAFT, Status.RETURNED}),
        target=Status.APPROVED,
        needs=(_amending,),
        effect=plan_versions.restore,
    ),
    Transition(
        name="close",
        label=_("Close the plan"),
        who=HQ_CHAIR,
        sources=frozenset({Status.APPROVED}),
        target=Status.CLOSED,
        needs=(_annual_report_approved,),
    ),
)
