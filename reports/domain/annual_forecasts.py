"""The forecast in the annual report: what was said of the year's flows against what came, and what is said of the next.

A report prints, for each flow of all states, the last forecast from what was known before the year began, and the last
one from what was known within it. Without a forecast it prints nothing.
"""

import datetime as dt
from collections.abc import Iterator

from operations.models import Indicator, Operation
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.cells import both
from reports.domain.flow_blocks import forecast_blocks
from reports.domain.flow_series import INDICATORS, flow_series
from reports.models import Forecast, Frequency


def situation_forecasts(operation: Operation) -> list[Block]:
    """The forecasts of the year's section «Миграционная обстановка»."""
    found = list(_forecasts(operation.year))
    if not found:
        return []
    heading = blocks.heading(both(ru="Прогноз и факт", en="Forecast and actual"), id="forecast")
    return [heading, *(block for one in found for block in _blocks(one))]


def _blocks(forecast: Forecast) -> list[Block]:
    series = flow_series(forecast.indicator, state=None, frequency=forecast.frequency)
    return forecast_blocks(series, forecast, stem=f"forecast-{forecast.pk}")


def _forecasts(year: int) -> Iterator[Forecast]:
    """By quarters where there is such a forecast, else by months."""
    start, year_long = dt.date(year, 1, 1), dt.timedelta(days=366)
    for indicator in Indicator.objects.filter(code__in=INDICATORS):
        for frequency in (Frequency.QUARTER, Frequency.MONTH):
            of_series = Forecast.objects.filter(indicator=indicator, state=None, frequency=frequency)
            before = of_series.filter(origin_date__lt=start, origin_date__gte=start - year_long)
            within = of_series.filter(origin_date__year=year)
            newest = (rows.order_by("-origin_date", "-made_at").first() for rows in (before, within))
            shown = [one for one in newest if one is not None]
            yield from shown
            if shown:
                break
