"""The workbook of a return as it is given out, and the way from there back to figures."""

import io

import openpyxl
import pytest

from operations.domain.figures import FigureInput
from operations.domain.return_layout import layout_of
from operations.models import CellState, Figure, PeriodKind, Return, ReturnForm
from operations.workbooks.return_workbook_format import COLUMN, COLUMNS, DATA_SHEET, HEADER_ROW, KEYS_SHEET, STATE_TEXTS
from operations.workbooks.return_workbook_reader import read_return_workbook
from operations.workbooks.return_workbook_writer import file_name, write_return_workbook
from tests.factories.reporting import Story, make_draft, make_story
from tests.operations.workbooks.workbook_files import blank, edited, filled, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Story:
    return make_story()


def opened(data: bytes):
    return openpyxl.load_workbook(io.BytesIO(data))


def inputs(expected_return: Return, data: bytes) -> dict[str, FigureInput]:
    layout = layout_of(expected_return.form)
    found = read_return_workbook(data, expected_return)
    assert [str(fault.message) for fault in found.faults] == []
    return {layout.addresses[figure.key]: figure for figure in found.figures if figure.state is not None}


def test_every_cell_of_the_form_is_a_row_in_both_languages(story: Story):
    sheet = opened(blank(story.expected_return))[DATA_SHEET]
    layout = layout_of(story.expected_return.form)
    rows = rows_of(sheet)
    assert len(rows) == len(layout.addresses)
    row = [cell.value for cell in sheet[rows["VIO01"]]]
    assert row[2:4] == [layout.by_code["VIO01"].indicator.name_ru, layout.by_code["VIO01"].indicator.name_en]
    assert row[4] == "нарушений / violations"
    texts = {sheet.cell(row=row, column=COLUMN["name_ru"]).value for row in range(HEADER_ROW + 1, sheet.max_row)}
    assert {"Силы и проверки", "По гражданству"} <= texts
    assert [cell.value for cell in sheet[HEADER_ROW]] == [column.heading for column in COLUMNS]


def test_only_entries_are_unlocked_and_they_are_checked_as_they_are_typed(story: Story):
    sheet = opened(blank(story.expected_return))[DATA_SHEET]
    rows = rows_of(sheet)
    assert sheet.protection.sheet
    locked = [sheet.cell(row=rows["VIO01"], column=place).protection.locked for place in range(1, len(COLUMNS) + 1)]
    assert locked == [True] * 5 + [False] * 3
    rules = sheet.data_validations.dataValidation
    by_kind = {rule.type: rule for rule in rules}
    assert set(by_kind) == {"whole", "decimal", "list", "textLength"}
    assert f"F{rows['VIO01']}" in str(by_kind["whole"].sqref)
    assert f"F{rows['ADM04']}" in str(by_kind["decimal"].sqref)
    assert "целое" in by_kind["whole"].error.casefold() or "whole" in by_kind["whole"].error
    assert " / " in by_kind["whole"].error
    assert all(text in by_kind["list"].formula1 for text in STATE_TEXTS.values())


def test_it_names_its_return_on_a_hidden_sheet_and_in_its_properties(story: Story):
    draft = make_draft(story, rest=None)
    book = opened(blank(story.expected_return, draft))
    keys = {row[0].value: row[1].value for row in book[KEYS_SHEET].iter_rows(max_col=2) if row[0].value != "text"}
    assert book[KEYS_SHEET].sheet_state == "veryHidden"
    assert keys["return_id"] == str(story.expected_return.pk)
    assert (keys["form_version"], keys["submission"], keys["revision"]) == ("1", "1", str(draft.revision))
    properties = {one.name: one.value for one in book.custom_doc_props.props}
    assert properties["return_id"] == keys["return_id"]
    assert properties["schema"] == "1"
    assert file_name(story.expected_return) == "illegal-2026_ru-internal-affairs_S1-final.xlsx"


def test_the_same_return_gives_the_same_bytes(story: Story):
    draft = make_draft(story, {"VIO01": 5})
    assert blank(story.expected_return, draft) == blank(story.expected_return, draft)


def test_a_demonstration_says_so(story: Story):
    assert "Demonstration" not in str(list(opened(blank(story.expected_return))[DATA_SHEET].values)[:7])
    story.operation.is_demonstration = True
    story.operation.save()
    again = Return.objects.get(pk=story.expected_return.pk)
    assert "Demonstration" in str(list(opened(blank(again))[DATA_SHEET].values)[:7])


def test_figures_of_a_draft_come_back_as_they_were(story: Story):
    note = "=1+1 is a text, and so is «100 %»"
    values = {"VIO01": 1234, "VIO01.citizenship_group:AM": 7, "ADM04": 123_456_789_01, "ACT01": "withheld"}
    draft = make_draft(story, values, rest=0)
    Figure.objects.filter(submission=draft, value=1234).update(note=note)
    data = blank(story.expected_return, draft)
    stored = {
        layout_of(story.expected_return.form).addresses[row.indicator_id, row.category_id]: (
            row.state,
            row.value,
            row.note,
        )
        for row in draft.figures.all()
    }
    for copy in (data, edited(data, lambda sheet, rows: None)):
        found = inputs(story.expected_return, copy)
        assert {key: (one.state, one.value, one.note) for key, one in found.items()} == stored
    assert stored["VIO01.TOTAL"][2] == note


def test_what_is_filled_in_becomes_figures(story: Story):
    entries = {
        "VIO01": 1234,
        "VIO02": 0,
        "VIO03": "1 234",
        "VIO01 citizenship_group:AM": 12.0,
        "ADM04": 1234.1,
        "ACT01": (None, "нет данных / not available", "Учёт ведётся с мая"),
        "ACT02": (None, "Not applicable"),
        "ACT03": (None, "withheld", ""),
        "ACT04": (5, "значение / value", "уточнено"),
    }
    found = inputs(story.expected_return, filled(blank(story.expected_return), entries))
    assert {key: (one.state, one.value, one.note) for key, one in found.items()} == {
        "VIO01.TOTAL": ("value", 1234, ""),
        "VIO02.TOTAL": ("value", 0, ""),
        "VIO03.TOTAL": ("value", 1234, ""),
        "VIO01.citizenship_group:AM": ("value", 12, ""),
        "ADM04.TOTAL": ("value", 123_410, ""),
        "ACT01.TOTAL": ("not_available", None, "Учёт ведётся с мая"),
        "ACT02.TOTAL": ("not_applicable", None, ""),
        "ACT03.TOTAL": ("withheld", None, ""),
        "ACT04.TOTAL": ("value", 5, "уточнено"),
    }


@pytest.mark.parametrize("kind", PeriodKind.values)
def test_every_form_makes_a_workbook_that_reads_back(story: Story, kind: str):
    for form in ReturnForm.objects.filter(period_kind=kind).select_related("agency_kind"):
        expected_return = story.expected_return
        expected_return.form = form
        layout = layout_of(form)
        found = read_return_workbook(
            write_return_workbook(expected_return=expected_return, submission=None), expected_return
        )
        assert found.faults == []
        assert found.places.keys() == set(layout.addresses.values())
        assert all(figure.state is None for figure in found.figures)


def test_states_are_read_by_their_words_in_either_language():
    from operations.workbooks.return_workbook_format import state_of

    assert state_of("Нет  данных") == CellState.NOT_AVAILABLE
    assert state_of("NOT AVAILABLE") == CellState.NOT_AVAILABLE
    assert state_of("withheld") == CellState.WITHHELD
    assert state_of("perhaps") is None
