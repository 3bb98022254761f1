"""Writes the workbook of one return: the form in both languages, with the figures of a draft where there are any.

Only the entries are unlocked; numbers and states are checked by the spreadsheet program as they are typed, with
messages in both languages. Nothing is ever a formula or a link, whatever people typed. The same return in the same
state gives the same bytes.
"""

import datetime as dt
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import xlsxwriter
from django.utils.translation import gettext

from operations.domain.breakdowns import breakdown_name, unit_name
from operations.domain.figures import MAX_COUNT, MAX_MINOR, MAX_NOTE
from operations.domain.return_layout import CellKey, Layout, Line, layout_of
from operations.domain.wording import in_language, minor_digits, moment_text
from operations.models import CellState, Figure, IndicatorGroup, Return, Submission
from operations.workbooks.return_workbook_format import (
    COLUMN,
    COLUMNS,
    DATA_SHEET,
    GUIDE_SHEET,
    HEADER_ROW,
    KEYS_SHEET,
    STATE_TEXTS,
    Identity,
    codes_of,
    key_lines,
)

_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_LANGUAGES = ("ru", "en")


@dataclass(frozen=True)
class Row:
    """A row of the form: a cell to fill in, or (without an address) a heading or a remark."""

    ru: str
    en: str
    unit: str = ""
    address: str = ""
    key: CellKey | None = None
    depth: int = 0
    is_money: bool = False
    look: str = "label"


def write_return_workbook(
    *, expected_return: Return, submission: Submission | None, layout: Layout | None = None, is_empty: bool = False
) -> bytes:
    """The workbook of the return, with the figures of `submission` unless it is asked for empty."""
    layout = layout or layout_of(expected_return.form)
    shown = [] if submission is None or is_empty else Figure.objects.filter(submission=submission)
    figures = {(row.indicator_id, row.category_id): row for row in shown}
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, _OPTIONS)
    identity = Identity.of(expected_return, submission)
    title = both(lambda: gettext("Return"))
    opened = expected_return.period.opens_at.astimezone(dt.UTC).replace(tzinfo=None)
    book.set_properties({"title": f"{' / '.join(title)} {identity.agency} {identity.period}", "created": opened})
    for name, text in identity.lines():
        book.set_custom_property(name, text, "text")
    styles = _styles(book, identity.currency)
    guide, data = book.add_worksheet(GUIDE_SHEET), book.add_worksheet(DATA_SHEET)
    _write_guide(guide, styles, expected_return)
    rows = list(_rows(layout, identity.currency))
    _write_data(data, styles, expected_return, rows, figures)
    _write_keys(book.add_worksheet(KEYS_SHEET), identity, [row.ru for row in rows if not row.address])
    data.activate()
    book.close()
    return out.getvalue()


def file_name(expected_return: Return) -> str:
    """A name that any file system takes."""
    identity = Identity.of(expected_return, None)
    parts = (identity.operation, identity.agency, identity.unit, identity.period)
    text = "_".join(part for part in parts if part)
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else "-" for sign in text) + ".xlsx"


def both(words: Callable[[], object]) -> tuple[str, str]:
    """The words in Russian and in English, whoever asks."""
    found = []
    for language in _LANGUAGES:
        with in_language(language):
            found.append(str(words()))
    return found[0], found[1]


# --- what the rows are ---


def _rows(layout: Layout, currency: str) -> Iterator[Row]:
    for group, lines in layout.groups():
        ru, en = both(partial(_group_name, group))
        yield Row(ru, en, look="group")
        for line in lines:
            yield from _line(layout, line, currency)
    for ru, en in (both(lambda: gettext("Filled in by:")), both(lambda: gettext("Head:"))):
        yield Row(ru, en, look="signature")


def _group_name(group: str) -> object:
    return IndicatorGroup(group).label


def _line(layout: Layout, line: Line, currency: str) -> Iterator[Row]:
    indicator = line.indicator
    if not line.is_entered:
        ru, en = both(lambda: gettext("counted from the register of lists; not entered"))
        yield Row(f"{indicator.name_ru} ({ru})", f"{indicator.name_en} ({en})", depth=line.depth)
        return
    unit = currency if indicator.is_money else " / ".join(both(partial(unit_name, indicator.unit)))
    own = _cell(layout, (indicator.pk, layout.total.pk), line, unit)
    yield replace(own, depth=line.depth, look="own")
    for dimension in line.dimensions:
        ru, en = both(partial(breakdown_name, dimension.breakdown.code))
        yield Row(ru, en, depth=line.depth + 1, look="part")
        for category in dimension.categories:
            yield _cell(layout, (indicator.pk, category.pk), line, unit)


def _cell(layout: Layout, key: CellKey, line: Line, unit: str) -> Row:
    named = line.indicator if key[1] == layout.total.pk else layout.categories[key[1]]
    return Row(
        named.name_ru,
        named.name_en,
        unit=unit,
        address=layout.address(key),
        key=key,
        depth=line.depth + 2,
        is_money=line.indicator.is_money,
    )


# --- the sheet of figures ---


def _write_data(
    sheet: Any,
    styles: Mapping[str, Any],
    expected_return: Return,
    rows: list[Row],
    figures: Mapping[CellKey, Figure],
) -> None:
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, styles["locked"])
    for place, text in enumerate(_facts(expected_return)):
        sheet.write_string(place, 0, text, styles["title" if place == 0 else "fact"])
    sheet.set_row(HEADER_ROW - 1, 32)
    for place, column in enumerate(COLUMNS):
        sheet.write_string(HEADER_ROW - 1, place, column.heading, styles["head"])
    for place, row in enumerate(rows, start=HEADER_ROW):
        _write_row(sheet, styles, place, row, figures.get(row.key) if row.key else None)
    _validate(sheet, rows, expected_return.agency.state.currency)
    sheet.freeze_panes(HEADER_ROW, 2)
    sheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.set_footer("&C&P / &N")


def _facts(expected_return: Return) -> Iterator[str]:
    period, agency, unit = expected_return.period, expected_return.agency, expected_return.unit
    kind = both(lambda: period.get_kind_display())
    yield f"{kind[0]} / {kind[1]}, {period.code}"
    yield f"{period.operation.title_ru} / {period.operation.title_en}"
    for body in (agency, unit) if unit is not None else (agency,):
        yield f"{body.name_ru} / {body.name_en}"
    due = both(lambda: gettext("due"))
    moments = (moment_text(expected_return.due_at, language=language) for language in _LANGUAGES)
    spelt = " / ".join(f"{word} {moment}" for word, moment in zip(due, moments, strict=True))
    yield f"{period.start_date.isoformat()} – {period.end_date.isoformat()}; {spelt}"
    version = both(lambda: gettext("version of the form"))
    yield f"{version[0]} / {version[1]}: {expected_return.form.version}"
    if period.operation.is_demonstration:
        yield " / ".join(both(lambda: gettext("Demonstration data")))


def _write_row(sheet: Any, styles: Mapping[str, Any], place: int, row: Row, figure: Figure | None) -> None:
    code, category = codes_of(row.address) if row.address else ("", "")
    style = styles[f"{row.look}-{min(row.depth, 4)}"]
    cells = {"code": code, "category": category, "name_ru": row.ru, "name_en": row.en, "unit": row.unit}
    for name, text in cells.items():
        sheet.write_string(place, COLUMN[name] - 1, text, style if name.startswith("name") else styles[row.look])
    if not row.address:
        for name in ("value", "status", "note"):
            sheet.write_blank(place, COLUMN[name] - 1, None, styles[row.look])
        return
    number = styles["money" if row.is_money else "count"]
    if figure is None or figure.value is None:
        sheet.write_blank(place, COLUMN["value"] - 1, None, number)
    else:
        sheet.write_number(
            place, COLUMN["value"] - 1, figure.value / styles["scale"] if row.is_money else figure.value, number
        )
    status = "" if figure is None or figure.state == CellState.VALUE else STATE_TEXTS[figure.state]
    for name, text in (("status", status), ("note", figure.note if figure is not None else "")):
        if text:
            sheet.write_string(place, COLUMN[name] - 1, text, styles["entry"])
        else:
            sheet.write_blank(place, COLUMN[name] - 1, None, styles["entry"])


def _validate(sheet: Any, rows: list[Row], currency: str) -> None:
    """What the spreadsheet program itself refuses as it is typed."""
    last = HEADER_ROW + len(rows) - 1
    counts = [place for place, row in enumerate(rows, start=HEADER_ROW) if row.address and not row.is_money]
    amounts = [place for place, row in enumerate(rows, start=HEADER_ROW) if row.address and row.is_money]
    whole = both(lambda: gettext("Enter a whole number, 0 or more. Leave the cell empty if nothing is reported."))
    decimal = both(lambda: gettext("Enter an amount, 0 or more, with at most two decimals."))
    _numbers(sheet, counts, {"validate": "integer", "maximum": MAX_COUNT, **_message(whole)})
    maximum = MAX_MINOR // 10 ** minor_digits(currency)
    _numbers(sheet, amounts, {"validate": "decimal", "maximum": maximum, **_message(decimal)})
    choose = both(lambda: gettext("Choose one of the list."))
    status, note = COLUMN["status"] - 1, COLUMN["note"] - 1
    listed = {"validate": "list", "source": list(STATE_TEXTS.values()), **_message(choose)}
    sheet.data_validation(HEADER_ROW, status, last, status, listed)
    short = both(lambda: gettext("At most %(limit)s characters fit here.") % {"limit": MAX_NOTE})
    length = {"validate": "length", "criteria": "<=", "value": MAX_NOTE, **_message(short)}
    sheet.data_validation(HEADER_ROW, note, last, note, length)


def _numbers(sheet: Any, places: list[int], rule: dict[str, Any]) -> None:
    if places:
        column = COLUMN["value"] - 1
        others = [[place, column, place, column] for place in places[1:]]
        given = {"criteria": "between", "minimum": 0, **rule, **({"other_cells": others} if others else {})}
        sheet.data_validation(places[0], column, places[0], column, given)


def _message(texts: tuple[str, str]) -> dict[str, str]:
    return {"error_title": "Ошибка / Error", "error_message": " / ".join(texts)[:255]}


# --- the other sheets ---


def _write_guide(sheet: Any, styles: Mapping[str, Any], expected_return: Return) -> None:
    """How to fill it in; nothing on this sheet is read."""
    sheet.set_column(0, 1, 70, styles["text"])
    for place, words in enumerate(_guide()):
        for column, text in enumerate(both(words)):
            sheet.write_string(place, column, text, styles["strong" if place == 0 else "text"])
    sheet.protect("", {"select_locked_cells": True, "select_unlocked_cells": True})
    sheet.fit_to_pages(1, 0)


def _guide() -> tuple[Callable[[], str], ...]:
    return (
        lambda: gettext("How to fill in this workbook"),
        lambda: gettext("It belongs to one return only: that of the authority and the period named on the next sheet."),
        lambda: gettext("Fill in the light cells: value, state, note. Everything else is locked and is not read."),
        lambda: gettext("Enter 0 where there was nothing. An empty cell means “not reported”, never zero."),
        lambda: gettext("Counts are whole numbers; amounts are in the national currency, with at most two decimals."),
        lambda: gettext(
            "Where there is no number, choose a state from the list. “Not available” needs its reason in the note."
        ),
        lambda: gettext("Write no personal data: no names, documents, dates of birth or telephone numbers."),
        lambda: gettext("No formulas, links, macros, merged or hidden cells, additional rows, columns or sheets."),
        lambda: gettext(
            "Upload the file on the page of the return. You are first shown what would change; everything that is "
            "wrong is listed at once, and nothing is stored until all of it is right."
        ),
        lambda: gettext("The workbook replaces the whole draft: a cell that is empty here is emptied there."),
    )


def _write_keys(sheet: Any, identity: Identity, texts: list[str]) -> None:
    for place, (name, text) in enumerate(key_lines(identity, texts)):
        sheet.write_string(place, 0, name)
        sheet.write_string(place, 1, text)
    sheet.protect("")
    sheet.very_hidden()


def _styles(book: Any, currency: str) -> dict[str, Any]:
    font: dict[str, Any] = {"font_name": "Arial", "font_size": 10, "valign": "top"}
    frame = {**font, "border": 1, "border_color": "#A8A8A8", "text_wrap": True}
    entry = {**frame, "locked": False, "bg_color": "#FFFBE6"}
    digits = minor_digits(currency)
    styles: dict[str, Any] = {
        "scale": 10**digits,
        "locked": book.add_format(font),
        "title": book.add_format({**font, "bold": True, "font_size": 14}),
        "fact": book.add_format(font),
        "text": book.add_format({**font, "text_wrap": True}),
        "strong": book.add_format({**font, "text_wrap": True, "bold": True, "font_size": 14}),
        "head": book.add_format({**frame, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#E6E9ED"}),
        "count": book.add_format({**entry, "num_format": "#,##0", "align": "right"}),
        "money": book.add_format(
            {**entry, "num_format": "#,##0" + ("." + "0" * digits if digits else ""), "align": "right"}
        ),
        "entry": book.add_format(entry),
    }
    looks: dict[str, dict[str, Any]] = {
        "label": {"bg_color": "#F7F7F5"},
        "own": {"bg_color": "#F7F7F5", "bold": True},
        "part": {"bg_color": "#F7F7F5", "italic": True},
        "group": {"bg_color": "#D5DCE4", "bold": True},
        "signature": {"border": 0},
    }
    for name, look in looks.items():
        styles[name] = book.add_format({**frame, **look})
        for depth in range(5):
            styles[f"{name}-{depth}"] = book.add_format({**frame, **look, "indent": depth})
    return styles
