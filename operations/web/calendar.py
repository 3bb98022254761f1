"""The reporting calendar of an operation: its periods, each with its moments, and what headquarters change of them."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain.access import may, refusal, visible_to
from operations.domain.calendar_overview import reopenings, reporting_calendar, shown_periods
from operations.domain.errors import BadInput, ListedProblems, NotFound, Problem, Stale
from operations.domain.moments import MOSCOW
from operations.domain.period_adjustments import MOMENTS, adjust_period, fingerprint, moments_by_rule, restore_period
from operations.domain.reporting_calendar import shut_out
from operations.domain.returns import reopen_period
from operations.models import Operation, ReopenedPeriod, ReportingPeriod, Return
from operations.web.calendar_month import month_page, views
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, select
from operations.web.returns import reader
from operations.web.tags import label


@require_safe
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """All periods of an operation by stage and kind, or what happens in one month."""
    operation = row_or_404(Operation, request, slug=slug)
    if "month" in request.GET:
        return month_page(request, operation, request.GET["month"])
    now = timezone.now()
    stages = reporting_calendar(operation, user=reader(request), at=now)
    in_force = visible_to(ReopenedPeriod, request.user, at=now).filter(
        period__operation=operation, opened_at__lte=now, expires_at__gte=now
    )
    return render(
        request,
        "operations/calendar/calendar.html",
        {
            "operation": operation,
            "stages": stages,
            "views": views(is_month=False),
            "reopenings": in_force.select_related("period", "agency__state", "agency__kind").order_by("expires_at"),
            "in_moscow": _is_in_moscow(now),
        },
    )


@require_safe
def period(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One period: its moments, each state's deadline, what came, and for whom it is reopened."""
    row, now = _period(request, slug, code), timezone.now()
    seen = reopenings(row, user=reader(request), at=now)
    return render(
        request,
        "operations/calendar/period.html",
        {
            "operation": row.operation,
            "period": row,
            "shown": shown_periods([row], user=reader(request), at=now)[0],
            "reopenings": [ShownReopening(one, one.expires_at >= now) for one in seen],
            "may_adjust": may(row, "adjust", request.user, at=now),
            "may_restore": may(row, "restore", request.user, at=now),
            "closed_for": _closed_for(request, row, now),
        },
    )


@dataclass(frozen=True)
class ShownReopening:
    """A reopening with whether it still holds."""

    row: ReopenedPeriod
    is_in_force: bool


def _period(request: HttpRequest, slug: str, code: str) -> ReportingPeriod:
    rows = ReportingPeriod.objects.select_related("operation", "stage", "adjusted_by")
    found: ReportingPeriod = row_or_404(rows, request, operation__slug=slug, code=code)
    return found


def _closed_for(request: HttpRequest, row: ReportingPeriod, now: dt.datetime) -> list[Return]:
    """The agencies' returns for which the reader could reopen the period: shut out of it, and not reopened already."""
    rows = shut_out(visible_to(Return, request.user, at=now).filter(period=row), at=now)
    if not rows.exists():
        return []
    reopened = ReopenedPeriod.objects.filter(period=row, opened_at__lte=now, expires_at__gte=now)
    closed = rows.exclude(agency__in=reopened.values("agency")).select_related("agency__state", "agency__kind")
    found = list(closed.order_by("agency__state__short_ru", "agency__kind_id"))
    return found if found and may(found[0], "reopen_period", request.user, at=now) else []


# --- adjusting ---


@require_http_methods(["GET", "POST"])
def adjust(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Sets the three moments of a period, in Moscow's time, with a reason."""
    row, now = _period(request, slug, code), timezone.now()
    refused = refusal(row, "adjust", request.user, at=now)
    if refused is not None:
        raise refused
    initial = {name: _typed(getattr(row, name)) for name in MOMENTS} | {"seen": fingerprint(row)}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.update(_adjustment_fields())
    if request.method == "POST":
        given = form.typed()
        try:
            adjust_period(
                period=row,
                moments={name: given[name] for name in MOMENTS},
                reason=given["reason"],
                seen=given["seen"],
                screening_reason=given["screening_reason"],
                actor=reader(request),
                at=now,
            )
        except Stale as error:
            form.refuse(BadInput([Problem(code="stale", message=error.message)]))
            form.retype(seen=fingerprint(_period(request, slug, code)))
        except ListedProblems as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The moments are set; the returns of the period follow."))
            return redirect("operations:period", slug=slug, code=code)
    return render(
        request,
        "operations/calendar/adjust.html",
        {"operation": row.operation, "period": row, "form": form, "rule": moments_by_rule(row)},
        status=422 if form.errors else 200,
    )


def _adjustment_fields() -> dict[str, forms.Field]:
    return {
        "opens_at": _moment(_("Opens")),
        "due_at": _moment(_("Due")),
        "closes_at": _moment(_("Closes")),
        "reason": lines(_("Reason"), required=True, hint=_("It is kept with the period and in the audit trail.")),
        "screening_reason": hidden(),
        "seen": hidden(),
    }


def _moment(text: str) -> Any:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"})
    return forms.CharField(label=text, required=True, help_text=_("Moscow time"), widget=widget)


def _typed(value: dt.datetime) -> str:
    return f"{value.astimezone(MOSCOW):%Y-%m-%dT%H:%M:%S}"


def _refuse(form: DrawnForm, error: ListedProblems) -> None:
    """Shows the problems; a doubt about personal data opens the field for the reason."""
    form.refuse(error)
    if any(problem.code == "looks_personal" for problem in error.problems):
        form.fields["screening_reason"] = line(_("Why this is no personal data of a person who was checked"))


@require_POST
def restore(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Gives the period back to the rule of the plan."""
    row = _period(request, slug, code)
    restore_period(period=row, actor=reader(request), at=timezone.now())
    messages.success(request, _("The period has the moments of the rule again."))
    return redirect("operations:period", slug=slug, code=code)


# --- reopening ---


@require_http_methods(["GET", "POST"])
def reopen(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Reopens a closed period for one agency until the end of a day."""
    row, now = _period(request, slug, code), timezone.now()
    closed = _closed_for(request, row, now)
    if not closed:
        return _nothing_to_reopen(request, row, now)
    agencies = {one.agency.code: one for one in closed}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    form.fields.update(
        {
            "agency": select(_("Authority"), [(code, _agency(one)) for code, one in agencies.items()], required=True),
            "expires_at": date(_("Open until the end of"), required=True, hint=_("Moscow time")),
            "reason": lines(_("Reason"), required=True),
            "screening_reason": hidden(),
        }
    )
    if request.method == "POST":
        try:
            _reopen(row, form.typed(), agencies, request, now)
        except ListedProblems as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The period is open for the agency."))
            return redirect("operations:period", slug=slug, code=code)
    context = {"operation": row.operation, "period": row, "form": form}
    return render(request, "operations/calendar/reopen.html", context, status=422 if form.errors else 200)


def _agency(row: Return) -> str:
    return f"{label(row.agency.state)}: {label(row.agency)}"


def _nothing_to_reopen(request: HttpRequest, row: ReportingPeriod, now: dt.datetime) -> HttpResponse:
    """Whoever may not reopen is told so; whoever may, that there is nothing closed."""
    owed = visible_to(Return, request.user, at=now).filter(period=row, unit__isnull=True).first()
    refused = refusal(owed, "reopen_period", request.user, at=now) if owed is not None else NotFound()
    if refused is not None:
        raise refused
    messages.info(request, _("The period is closed for no authority: there is nothing to reopen."))
    return redirect("operations:period", slug=row.operation.slug, code=row.code)


def _reopen(
    row: ReportingPeriod, given: dict[str, Any], agencies: dict[str, Return], request: HttpRequest, now: dt.datetime
) -> None:
    problems = []
    owed = agencies.get(given["agency"])
    if owed is None:
        problems.append(Problem(code="unknown", field="agency", message=_("Choose an authority of the list.")))
    try:
        day = dt.date.fromisoformat(given["expires_at"])
    except ValueError:
        day = None
        text = _("This is not a date. Write it as 2026-12-31.")
        problems.append(Problem(code="not_a_date", field="expires_at", message=text))
    if problems or owed is None or day is None:
        raise BadInput(problems)
    reopen_period(
        period=row,
        agency=owed.agency,
        expires_at=dt.datetime.combine(day, dt.time(23, 59, 59), tzinfo=MOSCOW),
        reason=given["reason"],
        screening_reason=given["screening_reason"],
        actor=reader(request),
        at=now,
    )


def _is_in_moscow(now: dt.datetime) -> bool:
    """Whether the reader's clock shows Moscow time."""
    return timezone.localtime(now).utcoffset() == now.astimezone(MOSCOW).utcoffset()
