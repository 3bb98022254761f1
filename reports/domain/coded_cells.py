"""The numbers of a payload that say what they are of: indicator, state, stage, category.

A table, its rows and its columns (a chart, its series and its categories) carry codes; a cell's place is what the three
say together. Cells without a place are derived from such numbers (changes, shares) or are words. Disclosure control and
SDMX read a report through this module, so that a new table is protected and exported as soon as it has codes.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from reports.domain.blocks import Block
from reports.domain.cells import Cell
from reports.domain.payload import every_block
from reports.domain.places import Place

_FIELDS = ("operation", "indicator", "category", "state", "time", "agency")


@dataclass(frozen=True)
class CodedCell:
    """A cell with its place; `unit` is the indicator's, `replace` puts another cell where it stands."""

    place: Place
    cell: Cell
    unit: str
    replace: Callable[[Cell], None]

    @property
    def exact(self) -> int | None:
        """The number, where it is one that sums can be reckoned with."""
        cell = self.cell
        is_exact = cell["state"] == "value" and cell["kind"] in ("number", "money") and "qualifier" not in cell
        return int(cell["value"]) if is_exact and not cell.get("scale") else None


@dataclass(frozen=True)
class CellGroup:
    """Numbers and what is derived from them: a row of a table, a card, a series of a chart, a cited figure."""

    coded: list[CodedCell]
    others: list[tuple[Cell, Callable[[Cell], None]]]


def groups(payload: Mapping[str, Any]) -> Iterator[CellGroup]:
    """Every row, card, series and citation that holds at least one cell with a place."""
    for block in every_block(payload):
        kind = block["type"]
        found = _ROWS[kind](block) if kind in _ROWS else ()
        yield from (group for group in found if group.coded)


def coded_cells(payload: Mapping[str, Any]) -> Iterator[CodedCell]:
    """Every cell with a place, in the order of reading; one number may stand in several tables."""
    for group in groups(payload):
        yield from group.coded


def _of_table(block: Block) -> Iterator[CellGroup]:
    for row in block["rows"]:
        codes = [_merged(block.get("codes"), row.get("codes", {}), column.get("codes")) for column in block["columns"]]
        yield _group(row["cells"], codes)


def _of_chart(block: Block) -> Iterator[CellGroup]:
    for series in block["series"]:
        categories = block.get("category_codes") or [None] * len(series["cells"])
        codes = [_merged(block.get("codes"), series.get("codes", {}), one) for one in categories]
        yield _group(series["cells"], codes)


def _of_paragraph(block: Block) -> Iterator[CellGroup]:
    """Figures cited inside a text."""
    for entry in block.get("cited", ()):
        place = _merged(entry["codes"])
        if place is not None:
            yield CellGroup([_coded_cell(place, entry["cell"], _setter(entry, "cell"))], [])


def _of_cards(block: Block) -> Iterator[CellGroup]:
    for card in block["cards"]:
        coded, others = [], []
        for name, codes in (("cell", "codes"), ("previous", "previous_codes")):
            place = _merged(card.get(codes), {}, {})
            if place is not None and card.get(name) is not None:
                coded.append(_coded_cell(place, card[name], _setter(card, name)))
        for name in ("change", "percent"):
            if card.get(name) is not None:
                others.append((card[name], _setter(card, name)))
        yield CellGroup(coded, others)


_ROWS: dict[str, Callable[[Block], Iterator[CellGroup]]] = {
    "table": _of_table,
    "chart": _of_chart,
    "key_figures": _of_cards,
    "paragraph": _of_paragraph,
}


def _group(cells: list[Cell], codes: list[dict[str, str] | None]) -> CellGroup:
    coded, others = [], []
    # the heading of a group of rows has no cells
    for number, (cell, place) in enumerate(zip(cells, codes, strict=False)):
        if place is None:
            others.append((cell, _setter(cells, number)))
        else:
            coded.append(_coded_cell(place, cell, _setter(cells, number)))
    return CellGroup(coded, others)


def _merged(*parts: Mapping[str, str] | None) -> dict[str, str] | None:
    if any(part is None for part in parts):
        return None
    merged = {key: value for part in parts if part is not None for key, value in part.items()}
    return merged if merged.get("operation") and merged.get("indicator") else None


def _coded_cell(codes: dict[str, str], cell: Cell, replace: Callable[[Cell], None]) -> CodedCell:
    place = Place(**{name: codes.get(name, "") for name in _FIELDS})  # type: ignore[arg-type]
    return CodedCell(place, cell, cell.get("currency") or codes.get("unit", ""), replace)


def _setter(holder: Any, key: str | int) -> Callable[[Cell], None]:
    def put(cell: Cell) -> None:
        holder[key] = cell

    return put
