"""A PDF as a screen reader gets it: by its tags alone, in their order, without whatever is marked as furniture.

`findings` is what the checkers of accessibility say of a file. `differences` compares a file with the payload that it
was drawn from: each cell of each table with the cell of the payload, in both directions, and each text in its place.
"""

import io
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfua
import pikepdf
from outloud import registry
from outloud.findings import Result
from outloud.model import Document
from outloud.rules._common import element_text
from outloud.rules.tables import grid_of

from reports.domain.payload import every_block
from reports.rendering.cells import Shown, shown
from reports.rendering.tables import PrintedTable, chart_table, printed_table
from reports.rendering.timelines import timeline_table


class Spoken:
    """One file, read by its tags.

    `tables` are rows of the texts of their cells, `headers` the header texts of each data cell, `kinds` how many tags
    of a kind there are, `passages` the texts that name their language.
    """

    def __init__(self, pdf: bytes) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "file.pdf"
            path.write_bytes(pdf)
            document = Document(str(path))
            self.findings = [*_outloud(document, str(path)), *_pdfua(str(path)), *_off_the_sheet(document)]
            self.tables = [
                [[cell.text for cell in row] for row in grid_of(document, table).rows]
                for table in document.elements_of("Table")
            ]
            self.headers = dict(pair for table in document.elements_of("Table") for pair in _headers(document, table))
            self.kinds = Counter(one.type for one in document.elements)
            self.passages = [(one.lang, element_text(document, one)) for one in document.elements if one.lang]
            tops = [one for one in document.elements if one.parent is None]
            self.text = " ".join(element_text(document, one) for one in tops)
            document.close()


def _headers(document: Any, table: Any) -> Iterator[tuple[str, list[str]]]:
    """Each data cell's text with the texts of the header cells that it names."""
    cells = grid_of(document, table).cells
    said = {cell.id: cell.text for cell in cells if cell.id}
    yield from ((cell.text, [said[name] for name in cell.headers]) for cell in cells if cell.kind == "TD")


def findings(pdf: bytes) -> list[str]:
    """What the two checkers report of any severity; nothing for a file that is as it should be."""
    return Spoken(pdf).findings


def differences(payload: dict[str, Any], pdf: bytes, *languages: str) -> list[str]:
    """Where the file does not say what the payload says; `languages` as the document was drawn, one or both."""
    return differences_of(payload, Spoken(pdf), *languages)


def differences_of(payload: dict[str, Any], spoken: Spoken, *languages: str) -> list[str]:
    """The same for a file that was read already."""
    return [*_tables_that_differ(payload, spoken, languages), *_texts_left_out(payload, spoken, languages)]


def _outloud(document: Document, path: str) -> Iterator[str]:
    result = Result(path=path)
    registry.run_rules(document, result)
    # of fewer than six sheets the checker takes a line for a running one only if it stands on each; the first has none
    unrepeated = {"TAG-002"} if len(document.pages) < 6 else set()
    found = [one for one in result.findings if one.rule not in unrepeated]
    yield from (f"outloud {one.rule} p.{one.page}: {one.message} ({one.evidence})" for one in found)
    yield from (f"outloud {one.rule}: {one.reason}" for one in result.runs if one.status == "crashed")


def _off_the_sheet(document: Document) -> Iterator[str]:
    """Lines that nobody can see in whole, though they are in the text."""
    for page in document.pages:
        for line in document.content(page.index).lines:
            if line.bbox[0] < 0 or line.bbox[2] > page.width:
                yield f"off the sheet p.{page.number}: {line.text}"


def _pdfua(path: str) -> Iterator[str]:
    yield from (f"pdfua {one.rule_id}: {one.message}" for one in pdfua.validate(path).findings)


def _printed(payload: dict[str, Any], languages: tuple[str, ...]) -> Iterator[PrintedTable]:
    """Every table that the document prints, in the order of reading."""
    for block in every_block(payload):
        if block["type"] == "table":
            source = block
        elif block["type"] == "timeline":
            source = timeline_table(block)
        elif block["type"] == "chart" and block["table_shown"]:
            source = chart_table(block)
        else:
            continue
        yield from (printed_table(source, language=language) for language in languages)


def _tables_that_differ(payload: dict[str, Any], spoken: Spoken, languages: tuple[str, ...]) -> Iterator[str]:
    expected = list(_printed(payload, languages))
    # the approval sheet has a table of its own behind all others
    if not len(expected) <= len(spoken.tables) <= len(expected) + len(languages):
        yield f"{len(expected)} tables in the payload, {len(spoken.tables)} in the file"
        return
    for table, rows in zip(expected, spoken.tables, strict=False):
        wanted = _rows(table)
        found = [[_letters(cell) for cell in row] for row in rows]
        if wanted != found:
            yield f"table {table.id} ({table.caption}): {_first_difference(wanted, found)}"


def _first_difference(wanted: list[list[str]], found: list[list[str]]) -> str:
    for place, (one, other) in enumerate(zip(wanted, found, strict=False)):
        if one != other:
            return f"row {place}: {one} in the payload, {other} in the file"
    return f"{len(wanted)} rows in the payload, {len(found)} in the file"


def _rows(table: PrintedTable) -> list[list[str]]:
    heads = [[_letters(heading.text) for heading in row] for row in table.headings]
    numbers = [[str(number) for number in table.column_numbers]] if table.has_column_numbers else []
    body = []
    for row in table.rows:
        if row.style == "group":
            body.append(["", _letters(row.header)])
            continue
        texts = [row.number] if table.numbered else []
        texts += [row.header + row.note, *([row.unit] if table.has_units else [])]
        texts += [_cell(cell.shown) + cell.note + (f"[{cell.sources}]" if cell.sources else "") for cell in row.cells]
        body.append([_letters(text) for text in texts])
    return [*heads, *numbers, *body]


def _cell(cell: Shown) -> str:
    return f"{cell.text} {cell.unit}".strip()


def _texts_left_out(payload: dict[str, Any], spoken: Spoken, languages: tuple[str, ...]) -> Iterator[str]:
    """Texts and figures outside tables that do not stand in the file in the order of the payload."""
    for language in languages:
        letters, place = _letters(spoken.text), 0
        for text in _texts(payload, language):
            wanted = _letters(text)
            found = letters.find(wanted, place)
            if found < 0:
                yield f"{language}: {text!r} is not in the file{' in its place' if wanted in letters else ''}"
            else:
                place = found + len(wanted)


def _texts(payload: dict[str, Any], language: str) -> Iterator[str]:
    for block in payload["summary"]:
        yield from _block_texts(block, language)
    for section in (*payload["sections"], *payload["annexes"]):
        yield section["title"][language]
        for block in section["blocks"]:
            yield from _block_texts(block, language)


def _block_texts(block: dict[str, Any], language: str) -> Iterator[str]:
    if block["type"] in ("paragraph", "heading"):
        yield from re.split(r"\n\s*\n", block["text"][language])
    elif block["type"] == "list":
        yield from (item[language] for item in block["items"])
    elif block["type"] == "key_figures":
        for card in block["cards"]:
            yield card["label"][language]
            yield from (shown(card[key], language=language).whole for key in ("cell", "previous") if card.get(key))
    elif "caption" in block:
        yield block["caption"][language]


def _letters(text: str) -> str:
    """The text without spaces and without hyphens that a line's end may have put in; a sign before a digit stays."""
    return re.sub(r"[\s\u00a0\u00ad\u200b]|(?<!^)-(?!\d)", "", text)


def attached(pdf: bytes) -> dict[str, bytes]:
    """The files inside the file."""
    with pikepdf.open(io.BytesIO(pdf)) as file:
        return {name: one.get_file().read_bytes() for name, one in file.attachments.items()}
