"""Pages of reports: the list, one report with its frozen content and documents, and the page where it is written."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import TextInput
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from operations.domain import access
from operations.domain.access import refusal, visible_to
from operations.domain.errors import DomainError, ListedProblems, NotFound, Stale
from operations.models import Job, Operation
from operations.web.doors import problems_by_field, status_of
from operations.web.tags import reader_language
from reports.domain import reports as verbs
from reports.domain.definitions import NarrativeSection, definition_of
from reports.domain.documents import RENDER_JOB
from reports.domain.gates import reads_whole
from reports.domain.readiness import checklist
from reports.domain.snapshots import current_snapshot, figures_have_moved
from reports.models import Document, Report
from reports.web.report_forms import ComposeForm, TextForm
from reports.web.report_pages import (
    ANNEXES,
    SECTIONS,
    actor_of,
    acts_of,
    body_of,
    found_report,
    operation_of,
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
        report = verbs.compose_report(**form.cleaned_data, actor=actor_of(request), at=timezone.now())
        return redirect("reports:compose", pk=report.pk)
    rows = visible_to(Report, request.user, at=timezone.now()).select_related("operation", "state", "stage")
    if operation is not None:
        rows = rows.filter(operation=operation)
    page = Paginator(rows.order_by("-created_at", "-pk"), PER_PAGE).get_page(request.GET.get("page"))
    blank = Report(definition="annual", operation=operation or Operation(), status=Report.Status.DRAFT)
    may_compose = access.may(blank, "edit", request.user, at=timezone.now())
    context = {
        "operation": operation,
        "page": page,
        "entries": with_names(page),
        "form": form if may_compose else None,
    }
    status = 422 if form.is_bound else 200
    return render(request, "reports/reports.html", context, status=status)


@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: how far it is, what may be done, its documents, and its content as it was frozen."""
    row = found_report(request, pk)
    snapshot = current_snapshot(row)
    approval = getattr(snapshot, "approval", None)
    is_whole = reads_whole(request.user, snapshot, at=timezone.now())
    part = ANNEXES if request.GET.get("part") == ANNEXES else SECTIONS
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
            "name": definition_of(row).name,
            "transitions": acts_of(row, request),
            "snapshot": snapshot,
            "approval": approval,
            "has_moved": snapshot is not None and figures_have_moved(snapshot, row.operation),
            "documents": documents.select_related("snapshot")
            .defer("snapshot__content")
            .order_by("-snapshot__number", "edition", "format", "language"),
            "jobs": _open_jobs(row, request),
            "may_request": approval is not None and is_whole,
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


# --- writing ---


@require_GET
def compose(request: HttpRequest, pk: int) -> HttpResponse:
    """The sections that people write, in both languages side by side, with the checklist beside them."""
    row = found_report(request, pk)
    refused = refusal(row, "edit", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    return _composing(request, row)


@require_POST
def write(request: HttpRequest, pk: int, section: str) -> HttpResponse:
    """Saves one section; the script that saves by itself gets JSON, a person the page."""
    row = found_report(request, pk)
    part = definition_of(row).section(section)
    if part is None:
        raise NotFound
    form = TextForm(request.POST, prefix=section)
    is_script = request.headers.get("X-Autosave") == "1"
    if not form.is_valid():
        if is_script:
            return JsonResponse({"error": "bad_input"}, status=422)
        return _composing(request, row, shown=form, section=section, status=422)
    try:
        narrative = verbs.edit_narrative(
            report=row, section=section, actor=actor_of(request), at=timezone.now(), **form.cleaned_data
        )
    except DomainError as error:
        if is_script:
            return JsonResponse({"error": error.code}, status=412 if isinstance(error, Stale) else status_of(error))
        return _refused(request, row, form, section, error)
    if is_script:
        return JsonResponse({f"{section}-revision": narrative.revision})
    messages.success(request, _("The text is saved."))
    return redirect(f"{request.path.rsplit('/text/', 1)[0]}/edit/#section-{section}")


def _refused(request: HttpRequest, row: Report, form: TextForm, section: str, error: DomainError) -> HttpResponse:
    """The page again with what was typed; a text that somebody else changed meanwhile is shown beside it."""
    if isinstance(error, Stale):
        form.add_error(None, str(error.message))
        typed = request.POST.copy()
        typed[f"{section}-revision"] = str(error.current.revision)
        form.data = typed
        return _composing(request, row, shown=form, section=section, current=error.current, status=409)
    if not isinstance(error, ListedProblems):
        raise error
    for field, problems in problems_by_field(error).items():
        for problem in problems:
            form.add_error(field if field in form.fields else None, str(problem.message))
    if all(problem.code == "looks_personal" for problem in error.problems):
        form.fields["screening_reason"].widget = TextInput()
    return _composing(request, row, shown=form, section=section, status=422)


def _composing(
    request: HttpRequest,
    row: Report,
    *,
    shown: TextForm | None = None,
    section: str = "",
    current: Any = None,
    status: int = 200,
) -> HttpResponse:
    written = {narrative.section: narrative for narrative in row.narratives.all()}
    parts = [
        {
            "section": part,
            "form": shown if part.key == section and shown is not None else _form_of(part, written),
            "current": current if part.key == section else None,
        }
        for part in definition_of(row).narrative
    ]
    context = {
        "report": row,
        "operation": row.operation,
        "name": definition_of(row).name,
        "parts": parts,
        "checklist": checklist(row, at=timezone.now()),
        "transitions": [act for act in acts_of(row, request) if act["name"] != "edit"],
        "forms": [shown] if shown is not None else [],
    }
    return render(request, "reports/compose.html", context, status=status)


def _form_of(part: NarrativeSection, written: dict[str, Any]) -> TextForm:
    narrative = written.get(part.key)
    initial = (
        {"revision": 0}
        if narrative is None
        else {
            "text_ru": narrative.text_ru,
            "text_en": narrative.text_en,
            "revision": narrative.revision,
        }
    )
    return TextForm(prefix=part.key, initial=initial)
