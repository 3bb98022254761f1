"""Documents: fetching a file, and asking for one that does not exist yet."""

from typing import Any

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

from operations.domain.access import refusal
from operations.domain.errors import NotAllowed, NotFound
from operations.web.doors import row_or_404
from reports.domain.distribution import record_download
from reports.domain.documents import DocumentKind, ask_for, file_name, public_documents
from reports.domain.gates import reads_whole
from reports.domain.payload import UnsoundPayload
from reports.domain.snapshots import current_snapshot, take_snapshot
from reports.models import Approval, Document, Download, Report, Snapshot
from reports.rendering import store
from reports.rendering.outputs import CONTENT_TYPES, OFFICIAL_FORMATS
from reports.tasks import ready_document
from reports.web.report_pages import actor_of, found_report

_LANGUAGES = (
    ("ru", gettext_lazy("Russian")),
    ("en", gettext_lazy("English")),
    ("both", gettext_lazy("Both languages")),
)


#: What is offered of a report that nobody has approved: a working copy to write in, and its pages with a watermark.
_DRAFT_FORMATS = (("pdf", "PDF"), ("docx", gettext_lazy("DOCX, working copy")))


class DocumentForm(forms.Form):
    """Which file of a report is wanted."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=_LANGUAGES)

    def __init__(self, given: Any = None, *, is_draft: bool) -> None:
        super().__init__(given, auto_id="document-%s")
        official = [(code, Document.Format(code).label) for code in OFFICIAL_FORMATS]
        self.fields["format"].choices = _DRAFT_FORMATS if is_draft else official  # type: ignore[attr-defined]


def offered_form(request: HttpRequest, report: Report, snapshot: Snapshot | None) -> DocumentForm | None:
    """The form by which the reader asks for a file of the report; None where there is none to ask for."""
    if not _may_ask(request, report, snapshot):
        return None
    return DocumentForm(is_draft=not _is_approved(snapshot))


def _is_approved(snapshot: Snapshot | None) -> bool:
    return getattr(snapshot, "approval", None) is not None


def _may_ask(request: HttpRequest, report: Report, snapshot: Snapshot | None) -> bool:
    """Of what was decided or is to be decided, whoever reads it whole; of what is being written, whoever writes it."""
    if report.status in (Report.Status.DRAFT, Report.Status.RETURNED):
        return refusal(report, "edit", request.user, at=timezone.now()) is None
    return reads_whole(request.user, snapshot, at=timezone.now())


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
    """Asks for a file of a report; what exists already is offered at once.

    Of a report that nobody has approved it is a draft: of the data that were submitted, else of the data as they stand.
    """
    report, now = found_report(request, pk), timezone.now()
    snapshot = current_snapshot(report)
    if not _may_ask(request, report, snapshot):
        raise NotAllowed
    form = DocumentForm(request.POST, is_draft=not _is_approved(snapshot))
    if not form.is_valid():
        messages.error(request, _("This document cannot be made."))
        return redirect("reports:report", pk=report.pk)
    if snapshot is None or report.status in (Report.Status.DRAFT, Report.Status.RETURNED):
        try:
            snapshot = take_snapshot(report=report, actor=actor_of(request), at=now, is_draft=True)
        except UnsoundPayload as error:
            messages.error(request, _("The draft cannot be drawn: %(reason)s") % {"reason": error})
            return redirect("reports:report", pk=report.pk)
    approval: Approval | None = getattr(snapshot, "approval", None)
    kind = DocumentKind(**form.cleaned_data)
    known = ready_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is not None:
        return redirect("reports:document", pk=known.pk)
    with transaction.atomic():
        ask_for(snapshot=snapshot, approval=approval, kind=kind, actor=actor_of(request), at=now)
    messages.success(request, _("The document is being drawn. It appears in the list when it is ready."))
    return redirect("reports:report", pk=report.pk)
