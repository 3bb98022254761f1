"""What a report on one stage tells besides its results: dates, participants, rates per day, situation reports, lists.

The stage has the dates of the plan; a state that set its own stands with those. A rate per day divides by the days of
the plan, this year's and last year's each by its own, since a longer stage finds more.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from operations.domain import lists
from operations.domain.completeness import Completeness, completeness_by
from operations.models import Indicator, ListVerification, MemberState, PeriodKind, ReportingPeriod, StageWindow
from reports.domain import blocks
from reports.domain.annual_quality import STATE, measures
from reports.domain.annual_results import INDICATOR, codes_of, depth, is_summed, operation_codes
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both, decimal, missing, number, percent, tenths_of_percent, words
from reports.domain.editions import internal
from reports.domain.extents import Extent
from reports.domain.results import Results, YearBefore, region_cell
from reports.domain.texts import days_text, indicator_name, of_row, period_name, state_name
from reports.domain.units import unit_text


def dates(results: Results) -> Iterator[Block]:
    """The dates of the plan in a sentence, then each state's own; a state without its own keeps those of the plan."""
    stage = results.stage
    if stage is None:
        return
    span = days_text(stage.start_date, stage.end_date)
    yield blocks.paragraph(
        both(
            ru=f"Сроки этапа по плану операции: {span['ru']}, дней: {stage.days}.",
            en=f"Dates of the stage by the plan of the operation: {span['en']}, days: {stage.days}.",
        )
    )
    windows = {one.state_id: one for one in StageWindow.objects.filter(stage=stage)}
    yield blocks.table(
        id="table-windows",
        caption=both(ru="Национальные сроки этапа", en="National dates of the stage"),
        stub=STATE,
        columns=[
            blocks.column(heading=both(ru="Сроки", en="Dates"), kind="text", weight=2),
            blocks.column(heading=both(ru="Дней", en="Days")),
            blocks.column(heading=both(ru="Примечание", en="Remark"), kind="text", weight=2),
        ],
        rows=[_window(state, windows.get(state.pk), results) for state in results.states],
    )


def _window(state: MemberState, window: StageWindow | None, results: Results) -> Block:
    stage = results.stage
    start, end = (window.start_date, window.end_date) if window else (stage.start_date, stage.end_date)  # type: ignore[union-attr]
    is_common = stage is not None and (start, end) == (stage.start_date, stage.end_date)
    remark = (
        both(ru="по плану операции", en="by the plan of the operation")
        if is_common
        else both(ru="собственные сроки", en="dates of its own")
    )
    return blocks.row(
        header=state_name(state),
        cells=[words(days_text(start, end)), number((end - start).days + 1), words(remark)],
    )


def participants(results: Results) -> Iterator[Block]:
    """Who takes part, and who does not and why."""
    rows = results.operation.participations.select_related("state").order_by("state__short_ru")
    taking = [state_name(one.state) for one in rows if one.takes_part]
    yield blocks.paragraph(
        both(
            ru=f"В этапе участвовали: {', '.join(one['ru'] for one in taking)}.",
            en=f"Taking part in the stage: {', '.join(one['en'] for one in taking)}.",
        )
    )
    for part in (one for one in rows if not one.takes_part):
        name, reason = state_name(part.state), of_row(part, "absence_reason")
        yield blocks.paragraph(
            both(
                ru=f"Не участвовала сторона: {name['ru']} ({reason['ru']}).",
                en=f"Absent: {name['en']} ({reason['en']}).",
            )
        )


# --- results per day ---


def per_day_table(results: Results, before: YearBefore) -> list[Block]:
    """The region's flows per day of the stage, beside those of the same stage of last year."""
    days, days_before = results.stage_days, before.stage_days
    flows = [one for one in results.indicators if one.kind == Indicator.Kind.COUNT and is_summed(one)]
    given = [one for one in flows if results.year[one.code].region is not None]
    if not days or not given:
        return []
    by_id = {one.pk: one for one in given}
    this_year = both(ru=f"{results.operation.year}\u00a0г.", en=str(results.operation.year))
    last_year = both(ru="АППГ", en=str(results.operation.year - 1))
    title = both(ru="Результаты в среднем за день", en="Results per day")
    return [
        blocks.heading(title, id="group-per-day"),
        blocks.table(
            id="table-per-day",
            caption=both(ru="Результаты в среднем за день этапа", en="Results per day of the stage"),
            stub=INDICATOR,
            columns=[
                blocks.column(heading=both(ru="всего", en="total"), group=this_year, codes={}),
                blocks.column(heading=both(ru="в день", en="per day"), group=this_year),
                blocks.column(
                    heading=both(ru="всего", en="total"),
                    group=last_year,
                    codes={"operation": before.operation} if before.operation else None,
                ),
                blocks.column(heading=both(ru="в день", en="per day"), group=last_year),
                blocks.column(heading=both(ru="в день, ± %", en="per day, ± %")),
            ],
            rows=[
                blocks.row(
                    header=indicator_name(one),
                    code=one.code,
                    unit=unit_text(one.unit),
                    level=depth(one, by_id),
                    cells=_rates(region_cell(results.year[one.code]), before.region(one.code), days, days_before),
                    codes=codes_of(one),
                )
                for one in given
            ],
            codes=operation_codes(results),
            footnotes=[_days_told(results, before, days, days_before)],
        ),
    ]


def _rates(now: Cell, earlier: Cell, days: int, days_before: int | None) -> list[Cell]:
    rate, rate_before = _rate(now, days), _rate(earlier, days_before)
    bare = {key: value for key, value in earlier.items() if key != "note"}
    if rate["state"] != "value" or rate_before["state"] != "value":
        return [now, rate, bare, rate_before, missing("not_applicable")]
    # of the exact quotients, so that no rounding comes in: (a/d − b/e) ÷ (b/e) = (a·e − b·d) ÷ (b·d)
    base = earlier["value"] * days
    difference = now["value"] * (days_before or 0) - base
    change = missing("no_base") if base == 0 else percent(tenths_of_percent(difference, base), signed=True)
    return [now, rate, bare, rate_before, change]


def _rate(cell: Cell, days: int | None) -> Cell:
    """Tenths, halves up; only an exact number over known days has a rate."""
    if cell["state"] != "value":
        return missing("not_reported" if cell["state"] == "not_reported" else "not_applicable")
    if not days or "qualifier" in cell:
        return missing("not_applicable")
    return decimal((20 * cell["value"] + days) // (2 * days), scale=1)


def _days_told(results: Results, before: YearBefore, days: int, days_before: int | None) -> Text:
    year = results.operation.year
    known_ru = f"; {year - 1}\u00a0г.: {days_before}" if days_before else ""
    known_en = f"; {year - 1}: {days_before}" if days_before else ""
    return both(
        ru=f"Дней этапа по плану: {year}\u00a0г.: {days}{known_ru}. Там, где дни прошлого года неизвестны системе, "
        "сопоставления за день нет.",
        en=f"Days of the stage by the plan: {year}: {days}{known_en}. Where the system does not know the days of the "
        "year before, there is no comparison per day.",
    )


# --- exchange around the stage ---


def exchange(results: Results, *, at: dt.datetime) -> Iterator[Block]:
    """What was exchanged in the periods that the stage falls in, and the lists sent while it lasted."""
    stage = results.stage
    if stage is None:
        return
    periods = list(
        ReportingPeriod.objects.filter(
            operation=results.operation,
            kind=PeriodKind.INTERVAL,
            start_date__lte=stage.end_date,
            end_date__gte=stage.start_date,
        ).order_by("start_date")
    )
    names = ", ".join(period_name(one)["ru"] for one in periods), ", ".join(period_name(one)["en"] for one in periods)
    if periods:
        yield blocks.paragraph(
            both(
                ru="Сведения об информационном обмене представляются по периодам года, а не по этапам; этап приходится "
                f"на период: {names[0]}. Показатели обмена приводятся в отчёте о полноте и своевременности.",
                en="The exchange of information is reported by periods of the year and not by stages; the stage falls "
                f"into: {names[1]}. The figures of the exchange are in the report on completeness and timeliness.",
            )
        )
    sent = ListVerification.objects.filter(
        operation=results.operation, sent_on__gte=stage.start_date, sent_on__lte=stage.end_date
    )
    yield from lists_table(
        lists.pair_sums(sent, at=at),
        caption=both(ru="Списки, направленные в период этапа", en="Lists sent during the stage"),
        nothing=both(
            ru="В период этапа списки для сверки не направлялись.", en="No list was sent for checking during the stage."
        ),
    )


def lists_table(pairs: Sequence[lists.PairSum], *, caption: Text, nothing: Text) -> Iterator[Block]:
    """Lists and their entries by sender and partner; how single states checked stays in the house."""
    if not pairs:
        yield blocks.paragraph(nothing)
        return
    columns = {
        "lists": both(ru="Списков", en="Lists"),
        "entries": both(ru="Записей", en="Entries"),
        "received": both(ru="Получено", en="Received"),
        "checked": both(ru="Проверено", en="Checked"),
        "pending": both(ru="Проверяется", en="Pending"),
        "overdue": both(ru="Списков с истёкшим сроком", en="Lists overdue"),
    }
    rows = [
        blocks.row(
            header=both(
                ru=f"{pair.sent_by.short_ru} — {pair.received_by.short_ru}",
                en=f"{pair.sent_by.short_en} — {pair.received_by.short_en}",
            ),
            cells=[number(getattr(pair, name)) for name in columns],
        )
        for pair in pairs
    ]
    sums = [number(sum(getattr(pair, name) for pair in pairs)) for name in columns]
    rows.append(blocks.row(header=both(ru="Всего", en="Total"), cells=sums, style="total"))
    yield internal(
        blocks.table(
            id="table-lists",
            caption=caption,
            stub=both(ru="Кто направил — кому", en="From — to"),
            columns=[blocks.column(heading=heading) for heading in columns.values()],
            rows=rows,
        )
    )


# --- situation reports ---


def situation_reports(extent: Extent, *, at: dt.datetime) -> Iterator[Block]:
    """Completeness of the situation reports by state: they are provisional and enter no official sum."""
    daily = extent.owed().filter(period__kind=PeriodKind.OPERATIONAL)
    found = completeness_by(extent.operation, lambda row: row.agency.state, at=at, returns=daily)
    rows = sorted(found.items(), key=lambda pair: pair[0].short_ru)
    yield from measures(
        [(state_name(state), measured) for state, measured in rows] if any(_expected(found)) else [],
        id="table-situation-reports",
        caption=both(ru="Оперативные донесения по государствам", en="Situation reports by state"),
        stub=STATE,
    )


def _expected(found: dict[MemberState, Completeness]) -> list[int]:
    return [one.expected for one in found.values()]
