"""The objects whose approval a document follows: the version of a plan, and the minutes of a meeting.

Everything here is read from what the planning room recorded: the row of the version or the meeting, and the audit trail
for who submitted it and which entry the approval is. Nothing is decided again, and nothing is made up for an object
that nobody has approved.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from operations.domain import audit
from operations.models import AuditEntry, Meeting, Plan, PlanVersion, User
from reports.domain.capacities import COUNCIL_CHAIR
from reports.domain.cells import Text, both
from reports.models import Report

PLAN, MINUTES = "plan", "minutes"
PRESIDED = both(ru="Председательствующий на заседании", en="Chair of the meeting")
SIGNED_INSTEAD = both(ru="За председательствующего на заседании", en="For the chair of the meeting")


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act of the object's life: what it was, whose, and when."""

    what: Text
    actor: User
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class ObjectApproval:
    """The approval of the object itself, with the hash of its entry in the audit trail."""

    approver: User
    capacity: Text
    at: dt.datetime
    audit_hash: str


def version_of(report: Report) -> PlanVersion | None:
    """The version that the report of a plan tells of: they have the same number."""
    versions = PlanVersion.objects.filter(plan__operation=report.operation_id, number=report.number)
    return versions.select_related("plan__operation", "frozen_by", "approved_by").first()


def approval_of_object(report: Report) -> ObjectApproval | None:
    """Who approved the plan's version, or signed the minutes; None as long as nobody has."""
    if report.definition == PLAN:
        version = version_of(report)
        if version is None or version.approved_at is None or version.approved_by is None:
            return None
        entry = _entries(version.plan, "plan.approve", until=version.approved_at).last()
        return _approval(version.approved_by, COUNCIL_CHAIR, version.approved_at, entry)
    meeting = report.meeting
    if meeting is None or meeting.signed_at is None or meeting.signed_by is None:
        return None
    entry = _entries(meeting, "meeting.sign", until=meeting.signed_at).last()
    return _approval(meeting.signed_by, capacity_to_sign(meeting), meeting.signed_at, entry)


def capacity_to_sign(meeting: Meeting) -> Text:
    """In what capacity the minutes are signed, or are to be: as whoever chaired the meeting, or for that person."""
    is_instead = meeting.signed_by_id is not None and meeting.signed_by_id != meeting.chaired_by_id
    return SIGNED_INSTEAD if is_instead else PRESIDED


def acts_of_object(report: Report) -> list[Act]:
    """The acts that an approval sheet lists, in the order of time; the approval is the last."""
    if report.definition == PLAN:
        version = version_of(report)
        return [] if version is None else list(_acts_of_version(version))
    return [] if report.meeting is None else list(_acts_of_meeting(report.meeting))


@dataclass(frozen=True, kw_only=True)
class AgreementRecord:
    """How the agreement of the states to a version was recorded: at a meeting, or in correspondence."""

    at: dt.datetime
    meeting: Meeting | None


def agreement_record(version: PlanVersion) -> AgreementRecord | None:
    """The last record of the states' agreement to this version; None while it is being agreed."""
    entry = _entries(version.plan, "plan.record_agreement", since=version.frozen_at, until=version.approved_at).last()
    later = version.plan.versions.filter(number__gt=version.number).order_by("number").first()
    if entry is None or (later is not None and entry.at > later.frozen_at):
        return None
    given = json.loads(entry.data)
    meeting = Meeting.objects.filter(pk=given.get("meeting") or 0).select_related("body").first()
    return AgreementRecord(at=entry.at, meeting=meeting)


def _acts_of_version(version: PlanVersion) -> Iterator[Act]:
    circulated = both(ru="Направлен на согласование", en="Circulated for agreement")
    yield Act(what=circulated, actor=version.frozen_by, at=version.frozen_at)
    labels = {
        "plan.record_agreement": both(ru="Согласование зафиксировано", en="Agreement recorded"),
        "plan.submit": both(ru="Представлен на утверждение", en="Submitted for approval"),
    }
    if version.approved_at is None or version.approved_by is None:
        return
    for act, what in labels.items():
        entry = _entries(version.plan, act, since=version.frozen_at, until=version.approved_at).last()
        if entry is not None and entry.actor is not None:
            yield Act(what=what, actor=entry.actor, at=entry.at)
    yield Act(what=both(ru="Утверждён", en="Approved"), actor=version.approved_by, at=version.approved_at)


def _acts_of_meeting(meeting: Meeting) -> Iterator[Act]:
    created = _entries(meeting, "meeting.create", until=meeting.signed_at).first()
    if created is not None:
        yield Act(what=both(ru="Протокол начат", en="Record begun"), actor=meeting.created_by, at=created.at)
    if meeting.signed_at is not None and meeting.signed_by is not None:
        yield Act(what=both(ru="Подписан", en="Signed"), actor=meeting.signed_by, at=meeting.signed_at)


def _approval(approver: User, capacity: Text, at: dt.datetime, entry: AuditEntry | None) -> ObjectApproval:
    audit_hash = audit.head() if entry is None else entry.entry_hash
    return ObjectApproval(approver=approver, capacity=capacity, at=at, audit_hash=audit_hash)


def _entries(
    row: Plan | Meeting, act: str, *, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> models.QuerySet[AuditEntry]:
    found = AuditEntry.objects.filter(object_type=row._meta.model_name, object_id=str(row.pk), act=act)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lte=until)
    return found.select_related("actor").order_by("sequence")
