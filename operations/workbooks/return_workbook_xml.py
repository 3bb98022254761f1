"""The cells of a workbook exactly as its XML has them.

The usual readers answer finished values: a formula comes as its last result, a date as a number or the other way
round, and what is hidden or merged does not show. A return needs to know, and needs the digits as they were written.
The workbooks are small, so one strict reader takes both the values and what is said about them; two would have to
agree.
"""

import re
from dataclasses import dataclass, field

from operations.workbooks.archive_guard import Archive, PartReader, damaged, place_of

LONGEST_TEXT = 32_767
_BUILT_IN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_NOT_A_PLACEHOLDER = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.I)
_DATE_LETTERS = re.compile(r"[dmyhs]", re.I)


@dataclass(frozen=True)
class RawCell:
    """A cell as written; `kind` is the type of the format: n, text, b, e or d."""

    row: int
    column: int
    kind: str
    text: str
    formula: str | None = None
    style: int = 0

    @property
    def has_formula(self) -> bool:
        return self.formula is not None

    @property
    def is_empty(self) -> bool:
        return not self.text.strip() and not self.has_formula

    @property
    def shown(self) -> str:
        """What a person finds in the cell."""
        return self.text if self.formula is None else f"={self.formula}"


@dataclass
class RawSheet:
    """The cells of a sheet, and what of it is hidden or merged."""

    name: str
    cells: dict[tuple[int, int], RawCell] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)

    def text(self, row: int, column: int) -> str:
        cell = self.cells.get((row, column))
        return "" if cell is None else cell.text.strip()

    def by_row(self) -> dict[int, list[RawCell]]:
        """The cells that hold something."""
        rows: dict[int, list[RawCell]] = {}
        for cell in self.cells.values():
            if not cell.is_empty:
                rows.setdefault(cell.row, []).append(cell)
        return rows

    def rows(self) -> list[int]:
        return sorted(self.by_row())


@dataclass
class RawBook:
    """The sheets of a workbook by name; styles that show a number as a date, and such as show nothing."""

    sheets: dict[str, RawSheet]
    states: dict[str, str]
    date_styles: set[int]
    blank_styles: set[int]


@dataclass
class Frame:
    """What a workbook says before any sheet is read: its sheets in order, shared texts, what styles show."""

    sheets: list[tuple[str, str, str]]
    strings: list[str]
    date_styles: set[int]
    blank_styles: set[int]


def read_frame(archive: Archive) -> Frame:
    """The sheets (name, state, part) and what their cells refer to."""
    main = _main_part(archive)
    relations = _relations(archive, main)
    book = _Book()
    archive.parse(main, book)
    strings, styles = _Strings(), _Styles()
    for kind, target in relations.values():
        if kind == "sharedStrings":
            archive.parse(target, strings)
        elif kind == "styles":
            archive.parse(target, styles)
    sheets: list[tuple[str, str, str]] = []
    for name, state, relation in book.sheets:
        kind, target = relations.get(relation, ("", ""))
        if kind != "worksheet" or any(name == known for known, _state, _target in sheets):
            raise damaged("sheets")
        sheets.append((name, state, target))
    return Frame(sheets, strings.texts, styles.dates(), styles.blanks())


def read_book(archive: Archive) -> RawBook:
    """Everything that the sheets hold. The archive has passed the guard, so its size is bounded."""
    frame = read_frame(archive)
    sheets: dict[str, RawSheet] = {}
    for name, _state, target in frame.sheets:
        reader = SheetReader(name, frame.strings)
        archive.parse(target, reader)
        sheets[name] = reader.sheet
    states = {name: state for name, state, _target in frame.sheets}
    return RawBook(sheets, states, frame.date_styles, frame.blank_styles)


def _main_part(archive: Archive) -> str:
    for kind, target in _relations(archive, "").values():
        if kind == "officeDocument":
            return target
    raise damaged("part_missing")


def _relations(archive: Archive, part: str) -> dict[str, tuple[str, str]]:
    """By id, the kind of each relation and the part to which it leads."""
    folder, _slash, name = part.rpartition("/")
    found = _Relations()
    archive.parse(f"{folder}/_rels/{name}.rels".lstrip("/"), found)
    return {
        key: (kind, target.lstrip("/") if target.startswith("/") else f"{folder}/{target}".lstrip("/"))
        for key, kind, target in found.relations
    }


class _Relations(PartReader):
    def __init__(self) -> None:
        super().__init__()
        self.relations: list[tuple[str, str, str]] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.relations.append((attributes.get("Id", ""), kind, attributes.get("Target", "")))


class _Book(PartReader):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, str, str]] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet" and self.path[-2:-1] == ["sheets"]:
            state = attributes.get("state", "visible")
            self.sheets.append((attributes.get("name", ""), state, attributes.get("id", "")))


class _Strings(PartReader):
    """The shared texts; readings printed above characters (`rPh`) are no part of them."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._parts: list[str] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._parts = []

    def said(self, text: str) -> None:
        if self.path and self.path[-1] == "t" and "rPh" not in self.path:
            self._parts.append(text)

    def closed(self, name: str) -> None:
        if name == "si":
            self.texts.append("".join(self._parts)[: LONGEST_TEXT + 1])


class _Styles(PartReader):
    def __init__(self) -> None:
        super().__init__()
        self.patterns: dict[str, str] = {}
        self.formats: list[str] = []

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            self.patterns[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "xf" and self.path[-2:-1] == ["cellXfs"]:
            self.formats.append(attributes.get("numFmtId", "0"))

    def dates(self) -> set[int]:
        return {style for style, number in enumerate(self.formats) if self._is_date(number)}

    def blanks(self) -> set[int]:
        return {style for style, number in enumerate(self.formats) if set(self.patterns.get(number, "x")) == {";"}}

    def _is_date(self, number: str) -> bool:
        if number in self.patterns:
            pattern = _NOT_A_PLACEHOLDER.sub("", self.patterns[number])
            return pattern.casefold() not in ("general", "standard") and bool(_DATE_LETTERS.search(pattern))
        return number.isascii() and number.isdigit() and len(number) < 4 and int(number) in _BUILT_IN_DATES


class SheetReader(PartReader):
    """A sheet; rows and cells that do not say where they stand follow the one before."""

    def __init__(self, name: str, strings: list[str]) -> None:
        super().__init__()
        self.sheet = RawSheet(name)
        self._strings = strings
        self._row = self._column = self._style = 0
        self._kind = ""
        self._parts: list[str] = []
        self._formula: str | None = None

    def opened(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._open_row(attributes)
        elif name == "c":
            self._open_cell(attributes)
        elif name == "f" and self.path[-2:-1] == ["c"]:
            self._formula = ""
        elif name == "col" and _is_hidden(attributes, "width"):
            first, last = attributes.get("min", ""), attributes.get("max", "")
            self.sheet.hidden_columns.append((_whole(first), _whole(last)))
        elif name == "mergeCell":
            self.sheet.merged.append(attributes.get("ref", ""))

    def _open_row(self, attributes: dict[str, str]) -> None:
        self._row = _whole(attributes["r"]) if "r" in attributes else self._row + 1
        self._column = 0
        if _is_hidden(attributes, "ht"):
            self.sheet.hidden_rows.add(self._row)

    def _open_cell(self, attributes: dict[str, str]) -> None:
        place = place_of(attributes["r"]) if "r" in attributes else (self._row, self._column + 1)
        if place is None or place[0] != self._row:
            raise damaged("cell_reference")
        self._column = place[1]
        self._kind, self._style = attributes.get("t", "n"), _whole(attributes.get("s", "0"))
        self._parts, self._formula = [], None

    def said(self, text: str) -> None:
        inside = self.path[-1:]
        if inside == ["v"] or (inside == ["t"] and "is" in self.path and "rPh" not in self.path):
            self._parts.append(text)
        elif inside == ["f"] and self._formula is not None:
            self._formula = (self._formula + text)[:LONGEST_TEXT]

    def closed(self, name: str) -> None:
        if name != "c":
            return
        place = (self._row, self._column)
        if place in self.sheet.cells:
            raise damaged("cell_reference")
        text = "".join(self._parts)[: LONGEST_TEXT + 1]
        kind = "text" if self._kind in ("s", "str", "inlineStr") else self._kind
        if self._kind == "s" and text:
            text = self._shared(text)
        self.sheet.cells[place] = RawCell(*place, kind, text, self._formula, self._style)

    def _shared(self, index: str) -> str:
        try:
            return self._strings[_whole(index)]
        except IndexError as error:
            raise damaged("shared_text") from error


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    """Hidden outright, or made so low or narrow that nothing shows."""
    if attributes.get("hidden", "0").casefold() in ("1", "true"):
        return True
    try:
        return float(attributes.get(size, "1")) == 0
    except ValueError:
        return False


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise damaged("number")
    return int(text)


def corner(reference: str) -> tuple[int, int] | None:
    """The upper left cell of a range."""
    return place_of(reference.partition(":")[0])


def letters(column: int) -> str:
    """1 → A, 16384 → XFD."""
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
