"""The statistics room behind the doors: a flow from a source, a forecast of it, an exchange rate, an added figure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from operations.models import ExchangeRate, PublishedFigure, User
from reports.models import DisclosureThresholds, FlowObservation, Forecast
from tests.factories.reference import indicator, state


def make_statistics(users: Mapping[str, User | None]) -> dict[str, Mapping[str, Any]]:
    """Rows that everybody may read and only the headquarters write."""
    planner = users["planner"]
    assert planner is not None
    observation = FlowObservation.objects.create(
        indicator=indicator("MIG01"),
        state=state("RU"),
        frequency="quarter",
        start_date=dt.date(2019, 1, 1),
        end_date=dt.date(2019, 3, 31),
        value=5,
        source_title="Бюллетень",
        entered_by=planner,
        entered_at=timezone.now(),
    )
    forecast = Forecast.objects.create(
        indicator=indicator("MIG01"),
        frequency="quarter",
        method="seasonal_naive",
        series=[{"slot": "2019-Q1", "value": 5, "origin": "entered", "demonstration": False}],
        backtest={"season": 4, "origins": 0, "scale": "1.000", "methods": {}},
        points=[
            {"slot": "2019-Q2", "start": "2019-04-01", "value": 5, "low80": 4, "high80": 6, "low95": 3, "high95": 7}
        ],
        origin_date=dt.date(2019, 3, 31),
        made_by=planner,
        made_at=timezone.now(),
    )
    rate = ExchangeRate.objects.create(
        currency="RUB",
        day=dt.date(2026, 1, 31),
        units_per_usd=80,
        source="Банк России",
        added_by=planner,
        added_at=timezone.now(),
    )
    figure = PublishedFigure.objects.get(code="F012")
    figure.pk, figure.code, figure.added_by = None, "H900", planner
    figure.save(force_insert=True)
    thresholds = DisclosureThresholds.objects.create(
        effective_from=dt.date(2090, 1, 1),
        reference_ru="Решение Совета",
        reference_en="Decision of the Council",
        entered_by=planner,
        entered_at=timezone.now(),
    )
    return {
        "thresholds": {"pk": thresholds.pk},
        "added-figure": {"code": figure.code},
        "rate": {"pk": rate.pk},
        "observation": {"pk": observation.pk},
        "forecast": {"pk": forecast.pk},
    }
