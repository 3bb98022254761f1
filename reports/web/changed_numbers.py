"""Numbers that changed between two frozen sets of data, and the page that sets two of them side by side."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from operations.domain.access import visible_to
from operations.domain.errors import NotFound
from operations.web.tags import label, reader_language
from reports.domain import reports as verbs
from reports.domain.gates import reads_whole
from reports.domain.payload import Payload
from reports.domain.place_names import PlaceNames
from reports.domain.snapshot_compare import Change, changed_texts, changes
from reports.domain.snapshots import build_payload, current_snapshot, payload_of, snapshots_of_its_kind
from reports.domain.titles import title_of
from reports.models import Report, Snapshot
from reports.rendering.cells import shown
from reports.web.report_pages import actor_of, found_report

#: The data as they stand, instead of a snapshot.
NOW = "now"
#: As many as a page shows; the interface gives all.
LONGEST = 500


@dataclass(frozen=True, kw_only=True)
class ShownChange:
    """A changed number in words; an empty text is a number that one of the two has not."""

    indicator: str
    code: str
    category: str
    state: str
    time: str
    old: str
    new: str


def shown_changes(found: list[Change]) -> list[ShownChange]:
    """The changes in the reader's language, at most as many as a page shows."""
    if not found:
        return []
    language = reader_language()
    names = PlaceNames((one.place for one in found[:LONGEST]), language=language)
    return [
        ShownChange(
            indicator=names.indicator(one.place),
            code=one.place.indicator,
            category=names.category(one.place) or names.agency(one.place),
            state=names.state(one.place),
            time=names.time(one.place),
            old="" if one.old is None else shown(one.old, language=language).whole,
            new="" if one.new is None else shown(one.new, language=language).whole,
        )
        for one in found[:LONGEST]
    ]


def comparable(snapshot: Snapshot | None) -> Any:
    """The frozen data of reports of the same kind on the same subject."""
    return Snapshot.objects.none() if snapshot is None else snapshots_of_its_kind(snapshot.report)


@require_GET
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two sets of frozen data, or one and the data as they stand: the numbers that changed, old and new."""
    row = found_report(request, pk)
    current = current_snapshot(row)
    if current is None or not reads_whole(request.user, current, at=timezone.now()):
        raise NotFound
    offered = list(
        visible_to(Snapshot, request.user, at=timezone.now())
        .filter(pk__in=snapshots_of_its_kind(row).values("pk"))
        .select_related("report__operation")
        .defer("content")
        .order_by("-taken_at", "-pk")
    )
    old = _chosen(request.GET.get("old", ""), offered, default=current)
    new = None if request.GET.get("new", NOW) == NOW else _chosen(request.GET["new"], offered, default=current)
    before, after = payload_of(old), _payload(row) if new is None else payload_of(new)
    found = changes(before, after)
    context = {
        "report": row,
        "operation": row.operation,
        "name": title_of(row),
        "offered": offered,
        "old": old,
        "new": new,
        "changes": shown_changes(found),
        "count": len(found),
        "left_out": max(len(found) - LONGEST, 0),
        "texts": [label(title) for title in changed_texts(before, after)],
    }
    return render(request, "reports/compare.html", context)


@require_POST
def supersede(request: HttpRequest, pk: int) -> HttpResponse:
    """Opens the report that is to take this one's place, with its texts."""
    row = found_report(request, pk)
    newer = verbs.supersede_report(report=row, actor=actor_of(request), at=timezone.now())
    messages.success(
        request, _("A new report is open, with the texts of the one before. Its figures are those of now.")
    )
    return redirect("reports:compose", pk=newer.pk)


def _payload(row: Report) -> Payload:
    return build_payload(row, at=timezone.now())


def _chosen(given: str, offered: list[Snapshot], *, default: Snapshot) -> Snapshot:
    """The snapshot of that number; one that is not offered does not exist for this reader."""
    if not given:
        return default
    found = next((one for one in offered if str(one.pk) == given), None)
    if found is None:
        raise NotFound
    return Snapshot.objects.select_related("report__operation").get(pk=found.pk)
