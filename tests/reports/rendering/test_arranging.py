"""How the parts of a document lie on its sheets: their direction, and what shares a page."""

from collections.abc import Sequence
from typing import Any

import pytest

from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain.cells import both, same
from reports.rendering.arranging import arrange
from reports.rendering.drawing import Drawing

pytestmark = pytest.mark.once

NAME = both(ru="Название", en="Name")


def text(letters: int) -> b.Block:
    return b.paragraph(both(ru="я" * letters, en="a" * letters))


def table(rows: int, *, id: str = "t", orientation: str = "portrait") -> b.Block:
    lines = [b.row(header=NAME, cells=[c.number(1)]) for _place in range(rows)]
    columns = [b.column(heading=NAME)]
    drawn = b.table(id=id, caption=NAME, stub=NAME, columns=columns, rows=lines, orientation=orientation)
    return drawn | {"number": 1}


def wide(*, id: str = "wide") -> b.Block:
    return table(3, id=id, orientation="landscape")


def laid(
    *sections: list[b.Block],
    annexes: tuple[list[b.Block], ...] = (),
    languages: str = "ru",
    summary: Sequence[b.Block] = (),
) -> dict[str, Any]:
    """The first language's body of a document of these sections, arranged."""
    bodies = []
    for language in languages.split():
        draw = Drawing(language=language, prefix="", for_document=True, pictures={})
        parts = {
            name: [
                draw.section(b.section(id=f"{name}{place}", number=str(place), title=same("A"), blocks=content))
                for place, content in enumerate(given, start=1)
            ]
            for name, given in (("sections", sections), ("annexes", annexes))
        }
        bodies.append({**parts, "definition": "annual", "summary": draw.blocks(summary), "sources": []})
    arrange(bodies)
    return bodies[0]


def ways(part: dict[str, Any]) -> list[tuple[str, int]]:
    return [(run["orientation"], len(run["blocks"])) for run in part["runs"]]


def test_a_section_turns_with_its_first_wide_table_and_what_introduces_it() -> None:
    [section] = laid([table(30), text(90), wide(), table(2, id="after")])["sections"]
    assert ways(section) == [("portrait", 1), ("landscape", 3)]


def test_a_small_section_stays_in_the_landscape_that_it_follows() -> None:
    _first, small, large = laid([wide()], [text(200)], [table(60)])["sections"]
    assert (ways(small), ways(large)) == ([("landscape", 1)], [("portrait", 1)])


def test_what_would_stand_alone_before_the_turn_is_taken_along() -> None:
    first, _second = laid([text(2100), text(200), table(3)], [wide()])["sections"]
    assert ways(first) == [("portrait", 2), ("landscape", 1)]


def test_a_page_that_is_well_filled_stays_in_portrait() -> None:
    first, _second = laid([text(3000), table(14), text(900)], [wide()])["sections"]
    assert ways(first) == [("portrait", 3)]


def test_a_first_page_is_never_taken_along() -> None:
    first, _second = laid([text(200)], [wide()])["sections"]
    assert ways(first) == [("portrait", 1)]


def test_a_table_that_comes_to_lie_on_a_wide_sheet_is_fitted_to_it() -> None:
    [section] = laid([wide(), table(2)])["sections"]
    assert [block["table"].orientation for block in section["runs"][0]["blocks"]] == ["landscape", "landscape"]


def test_small_annexes_share_a_page_and_large_ones_begin_one() -> None:
    annexes = laid([text(90)], annexes=([table(3)], [table(4)], [table(60)], [wide()]))["annexes"]
    assert [annex["follows"] for annex in annexes] == [False, True, False, False]


def test_both_languages_of_a_document_are_divided_alike() -> None:
    russian_is_long = b.paragraph(both(ru="я" * 2400, en="a"))
    for section in laid([text(900), russian_is_long, table(3)], [wide()], languages="ru en")["sections"]:
        assert sum(count for _way, count in ways(section)) in (1, 3)


def test_a_summary_stays_in_one_piece_and_what_follows_begins_where_there_is_room() -> None:
    """The contents of four lines take 45 mm of a page of 250 mm."""
    short, long, page = [text(200)], [text(2100)], [text(2900)]
    laid_out = [laid([text(900)], [wide()], summary=summary) for summary in (short, long, page)]
    assert [(body["summary_follows"], body["sections_follow"]) for body in laid_out] == [
        (True, True),
        (True, False),
        (False, False),
    ]
