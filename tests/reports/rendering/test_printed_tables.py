"""Tables as they are printed: headings, numbers of rows, marks, footnotes."""

import pytest

from operations.domain.marks import MARKS
from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain.cells import both, same
from reports.rendering.cells import shown
from reports.rendering.tables import printed_table

pytestmark = pytest.mark.once


def block(*rows: b.Block, columns: int = 1, **more) -> b.Block:
    name = both(ru="Число", en="Number")
    table = b.table(id="t", caption=name, stub=name, columns=[b.column(heading=name)] * columns, rows=rows, **more)
    return table | {"number": 1}


def row(cell: c.Cell, **more) -> b.Block:
    return b.row(header=same("row"), cells=[cell], **more)


def test_every_state_without_a_number_has_a_mark_and_all_but_blank_a_meaning() -> None:
    assert set(MARKS) == set(c.MISSING_STATES)
    assert {state for state, mark in MARKS.items() if mark.meaning} == set(c.MISSING_STATES) - {"blank"}


def test_zero_and_the_kinds_of_absence_never_look_alike() -> None:
    for language in ("ru", "en"):
        marks = [shown(c.missing(state), language=language).text for state in c.MISSING_STATES]
        assert len({*marks, shown(c.number(0), language=language).text}) == len(marks) + 1


def test_parts_are_numbered_under_their_total() -> None:
    levels = (0, 1, 2, 1, 0)
    table = printed_table(block(*(row(c.number(1), level=level) for level in levels)), language="ru")
    assert [one.number for one in table.rows] == ["1", "1.1", "1.1.1", "1.2", "2"]


def test_headings_across_the_table_and_totals_are_not_numbered() -> None:
    rows = (b.group_row(same("group")), row(c.number(1)), row(c.number(1), style="total"))
    assert [one.number for one in printed_table(block(*rows), language="ru").rows] == ["", "1", ""]


def test_the_legend_explains_the_marks_that_stand_in_the_table_and_no_others() -> None:
    table = printed_table(block(row(c.number(0)), row(c.missing("suppressed"))), language="en")
    assert table.legend == [("K", "hidden for confidentiality")]


def test_the_same_note_is_printed_once() -> None:
    note = both(ru="Примечание", en="Remark")
    table = printed_table(block(row(c.number(1, note=note)), row(c.number(2, note=note))), language="ru")
    assert table.notes == [("1)", "Примечание")]
    assert [one.cells[0].note for one in table.rows] == ["1)", "1)"]


def test_neighbours_of_a_group_stand_under_one_heading() -> None:
    group, name = both(ru="Государства", en="States"), both(ru="Число", en="Number")
    columns = [
        b.column(heading=same("A"), group=group),
        b.column(heading=same("B"), group=group),
        b.column(heading=name),
    ]
    cells = [c.number(1), c.number(2), c.number(3)]
    table = b.table(id="t", caption=name, stub=name, columns=columns, rows=[b.row(header=name, cells=cells)])
    printed = printed_table(table | {"number": 1}, language="en")
    first, second = printed.headings
    assert [(one.text, one.columns, one.rows) for one in first] == [
        ("No.", 1, 2), ("Number", 1, 2), ("States", 2, 1), ("", 1, 1),
    ]  # fmt: skip
    assert [one.text for one in second] == ["A", "B", "Number"]
    assert printed.flat_headings == ["No.", "Number", "States: A", "States: B", "Number"]


def test_units_of_rows_make_a_column() -> None:
    table = printed_table(block(row(c.number(1), unit=same("cases"))), language="en")
    assert table.flat_headings == ["No.", "Number", "Unit", "Number"]
    assert table.column_numbers == [1, 2, 3, 4]
