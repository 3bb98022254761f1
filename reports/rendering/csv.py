"""All cells of a report as one CSV file, a cell in a line: easy to load, nothing lost, no formula when
opened."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import count
from typing import Any

from reports.domain.payload import every_block
from reports.rendering.cells import decimals
from reports.rendering.cited_table import cited_table
from reports.rendering.tables import PrintedCell, PrintedTable, card_table, chart_table, printed_table
from reports.rendering.timelines import timeline_table

COLUMNS = (
    "language",
    "table",
    "caption",
    "row",
    "code",
    "indicator",
    "unit",
    "column",
    "value",
    "currency",
    "qualifier",
    "state",
    "shown",
    "note",
    "sources",
    "origin",
)
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_A_NUMBER = re.compile(r"[+-]?[0-9][0-9\u00a0,.]*")


def every_table(payload: dict[str, Any], *, language: str) -> Iterator[tuple[str, PrintedTable]]:
    """The tables of a payload, of its charts and of its key figures in the order of reading, with a short name each;
    last the figures that its texts cite, which may stand in no table."""
    cards = count(1)
    for block in every_block(payload):
        if block["type"] == "table":
            yield f"T{block['number']}", printed_table(block, language=language)
        elif block["type"] == "chart":
            yield f"F{block['number']}", printed_table(chart_table(block), language=language)
        elif block["type"] == "key_figures":
            number = next(cards)
            yield f"K{number}", printed_table(card_table(block, number=number), language=language)
        elif block["type"] == "timeline":
            yield f"F{block['number']}", printed_table(timeline_table(block), language=language)
    cited = cited_table(payload)
    if cited is not None:
        yield "C1", printed_table(cited, language=language)


def csv_bytes(*, payload: dict[str, Any], language: str) -> bytes:
    """UTF-8 with a byte-order mark and semicolons, which spreadsheets in both languages open as columns."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in long_rows(payload=payload, language=language):
        writer.writerow([_text(one) for one in row])
    return out.getvalue().encode("utf-8-sig")


def long_rows(*, payload: dict[str, Any], language: str) -> Iterator[list[str]]:
    """One line for each cell, its columns as in `COLUMNS`; both languages one after the other where asked
    for. Invented figures say in each line that they are."""
    origin = "demonstration" if payload["operation"]["demonstration"] else ""
    for one in ("ru", "en") if language == "both" else (language,):
        for name, table in every_table(payload, language=one):
            for place, row in enumerate(table.rows, start=1):
                headings = table.flat_headings[-len(row.cells) :] if row.cells else []
                for heading, cell in zip(headings, row.cells, strict=True):
                    yield [
                        one,
                        name,
                        table.caption,
                        str(place),
                        row.code,
                        row.header,
                        row.unit or table.unit,
                        heading,
                        *_values(table, cell),
                        origin,
                    ]


def _values(table: PrintedTable, cell: PrintedCell) -> list[str]:
    data = cell.cell
    return [
        plain_number(data),
        data.get("currency", ""),
        data.get("qualifier", ""),
        data["state"],
        cell.shown.whole,
        note_text(table, cell.note),
        cell.sources,
    ]


def plain_number(cell: dict[str, Any]) -> str:
    """The value for a machine: no groups of digits, a decimal point; amounts in units of the currency, not
    cents."""
    if cell["state"] != "value":
        return ""
    if cell["kind"] == "text":
        return ""
    if cell["kind"] == "date":
        return str(cell["value"])
    if cell["kind"] == "share":
        return f"{cell['value']}/{cell['of']}"
    scale = decimals(cell)
    digits = str(abs(cell["value"])).rjust(scale + 1, "0")
    text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
    return f"-{text}" if cell["value"] < 0 else text


def note_text(table: PrintedTable, mark: str) -> str:
    """The footnote behind a mark."""
    return next((text for known, text in table.notes if mark and known == mark), "")


def _text(value: str) -> str:
    """Text that no spreadsheet takes for a formula; a negative number stays a number."""
    return f"'{value}" if value.startswith(_FORMULA_STARTS) and not _A_NUMBER.fullmatch(value) else value
