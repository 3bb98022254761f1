"""Who takes part in an operation: the states, the reason of an absence, and the page on which the planner says so."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import operations
from operations.domain.access import refusal
from operations.domain.errors import BadInput, NotFound, Unmet
from operations.models import Operation
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, line, radios
from operations.web.returns import reader


@require_safe
def participants(request: HttpRequest, slug: str) -> HttpResponse:
    """All states, those that do not take part with their reason; what keeps the planner from changing it is said."""
    operation = _live(request, slug)
    refused = refusal(operation, "change_participation", request.user, at=timezone.now())
    context = {
        "operation": operation,
        "participations": operation.participations.select_related("state"),
        "may_change": refused is None,
        "refusal": refused if isinstance(refused, Unmet) else None,
    }
    return render(request, "operations/participants/list.html", context)


@require_http_methods(["GET", "POST"])
def participant(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Says of one state whether it takes part, and if not, why."""
    operation = _live(request, slug)
    row = operation.participations.select_related("state").filter(state__code=code).first()
    if row is None:
        raise NotFound
    refused = refusal(operation, "change_participation", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    initial = {name: getattr(row, name) for name in ("absence_reason_ru", "absence_reason_en")}
    form = DrawnForm(
        request.POST if request.method == "POST" else None, initial=initial | {"takes_part": str(int(row.takes_part))}
    )
    form.fields.update(
        {
            "takes_part": radios(_("Participation"), [("1", _("Takes part")), ("0", _("Does not take part"))]),
            "absence_reason_ru": line(_("Reason of the absence"), hint=_("Printed in the plan and on the board.")),
            "absence_reason_en": line(_("Reason of the absence")),
        }
    )
    if request.method == "POST":
        try:
            operations.change_participation(
                operation=operation, state=row.state, values=form.typed(), actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:participants", slug=slug)
    context = {"operation": operation, "row": row, "form": form}
    return render(request, "operations/participants/form.html", context, status=422 if form.errors else 200)


def _live(request: HttpRequest, slug: str) -> Operation:
    """An operation that is planned here; of a historical one sources alone say who took part."""
    found: Operation = row_or_404(Operation, request, slug=slug)
    if found.is_historical:
        raise NotFound
    return found
