"""Documents: fetching a file, and asking for one that does not exist yet."""

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from operations.domain import jobs
from operations.domain.errors import NotAllowed, NotFound
from operations.web.doors import row_or_404
from reports.domain.distribution import record_download
from reports.domain.documents import (
    RENDER_JOB,
    DocumentKind,
    file_name,
    find_document,
    public_documents,
)
from reports.domain.gates import reads_whole
from reports.domain.snapshots import current_snapshot
from reports.models import Document, Download
from reports.rendering import store
from reports.rendering.outputs import CONTENT_TYPES, OFFICIAL_FORMATS
from reports.web.report_pages import actor_of, found_report

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
    return _file(request, row_or_404(rows, request, pk=pk), door=Download.Door.PAGE)


@login_not_required
@require_GET
def public_document(request: HttpRequest, pk: int) -> HttpResponse:
    """A public edition of a published report, for everybody."""
    row = public_documents().filter(pk=pk).first()
    if row is None:
        raise NotFound
    return _file(request, row, door=Download.Door.RELEASE)


def _file(request: HttpRequest, row: Document, *, door: str) -> HttpResponse:
    """The bytes; that they left is noted."""
    try:
        content = store.get(row.sha256)
    except FileNotFoundError as error:
        raise NotFound from error
    record_download(row, user=request.user, door=door, at=timezone.now())
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
