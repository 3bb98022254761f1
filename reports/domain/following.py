"""Documents that follow the approval of a plan or the signature under minutes: rows, frozen data, files.

The planning room sends a message with the approval (and with the signature); here it becomes a report whose snapshot
is taken from the frozen object and whose approval repeats the object's: the same person, capacity and moment, and the
audit entry of that very act. Nobody submits or approves such a report a second time. The message may come twice, and a
command may come before it: what was taken over already is left as it is.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import machine, outbox
from operations.domain.errors import Conflict, NotFound
from operations.domain.minutes_signature import SIGNED_TOPIC
from operations.domain.people import system_user
from operations.domain.plan_workflow import APPROVED_TOPIC
from operations.domain.transitions import Attempt
from operations.models import Meeting, Operation, Plan, PlanVersion, User
from reports.domain import report_acts
from reports.domain.documents import DocumentKind
from reports.domain.origins import MINUTES, PLAN, approval_of_object
from reports.domain.registration import next_registration
from reports.domain.snapshots import current_snapshot, take_snapshot
from reports.models import Approval, Report, Snapshot

#: Drawn as soon as the approval is taken over; other languages and formats on request.
DRAWN_AT_ONCE = (DocumentKind(format="pdf", language="ru"), DocumentKind(format="pdf", language="en"))


@outbox.handles(APPROVED_TOPIC)
def plan_approved(*, at: dt.datetime, version_id: int) -> None:
    follow_plan(PlanVersion.objects.select_related("plan__operation").get(pk=version_id), at=at)


@outbox.handles(SIGNED_TOPIC)
def minutes_signed(*, at: dt.datetime, meeting_id: int) -> None:
    follow_minutes(Meeting.objects.select_related("operation").get(pk=meeting_id), at=at)


def follow_plan(version: PlanVersion, *, at: dt.datetime) -> tuple[Snapshot, Approval]:
    """The frozen document of an approved version with its approval, made on the first call."""
    return _follow(report_of_plan(version.plan, number=version.number, at=at), at=at)


def follow_minutes(meeting: Meeting, *, at: dt.datetime) -> tuple[Snapshot, Approval]:
    """The frozen document of signed minutes with the signature, made on the first call."""
    return _follow(report_of_minutes(meeting, at=at), at=at)


def _follow(report: Report, *, at: dt.datetime) -> tuple[Snapshot, Approval]:
    if report.status == Report.Status.DRAFT:
        machine.perform(report, "follow", actor=system_user("reports"), at=at)
    snapshot = current_snapshot(report)
    if snapshot is None:
        raise ValueError(f"{report} follows an object and has no data")
    return snapshot, snapshot.approval


def take_over(attempt: Attempt) -> None:
    """The effect of `follow`: freezes the data and repeats the object's approval, bound to their hash."""
    report: Report = attempt.subject
    decided = approval_of_object(report)
    if decided is None:
        raise ValueError(f"the object of {report} is not approved")
    snapshot = take_snapshot(report=report, actor=attempt.actor, at=attempt.at)
    registration_number, registered_on = next_registration(decided.at)
    approval = Approval.objects.create(
        snapshot=snapshot,
        approver=decided.approver,
        name_ru=decided.approver.name_ru,
        name_en=decided.approver.name_en,
        capacity_ru=decided.capacity["ru"],
        capacity_en=decided.capacity["en"],
        approved_at=decided.at,
        snapshot_sha256=snapshot.sha256,
        audit_head=decided.audit_hash,
        verification_code=report_acts.new_verification_code(),
        registration_number=registration_number,
        registered_on=registered_on,
    )
    report.revision += 1
    for kind in DRAWN_AT_ONCE:
        report_acts.request_document(snapshot=snapshot, approval=approval, kind=kind, attempt=attempt)
    attempt.noted.update(approval=approval.pk, snapshot_sha256=snapshot.sha256)


# --- what is drawn ---


def plan_to_draw(
    plan: Plan, *, actor: User, at: dt.datetime, as_working_copy: bool = False
) -> tuple[Snapshot, Approval | None]:
    """The version in force with its approval, else the plan as it stands, frozen as a draft.

    A working copy is always of what is still to be approved. Raises `Conflict` when there is nothing of the kind.
    """
    in_force = plan.in_force_version
    if in_force is not None and not as_working_copy:
        return follow_plan(in_force, at=at)
    number = number_of_readable(plan)
    if in_force is not None and number == in_force.number:
        raise Conflict(_("The plan is approved: there is no draft to work on."), code="approved")
    report = report_of_plan(plan, number=number, at=at)
    return take_snapshot(report=report, actor=actor, at=at, is_draft=True), None


def minutes_to_draw(meeting: Meeting, *, actor: User, at: dt.datetime) -> tuple[Snapshot, Approval | None]:
    """The signed minutes with the signature, else the record as it stands, frozen as a draft."""
    if meeting.signed_at is not None:
        return follow_minutes(meeting, at=at)
    return take_snapshot(report=report_of_minutes(meeting, at=at), actor=actor, at=at, is_draft=True), None


# --- the rows ---


def report_of_plan(plan: Plan, *, number: int, at: dt.datetime) -> Report:
    """The report of a version of the plan, also of the one that is still being drafted."""
    version = plan.versions.filter(number=number).select_related("frozen_by").first()
    author, since = (version.frozen_by, version.frozen_at) if version is not None else (plan.created_by, at)
    return _row(definition=PLAN, operation=plan.operation, number=number, author=author, at=since)


def number_of_readable(plan: Plan) -> int:
    """The version that the plan now is: what was frozen last, or, while it is being written, the next."""
    frozen = plan.versions.order_by("-number").first()
    if plan.status in (Plan.Status.DRAFT, Plan.Status.RETURNED) or plan.current_version is None:
        return 1 if frozen is None else frozen.number + 1
    return plan.current_version.number


def report_of_minutes(meeting: Meeting, *, at: dt.datetime) -> Report:
    """The report of a meeting's minutes. One of no operation is kept with the operation of its year."""
    operation = operation_of_minutes(meeting)
    if operation is None:
        raise NotFound
    return _row(
        definition=MINUTES,
        operation=operation,
        number=meeting.number,
        author=meeting.created_by,
        at=at,
        meeting=meeting,
    )


def operation_of_minutes(meeting: Meeting) -> Operation | None:
    """With which operation the minutes are kept."""
    if meeting.operation is not None:
        return meeting.operation
    return Operation.objects.filter(year__lte=meeting.held_on.year).order_by("-year", "kind").first()


@transaction.atomic
def _row(
    *,
    definition: str,
    operation: Operation,
    number: int,
    author: User,
    at: dt.datetime,
    meeting: Meeting | None = None,
) -> Report:
    report, _created = Report.objects.get_or_create(
        definition=definition,
        operation=operation,
        stage=None,
        state=None,
        meeting=meeting,
        number=number,
        defaults={"composed_by": author, "created_at": at},
    )
    return report
