"""One month of the reporting calendar as a sheet of weeks: what the calendar's page shows for `?month=2026-09`."""

import datetime as dt
import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from operations.domain import wording
from operations.domain.calendar_months import Day, Happening, happenings_of, months_of, weeks_of
from operations.domain.calendar_overview import shown_periods
from operations.domain.errors import NotFound
from operations.domain.moments import MOSCOW, moscow_date
from operations.models import Holiday, Operation, ReportingPeriod
from operations.web import zones
from operations.web.returns import reader
from operations.web.tags import reader_language

_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


def month_page(request: HttpRequest, operation: Operation, asked: str) -> HttpResponse:
    """The month that is asked for; “now” is the one with today in it, or the nearest in which something happens."""
    now = timezone.now()
    periods = ReportingPeriod.objects.filter(operation=operation).select_related("stage", "adjusted_by")
    happenings = [one for shown in shown_periods(periods, user=reader(request), at=now) for one in happenings_of(shown)]
    bounds = months_of(happenings)
    if bounds is None:
        raise NotFound
    month = _month(asked, bounds, today=moscow_date(now))
    days_off = Holiday.objects.filter(day__year=month.year, day__month=month.month).select_related("state")
    weeks = weeks_of(month, happenings, days_off=days_off.order_by("state__short_ru"), today=moscow_date(now))
    context = {
        "operation": operation,
        "words": month_words(month),
        "weekdays": [(WEEKDAYS_ABBR[number], WEEKDAYS[number]) for number in range(7)],
        "weeks": [[_shown(day) for day in week] for week in weeks],
        "views": views(is_month=True),
        "before": _beside(month, -1, bounds),
        "after": _beside(month, +1, bounds),
    }
    return render(request, "operations/calendar/month.html", context)


def views(*, is_month: bool) -> list[dict[str, Any]]:
    """The calendar as a list of all periods, or as the sheet of one month."""
    return [
        {"name": _("All periods"), "query": "?", "is_current": not is_month},
        {"name": _("By month"), "query": "?month=now", "is_current": is_month},
    ]


def month_words(month: dt.date) -> str:
    """«Сентябрь 2026»."""
    return f"{wording.date_format_in(month, 'F', reader_language())} {month.year}"


def _month(asked: str, bounds: tuple[dt.date, dt.date], *, today: dt.date) -> dt.date:
    first, last = bounds
    if asked == "now":
        return min(max(today.replace(day=1), first), last)
    found = _MONTH.fullmatch(asked)
    month = dt.date(int(found[1]), int(found[2]), 1) if found else None
    if month is None or not first <= month <= last:
        raise NotFound
    return month


def _beside(month: dt.date, step: int, bounds: tuple[dt.date, dt.date]) -> dict[str, str] | None:
    # from the first day of a month, 31 days on lie in the next one, and the day before in the last
    other = (month + dt.timedelta(days=31 if step > 0 else -1)).replace(day=1)
    if not bounds[0] <= other <= bounds[1]:
        return None
    return {"query": f"?month={other:%Y-%m}", "words": month_words(other)}


def _shown(day: Day) -> dict[str, Any]:
    return {"day": day, "weekday": WEEKDAYS[day.date.weekday()], "happenings": [_told(one) for one in day.happenings]}


def _told(one: Happening) -> dict[str, Any]:
    return {"one": one, "moscow": f"{one.at.astimezone(MOSCOW):%H:%M}", "own": _own_clock(one.at)}


def _own_clock(at: dt.datetime) -> SafeString | str:
    """The reader's own clock, where it shows another time than Moscow's."""
    here = timezone.localtime(at)
    if here.utcoffset() == at.astimezone(MOSCOW).utcoffset():
        return ""
    return zones.short(here, language=reader_language(), zone=zones.offset_text(here))
