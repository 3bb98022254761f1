"""Reports behind the doors: one in every status, carried there by the domain's own verbs, with data and files."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from operations.models import Operation, User
from reports.domain import reports as verbs
from reports.domain.documents import APPROVED_SET, PUBLIC_SET, DocumentKind, record_document
from reports.models import Document, Report, Snapshot
from tests.factories.reports import stored_file

#: What the files of the world's documents hold; tests put it where documents are kept.
FILE = b"a document"


def make_reports(users: Mapping[str, User | None]) -> dict[str, Mapping[str, Any]]:
    """A cumulative report in every status, with its snapshots and documents."""
    operation = Operation.objects.get(slug="illegal-2025")
    found: dict[str, Mapping[str, Any]] = {}
    for status in Report.Status.values:
        report = verbs.compose_report(
            definition="cumulative", operation=operation, actor=users["planner"], at=timezone.now()
        )
        if status != Report.Status.DRAFT:
            report = _carried_to(report, status, users)
        submitted = report.snapshots.filter(is_draft=False).first()
        found[f"report-{status}"] = {
            "pk": report.pk,
            "report": report.pk,
            "slug": operation.slug,
            "section": "summary",
            "sha256": submitted.sha256 if submitted is not None else "",
        }
        for snapshot in report.snapshots.all():
            found[f"snapshot-{status}"] = {"pk": snapshot.pk}
            found |= _documents(snapshot, status)
    return found | _of_other_kinds(users)


def _of_other_kinds(users: Mapping[str, User | None]) -> dict[str, Mapping[str, Any]]:
    """Drafts of a press release, whose figures are cleared, and of Russia's report, which its officers compose."""
    operation = Operation.objects.get(slug="illegal-2026")
    facts = {"operation": operation, "at": timezone.now()}
    press = verbs.compose_report(definition="press", actor=users["planner"], **facts)
    national = verbs.compose_report(definition="national", actor=users["officer"], **facts)
    return {
        f"{report.definition}-draft": {"pk": report.pk, "section": report_section}
        for report, report_section in ((press, "lead"), (national, "summary"))
    }


def _carried_to(report: Report, status: str, users: Mapping[str, User | None]) -> Report:
    at = timezone.now()
    report = verbs.submit_report(report=report, actor=users["planner"], at=at, explanation="Всё проверено")
    if status == Report.Status.SUBMITTED:
        return report
    if status == Report.Status.RETURNED:
        return verbs.return_report(report=report, comment="Уточнить", actor=users["council_chair"], at=at)
    report = verbs.approve_report(
        report=report,
        snapshot_sha256=report.snapshots.get(is_draft=False).sha256,
        reauthenticated=True,
        actor=users["council_chair"],
        at=at,
    )
    if status == Report.Status.PUBLISHED:
        report = verbs.publish_report(report=report, figures_cleared=True, actor=users["hq_chair"], at=at)
    return report


def _documents(snapshot: Snapshot, status: str) -> dict[str, Mapping[str, Any]]:
    """The full edition in Russian; of a published report the public one as well."""
    approval = getattr(snapshot, "approval", None)
    if approval is None:
        return {}
    kinds = {"document": APPROVED_SET[0], "public": PUBLIC_SET[0]}
    return {f"{name}-{status}": {"pk": _document(snapshot, approval, kind).pk} for name, kind in kinds.items()}


def _document(snapshot: Snapshot, approval: Any, kind: DocumentKind) -> Document:
    return record_document(
        snapshot=snapshot,
        approval=approval,
        kind=kind,
        file=stored_file(FILE),
        at=timezone.now(),
    )
