"""What people do with a return once figures are entered: the acts of its workflow, one address for each.

A GET shows a page that asks for what the act needs; a POST carries it out through the verbs of the domain. What is
refused comes back on the same page with what was typed.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from operations.domain import returns as verbs
from operations.domain.access import refusal, visible_to
from operations.domain.errors import DomainError, ListedProblems, NotFound, Unmet
from operations.domain.reporting_calendar import is_running
from operations.models import Operation, Return, Submission
from operations.web.doors import row_or_404
from operations.web.return_forms import (
    CommentForm,
    NothingForm,
    ReasonForm,
    RecallForm,
    ReopeningForm,
    RuleForm,
    SendBackForm,
    SubmitForm,
)
from operations.web.returns import found_return, newest_of, reader, show_return

Given = dict[str, Any]


# --- acts ---


def _start(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.start_return(expected_return=expected_return, **who)


def _nil(expected_return: Return, given: Given, **who: Any) -> Any:
    """Starts where nothing is started, fills in that there was nothing, and submits."""
    newest = expected_return.submissions.order_by("-number").first()
    draft = newest or verbs.start_return(expected_return=expected_return, **who)
    draft = verbs.nil_return(submission=draft, revision=None, **who)
    return verbs.submit_return(submission=draft, **who)


def _submit(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.submit_return(submission=newest_of(expected_return), on_behalf_of=given["on_behalf_of"], **who)


def _recall(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.recall_submission(submission=newest_of(expected_return), reason=given["reason"], **who)


def _accept(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.accept_submission(submission=newest_of(expected_return), comment=given["comment"], **who)


def _return(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.return_submission(submission=newest_of(expected_return), comment=given["comment"], **who)


def _correct(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.correct_return(expected_return=expected_return, reason=given["reason"], **who)


def _explain(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.explain_breach(
        submission=newest_of(expected_return), rule=given["rule"], reason=given["reason"], **who
    )


def _waive(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.waive_breach(submission=newest_of(expected_return), rule=given["rule"], reason=given["reason"], **who)


def _reopen_period(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.reopen_period(
        period=expected_return.period,
        agency=expected_return.agency,
        expires_at=given["expires_at"],
        reason=given["reason"],
        **who,
    )


def _reopen(expected_return: Return, given: Given, **who: Any) -> Any:
    return verbs.reopen_reported_return(expected_return=expected_return, reason=given["reason"], **who)


class Act:
    """One act as a page: its form, its verb, and the words that say what will happen and what did."""

    def __init__(
        self, form: type[forms.Form], verb: Callable[..., Any], statement: Any, done: Any, *, warning: bool = False
    ) -> None:
        self.form, self.verb, self.statement, self.done, self.warning = form, verb, statement, done, warning


ACTS = {
    "start": Act(NothingForm, _start, gettext_lazy("Start entering the figures."), gettext_lazy("The draft is open.")),
    "nil": Act(
        NothingForm,
        _nil,
        gettext_lazy("You state that there was nothing to report: every figure is zero. The return is submitted."),
        gettext_lazy("The nil return is submitted."),
    ),
    "submit": Act(
        SubmitForm,
        _submit,
        gettext_lazy("The return goes to whoever accepts it; until then you can recall it."),
        gettext_lazy("The return is submitted."),
    ),
    "recall": Act(
        RecallForm,
        _recall,
        gettext_lazy("The submission is taken back and counts as not received until you submit again."),
        gettext_lazy("The submission is recalled; a draft with the same figures is open."),
    ),
    "accept": Act(
        CommentForm,
        _accept,
        gettext_lazy("The figures become the official ones of the agency for this period."),
        gettext_lazy("The return is accepted."),
    ),
    "return": Act(
        SendBackForm,
        _return,
        gettext_lazy("The agency gets the return back with your comment."),
        gettext_lazy("The return is sent back for revision."),
    ),
    "correct": Act(
        ReasonForm,
        _correct,
        gettext_lazy("A new draft opens beside the accepted figures, which stand until the new ones are accepted."),
        gettext_lazy("The draft of the correction is open."),
    ),
    "explain-breach": Act(
        RuleForm,
        _explain,
        gettext_lazy("Explain why the figures are right although the rule warns."),
        gettext_lazy("The explanation is kept."),
    ),
    "waive-breach": Act(
        RuleForm,
        _waive,
        gettext_lazy("The return may pass in spite of the rule. Your reason is printed in the report."),
        gettext_lazy("The rule is waived for these figures."),
    ),
    "reopen-period": Act(
        ReopeningForm,
        _reopen_period,
        gettext_lazy("The agency may enter figures of this period although it has closed."),
        gettext_lazy("The period is open for the agency."),
    ),
    "reopen": Act(
        ReasonForm,
        _reopen,
        gettext_lazy("The agency may correct figures that an approved report used. The report itself never changes."),
        gettext_lazy("The return is reopened for correction."),
    ),
}

#: The acts that send figures off: while the period still runs, their page says so.
SENDS = frozenset({"nil", "submit"})


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """The page of an act, and the act itself."""
    expected_return = found_return(request, pk)
    chosen = ACTS.get(act)
    if chosen is None:
        raise NotFound
    form = chosen.form(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    if isinstance(form, SubmitForm):
        form.offer(expected_return, reader(request))
    if request.method == "GET":
        refused = _refusal(request, expected_return, act)
        if isinstance(refused, Unmet):
            return show_return(request, expected_return, error=refused, status=422)
        if refused is not None:
            raise refused
        return _act_page(request, expected_return, act, form)
    if not form.is_valid():
        return _act_page(request, expected_return, act, form, status=422)
    return _carry_out(request, expected_return, act, form)


def _refusal(request: HttpRequest, expected_return: Return, name: str) -> DomainError | None:
    """Why the act is not open to the reader now, before anything is asked."""
    subject: Return | Submission = expected_return
    transition = {"nil": "save_draft"}.get(name, name.replace("-", "_"))
    if name == "nil" and not expected_return.submissions.exists():
        transition = "start"
    elif name == "correct":
        accepted = expected_return.submissions.filter(status=Submission.Status.ACCEPTED).first()
        subject = accepted or newest_of(expected_return)
    elif name not in ("start", "reopen", "reopen-period"):
        subject = newest_of(expected_return)
    return refusal(subject, transition, request.user, at=timezone.now())


def _carry_out(request: HttpRequest, expected_return: Return, name: str, form: forms.Form) -> HttpResponse:
    chosen = ACTS[name]
    given = form.cleaned_data
    who: Given = {"actor": reader(request), "at": timezone.now()}
    if "screening_reason" in given:
        who["screening_reason"] = given["screening_reason"]
    try:
        chosen.verb(expected_return, given, **who)
    except Unmet as error:  # what is not ready is mended on the page of the return itself
        return show_return(request, found_return(request, expected_return.pk), error=error, status=422)
    except ListedProblems as error:
        for problem in error.problems:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem.message))
            if problem.code == "looks_personal" and "screening_reason" in form.fields:
                form.fields["screening_reason"].widget = forms.TextInput()
        return _act_page(request, expected_return, name, form, status=422)
    messages.success(request, chosen.done)
    return redirect("operations:return", pk=expected_return.pk)


def _act_page(
    request: HttpRequest, expected_return: Return, name: str, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    chosen = ACTS[name]
    return render(
        request,
        "operations/returns/act.html",
        {
            "operation": expected_return.period.operation,
            "expected_return": expected_return,
            "act": name,
            "statement": chosen.statement,
            "is_running": name in SENDS and is_running(expected_return.period, at=timezone.now()),
            "period": expected_return.period,
            "label": LABELS[name],
            "form": form,
        },
        status=status,
    )


LABELS = {
    "start": gettext_lazy("Start the return"),
    "nil": gettext_lazy("Submit a nil return"),
    "submit": gettext_lazy("Submit the return"),
    "recall": gettext_lazy("Recall the submission"),
    "accept": gettext_lazy("Accept the return"),
    "return": gettext_lazy("Return for revision"),
    "correct": gettext_lazy("Correct the figures"),
    "explain-breach": gettext_lazy("Explain"),
    "waive-breach": gettext_lazy("Waive the rule"),
    "reopen-period": gettext_lazy("Reopen the period"),
    "reopen": gettext_lazy("Reopen for correction"),
}


@require_POST
def bulk_accept(request: HttpRequest, slug: str) -> HttpResponse:
    """Accepts the chosen clean returns of the list; the others stay for a look of their own."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    chosen = [int(text) for text in request.POST.getlist("submission") if text.isascii() and text.isdigit()][:500]
    submissions = visible_to(Submission, request.user, at=now).filter(
        pk__in=chosen, expected_return__period__operation=operation
    )
    decided = verbs.bulk_accept(submissions=submissions, actor=reader(request), at=now)
    accepted = sum(found.refusal is None for found in decided)
    messages.success(
        request, _("Accepted: %(accepted)s of %(chosen)s.") % {"accepted": accepted, "chosen": len(chosen)}
    )
    for found in decided:
        if found.refusal is not None:
            messages.warning(request, f"{found.submission.expected_return.agency.code}: {found.refusal}")
    return redirect("operations:returns", slug=slug)
