"""A snapshot as a workbook: a sheet of facts, a sheet for each table as it is printed, and one with every
cell.

Numbers are numbers, marks and qualified numbers are words, and nothing is ever a formula or a link, whatever
people typed. The same snapshot gives the same bytes.
"""

import datetime as dt
import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext, pgettext

from operations.domain.wording import in_language, moment_text
from reports.domain.payload import sha256_of
from reports.rendering.cells import decimals, drawn_value
from reports.rendering.csv import COLUMNS, every_table, long_rows
from reports.rendering.document import check_approval
from reports.rendering.frames import LANGUAGES, Copy, marking_text, running_mark
from reports.rendering.tables import PrintedCell, PrintedTable

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_date_format": "yyyy-mm-dd",
}


def render_xlsx(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy) -> bytes:
    """The workbook; with both languages each table has a sheet in either."""
    check_approval(payload=payload, approval=approval)
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    created = dt.datetime.fromisoformat(payload["as_of"]).astimezone(dt.UTC).replace(tzinfo=None)
    book.set_properties({"title": payload["title"][LANGUAGES[language][0]], "created": created})
    styles = _styles(book)
    for one in LANGUAGES[language]:
        with in_language(one):
            _facts(book, styles, payload=payload, approval=approval, language=one, copy=copy)
            for name, table in every_table(payload, language=one):
                suffix = f" ({one})" if language == "both" else ""
                _table(book.add_worksheet(f"{_sheet_name(name)}{suffix}"), styles, table)
    _every_cell(book, styles, payload=payload, language=language)
    book.close()
    return out.getvalue()


def _sheet_name(name: str) -> str:
    number = name[1:]
    if name.startswith("T"):
        return gettext("Table %(number)s") % {"number": number}
    if name.startswith("K"):
        return gettext("Key figures %(number)s") % {"number": number}
    if name.startswith("C"):
        return gettext("Cited figures")
    return gettext("Figure %(number)s") % {"number": number}


def _styles(book: xlsxwriter.Workbook) -> dict[str, Any]:
    grid = {"border": 1, "valign": "top", "font_name": "Arial", "font_size": 10}
    styles = {
        "title": book.add_format({"bold": True, "font_size": 14, "text_wrap": True}),
        "bold": book.add_format({"bold": True}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
        "head": book.add_format(
            {**grid, "align": "center", "valign": "vcenter", "text_wrap": True, "bg_color": "#F0F0EE"}
        ),
        "order": book.add_format({**grid, "align": "center", "font_size": 8}),
        "text": book.add_format({**grid, "text_wrap": True}),
        "mark": book.add_format({**grid, "align": "right"}),
        "group": book.add_format({**grid, "bold": True, "align": "center"}),
    }
    for scale in range(4):
        pattern = "#,##0" + ("." + "0" * scale if scale else "")
        styles[f"number-{scale}"] = book.add_format({**grid, "num_format": pattern})
        styles[f"signed-{scale}"] = book.add_format({**grid, "num_format": f"+{pattern};-{pattern};0"})
    for level in range(4):
        styles[f"level-{level}"] = book.add_format({**grid, "text_wrap": True, "indent": level})
    return styles


def _facts(
    book: xlsxwriter.Workbook,
    styles: dict[str, Any],
    *,
    payload: dict[str, Any],
    approval: dict[str, Any] | None,
    language: str,
    copy: Copy,
) -> None:
    """What the document is, before any number."""
    name = pgettext("sheet", "Report")
    sheet = book.add_worksheet(f"{name} ({language})")
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, payload["title"][language], styles["title"])
    sheet.write_string(0, 1, payload["subtitle"][language], styles["title"])
    facts = [
        (
            pgettext("document", "Standing"),
            running_mark(payload=payload, approval=approval, language=language)
            or pgettext("approval sheet", "Approved"),
        ),
        (pgettext("document", "Marking"), marking_text(copy, language=language) or pgettext("marking", "Open")),
        (gettext("Edition"), gettext("Public edition") if copy.edition == "public" else gettext("Full edition")),
        (pgettext("moment", "Data as of"), moment_text(payload["as_of"], language=language)),
        (gettext("Frozen data"), f"SHA-256 {sha256_of(payload)}"),
    ]
    if approval is not None:
        facts += [
            (pgettext("approval sheet", "Approved"), f"{approval['name'][language]}, {approval['capacity'][language]}"),
            (pgettext("approval sheet", "Date and time"), moment_text(approval["approved_at"], language=language)),
            (gettext("Verify this document at"), approval["verification_url"]),
        ]
    facts += [
        (f"[{number}]", ", ".join(part for part in (one["title"][language], one["date"], one["url"]) if part))
        for number, one in enumerate(payload["sources"], start=1)
    ]
    for place, (name, text) in enumerate(facts, start=2):
        sheet.write_string(place, 0, name, styles["bold"])
        sheet.write_string(place, 1, text, styles["plain"])


def _table(sheet: Any, styles: dict[str, Any], table: PrintedTable) -> None:
    sheet.write_string(0, 0, table.caption, styles["bold"])
    if table.unit:
        sheet.write_string(1, 0, table.unit)
    for place, heading in enumerate(table.flat_headings):
        sheet.write_string(2, place, heading, styles["head"])
        sheet.write_number(3, place, place + 1, styles["order"])
    line = 4
    for row in table.rows:
        if row.style == "group":
            sheet.merge_range(line, 0, line, table.width - 1, row.header, styles["group"])
        else:
            _row(sheet, styles, table, line, row)
        line += 1
    for mark, text in [*table.notes, *table.legend]:
        line += 1
        sheet.write_string(line, 0, f"{mark} – {text}" if mark else text)
    stub = 1 if table.numbered else 0
    sheet.set_column(0, table.width - 1, 14)
    sheet.set_column(stub, stub, 48)
    sheet.freeze_panes(4, stub + 1)
    sheet.repeat_rows(2, 3)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    if table.orientation == "landscape":
        sheet.set_landscape()


def _row(sheet: Any, styles: dict[str, Any], table: PrintedTable, line: int, row: Any) -> None:
    leading = [row.number] if table.numbered else []
    leading += [row.header] + ([row.unit] if table.has_units else [])
    for place, text in enumerate(leading):
        is_stub = text is row.header
        sheet.write_string(line, place, text, styles[f"level-{min(row.level, 3)}" if is_stub else "text"])
    for place, cell in enumerate(row.cells, start=len(leading)):
        _cell(sheet, styles, line, place, cell)


def _cell(sheet: Any, styles: dict[str, Any], line: int, place: int, cell: PrintedCell) -> None:
    """A number where the cell is exactly one; words where it is a mark, a qualified number, a share or a
    text."""
    data = cell.cell
    is_number = data["state"] == "value" and data["kind"] in ("number", "money", "percent") and "qualifier" not in data
    if not is_number:
        sheet.write_string(line, place, cell.shown.whole, styles["mark" if cell.kind == "number" else "text"])
        return
    style = f"{'signed' if data.get('signed') else 'number'}-{min(decimals(data), 3)}"
    sheet.write_number(line, place, drawn_value(data), styles[style])


def _every_cell(book: xlsxwriter.Workbook, styles: dict[str, Any], *, payload: dict[str, Any], language: str) -> None:
    sheet = book.add_worksheet("data")
    for place, name in enumerate(COLUMNS):
        sheet.write_string(0, place, name, styles["bold"])
    for line, row in enumerate(long_rows(payload=payload, language=language), start=1):
        for place, text in enumerate(row):
            sheet.write_string(line, place, text)
    sheet.freeze_panes(1, 0)
