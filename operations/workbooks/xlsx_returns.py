"""Reads returns from a table in a workbook, row by row, exactly as its XML has them.

The first sheet that shows the columns of the contract in its first row is the table. What a reader of finished values
would smooth over is a fault of its cell: formulas, dates, booleans, error values, hidden rows. A hidden column or
merged cells would move values to where nobody looks for them, so they refuse the file. Read by an own reader: the usual
ones keep nothing of all that, and two readers would have to agree.
"""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.figures import BadNumber, json_value, parse_value
from operations.domain.import_rows import (
    COLUMNS,
    MOST_KEPT,
    BadImport,
    Conflict,
    Fault,
    ImportRow,
    printable,
    refused_file,
)
from operations.domain.wording import minor_digits
from operations.models import Indicator
from operations.workbooks.archive_guard import TABLE_LIMITS, Archive, open_workbook
from operations.workbooks.csv_returns import wrong_columns
from operations.workbooks.return_workbook_format import DATA_SHEET, KEYS_SHEET
from operations.workbooks.return_workbook_numbers import NotANumber, stored_number
from operations.workbooks.return_workbook_xml import Frame, RawCell, SheetReader, letters, read_frame

_LIKELY = {"state", "agency", "period", "indicator"}


class XlsxReturns:
    """The rows of the first sheet with such a table; a row's number is that of the sheet."""

    def __init__(self, data: bytes, *, sha256: str) -> None:
        """Raises `RefusedWorkbook` for what is no plain workbook, before anything is read."""
        self.sha256 = sha256
        self._archive: Archive = open_workbook(data, limits=TABLE_LIMITS)
        self._frame: Frame = read_frame(self._archive)
        self._sheet = ""
        self._columns: dict[int, str] = {}
        self.size, self.consumed = 1, 0

    def rows(self) -> Iterator[ImportRow]:
        headings = [self._heading(name, part) for name, _state, part in self._frame.sheets]
        first = next((place for place, names in enumerate(headings) if _LIKELY & names), None)
        if first is None:
            raise self._without_table()
        for place, names in enumerate(headings[first + 1 :], start=first + 1):
            if names >= set(COLUMNS):
                text = _("A second sheet holds a table of returns too. Put all rows on one sheet, or upload two files.")
                raise refused_file("second_table", text, place=printable(self._frame.sheets[place][0]))
        self._sheet, state, part = self._frame.sheets[first]
        if state != "visible":
            text = _("The sheet is hidden. Show it and look at what it says.")
            raise refused_file("hidden", text, place=self._sheet)
        self.consumed = 0
        reader = _Feed(self._sheet, self._frame.strings)
        rows = self._cells(part, reader)
        yield from self._table(reader, next(rows), rows)

    def _heading(self, name: str, part: str) -> set[str]:
        """The texts of the first row of a sheet that holds anything."""
        first = next(self._cells(part, _Feed(name, self._frame.strings)), {})
        return {cell.text.strip() for cell in first.values()}

    def _without_table(self) -> BadImport:
        if {DATA_SHEET, KEYS_SHEET} <= {name for name, _state, _part in self._frame.sheets}:
            text = _("This is the workbook of one return. Upload it on the page of that return, under “Workbook”.")
            return refused_file("return_workbook", text)
        text = _("No sheet has the columns of a table of returns in its first row.")
        return refused_file("missing_column", text)

    def place(self, number: int, column: str) -> str:
        """`Sheet1!F12`; the row alone where the table has no such column."""
        if not number or not self._sheet:
            return ""
        # a column without a heading goes by its letters
        unnamed = column if column.isupper() else ""
        letter = next((letters(place) for place, name in self._columns.items() if name == column), unnamed)
        return f"{printable(self._sheet)}!{letter}{number}"

    def number(self, raw: Any, indicator: Indicator, currency: str) -> int | None:
        """A number is stored in whole units of the currency, like one that is typed."""
        if raw is None:
            return None
        if raw.kind == "text":
            return parse_value(raw.text, indicator=indicator, currency=currency, language=None)
        try:
            digits = minor_digits(currency) if indicator.is_money else 0
            return json_value(stored_number(raw.text, digits=digits), indicator=indicator)
        except NotANumber:
            raise BadNumber(_NOT_A_NUMBER, code="not_a_number") from None

    # --- the sheet ---

    def _cells(self, part: str, reader: "_Feed") -> Iterator[dict[int, RawCell]]:
        """The rows that hold something, as they are read; nothing of them is kept here."""
        self.size = max(1, self._archive.parts[part].file_size)
        for length in self._archive.parsed(part, reader):
            self.consumed += length
            yield from reader.finished()
        yield from reader.finished()

    def _table(self, reader: "_Feed", heading: dict[int, RawCell], rows: Any) -> Iterator[ImportRow]:
        names = {place: cell.text.strip() for place, cell in heading.items()}
        wrong = [
            Conflict(1, "", code, message, self.place(1, "")) for code, message in wrong_columns([*names.values()])
        ]
        wrong += [
            Conflict(1, names[place], "hidden", _("The column is hidden. Show it and look at what it says."))
            for first, last in reader.sheet.hidden_columns
            for place in names
            if first <= place <= last
        ]
        if wrong:
            raise BadImport(wrong)
        self._columns = names
        for cells in rows:
            yield self._row(cells, reader)
        if reader.sheet.merged:
            raise BadImport([self._merged(reference) for reference in reader.sheet.merged[:MOST_KEPT]])

    def _merged(self, reference: str) -> Conflict:
        place = f"{printable(self._sheet)}!{printable(reference)}"
        return Conflict(0, "", "merged", _("The cells are merged. Separate them."), place)

    def _row(self, cells: dict[int, RawCell], reader: "_Feed") -> ImportRow:
        number = next(iter(cells.values())).row
        given: dict[str, Any] = {}
        faults: dict[str, Fault] = {}
        if number in reader.sheet.hidden_rows:
            faults[""] = ("hidden", _("The row is hidden. Show it and look at what it says."))
        for place, cell in cells.items():
            column = self._columns.get(place)
            if column is None:
                text = _("The table has no such column. Remove what stands there.")
                faults[letters(place)] = ("unknown_column", text)
            elif fault := self._fault(cell, column):
                faults[column] = fault
            else:
                given[column] = cell if column == "value" else cell.text
        given.setdefault("state", "")  # only other formats leave it out
        return ImportRow(number, given, faults)

    def _fault(self, cell: RawCell, column: str) -> Fault | None:
        if cell.has_formula:
            return "formula", _("The cell holds a formula. Enter the number itself.")
        if cell.kind == "e":
            return "error_value", _("The cell holds an error value. Enter the number.")
        if cell.kind == "b":
            return "boolean", _("The cell holds “true” or “false”. Enter a number or a text.")
        if cell.kind == "d" or (cell.kind == "n" and cell.style in self._frame.date_styles):
            return "date", _("The cell holds a date. Format it as a number and enter it again.")
        if cell.style in self._frame.blank_styles:
            return "hidden", _("The format of the cell hides what it holds. Choose another format.")
        if cell.kind == "n" and column in ("period", "category", "unit", "note"):
            return self._whole_number(cell)
        return None if cell.kind in ("n", "text") else ("not_a_number", _NOT_A_NUMBER)

    @staticmethod
    def _whole_number(cell: RawCell) -> Fault | None:
        """A code of digits may be stored as a number, as long as it is one with nothing lost."""
        if cell.text.isascii() and cell.text.isdigit():
            return None
        return "not_text", _("The cell holds a number where a text is expected.")


_NOT_A_NUMBER = _("What is stored in the cell is no number at all.")


class _Feed(SheetReader):
    """A sheet whose rows are taken away as soon as they are complete."""

    def __init__(self, name: str, strings: list[str]) -> None:
        super().__init__(name, strings)
        self._complete: list[dict[int, RawCell]] = []

    def finished(self) -> Iterator[dict[int, RawCell]]:
        """The rows that are complete, each by the number of its columns."""
        complete, self._complete = self._complete, []
        return iter(complete)

    def closed(self, name: str) -> None:
        super().closed(name)
        if name == "row" and self.sheet.cells:
            cells = {place[1]: cell for place, cell in self.sheet.cells.items() if not cell.is_empty}
            self.sheet.cells.clear()
            if cells:
                self._complete.append(cells)
