"""The acts on a report, one address each: submit, approve, return, publish.

A GET shows what the act is about and asks for what it needs; the approval page shows the summary and the hash that the
approval will be bound to. A POST carries the act out through the verbs of the domain; what is refused comes back on the
same page.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from operations.domain.access import refusal
from operations.domain.errors import DomainError, ListedProblems, NotFound, Problem, Text
from operations.web.doors import problems_by_field, reauthenticated, status_of
from operations.web.tags import reader_language
from reports.domain import reports as verbs
from reports.domain.readiness import barring, open_points
from reports.domain.report_workflow import REPORT_WORKFLOW
from reports.domain.snapshot_compare import moved_figures
from reports.domain.snapshots import current_snapshot, payload_of
from reports.domain.titles import title_of
from reports.models import Report, Snapshot
from reports.rendering.document import report_body_html
from reports.web.changed_numbers import shown_changes
from reports.web.clearance import clearance_of
from reports.web.report_forms import ApproveForm, PublishForm, ReturnForm, SubmitForm
from reports.web.report_pages import actor_of, found_report

Carry = Callable[..., Report]


@dataclass(frozen=True)
class Act:
    """An act as a page: its form, what it says it does, what is said when it is done."""

    form: type[forms.Form]
    carry_out: Carry
    statement: Text
    done: Text


def _submit(request: HttpRequest, report: Report, given: dict[str, Any], **who: Any) -> Report:
    return verbs.submit_report(report=report, explanation=given["explanation"], **who)


def _approve(request: HttpRequest, report: Report, given: dict[str, Any], **who: Any) -> Report:
    return verbs.approve_report(
        report=report,
        snapshot_sha256=request.POST.get("hash", ""),
        reauthenticated=reauthenticated(request),
        meeting=given["meeting"],
        **who,
    )


def _return(request: HttpRequest, report: Report, given: dict[str, Any], **who: Any) -> Report:
    return verbs.return_report(report=report, comment=given["comment"], **who)


def _publish(request: HttpRequest, report: Report, given: dict[str, Any], **who: Any) -> Report:
    return verbs.publish_report(
        report=report,
        figures_cleared=given["figures_cleared"],
        disclosure_sha256=given["disclosure_sha256"],
        **who,
    )


ACTS = {
    "submit": Act(
        SubmitForm,
        _submit,
        gettext_lazy("The data are frozen as they stand now, and the report goes to whoever approves it."),
        gettext_lazy("The report is submitted for approval."),
    ),
    "approve": Act(
        ApproveForm,
        _approve,
        gettext_lazy("I approve the report with the data that I have been shown."),
        gettext_lazy("The report is approved. Its documents are being drawn."),
    ),
    "return": Act(
        ReturnForm,
        _return,
        gettext_lazy("The report goes back to its authors with your comment."),
        gettext_lazy("The report is returned for revision."),
    ),
    "publish": Act(
        PublishForm,
        _publish,
        gettext_lazy("The public edition of the report is opened to everybody, without a sign-in."),
        gettext_lazy("The report is published. Its public documents are being drawn."),
    ),
}


@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Asks for what the act needs, and carries it out."""
    report = found_report(request, pk)
    chosen = ACTS.get(act)
    if chosen is None:
        raise NotFound
    if request.method != "POST":
        refused = refusal(report, act, request.user, at=timezone.now())
        if refused is not None and not isinstance(refused, ListedProblems):
            raise refused
        return _page(request, report, act, _form(chosen, report, request))
    form = _form(chosen, report, request)
    if not form.is_valid():
        return _page(request, report, act, form, status=422)
    try:
        chosen.carry_out(request, report, form.cleaned_data, actor=actor_of(request), at=timezone.now())
    except ListedProblems as error:
        return _page(request, report, act, form, problems=_shown(form, error), status=status_of(error))
    except DomainError as error:
        if error.code != "conflict":
            raise
        return _page(request, report, act, form, problems=[_as_problem(error)], status=409)
    messages.success(request, str(chosen.done))
    return redirect("reports:report", pk=report.pk)


def _form(chosen: Act, report: Report, request: HttpRequest) -> forms.Form:
    given = request.POST if request.method == "POST" else None
    initial = {"explanation": report.explanation}
    if chosen.form is PublishForm:
        initial["disclosure_sha256"] = clearance_of(report).sha256
    form = chosen.form(given, initial=initial)
    if isinstance(form, ApproveForm):
        form.offer(report.operation, actor_of(request))
    return form


def _shown(form: forms.Form, error: ListedProblems) -> list[Problem]:
    """Problems of a field stand at the field; the rest are listed on top of the page."""
    rest = []
    for field, problems in problems_by_field(error).items():
        for problem in problems:
            if field in form.fields:
                form.add_error(field, str(problem.message))
            else:
                rest.append(problem)
    return rest


def _as_problem(error: DomainError) -> Problem:
    return Problem(code=error.code, message=error.message)


def _page(
    request: HttpRequest,
    report: Report,
    name: str,
    form: forms.Form,
    *,
    problems: list[Problem] | None = None,
    status: int = 200,
) -> HttpResponse:
    snapshot = current_snapshot(report) if name != "submit" else None
    points = open_points(report, at=timezone.now()) if name == "submit" else []
    if isinstance(form, SubmitForm):
        form.fields["explanation"].required = bool(points)  # the mark of the field; the workflow asks for the words
    context = {
        "report": report,
        "operation": report.operation,
        "name": title_of(report),
        "act": name,
        "transition": REPORT_WORKFLOW[name],
        "statement": ACTS[name].statement,
        "form": form,
        "problems": problems or [],
        "snapshot": snapshot,
        "hash": snapshot.sha256 if snapshot is not None and name == "approve" else "",
        "moved": []
        if snapshot is None
        else shown_changes(moved_figures(snapshot, report.operation, at=timezone.now())),
        "clearance": clearance_of(report) if name == "publish" else None,
        "summary": _summary(snapshot) if snapshot is not None else None,
        "barring": barring(report, at=timezone.now()) if name == "submit" else [],
        "open_points": points,
    }
    return render(request, "reports/act.html", context, status=status)


def _summary(snapshot: Snapshot) -> str:
    """The summary page of the frozen data, for whoever decides on it."""
    payload = payload_of(snapshot)
    nothing: dict[str, Any] = {"sections": [], "annexes": [], "sources": [], "signature": None}
    return report_body_html(payload={**payload, **nothing}, language=reader_language())
