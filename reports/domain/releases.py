"""What of a published report the public sees: its public files, and whether its numbers are final."""

from collections.abc import Iterable
from typing import Any

from reports.domain.documents import public_documents
from reports.models import Document, Report

#: Kinds of report whose approval makes the numbers of the year final, or which tell of years that are closed.
_FINAL = ("annual", "cumulative")
#: What two reports share of which the later takes the other's place.
_SUBJECT = ("definition", "operation_id", "stage_id", "state_id", "meeting_id")


def published_reports() -> Any:
    """The reports that are open to everybody, the newest first."""
    published = Report.objects.filter(status=Report.Status.PUBLISHED)
    return published.select_related("operation", "stage", "state").order_by("-published_at", "-pk")


def is_preliminary(report: Report) -> bool:
    """Whether the figures can still change: until the year's annual report is approved."""
    operation = report.operation
    return report.definition not in _FINAL and not operation.is_historical and not operation.annual_report_approved_at


def replaced_among(reports: Iterable[Report]) -> set[int]:
    """Which of these published reports a later published one of the same kind on the same subject has replaced. One
    query."""
    latest: dict[tuple[Any, ...], int] = {}
    published = Report.objects.filter(status=Report.Status.PUBLISHED)
    for *subject, number in published.values_list(*_SUBJECT, "number").order_by("number"):
        latest[tuple(subject)] = number
    return {one.pk for one in reports if latest[tuple(getattr(one, name) for name in _SUBJECT)] > one.number}


def files_of(reports: Iterable[Report]) -> dict[int, list[Document]]:
    """The public files by report. One query."""
    found: dict[int, list[Document]] = {}
    rows = public_documents().filter(snapshot__report__in=[report.pk for report in reports])
    for row in rows.order_by("format", "language"):
        found.setdefault(row.snapshot.report_id, []).append(row)
    return found
