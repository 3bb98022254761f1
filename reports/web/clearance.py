"""What leaves the house: what the public edition of a report hides, and its pages, before anybody publishes it."""

from dataclasses import dataclass, field

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from operations.domain.errors import NotFound
from operations.web.tags import label, reader_language
from reports.domain.disclosure import NotProtected
from reports.domain.gates import reads_whole
from reports.domain.place_names import PlaceNames
from reports.domain.places import Place
from reports.domain.public_numbers import (
    control_of,
    control_sha256,
    edited,
    public_form,
    rounding_bases,
    thresholds_reference,
)
from reports.domain.snapshots import current_snapshot
from reports.domain.titles import title_of
from reports.models import DisclosureControl, Report, Snapshot
from reports.rendering.document import report_page_html
from reports.web.report_pages import ANNEXES, LEFT_OUT, SECTIONS, found_report, part_of

#: As many hidden places as the page names.
LONGEST = 100


@dataclass(frozen=True, kw_only=True)
class Clearance:
    """What is hidden or rounded, in words; `reason` says why the numbers cannot be protected at all."""

    sha256: str = ""
    method: str = ""
    decision: str = ""
    fine_cell: int = 0
    citizenship_cell: int = 0
    cells: int = 0
    primary: int = 0
    hidden: int = 0
    rounded: int = 0
    bases: tuple[int, int] = (0, 0)
    places: list[str] = field(default_factory=list)
    left_out: int = 0
    reason: str = ""

    @property
    def complementary(self) -> int:
        """Hidden so that nobody reckons the others back."""
        return max(self.hidden - self.primary, 0)


def clearance_of(report: Report) -> Clearance:
    """What the public edition of the approved data hides: as it is frozen, or as it would be now."""
    snapshot = current_snapshot(report)
    if snapshot is None or not hasattr(snapshot, "approval"):
        return Clearance(reason=_("The report is not approved."))
    try:
        control = _control(snapshot)
    except NotProtected as error:
        return Clearance(reason=str(error))
    places = [Place(*one) for one in control.hidden]
    names = PlaceNames(places[:LONGEST], language=reader_language())
    return Clearance(
        sha256=control_sha256(control),
        method=str(control.get_method_display()),
        decision=label(thresholds_reference(control)),
        fine_cell=control.fine_cell,
        citizenship_cell=control.citizenship_cell,
        cells=control.cells,
        primary=control.primary,
        hidden=len(control.hidden),
        rounded=len(control.rounded),
        bases=rounding_bases(control),
        places=[_named(place, names) for place in places[:LONGEST]],
        left_out=max(len(places) - LONGEST, 0),
    )


@require_GET
def public_edition(request: HttpRequest, pk: int) -> HttpResponse:
    """The pages of the public edition as everybody would read them, for those who read the full one."""
    row = found_report(request, pk)
    snapshot = current_snapshot(row)
    if snapshot is None or not hasattr(snapshot, "approval"):
        raise NotFound
    if not reads_whole(request.user, snapshot, at=timezone.now()):
        raise NotFound
    part = part_of(request)
    reason, contents, body = "", "", ""
    try:
        payload = edited(public_form(snapshot), _control(snapshot))
        contents, body = report_page_html(payload={**payload, **LEFT_OUT[part]}, language=reader_language())
    except NotProtected as error:
        reason = str(error)
    context = {
        "report": row,
        "operation": row.operation,
        "name": title_of(row),
        "reason": reason,
        "contents": contents,
        "body": body,
        "parts": [
            {"text": text, "url": f"?part={one}", "is_current": one == part}
            for one, text in ((SECTIONS, _("Summary and sections")), (ANNEXES, _("Annexes and sources")))
        ],
    }
    return render(request, "reports/public_edition.html", context)


def _control(snapshot: Snapshot) -> DisclosureControl:
    """The frozen choice, or the one that would be frozen now; looking freezes nothing."""
    known = DisclosureControl.objects.filter(snapshot=snapshot).select_related("thresholds").first()
    return known or control_of(snapshot, at=snapshot.approval.approved_at)


def _named(place: Place, names: PlaceNames) -> str:
    parts = [names.indicator(place), names.state(place), names.category(place), names.agency(place), names.time(place)]
    return " · ".join(part for part in parts if part)
