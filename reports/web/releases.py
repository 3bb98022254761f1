"""What everybody may read without a sign-in: published reports with their public files, as a list, a page each, a feed.

Nothing but published reports and their public editions is read here: no plan, no stage that is still to come, no
codename, no contact.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from operations.domain.errors import NotFound
from operations.web.tags import reader_language
from reports.domain.releases import (
    earlier_releases,
    files_of,
    is_preliminary,
    newer_release,
    public_figures_moved,
    published_reports,
    replaced_among,
)
from reports.domain.snapshots import current_snapshot
from reports.domain.titles import full_title_of
from reports.models import Document, Report
from reports.rendering.outputs import CONTENT_TYPES

PER_PAGE = 20
IN_THE_FEED = 50


@login_not_required
@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """Published reports with their public documents, the newest first."""
    page = Paginator(published_reports(), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "reports/releases.html", {"page": page, "entries": _entries(list(page))})


@login_not_required
@require_GET
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """One published report: its public files, how they are verified, and what has taken its place."""
    report = published_reports().filter(pk=pk).first()
    snapshot = None if report is None else current_snapshot(report)
    if report is None or snapshot is None:
        raise NotFound
    newer, approval = newer_release(report), snapshot.approval
    (entry,) = _entries([report])
    context = {
        **entry,
        "notes": _notes(report, is_replaced=False),  # the page names the newer one instead
        "snapshot": snapshot,
        "approval": approval,
        "address": _absolute(request, f"{reverse('reports:verify')}?code={approval.verification_code}"),
        "newer": newer,
        "earlier": earlier_releases(report),
        "has_moved": newer is None and public_figures_moved(snapshot, at=timezone.now()),
    }
    return render(request, "reports/release.html", context)


@login_not_required
@require_GET
def feed(request: HttpRequest) -> HttpResponse:
    """The same as an Atom feed (RFC 4287), in the reader's language; each file is an enclosure."""
    entries = _entries(list(published_reports()[:IN_THE_FEED]))
    address = _absolute(request, reverse("reports:releases"))
    atom = Atom1Feed(
        title=_("Illegal Ops: releases"),
        link=address,
        description="",
        subtitle=_("Published reports on the regional operation. Each file can be checked."),
        language=reader_language(),
        # RFC 4287, 4.1.1: a feed names its author, or each of its entries does
        author_name=_("International Headquarters of the operation “Illegal”"),
        feed_url=_absolute(request, reverse("reports:feed")),
        feed_guid=address,
    )
    for entry in entries:
        report: Report = entry["report"]
        atom.add_item(
            title=entry["title"],
            link=_absolute(request, reverse("reports:release", args=[report.pk])),
            # as it was before a release had a page: a reader's program knows an entry by it
            unique_id=f"{address}#release-{report.pk}",
            description="\n".join(entry["notes"]) or entry["title"],
            pubdate=report.published_at,
            updateddate=entry["updated_at"],
            enclosures=[
                Enclosure(
                    _absolute(request, reverse("reports:public-document", args=[document.pk])),
                    str(document.size),
                    CONTENT_TYPES[document.format].partition(";")[0],
                )
                for document in entry["documents"]
            ],
        )
    response = HttpResponse(atom.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")
    if entries:
        response["Last-Modified"] = http_date(max(entry["updated_at"] for entry in entries).timestamp())
    response["Cache-Control"] = "public, max-age=300"
    response["Vary"] = "Accept-Language, Cookie"
    return response


def _absolute(request: HttpRequest, path: str) -> str:
    """The address that readers know; one that is not set is the one that was asked."""
    return settings.SITE_ADDRESS + path if settings.SITE_ADDRESS else request.build_absolute_uri(path)


def _entries(reports: list[Report]) -> list[dict[str, Any]]:
    """Each report with what it is called, what has to be said of its figures, and its files."""
    files, replaced = files_of(reports), replaced_among(reports)
    return [
        {
            "report": report,
            "title": full_title_of(report),
            "notes": _notes(report, is_replaced=report.pk in replaced),
            "documents": files.get(report.pk, []),
            "updated_at": _updated_at(report, files.get(report.pk, []), replaced.get(report.pk)),
        }
        for report in reports
    ]


def _updated_at(report: Report, documents: list[Document], replaced_at: dt.datetime | None) -> dt.datetime:
    """When the entry last changed: its files are drawn after it was published, one by one; a newer may replace it."""
    moments = [report.published_at, replaced_at, *(document.rendered_at for document in documents)]
    return max(moment for moment in moments if moment is not None)


def _notes(report: Report, *, is_replaced: bool) -> list[str]:
    notes = []
    if is_replaced:
        notes.append(_("A newer release has taken the place of this one."))
    if report.operation.is_demonstration:
        notes.append(_("Demonstration data: invented figures, not the results of any operation."))
    if is_preliminary(report):
        notes.append(_("Preliminary figures: they can change until the annual report is approved."))
    return notes
