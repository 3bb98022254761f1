"""The public page on which anybody checks a document: by the code that it prints, or by the file itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from operations.domain.errors import Problem
from reports.domain.definitions import definition_of
from reports.domain.documents import ask_to_compare
from reports.domain.verification import Finding, verify_code
from reports.rendering.reading import verify_file

LONGEST_CODE = 60


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """GET with a code: the facts of the approval. POST with a file: authentic, altered or unknown."""
    code = request.GET.get("code", "").strip()[:LONGEST_CODE]
    finding: Finding | None = None
    problems: list[Problem] = []
    if request.method == "POST":
        given = request.FILES.get("file")
        if given is None:
            problems.append(Problem(code="required", field="file", href="#file", message=_("Choose a file.")))
        elif (given.size or 0) > settings.MAX_REQUEST_BODY:
            problems.append(Problem(code="too_large", field="file", href="#file", message=_("The file is too large.")))
        else:
            finding = verify_file(given.read())
            if finding.document is not None:
                ask_to_compare(finding.document, at=timezone.now())
    elif code:
        finding = verify_code(code)
    context = {
        "code": code,
        "finding": finding,
        "problems": problems,
        "facts": None if finding is None else _facts(finding),
        "is_file": request.method == "POST",
    }
    return render(request, "reports/verify.html", context, status=422 if problems else 200)


def _facts(finding: Finding) -> dict[str, object] | None:
    """What may be told to everybody: which report, its hash, who approved it and when. Never what is in it."""
    document, approval = finding.document, finding.approval
    snapshot = document.snapshot if document is not None else approval.snapshot if approval is not None else None
    if snapshot is None:
        return None
    report = snapshot.report
    return {
        "name": definition_of(report).name,
        "report": report,
        "operation": report.operation,
        "snapshot": snapshot,
        "document": document,
        "approval": approval,
    }
