"""The forms by which headquarters add a published figure with its source, and correct one that they added."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from operations.domain.access import refusal
from operations.models import Indicator, MemberState, PublishedFigure, Qualifier
from operations.web.doors import row_or_404
from operations.web.drawn_forms import date, line, lines, radios, select
from operations.web.plain_forms import plain_form
from operations.web.tags import label
from reports.domain import published_figures
from reports.domain.units import UNITS

_RELATED = ("indicator", "state", "part_of", "duplicate_of")


@require_http_methods(["GET", "POST"])
def new_figure(request: HttpRequest) -> HttpResponse:
    refused = refusal(PublishedFigure(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    return plain_form(
        request,
        _fields(),
        heading=_("Add a published figure"),
        says=_("As the source states it: its number, its unit, its qualifier. It never enters the totals of returns."),
        initial={
            "qualifier": Qualifier.EQ,
            "coverage": PublishedFigure.Coverage.TOTAL,
            "scope": PublishedFigure.Scope.REGIONAL,
            "period_kind": PublishedFigure.PeriodKind.YEAR,
        },
        takes=lambda values, **who: published_figures.add_figure(values=values, **who),
        back=reverse("reports:history"),
        back_name=_("History"),
        leads_to=lambda row: reverse("reports:figure", args=[row.code]),
    )


@require_http_methods(["GET", "POST"])
def correct_figure(request: HttpRequest, code: str) -> HttpResponse:
    rows = PublishedFigure.objects.select_related(*_RELATED)
    row: PublishedFigure = row_or_404(rows, request, code=code)
    refused = refusal(row, "correct", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    here = reverse("reports:figure", args=[code])
    return plain_form(
        request,
        _fields(),
        heading=_("Correct the published figure"),
        says=_("The corrected figure takes the place of this one, which stays, struck out, and counts nowhere."),
        initial=_initial(row),
        takes=lambda values, **who: published_figures.correct_figure(figure=row, values=values, **who),
        back=here,
        back_name=row.code,
        leads_to=lambda fresh: reverse("reports:figure", args=[fresh.code]),
    )


def _initial(row: PublishedFigure) -> dict[str, Any]:
    values = {name: getattr(row, name) for name in published_figures.NAMES}
    related = {name: values[name].code for name in _RELATED if values[name] is not None}
    return {**values, **dict.fromkeys(_RELATED, ""), **related, "value": f"{row.value.normalize():f}"}


def _fields() -> dict[str, forms.Field]:
    return {**_what(), **_where(), **_when(), **_links(), **_source()}


def _what() -> dict[str, forms.Field]:
    indicators = [(one.code, f"{one.code} {label(one)}") for one in Indicator.objects.order_by("position")]
    units = [(code, label(text)) for code, text in UNITS.items()]
    return {
        "indicator": select(_("Indicator"), indicators, hint=_("None for a figure of the circumstances.")),
        "label_ru": line(_("Figure, as the source puts it"), required=True),
        "label_en": line(_("Figure, as the source puts it"), required=True),
        "qualifier": radios(_("Qualifier"), Qualifier.choices),
        "value": line(_("Value"), required=True, inputmode="decimal"),
        "unit": select(
            _("Unit"),
            units,
            required=True,
            hint=_("The unit of the source. Where it is not the indicator’s, the figure is shown and never added up."),
        ),
        "currency": line(_("Currency"), hint=_("For money: RUB, KZT, USD …"), maxlength="3"),
    }


def _where() -> dict[str, forms.Field]:
    states = [(one.code, label(one)) for one in MemberState.objects.order_by("short_ru")]
    return {
        "scope": radios(_("Scope"), PublishedFigure.Scope.choices),
        "state": select(_("State"), states, hint=_("None for the whole Organisation or several states.")),
        "place_ru": line(_("Place"), hint=_("May be left out for a whole state or the Organisation.")),
        "place_en": line(_("Place")),
    }


def _when() -> dict[str, forms.Field]:
    return {
        "period_kind": radios(_("Period"), PublishedFigure.PeriodKind.choices),
        "year_from": line(_("First year"), required=True, inputmode="numeric"),
        "year_to": line(_("Last year"), inputmode="numeric", hint=_("The same one when it is left out.")),
        "date_from": date(_("First day"), hint=_("Days that the source does not give stay open.")),
        "date_to": date(_("Last day")),
        "period_ru": line(_("Period in the words of the source"), hint=_("May be left out for whole years.")),
        "period_en": line(_("Period in the words of the source")),
    }


def _links() -> dict[str, forms.Field]:
    code = _("The code of the other figure, for example F012.")
    return {
        "coverage": radios(_("Coverage"), PublishedFigure.Coverage.choices),
        "part_of": line(_("Part of"), hint=code),
        "duplicate_of": line(_("Repeats"), hint=code),
        "status": select(_("Sources"), PublishedFigure.Status.choices),
    }


def _source() -> dict[str, forms.Field]:
    return {
        "source_title": line(_("Source"), required=True, hint=_("Who published it, and where.")),
        "source_url": line(_("Address of the source"), hint=_("https://…")),
        "source_date": line(_("Date of the source"), hint=_("As the source gives it.")),
        "note": lines(_("Note"), rows=3),
    }
