"""Plain tables as files: CSV that spreadsheets in both languages open as columns, and XLSX with a sheet for each.

Text that a spreadsheet would take for a formula is written as text. Numbers stay numbers; nothing reported is an empty
cell.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

import xlsxwriter
from django.utils.translation import gettext as _

Value = str | int | float | Decimal | None
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_LONGEST_NAME = 31
_WIDEST = 60


@dataclass(frozen=True)
class PlainTable:
    """A table: its name is the sheet's."""

    name: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Value]]


def of_a_demonstration(table: PlainTable) -> PlainTable:
    """Invented figures say so in every line: a table is filtered, sorted and copied without its name."""
    rows = [[*row, _("Demonstration data")] for row in table.rows]
    return PlainTable(table.name, [*table.headings, _("Origin")], rows)


def csv_bytes(table: PlainTable) -> bytes:
    """UTF-8 with a byte-order mark and semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([_text(heading) for heading in table.headings])
    for row in table.rows:
        writer.writerow([_text(value) if isinstance(value, str) else "" if value is None else value for value in row])
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(tables: Iterable[PlainTable]) -> bytes:
    """One sheet for each table, with a frozen heading and a filter."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1})
        for table in tables:
            _write(book.add_worksheet(_sheet_name(table.name)), table, bold)
    return out.getvalue()


def _write(sheet: xlsxwriter.worksheet.Worksheet, table: PlainTable, bold: xlsxwriter.format.Format) -> None:
    for column, heading in enumerate(table.headings):
        sheet.write_string(0, column, heading, bold)
        longest = max([len(heading) // 2, *(len(str(row[column])) for row in table.rows if row[column] is not None)])
        sheet.set_column(column, column, min(max(longest + 2, 8), _WIDEST))
    for place, row in enumerate(table.rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(place, column, value)
            elif value is not None:
                sheet.write_number(place, column, value)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.headings) - 1)


def _sheet_name(name: str) -> str:
    return "".join(" " if char in "[]:*?/\\" else char for char in name)[:_LONGEST_NAME]


def _text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value
