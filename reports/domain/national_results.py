"""What one state achieved: by kind of authority and stage, its exchange of information, its complaints.

Every number is the state's own; no other state and no sum of the region stands beside it.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

from operations.domain import lists
from operations.domain.access import RIGHTS_BODY
from operations.domain.statistics import StatRow, indicator_by_state, series_by_period
from operations.models import AgencyKind, Indicator, IndicatorGroup, ListVerification, MemberState, Stage
from reports.domain import annual_results, annual_shares, blocks
from reports.domain.annual_results import INDICATOR, codes_of, depth, operation_codes, year_unit
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both, missing, number
from reports.domain.results import INTERVAL_GROUPS, Results, YearBefore, state_cell
from reports.domain.texts import indicator_name, of_row, period_name, stage_name
from reports.domain.units import unit_text

#: Groups with sections of their own.
ELSEWHERE = (IndicatorGroup.INFORMATION_EXCHANGE, IndicatorGroup.RIGHTS)


def headline_cards(results: Results, before: YearBefore, state: MemberState) -> Block:
    """The summary page's figures of the state, each beside its year before."""
    cards = []
    for code in annual_results.HEADLINES:
        row = results.year[code]
        place = {**operation_codes(results), **codes_of(row.indicator), "state": state.code}
        cards.append(
            blocks.card(
                label=indicator_name(row.indicator),
                cell=state_cell(row.cells[state.pk]),
                unit=year_unit(row.indicator),
                previous=before.state(code, state),
                codes=place,
                previous_codes={**place, "operation": before.operation},
            )
        )
    return blocks.key_figures(cards)


def by_kind(results: Results, state: MemberState) -> Iterator[Block]:
    """For each kind of authority its indicators, stage by stage and over the year."""
    for kind in AgencyKind.objects.exclude(code=RIGHTS_BODY):
        asked = set(Indicator.objects.filter(forms__agency_kind=kind).values_list("pk", flat=True))
        members = [one for one in results.indicators if one.pk in asked and one.group not in ELSEWHERE]
        if members:
            name = of_row(kind, "name")
            yield blocks.heading(name, id=f"kind-{kind.code}")
            yield of_kind(results, state, kind, members, caption=name)


def rights(results: Results, state: MemberState) -> Iterator[Block]:
    """What the state's rights bodies counted; their returns themselves go straight to the headquarters."""
    kind = AgencyKind.objects.get(code=RIGHTS_BODY)
    caption = annual_results.group_name(IndicatorGroup.RIGHTS)
    yield of_kind(results, state, kind, results.group(IndicatorGroup.RIGHTS), caption=caption)


def of_kind(
    results: Results, state: MemberState, kind: AgencyKind, members: Sequence[Indicator], *, caption: Text
) -> Block:
    """Indicator × stage of one kind of authority, and the year; what is not reported by stages stands in the year."""
    rows_of = {stage: _rows(results, state, kind, members, stage=stage) for stage in (*results.stages, None)}
    by_id = {one.pk: one for one in members}
    return blocks.table(
        id=f"table-kind-{kind.code}",
        caption=caption,
        stub=INDICATOR,
        columns=[
            *(
                blocks.column(heading=stage_name(stage), codes={"time": f"stage:{stage.number}"})
                for stage in results.stages
            ),
            blocks.column(heading=both(ru="Год", en="Year"), codes={}),
        ],
        rows=[
            blocks.row(
                header=indicator_name(one),
                code=one.code,
                unit=unit_text("currency", state.currency) if one.is_money else year_unit(one),
                level=depth(one, by_id),
                cells=[
                    _cell(one, stage, state_cell(rows[one.code].cells[state.pk])) for stage, rows in rows_of.items()
                ],
                codes=codes_of(one),
            )
            for one in members
        ],
        codes={**operation_codes(results), "state": state.code, "agency": kind.code},
    )


def _rows(
    results: Results, state: MemberState, kind: AgencyKind, members: Sequence[Indicator], *, stage: Stage | None
) -> Mapping[str, StatRow]:
    rows = indicator_by_state(
        results.operation, indicators=members, stage=stage, agency_kinds=[kind.pk], states=[state]
    )
    return {row.indicator.code: row for row in rows}


def _cell(indicator: Indicator, stage: Stage | None, cell: Cell) -> Cell:
    """A level has no number of the year; what comes by month or quarter has none of a stage."""
    if stage is None and indicator.over_time == Indicator.Aggregation.NONE:
        return missing("not_applicable")
    if stage is not None and indicator.group in INTERVAL_GROUPS:
        return missing("not_applicable")
    return cell


# --- exchange ---


def exchange(results: Results, state: MemberState, *, at: dt.datetime) -> Iterator[Block]:
    """What the state delivered to the Interstate Information Bank by period, and the lists that it sent and got."""
    members = results.group(IndicatorGroup.INFORMATION_EXCHANGE)
    if results.intervals:
        yield _by_period(results, state, members)
    yield from annual_shares.shares_of_state(results, state)
    rows = ListVerification.objects.filter(operation=results.operation)
    sent, received = (lists.pair_sums(rows.filter(**{side: state}), at=at) for side in ("sent_by", "received_by"))
    if not sent and not received:
        yield blocks.paragraph(
            both(ru="Списки для сверки не направлялись и не поступали.", en="No list was sent or received.")
        )
        return
    columns = {
        "lists": both(ru="Списков", en="Lists"),
        "entries": both(ru="Записей", en="Entries"),
        "checked": both(ru="Проверено", en="Checked"),
        "pending": both(ru="Проверяется", en="Pending"),
        "overdue": both(ru="Списков с истёкшим сроком", en="Lists overdue"),
    }
    yield blocks.table(
        id="table-lists",
        caption=both(ru="Сверка списков", en="Verification of lists"),
        stub=both(ru="Списки", en="Lists"),
        columns=[blocks.column(heading=heading) for heading in columns.values()],
        rows=[
            blocks.row(header=header, cells=[number(sum(getattr(one, name) for one in pairs)) for name in columns])
            for header, pairs in (
                (both(ru="Направлено государствам-партнёрам", en="Sent to partner states"), sent),
                (both(ru="Получено от государств-партнёров", en="Received from partner states"), received),
            )
        ],
    )


def _by_period(results: Results, state: MemberState, members: Sequence[Indicator]) -> Block:
    by_id = {one.pk: one for one in members}
    return blocks.table(
        id="table-exchange",
        caption=annual_results.group_name(IndicatorGroup.INFORMATION_EXCHANGE),
        stub=INDICATOR,
        columns=[
            *(
                blocks.column(heading=period_name(period), codes={"time": f"period:{period.code}"})
                for period in results.intervals
            ),
            blocks.column(heading=both(ru="Год", en="Year"), codes={}),
        ],
        rows=[
            blocks.row(
                header=indicator_name(one),
                code=one.code,
                unit=unit_text(one.unit),
                level=depth(one, by_id),
                cells=[*_periods(results, state, one), state_cell(results.year[one.code].cells[state.pk])],
                codes=codes_of(one),
            )
            for one in members
        ],
        codes={**operation_codes(results), "state": state.code},
    )


def _periods(results: Results, state: MemberState, indicator: Indicator) -> list[Cell]:
    series = series_by_period(results.operation, indicator=indicator, state=state)
    found = {period: value for period, _code, value in series}
    return [number(found[period.pk]) if period.pk in found else missing("not_reported") for period in results.intervals]
