"""The geometry of a timeline: rows on sheets, stretches that fill the year, deadlines after its end."""

import datetime as dt

import pytest

from operations.domain.timeline_drawing import Timeline, empty, in_parts, months_span, narrow_scale, on_sheets, redrawn

DAY = dt.date(2026, 5, 18)


def drawn_with(rows: int) -> Timeline:
    drawn = empty(2026, "en")
    for number in range(rows):
        drawn.add("measure", f"1.{number}", [(DAY, DAY, "")])
    return drawn


@pytest.mark.parametrize(
    ("rows", "sheets"),
    [(0, []), (1, [1]), (26, [26]), (27, [23, 4]), (30, [26, 4]), (55, [26, 25, 4]), (70, [26, 26, 18])],
)
def test_sheets_are_filled_and_the_last_has_no_row_alone(rows: int, sheets: list[int]) -> None:
    parts = on_sheets(drawn_with(rows), rows=26, fewest=4)
    assert [len(part.lines) for part in parts] == sheets
    assert [line.label for part in parts for line in part.lines] == [f"1.{number}" for number in range(rows)]


@pytest.mark.parametrize(("rows", "parts"), [(0, []), (24, [24]), (25, [13, 12]), (50, [17, 17, 16])])
def test_parts_on_a_page_are_about_alike(rows: int, parts: list[int]) -> None:
    assert [len(part.lines) for part in in_parts(drawn_with(rows), rows=24)] == parts


def test_a_deadline_after_the_year_stands_at_its_edge_in_every_measure_and_in_no_quarter() -> None:
    due = dt.date(2027, 1, 15)
    drawn = empty(2026, "en")
    drawn.add("deadline", "Periodic", [(DAY, None, "Q1"), (due, None, "Q4")])
    for picture in (drawn, redrawn(drawn, narrow_scale(drawn.span)), *in_parts(drawn, rows=24)):
        (line,) = picture.lines
        assert [(bar.kind, bar.first) for bar in line.bars] == [("deadline", DAY), ("later", due)]
        assert line.bars[1].x <= picture.width
        assert line.last == due
    quarter = empty(2026, "en", span=months_span(2026, 4, 3))
    quarter.add("deadline", "Periodic", [(DAY, None, "Q1"), (due, None, "Q4")])
    assert [bar.kind for bar in quarter.lines[0].bars] == ["deadline"]
    quarter.add("meeting", "Of the next year", [(due, None, "")])
    assert len(quarter.lines) == 1
