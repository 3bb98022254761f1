"""Queries of the headquarters in the annual report: each question with its answer, in the full edition alone."""

from collections.abc import Iterator

from operations.domain.moments import moscow_date
from operations.models import Query
from reports.domain import blocks
from reports.domain.annual_quality import AGENCY, LONGEST_LIST, PERIOD
from reports.domain.cells import Cell, both, missing, words
from reports.domain.editions import internal
from reports.domain.extents import Extent
from reports.domain.texts import date_in_both, of_row, period_name, worded


def queries(extent: Extent) -> Iterator[blocks.Block]:
    """The queries of the year and what became of each; nothing where none was sent. They changed no figure."""
    rows = (
        extent.queries()
        .select_related("expected_return__agency__state", "expected_return__period__stage", "indicator")
        .order_by("expected_return__agency__state__short_ru", "asked_at", "pk")
    )
    lines = [
        blocks.row(
            header=of_row(row.expected_return.agency, "name"),
            cells=[
                words(period_name(row.expected_return.period)),
                _said(f"{row.indicator.code}. {row.text}" if row.indicator else row.text),
                _said(row.answer),
                words(worded(Query.Status(row.status).label)),
                words(date_in_both(moscow_date(row.settled_at) if row.settled_at else row.due_date)),
            ],
        )
        for row in rows
    ]
    if not lines:
        return
    left_out = len(lines) - LONGEST_LIST
    more = [both(ru=f"И ещё строк: {left_out}.", en=f"And {left_out} more rows.")] if left_out > 0 else []
    day = both(
        ru="Дата: день снятия с контроля, для остальных — срок ответа. Запросы не меняют показателей.",
        en="Date: the day on which it was settled, for the others the day by which the answer was due. Queries change "
        "no figure.",
    )
    yield internal(
        blocks.table(
            id="table-queries",
            caption=both(ru="Запросы на уточнение", en="Queries of the headquarters"),
            stub=AGENCY,
            columns=[
                blocks.column(heading=PERIOD, kind="text"),
                blocks.column(heading=both(ru="Вопрос", en="Question"), kind="text", weight=3),
                blocks.column(heading=both(ru="Ответ", en="Answer"), kind="text", weight=3),
                blocks.column(heading=both(ru="Состояние", en="State"), kind="text"),
                blocks.column(heading=both(ru="Дата", en="Date"), kind="text"),
            ],
            rows=lines[:LONGEST_LIST],
            footnotes=[day, *more],
            orientation="landscape",
        )
    )


def _said(text: str) -> Cell:
    """Words are kept in the language in which they were written."""
    return words(both(ru=text, en=text)) if text else missing("blank")
