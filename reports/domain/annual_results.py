"""Tables and charts of results for the annual report: by group, the master table, by stage, by state, money.

States stand in Russian alphabetical order and are never ranked. A number of the region says how many states are behind
it, and stands beside the year before. Charts compare the stages, or the months and quarters, of one year.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from operations.domain.statistics import series_by_period
from operations.models import Indicator, IndicatorGroup, ReportingPeriod
from reports.domain import blocks
from reports.domain.cells import Cell, Text, both, changes, missing, number
from reports.domain.results import (
    INTERVAL_GROUPS,
    Results,
    YearBefore,
    region_cell,
    share_cell,
    state_cell,
)
from reports.domain.texts import indicator_name, joined, period_name, stage_name, state_name, worded
from reports.domain.units import unit_text

HEADLINES = ("ACT04", "VIO01", "ADM01", "RET02", "CRM01", "WNT01", "GRP01", "BRD01")
INDICATOR = both(ru="Показатель", en="Indicator")
STATE = both(ru="Государство", en="State")
PERSON_EVENTS = both(
    ru="Сумма лиц по этапам — число случаев учёта: одно лицо могло быть учтено на каждом этапе.",
    en="Sums of persons over stages are person-events: one person may have been counted in each stage.",
)


def depth(indicator: Indicator, by_id: dict[int, Indicator]) -> int:
    """How far an indicator is indented: a part stands under its whole."""
    level, whole = 0, indicator.part_of_id
    while whole is not None and whole in by_id:
        level, whole = level + 1, by_id[whole].part_of_id
    return level


def is_summed(indicator: Indicator) -> bool:
    """Whether a year's number exists: money has tables by currency, a level stands by stage alone."""
    return not indicator.is_money and indicator.over_time != Indicator.Aggregation.NONE


def group_name(group: str) -> Text:
    return worded(IndicatorGroup(group).label)


def year_unit(indicator: Indicator) -> Text:
    """The unit of a year's number: persons summed over stages are person-events."""
    is_summed = indicator.over_time == Indicator.Aggregation.SUM and indicator.group not in INTERVAL_GROUPS
    if indicator.unit == "persons" and is_summed:
        return both(ru="чел.-случаев", en="person-events")
    return unit_text(indicator.unit)


def unit_in(results: Results, indicator: Indicator) -> Text:
    """The unit of these results: in one stage nobody is counted twice."""
    return year_unit(indicator) if results.stage is None else unit_text(indicator.unit)


def codes_of(indicator: Indicator) -> blocks.Codes:
    """What a number of this indicator is of, for machines."""
    return {"indicator": indicator.code, "unit": indicator.unit}


def operation_codes(results: Results) -> blocks.Codes:
    codes = {"operation": results.operation.slug}
    return codes if results.stage is None else {**codes, "time": f"stage:{results.stage.number}"}


def headline_cards(results: Results, before: YearBefore) -> blocks.Block:
    """The summary page's figures, each with the year before and the states behind it."""
    cards = []
    for code in HEADLINES:
        row = results.year[code]
        cards.append(
            blocks.card(
                label=indicator_name(row.indicator),
                cell=region_cell(row),
                unit=unit_in(results, row.indicator),
                previous=before.region(code),
                share=share_cell(row),
                codes={**operation_codes(results), **codes_of(row.indicator)},
                previous_codes={**operation_codes(results), "operation": before.operation, **codes_of(row.indicator)},
            )
        )
    return blocks.key_figures(cards)


def group_matrix(
    results: Results, before: YearBefore, indicators: Sequence[Indicator], *, id: str, caption: Text
) -> list[blocks.Block]:
    """Indicator × state of one group; money has a table of its own."""
    counted = [one for one in indicators if is_summed(one)]
    if not counted:
        return []
    by_id = {one.pk: one for one in counted}
    rows = [
        blocks.matrix_row(
            header=indicator_name(one),
            code=one.code,
            unit=unit_in(results, one),
            states=[state_cell(results.year[one.code].cells[state.pk]) for state in results.states],
            share=share_cell(results.year[one.code]),
            total=region_cell(results.year[one.code]),
            previous=before.region(one.code),
            level=depth(one, by_id),
            codes=codes_of(one),
        )
        for one in counted
    ]
    states: list[dict[str, str]] = [{"ru": state.short_ru, "en": state.short_en} for state in results.states]
    return [
        blocks.matrix(
            id=id,
            caption=caption,
            year=results.operation.year,
            states=states,
            rows=rows,
            footnotes=_person_events(results, counted),
            state_codes=[state.code for state in results.states],
            codes=operation_codes(results),
            before=before.operation,
        )
    ]


def drawn_together(indicators: Sequence[Indicator]) -> list[Indicator]:
    """What one chart of a group shows: its counts of the commonest unit; a single one needs no chart."""
    counted = [one for one in indicators if one.kind == Indicator.Kind.COUNT]
    units = [one.unit for one in counted]
    shown = [one for one in counted if one.unit == max(units, key=units.count)]
    return shown if len(shown) > 1 else []


def year_chart(
    results: Results, before: YearBefore, indicators: Sequence[Indicator], *, id: str, title: Text
) -> list[blocks.Block]:
    """The region's numbers of a group beside those of the year before, where any are known; its matrix holds them."""
    shown = drawn_together(indicators)
    now = [region_cell(results.year[one.code]) for one in shown]
    if not any(cell["state"] == "value" for cell in now):
        return []
    year, codes = results.operation.year, operation_codes(results)
    series = [blocks.series(name=both(ru=f"{year}\u00a0г.", en=str(year)), cells=now, codes={})]
    earlier = [_bare(before.region(one.code)) for one in shown]
    if any(cell["state"] == "value" for cell in earlier):
        name = both(ru=f"АППГ ({year - 1}\u00a0г.)", en=str(year - 1))
        place = {"operation": before.operation} if before.operation else None
        series.insert(0, blocks.series(name=name, cells=earlier, codes=place))
    drawn = _bars(
        shown,
        id=id,
        caption=both(ru=f"{title['ru']}: по региону в целом", en=f"{title['en']}: the whole region"),
        alt=both(
            ru="Столбцы по показателям в целом по региону; те же числа в таблице над диаграммой.",
            en="Bars by indicator for the whole region; the table above the chart holds the same numbers.",
        ),
        codes=codes,
        series=series,
        table_shown=False,
    )
    return [drawn]


def _bare(cell: Cell) -> Cell:
    """The number alone: its note and its source stand in the table."""
    return {key: value for key, value in cell.items() if key not in ("note", "sources")}


def stage_chart(results: Results, indicators: Sequence[Indicator], *, id: str, title: Text) -> list[blocks.Block]:
    """The group's indicators of its commonest unit, stage beside stage."""
    shown = drawn_together(indicators)
    if not shown or not results.stages:
        return []
    series = [
        blocks.series(
            name=stage_name(stage),
            cells=[region_cell(results.by_stage[stage.number][one.code]) for one in shown],
            codes={"time": f"stage:{stage.number}"},
        )
        for stage in results.stages
    ]
    drawn = _bars(
        shown,
        id=id,
        caption=both(ru=f"{title['ru']}: сравнение этапов", en=f"{title['en']}: stages compared"),
        alt=both(
            ru="Столбцы по показателям, для каждого этапа; те же числа в таблице под диаграммой.",
            en="Bars by indicator for each stage; the table under the chart holds the same numbers.",
        ),
        codes=operation_codes(results),
        series=series,
    )
    return [drawn]


def _bars(shown: Sequence[Indicator], **given: Any) -> blocks.Block:
    """A bar for each indicator in each series; all of them count in one unit."""
    return blocks.chart(
        kind="bar",
        unit=unit_text(shown[0].unit),
        stub=INDICATOR,
        categories=[indicator_name(one) for one in shown],
        category_codes=[codes_of(one) for one in shown],
        **given,
    )


def interval_chart(results: Results, indicators: Sequence[Indicator], *, id: str, title: Text) -> list[blocks.Block]:
    """Flows month by month or quarter by quarter."""
    flows = [one for one in indicators if one.kind == Indicator.Kind.COUNT]
    units = [one.unit for one in flows]
    shown = [one for one in flows if one.unit == max(units, key=units.count)]
    if not shown or len(results.intervals) < 2:
        return []
    return [
        blocks.chart(
            id=id,
            kind="line",
            caption=both(ru=f"{title['ru']} по периодам года", en=f"{title['en']} over the year"),
            alt=both(
                ru="Линии показателей по периодам; те же числа в таблице под диаграммой.",
                en="Lines of the indicators over the periods; the table under the chart holds the same numbers.",
            ),
            unit=unit_text(shown[0].unit),
            stub=both(ru="Период", en="Period"),
            codes=operation_codes(results),
            categories=[period_name(period) for period in results.intervals],
            category_codes=[{"time": f"period:{period.code}"} for period in results.intervals],
            series=[
                blocks.series(
                    name=indicator_name(one),
                    cells=_by_period(results, one, results.intervals),
                    codes=codes_of(one),
                )
                for one in shown
            ],
        )
    ]


def _by_period(results: Results, indicator: Indicator, periods: Iterable[ReportingPeriod]) -> list[Cell]:
    found = {period: value for period, _code, value in series_by_period(results.operation, indicator=indicator)}
    return [number(found[period.pk]) if period.pk in found else missing("not_reported") for period in periods]


def levels_table(results: Results, indicators: Sequence[Indicator], *, id: str) -> list[blocks.Block]:
    """Levels (a median, for one) by state and stage: they are neither added up nor averaged."""
    levels = [one for one in indicators if one.over_time == Indicator.Aggregation.NONE]
    if not levels or not results.stages:
        return []
    columns, lines = [], []
    for one in levels:
        heading = joined([indicator_name(one), unit_text(one.unit)])
        columns += [
            blocks.column(
                heading=stage_name(stage), group=heading, codes={**codes_of(one), "time": f"stage:{stage.number}"}
            )
            for stage in results.stages
        ]
    for state in results.states:
        cells = [
            state_cell(results.by_stage[stage.number][one.code].cells[state.pk])
            for one in levels
            for stage in results.stages
        ]
        lines.append(blocks.row(header=state_name(state), cells=cells, codes={"state": state.code}))
    caption = both(ru="Показатели, которые не складываются", en="Indicators that are not added up")
    codes = operation_codes(results)
    return [blocks.table(id=id, caption=caption, stub=STATE, columns=columns, rows=lines, codes=codes)]


def master_table(results: Results, before: YearBefore) -> list[blocks.Block]:
    """Every indicator of the region with the year before, group by group."""
    by_id = {one.pk: one for one in results.indicators}
    lines: list[blocks.Block] = []
    for group in IndicatorGroup.values:
        members = [one for one in results.group(group) if is_summed(one)]
        if not members:
            continue
        lines.append(blocks.group_row(group_name(group)))
        for one in members:
            row = results.year[one.code]
            total, previous = region_cell(row), before.region(one.code)
            lines.append(
                blocks.row(
                    header=indicator_name(one),
                    code=one.code,
                    unit=unit_in(results, one),
                    level=depth(one, by_id),
                    cells=[share_cell(row), total, previous, *_changes(total, previous)],
                    codes=codes_of(one),
                )
            )
    return [
        blocks.table(
            id="table-master",
            caption=both(ru="Сводная таблица показателей по региону", en="Master table of the region's indicators"),
            stub=INDICATOR,
            columns=[
                blocks.column(heading=both(ru="Представили", en="Reported")),
                *blocks.year_columns(year=results.operation.year, before=before.operation),
            ],
            rows=lines,
            footnotes=_person_events(results, results.indicators),
            codes=operation_codes(results),
        )
    ]


def _person_events(results: Results, indicators: Sequence[Indicator]) -> list[Text]:
    """The word on persons counted once in each stage, where there is such a sum."""
    is_there = any(unit_in(results, one) != unit_text(one.unit) for one in indicators)
    return [PERSON_EVENTS] if is_there else []


def stages_table(results: Results) -> list[blocks.Block]:
    """Indicator × stage for the region, with the periodic returns and the year."""
    by_id = {one.pk: one for one in results.indicators}
    counted = [one for one in results.indicators if is_summed(one) and one.group not in INTERVAL_GROUPS]
    if not results.stages:
        return []
    lines = [
        blocks.row(
            header=indicator_name(one),
            code=one.code,
            unit=unit_text(one.unit),
            level=depth(one, by_id),
            cells=[
                *(region_cell(results.by_stage[stage.number][one.code]) for stage in results.stages),
                region_cell(results.year[one.code]),
            ],
            codes=codes_of(one),
        )
        for one in counted
    ]
    return [
        blocks.table(
            id="table-stages",
            caption=both(ru="Показатели по этапам", en="Indicators by stage"),
            stub=INDICATOR,
            columns=[
                *(
                    blocks.column(heading=stage_name(stage), codes={"time": f"stage:{stage.number}"})
                    for stage in results.stages
                ),
                blocks.column(heading=both(ru="Год", en="Year"), codes={}),
            ],
            rows=lines,
            footnotes=[PERSON_EVENTS],
            codes=operation_codes(results),
        )
    ]


def state_tables(results: Results, before: YearBefore) -> Iterator[blocks.Block]:
    """For each state every indicator that it reported, with the year before."""
    by_id = {one.pk: one for one in results.indicators}
    for state in results.states:
        lines = []
        for one in (one for one in results.indicators if one.is_money or is_summed(one)):
            current, previous = state_cell(results.year[one.code].cells[state.pk]), before.state(one.code, state)
            if current["state"] == previous["state"] == "not_reported":
                continue
            lines.append(
                blocks.row(
                    header=indicator_name(one),
                    code=one.code,
                    unit=unit_text("currency", state.currency) if one.is_money else unit_in(results, one),
                    level=depth(one, by_id),
                    cells=[current, previous, *_changes(current, previous)],
                    codes=codes_of(one),
                )
            )
        name = state_name(state)
        heading = blocks.heading(name, id=f"state-{state.code.lower()}")
        if not lines:
            yield heading
            yield blocks.paragraph(both(ru="Данные не представлены.", en="Nothing was reported."))
            continue
        yield heading
        yield blocks.table(
            id=f"table-state-{state.code.lower()}",
            caption=joined([both(ru="Показатели", en="Indicators"), name], by=": "),
            stub=INDICATOR,
            columns=blocks.year_columns(year=results.operation.year, before=before.operation),
            rows=lines,
            codes={**operation_codes(results), "state": state.code},
        )


def _changes(current: Cell, previous: Cell) -> tuple[Cell, Cell]:
    return changes(current=current, previous=previous)
