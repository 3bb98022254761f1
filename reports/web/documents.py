"""Documents: fetching a file, asking for one that does not exist yet, and the public ones of published reports."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from operations.domain import jobs
from operations.domain.errors import NotAllowed, NotFound
from operations.web.doors import row_or_404
from reports.domain.documents import (
    RENDER_JOB,
    DocumentKind,
    file_name,
    find_document,
    public_documents,
)
from reports.domain.gates import reads_whole
from reports.domain.snapshots import current_snapshot
from reports.models import Document, Report
from reports.rendering import store
from reports.rendering.outputs import CONTENT_TYPES, OFFICIAL_FORMATS
from reports.web.report_pages import actor_of, found_report, with_names

_LANGUAGES = (
    ("ru", gettext_lazy("Russian")),
    ("en", gettext_lazy("English")),
    ("both", gettext_lazy("Both languages")),
)


class DocumentForm(forms.Form):
    """Which file of an approved report is wanted."""

    format = forms.ChoiceField(choices=[(code, code.upper()) for code in OFFICIAL_FORMATS])
    language = forms.ChoiceField(choices=_LANGUAGES)


@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The file. Its bytes are checked against their hash each time they leave."""
    rows = Document.objects.select_related("snapshot__report__operation", "approval").defer("snapshot__content")
    return _file(row_or_404(rows, request, pk=pk))


@login_not_required
@require_GET
def public_document(request: HttpRequest, pk: int) -> HttpResponse:
    """A public edition of a published report, for everybody."""
    row = public_documents().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _file(row)


def _file(row: Document) -> HttpResponse:
    try:
        content = store.get(row.sha256)
    except FileNotFoundError as error:
        raise NotFound from error
    response = HttpResponse(content, content_type=CONTENT_TYPES[row.format])
    response["Content-Disposition"] = f'attachment; filename="{file_name(row)}"'
    response["X-Content-SHA256"] = row.sha256
    # a file never changes under its address, but who may see it does
    response["Cache-Control"] = "private, no-cache"
    return response


@require_POST
def request_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks for a file of an approved report; what exists already is offered at once."""
    report = found_report(request, pk)
    snapshot = current_snapshot(report)
    approval = getattr(snapshot, "approval", None)
    if approval is not None and not reads_whole(request.user, snapshot, at=timezone.now()):
        raise NotAllowed
    form = DocumentForm(request.POST)
    if snapshot is None or approval is None or not form.is_valid():
        messages.error(request, _("This document cannot be made."))
        return redirect("reports:report", pk=report.pk)
    kind = DocumentKind(**form.cleaned_data)
    known = find_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is not None:
        return redirect("reports:document", pk=known.pk)
    with transaction.atomic():
        jobs.request(
            name=RENDER_JOB,
            actor=actor_of(request),
            at=timezone.now(),
            snapshot_id=snapshot.pk,
            approval_id=approval.pk,
            **kind.as_arguments(),
        )
    messages.success(request, _("The document is being drawn. It appears in the list when it is ready."))
    return redirect("reports:report", pk=report.pk)


@login_not_required
@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """Published reports with their public documents, for everybody."""
    published = Report.objects.filter(status=Report.Status.PUBLISHED).select_related("operation")
    page = Paginator(published.order_by("-published_at", "-pk"), 20).get_page(request.GET.get("page"))
    entries = with_names(page)
    files: dict[int, list[Document]] = {}
    wanted = [entry["report"].pk for entry in entries]
    for row in public_documents().filter(snapshot__report__in=wanted).order_by("format", "language"):
        files.setdefault(row.snapshot.report_id, []).append(row)
    for entry in entries:
        entry["documents"] = files.get(entry["report"].pk, [])
    return render(request, "reports/releases.html", {"page": page, "entries": entries})
