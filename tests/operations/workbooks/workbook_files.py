"""Workbooks as people and attackers make them: filled in, taken apart and put together again."""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import openpyxl

from operations.models import Return, Submission
from operations.workbooks.return_workbook_format import COLUMN, DATA_SHEET, HEADER_ROW, KEYS_SHEET
from operations.workbooks.return_workbook_writer import write_return_workbook

Change = bytes | Callable[[bytes], bytes] | None


def blank(expected_return: Return, submission: Submission | None = None) -> bytes:
    return write_return_workbook(expected_return=expected_return, submission=submission)


def rows_of(sheet: Any) -> dict[str, int]:
    """The rows of the cells by their codes: `VIO01`, `VIO01 citizenship_group:AM`."""
    found = {}
    for row in range(HEADER_ROW + 1, sheet.max_row + 1):
        code, category = (sheet.cell(row=row, column=COLUMN[name]).value for name in ("code", "category"))
        if code:
            found[f"{code} {category}" if category else code] = row
    return found


def edited(data: bytes, edit: Callable[[Any, dict[str, int]], None]) -> bytes:
    """The workbook after somebody worked on its sheet of figures, saved by another program."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book[DATA_SHEET]
    edit(sheet, rows_of(sheet))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def filled(data: bytes, values: Mapping[str, Any], *, rest: Any = None) -> bytes:
    """Values by code; a tuple is (value, state, note). `rest` fills the other indicators' own cells."""

    def fill(sheet: Any, rows: dict[str, int]) -> None:
        for code, row in rows.items():
            given = values.get(code, rest if " " not in code else None)
            entries = given if isinstance(given, tuple) else (given,)
            for name, entry in zip(("value", "status", "note"), entries, strict=False):
                if entry is not None:
                    sheet.cell(row=row, column=COLUMN[name]).value = entry

    return edited(data, fill)


#: What people get wrong in the cells of a return, by code; a tuple is (value, state, note).
WRONG_ENTRIES: dict[str, Any] = {
    "ACT01": -5,
    "ACT02": 1.5,
    "ACT03": "1,234",
    "ACT04": "1e3",
    "RET01": 10**30,
    "ADM01": True,
    "ADM02": dt.date(2026, 11, 10),
    "ADM03": "=1+1",
    "ADM04": 1.005,
    "ADM05": (None, "perhaps"),
    "RET02": (None, "нет данных"),
    "CRM01": (7, "withheld"),
    "CRM02": (None, "value"),
    "CRM03": (None, None, "nothing but a note"),
    "GRP01": (1, None, "Паспорт 4509 123456"),
    "GRP02": (1, None, "x" * 501),
    "GRP03": "٣",
}
#: Those, four more in the shape of the sheet, and the row that a wrong code leaves missing.
PLANTED = len(WRONG_ENTRIES) + 4 + 1


def with_planted_errors(data: bytes) -> bytes:
    """The workbook with every wrong entry, a wrong code, a hidden row, a number outside the rows and merged cells."""

    def plant(sheet: Any, rows: dict[str, int]) -> None:
        sheet.cell(row=rows["VIO01"], column=COLUMN["code"]).value = "ZZZ99"
        sheet.row_dimensions[rows["VIO02"]].hidden = True
        sheet.cell(row=sheet.max_row + 2, column=COLUMN["value"]).value = 5
        sheet.merge_cells(start_row=rows["VIO03"], end_row=rows["VIO03"], start_column=6, end_column=7)

    return edited(filled(data, WRONG_ENTRIES), plant)


def repacked(data: bytes, changes: Mapping[str, Change], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The archive with parts changed, added, or (None) taken away."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", compression) as target:
        for name in source.namelist():
            change = changes.get(name, lambda content: content)
            if change is not None:
                target.writestr(name, change if isinstance(change, bytes) else change(source.read(name)))
        for name in changes.keys() - set(source.namelist()):
            added = changes[name]
            assert isinstance(added, bytes)
            target.writestr(name, added)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def sheet_part(data: bytes, name: str = DATA_SHEET) -> str:
    """The part of a sheet, in a workbook as it was written here."""
    names = re.findall(r'<sheet [^>]*?name="([^"]+)"', part(data, "xl/workbook.xml").decode())
    return f"xl/worksheets/sheet{names.index(name) + 1}.xml"


def with_cell(data: bytes, reference: str, cell: str, *, sheet: str = DATA_SHEET) -> bytes:
    """The XML of one cell replaced, or put at the end of its row."""
    row = re.sub("[A-Z]", "", reference)

    def change(content: bytes) -> bytes:
        text = content.decode()
        pattern = rf'<c r="{reference}"[^>]*?(?:/>|>.*?</c>)'
        if re.search(pattern, text):
            return re.sub(pattern, lambda _found: cell, text, count=1).encode()
        if f'<row r="{row}"' in text:
            return re.sub(
                rf'(<row r="{row}".*?)</row>', lambda found: f"{found[1]}{cell}</row>", text, count=1
            ).encode()
        return text.replace("</sheetData>", f'<row r="{row}">{cell}</row></sheetData>').encode()

    return repacked(data, {sheet_part(data, sheet): change})


def with_xml(data: bytes, name: str, before: str, after: str) -> bytes:
    """A part with a piece of its text replaced; the piece has to be there."""

    def change(content: bytes) -> bytes:
        text = content.decode()
        assert before in text
        return text.replace(before, after, 1).encode()

    return repacked(data, {name: change})


def key_row(data: bytes, name: str) -> int:
    sheet = openpyxl.load_workbook(io.BytesIO(data))[KEYS_SHEET]
    return next(row for row in range(1, sheet.max_row + 1) if sheet.cell(row=row, column=1).value == name)
