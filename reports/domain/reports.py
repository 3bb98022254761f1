"""The verbs of a report: compose, edit, submit, approve, return, publish.

Each is a thin function around the workflow, keyword-only, with who acts and when. Nothing else changes a report.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from operations.domain import access, audit, machine
from operations.domain.access import standing
from operations.domain.errors import BadInput, Conflict, Problem, WrongState
from operations.models import Meeting, MemberState, Operation, Stage, User
from reports.domain import definitions, subjects
from reports.domain.clearance import candidates
from reports.models import Approval, Dispatch, Narrative, Report, Snapshot


@transaction.atomic
def compose_report(
    *,
    definition: str,
    operation: Operation,
    actor: User,
    at: dt.datetime,
    stage: Stage | None = None,
    state: MemberState | None = None,
) -> Report:
    """Opens a new report, in draft. Raises `NotAllowed`, or `BadInput` for a kind of report that does not exist, or
    that the operation, the stage or the state do not suit. An officer's own state need not be named.
    """
    kind = definitions.find(definition)
    if kind is None:
        raise BadInput(
            [Problem(code="unknown_definition", field="definition", message=_("There is no such kind of report."))]
        )
    if "state" in kind.scope and state is None:
        state = subjects.own_state(actor, at=at)
    report = _new(definition=definition, operation=operation, actor=actor, at=at, stage=stage, state=state)
    refused = access.refusal(report, "edit", actor, at=at)
    if refused is not None:
        audit.record_refusal(act="report.compose", subject=None, actor=actor, at=at, error=refused)
        raise refused
    subjects.check(kind, operation, stage=stage, state=state)
    report.save()
    audit.record(act="report.compose", subject=report, actor=actor, at=at, data={"definition": definition})
    return report


@transaction.atomic
def supersede_report(*, report: Report, actor: User, at: dt.datetime) -> Report:
    """Opens the report that is to take the place of a decided one, with its texts; the old one stays as it is.

    Raises `WrongState` for a report that is still open, `NotAllowed`, `Conflict` where there is a newer one already.
    """
    if report.status not in (Report.Status.APPROVED, Report.Status.PUBLISHED):
        raise WrongState
    newer = _new(
        definition=report.definition,
        operation=report.operation,
        actor=actor,
        at=at,
        stage=report.stage,
        state=report.state,
    )
    refused = access.refusal(newer, "edit", actor, at=at)
    if refused is None and has_successor(report):
        refused = Conflict(_("A newer report of this kind has been opened already."))
    if refused is not None:
        audit.record_refusal(act="report.compose", subject=report, actor=actor, at=at, error=refused)
        raise refused
    newer.save()
    for text in report.narratives.all():
        Narrative.objects.create(
            report=newer, section=text.section, text_ru=text.text_ru, text_en=text.text_en, revision=1
        )
    data = {"definition": report.definition, "supersedes": report.pk}
    audit.record(act="report.compose", subject=newer, actor=actor, at=at, data=data)
    return newer


def has_successor(report: Report) -> bool:
    """Whether a newer report of the same kind on the same subject has been opened."""
    return bool(successors(report).exists())


def successors(report: Report) -> Any:
    """The newer reports of the same kind on the same subject, the last first."""
    alike = Report.objects.filter(
        definition=report.definition,
        operation=report.operation_id,
        stage=report.stage_id,
        state=report.state_id,
        meeting=report.meeting_id,
        number__gt=report.number,
    )
    return alike.order_by("-number")


@transaction.atomic
def report_for_a_draft(
    *,
    definition: str,
    operation: Operation,
    actor: User,
    at: dt.datetime,
    stage: Stage | None = None,
    state: MemberState | None = None,
) -> Report:
    """The report that a command draws a draft of: the newest there is, with its texts, else an empty one.

    Raises `BadInput` for what the operation does not suit.
    """
    newest = latest_report(definition=definition, operation=operation, stage=stage, state=state)
    if newest is not None:
        return newest
    kind = definitions.find(definition)
    if kind is not None:
        subjects.check(kind, operation, stage=stage, state=state)
    report = _new(definition=definition, operation=operation, actor=actor, at=at, stage=stage, state=state)
    report.save()
    audit.record(act="report.compose", subject=report, actor=actor, at=at, data={"definition": definition})
    return report


def composable(actor: User, *, at: dt.datetime) -> list[definitions.Definition]:
    """The kinds of report that the person may compose, on one operation or another."""
    own = standing(actor, at).agency_states
    found = []
    for kind in definitions.all_definitions():
        of_state = min(own, default=None) if "state" in kind.scope else None
        blank = Report(definition=kind.code, operation=Operation(), state_id=of_state, status=Report.Status.DRAFT)
        if access.may(blank, "edit", actor, at=at):
            found.append(kind)
    return found


def edit_narrative(
    *,
    report: Report,
    section: str,
    text_ru: str,
    text_en: str,
    actor: User,
    at: dt.datetime,
    revision: int | None = None,
    screening_reason: str = "",
) -> Narrative:
    """Stores a section's text. `revision` is the one that was shown: another one now raises `Stale`.

    Personal data in the text is refused; `screening_reason` overrides a mere suspicion of it.
    """
    narrative: Narrative = machine.perform(
        report,
        "edit",
        actor=actor,
        at=at,
        section=section,
        text_ru=text_ru,
        text_en=text_en,
        revision=revision,
        screening_reason=screening_reason,
    )
    return narrative


def submit_report(*, report: Report, actor: User, at: dt.datetime, explanation: str = "") -> Report:
    """Takes the snapshot and asks for approval; `explanation` answers whatever the checklist leaves open."""
    return _performed(report, "submit", actor=actor, at=at, explanation=explanation)


def approve_report(
    *,
    report: Report,
    snapshot_sha256: str,
    reauthenticated: bool,
    actor: User,
    at: dt.datetime,
    meeting: Meeting | None = None,
) -> Report:
    """Approves the data of that hash. Raises `Conflict` when other data have been submitted since they were shown."""
    return _performed(
        report,
        "approve",
        actor=actor,
        at=at,
        snapshot_sha256=snapshot_sha256,
        reauthenticated=reauthenticated,
        meeting=meeting,
    )


def return_report(*, report: Report, comment: str, actor: User, at: dt.datetime) -> Report:
    """Sends the report back with a word why."""
    return _performed(report, "return", actor=actor, at=at, comment=comment)


def publish_report(
    *, report: Report, figures_cleared: bool, actor: User, at: dt.datetime, disclosure_sha256: str = ""
) -> Report:
    """Opens the public edition to everybody; `figures_cleared` says that somebody looked at what leaves the house.

    `disclosure_sha256` names what was shown to be hidden: raises `Conflict` where it would be something else by now.
    """
    given: dict[str, object] = {"figures_cleared": figures_cleared}
    if disclosure_sha256:
        given["disclosure_sha256"] = disclosure_sha256
    return _performed(report, "publish", actor=actor, at=at, **given)


def send_copies(*, report: Report, recipients: Iterable[int], actor: User, at: dt.datetime) -> list[Dispatch]:
    """Sends a numbered copy to each recipient (ids) who has none yet; answers the new ones."""
    sent: list[Dispatch] = machine.perform(report, "send", actor=actor, at=at, recipients=list(recipients))
    return sent


def clear_figure(*, report: Report, figure: str, value: int, actor: User, at: dt.datetime) -> Report:
    """Clears the regional number of an indicator (its code) for the public, as it was shown. Raises `Conflict` when it
    is another one by now.
    """
    return _performed(report, "clear", actor=actor, at=at, figure=figure, value=value)


def confirm_clearances(*, report: Report, actor: User, at: dt.datetime) -> int:
    """Clears every figure that was cleared for the release before with the number that it still has; says how many."""
    waiting = [one for one in candidates(report) if one.is_carried_over]
    for one in waiting:
        clear_figure(report=report, figure=one.indicator.code, value=one.value, actor=actor, at=at)
    return len(waiting)


def withdraw_clearance(*, report: Report, figure: str, actor: User, at: dt.datetime) -> Report:
    """Takes the clearance of a figure back."""
    return _performed(report, "unclear", actor=actor, at=at, figure=figure)


def latest_report(
    *, definition: str, operation: Operation, stage: Stage | None = None, state: MemberState | None = None
) -> Report | None:
    """The newest report of its kind."""
    return (
        Report.objects.filter(definition=definition, operation=operation, stage=stage, state=state)
        .order_by("-number")
        .first()
    )


def approved_snapshot(
    *, definition: str, operation: Operation, stage: Stage | None = None, state: MemberState | None = None
) -> tuple[Snapshot, Approval] | None:
    """The data that were approved last for a report of this kind, with their approval."""
    approval = (
        Approval.objects.filter(
            snapshot__report__definition=definition,
            snapshot__report__operation=operation,
            snapshot__report__stage=stage,
            snapshot__report__state=state,
        )
        .select_related("snapshot__report__operation")
        .order_by("-approved_at")
        .first()
    )
    return None if approval is None else (approval.snapshot, approval)


def _performed(report: Report, name: str, *, actor: User, at: dt.datetime, **given: object) -> Report:
    changed: Report = machine.perform(report, name, actor=actor, at=at, **given)
    return changed


def _new(
    *,
    definition: str,
    operation: Operation,
    actor: User,
    at: dt.datetime,
    stage: Stage | None,
    state: MemberState | None,
) -> Report:
    numbers = Report.objects.filter(definition=definition, operation=operation, stage=stage, state=state)
    last = numbers.aggregate(last=Max("number"))["last"] or 0
    return Report(
        definition=definition,
        operation=operation,
        stage=stage,
        state=state,
        number=last + 1,
        composed_by=actor,
        created_at=at,
    )
