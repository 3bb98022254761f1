"""Everything that can be wrong with a filled-in workbook, found in one pass, each with its place."""

import pytest
from openpyxl.utils import get_column_letter

from operations.domain.return_layout import layout_of
from operations.models import ReturnForm
from operations.workbooks.archive_guard import RefusedWorkbook
from operations.workbooks.return_workbook_format import COLUMN, DATA_SHEET, HEADER_ROW, KEYS_SHEET
from operations.workbooks.return_workbook_marks import marked
from operations.workbooks.return_workbook_reader import read_return_workbook
from tests.factories.operations import make_return
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, make_story, next_stage
from tests.operations.workbooks.test_return_workbook import opened
from tests.operations.workbooks.workbook_files import (
    PLANTED,
    WRONG_ENTRIES,
    blank,
    edited,
    filled,
    key_row,
    repacked,
    rows_of,
    sheet_part,
    with_cell,
    with_planted_errors,
    with_xml,
)

pytestmark = pytest.mark.django_db
VALUE, STATUS, NOTE = (get_column_letter(COLUMN[name]) for name in ("value", "status", "note"))


@pytest.fixture
def story() -> Story:
    return make_story()


def faults(story: Story, data: bytes) -> list[tuple[str, str]]:
    """Cells and codes of what is wrong."""
    return [(fault.cell, fault.code) for fault in read_return_workbook(data, story.expected_return).faults]


def row_of(data: bytes, code: str = "VIO01") -> int:
    return rows_of(opened(data)[DATA_SHEET])[code]


def test_twenty_one_planted_errors_are_all_found_in_one_pass(story: Story):
    data = blank(story.expected_return)
    known = rows_of(opened(data)[DATA_SHEET])
    found = read_return_workbook(with_planted_errors(data), story.expected_return).faults
    codes = [fault.code for fault in found]
    assert len(found) == PLANTED, codes
    assert {"unknown_code", "missing_row", "hidden", "unknown_row", "merged", "boolean", "date", "formula"} <= set(
        codes
    )
    placed = {fault.row for fault in found}
    assert {known[code] for code in WRONG_ENTRIES} <= placed
    assert all(fault.sheet == DATA_SHEET and str(fault.message) for fault in found)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ('<c r="{0}"><v>NaN</v></c>', "not_a_number"),
        ('<c r="{0}"><v>1E+999</v></c>', "not_a_number"),
        ('<c r="{0}"><v>١</v></c>', "not_a_number"),
        ('<c r="{0}"><v>-1</v></c>', "negative_number"),
        ('<c r="{0}"><v>1.5</v></c>', "bad_number"),
        ('<c r="{0}"><v>1E+30</v></c>', "too_large"),
        ('<c r="{0}"><v>' + "9" * 300 + "</v></c>", "too_large"),
        ('<c r="{0}"><v>' + "9" * 5000 + "</v></c>", "not_a_number"),
        ('<c r="{0}" t="b"><v>1</v></c>', "boolean"),
        ('<c r="{0}" t="e"><v>#REF!</v></c>', "error_value"),
        ('<c r="{0}" t="e"><v>#DIV/0!</v></c>', "error_value"),
        ('<c r="{0}" t="d"><v>2026-11-10</v></c>', "date"),
        ('<c r="{0}"><f>1+1</f><v>2</v></c>', "formula"),
        ('<c r="{0}"><f>#REF!+1</f><v>2</v></c>', "formula"),
        ('<c r="{0}" t="str"><f>A1</f><v>12</v></c>', "formula"),
        ('<c r="{0}" t="shared"><v>5</v></c>', "not_a_number"),
        ('<c r="{0}" t="inlineStr"><is><t>½</t></is></c>', "bad_number"),
        ('<c r="{0}" t="inlineStr"><is><t>1.234</t></is></c>', "ambiguous_number"),
        ('<c r="{0}" t="inlineStr"><is><t>+5</t></is></c>', "bad_number"),
    ],
)
def test_a_value_that_is_no_plain_number_is_an_error_of_its_cell(story: Story, cell: str, code: str):
    data = blank(story.expected_return)
    reference = f"{VALUE}{row_of(data)}"
    assert faults(story, with_cell(data, reference, cell.format(reference))) == [(reference, code)]


def test_a_minus_before_nothing_is_nothing(story: Story):
    data = blank(story.expected_return)
    reference = f"{VALUE}{row_of(data)}"
    found = read_return_workbook(with_cell(data, reference, f'<c r="{reference}"><v>-0</v></c>'), story.expected_return)
    assert [(one.state, one.value) for one in found.figures if one.state] == [("value", 0)]


def test_the_same_cell_twice_is_an_error_on_both_rows(story: Story):
    data = blank(story.expected_return)
    rows = rows_of(opened(data)[DATA_SHEET])

    def double(sheet, rows) -> None:
        sheet.cell(row=rows["VIO02"], column=COLUMN["code"]).value = "VIO01"

    found = read_return_workbook(edited(data, double), story.expected_return).faults
    doubled = {fault.row: str(fault.message) for fault in found if fault.code == "duplicate"}
    assert doubled.keys() == {rows["VIO01"], rows["VIO02"]}
    assert str(rows["VIO02"]) in doubled[rows["VIO01"]]
    assert [fault.value for fault in found if fault.code == "missing_row"] == ["VIO02"]


def test_codes_that_the_form_does_not_have_are_unknown_whatever_they_are(story: Story):
    """An indicator of another authority, one that does not exist, and letters of another alphabet read the same."""
    data = blank(story.expected_return)
    messages = []
    for code in ("FIN01", "ZZZ99", "VIО01"):
        with_code = edited(data, lambda sheet, rows, code=code: sheet.cell(rows["VIO01"], COLUMN["code"], code))
        found = [
            one for one in read_return_workbook(with_code, story.expected_return).faults if one.code != "missing_row"
        ]
        messages += [(one.code, str(one.message)) for one in found]
    assert len(set(messages)) == 1
    assert messages[0][0] == "unknown_code"


def test_a_row_of_text_without_a_code_is_not_lost_silently(story: Story):
    data = blank(story.expected_return)
    last = opened(data)[DATA_SHEET].max_row

    def write(sheet, rows) -> None:
        sheet.cell(row=last + 3, column=3).value = "and five more in the village"

    assert faults(story, edited(data, write)) == [(f"C{last + 3}", "unknown_row")]


def test_hidden_columns_sheets_and_formats_are_errors(story: Story):
    data = filled(blank(story.expected_return), {"VIO01": 5})

    def hide(sheet, rows) -> None:
        sheet.column_dimensions[VALUE].hidden = True
        sheet.cell(row=rows["VIO01"], column=COLUMN["value"]).number_format = ";;;"
        sheet.parent.worksheets[0].sheet_state = "hidden"

    found = faults(story, edited(data, hide))
    assert [code for _cell, code in found] == ["hidden"] * 3
    assert {cell for cell, _code in found} == {"", VALUE, f"{VALUE}{row_of(data)}"}


@pytest.mark.parametrize(
    ("spot", "code"),
    [((HEADER_ROW + 3, 9), "unknown_column"), ((HEADER_ROW, COLUMN["value"]), "headings"), ((HEADER_ROW, 12), "")],
)
def test_columns_and_headings_that_are_not_the_forms_are_errors_of_the_shape(story: Story, spot, code: str):
    data = edited(blank(story.expected_return), lambda sheet, rows: sheet.cell(*spot, "Имя задержанного"))
    found = read_return_workbook(data, story.expected_return).faults
    if code:
        assert [(fault.code, fault.is_shape) for fault in found] == [(code, True)]


def test_a_sheet_that_does_not_belong_is_an_error(story: Story):
    data = edited(blank(story.expected_return), lambda sheet, rows: sheet.parent.create_sheet("Список лиц"))
    assert faults(story, data) == [("", "unknown_sheet")]


def test_formulas_outside_the_entries_are_errors_too(story: Story):
    def write(sheet, rows) -> None:
        sheet.cell(row=2, column=1).value = "=1+1"
        sheet.cell(row=rows["VIO01"], column=3).value = "=NOW()"

    data = blank(story.expected_return)
    assert faults(story, edited(data, write)) == [("A2", "formula"), (f"C{row_of(data)}", "formula")]


# --- whose workbook it is ---


def test_somebody_elses_return_reads_the_same_as_none(story: Story):
    own = next_stage(story)
    foreign = make_return(story.period, make_agency("KZ"))
    messages = set()
    for other in (own, foreign):
        found = read_return_workbook(blank(other), story.expected_return).faults
        assert [fault.code for fault in found] == ["wrong_return"]
        messages.add(str(found[0].message))
    assert len(messages) == 1


def test_an_old_version_of_the_form_is_refused(story: Story):
    data = blank(story.expected_return)
    old = story.expected_return.form
    new = ReturnForm.objects.create(agency_kind=old.agency_kind, period_kind=old.period_kind, version=2)
    new.indicators.set(old.indicators.all())
    story.expected_return.form = new
    assert faults(story, data) == [("", "old_form")]


@pytest.mark.parametrize("name", ["return_id", "form_version", "agency", "checksum", "text"])
def test_a_changed_sheet_of_keys_is_noticed(story: Story, name: str):
    data = blank(story.expected_return)
    row = key_row(data, name)
    book = edited(data, lambda sheet, rows: sheet.parent[KEYS_SHEET].cell(row, 2, "9"))
    assert faults(story, book) == [("", "checksum")]


def test_any_other_workbook_was_not_made_here(story: Story):
    def strip(sheet, rows) -> None:
        del sheet.parent[KEYS_SHEET]

    with pytest.raises(RefusedWorkbook) as caught:
        read_return_workbook(edited(blank(story.expected_return), strip), story.expected_return)
    assert caught.value.code == "not_this_form"


@pytest.mark.parametrize(
    ("before", "after"),
    [("<row r=", '<row r="x" a='), ('t="s"><v>', 't="s"><v>999'), ('<c r="A1"', '<c r="B1"'), (' s="', ' s="-')],
    ids=["row", "shared text", "cell twice", "style"],
)
def test_a_sheet_that_contradicts_itself_is_damaged(story: Story, before: str, after: str):
    data = blank(story.expected_return)
    part = sheet_part(data)
    if after == '<c r="B1"':
        after = '<c r="A1"/><c r="A1"'
    with pytest.raises(RefusedWorkbook):
        read_return_workbook(with_xml(data, part, before, after), story.expected_return)


def test_a_workbook_without_its_parts_is_damaged(story: Story):
    data = blank(story.expected_return)
    for name in (
        "xl/workbook.xml",
        "xl/_rels/workbook.xml.rels",
        "_rels/.rels",
        "xl/sharedStrings.xml",
        sheet_part(data),
    ):
        with pytest.raises(RefusedWorkbook):
            read_return_workbook(repacked(data, {name: None}), story.expected_return)


# --- handing it back ---


def test_the_workbook_comes_back_with_its_cells_marked_and_can_be_mended(story: Story):
    data = filled(blank(story.expected_return), {"VIO01": -1, "VIO02": "many", "VIO03": 3})
    found = read_return_workbook(data, story.expected_return).faults
    back = marked(data, found)
    sheet = opened(back)[DATA_SHEET]
    rows = rows_of(sheet)
    cell = sheet.cell(row=rows["VIO01"], column=COLUMN["value"])
    assert cell.value == -1
    assert cell.fill.start_color.rgb == "FFF4B6B6"
    assert str(found[0].message) in cell.comment.text
    assert sheet.cell(row=rows["VIO03"], column=COLUMN["value"]).comment is None
    assert sheet.protection.sheet
    assert len(sheet.data_validations.dataValidation) == 4
    listed = [row[3].value for row in opened(back)["Ошибки Errors"].iter_rows(min_row=2)]
    assert listed == [fault.code for fault in found]

    once_more = filled(back, {"VIO01": -2, "VIO02": 7})
    again = read_return_workbook(once_more, story.expected_return).faults
    assert [fault.code for fault in again] == ["negative_number"]
    sheet = opened(marked(once_more, again))[DATA_SHEET]
    assert sheet.cell(row=rows["VIO02"], column=COLUMN["value"]).comment is None
    mended = filled(once_more, {"VIO01": 2})
    values = {one.value for one in read_return_workbook(mended, story.expected_return).figures if one.state}
    assert values == {2, 7, 3}


def test_texts_that_look_like_formulas_stay_texts_in_the_list_of_errors(story: Story):
    data = filled(blank(story.expected_return), {"VIO01": (None, "@SUM(1)", None)})
    reference = f"{VALUE}{row_of(data)}"
    data = with_cell(data, reference, f'<c r="{reference}" t="inlineStr"><is><t>=cmd|x</t></is></c>')
    sheet = opened(marked(data, read_return_workbook(data, story.expected_return).faults))["Ошибки Errors"]
    assert sheet["F2"].value == "=cmd|x"
    assert sheet["F2"].data_type == "s"


def test_cells_inside_a_merged_range_do_not_break_the_marks(story: Story):
    def merge(sheet, rows) -> None:
        sheet.merge_cells(start_row=rows["VIO01"], end_row=rows["VIO02"], start_column=6, end_column=8)

    data = edited(blank(story.expected_return), merge)
    back = opened(marked(data, read_return_workbook(data, story.expected_return).faults))
    assert back[DATA_SHEET].cell(row=row_of(data), column=6).comment is not None


def test_the_form_of_the_story_has_more_than_two_hundred_cells(story: Story):
    assert len(layout_of(story.expected_return.form).addresses) > 200
