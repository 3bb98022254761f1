"""The exchange of information in the report on completeness: the Information Bank, queries, the verification of lists.

Shares are sums over sums of those who reported both sides, and say how many returns stand behind them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator

from operations.domain import lists
from operations.domain.completeness_matrix import Chosen
from operations.domain.information_bank import Delivery, bank_matrix
from operations.domain.moments import moscow_date
from operations.domain.people import system_user
from operations.models import ListVerification, Operation, Query
from reports.domain import blocks
from reports.domain.annual_quality import AGENCY, PERIOD, STATE
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both, missing, number, percent, share, tenths_of_percent, words
from reports.domain.editions import internal
from reports.domain.extents import Extent
from reports.domain.stage_facts import lists_table
from reports.domain.texts import date_in_both, of_row, period_name, state_name


def bank(operation: Operation, *, at: dt.datetime) -> Iterator[Block]:
    """Records delivered on time and complete, of those due, by state and by period."""
    found = bank_matrix(operation, Chosen(), user=system_user("reports"), at=at)
    if not found.states:
        yield blocks.paragraph(
            both(
                ru="Периодов, за которые представляются сведения о передаче записей, ещё не было.",
                en="There has been no period yet for which the delivery of records is reported.",
            )
        )
        return
    whole = found.whole()
    tables: tuple[tuple[str, Text, Text, list[tuple[Text, Delivery]]], ...] = (
        (
            "table-bank-states",
            both(ru="Передача записей по государствам", en="Delivery of records by state"),
            STATE,
            [(state_name(state), found.of_state(state)) for state in found.states],
        ),
        (
            "table-bank-periods",
            both(ru="Передача записей по периодам", en="Delivery of records by period"),
            PERIOD,
            [(period_name(period), found.of_period(period)) for period in found.periods],
        ),
    )
    for id, caption, stub, lines in tables:
        rows = [blocks.row(header=name, cells=_delivery(one)) for name, one in lines]
        rows.append(blocks.row(header=both(ru="Всего", en="Total"), cells=_delivery(whole), style="total"))
        yield _bank_table(id, caption, stub, rows)


def _bank_table(id: str, caption: Text, stub: Text, rows: list[Block]) -> Block:
    on_time = both(ru="Передано своевременно", en="Delivered on time")
    complete = both(ru="Передано в полном объёме", en="Delivered complete")
    return blocks.table(
        id=id,
        caption=caption,
        stub=stub,
        unit=both(ru="записей", en="records"),
        columns=[
            blocks.column(heading=both(ru="Сведения представлены", en="Returns behind")),
            blocks.column(heading=both(ru="число", en="number"), group=on_time),
            blocks.column(heading=both(ru="%", en="%"), group=on_time),
            blocks.column(heading=both(ru="число", en="number"), group=complete),
            blocks.column(heading=both(ru="%", en="%"), group=complete),
        ],
        rows=rows,
        footnotes=[
            both(
                ru="Доли рассчитаны по тем, кто представил оба показателя; непредставленное не считается нулём.",
                en="Shares rest on those who reported both numbers; what is not reported is no zero.",
            )
        ],
    )


def _delivery(found: Delivery) -> list[Cell]:
    cells = [share(found.reported, found.expected)]
    for part, whole, known in (
        (found.on_time, found.on_time_of, found.on_time_known),
        (found.complete, found.complete_of, found.complete_known),
    ):
        if not known:
            cells += [missing("not_reported"), missing("not_reported")]
        elif whole == 0:
            cells += [number(part), missing("no_base")]
        else:
            cells += [share(part, whole), percent(tenths_of_percent(part, whole))]
    return cells


# --- queries ---


def queries(extent: Extent, *, at: dt.datetime) -> Iterator[Block]:
    """Queries of the headquarters by state: asked, answered, open, overdue; then each that is open."""
    rows = list(
        extent.queries()
        .select_related("expected_return__agency__state", "expected_return__period__stage", "indicator")
        .order_by("expected_return__agency__state__short_ru", "due_date", "pk")
    )
    if not rows:
        yield blocks.paragraph(both(ru="Запросов на уточнение не было.", en="The headquarters asked no query."))
        return
    by_state: dict[int, list[Query]] = defaultdict(list)
    for row in rows:
        by_state[row.expected_return.agency.state_id].append(row)
    lines = [
        blocks.row(header=state_name(found[0].expected_return.agency.state), cells=_counted(found, at=at))
        for found in by_state.values()
    ]
    lines.append(blocks.row(header=both(ru="Всего", en="Total"), cells=_counted(rows, at=at), style="total"))
    yield blocks.table(
        id="table-queries",
        caption=both(ru="Запросы на уточнение по государствам", en="Queries of the headquarters by state"),
        stub=STATE,
        columns=[
            blocks.column(heading=both(ru="Направлено", en="Asked")),
            blocks.column(heading=both(ru="Отвечено", en="Answered")),
            blocks.column(heading=both(ru="Без ответа", en="Open")),
            blocks.column(heading=both(ru="Просрочено", en="Overdue")),
        ],
        rows=lines,
    )
    unanswered = [row for row in rows if row.answered_at is None]
    if unanswered:
        yield internal(_open_queries(unanswered))


def _counted(rows: Iterable[Query], *, at: dt.datetime) -> list[Cell]:
    found = list(rows)
    unanswered = [row for row in found if row.answered_at is None]
    overdue = [row for row in unanswered if row.due_date < moscow_date(at)]
    return [number(len(found)), number(len(found) - len(unanswered)), number(len(unanswered)), number(len(overdue))]


def _open_queries(rows: list[Query]) -> Block:
    return blocks.table(
        id="table-open-queries",
        caption=both(ru="Запросы без ответа", en="Open queries"),
        stub=AGENCY,
        columns=[
            blocks.column(heading=PERIOD, kind="text"),
            blocks.column(heading=both(ru="Показатель", en="Indicator"), kind="text"),
            blocks.column(heading=both(ru="Направлен", en="Asked"), kind="text"),
            blocks.column(heading=both(ru="Срок ответа", en="Due"), kind="text"),
        ],
        rows=[
            blocks.row(
                header=of_row(row.expected_return.agency, "name"),
                cells=[
                    words(period_name(row.expected_return.period)),
                    words(both(ru=row.indicator.name_ru, en=row.indicator.name_en))
                    if row.indicator
                    else missing("blank"),
                    words(date_in_both(moscow_date(row.asked_at))),
                    words(date_in_both(row.due_date)),
                ],
            )
            for row in rows
        ],
    )


# --- lists ---


def verification(operation: Operation, *, at: dt.datetime) -> Iterator[Block]:
    """The lists that states checked for each other."""
    rows = ListVerification.objects.filter(operation=operation)
    yield from lists_table(
        lists.pair_sums(rows, at=at),
        caption=both(ru="Сверка списков", en="Verification of lists"),
        nothing=both(ru="Списки для сверки не направлялись.", en="No list was sent for checking."),
    )
