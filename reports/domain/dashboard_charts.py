"""The charts of a dashboard: violations by stage, and arrivals over the year with the events that explain them."""

from collections.abc import Sequence

from operations.models import ContextEvent, Indicator, ReportingPeriod
from reports.domain import blocks
from reports.domain.annual_results import INDICATOR, group_name
from reports.domain.cells import Text, both, same
from reports.domain.dashboard import Dashboard
from reports.domain.texts import indicator_name, period_name, stage_name
from reports.domain.units import unit_text


def charts(found: Dashboard) -> list[blocks.Block]:
    """A chart only where there is something to draw; each holds the numbers of its table."""
    return [*_stages(found), *_flows(found)]


def _stages(found: Dashboard) -> list[blocks.Block]:
    drawn = [(one, cells) for one, cells in found.by_stage if any(cell["state"] == "value" for cell in cells)]
    if not drawn or not found.stages:
        return []
    title = group_name(drawn[0][0].group)
    return [
        blocks.chart(
            id="chart-stages",
            kind="bar",
            caption=both(ru=f"{title['ru']}: сравнение этапов", en=f"{title['en']}: stages compared"),
            alt=both(
                ru="Столбцы по показателям, для каждого этапа; те же числа в таблице под диаграммой.",
                en="Bars by indicator for each stage; the table under the chart holds the same numbers.",
            ),
            unit=unit_text(drawn[0][0].unit),
            stub=INDICATOR,
            categories=[indicator_name(one) for one, _cells in drawn],
            series=[
                blocks.series(name=stage_name(progress.stage), cells=[cells[place] for _one, cells in drawn])
                for place, progress in enumerate(found.stages)
            ],
        )
    ]


def _flows(found: Dashboard) -> list[blocks.Block]:
    drawn = [(one, cells) for one, cells in found.flows if any(cell["state"] == "value" for cell in cells)]
    if not drawn or len(found.intervals) < 2:
        return []
    return [
        blocks.chart(
            id="chart-flows",
            kind="line",
            caption=both(ru="Въезд и выезд граждан третьих государств", en="Arrivals and departures"),
            alt=both(
                ru="Линии по периодам, события отмечены номерами; те же числа в таблице под диаграммой.",
                en="Lines over the periods, events marked by number; the table under the chart holds the same numbers.",
            ),
            unit=unit_text(drawn[0][0].unit),
            stub=both(ru="Период", en="Period"),
            categories=[period_name(one) for one in found.intervals],
            series=[_series(one, cells) for one, cells in drawn],
            marks=_placed(found.events, found.intervals),
        )
    ]


def _series(indicator: Indicator, cells: Sequence[blocks.Block]) -> blocks.Block:
    return blocks.series(name=indicator_name(indicator), cells=cells)


def _placed(events: Sequence[ContextEvent], periods: Sequence[ReportingPeriod]) -> list[tuple[int, Text]]:
    """The periods (by place) in which events begin, each with the numbers of its events in the list below."""
    found: dict[int, list[str]] = {}
    for number, event in enumerate(events, start=1):
        for place, period in enumerate(periods):
            if period.start_date <= event.starts_on <= period.end_date:
                found.setdefault(place, []).append(str(number))
    return [(place, same(", ".join(numbers))) for place, numbers in sorted(found.items())]
