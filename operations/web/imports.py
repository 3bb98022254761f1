"""The page that takes a CSV file of returns: a dry run that names every fault, then the import itself."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from operations.domain.errors import NotAllowed, Problem
from operations.domain.imports import COLUMNS, OPTIONAL_COLUMNS, BadImport, import_rows, may_import
from operations.models import ImportBatch, Operation
from operations.web.doors import row_or_404
from operations.web.returns import reader
from operations.workbooks.csv_returns import LARGEST_FILE, read_returns

SHOWN_PROBLEMS = 200


class ImportForm(forms.Form):
    """A file, and whether it is only to be checked."""

    file = forms.FileField(label=gettext_lazy("CSV file"), allow_empty_file=True)
    dry_run = forms.BooleanField(label=gettext_lazy("Only check the file, store nothing"), required=False, initial=True)


@require_http_methods(["GET", "POST"])
def import_returns(request: HttpRequest, slug: str) -> HttpResponse:
    """Stores the rows of a file as drafts of the reader's own returns; never submits."""
    operation = row_or_404(Operation, request, slug=slug)
    if not may_import(request.user, at=timezone.now()):
        raise NotAllowed
    form = ImportForm(request.POST or None, request.FILES or None)
    context = {
        "operation": operation,
        "form": form,
        "columns": ",".join((*COLUMNS, *OPTIONAL_COLUMNS)),
    }
    if request.method == "GET" or not form.is_valid():
        return render(
            request, "operations/returns/import.html", context, status=200 if request.method == "GET" else 422
        )
    try:
        batch = _imported(request, operation, form)
    except BadImport as error:
        problems: list[Problem] = list(error.problems[:SHOWN_PROBLEMS])
        context |= {"problems": problems, "more": len(error.problems) - len(problems)}
        return render(request, "operations/returns/import.html", context, status=422)
    if batch.status == ImportBatch.Status.CHECKED:
        return render(request, "operations/returns/import.html", {**context, "batch": batch})
    messages.success(request, _("Imported as drafts: %(count)s cells changed.") % {"count": _changed(batch)})
    return redirect("operations:returns", slug=slug)


def _imported(request: HttpRequest, operation: Operation, form: ImportForm) -> ImportBatch:
    upload = form.cleaned_data["file"]
    if upload.size > LARGEST_FILE:
        raise BadImport([Problem(code="too_large", field="file", message=_("The file is larger than 25 MB."))])
    found = read_returns(upload.read())
    return import_rows(
        rows=found.rows,
        operation=operation,
        file_name=upload.name,
        sha256=found.sha256,
        actor=reader(request),
        at=timezone.now(),
        dry_run=form.cleaned_data["dry_run"],
    )


def _changed(batch: ImportBatch) -> int:
    return sum(batch.summary.get(name, 0) for name in ("new", "changed", "emptied"))
