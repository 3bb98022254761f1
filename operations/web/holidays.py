"""Holidays of the states: the days of a year, and what entering or removing some would move, before it is done."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import holidays
from operations.domain.access import may, refusal, visible_to
from operations.domain.deadlines import Deadline, Move
from operations.domain.entry import Refused
from operations.domain.errors import ListedProblems, NotFound
from operations.domain.moments import moscow_date
from operations.models import Holiday, MemberState, ReportingPeriod, Return
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, line, lines
from operations.web.returns import reader
from operations.web.tags import label, short_day

#: The two changes, each with its transition.
CHANGES = {"add": "add_holidays", "remove": "remove_holidays"}


@dataclass(frozen=True)
class MovedPeriod:
    """Returns of one period whose deadline moves alike; `is_common` for the common moments of the period."""

    period: ReportingPeriod
    before: Deadline
    after: Deadline
    returns: int
    is_common: bool = False


@require_safe
def holiday_list(request: HttpRequest) -> HttpResponse:
    """The holidays of the states in a year; `state` narrows them to one."""
    now = timezone.now()
    year, state = _year(request, moscow_date(now).year), _state(request)
    rows = visible_to(Holiday, request.user, at=now).filter(day__year=year).select_related("state")
    if state is not None:
        rows = rows.filter(state=state)
    states = list(MemberState.objects.order_by("short_ru"))
    by_state: dict[int, list[Holiday]] = {}
    for row in rows.order_by("day"):
        by_state.setdefault(row.state_id, []).append(row)
    shown = [(one, by_state.get(one.pk, [])) for one in states if state in (None, one)]
    return render(
        request,
        "operations/calendar/holidays.html",
        {
            "year": year,
            "years": range(moscow_date(now).year - 1, moscow_date(now).year + 3),
            "states": states,
            "chosen": state,
            "shown": shown,
            "may_change": bool(states) and may(states[0], "add_holidays", request.user, at=now),
        },
    )


def _year(request: HttpRequest, this_year: int) -> int:
    given = request.GET.get("year", "") or str(this_year)
    if not (given.isascii() and given.isdigit() and len(given) == 4 and 2000 <= int(given) <= 2100):
        raise BadRequest("year")
    return int(given)


def _state(request: HttpRequest) -> MemberState | None:
    code = request.GET.get("state", "")
    if not code:
        return None
    found = MemberState.objects.filter(code=code).first() if code.isalnum() else None
    if found is None:
        raise BadRequest("state")
    return found


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """Adds or removes holidays: the first answer shows which deadlines would move, the second moves them."""
    state: MemberState = row_or_404(MemberState, request, code=code)
    transition = CHANGES.get(name)
    if transition is None:
        raise NotFound
    now = timezone.now()
    refused = refusal(state, transition, request.user, at=now)
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields.update(_fields(state, name, request.GET.get("year", "")))
    values: dict[str, Any] = form.typed() if request.method == "POST" else {}
    seen = None
    if request.method == "POST":
        try:
            if request.POST.get("confirmed") == "1":
                return _carry_out(request, state, name, values, now)
            seen = holidays.preview(state=state, name=transition, values=values, actor=reader(request), at=now)
        except ListedProblems as error:
            form.refuse(error)
    year = request.GET.get("year", "")
    context = {"state": state, "name": name, "form": form, "year": year, "back": _back(state, values, year)}
    if seen is not None:
        days = holidays.typed_days(values["days"])
        context |= {"moved": _moved(seen), "days": days, "values": values, "is_checked": True}
    return render(request, "operations/calendar/change_holidays.html", context, status=422 if form.errors else 200)


def _fields(state: MemberState, name: str, year: str) -> dict[str, forms.Field]:
    if name == "remove":
        return {"days": _ticked_days(state, year)}
    hint = _("One day in a line; a stretch as 2026-01-01 – 2026-01-08.")
    return {
        "days": lines(_("Days off"), required=True, hint=hint),
        "name_ru": line(_("Name")),
        "name_en": line(_("Name")),
    }


def _ticked_days(state: MemberState, year: str) -> forms.MultipleChoiceField:
    rows = Holiday.objects.filter(state=state).order_by("-day")
    if year.isascii() and year.isdigit() and len(year) == 4:
        rows = rows.filter(day__year=int(year)).order_by("day")
    choices = [(row.day.isoformat(), f"{short_day(row.day)} {label(row)}".strip()) for row in rows]
    return forms.MultipleChoiceField(
        label=_("Days off"), choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


def _carry_out(
    request: HttpRequest, state: MemberState, name: str, values: dict[str, Any], now: dt.datetime
) -> HttpResponse:
    if name == "add":
        moved = holidays.add_holidays(state=state, values=values, actor=reader(request), at=now)
        words = _("The holidays are entered. Deadlines moved: %(count)s.")
    else:
        moved = holidays.remove_holidays(state=state, days=values["days"], actor=reader(request), at=now)
        words = _("The holidays are removed. Deadlines moved: %(count)s.")
    messages.success(request, words % {"count": len(moved.returns)})
    return redirect(_back(state, values, ""))


def _back(state: MemberState, values: dict[str, Any], year: str) -> str:
    """The list of the state, in the year of the first day."""
    if not year and values.get("days"):
        try:
            year = str(holidays.typed_days(values["days"])[0].year)
        except Refused:
            year = ""
    address = f"{reverse('operations:holidays')}?state={state.code}"
    return f"{address}&year={year}" if year.isascii() and year.isdigit() else address


def _moved(seen: holidays.Preview) -> list[MovedPeriod]:
    """The moves by period, common moments first; returns that move alike are one line."""
    common = [
        MovedPeriod(move.row, move.before, move.after, 0, is_common=True)
        for move in seen.periods
        if isinstance(move.row, ReportingPeriod)
    ]
    counted: Counter[tuple[int, Deadline, Deadline]] = Counter()
    periods: dict[int, ReportingPeriod] = {}
    for move in seen.returns:
        row = _return_of(move)
        counted[row.period_id, move.before, move.after] += 1
        periods[row.period_id] = row.period
    return common + [MovedPeriod(periods[key], before, after, n) for (key, before, after), n in counted.items()]


def _return_of(move: Move) -> Return:
    assert isinstance(move.row, Return)  # noqa: S101 - the moves of returns
    return move.row
