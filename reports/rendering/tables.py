"""A payload's table as it stands on a page: two rows of headings, column numbers, № п/п, footnotes and
legend.

The layout is decided here in plain data; the template only writes it out, and the spreadsheet and CSV read
the same result, so the three cannot drift apart.
"""

import math
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import pgettext

from operations.domain.wording import in_language
from reports.rendering.cells import Shown, legend, shown
from reports.rendering.passages import foreign_language
from reports.rendering.widths import WHOLE, Column, height_of, widths_of

#: A table of so many rows is kept on one page where its height is not reckoned.
SHORT = 14
#: A longer list is set in smaller letters.
LONG = 25
#: How much a level of a part is set in, in millimetres.
_INDENT = 3.6


@dataclass(frozen=True)
class Heading:
    """A heading of one or more columns; one without a text only keeps the place above a heading of the second row."""

    text: str
    columns: int = 1
    rows: int = 1
    kind: str = "number"


@dataclass(frozen=True)
class PrintedCell:
    """A cell with the marks that lead to its footnote and its sources."""

    shown: Shown
    kind: str
    cell: dict[str, Any]
    note: str = ""
    sources: str = ""


@dataclass(frozen=True)
class PrintedRow:
    """A row; `number` is № п/п (1, 1.1, …), empty where the row is a heading across the table."""

    header: str
    style: str
    level: int
    number: str
    unit: str
    code: str
    cells: list[PrintedCell]
    note: str = ""
    foreign: str = ""


@dataclass
class PrintedTable:
    """Everything the template needs, in the document's language."""

    id: str
    number: int
    caption: str
    unit: str
    numbered: bool
    has_units: bool
    headings: list[list[Heading]]
    column_numbers: list[int]
    rows: list[PrintedRow]
    notes: list[tuple[str, str]]
    legend: list[tuple[str, str]]
    orientation: str
    flat_headings: list[str] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    widths: list[int] = field(default_factory=list)
    height: float = 0.0

    @property
    def width(self) -> int:
        """All columns, those that the renderer adds included."""
        return len(self.column_numbers)

    @property
    def inner_width(self) -> int:
        """What a heading across the table takes: a row of a header cell alone would be read as one more head."""
        return self.width - 1

    @property
    def has_column_numbers(self) -> bool:
        """Whether the columns are counted under their headings; the small table beside a drawing does without."""
        return bool(self.number) or self.numbered

    @property
    def is_short(self) -> bool:
        """Short enough never to be torn over two pages."""
        return self.height <= WHOLE[self.orientation] if self.widths else len(self.rows) <= SHORT

    def lie(self, orientation: str) -> None:
        """Reckons the widths of the columns, and how tall the rows are, for a sheet of that orientation."""
        self.orientation = orientation
        layout = {"orientation": orientation, "density": self.density}
        self.widths = widths_of(self.columns, **layout)
        self.height = height_of(self.columns, self.widths, **layout) if self.widths else 0.0

    @property
    def density(self) -> str:
        """How small the letters have to be."""
        if self.width > 13:
            return "tightest"
        return "tight" if self.width > 8 or len(self.rows) > LONG else "normal"


class Footnotes:
    """The notes of one table, numbered as they come; the same note is printed once."""

    def __init__(self) -> None:
        self.entries: list[tuple[str, str]] = []

    def mark(self, text: str) -> str:
        """The mark for a note, or nothing for no note."""
        if not text:
            return ""
        for mark, known in self.entries:
            if known == text:
                return mark
        self.entries.append((f"{len(self.entries) + 1})", text))
        return self.entries[-1][0]


def printed_table(block: dict[str, Any], *, language: str) -> PrintedTable:
    """The table in the document's language."""
    has_units = any(line["unit"] for line in block["rows"])
    footnotes = Footnotes()
    headings, flat = _headings(block, language=language, has_units=has_units)
    rows = _rows(block, language=language, footnotes=footnotes)
    notes = list(footnotes.entries)
    notes += [("", text[language]) for text in block["footnotes"]]
    if any(cell.sources for row in rows for cell in row.cells):
        with in_language(language):
            notes.append(("[1]", pgettext("footnote", "number in the list of sources")))
    table = PrintedTable(
        id=block["id"],
        number=block["number"],
        caption=block["caption"][language],
        unit=block["unit"][language] if block["unit"] else "",
        numbered=block["numbered"],
        has_units=has_units,
        headings=headings,
        column_numbers=list(range(1, len(flat) + 1)),
        rows=rows,
        notes=notes,
        legend=legend((cell for line in block["rows"] for cell in line["cells"]), language=language),
        orientation=block["orientation"],
        flat_headings=flat,
    )
    if table.number:  # a table beside a drawing is as wide as the drawing leaves it
        table.columns = _columns(block, table, language=language)
        table.lie(table.orientation)
    return table


def _columns(block: dict[str, Any], table: PrintedTable, *, language: str) -> list[Column]:
    """The table as columns of text, those that the renderer adds included."""
    rows = [row for row in table.rows if row.style != "group"]
    found = [Column("№\u00a0п/п", [row.number for row in rows], is_tight=True)] if table.numbered else []
    deepest = max((row.level for row in rows), default=0)
    found.append(Column(block["stub"][language], [row.header for row in rows], weight=2, indent=deepest * _INDENT))
    if table.has_units:
        found.append(Column(table.flat_headings[len(found)], [_longest_word(row.unit) for row in rows]))
    for place, column in enumerate(block["columns"]):
        weight = column["weight"] if column["kind"] == "text" else 0
        texts = [_printed(row.cells[place], in_words=bool(weight)) for row in rows]
        found.append(Column(column["heading"][language], texts, weight=weight))
    return found


def _printed(cell: PrintedCell, *, in_words: bool) -> str:
    """The text that a cell needs room for; the note's mark is small, a currency may stand on a line of its own, and so
    may the word before a number that is not exact."""
    marks = "0" * math.ceil((len(cell.note) + len(cell.sources)) * 0.8)
    text = cell.shown.text + marks
    if "qualifier" in cell.cell and not in_words:
        text = max(text.split(" "), key=len)
    return text if in_words else max(text, cell.shown.unit, key=len)


def _longest_word(text: str) -> str:
    return max(text.split(), key=len, default="")


def chart_table(block: dict[str, Any]) -> dict[str, Any]:
    """The table of a chart's own cells, as a block; one of few cells is counted, so that it does not look all heads."""
    cells, heads = len(block["series"]) * len(block["categories"]), len(block["series"]) + len(block["categories"])
    return {
        "type": "table",
        "id": f"{block['id']}-table",
        "number": 0,
        "caption": block["caption"],
        "unit": block["unit"],
        "stub": block["stub"],
        "numbered": cells <= heads,
        "footnotes": [],
        "orientation": "portrait",
        "columns": [{"heading": one["name"], "group": None, "kind": "number", "weight": 1} for one in block["series"]],
        "rows": [
            {
                "header": category,
                "cells": [one["cells"][place] for one in block["series"]],
                "unit": None,
                "code": "",
                "level": 0,
                "style": "normal",
                "note": None,
            }
            for place, category in enumerate(block["categories"])
        ],
    }


_OF_A_CARD = {
    "cell": {"ru": "Отчётный год", "en": "Reporting year"},
    "previous": {"ru": "АППГ", "en": "Year before"},
    "share": {"ru": "Государства", "en": "States"},
}


def card_table(block: dict[str, Any], *, number: int) -> dict[str, Any]:
    """The key figures of a summary as a table, for data files: pages and documents show them as cards."""
    parts = [part for part in _OF_A_CARD if any(card.get(part) for card in block["cards"])]
    return {
        "type": "table",
        "id": f"key-figures-{number}",
        "number": number,
        "caption": {"ru": "Основные показатели", "en": "Key figures"},
        "unit": None,
        "stub": {"ru": "Показатель", "en": "Indicator"},
        "numbered": False,
        "footnotes": [],
        "orientation": "portrait",
        "columns": [{"heading": _OF_A_CARD[part], "group": None, "kind": "number", "weight": 1} for part in parts],
        "rows": [
            {
                "header": card["label"],
                "cells": [card.get(part) or {"state": "blank"} for part in parts],
                "unit": card["unit"],
                "code": (card.get("codes") or {}).get("indicator", ""),
                "level": 0,
                "style": "normal",
                "note": None,
            }
            for card in block["cards"]
        ],
    }


def _headings(block: dict[str, Any], *, language: str, has_units: bool) -> tuple[list[list[Heading]], list[str]]:
    """The rows of headings, and each column's heading with its group in one line (for data files)."""
    grouped = any(column["group"] for column in block["columns"])
    depth = 2 if grouped else 1
    with in_language(language):
        number, unit = pgettext("column", "No."), pgettext("column", "Unit")
    first: list[Heading] = []
    flat: list[str] = []
    if block["numbered"]:
        first.append(Heading(number, rows=depth, kind="order"))
        flat.append(number)
    first.append(Heading(block["stub"][language], rows=depth, kind="stub"))
    flat.append(block["stub"][language])
    if has_units:
        first.append(Heading(unit, rows=depth, kind="unit"))
        flat.append(unit)
    second: list[Heading] = []
    previous_group = None
    for place, column in enumerate(block["columns"]):
        text, group = column["heading"][language], column["group"][language] if column["group"] else None
        flat.append(f"{group}: {text}" if group else text)
        if group is not None:
            second.append(Heading(text, kind=column["kind"]))
            if group == previous_group:
                last = first.pop()
                first.append(Heading(group, columns=last.columns + 1, kind="group"))
            else:
                first.append(Heading(group, kind="group"))
        elif grouped and not any(one["group"] for one in block["columns"][place:]):
            # readers of tags lose count of cells that span rows behind the last group
            first.append(Heading("", kind="blank"))
            second.append(Heading(text, kind=f"{column['kind']} is-below-blank"))
        else:
            first.append(Heading(text, rows=depth, kind=column["kind"]))
        previous_group = group
    return ([first, second] if grouped else [first]), flat


def _rows(block: dict[str, Any], *, language: str, footnotes: Footnotes) -> list[PrintedRow]:
    order = Order()
    rows = []
    for line in block["rows"]:
        note = footnotes.mark(line["note"][language] if line["note"] else "")
        cells = [
            PrintedCell(
                shown=shown(cell, language=language),
                kind=column["kind"],
                cell=cell,
                note=footnotes.mark(cell["note"][language] if cell.get("note") else ""),
                sources=", ".join(str(number) for number in cell.get("sources", ())),
            )
            for cell, column in zip(line["cells"], block["columns"], strict=line["style"] != "group")
        ]
        rows.append(
            PrintedRow(
                header=line["header"][language],
                style=line["style"],
                level=line["level"],
                number=order.next(line) if block["numbered"] else "",
                unit=line["unit"][language] if line["unit"] else "",
                code=line["code"],
                cells=cells,
                note=note,
                foreign=foreign_language(line["header"][language], language=language),
            )
        )
    return rows


class Order:
    """№ п/п: 1, 2, 2.1, 2.2, 3; headings across the table and totals are not counted."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def next(self, line: dict[str, Any]) -> str:
        """The number of this row."""
        if line["style"] != "normal":
            return ""
        level = min(line["level"], len(self.counts))
        self.counts = [*self.counts[: level + 1]]
        if len(self.counts) == level:
            self.counts.append(0)
        self.counts[level] += 1
        return ".".join(str(count) for count in self.counts)
