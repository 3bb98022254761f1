"""Freezing the data of a report: one consistent view, stored as the bytes that are hashed.

A snapshot is never updated. A later correction of the data does not change what was approved; it makes a note that the
figures have moved since, and a new submission of the report takes a new snapshot, which supersedes the old one.
"""

import datetime as dt
import json
from typing import Any

from django.db import transaction

from operations.domain import audit
from operations.domain.statistics import source_submissions
from operations.models import Operation, User
from reports.domain.cells import both
from reports.domain.definitions import Draft, definition_of
from reports.domain.payload import SCHEMA, Payload, canonical_bytes, sha256_of
from reports.models import Report, Snapshot


def build_payload(report: Report, *, at: dt.datetime) -> Payload:
    """The payload as the data stand now. A text that exists in one language stands in for the other in a draft."""
    narratives = {
        row.section: both(ru=row.text_ru.strip() or row.text_en.strip(), en=row.text_en.strip() or row.text_ru.strip())
        for row in report.narratives.all()
        if row.text_ru.strip() or row.text_en.strip()
    }
    return definition_of(report).build(Draft(report=report, narratives=narratives, at=at))


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


def current_snapshot(report: Report) -> Snapshot | None:
    """The data that were last submitted; a draft printed by somebody is never that."""
    return report.snapshots.filter(is_draft=False).order_by("-number").first()


def is_superseded(snapshot: Snapshot) -> bool:
    """Whether the report, or a later report of the same kind, was decided on newer data."""
    report = snapshot.report
    newer = Snapshot.objects.filter(is_draft=False, report=report, number__gt=snapshot.number)
    if newer.exists():
        return True
    return (
        Snapshot.objects.filter(
            is_draft=False,
            approval__isnull=False,
            report__definition=report.definition,
            report__operation=report.operation_id,
            report__stage=report.stage_id,
            report__state=report.state_id,
            report__meeting=report.meeting_id,
            report__number__gt=report.number,
        )
        .exclude(pk=snapshot.pk)
        .exists()
    )


def figures_have_moved(snapshot: Snapshot, operation: Operation) -> bool:
    """Whether accepted figures changed after the snapshot was taken.

    The data version answers at once for most; where it moved, the accepted submissions are compared, because it also
    counts changes that move no accepted figure.
    """
    if snapshot.data_version == operation.data_version or definition_of(snapshot.report).follows:
        return False
    used: list[int] = payload_of(snapshot)["source_submissions"]
    return source_submissions(operation) != used


def _same_but_for_the_moment(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return {**one, "as_of": ""} == {**other, "as_of": ""}
