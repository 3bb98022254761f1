"""Charts of a pivot, one for each unit: bars, or lines over time. Subtotals stay in the table.

Lines of the table keep their order and nothing is sorted by value. A chart tells five series apart and no more; where
a table has more on both sides, the reader is told to choose fewer instead of being shown a tangle.
"""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from operations.models import Indicator
from reports.domain import blocks
from reports.domain.cells import Cell, Text, both, missing
from reports.domain.explorer import TIME, Dimension, View
from reports.domain.pivot import Pivot, PivotCell
from reports.domain.pivot_sides import Line
from reports.domain.texts import indicator_name, joined, worded
from reports.domain.units import unit_text

MOST_SERIES = 5
MOST_CATEGORIES = 40
Grid = list[list[PivotCell]]


def charts(pivot: Pivot) -> list[blocks.Block] | None:
    """A chart for each unit of the table; None where the table is too large to be drawn."""
    rows, columns = _leaves(pivot.rows), _leaves(pivot.columns)
    if _is_transposed(pivot, rows, columns):
        rows, columns = columns, rows
        cells: Grid = [[pivot.cell(column, row) for column in columns] for row in rows]
    else:
        cells = [[pivot.cell(row, column) for column in columns] for row in rows]
    drawn = []
    for place, unit in enumerate(_units(cells)):
        chosen_rows = [at for at, line in enumerate(cells) if any(_unit(one) == unit for one in line)]
        chosen_columns = [at for at in range(len(columns)) if any(_unit(line[at]) == unit for line in cells)]
        if len(chosen_columns) > MOST_SERIES or len(chosen_rows) > MOST_CATEGORIES:
            return None
        shown = {cells[row][at].indicator.pk: cells[row][at].indicator for row in chosen_rows for at in chosen_columns}
        only = next(iter(shown.values())) if len(shown) == 1 else None
        series = [
            blocks.series(name=_name(columns[at], only), cells=[_drawn(cells[row][at], unit) for row in chosen_rows])
            for at in chosen_columns
        ]
        categories = [_name(rows[at], only) for at in chosen_rows]
        drawn.append(_chart(pivot, f"chart-{place + 1}", unit, _caption(pivot, only), categories, series))
    return drawn


def _leaves(lines: Sequence[Line]) -> list[Line]:
    return [one for one in lines if not one.is_subtotal]


def _is_transposed(pivot: Pivot, rows: Sequence[Line], columns: Sequence[Line]) -> bool:
    """Time goes along the line; else the side with few lines makes the series."""
    question = pivot.question
    if question.view == View.LINE:
        return not set(TIME) & set(question.rows)
    return len(columns) > MOST_SERIES >= len(rows)


def _unit(found: PivotCell) -> str:
    """What the cell is counted in; an amount without a single currency has none."""
    if not found.indicator.is_money:
        return found.indicator.unit
    return str(found.cell.get("currency", ""))


def _drawn(found: PivotCell, unit: str) -> Cell:
    """The cell in the chart of its own unit; elsewhere a gap."""
    return found.cell if _unit(found) == unit else missing("blank")


def _units(cells: Grid) -> list[str]:
    found = dict.fromkeys(_unit(one) for line in cells for one in line)
    return [unit for unit in found if unit]


def _name(line: Line, only: Indicator | None) -> Text:
    """The line in words; the only indicator of a chart is named above it, and in a line that says nothing else."""
    names = [
        name
        for (dimension, _member), name in zip(line.place, line.names, strict=True)
        if only is None or dimension != Dimension.INDICATOR
    ]
    if names:
        return joined(names)
    return indicator_name(only) if only is not None else worded(_("Value"))


def _chart(
    pivot: Pivot, id: str, unit: str, caption: Text, categories: Sequence[Text], series: Sequence[blocks.Block]
) -> blocks.Block:
    return blocks.chart(
        id=id,
        kind="line" if pivot.question.view == View.LINE else "bar",
        caption=caption,
        alt=both(
            ru="Диаграмма чисел таблицы; те же числа — в таблице под диаграммой.",
            en="A chart of the table's numbers; the table under the chart holds the same ones.",
        ),
        unit=unit_text(unit),
        stub=worded(_("Row of the table")),
        categories=categories,
        series=series,
    )


def _caption(pivot: Pivot, only: Indicator | None) -> Text:
    name = indicator_name(only) if only is not None else worded(_("Indicators"))
    years = ", ".join(sorted({str(one.year) for one in pivot.question.operations}))
    basis = [worded(_("provisional figures"))] if pivot.question.is_provisional else []
    return joined([name, both(ru=years, en=years), *basis])
