"""The page where the figures of a press release are cleared for the public, one by one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from operations.domain import access
from operations.domain.errors import BadInput, Conflict, NotFound
from operations.web.doors import status_of
from reports.domain import reports as verbs
from reports.domain.clearance import candidates, is_asked_for
from reports.domain.titles import title_of
from reports.models import Report
from reports.web.report_pages import actor_of, found_report


@require_http_methods(["GET", "HEAD", "POST"])
def cleared_figures(request: HttpRequest, pk: int) -> HttpResponse:
    """Every figure that may be cleared; the headquarters' chair clears one or takes a clearance back."""
    report = found_report(request, pk)
    if not is_asked_for(report):
        raise NotFound
    if request.method != "POST":
        return _page(request, report)
    figure, at = request.POST.get("figure", "")[:20], timezone.now()
    try:
        if request.POST.get("act") == "confirm":
            count = verbs.confirm_clearances(report=report, actor=actor_of(request), at=at)
            text = ngettext("%(n)s clearance is confirmed.", "%(n)s clearances are confirmed.", count)
            messages.success(request, text % {"n": count})
        elif request.POST.get("act") == "unclear":
            verbs.withdraw_clearance(report=report, figure=figure, actor=actor_of(request), at=at)
            messages.success(request, _("The clearance is withdrawn."))
        else:
            value = _whole(request.POST.get("value", ""))
            verbs.clear_figure(report=report, figure=figure, value=value, actor=actor_of(request), at=at)
            messages.success(request, _("The figure is cleared."))
    except BadInput as error:
        return _page(request, report, problem=str(error.problems[0].message), status=status_of(error))
    except Conflict as error:
        return _page(request, report, problem=str(error.message), status=409)
    return redirect("reports:cleared-figures", pk=report.pk)


def _whole(text: str) -> int:
    """The number that was shown; anything else matches no figure."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def _page(request: HttpRequest, report: Report, *, problem: str = "", status: int = 200) -> HttpResponse:
    figures = candidates(report)
    context = {
        "report": report,
        "operation": report.operation,
        "name": title_of(report),
        "figures": figures,
        "carried_over": sum(one.is_carried_over for one in figures),
        "may_clear": access.may(report, "clear", request.user, at=timezone.now()),
        "problem": problem,
    }
    return render(request, "reports/cleared_figures.html", context, status=status)
