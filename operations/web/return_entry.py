"""Saving the grid of a return: for a person who presses a button, and for the script that saves while one types.

Two officers may work on one draft. Who saves second is not refused for cells that the first did not touch: the script
says what stood in each cell when it was typed over, a form without script what stood in all of them, and only a cell
that was changed by both is a conflict, shown with both values and with whoever saved the other.
"""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from operations.domain import returns as verbs
from operations.domain.errors import DomainError, ListedProblems, Stale, Unmet, WrongState
from operations.domain.return_layout import Layout, layout_of
from operations.models import AuditEntry, Return, Submission
from operations.web.doors import status_of
from operations.web.return_grid import Posted, conflicts, read_posted, typed_number
from operations.web.returns import found_return, newest_of, reader, show_return
from operations.web.tags import reader_language


@require_POST
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Saves the grid; a script that saves by itself gets JSON, a person the page."""
    expected_return = found_return(request, pk)
    submission = newest_of(expected_return)
    is_script = request.headers.get("X-Autosave") == "1"
    layout = layout_of(expected_return.form)
    posted = read_posted(request.POST, layout, currency=expected_return.agency.state.currency)
    try:
        if posted.errors:
            raise Unmet([], _("Some entries cannot be taken."))
        saved, is_merged = _store(request, submission, posted, layout)
    except DomainError as error:
        if is_script:
            return _refused_to_script(posted, error)
        return _refused(request, expected_return, posted, error)
    if is_script:
        return JsonResponse({"revision": f"{saved.number}.{saved.revision}", "merged": is_merged})
    if "submit" in request.POST:
        return redirect("operations:return-act", pk=pk, act="submit")
    messages.success(request, _("The draft is saved."))
    return redirect("operations:return", pk=pk)


def _store(request: HttpRequest, submission: Submission, posted: Posted, layout: Layout) -> tuple[Submission, bool]:
    """The saved draft, and whether somebody else had saved other cells meanwhile."""
    given: dict[str, Any] = {
        "submission": submission,
        "figures": posted.figures,
        "actor": reader(request),
        "at": timezone.now(),
        "screening_reason": request.POST.get("screening_reason", ""),
    }
    try:
        return verbs.save_draft(revision=_revision(request, submission), **given), False
    except Stale as error:
        if len(posted.before) < len(posted.typed) or conflicts(posted, layout, error.current):
            raise
        return verbs.save_draft(revision=error.current.revision, **given), True


def _revision(request: HttpRequest, submission: Submission) -> int | None:
    """The revision on which the form was filled in; 0, which no draft has, when that was another submission."""
    number, _dot, text = request.POST.get("revision", "").rpartition(".")
    if number and number != str(submission.number):
        return 0
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _refused_to_script(posted: Posted, error: DomainError) -> HttpResponse:
    faults = dict(posted.errors)
    if isinstance(error, ListedProblems):
        faults.update((problem.field, str(problem.message)) for problem in error.problems if problem.field)
    status = 412 if isinstance(error, Stale) else status_of(error)
    return JsonResponse({"error": error.code, "faults": faults}, status=status)


def _refused(request: HttpRequest, expected_return: Return, posted: Posted, error: DomainError) -> HttpResponse:
    if isinstance(error, Stale):
        _show_both(expected_return, posted, error.current, others=_others(request, error.current))
    elif not isinstance(error, ListedProblems | WrongState):
        raise error
    shown = None if isinstance(error, ListedProblems) and not error.problems else error
    return show_return(request, expected_return, posted=posted, error=shown, status=status_of(error))


def _others(request: HttpRequest, current: Submission) -> str:
    """Who else has saved the draft since the form was made, by the audit trail."""
    since = _revision(request, current) or 0
    saves = AuditEntry.objects.filter(
        object_type="submission", object_id=str(current.pk), act="submission.save_draft"
    ).order_by("-sequence")[: max(1, current.revision - since)]
    names = dict.fromkeys(entry.actor_name for entry in saves if entry.actor_id != request.user.pk)
    return ", ".join(reversed(names)) or _("somebody else")


def _show_both(expected_return: Return, posted: Posted, current: Submission, *, others: str) -> None:
    """Beside each cell that somebody else changed meanwhile stands what it says now; saving again settles it."""
    layout = layout_of(expected_return.form)
    for address, figure in conflicts(posted, layout, current).items():
        now = _("empty")
        if figure is not None and figure.value is None:
            now = figure.get_state_display()
        elif figure is not None and figure.value is not None:
            is_money = layout.by_id[figure.indicator_id].indicator.is_money
            currency = expected_return.agency.state.currency if is_money else None
            now = typed_number(figure.value, currency=currency, language=reader_language())
        posted.errors[address] = _("Saved meanwhile by %(who)s: %(text)s") % {"who": others, "text": now}
