"""Pages of reports: the list, and one report with its frozen content and documents."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from operations.domain import access
from operations.domain.access import visible_to
from operations.domain.errors import BadInput
from operations.models import Job
from operations.web.tags import reader_language
from reports.domain import reports as verbs
from reports.domain.documents import RENDER_JOB
from reports.domain.gates import reads_whole
from reports.domain.snapshot_compare import moved_figures
from reports.domain.snapshots import current_snapshot
from reports.domain.titles import NAMED_BY, title_of
from reports.models import Document, Recipient, Report
from reports.web.changed_numbers import comparable, shown_changes
from reports.web.documents import offered_form
from reports.web.report_forms import ComposeForm
from reports.web.report_pages import (
    ANNEXES,
    SECTIONS,
    actor_of,
    acts_of,
    body_of,
    found_report,
    may_supersede,
    operation_of,
    part_of,
    with_names,
)

PER_PAGE = 30


@require_http_methods(["GET", "HEAD", "POST"])
def reports(request: HttpRequest, slug: str = "") -> HttpResponse:
    """All reports that the reader may see, or those of one operation; a planner opens a new one here."""
    operation = operation_of(request, slug) if slug else None
    form = ComposeForm(request.POST if request.method == "POST" else None, initial={"operation": operation})
    form.offer(actor_of(request))
    if request.method == "POST" and form.is_valid():
        try:
            report = verbs.compose_report(**form.cleaned_data, actor=actor_of(request), at=timezone.now())
        except BadInput as error:
            for problem in error.problems:
                form.add_error(problem.field if problem.field in form.fields else None, str(problem.message))
        else:
            return redirect("reports:compose", pk=report.pk)
    rows = visible_to(Report, request.user, at=timezone.now()).select_related(*NAMED_BY)
    if operation is not None:
        rows = rows.filter(operation=operation)
    page = Paginator(rows.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "operation": operation,
        "page": page,
        "entries": with_names(page),
        "form": form if verbs.composable(actor_of(request), at=timezone.now()) else None,
        "keeps_recipients": access.may(Recipient(), "create", request.user, at=timezone.now()),
    }
    status = 422 if form.is_bound else 200
    return render(request, "reports/reports.html", context, status=status)


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: how far it is, what may be done, its documents, and its content as it was frozen."""
    row = found_report(request, pk)
    snapshot = current_snapshot(row)
    approval = getattr(snapshot, "approval", None)
    newer = visible_to(verbs.successors(row), request.user, at=timezone.now()).select_related(*NAMED_BY)
    replaced_by = newer.filter(status__in=[Report.Status.APPROVED, Report.Status.PUBLISHED]).first()
    is_whole = reads_whole(request.user, snapshot, at=timezone.now())
    part = part_of(request)
    row_url = reverse("reports:report", args=[row.pk])
    documents = visible_to(Document, request.user, at=timezone.now()).filter(snapshot__report=row)
    # whoever reads the public edition alone finds it among the documents
    contents, body = body_of(snapshot, part=part, language=reader_language()) if snapshot and is_whole else ("", "")
    return render(
        request,
        "reports/report.html",
        {
            "report": row,
            "operation": row.operation,
            "name": title_of(row),
            "transitions": acts_of(row, request),
            "snapshot": snapshot,
            "approval": approval,
            "moved": shown_changes(moved_figures(snapshot, row.operation, at=timezone.now()))
            if snapshot and is_whole and replaced_by is None
            else [],
            "newer": newer,
            "replaced_by": replaced_by,
            "may_supersede": may_supersede(row, request),
            "comparable": is_whole and comparable(snapshot).count() > 1,
            "documents": documents.select_related("snapshot")
            .defer("snapshot__content")
            .order_by("-snapshot__number", "edition", "format", "language"),
            "jobs": _open_jobs(row, request),
            "document_form": offered_form(request, row, snapshot),
            "part": part,
            "parts": [
                {"text": _("Summary and sections"), "url": row_url, "is_current": part == SECTIONS},
                {"text": _("Annexes and sources"), "url": f"{row_url}?part=annexes", "is_current": part == ANNEXES},
            ],
            "contents": contents,
            "body": body,
        },
    )


def _open_jobs(report: Report, request: HttpRequest) -> list[Job]:
    """Documents of this report that are being drawn, or could not be, as far as the reader asked for them."""
    snapshots = set(report.snapshots.values_list("pk", flat=True))
    open_ones = (
        visible_to(Job, request.user, at=timezone.now())
        .filter(kind=RENDER_JOB)
        .exclude(status__in=[Job.Status.DONE, Job.Status.CANCELLED])
    )
    return [job for job in open_ones[:50] if job.arguments.get("snapshot_id") in snapshots]
