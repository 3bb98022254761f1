"""Reports whose figures moved after they were approved: other submissions stand now than those their data rest on.

A report never changes; the pages of its operation say that the figures of today are others.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from operations.domain.access import visible_to
from operations.domain.statistics import standing_submissions
from operations.models import Operation
from reports.domain.definitions import definition_of
from reports.domain.snapshots import payload_of
from reports.models import Report, Snapshot


@dataclass(frozen=True)
class MovedReport:
    """An approved report, and how many returns, corrections among them, stand otherwise than when it was frozen."""

    report: Report
    frozen_at: dt.datetime
    moved: int


def moved_reports(operation: Operation, user: Any, *, at: dt.datetime) -> list[MovedReport]:
    """Of each kind of report that the person sees, the latest approved one, where figures moved since.

    The data version answers at once for most, as in `figures_have_moved`; for the others one query reads what
    stands now.
    """
    decided = visible_to(Report, user, at=at).filter(
        operation=operation, status__in=[Report.Status.APPROVED, Report.Status.PUBLISHED]
    )
    approved = (
        Snapshot.objects.filter(report__in=decided, approval__isnull=False)
        .exclude(data_version=operation.data_version)
        .select_related("report__operation", "report__stage", "report__state")
        .order_by("report__number", "number")
    )
    latest = {_kind(one.report): one for one in approved if not definition_of(one.report).follows}
    if not latest:
        return []
    standing = standing_submissions(operation)
    found = [MovedReport(one.report, one.taken_at, _moved(one, standing)) for one in latest.values()]
    return [one for one in found if one.moved]


def _kind(report: Report) -> tuple[str, int | None, int | None]:
    return (report.definition, report.stage_id, report.state_id)


def _moved(snapshot: Snapshot, standing: list[tuple[int, int | None, int]]) -> int:
    """A correction puts one submission in the place of another and counts once; what rests on none cannot move."""
    report = snapshot.report
    used = set(payload_of(snapshot)["source_submissions"])
    now = {
        pk
        for pk, stage, state in standing
        if used and report.stage_id in (None, stage) and report.state_id in (None, state)
    }
    return max(len(now - used), len(used - now))
