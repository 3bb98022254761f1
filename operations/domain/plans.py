"""What is done with a plan: the verbs that pages, the API, the demonstration and jobs call.

Each is one attempt at one transition of `plan_workflow`. Rows are edited with the revision that the editor was shown;
an edit of an older one raises `Stale` with the row as it stands now.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.domain import machine, plan_workflow
from operations.domain.access import standing
from operations.domain.errors import NotFound, Text
from operations.domain.plan_content import Content, frozen_content, shown_content
from operations.domain.plan_rows import kind_of
from operations.models import AuditEntry, Measure, MeasureAccount, Meeting, Plan, PlanSection, PlanVersion, User

WORKFLOW = plan_workflow.PLAN_WORKFLOW
NO_SUCH_PLAN = _("There is no such plan.")
Values = Mapping[str, Any]


# --- writing the draft ---


def change_goal(*, plan: Plan, revision: int, values: Values, actor: User, at: dt.datetime) -> Plan:
    """Writes `goal_ru` and `goal_en`, and what the periodic returns cover (`interval`)."""
    return _edit(plan, "goal", actor, at, revision=revision, values=dict(values))  # type: ignore[no-any-return]


def write_section(*, plan: Plan, kind: str, revision: int, values: Values, actor: User, at: dt.datetime) -> PlanSection:
    """Writes `text_ru` and `text_en` of a section of the official form; an unwritten one has the revision 0."""
    row: PlanSection = _edit(plan, "section", actor, at, kind=kind, revision=revision, values=dict(values))
    return row


def add_row(*, plan: Plan, kind: str, values: Values, actor: User, at: dt.datetime) -> Any:
    """Adds an objective, measure, stage, window, procedure or contact (`plan_rows.KINDS`) at the end of its list."""
    return _edit(plan, "add", actor, at, kind=kind, values=dict(values))


def change_row(*, row: models.Model, revision: int, values: Values, actor: User, at: dt.datetime) -> Any:
    """Changes what is given and keeps the rest; answers the row with its new revision."""
    plan, kind = plan_of(row), kind_of(row).name
    return _edit(plan, "change", actor, at, kind=kind, row=row.pk, revision=revision, values=dict(values))


def remove_row(*, row: models.Model, revision: int, actor: User, at: dt.datetime) -> None:
    """Removes the row; refused while measures or returns hang on it."""
    _edit(plan_of(row), "remove", actor, at, kind=kind_of(row).name, row=row.pk, revision=revision)


def move_row(*, row: models.Model, to: int | str, actor: User, at: dt.datetime) -> Any:
    """Moves the row to a place among its siblings, counted from 1."""
    return _edit(plan_of(row), "move", actor, at, kind=kind_of(row).name, row=row.pk, to=to)


def was_removed(plan: Plan, *, kind: str, pk: int) -> bool:
    """Whether a row of the plan was there once and was removed, by the audit trail."""
    trail = AuditEntry.objects.filter(act="plan.edit", object_type="plan", object_id=str(plan.pk))
    for said in ('"edit":"remove"', f'"kind":"{kind}"', f'"row":{pk},'):
        trail = trail.filter(data__contains=said)
    return trail.exists()


def give_account(
    *, measure: Measure, revision: int | None, values: Values, actor: User, at: dt.datetime
) -> MeasureAccount:
    """Writes `progress`, `account_ru` and `account_en` of the side that the person speaks for.

    `revision` is that of the side's own account (0 when none was given yet); None skips the question.
    """
    row: MeasureAccount = machine.perform(
        plan_of(measure), "account", actor=actor, at=at, measure=measure, revision=revision, values=dict(values)
    )
    return row


def _edit(plan: Plan, edit: str, actor: User, at: dt.datetime, **given: Any) -> Any:
    return machine.perform(plan, "edit", actor=actor, at=at, edit=edit, **given)


def plan_of(row: Any) -> Plan:
    """The plan that a row belongs to."""
    for owner in ("objective", "stage"):
        if not hasattr(row, "plan_id") and hasattr(row, f"{owner}_id"):
            row = getattr(row, owner)
    plan: Plan = row.plan
    return plan


# --- from draft to approval ---


def circulate_plan(*, plan: Plan, actor: User, at: dt.datetime) -> Plan:
    """Freezes a version and asks the states for their agreement to it."""
    return _perform(plan, "circulate", actor, at)


def withdraw_plan(*, plan: Plan, comment: str, actor: User, at: dt.datetime) -> Plan:
    """Takes the plan back into drafting; the agreements to that version lapse."""
    return _perform(plan, "withdraw", actor, at, comment=comment)


def record_agreement(
    *, plan: Plan, meeting: Meeting | None = None, in_correspondence: bool = False, actor: User, at: dt.datetime
) -> Plan:
    """Records that every state agreed, at a meeting of the International Headquarters or by correspondence."""
    return _perform(plan, "record_agreement", actor, at, meeting=meeting, in_correspondence=in_correspondence)


def submit_plan(*, plan: Plan, actor: User, at: dt.datetime) -> Plan:
    """Puts the agreed plan before the chair of the Coordination Council."""
    return _perform(plan, "submit", actor, at)


def approve_plan(*, plan: Plan, sha256: str, reauthenticated: bool, actor: User, at: dt.datetime) -> Plan:
    """Approves the text with that hash; makes the reporting periods and the expected returns.

    `reauthenticated` is what `identity.proves_identity` answered. Another hash than the version's own is a `Conflict`.
    """
    return _perform(plan, "approve", actor, at, sha256=sha256, reauthenticated=reauthenticated)


def return_plan(*, plan: Plan, comment: str, actor: User, at: dt.datetime) -> Plan:
    """The council chair sends the plan back with a word why."""
    return _perform(plan, "return", actor, at, comment=comment)


def amend_plan(*, plan: Plan, comment: str, actor: User, at: dt.datetime) -> Plan:
    """Opens a draft beside the approved version, which stays in force until the next one is approved."""
    return _perform(plan, "amend", actor, at, comment=comment)


def discard_amendment(*, plan: Plan, actor: User, at: dt.datetime) -> Plan:
    """Drops the amendment: the working rows are again what the version in force says."""
    return _perform(plan, "discard_amendment", actor, at)


def close_plan(*, plan: Plan, actor: User, at: dt.datetime) -> Plan:
    """Closes the plan after the approval of the annual report."""
    return _perform(plan, "close", actor, at)


def _perform(plan: Plan, name: str, actor: User, at: dt.datetime, **given: Any) -> Plan:
    done: Plan = machine.perform(plan, name, actor=actor, at=at, **given)
    return done


# --- reading ---

_BEING_WRITTEN = (Plan.Status.DRAFT, Plan.Status.RETURNED)


_IN_FORCE = (Plan.Status.APPROVED, Plan.Status.CLOSED)


def sees_working_text(user: Any, plan: Plan, *, at: dt.datetime) -> bool:
    """Whether the working rows are the text that the person may read: the rule of `access.plan_text_gate`."""
    seen = standing(user, at)
    if seen.sees_all_states or plan.status in _IN_FORCE:
        return True
    return bool(seen.headed_states) and plan.status not in _BEING_WRITTEN


def takes_part_in_agreeing(user: Any, *, at: dt.datetime) -> bool:
    """Headquarters, council chair and assistant, and the heads: they read what is circulated and who answered it."""
    seen = standing(user, at)
    return seen.sees_all_states or bool(seen.headed_states)


def readable_content(plan: Plan, user: Any, *, at: dt.datetime) -> tuple[Content, PlanVersion | None]:
    """The text of the plan that the person reads: the draft, or the version that it was frozen into.

    Raises `NotFound` where there is nothing for the person to read yet.
    """
    if sees_working_text(user, plan, at=at):
        version = None if plan.status in _BEING_WRITTEN else plan.current_version
        return (frozen_content(version), version) if version else (shown_content(plan), None)
    version = plan.in_force_version
    if version is None and takes_part_in_agreeing(user, at=at):
        version = plan.current_version
    if version is None:
        raise NotFound
    return frozen_content(version), version


@dataclass(frozen=True, kw_only=True)
class PlanAct:
    """One act of a plan's life, in words, from the audit trail."""

    at: dt.datetime
    actor_name: str
    label: Text
    comment: str


HAPPENED: dict[str, Text] = {
    "circulate": _("Circulated for agreement"),
    "respond": _("A state answered"),
    "record_letter": _("An answer by letter was recorded"),
    "confirm_letter": _("A recorded letter was confirmed"),
    "answer_remark": _("A remark was replied to"),
    "confirm_remark": _("A reply to a remark was confirmed"),
    "withdraw": _("Withdrawn from agreement"),
    "record_agreement": _("The agreement was recorded"),
    "submit": _("Submitted for approval"),
    "approve": _("Approved"),
    "return": _("Returned for revision"),
    "amend": _("An amendment was opened"),
    "discard_amendment": _("The amendment was discarded"),
    "close": _("Closed"),
}
#: Whose word of explanation belongs to the plan itself; what a state said is on the board, for those who may read it.
_EXPLAINED = frozenset({"withdraw", "return", "amend"})


def acts_of(plan: Plan, *, limit: int = 30) -> list[PlanAct]:
    """Who did what with the plan, the newest first; edits of the draft are left out."""
    names = {WORKFLOW.act_name(row): row for row in WORKFLOW if row.name in HAPPENED}
    entries = AuditEntry.objects.filter(object_type="plan", object_id=str(plan.pk), act__in=names)
    return [
        PlanAct(
            at=entry.at,
            actor_name=entry.actor_name,
            label=HAPPENED[names[entry.act].name],
            comment=json.loads(entry.data).get("comment", "") if names[entry.act].name in _EXPLAINED else "",
        )
        for entry in entries.order_by("-sequence")[:limit]
    ]
