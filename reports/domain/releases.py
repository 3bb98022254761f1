"""What of a published report the public sees: its public files, whether its numbers are final, and what came after."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from reports.domain.coded_cells import coded_cells
from reports.domain.documents import PUBLIC_SET, public_documents
from reports.domain.places import Place
from reports.domain.public_numbers import public_form
from reports.domain.snapshot_compare import moved_figures
from reports.domain.titles import NAMED_BY
from reports.models import DisclosureControl, Document, Report, Snapshot

#: Kinds of report whose approval makes the numbers of the year final, or which tell of years that are closed.
_FINAL = ("annual", "cumulative")
#: What two reports share of which the later takes the other's place.
_SUBJECT = ("definition", "operation_id", "stage_id", "state_id", "meeting_id")
#: The public files that every release has, in the order in which they are drawn.
_DRAWN = [(kind.format, kind.language) for kind in PUBLIC_SET]


def published_reports() -> Any:
    """The reports that are open to everybody, the newest first."""
    published = Report.objects.filter(status=Report.Status.PUBLISHED)
    return published.select_related(*NAMED_BY).order_by("-published_at", "-pk")


def is_preliminary(report: Report) -> bool:
    """Whether the figures can still change: until the year's annual report is approved."""
    operation = report.operation
    return report.definition not in _FINAL and not operation.is_historical and not operation.annual_report_approved_at


def replaced_among(reports: Iterable[Report]) -> dict[int, dt.datetime | None]:
    """Which of these published reports a later published one of the same kind on the same subject has replaced, and
    when that was published. One query."""
    latest: dict[tuple[Any, ...], tuple[int, dt.datetime | None]] = {}
    published = Report.objects.filter(status=Report.Status.PUBLISHED)
    for *subject, number, at in published.values_list(*_SUBJECT, "number", "published_at").order_by("number"):
        latest[tuple(subject)] = (number, at)
    found = ((one, latest[tuple(getattr(one, name) for name in _SUBJECT)]) for one in reports)
    return {one.pk: at for one, (number, at) in found if number > one.number}


def newer_release(report: Report) -> Report | None:
    """The published report that has taken the place of this one: the last of its kind on the subject."""
    newer: Report | None = _alike(report).filter(number__gt=report.number).order_by("-number").first()
    return newer


def earlier_releases(report: Report) -> list[Report]:
    """The published reports whose place this one has taken, the latest first."""
    return list(_alike(report).filter(number__lt=report.number).order_by("-number"))


def _alike(report: Report) -> Any:
    return published_reports().filter(**{name: getattr(report, name) for name in _SUBJECT})


def public_figures_moved(snapshot: Snapshot, *, at: dt.datetime) -> bool:
    """Whether a number that the public edition shows is another one by now.

    What the edition hides or rounds is left out: that it moved would itself say something about it.
    """
    moved = moved_figures(snapshot, snapshot.report.operation, at=at)
    control = DisclosureControl.objects.filter(snapshot=snapshot).first() if moved else None
    if control is None:
        return False
    unsaid = {Place(*one) for one in control.hidden} | {Place(*one[:-1]) for one in control.rounded}
    shown = {one.place for one in coded_cells(public_form(snapshot))} - unsaid
    return any(one.place in shown for one in moved)


def files_of(reports: Iterable[Report]) -> dict[int, list[Document]]:
    """The public files by report, those to read before those to reckon with. One query."""
    found: dict[int, list[Document]] = {}
    rows = public_documents().filter(snapshot__report__in=[report.pk for report in reports])
    for row in sorted(rows, key=_place_in_list):
        found.setdefault(row.snapshot.report_id, []).append(row)
    return found


def _place_in_list(document: Document) -> tuple[int, str, str]:
    """In the order in which they are drawn: pages, workbook, plain data; what somebody asked for besides comes last."""
    kind = (document.format, document.language)
    place = _DRAWN.index(kind) if kind in _DRAWN else len(_DRAWN)
    return place, document.format, document.language
