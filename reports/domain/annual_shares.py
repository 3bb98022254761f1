"""Money and shares by state for the annual report: what has no plain sum over the region.

Amounts stay in each state's currency. A share is Σ ÷ Σ over the states that gave both numbers, never an average of
percentages.
"""

from collections.abc import Sequence

from operations.domain.statistics import StatRow
from operations.models import IndicatorGroup, MemberState
from reports.domain import blocks
from reports.domain.annual_results import INDICATOR, STATE, codes_of, operation_codes
from reports.domain.cells import Cell, Text, both, missing, money, percent, share, tenths_of_percent
from reports.domain.results import Results
from reports.domain.texts import indicator_name, state_name
from reports.domain.units import unit_text


def money_of_group(results: Results, group: str) -> list[blocks.Block]:
    """The table of a group's money, where it has any."""
    if group == IndicatorGroup.ACCOUNTABILITY:
        caption = both(ru="Административные штрафы", en="Administrative fines")
        return money_table(results, ("ADM04", "ADM05"), id="table-fines", caption=caption)
    if group == IndicatorGroup.FINANCE:
        caption = both(ru="Сумма подозрительных финансовых операций", en="Value of suspicious transactions")
        return money_table(results, ("FIN02",), id="table-suspicious", caption=caption)
    return []


def money_table(results: Results, codes: Sequence[str], *, id: str, caption: Text) -> list[blocks.Block]:
    """Amounts in the states' own currencies, without a regional sum; with the share collected where both are given."""
    rows_of = [results.year[code] for code in codes]
    with_share = codes == ("ADM04", "ADM05")
    columns = [blocks.column(heading=indicator_name(row.indicator), codes=codes_of(row.indicator)) for row in rows_of]
    if with_share:
        columns.append(blocks.column(heading=both(ru="Взыскано, %", en="Collected, %")))
    lines = []
    for state in results.states:
        cells = [_amount(row, state.pk) for row in rows_of]
        if with_share:
            cells.append(_share_collected(rows_of[0], rows_of[1], state.pk))
        unit = unit_text("currency", state.currency)
        lines.append(blocks.row(header=state_name(state), unit=unit, cells=cells, codes={"state": state.code}))
    return [
        blocks.table(
            id=id,
            caption=caption,
            stub=STATE,
            columns=columns,
            rows=lines,
            codes=operation_codes(results),
            footnotes=[
                both(
                    ru="Суммы приведены в валюте государства; без датированных курсов валюты не складываются.",
                    en="Amounts are in each state's currency; currencies are not added up without dated rates.",
                )
            ],
        )
    ]


def _amount(row: StatRow, state: int) -> Cell:
    found = row.cells[state]
    return missing(found.state) if found.value is None else money(found.value, currency=found.currency or "")


def _share_collected(imposed: StatRow, collected: StatRow, state: int) -> Cell:
    whole, part = imposed.cells[state].value, collected.cells[state].value
    if whole is None or part is None:
        return missing("not_applicable")
    return missing("no_base") if whole == 0 else percent(tenths_of_percent(part, whole))


def shares_table(
    results: Results, pairs: Sequence[tuple[str, str, Text]], *, id: str, caption: Text
) -> list[blocks.Block]:
    """«n of m» and the percentage by state; the region's are Σ ÷ Σ over the states that gave both numbers.

    `pairs` name part, whole and the heading over their two columns.
    """
    columns = []
    for _part, _whole, heading in pairs:
        columns += [
            blocks.column(heading=both(ru="число", en="number"), group=heading),
            blocks.column(heading=both(ru="%", en="%"), group=heading),
        ]
    lines = []
    for state in results.states:
        cells: list[Cell] = []
        for part, whole, _heading in pairs:
            cells += _share_pair(results.year[part].cells[state.pk].value, results.year[whole].cells[state.pk].value)
        lines.append(blocks.row(header=state_name(state), cells=cells))
    total: list[Cell] = []
    for part, whole, _heading in pairs:
        total += _share_pair(*_sums_of_both(results.year[part], results.year[whole]))
    lines.append(blocks.row(header=both(ru="Всего", en="Total"), cells=total, style="total"))
    return [blocks.table(id=id, caption=caption, stub=STATE, columns=columns, rows=lines)]


#: Part, whole and heading of what the exchange of information is measured by.
EXCHANGE_SHARES = (
    ("INF02", "INF01", both(ru="Передано своевременно", en="Delivered on time")),
    ("INF03", "INF01", both(ru="Передано в полном объёме", en="Delivered complete")),
    ("INF04", "INF05", both(ru="Проверено по спискам", en="List entries checked")),
)


def shares_of_state(results: Results, state: MemberState) -> list[blocks.Block]:
    """The same of one state, a row for each share; nothing where nothing was reported."""
    rows = []
    for part, whole, heading in EXCHANGE_SHARES:
        counted = _share_pair(results.year[part].cells[state.pk].value, results.year[whole].cells[state.pk].value)
        rows.append(blocks.row(header=heading, cells=counted))
    return [
        blocks.table(
            id="table-exchange-shares",
            caption=both(ru="Своевременность и полнота обмена", en="Timeliness and completeness of the exchange"),
            stub=INDICATOR,
            columns=[
                blocks.column(heading=both(ru="число", en="number")),
                blocks.column(heading=both(ru="%", en="%")),
            ],
            rows=rows,
        )
    ]


def _sums_of_both(part: StatRow, whole: StatRow) -> tuple[int | None, int | None]:
    given = [
        (cell.value, whole.cells[state].value)
        for state, cell in part.cells.items()
        if cell.value is not None and whole.cells[state].value is not None
    ]
    if not given:
        return None, None
    return sum(one for one, _other in given), sum(other or 0 for _one, other in given)


def _share_pair(part: int | None, whole: int | None) -> list[Cell]:
    if part is None or whole is None:
        return [missing("not_reported"), missing("not_reported")]
    if whole == 0:
        return [share(part, whole), missing("no_base")]
    return [share(part, whole), percent(tenths_of_percent(part, whole))]
