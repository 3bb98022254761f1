"""A payload is refused while somebody can still mend it, and its bytes are always the same."""

import json
from typing import Any

import pytest

from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain import payload as p
from reports.domain.cells import both
from tests.reports.rendering.annual_sample import annual

pytestmark = pytest.mark.once


def payload_of(*blocks: b.Block, **more: Any) -> p.Payload:
    title = both(ru="Отчёт", en="Report")
    section = b.section(id="one", number="1", title=title, blocks=blocks)
    operation = p.operation_facts(slug="illegal-2026", year=2026, title=title)
    given = {"title": title, "subtitle": title, "as_of": "2026-11-20T18:00:00+03:00"} | more
    return p.assembled(definition="annual", operation=operation, sections=[section], **given)


def table_of(cell: c.Cell, *, id: str = "t") -> b.Block:
    name = both(ru="Число", en="Number")
    return b.table(
        id=id, caption=name, stub=name, columns=[b.column(heading=name)], rows=[b.row(header=name, cells=[cell])]
    )


def test_tables_and_charts_are_numbered_in_the_order_of_reading() -> None:
    numbers = [(block["type"], block["number"]) for block in p.every_block(annual()) if "number" in block]
    tables = [number for kind, number in numbers if kind == "table"]
    charts = [number for kind, number in numbers if kind == "chart"]
    assert tables == list(range(1, len(tables) + 1))
    assert charts == list(range(1, len(charts) + 1))


def test_the_bytes_of_a_payload_survive_being_stored_and_read() -> None:
    payload = annual()
    stored = p.canonical_bytes(payload)
    assert p.canonical_bytes(json.loads(stored)) == stored
    assert p.sha256_of(json.loads(stored)) == p.sha256_of(payload)


def test_a_text_missing_in_one_language_is_refused_with_its_place() -> None:
    with pytest.raises(p.UnsoundPayload, match=r"sections\[0\].blocks\[0\].text: the text is missing in English"):
        payload_of(b.paragraph(both(ru="Есть", en=" ")))


def test_a_number_that_is_not_whole_is_refused() -> None:
    with pytest.raises(p.UnsoundPayload, match="no whole number"):
        payload_of(table_of({"state": "value", "kind": "number", "value": 1.5}))


def test_two_blocks_of_one_name_are_refused() -> None:
    with pytest.raises(p.UnsoundPayload, match="'t' is given twice"):
        payload_of(table_of(c.number(1)), table_of(c.number(2)))


def test_a_source_that_is_not_listed_is_refused() -> None:
    with pytest.raises(p.UnsoundPayload, match="no source 2"):
        payload_of(table_of(c.number(1, sources=[2])))


def test_all_reasons_are_told_at_once() -> None:
    with pytest.raises(p.UnsoundPayload) as refused:
        payload_of(b.paragraph(both(ru="", en="Only")), table_of(c.number(1)), table_of(c.number(2)))
    assert "missing in Russian" in str(refused.value)
    assert "given twice" in str(refused.value)


def test_a_row_shorter_than_its_table_is_refused() -> None:
    name = both(ru="Число", en="Number")
    with pytest.raises(ValueError, match="has 0 of 1 cells"):
        b.table(id="t", caption=name, stub=name, columns=[b.column(heading=name)], rows=[b.row(header=name, cells=[])])


def test_a_wide_table_turns_the_page() -> None:
    name = both(ru="Число", en="Number")
    columns = [b.column(heading=name)] * 7
    assert b.table(id="t", caption=name, stub=name, columns=columns, rows=[])["orientation"] == "landscape"
    assert b.table(id="t", caption=name, stub=name, columns=columns[:6], rows=[])["orientation"] == "portrait"
