"""The public page on which anybody checks a document: by the code that it prints, or by the file itself.

It tells what whoever holds the document can read on it, and no more: of a draft, that it was made here; its report and
its data are shown to those alone who may see the draft anyway.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from operations.domain.access import visible_to
from operations.domain.errors import Problem
from operations.domain.import_rows import said
from operations.web.doors import announced_length
from operations.web.throttle import is_too_often
from reports.domain.documents import ask_to_compare
from reports.domain.snapshots import has_its_hash, newer_approval
from reports.domain.titles import title_of
from reports.domain.verification import Finding, Verdict, verify_code
from reports.models import Document
from reports.rendering.reading import verify_file

LONGEST_CODE = 60
#: A body of the largest size that the server takes holds a file and a little of the form around it.
LARGEST = settings.MAX_REQUEST_BODY - 1024 * 1024
#: Checks of one address in a minute: a reader of files makes few, a guesser of codes many.
MOST_FILES, MOST_CODES, MINUTE = 20, 60, 60


@login_not_required
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """GET with a code: the facts of the approval. POST with a file: authentic, altered or unknown.

    The check for forgery reads the form, and with it the file; what is announced as too large is answered before.
    """
    if request.method == "POST" and announced_length(request) > settings.MAX_REQUEST_BODY:
        return _page(request, is_file=True, problems=[_TOO_LARGE], status=413)
    return _verify(request)


@csrf_protect
def _verify(request: HttpRequest) -> HttpResponse:
    code = request.GET.get("code", "").strip()[:LONGEST_CODE]
    is_file = request.method == "POST"
    if (is_file or code) and _is_too_often(request, is_file=is_file):
        return _page(request, code=code, is_file=is_file, problems=[_TOO_OFTEN], status=429)
    if is_file:
        given = request.FILES.get("file")
        problems = list(_wrong_with(given))
        if given is None or problems:
            return _page(request, is_file=True, problems=problems, status=422)
        finding = verify_file(given.read())
        if finding.document is not None:
            ask_to_compare(finding.document, at=timezone.now())
        return _page(request, is_file=True, finding=finding)
    return _page(request, code=code, finding=verify_code(code) if code else None)


_TOO_OFTEN = Problem(
    code="too_often", message=gettext_lazy("Too many checks from this address. Wait a minute, then try again.")
)


_TOO_LARGE = Problem(
    code="too_large",
    field="file",
    href="#file",
    message=said(gettext_lazy("The file is larger than %(megabytes)s MB."), megabytes=LARGEST // 1024 // 1024),
)


def _is_too_often(request: HttpRequest, *, is_file: bool) -> bool:
    what, limit = ("verify-file", MOST_FILES) if is_file else ("verify-code", MOST_CODES)
    return is_too_often(request, what=what, limit=limit, seconds=MINUTE)


def _wrong_with(given: UploadedFile | None) -> list[Problem]:
    if given is None:
        return [Problem(code="required", field="file", href="#file", message=_("Choose a file."))]
    if (given.size or 0) > LARGEST:
        return [_TOO_LARGE]
    if not given.size:
        return [Problem(code="empty", field="file", href="#file", message=_("The file is empty."))]
    return []


def _page(
    request: HttpRequest,
    *,
    code: str = "",
    is_file: bool = False,
    finding: Finding | None = None,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "code": code,
        "finding": finding,
        "problems": problems or [],
        "facts": None if finding is None else _facts(finding, request),
        "is_file": is_file,
        "largest": LARGEST,
        "largest_text": _TOO_LARGE.message,
    }
    response = render(request, "reports/verify.html", context, status=status)
    if status == 429:
        response["Retry-After"] = str(MINUTE)
    return response


def _facts(finding: Finding, request: HttpRequest) -> dict[str, Any] | None:
    """What may be told: which report, its hash, who approved it and when. Never what is in it; of a draft nothing."""
    document, approval = finding.document, finding.approval
    if document is not None and document.is_draft:
        if not visible_to(Document, request.user, at=timezone.now()).filter(pk=document.pk).exists():
            return None
    snapshot = document.snapshot if document is not None else approval.snapshot if approval is not None else None
    if snapshot is None:
        return None
    report = snapshot.report
    return {
        "name": title_of(report),
        "report": report,
        "operation": report.operation,
        "snapshot": snapshot,
        "has_its_hash": has_its_hash(snapshot),
        "document": document,
        "approval": approval,
        "newer": newer_approval(snapshot) if finding.verdict == Verdict.SUPERSEDED else None,
    }
