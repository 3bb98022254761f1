"""Importing returns from a file: upload, progress, what was found, and the import of the very file that was checked.

The work is a background job; its page asks again by itself, and without a script by a link. Whatever is wrong is listed
on the page and as a file. What is announced as too large is refused before a byte of it is read.
"""

import csv
import io
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations import tasks  # noqa: F401 - registers the jobs that are asked for here
from operations.domain import import_requests
from operations.domain.access import visible_to
from operations.domain.errors import NotAllowed, NotFound
from operations.domain.import_rows import KNOWN_COLUMNS, BadImport, kept_conflict
from operations.domain.imports import COUNTED, may_import
from operations.models import ImportBatch, Operation, Return
from operations.web import addresses
from operations.web.doors import announced_length, row_or_404
from operations.web.returns import reader
from operations.workbooks import import_files

PAGE = 100
LISTED = 10

addresses.register(ImportBatch, lambda row: reverse("operations:import", args=[row.pk]))


class ImportForm(forms.Form):
    """A file, and what one fault in it refuses."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        # said before it is sent (site.js)
        widget=forms.FileInput(
            attrs={"data-largest": import_files.LARGEST_FILE, "data-largest-text": import_files.TOO_LARGE}
        ),
    )
    atomicity = forms.ChoiceField(
        label=gettext_lazy("If something in the file is wrong"),
        choices=[
            (ImportBatch.Atomicity.FILE, gettext_lazy("import nothing")),
            (ImportBatch.Atomicity.RETURN, gettext_lazy("import the returns that are right, refuse the others")),
        ],
        initial=ImportBatch.Atomicity.FILE,
        widget=forms.RadioSelect,
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if not upload.name.casefold().endswith(import_files.FORMATS):
            endings = ", ".join(import_files.FORMATS)
            text = _("A file of this kind is not taken. Its name has to end in one of: %(endings)s.")
            raise forms.ValidationError(text % {"endings": endings})
        return upload


@csrf_exempt
@require_http_methods(["GET", "POST"])
def import_returns(request: HttpRequest, slug: str) -> HttpResponse:
    """Takes a file and has it checked; nothing is stored before somebody has seen what it would do."""
    operation: Operation = row_or_404(Operation, request, slug=slug)
    if not may_import(request.user, at=timezone.now()):
        raise NotAllowed
    try:
        # what comes beside the file in a form takes a little room of its own
        import_files.check_length(max(0, announced_length(request) - 4096))
    except BadImport as error:
        return _form(request, operation, ImportForm(), problems=error.problems, status=413)
    return _import_returns(request, operation)


@csrf_protect
def _import_returns(request: HttpRequest, operation: Operation) -> HttpResponse:
    if request.method == "GET":
        return _form(request, operation, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form(request, operation, form, status=422)
    upload, now = form.cleaned_data["file"], timezone.now()
    try:
        sha256 = import_files.keep(upload.chunks(), at=now)
    except BadImport as error:
        return _form(request, operation, form, problems=error.problems, status=413)
    batch = import_requests.request_import(
        operation=operation,
        file_name=upload.name,
        sha256=sha256,
        atomicity=form.cleaned_data["atomicity"],
        dry_run=True,
        actor=reader(request),
        at=now,
    )
    return redirect("operations:import", pk=batch.pk)


def _form(
    request: HttpRequest, operation: Operation, form: ImportForm, *, problems: Any = (), status: int = 200
) -> HttpResponse:
    # uploads of one return's workbook have a page of their own
    rows = visible_to(ImportBatch, request.user, at=timezone.now()).filter(operation=operation)
    own = rows.filter(imported_by=request.user.pk).exclude(summary__has_key="return").defer("conflicts")
    context = {
        "operation": operation,
        "form": form,
        "problems": problems,
        "columns": ",".join(KNOWN_COLUMNS),
        "imports": own.order_by("-imported_at", "-pk")[:LISTED],
    }
    return render(request, "operations/imports/form.html", context, status=status)


@require_safe
def import_page(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the work is; then the counts, every conflict, and the button that imports what was checked."""
    batch = _batch(request, pk)
    is_broken_off = import_requests.is_broken_off(batch)
    is_waiting = batch.status == ImportBatch.Status.WAITING and not is_broken_off
    if request.headers.get("HX-Request"):
        if is_waiting:
            return render(request, "operations/imports/_progress.html", {"batch": batch})
        return HttpResponse(headers={"HX-Refresh": "true"})
    pages = Paginator(batch.conflicts, PAGE).get_page(request.GET.get("page"))
    language = get_language() or "ru"
    context = {
        "batch": batch,
        "operation": batch.operation,
        "is_waiting": is_waiting,
        "is_broken_off": is_broken_off,
        "is_own": batch.imported_by_id == request.user.pk,
        "is_check": batch.job is not None and batch.job.kind == import_requests.CHECK_JOB,
        "counts": _counts(batch),
        "changed": _changed(request, batch),
        "page": pages,
        "conflicts": [kept_conflict(row, language) for row in pages],
        "found": batch.summary.get("conflicts", len(batch.conflicts)),
    }
    return render(request, "operations/imports/import.html", context)


def _counts(batch: ImportBatch) -> list[tuple[str, list[int]]]:
    """Returns and cells by what became of them, in the order of the columns of the table."""
    if "cells" not in batch.summary:
        return []
    labels = (("returns", _("Returns")), ("cells", _("Cells")))
    return [(words, [batch.summary[name][kind] for kind in COUNTED]) for name, words in labels]


def _changed(request: HttpRequest, batch: ImportBatch) -> list[tuple[Return, bool]]:
    """The returns that the file begins or changes, as far as they are named, and whether each is begun by it."""
    named = batch.summary.get("named") or {}
    begun = set(named.get("imported", []))
    rows = visible_to(Return, request.user, at=timezone.now()).filter(pk__in=[*begun, *named.get("updated", [])])
    related = rows.select_related("period__stage", "period__operation", "agency", "unit")
    return [(row, row.pk in begun) for row in related.order_by("due_at", "agency__code", "pk")]


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.select_related("operation", "imported_by", "job")
    batch: ImportBatch = row_or_404(rows, request, pk=pk)
    if "return" in batch.summary:
        raise NotFound
    return batch


@require_POST
def import_checked(request: HttpRequest, pk: int) -> HttpResponse:
    """Imports the file that was checked."""
    import_requests.import_checked(batch=_batch(request, pk), actor=reader(request), at=timezone.now())
    return redirect("operations:import", pk=pk)


@require_safe
def import_conflicts(request: HttpRequest, pk: int) -> HttpResponse:
    """Every conflict that is kept, as a table to work through."""
    batch = _batch(request, pk)
    language = get_language() or "ru"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([pgettext("in a file", "Place"), _("Column"), _("Code"), _("Value"), _("What is wrong")])
    for row in batch.conflicts:
        one = kept_conflict(row, language)
        writer.writerow([_as_text(text) for text in (one.where, one.column, one.code, one.value, str(one.message))])
    words = _("errors")
    name = f"{batch.file_name.rpartition('.')[0] or batch.file_name}_{words}.csv"
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _as_text(text: str) -> str:
    """What a spreadsheet would take for a formula is shown as it stands."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
