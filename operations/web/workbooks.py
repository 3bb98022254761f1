"""The workbook of a return: download it, fill it in offline, upload it, look at what it would change, then import it.

The upload is kept on the server under the number of its record and read anew for the import; the browser names the
record and the revision of the draft that it showed, nothing else. One fault, and nothing is stored.
"""

import hashlib
from dataclasses import dataclass
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import whole_returns
from operations.domain.errors import BadInput, Conflict, DomainError, ListedProblems, NotFound, Stale
from operations.domain.figures import FigureInput
from operations.domain.return_layout import Layout, layout_of
from operations.domain.whole_returns import Difference
from operations.models import Figure, ImportBatch, Return, Submission, User
from operations.web.doors import announced_length, row_or_404, status_of
from operations.web.returns import found_return
from operations.web.tags import label
from operations.workbooks import return_workbook_uploads as uploads
from operations.workbooks.archive_guard import LARGEST_FILE, Reason, RefusedWorkbook, check_size
from operations.workbooks.return_workbook_marks import marked
from operations.workbooks.return_workbook_reader import ReadReturn, read_return_workbook
from operations.workbooks.return_workbook_writer import file_name, write_return_workbook

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN_FAULTS = 500
_STATUS_OF = {Reason.TOO_LARGE: 413, Reason.UNSUPPORTED: 415, Reason.DAMAGED: 400}


class UploadForm(forms.Form):
    """The filled-in workbook."""

    file = forms.FileField(
        label=gettext_lazy("Filled-in workbook (.xlsx)"),
        allow_empty_file=True,
        # said before it is sent (site.js)
        widget=forms.FileInput(
            attrs={"data-largest": LARGEST_FILE, "data-largest-text": gettext_lazy("The file is larger than 25 MB.")}
        ),
    )


@dataclass(frozen=True)
class ShownDifference:
    """A line of the comparison."""

    kind: str
    name: str
    address: str
    cell: str
    before: Figure | None
    after: FigureInput | None
    currency: str | None


@require_safe
def workbook_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook, with the figures of the newest submission; `?empty=1` leaves them out."""
    expected_return = found_return(request, pk)
    newest = expected_return.submissions.order_by("-number").first()
    content = write_return_workbook(
        expected_return=expected_return, submission=newest, is_empty=request.GET.get("empty") == "1"
    )
    return _file(content, file_name(expected_return))


@csrf_exempt
@require_http_methods(["GET", "POST"])
def workbook(request: HttpRequest, pk: int) -> HttpResponse:
    """Download and upload. What is announced as too large is refused before a byte of it is read.

    The check for forgery reads the form, and with it the upload; it is asked right after the size.
    """
    try:
        check_size(announced_length(request))
    except RefusedWorkbook as error:
        return _page(request, found_return(request, pk), problems=error.problems, status=413)
    return _workbook(request, pk)


def _user(request: HttpRequest) -> User:
    """Whoever is signed in; nobody else gets here."""
    return cast(User, request.user)


@csrf_protect
def _workbook(request: HttpRequest, pk: int) -> HttpResponse:
    expected_return = found_return(request, pk)
    if request.method == "GET":
        return _page(request, expected_return)
    whole_returns.open_entry(expected_return, actor=_user(request), at=timezone.now())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, expected_return, form=form, status=422)
    upload = form.cleaned_data["file"]
    try:
        check_size(upload.size)
        data = upload.read()
        layout = layout_of(expected_return.form)
        found = read_return_workbook(data, expected_return, layout=layout)
    except RefusedWorkbook as error:
        return _page(request, expected_return, problems=error.problems, status=_STATUS_OF[error.reason])
    batch = _kept(request, expected_return, upload.name, data, layout, found)
    if found.faults:
        return _faulty(request, expected_return, batch, found)
    return redirect("operations:workbook-check", pk=pk, batch=batch.pk)


def _kept(
    request: HttpRequest, expected_return: Return, name: str, data: bytes, layout: Layout, found: ReadReturn
) -> ImportBatch:
    now = timezone.now()
    draft = expected_return.submissions.order_by("-number").first()
    is_faulty = bool(found.faults)
    changes = {} if is_faulty else whole_returns.counts(whole_returns.differences(layout, draft, found.figures))
    batch = whole_returns.keep_attempt(
        expected_return=expected_return,
        file_name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        status=ImportBatch.Status.REFUSED if is_faulty else ImportBatch.Status.CHECKED,
        summary={"problems": len(found.faults), **changes},
        actor=_user(request),
        at=now,
    )
    uploads.keep(batch, data, at=now)
    return batch


def _page(
    request: HttpRequest,
    expected_return: Return,
    *,
    form: UploadForm | None = None,
    problems: Any = (),
    status: int = 200,
) -> HttpResponse:
    refused = None
    try:
        whole_returns.open_entry(expected_return, actor=_user(request), at=timezone.now())
    except DomainError as error:
        refused = error
    context = {
        "operation": expected_return.period.operation,
        "expected_return": expected_return,
        "form": form or UploadForm(),
        "refused": refused,
        "problems": problems,
        "is_begun": expected_return.submissions.exists(),
    }
    return render(request, "operations/workbooks/workbook.html", context, status=status)


def _faulty(request: HttpRequest, expected_return: Return, batch: ImportBatch, found: ReadReturn) -> HttpResponse:
    """Every fault in one pass, and the way to the same workbook with its cells marked."""
    shape = any(fault.is_shape for fault in found.faults)
    context = {
        "operation": expected_return.period.operation,
        "expected_return": expected_return,
        "batch": batch,
        "faults": found.faults[:SHOWN_FAULTS],
        "count": len(found.faults),
        "more": max(0, len(found.faults) - SHOWN_FAULTS),
        "form": UploadForm(),
    }
    return render(request, "operations/workbooks/faults.html", context, status=400 if shape else 422)


@require_http_methods(["GET", "POST"])
def workbook_check(request: HttpRequest, pk: int, batch: int) -> HttpResponse:
    """What the uploaded workbook would change in the draft as it is now; a POST carries it out."""
    expected_return = found_return(request, pk)
    kept = _batch(request, expected_return, batch)
    if kept.status == ImportBatch.Status.REFUSED:
        raise NotFound
    if kept.status == ImportBatch.Status.IMPORTED:
        raise Conflict(_("This file was imported already."))
    draft = whole_returns.open_entry(expected_return, actor=_user(request), at=timezone.now())
    layout = layout_of(expected_return.form)
    try:
        data = uploads.kept(kept, at=timezone.now())
    except uploads.NotKept as error:
        return _again(request, pk, error)
    found = read_return_workbook(data, expected_return, layout=layout)
    if found.faults:  # the form, or the catalogue behind it, is another one since
        return _faulty(request, expected_return, kept, found)
    if request.method == "GET":
        return _comparison(request, expected_return, kept, layout, found, draft)
    try:
        whole_returns.replace_figures(
            batch=kept,
            expected_return=expected_return,
            figures=found.figures,
            revision=_revision(request),
            actor=_user(request),
            at=timezone.now(),
            screening_reason=request.POST.get("screening_reason", ""),
        )
    except Stale as error:
        return _comparison(request, expected_return, kept, layout, found, error.current, error=error)
    except ListedProblems as error:
        return _comparison(request, expected_return, kept, layout, found, draft, error=error)
    uploads.drop(kept)
    messages.success(request, _("The workbook is imported as a draft. Look at it and submit it."))
    return redirect("operations:return", pk=pk)


def _again(request: HttpRequest, pk: int, error: DomainError) -> HttpResponse:
    """Back to the form that takes the workbook, with the reason."""
    messages.warning(request, str(error.message))
    return redirect("operations:workbook", pk=pk)


def _batch(request: HttpRequest, expected_return: Return, number: int) -> ImportBatch:
    """The reader's own upload for this return; somebody else's looks like none."""
    rows = ImportBatch.objects.filter(imported_by=request.user.pk)
    kept: ImportBatch = row_or_404(rows, request, pk=number)
    if kept.summary.get("return") != expected_return.pk:
        raise NotFound
    return kept


def _revision(request: HttpRequest) -> int | None:
    """The revision that the comparison showed; empty where no draft was begun."""
    text = request.POST.get("revision", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise BadInput([], _("The form was changed on the way. Open the comparison again."))
    return int(text)


def _comparison(
    request: HttpRequest,
    expected_return: Return,
    batch: ImportBatch,
    layout: Layout,
    found: ReadReturn,
    draft: Submission | None,
    *,
    error: DomainError | None = None,
) -> HttpResponse:
    now = timezone.now()
    differences = whole_returns.differences(layout, draft, found.figures)
    findings = whole_returns.outlook(
        expected_return=expected_return, figures=found.figures, actor=_user(request), at=now
    )
    currency = expected_return.agency.state.currency
    context = {
        "operation": expected_return.period.operation,
        "expected_return": expected_return,
        "batch": batch,
        "counts": whole_returns.counts(differences),
        "differences": [_shown(one, layout, found, currency) for one in differences if one.kind != "unchanged"],
        "revision": "" if draft is None else draft.revision,
        "is_older": _is_older(found, draft),
        "is_stale": isinstance(error, Stale),
        "doubts": found.doubts,
        "findings": findings,
        "broken": [(rule.rule, label(rule.rule, "message"), rule.left, rule.right) for rule in findings.broken],
        "problems": list(error.problems) if isinstance(error, ListedProblems) else [],
    }
    status = 200 if error is None else status_of(error)
    return render(request, "operations/workbooks/comparison.html", context, status=status)


def _is_older(found: ReadReturn, draft: Submission | None) -> bool:
    """Whether the draft was saved by somebody since the workbook was downloaded."""
    now = ("0", "0") if draft is None else (str(draft.number), str(draft.revision))
    return (found.identity.get("submission"), found.identity.get("revision")) != now


def _shown(difference: Difference, layout: Layout, found: ReadReturn, currency: str) -> ShownDifference:
    indicator, category = layout.by_id[difference.key[0]].indicator, layout.categories[difference.key[1]]
    name = str(label(indicator))
    if category.pk != layout.total.pk:
        name = _("%(indicator)s: %(category)s") % {"indicator": name, "category": label(category)}
    address = layout.addresses[difference.key]
    return ShownDifference(
        kind=difference.kind,
        name=name,
        address=address.removesuffix(".TOTAL"),
        cell=found.places.get(address, ""),
        before=difference.before,
        after=difference.after,
        currency=currency if indicator.is_money else None,
    )


@require_safe
def workbook_marked(request: HttpRequest, pk: int, batch: int) -> HttpResponse:
    """The uploaded workbook with its wrong cells marked."""
    expected_return = found_return(request, pk)
    kept = _batch(request, expected_return, batch)
    try:
        data = uploads.kept(kept, at=timezone.now())
    except uploads.NotKept as error:
        return _again(request, pk, error)
    faults = read_return_workbook(data, expected_return).faults
    words = _("errors")
    return _file(marked(data, faults), f"{file_name(expected_return).removesuffix('.xlsx')}_{words}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "attachment",
        "Cache-Control": "private, no-store",
    }
    return HttpResponse(content, content_type=WORKBOOK_TYPE, headers=headers)
