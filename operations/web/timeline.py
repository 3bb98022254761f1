"""The timeline of an operation, drawn by the server and told as a table: a whole year, a quarter or a month."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from operations.domain import plans, timeline, wording
from operations.domain.access import visible_to
from operations.domain.errors import NotFound
from operations.domain.moments import moscow_date
from operations.domain.plan_reading import Reading
from operations.domain.timeline_drawing import Span, Timeline, in_parts, months_span, narrow_scale, redrawn, year_span
from operations.models import ContextEvent, Meeting, ReportingPeriod
from operations.web.plans import plan_or_404
from operations.web.tags import reader_language

#: Rows of one picture: a longer one would lose sight of its months, and would not fit a sheet of paper.
ROWS = 24
#: How many months each zoom shows, and its name.
ZOOMS: dict[str, tuple[int, Any]] = {"year": (12, _("Year")), "quarter": (3, _("Quarter")), "month": (1, _("Month"))}


@dataclass(frozen=True, kw_only=True)
class View:
    """What part of the year is shown: the zoom, and the how-manieth quarter or month."""

    year: int
    zoom: str
    part: int

    @property
    def months(self) -> int:
        return ZOOMS[self.zoom][0]

    @property
    def parts(self) -> int:
        return 12 // self.months

    @property
    def span(self) -> Span:
        if self.zoom == "year":
            return year_span(self.year)
        return months_span(self.year, (self.part - 1) * self.months + 1, self.months)

    @property
    def query(self) -> str:
        return "?zoom=year" if self.zoom == "year" else f"?zoom={self.zoom}&at={self.part}"

    @property
    def words(self) -> str:
        """The months that are shown: «апрель – июнь 2026»."""
        first, last = (wording.date_format_in(day, "F", reader_language()) for day in (self.span.first, self.span.last))
        # a Russian month has a capital only where it begins the line
        last = last.lower() if reader_language() == "ru" else last
        return f"{first if self.months == 1 else f'{first} – {last}'} {self.year}"


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """Stages, national dates, dated measures, deadlines, meetings and events of what is shown."""
    plan, now = plan_or_404(request, slug), timezone.now()
    content, _version = plans.readable_content(plan, request.user, at=now)
    year, today = plan.operation.year, moscow_date(now)
    view = _view(request, year, today)
    meetings = visible_to(Meeting, request.user, at=now).select_related("body")
    drawn = timeline.build(
        Reading(content, language=reader_language()),
        year=year,
        today=today,
        periods=visible_to(ReportingPeriod, request.user, at=now).filter(operation=plan.operation),
        meetings=meetings.filter(held_on__year=year).order_by("held_on"),
        events=ContextEvent.objects.filter(starts_on__year=year),
        span=view.span,
    )
    context = {
        "operation": plan.operation,
        "plan": plan,
        "timeline": drawn,
        "pictures": _pictures(drawn, "wide"),
        "narrow_pictures": _pictures(redrawn(drawn, narrow_scale(view.span)), "narrow"),
        "view": view,
        "zooms": [_zoomed(view, name, today) for name in ZOOMS],
        "before": _beside(view, -1),
        "after": _beside(view, +1),
    }
    return render(request, "operations/timeline.html", context)


def _pictures(drawn: Timeline, name: str) -> list[tuple[str, Timeline]]:
    """The drawing in parts, each with the beginning of its ids."""
    return [(f"{name}-{number}-", part) for number, part in enumerate(in_parts(drawn, rows=ROWS), start=1)]


def _view(request: HttpRequest, year: int, today: dt.date) -> View:
    """What was asked for; without a part, the one with today in it, or the first. What does not exist is not found."""
    zoom, at = request.GET.get("zoom", "year"), request.GET.get("at", "")
    if zoom not in ZOOMS:
        raise NotFound
    months = ZOOMS[zoom][0]
    part = (today.month - 1) // months + 1 if today.year == year else 1
    if at:
        part = int(at) if at.isascii() and at.isdigit() and len(at) < 3 else 0
    if not 1 <= part <= 12 // months:
        raise NotFound
    return View(year=year, zoom=zoom, part=part)


def _zoomed(view: View, zoom: str, today: dt.date) -> dict[str, Any]:
    """The same days closer or from further away: today's month where it is shown, else the first one shown."""
    months, name = ZOOMS[zoom]
    first = today if view.span.first <= today <= view.span.last else view.span.first
    other = View(year=view.year, zoom=zoom, part=(first.month - 1) // months + 1)
    return {"name": name, "query": other.query, "is_current": zoom == view.zoom}


def _beside(view: View, step: int) -> View | None:
    part = view.part + step
    return View(year=view.year, zoom=view.zoom, part=part) if 1 <= part <= view.parts else None
