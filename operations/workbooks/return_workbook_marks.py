"""Hands a workbook back with its wrong cells marked: a colour, a comment at the cell, and a sheet that lists all.

The uploaded file is changed as little as possible, so that whoever mends it finds it as he left it and can send it in
again. It has passed the guard; what openpyxl still cannot take is answered with the list on the page alone.
"""

import io
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill

from operations.domain.errors import Conflict
from operations.workbooks.return_workbook_format import COLUMNS, DATA_SHEET, FAULTS_SHEET, HEADER_ROW
from operations.workbooks.return_workbook_reader import Fault

_RED, _ENTRY = "FFF4B6B6", "FFFFFBE6"
_AUTHOR = "check"
#: A comment costs ten kilobytes of memory while it is written; whoever has more errors than this mends these first.
MOST_MARKS = 2000


def marked(data: bytes, faults: Iterable[Fault]) -> bytes:
    """The workbook with its faults marked; marks of an earlier round are taken away first."""
    found = list(faults)[:MOST_MARKS]
    try:
        book = openpyxl.load_workbook(io.BytesIO(data))
        _clear(book)
        _mark(book, found)
        _list(book, found)
        out = io.BytesIO()
        book.save(out)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        message = _("The workbook cannot be handed back with marks. Use the list on the page.")
        raise Conflict(message) from error
    return out.getvalue()


def _clear(book: Any) -> None:
    if FAULTS_SHEET in book.sheetnames:
        del book[FAULTS_SHEET]
    if DATA_SHEET not in book.sheetnames:
        return
    for row in book[DATA_SHEET].iter_rows(min_row=1):
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
            if cell.fill.fill_type == "solid" and cell.fill.start_color.rgb == _RED:
                is_entry = cell.row > HEADER_ROW and cell.column <= len(COLUMNS) and COLUMNS[cell.column - 1].is_entered
                cell.fill = PatternFill("solid", start_color=_ENTRY) if is_entry else PatternFill()


def _mark(book: Any, faults: list[Fault]) -> None:
    said: dict[tuple[str, int, int], list[str]] = defaultdict(list)
    for fault in faults:
        if fault.sheet in book.sheetnames and fault.column:
            said[fault.sheet, fault.row or HEADER_ROW, fault.column].append(str(fault.message))
    for (name, row, column), messages in said.items():
        cell = book[name].cell(row=row, column=column)
        if isinstance(cell, MergedCell):
            continue
        cell.fill = PatternFill("solid", start_color=_RED)
        cell.comment = Comment("\n".join(dict.fromkeys(messages)), _AUTHOR, width=320, height=40 + 40 * len(messages))


def _list(book: Any, faults: list[Fault]) -> None:
    sheet = book.create_sheet(FAULTS_SHEET)
    headings = (_("Sheet"), _("Row"), _("Column"), _("Code"), _("Message"), _("Value"))
    for place, (text, width) in enumerate(zip(headings, (18, 8, 8, 20, 90, 40), strict=True), start=1):
        cell = sheet.cell(row=1, column=place)
        _write(cell, text)
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = width
    for row, fault in enumerate(faults, start=2):
        parts = (fault.sheet, fault.row or "", fault.letter, fault.code, str(fault.message), fault.value)
        for column, part in enumerate(parts, start=1):
            _write(sheet.cell(row=row, column=column), part)
    sheet.freeze_panes = "A2"


def _write(cell: Any, part: str | int) -> None:
    """Text stays text: what a person typed after an equals sign must not begin to calculate."""
    cell.value = part
    if isinstance(part, str):
        cell.data_type = "s"
    cell.alignment = Alignment(wrap_text=True, vertical="top")
