"""What the tab "Exchange" of an operation leads to: lists, complaints, task forces, registers of controlled persons."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.domain.access import RIGHTS_BODY
from operations.domain.complaint_sums import compared_with_return
from operations.domain.complaints import rights_bodies
from operations.domain.derived_figures import derived_account
from operations.domain.errors import NotFound
from operations.domain.return_layout import Layout
from operations.models import Operation, Return, Submission
from operations.web.doors import row_or_404
from operations.web.drawn_forms import line

STALE = gettext_lazy(
    "Somebody else has changed this since you opened the page. Look at it in another window, then save what is here "
    "or cancel."
)
LISTS, COMPLAINTS, TASK_FORCES, REGISTER = "lists", "complaints", "task-forces", "register"


def count_line(words: Any) -> forms.CharField:
    """An input for a count."""
    return line(words, required=True, inputmode="numeric", **{"class": "govuk-input--width-10"})


def live_operation(request: HttpRequest, slug: str) -> Operation:
    """The operation of the address; of one known from published sources alone there is no exchange."""
    operation: Operation = row_or_404(Operation, request, slug=slug)
    if operation.is_historical:
        raise NotFound
    return operation


def frame(request: HttpRequest, operation: Operation, current: str) -> dict[str, Any]:
    """What every page of the exchange needs: the operation and the way to the other parts that the reader may see."""
    names = {LISTS: _("Verification of lists"), TASK_FORCES: _("Task forces"), REGISTER: _("Controlled persons")}
    if rights_bodies(operation, request.user, at=timezone.now()):
        names[COMPLAINTS] = _("Complaints")
    parts = [
        {
            "text": names[part],
            "url": reverse(f"operations:{part}", args=[operation.slug]),
            "is_current": part == current,
        }
        for part in (LISTS, COMPLAINTS, TASK_FORCES, REGISTER)
        if part in names
    ]
    here = next((part for part in parts if part["is_current"]), parts[0])
    return {
        "operation": operation,
        "exchange_parts": parts,
        "part_name": here["text"],
        "part_url": here["url"],
    }


def beside_return(expected_return: Return, submission: Submission | None, layout: Layout) -> dict[str, Any]:
    """What the exchange says of a return: the lists behind derived figures, the complaints behind a rights return."""
    is_derived = any(not line.is_entered for line in layout.lines)
    is_rights = expected_return.agency.kind.code == RIGHTS_BODY and expected_return.period.is_official
    agency, period = expected_return.agency, expected_return.period
    return {
        "derived": derived_account(expected_return, submission) if is_derived else None,
        "complaints": compared_with_return(agency, period) if is_rights else None,
    }
