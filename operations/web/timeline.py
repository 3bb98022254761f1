"""The timeline of an operation's year: a picture drawn by the server, and the same as a table."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain import plans, timeline
from operations.domain.access import visible_to
from operations.domain.moments import moscow_date
from operations.domain.plan_reading import Reading
from operations.models import ContextEvent, Meeting, ReportingPeriod
from operations.web.plans import plan_or_404
from operations.web.tags import reader_language


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Stages, national dates, dated measures, deadlines, meetings and events of the year."""
    plan, now = plan_or_404(request, slug), timezone.now()
    content, _version = plans.readable_content(plan, request.user, at=now)
    year = plan.operation.year
    meetings = visible_to(Meeting, request.user, at=now).select_related("body")
    drawn = timeline.build(
        Reading(content, language=reader_language()),
        year=year,
        today=moscow_date(now),
        periods=visible_to(ReportingPeriod, request.user, at=now).filter(operation=plan.operation),
        meetings=meetings.filter(held_on__year=year).order_by("held_on"),
        events=ContextEvent.objects.filter(starts_on__year=year),
    )
    context = {"operation": plan.operation, "plan": plan, "timeline": drawn}
    return render(request, "operations/timeline.html", context)
