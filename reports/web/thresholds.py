"""The thresholds of disclosure control as the Council decided them, and the form by which a decision is entered."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain.access import visible_to
from operations.domain.errors import NotAllowed
from operations.domain.moments import moscow_date
from operations.models import Decision
from operations.web.drawn_forms import date, line, radios, select
from operations.web.plain_forms import plain_form
from operations.web.tags import short_day
from reports.domain.disclosure_thresholds import (
    council_decisions,
    enter_thresholds,
    may_set_thresholds,
    thresholds_on,
)
from reports.models import DisclosureMethod, DisclosureThresholds


@require_safe
def thresholds(request: HttpRequest) -> HttpResponse:
    """What holds today, and every decision with the day from which it holds."""
    now = timezone.now()
    rows = visible_to(DisclosureThresholds, request.user, at=now)
    in_force = thresholds_on(moscow_date(now))
    return render(
        request,
        "reports/thresholds.html",
        {
            "in_force": in_force,
            "method": DisclosureMethod(in_force.method).label,
            "rows": rows.select_related("entered_by", "decision__item__meeting").order_by("-effective_from"),
            "may_set": may_set_thresholds(request.user, at=now),
        },
    )


@require_http_methods(["GET", "POST"])
def new_thresholds(request: HttpRequest) -> HttpResponse:
    """Enters a decision of the Council: from its day on every new public edition follows it."""
    now = timezone.now()
    if not may_set_thresholds(request.user, at=now):
        raise NotAllowed
    in_force = thresholds_on(moscow_date(now))
    fields: dict[str, forms.Field] = {
        "effective_from": date(_("In force from"), required=True, hint=_("Today or later: it never holds backwards.")),
        "reference_ru": line(_("Decision of the Council"), required=True),
        "reference_en": line(_("Decision of the Council"), required=True),
        "decision": select(_("Decision in the minutes"), [(row.pk, _decision(row)) for row in council_decisions()]),
        "method": radios(_("Method"), DisclosureMethod.choices),
        "fine_cell": line(
            _("Smallest number shown"),
            required=True,
            inputmode="numeric",
            hint=_("For what is finer than state, indicator and operation; from 3 to 100."),
        ),
        "citizenship_cell": line(
            _("Smallest number shown for citizenship"),
            required=True,
            inputmode="numeric",
            hint=_("For citizenship by state and stage; not below the other one."),
        ),
        "rounding_base": line(
            _("Base of rounding"),
            required=True,
            inputmode="numeric",
            hint=_("From 3 to 100. Where a threshold is higher, its next multiple not below the threshold is used."),
        ),
    }
    return plain_form(
        request,
        fields,
        heading=_("Enter thresholds decided by the Council"),
        says=_("Editions that have been made stay as they are; every later one follows the decision."),
        initial={
            "method": in_force.method,
            "fine_cell": in_force.limits.fine_cell,
            "citizenship_cell": in_force.limits.citizenship_cell,
            "rounding_base": in_force.rounding_base,
        },
        takes=lambda values, **who: enter_thresholds(values=values, **who),
        back=reverse("reports:thresholds"),
        back_name=_("Disclosure control"),
    )


def _decision(row: Decision) -> str:
    meeting = row.item.meeting
    return f"№ {meeting.minutes_number or meeting.number}, {short_day(meeting.held_on)}: {row.text_ru[:80]}"
