"""Freezing the data of a report: one consistent view, stored as the bytes that are hashed.

A snapshot is never updated. A later correction of the data does not change what was approved; it makes a note that the
figures have moved since, and a new submission of the report takes a new snapshot, which supersedes the old one.
"""

import datetime as dt
import hashlib
import json
from typing import Any

from django.db import transaction
from django.db.models import Q

from operations.domain import audit
from operations.models import User
from reports.domain.cells import both
from reports.domain.definitions import Draft, definition_of
from reports.domain.narratives import with_citations
from reports.domain.payload import SCHEMA, Payload, canonical_bytes, sha256_of
from reports.models import Approval, Report, Snapshot


def build_payload(report: Report, *, at: dt.datetime) -> Payload:
    """The payload as the data stand now. A text that exists in one language stands in for the other in a draft."""
    narratives = {
        row.section: both(ru=row.text_ru.strip() or row.text_en.strip(), en=row.text_en.strip() or row.text_ru.strip())
        for row in report.narratives.all()
        if row.text_ru.strip() or row.text_en.strip()
    }
    payload = definition_of(report).build(Draft(report=report, narratives=narratives, at=at))
    return with_citations(payload, narratives, report)


@transaction.atomic
def take_snapshot(*, report: Report, actor: User, at: dt.datetime, is_draft: bool = False) -> Snapshot:
    """Freezes the report's data. The lock of the audit chain comes first: every writer takes it before committing.

    A draft whose content is that of the draft before it, but for the moment, is that draft: drawing a report twice
    leaves one file.
    """
    audit.take_chain_lock()
    report.operation.refresh_from_db(fields=["data_version"])
    payload = build_payload(report, at=at)
    last = report.snapshots.order_by("-number").first()
    if is_draft and last is not None and last.is_draft and _same_but_for_the_moment(payload, payload_of(last)):
        return last
    return Snapshot.objects.create(
        report=report,
        number=1 if last is None else last.number + 1,
        content=canonical_bytes(payload),
        sha256=sha256_of(payload),
        schema=SCHEMA,
        data_version=report.operation.data_version,
        as_of=at,
        taken_at=at,
        taken_by=actor,
        is_draft=is_draft,
    )


def payload_of(snapshot: Snapshot) -> Payload:
    """The stored bytes, read again."""
    content: Payload = json.loads(bytes(snapshot.content))
    return content


def has_its_hash(snapshot: Snapshot) -> bool:
    """Whether the stored bytes are still those that were approved."""
    return hashlib.sha256(bytes(snapshot.content)).hexdigest() == snapshot.sha256


def current_snapshot(report: Report) -> Snapshot | None:
    """The data that were last submitted; a draft printed by somebody is never that."""
    return report.snapshots.filter(is_draft=False).order_by("-number").first()


def snapshots_of_its_kind(report: Report) -> Any:
    """What was frozen for this report and for others of the same kind on the same subject, drafts left out."""
    return Snapshot.objects.filter(
        is_draft=False,
        report__definition=report.definition,
        report__operation=report.operation_id,
        report__stage=report.stage_id,
        report__state=report.state_id,
        report__meeting=report.meeting_id,
    )


def is_superseded(snapshot: Snapshot) -> bool:
    """Whether the report, or a later report of the same kind, was decided on newer data."""
    report = snapshot.report
    alike = snapshots_of_its_kind(report).exclude(pk=snapshot.pk)
    if alike.filter(report=report, number__gt=snapshot.number).exists():
        return True
    return bool(alike.filter(approval__isnull=False, report__number__gt=report.number).exists())


def newer_approval(snapshot: Snapshot) -> Approval | None:
    """The approval of the data that stand in the place of these now; None where none has been given."""
    report = snapshot.report
    later = Q(report=report, number__gt=snapshot.number) | Q(report__number__gt=report.number)
    newest = snapshots_of_its_kind(report).filter(later, approval__isnull=False)
    found = newest.select_related("approval").defer("content").order_by("-report__number", "-number").first()
    return None if found is None else found.approval


def _same_but_for_the_moment(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {**one, "as_of": ""} == {**other, "as_of": ""}
