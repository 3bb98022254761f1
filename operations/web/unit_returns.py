"""Pages on which an agency follows its units' returns for a period: the chase list, the summing, tables by unit.

They hang on the agency's own return. Its officers remind, accept and sum here; the head to whom the sum goes reads
which units stand behind it and with what figures.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain import returns as verbs
from operations.domain import (
    unit_waiting,  # noqa: F401 - registers what waits for second officers, for “my work”
)
from operations.domain.access import refusal, visible_to
from operations.domain.chase_list import UnitStanding, chase_list
from operations.domain.errors import BadInput, NotAllowed, NotFound, Stale, Unmet, WrongState
from operations.domain.return_layout import layout_of
from operations.domain.roll_up import CellChange, Summing, summing
from operations.domain.unit_returns import rolled_up
from operations.domain.units import reads_units_of, remind_units
from operations.models import Return, Submission
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.return_grid import Grid, cell_name
from operations.web.returns import found_return, reader

addresses.register_work("unit.decide", lambda row: reverse("operations:return-units", args=[row.pk]))
#: The statuses of the chase list in the order of the way that a return goes.
STATUSES = ("accepted", "submitted", "returned", "recalled", "draft", "missing", "due", "not_due")


@dataclass(frozen=True)
class ShownChange:
    """A cell that summing would change, in words."""

    name: str
    address: str
    change: CellChange
    currency: str | None


@require_safe
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """How each unit stands with its return, whom to call, what can be accepted, and whether to sum."""
    return _show_chase(request, of_an_agency(request, pk))


def _show_chase(request: HttpRequest, expected_return: Return) -> HttpResponse:
    now = timezone.now()
    rows = chase_list(expected_return, user=reader(request), at=now)
    newest = expected_return.submissions.order_by("-number").first()
    is_officer = refusal(expected_return.agency, "remind_units", request.user, at=now) is None
    counts = {status: sum(row.status == status for row in rows) for status in STATUSES}
    return render(
        request,
        "operations/units/chase.html",
        {
            "operation": expected_return.period.operation,
            "period": expected_return.period,
            "expected_return": expected_return,
            "submission": newest,
            "rows": rows,
            "counts": [(status, count) for status, count in counts.items() if count],
            "units": rolled_up(expected_return, newest),
            "is_officer": is_officer,
            "may_sum": is_officer and (newest is None or newest.status == Submission.Status.DRAFT),
            "to_decide": [row for row in rows if row.may_decide],
            "clean": sum(row.may_decide and row.is_clean for row in rows),
            "silent": sum(not row.is_received for row in rows),
        },
    )


def of_an_agency(request: HttpRequest, pk: int) -> Return:
    """The agency's return of an address, for those who may see how its units stand; raises otherwise."""
    expected_return = found_return(request, pk)
    if expected_return.unit_id is not None:
        raise NotFound
    if not reads_units_of(request.user, expected_return.agency, timezone.now()):
        raise NotAllowed
    return expected_return


# --- what the agency's officers do ---


@require_POST
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Reminds the officers of every unit that has submitted nothing."""
    expected_return = of_an_agency(request, pk)
    reminded = remind_units(expected_return=expected_return, actor=reader(request), at=timezone.now())
    words = ngettext("%(count)s officer is reminded.", "%(count)s officers are reminded.", reminded.people)
    messages.success(request, words % {"count": reminded.people})
    if reminded.without_officers:
        codes = ", ".join(unit.code for unit in reminded.without_officers)
        messages.warning(request, _("Nobody is known to work for: %(units)s.") % {"units": codes})
    return redirect("operations:return-units", pk=pk)


@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Accepts the chosen clean returns, or all of them; never one that the officer entered himself."""
    expected_return = of_an_agency(request, pk)
    now = timezone.now()
    refused = refusal(expected_return.agency, "remind_units", request.user, at=now)
    if refused is not None:
        raise refused
    rows = [row for row in chase_list(expected_return, user=reader(request), at=now) if row.waiting is not None]
    chosen = [row for row in rows if _is_chosen(row, request)]
    submissions = [row.waiting for row in chosen if row.waiting is not None]
    decided = verbs.bulk_accept(submissions=submissions, actor=reader(request), at=now)
    accepted = sum(found.refusal is None for found in decided)
    messages.success(
        request, _("Accepted: %(accepted)s of %(chosen)s.") % {"accepted": accepted, "chosen": len(chosen)}
    )
    codes = {row.waiting.pk: row.unit.code for row in chosen if row.waiting is not None}
    for found in decided:
        if found.refusal is not None:
            messages.warning(request, f"{codes[found.submission.pk]}: {found.refusal}")
    return redirect("operations:return-units", pk=pk)


def _is_chosen(row: UnitStanding, request: HttpRequest) -> bool:
    if "all" in request.POST:
        return row.may_decide and row.is_clean
    return row.waiting is not None and str(row.waiting.pk) in request.POST.getlist("submission")


@require_http_methods(["GET", "POST"])
def sum_units(request: HttpRequest, pk: int) -> HttpResponse:
    """What summing the accepted returns would change, and the summing itself."""
    expected_return = of_an_agency(request, pk)
    newest = expected_return.submissions.order_by("-number").first()
    if request.method == "GET":
        _refuse_others(request, expected_return, newest)
        return _show_summing(request, expected_return, newest)
    revision = request.POST.get("revision", "")
    try:
        verbs.roll_up_return(
            expected_return=expected_return,
            actor=reader(request),
            at=timezone.now(),
            revision=int(revision) if newest and revision.isascii() and revision.isdigit() else None,
            is_confirmed="confirmed" in request.POST,
        )
    except (BadInput, Unmet) as error:
        return _show_summing(request, expected_return, newest, problems=list(error.problems), status=422)
    except Stale as error:
        return _show_summing(request, expected_return, error.current, problems=[error], status=409)
    messages.success(request, _("The figures of the units are summed. Look through the draft and submit it."))
    return redirect("operations:return", pk=pk)


def _refuse_others(request: HttpRequest, expected_return: Return, newest: Submission | None) -> None:
    """Raises what stands in the way for the reader, except what the page itself says: that nothing is accepted yet."""
    subject, act = (expected_return, "start") if newest is None else (newest, "roll_up")
    refused = refusal(subject, act, request.user, at=timezone.now())
    if isinstance(refused, NotAllowed | WrongState):
        raise refused


def _show_summing(
    request: HttpRequest,
    expected_return: Return,
    newest: Submission | None,
    *,
    problems: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    layout = layout_of(expected_return.form)
    found: Summing = summing(expected_return, newest, layout=layout)
    currency = expected_return.agency.state.currency
    changes = [
        ShownChange(
            cell_name(layout, change.key),
            layout.address(change.key).removesuffix(".TOTAL"),
            change,
            currency if layout.by_id[change.key[0]].indicator.is_money else None,
        )
        for change in found.changes
        if change.is_move
    ]
    return render(
        request,
        "operations/units/sum.html",
        {
            "operation": expected_return.period.operation,
            "period": expected_return.period,
            "expected_return": expected_return,
            "submission": newest,
            "units": rolled_up(expected_return, newest),
            "changes": changes,
            "typed": found.typed,
            "to_enter": found.to_enter,
            "problems": problems or [],
        },
        status=status,
    )


# --- what a unit had accepted ---


@require_safe
def unit_submission(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of one submission of a unit, for whoever may see it: to read only."""
    rows = Submission.objects.select_related(
        "expected_return__period__operation",
        "expected_return__period__stage",
        "expected_return__agency__state",
        "expected_return__agency__kind",
        "expected_return__unit",
        "expected_return__form",
        "submitted_by",
        "decided_by",
    )
    submission: Submission = row_or_404(rows, request, pk=pk, expected_return__unit__isnull=False)
    expected_return = submission.expected_return
    own = Return.objects.filter(period=expected_return.period_id, agency=expected_return.agency_id, unit__isnull=True)
    layout = layout_of(expected_return.form)
    return render(
        request,
        "operations/units/submission.html",
        {
            "operation": expected_return.period.operation,
            "period": expected_return.period,
            "expected_return": expected_return,
            "submission": submission,
            "groups": Grid(layout, submission, currency=expected_return.agency.state.currency).groups(),
            "of_agency": visible_to(own, request.user, at=timezone.now()).first(),
        },
    )
