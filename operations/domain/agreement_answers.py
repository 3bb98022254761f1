"""What the states said to a version of the plan: the answers, when they count, and what they still wait for.

The newest answer of a state counts and the older ones stay. A plain agreement and a reservation count at once; remarks
count when each is answered and the head has confirmed the answer; an objection blocks. An answer that came by letter
or on paper counts when a second person has confirmed what the first recorded. Absent states are not waited for.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotFound, Problem, Text
from operations.domain.plan_content import current_version_of, spoken
from operations.domain.transitions import Attempt
from operations.models import Agreement, MemberState, Participation, Plan, Remark

Answer, Method = Agreement.Answer, Agreement.Method

ANSWER_ENTRIES = (
    Entry(name="answer", take=entry.choice(Agreement.Answer), is_required=True),
    Entry(name="comment", take=entry.text(longest=5000)),
)
LETTER_ENTRIES = (
    *ANSWER_ENTRIES,
    Entry(name="method", take=entry.choice(Agreement.Method), is_required=True),
    Entry(name="letter_number", take=entry.text(longest=60, single_line=True), is_required=True),
    Entry(name="letter_date", take=entry.day, is_required=True),
)
REMARK_ENTRIES = (
    Entry(name="place", take=entry.text(longest=200, single_line=True)),
    Entry(name="text", take=entry.text(longest=5000), is_required=True),
)
REPLY_ENTRIES = (
    Entry(name="disposition", take=entry.choice(Remark.Disposition), is_required=True),
    Entry(name="reply", take=entry.text(longest=5000), is_required=True),
)


@dataclass(frozen=True, kw_only=True)
class StateAnswer:
    """Where a state stands: its answer, whether it counts, and for whom it waits since when."""

    state: MemberState
    takes_part: bool
    participation: Participation
    agreement: Agreement | None = None
    remarks: tuple[Remark, ...] = ()
    waits_for: str = ""  # "", "head", "planner", "confirmation" or "objection"
    since: dt.datetime | None = None

    @property
    def counts(self) -> bool:
        return self.takes_part and self.agreement is not None and not self.waits_for


def board(plan: Plan) -> list[StateAnswer]:
    """Every state of the operation with its answer to the current version; three queries."""
    version = plan.current_version
    current: dict[int, Agreement] = {}
    if version is not None:
        rows = version.agreements.filter(is_current=True).select_related("state", "given_by", "confirmed_by")
        current = {row.state_id: row for row in rows.prefetch_related("remarks__replied_by", "remarks__confirmed_by")}
    return [
        _standing_of(part, current.get(part.state_id), version.frozen_at if version else None)
        for part in plan.operation.participations.select_related("state")
    ]


def _standing_of(part: Participation, agreement: Agreement | None, asked_at: dt.datetime | None) -> StateAnswer:
    answer = StateAnswer(state=part.state, takes_part=part.takes_part, participation=part)
    if not part.takes_part:
        return answer
    if agreement is None:
        return replace(answer, waits_for="head" if asked_at else "", since=asked_at)
    remarks = tuple(agreement.remarks.all())
    waits_for, since = _waiting(agreement, remarks)
    return replace(answer, agreement=agreement, remarks=remarks, waits_for=waits_for, since=since)


def _waiting(agreement: Agreement, remarks: Iterable[Remark]) -> tuple[str, dt.datetime | None]:
    if agreement.method != Method.SYSTEM and agreement.confirmed_at is None:
        return "confirmation", agreement.given_at
    if agreement.answer == Answer.OBJECTED:
        return "objection", agreement.given_at
    if agreement.answer == Answer.AGREED_WITH_REMARKS:
        if any(remark.replied_at is None for remark in remarks):
            return "planner", agreement.given_at
        unconfirmed = [remark.replied_at for remark in remarks if remark.confirmed_at is None and remark.replied_at]
        if unconfirmed:
            return "head", max(unconfirmed)
    return "", None


_UNMET: dict[str, Text] = {
    "head": _("%(state)s has not answered, or has not confirmed the replies to its remarks."),
    "planner": _("Remarks of %(state)s have no reply yet."),
    "confirmation": _("The letter of %(state)s waits for a second person to confirm it."),
    "objection": _("%(state)s objects."),
}


def everybody_agreed(attempt: Attempt) -> Iterator[Problem]:
    """The need of `record_agreement`: one problem for every state that is still waited for."""
    answers = board(attempt.subject)
    if not any(answer.takes_part for answer in answers):
        yield Problem(code="nobody_takes_part", message=_("No state takes part in this operation."))
    for answer in answers:
        if answer.waits_for:
            name = spoken({"ru": answer.state.name_ru, "en": answer.state.name_en})
            message = str(_UNMET[answer.waits_for]) % {"state": name}
            yield Problem(code=f"waits_for_{answer.waits_for}", href=f"state-{answer.state.code}", message=message)


def give(attempt: Attempt) -> Agreement:
    """The effect of `respond` and `record_letter`: the state's new current answer, with its remarks."""
    by_letter = attempt.transition.name == "record_letter"
    entries = LETTER_ENTRIES if by_letter else ANSWER_ENTRIES
    given = {name: attempt.given.get(name) for name in (item.name for item in entries)}
    columns, _sets = entry.take(entries, given, is_new=True)
    remarks = _remarks(attempt.given.get("remarks") or [])
    problems = list(_incomplete(columns, remarks))
    if by_letter and columns["method"] == Method.SYSTEM:
        problems.append(Problem(code="unknown_choice", field="method", message=_("By letter, or on paper?")))
    if by_letter and columns["letter_date"] > attempt.at.date():
        problems.append(Problem(code="future_date", field="letter_date", message=_("This date is in the future.")))
    if problems:
        raise BadInput(problems)
    plan: Plan = attempt.subject
    state: MemberState = attempt.given["state"]
    version = current_version_of(plan)
    version.agreements.filter(state=state, is_current=True).update(is_current=False)
    agreement = Agreement.objects.create(
        version=version, state=state, given_by=attempt.actor, given_at=attempt.at, **columns
    )
    for values in remarks:
        agreement.remarks.create(**values)
    attempt.noted.update(state=state.code, version=version.number, agreement=agreement.pk)
    return agreement


def _remarks(given: Any) -> list[dict[str, Any]]:
    """The remarks that were typed; a row left empty is none."""
    if not isinstance(given, list | tuple) or not all(isinstance(item, dict) for item in given):
        raise BadInput([Problem(code="not_a_list", field="remarks", message=_("This has to be a list."))])
    taken, problems = [], []
    for place, item in enumerate(given):
        if not any(str(value or "").strip() for value in item.values()):
            continue
        try:
            taken.append(entry.take(REMARK_ENTRIES, item, is_new=True)[0])
        except BadInput as error:
            problems += [
                Problem(code=problem.code, field=f"remarks.{place}.{problem.field}", message=problem.message)
                for problem in error.problems
            ]
    if problems:
        raise BadInput(problems)
    return taken


def _incomplete(columns: dict[str, Any], remarks: list[dict[str, Any]]) -> Iterator[Problem]:
    answer = columns["answer"]
    if answer in (Answer.OBJECTED, Answer.AGREED_WITH_RESERVATION) and not columns["comment"]:
        yield Problem(code="required", field="comment", message=_("Say why: a comment is needed here."))
    if answer == Answer.AGREED_WITH_REMARKS and not remarks:
        yield Problem(code="required", field="remarks", message=_("Write at least one remark."))
    if answer != Answer.AGREED_WITH_REMARKS and remarks:
        yield Problem(
            code="not_expected",
            field="remarks",
            message=_("Remarks belong to the answer “agreed with remarks”. Choose it, or empty the remarks."),
        )


def confirm_letter(attempt: Attempt) -> Agreement:
    """The effect of `confirm_letter`: the second person vouches for what the first recorded."""
    agreement = _current(attempt.subject, attempt.given["agreement"])
    if agreement.method == Method.SYSTEM or agreement.confirmed_at is not None:
        raise NotFound
    agreement.confirmed_by, agreement.confirmed_at = attempt.actor, attempt.at
    agreement.save(update_fields=["confirmed_by", "confirmed_at"])
    attempt.noted["state"] = agreement.state.code
    return agreement


def answer_remark(attempt: Attempt) -> Remark:
    """The effect of `answer_remark`; a new reply takes back the confirmation of the one before."""
    remark: Remark = attempt.given["remark"]
    agreement = _current(attempt.subject, remark.agreement)
    given = {item.name: attempt.given.get(item.name) for item in REPLY_ENTRIES}
    columns, _sets = entry.take(REPLY_ENTRIES, given, is_new=True)
    remark.disposition, remark.reply = columns["disposition"], columns["reply"]
    remark.replied_by, remark.replied_at = attempt.actor, attempt.at
    remark.confirmed_by = remark.confirmed_at = None
    remark.save()
    attempt.noted["state"] = agreement.state.code
    return remark


def confirm_remark(attempt: Attempt) -> Remark:
    """The effect of `confirm_remark`: the head takes the reply as an answer."""
    remark: Remark = attempt.given["remark"]
    agreement = _current(attempt.subject, remark.agreement)
    if remark.replied_at is None:
        raise BadInput([Problem(code="no_reply", message=_("This remark has no reply yet."))])
    remark.confirmed_by, remark.confirmed_at = attempt.actor, attempt.at
    remark.save(update_fields=["confirmed_by", "confirmed_at"])
    attempt.noted["state"] = agreement.state.code
    return remark


def _current(plan: Plan, agreement: Agreement) -> Agreement:
    """The agreement, if it is still the state's answer to the version that is being agreed."""
    if not agreement.is_current or agreement.version_id != plan.current_version_id:
        raise NotFound
    return agreement
