"""Reads the workbook of a return into figures, and lists everything that is wrong with it in one pass.

Rows are found by their codes, columns by their place under the headings that the file format fixes. What a reader of
values would smooth over is an error here: formulas, dates, booleans, error values, hidden and merged cells.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem, Text
from operations.domain.figures import MAX_NOTE, BadNumber, FigureInput, cell_input, json_value, parse_value
from operations.domain.return_layout import Layout, layout_of
from operations.domain.screening import clean, text_problems
from operations.domain.wording import minor_digits
from operations.models import Indicator, Return
from operations.workbooks.archive_guard import Reason, RefusedWorkbook, open_workbook
from operations.workbooks.return_workbook_format import (
    COLUMN,
    COLUMNS,
    DATA_SHEET,
    HEADER_ROW,
    KEYS_SHEET,
    SHEETS,
    Identity,
    address_of,
    checksum,
    state_of,
)
from operations.workbooks.return_workbook_numbers import NotANumber, stored_number
from operations.workbooks.return_workbook_xml import RawBook, RawCell, RawSheet, corner, letters, read_book


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One thing that is wrong: where, what, and what stands there."""

    sheet: str
    row: int
    column: int
    code: str
    message: Text
    value: str = ""

    @property
    def cell(self) -> str:
        """`F12`; the letter alone for a column, nothing for a sheet."""
        return f"{self.letter}{self.row or ''}"

    @property
    def letter(self) -> str:
        return letters(self.column)

    @property
    def is_shape(self) -> bool:
        """The workbook is not the one that was given out, whatever its entries say."""
        return self.code in _OF_THE_SHAPE

    def problem(self) -> Problem:
        return Problem(code=self.code, field=f"{self.sheet}!{self.cell}", message=self.message)


_OF_THE_SHAPE = {
    "checksum",
    "headings",
    "not_a_number",
    "old_form",
    "unknown_column",
    "unknown_sheet",
    "wrong_return",
}


@dataclass
class ReadReturn:
    """What a workbook comes to. `places` says where each address stands; doubts give way to a reason."""

    figures: list[FigureInput] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    identity: Mapping[str, str] = field(default_factory=dict)


def read_return_workbook(data: bytes, expected_return: Return, *, layout: Layout | None = None) -> ReadReturn:
    """The figures of the workbook for this return, or every fault; raises `RefusedWorkbook` before it parses."""
    book = read_book(open_workbook(data))
    reader = _Reader(book, expected_return, layout or layout_of(expected_return.form))
    reader.read()
    found = reader.found
    found.faults.sort(key=lambda fault: (fault.sheet != DATA_SHEET, fault.sheet, fault.row, fault.column))
    return found


def no_return_workbook() -> RefusedWorkbook:
    message = _("This workbook was not made here. Download the workbook of this return and fill that in.")
    return RefusedWorkbook(Reason.DAMAGED, "not_this_form", message)


class _Reader:
    """One pass over one workbook."""

    def __init__(self, book: RawBook, expected_return: Return, layout: Layout) -> None:
        self.book, self.expected_return, self.layout = book, expected_return, layout
        self.found = ReadReturn()
        self.texts: set[str] = set()
        self.rows: dict[str, list[int]] = defaultdict(list)

    def read(self) -> None:
        if KEYS_SHEET not in self.book.sheets or DATA_SHEET not in self.book.sheets:
            raise no_return_workbook()
        if not self._is_of_this_return():
            return
        self._other_sheets()
        sheet = self.book.sheets[DATA_SHEET]
        self._hidden_and_merged(sheet)
        if not self._headings(sheet):
            return
        for row, cells in sorted(sheet.by_row().items()):
            if row > HEADER_ROW:
                self._row(sheet, row, cells)
        self._rows_missing_or_double()

    # --- whose workbook it is ---

    def _is_of_this_return(self) -> bool:
        """The hidden sheet names the return. Somebody else's return reads the same as none at all."""
        sheet = self.book.sheets[KEYS_SHEET]
        lines = [(sheet.text(row, 1), sheet.text(row, 2)) for row in sheet.rows()]
        self.texts = {text for name, text in lines if name == "text"}
        identity = self.found.identity = {name: text for name, text in lines if name != "text"}
        summed = checksum([line for line in lines if line[0] != "checksum"])
        wanted = Identity.of(self.expected_return, None)
        if identity.get("checksum") != summed:
            message = _("The hidden sheet of keys was changed. Download the workbook anew and copy the figures.")
            self._shape(KEYS_SHEET, "checksum", message)
        elif identity.get("return_id") != wanted.return_id:
            text = _("This is the workbook of another return. Download the workbook of this one and fill it in.")
            self._shape(KEYS_SHEET, "wrong_return", text)
        elif any(
            identity.get(name) != getattr(wanted, name) for name in ("schema", "form", "form_version", "currency")
        ):
            text = _(
                "The workbook was made for version %(old)s of the form; version %(new)s is in force. Download it anew."
            )
            versions = {"old": identity.get("form_version", "?")[:10], "new": wanted.form_version}
            self._shape(KEYS_SHEET, "old_form", text % versions)
        else:
            return True
        return False

    def _other_sheets(self) -> None:
        for name, sheet in self.book.sheets.items():
            if name not in SHEETS:
                self._shape(name, "unknown_sheet", _("The workbook has a sheet that does not belong to the form."))
            elif self.book.states.get(name, "visible") != "visible" and name != KEYS_SHEET:
                self._shape(name, "hidden", _("The sheet is hidden. Show it and look at what it says."))
            for cell in sheet.cells.values():
                is_looked_at_later = name == DATA_SHEET and cell.row > HEADER_ROW
                if cell.has_formula and not is_looked_at_later:
                    self._add(sheet, cell, "formula", _FORMULA)

    # --- the shape of the sheet ---

    def _headings(self, sheet: RawSheet) -> bool:
        wrong = False
        for place, column in enumerate(COLUMNS, start=1):
            text = sheet.text(HEADER_ROW, place)
            if text.split() != column.heading.split():
                message = _("Another heading stands here than “%(heading)s”.") % {
                    "heading": f"{column.ru} / {column.en}"
                }
                self._fault(sheet.name, HEADER_ROW, place, "headings", message, text)
                wrong = True
        return not wrong

    def _hidden_and_merged(self, sheet: RawSheet) -> None:
        for first, last in sheet.hidden_columns:
            for place in range(first, min(last, len(COLUMNS)) + 1):
                self._fault(
                    sheet.name, 0, place, "hidden", _("The column is hidden. Show it and look at what it says.")
                )
        used = set(sheet.rows())
        for row in sorted(sheet.hidden_rows & used):
            self._fault(sheet.name, row, 1, "hidden", _("The row is hidden. Show it and look at what it says."))
        for reference in sheet.merged:
            row, column = corner(reference) or (1, 1)
            self._fault(sheet.name, row, column, "merged", _("The cells are merged. Separate them."), reference)

    def _row(self, sheet: RawSheet, row: int, cells: list[RawCell]) -> None:
        for cell in cells:
            if cell.column > len(COLUMNS):
                message = _("The form has no such column. Remove what stands there.")
                self._add(sheet, cell, "unknown_column", message)
            elif cell.has_formula and not COLUMNS[cell.column - 1].is_entered:
                self._add(sheet, cell, "formula", _FORMULA)
        code, category = sheet.text(row, COLUMN["code"]), sheet.text(row, COLUMN["category"])
        if not code and not category:
            self._row_without_code(sheet, row, [cell for cell in cells if cell.column <= len(COLUMNS)])
            return
        address = address_of(self.layout, code, category)
        if address is None:
            column = COLUMN["category" if code in self.layout.by_code else "code"]
            message = _("The form of this return has no such cell.")
            self._fault(sheet.name, row, column, "unknown_code", message, f"{code} {category}".strip())
            return
        self.rows[address].append(row)
        self.found.places.setdefault(address, f"{letters(COLUMN['value'])}{row}")
        self._figure(sheet, row, address)

    def _row_without_code(self, sheet: RawSheet, row: int, cells: list[RawCell]) -> None:
        """Headings carry no code; whatever else stands without one would be lost without a word."""
        is_heading = sheet.text(row, COLUMN["name_ru"]) in self.texts
        for cell in cells:
            if COLUMNS[cell.column - 1].is_entered or not is_heading:
                message = _("This row belongs to no cell of the form. Remove what stands there.")
                self._add(sheet, cell, "unknown_row", message)

    def _rows_missing_or_double(self) -> None:
        for address in self.layout.keys:
            rows = self.rows.get(address, [])
            if not rows:
                text = _("The row of %(cell)s is missing. Download the workbook anew and copy the figures.")
                missing = address.removesuffix(".TOTAL")
                self._fault(DATA_SHEET, 0, 0, "missing_row", text % {"cell": missing}, missing)
            for row in rows if len(rows) > 1 else ():
                others = ", ".join(str(other) for other in rows if other != row)
                message = _("The same cell of the form stands in row %(others)s too.") % {"others": others}
                self._fault(DATA_SHEET, row, 1, "duplicate", message, address)

    # --- what is entered ---

    def _figure(self, sheet: RawSheet, row: int, address: str) -> None:
        key = self.layout.keys[address]
        before = len(self.found.faults)
        value = self._value(sheet, row, self.layout.by_id[key[0]].indicator)
        status = self._status(sheet, row)
        note = self._note(sheet, row)
        if len(self.found.faults) > before:
            return
        try:
            figure = cell_input(key=key, status=status, note=note, number=lambda: value)
        except BadNumber as error:
            column = COLUMN["note" if error.code == "note_required" else "value"]
            self._fault(sheet.name, row, column, error.code, error.message, sheet.text(row, column))
            return
        if figure.state is None and note:
            message = _("A note stands without a value and without a state. Enter one of the two, or remove the note.")
            self._fault(sheet.name, row, COLUMN["note"], "note_alone", message, note)
            return
        self.found.figures.append(figure)

    def _value(self, sheet: RawSheet, row: int, indicator: Indicator) -> int | None:
        cell = self._plain(sheet, row, "value")
        if cell is None:
            return None
        currency = self.expected_return.agency.state.currency
        try:
            if cell.kind == "text":
                return parse_value(cell.text, indicator=indicator, currency=currency, language=None)
            digits = minor_digits(currency) if indicator.is_money else 0
            return json_value(stored_number(cell.text, digits=digits), indicator=indicator)
        except BadNumber as error:
            self._add(sheet, cell, error.code, error.message)
        except NotANumber:
            self._add(sheet, cell, "not_a_number", _("What is stored in the cell is no number at all."))
        return None

    def _status(self, sheet: RawSheet, row: int) -> str:
        cell = self._plain(sheet, row, "status")
        if cell is None:
            return ""
        status = state_of(cell.text)
        if status is None:
            self._add(sheet, cell, "unknown_status", _("There is no such state. Choose one of the list."))
        return status or ""

    def _note(self, sheet: RawSheet, row: int) -> str:
        cell = self._plain(sheet, row, "note")
        if cell is None:
            return ""
        text = clean(cell.text[: MAX_NOTE + 1])
        for problem in text_problems(text, longest=MAX_NOTE):
            fault = Fault(
                sheet=sheet.name,
                row=row,
                column=cell.column,
                code=problem.code,
                message=problem.message,
                value=cell.text[:60],
            )
            (self.found.faults if problem.blocks else self.found.doubts).append(fault)
        return text

    def _plain(self, sheet: RawSheet, row: int, name: str) -> RawCell | None:
        """The entry, where it is a text or a number; None where it is empty or an error was noted."""
        cell = sheet.cells.get((row, COLUMN[name]))
        if cell is None or cell.is_empty:
            return None
        refused: tuple[str, Text] | None = None
        if cell.has_formula:
            refused = ("formula", _FORMULA)
        elif cell.kind == "e":
            refused = ("error_value", _("The cell holds an error value. Enter the number."))
        elif cell.kind == "b":
            refused = ("boolean", _("The cell holds “true” or “false”. Enter a number or a text."))
        elif cell.kind == "d" or (cell.kind == "n" and cell.style in self.book.date_styles):
            refused = ("date", _("The cell holds a date. Format it as a number and enter it again."))
        elif cell.style in self.book.blank_styles:
            refused = ("hidden", _("The format of the cell hides what it holds. Choose another format."))
        elif cell.kind not in ("n", "text"):
            refused = ("not_a_number", _("What is stored in the cell is no number at all."))
        if refused is None:
            return cell
        self._add(sheet, cell, *refused)
        return None

    # --- faults ---

    def _add(self, sheet: RawSheet, cell: RawCell, code: str, message: Text) -> None:
        self._fault(sheet.name, cell.row, cell.column, code, message, cell.shown)

    def _shape(self, sheet: str, code: str, message: Text) -> None:
        self._fault(sheet, 0, 0, code, message)

    def _fault(self, sheet: str, row: int, column: int, code: str, message: Text, value: str = "") -> None:
        self.found.faults.append(
            Fault(sheet=sheet[:60], row=row, column=column, code=code, message=message, value=value[:60])
        )


_FORMULA = _("The cell holds a formula. Enter the number itself.")
