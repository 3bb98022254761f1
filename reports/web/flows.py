"""Flows of third-country nationals over months and quarters, what is forecast of them, and what was.

A forecast is asked for here and made in the background; earlier ones stay and are shown against what came. Headquarters
enter what flows were before the returns, with a source, and correct it.
"""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain.access import refusal, visible_to
from operations.domain.errors import NotFound
from operations.models import Indicator, MemberState
from operations.web.doors import row_or_404
from operations.web.drawn_forms import line, lines, radios, select
from operations.web.plain_forms import plain_form
from operations.web.returns import reader
from operations.web.tags import label, reader_language
from reports.domain import flow_blocks, flow_observations
from reports.domain.blocks import Block
from reports.domain.flow_series import INDICATORS, FlowSeries, flow_series
from reports.domain.forecasting import Method
from reports.domain.forecasts import account_of, newest_forecast, request_forecast, why_not
from reports.models import FlowObservation, Forecast, Frequency
from reports.rendering.cells import shown
from reports.web.charts import chart_part

#: So many earlier forecasts are shown with their outcome; the interface has them all.
SHOWN_FORECASTS = 12


@require_safe
def flows(request: HttpRequest) -> HttpResponse:
    """One series with its newest forecast, how it was made, and how the earlier ones did."""
    indicator, state, frequency = _asked(request.GET)
    series = flow_series(indicator, state=state, frequency=frequency)
    forecast = newest_forecast(indicator, state, frequency)
    now = timezone.now()
    earlier = visible_to(Forecast, request.user, at=now).filter(indicator=indicator, state=state, frequency=frequency)
    accounts = [account_of(one, series.points) for one in earlier.order_by("-made_at", "-pk")[:SHOWN_FORECASTS]]
    may_write = refusal(Forecast(), "create", request.user, at=now) is None
    return render(
        request,
        "reports/flows/flows.html",
        {
            "indicators": Indicator.objects.filter(code__in=INDICATORS),
            "states": MemberState.objects.order_by("short_ru"),
            "frequencies": Frequency.choices,
            "series": series,
            "rows": _rows(series),
            "fan": _fan(series, forecast),
            "breaks": [words for _day, words in series.breaks],
            "newest": _forecast_part(series, forecast) if forecast is not None else None,
            "accounts": [
                {"account": one, "mase": _shown_mase(one.mase), "method": Method(one.forecast.method).label}
                for one in accounts
            ],
            "may_write": may_write,
            "why_not": why_not(series) if may_write else None,
        },
    )


@require_safe
def forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """One forecast as it was made, against what came since."""
    row: Forecast = row_or_404(Forecast.objects.select_related("indicator", "state", "made_by"), request, pk=pk)
    series = flow_series(row.indicator, state=row.state, frequency=row.frequency)
    return render(
        request,
        "reports/flows/forecast.html",
        {
            "forecast": row,
            "series": series,
            "place": flow_blocks.place_name(row),
            "fan": _fan(series, row),
            "part": _forecast_part(series, row),
            "back": address_of(row.indicator, row.state, row.frequency),
        },
    )


@require_POST
def ask_for_forecast(request: HttpRequest) -> HttpResponse:
    """Has a forecast of a series made; its job tells how far it is."""
    indicator, state, frequency = _asked(request.POST)
    job = request_forecast(
        indicator=indicator, state=state, frequency=frequency, actor=reader(request), at=timezone.now()
    )
    return redirect("operations:job", pk=job.pk)


def _asked(given: Any) -> tuple[Indicator, MemberState | None, str]:
    """The series that an address names; whatever is not there is `NotFound`."""
    code = given.get("indicator", "") or INDICATORS[0]
    indicator = Indicator.objects.filter(code=code).first() if code in INDICATORS else None
    frequency = given.get("frequency", "") or Frequency.QUARTER
    place = given.get("state", "")
    state = MemberState.objects.filter(code=place).first() if place.isalnum() else None
    if indicator is None or frequency not in Frequency.values or (place and state is None):
        raise NotFound
    return indicator, state, frequency


def address_of(indicator: Indicator, state: MemberState | None, frequency: str) -> str:
    """The page of a series."""
    return f"{reverse('reports:flows')}?{_series_query(indicator, state, frequency)}"


def _series_query(indicator: Indicator, state: MemberState | None, frequency: str) -> str:
    asked = {"indicator": indicator.code, "state": state.code if state is not None else "", "frequency": frequency}
    return urlencode(asked)


def _rows(series: FlowSeries) -> list[dict[str, Any]]:
    """The series for its table, the newest first."""
    return [{"point": point, "name": point.slot.name} for point in reversed(series.points)]


def _fan(series: FlowSeries, row: Forecast | None) -> dict[str, Any] | None:
    block = flow_blocks.fan_block(series, row, id="flow")
    return chart_part(block, reader_language()) if block is not None else None


def _forecast_part(series: FlowSeries, row: Forecast) -> dict[str, Any]:
    """A forecast for a page: its words and its tables, in the reader's language."""
    account = account_of(row, series.points)
    methods = flow_blocks.methods_table(row, id="methods")
    texts = [flow_blocks.made_by_text(row), flow_blocks.breaks_text(row), flow_blocks.outcome_text(account)]
    return {
        "forecast": row,
        "account": account,
        "texts": [text for text in texts if text is not None],
        "points": _table(flow_blocks.points_table(account, id="points")),
        "methods": _table(methods) if methods is not None else None,
    }


def _table(block: Block) -> dict[str, Any]:
    """A block's table as text, for `reports/flows/_table.html`."""
    language = reader_language()
    return {
        "caption": block["caption"][language],
        "stub": block["stub"][language],
        "heads": [one["heading"][language] for one in block["columns"]],
        "rows": [
            {"head": row["header"][language], "cells": [shown(cell, language=language).whole for cell in row["cells"]]}
            for row in block["rows"]
        ],
    }


def _shown_mase(mase: Any) -> str:
    return shown(flow_blocks.mase_cell(mase), language=reader_language()).whole


# --- what was entered from sources ---


@require_safe
def observations(request: HttpRequest) -> HttpResponse:
    """What was entered, with source and person; what was corrected stays in the list."""
    indicator, state, frequency = _asked(request.GET)
    now = timezone.now()
    rows = visible_to(FlowObservation, request.user, at=now).filter(indicator=indicator)
    if state is not None:
        rows = rows.filter(state=state)
    rows = rows.select_related("state", "entered_by").order_by("-start_date", "state__short_ru", "-entered_at", "-pk")
    return render(
        request,
        "reports/flows/observations.html",
        {
            "page": Paginator(rows, 60).get_page(request.GET.get("page")),
            "indicators": Indicator.objects.filter(code__in=INDICATORS),
            "indicator": indicator,
            "states": MemberState.objects.order_by("short_ru"),
            "state": state,
            "may_write": refusal(FlowObservation(), "create", request.user, at=now) is None,
            "query": f"&{_series_query(indicator, state, frequency)}",
            "frequency": frequency,
        },
    )


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Enters months or quarters of one state from one source; the form begins with the series one came from."""
    refused = refusal(FlowObservation(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    indicator, state, frequency = _asked(request.GET)
    indicators = [(one.code, f"{one.code} {label(one)}") for one in Indicator.objects.filter(code__in=INDICATORS)]
    fields: dict[str, forms.Field] = {
        "indicator": radios(_("Flow"), indicators),
        "state": select(_("State"), _states(), required=True),
        "frequency": radios(_("By month or by quarter"), Frequency.choices),
        "lines": lines(
            _("Numbers"),
            required=True,
            rows=10,
            hint=_("One month or quarter in a line, then its number: 2019-05 120400, or 2019-Q2 361200."),
        ),
        **_source_fields(),
    }
    return plain_form(
        request,
        fields,
        heading=_("Enter flows from a source"),
        says=_("Numbers from before the returns. Where an accepted return says what a month was, the return stands."),
        initial={
            "indicator": indicator.code,
            "state": state.code if state is not None else "",
            "frequency": frequency,
        },
        takes=lambda values, **who: flow_observations.enter_observations(values=values, **who),
        back=_entered_address(indicator, state, frequency),
        back_name=_("Flows entered from sources"),
        leads_to=lambda rows: _entered_address(rows[0].indicator, rows[0].state, rows[0].frequency),
    )


def _entered_address(indicator: Indicator, state: MemberState | None, frequency: str) -> str:
    return f"{reverse('reports:flow-observations')}?{_series_query(indicator, state, frequency)}"


@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Corrects one observation: the old one stays in the list, the new one takes its place in the series."""
    row: FlowObservation = row_or_404(FlowObservation.objects.select_related("state", "indicator"), request, pk=pk)
    refused = refusal(row, "correct", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    name = flow_observations.slot_of(row).name
    fields: dict[str, forms.Field] = {
        "value": line(_("Value"), required=True, inputmode="numeric"),
        **_source_fields(),
    }
    return plain_form(
        request,
        fields,
        heading=f"{label(row.indicator)}, {label(row.state)}, {label(name)}",
        says=_("The old number stays in the list of what was entered; forecasts made with it stay as they are."),
        initial={field: getattr(row, field) for field in fields},
        takes=lambda values, **who: flow_observations.correct_observation(observation=row, values=values, **who),
        back=reverse("reports:flow-observations"),
        back_name=_("Flows entered from sources"),
    )


def _states() -> list[tuple[str, str]]:
    return [(state.code, label(state)) for state in MemberState.objects.order_by("short_ru")]


def _source_fields() -> dict[str, forms.Field]:
    return {
        "source_title": line(_("Source"), required=True, hint=_("Who published it, and where.")),
        "source_url": line(_("Address of the source"), hint=_("https://…")),
        "source_date": line(_("Date of the source"), hint=_("As the source gives it.")),
    }
