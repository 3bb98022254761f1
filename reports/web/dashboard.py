"""The dashboard of an operation; a page that has not changed is answered with 304.

What the page shows moves with the data of the operation and of the year before, but also with the day: what falls due
becomes overdue without anybody doing anything. The stamp of the page therefore holds the day, the last due moment that
has passed, and the state of the decisions and complaints, which are not counted by the version of the data.
"""

import hashlib
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.messages import get_messages
from django.db.models import Count, Max, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import get_template
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from operations.domain import timeline_drawing
from operations.domain.access import standing, visible_to
from operations.domain.moments import moscow_date
from operations.models import ComplaintAccount, ContextEvent, Decision, Operation, PublishedFigure, Return
from operations.web.tags import label, reader_language
from reports.domain.annual_results import year_unit
from reports.domain.dashboard import Dashboard, KeyFigure, read_dashboard
from reports.domain.dashboard_charts import charts
from reports.domain.public_reading import release_version
from reports.rendering.cells import legend, shown
from reports.web.charts import chart_part
from reports.web.report_pages import operation_of

#: How many overdue decisions are named on the page; the others are in the register.
MOST_NAMED = 5
_TEMPLATES = ("base.html", "reports/dashboard.html", "operations/_operation_tabs.html")


def stamp(request: HttpRequest, slug: str) -> str | None:
    """What the page depends on, as an entity tag; None where it has to be drawn in any case. Six queries."""
    if len(get_messages(request)):
        return None
    now = timezone.now()
    operation = visible_to(Operation, request.user, at=now).filter(slug=slug).first()
    if operation is None or operation.is_historical:
        return None
    earlier = Operation.objects.filter(kind=operation.kind, year=operation.year - 1)
    decisions = Decision.objects.filter(item__meeting__operation=operation)
    accounts = ComplaintAccount.objects.filter(period__operation=operation)
    parts = [
        operation.pk,
        operation.data_version,
        *earlier.values_list("pk", "data_version"),
        moscow_date(now),
        Return.objects.filter(period__operation=operation, due_at__lte=now).aggregate(Max("due_at")),
        decisions.aggregate(Count("pk"), Sum("revision"), Max("changed_at")),
        accounts.aggregate(Count("pk"), Sum("revision"), Max("changed_at")),
        PublishedFigure.objects.filter(year_to=operation.year - 1).aggregate(Count("pk"), Max("pk")),
        ContextEvent.objects.filter(starts_on__year=operation.year).aggregate(Count("pk"), Max("pk")),
        *_reader(request, now),
        _looks(),
    ]
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}"'


def _reader(request: HttpRequest, now: Any) -> list[Any]:
    """For whom the page is drawn: the person, his standing and what was released to him, the language, the token."""
    seen = standing(request.user, now)
    held = sorted(seen.roles), seen.is_council_chair, sorted(seen.headed_states), sorted(seen.agencies)
    released = () if seen.takes_part else release_version()
    return [request.user.pk, held, released, reader_language(), timezone.get_current_timezone_name(), _token(request)]


def _token(request: HttpRequest) -> str:
    return str(request.META.get("CSRF_COOKIE", ""))


@lru_cache(maxsize=1)
def _looks() -> str:
    """A new version of the page is drawn anew: its templates and style sheets."""
    sources = [get_template(name).template.source for name in _TEMPLATES]  # type: ignore[attr-defined]
    return hashlib.sha256("".join([*sources, static("css/site.css"), static("css/explorer.css")]).encode()).hexdigest()


@require_safe
@cache_control(private=True, no_cache=True)
@condition(etag_func=stamp)
def dashboard(request: HttpRequest, slug: str) -> HttpResponse:
    """How the operation stands; a historical one has its published figures."""
    operation = operation_of(request, slug)
    if operation.is_historical:
        return redirect(f"{reverse('reports:history')}?year={operation.year}")
    found = read_dashboard(operation, actor=request.user, at=timezone.now())
    language = reader_language()
    return render(
        request,
        "reports/dashboard.html",
        {
            "operation": operation,
            "found": found,
            "named": found.overdue[:MOST_NAMED],
            "unnamed": max(len(found.overdue) - MOST_NAMED, 0),
            "key_figures": [_figure(one, found, language) for one in found.key_figures],
            "legend": _legend(found, language),
            "charts": [chart_part(one, language) for one in charts(found)],
            "timeline": _timeline(found, language),
            "events": list(enumerate(found.events, start=1)),
        },
    )


def _figure(one: KeyFigure, found: Dashboard, language: str) -> dict[str, Any]:
    def text(cell: Any) -> str:
        return shown(cell, language=language).whole

    asked = [("operation", found.operation.slug), ("indicator", one.indicator.code), ("columns", "state")]
    return {
        "indicator": one.indicator,
        "unit": year_unit(one.indicator),
        "now": text(one.now),
        "states": text(one.states),
        "before": text(one.before),
        "change": text(one.change),
        "percent": text(one.percent),
        "has_percent": one.percent["state"] == "value",
        "is_compared": one.change["state"] == "value",
        "figure": one.figure,
        "url": f"{reverse('reports:explorer')}?{urlencode(asked)}",
    }


def _legend(found: Dashboard, language: str) -> list[dict[str, str]]:
    cells = [cell for one in found.key_figures for cell in (one.now, one.states, one.before, one.percent)]
    return [{"text": mark, "meaning": meaning} for mark, meaning in legend(cells, language=language)]


def _timeline(found: Dashboard, language: str) -> timeline_drawing.Timeline:
    """The year with its stages, today's line, and the events that explain the figures."""
    drawn = timeline_drawing.empty(found.operation.year, language)
    for progress in found.stages:
        stage = progress.stage
        name = f"{stage.number}. {label(stage)}"
        drawn.add("stage", name, [(stage.start_date, stage.end_date, name)])
    for number, event in enumerate(found.events, start=1):
        words = _("Event %(number)s") % {"number": number}
        drawn.add("event", f"{words}: {label(event, 'event')}", [(event.starts_on, None, label(event, "event"))])
    if drawn.span.first <= found.day <= drawn.span.last:
        drawn.today_x = drawn.x(found.day)
    return drawn
