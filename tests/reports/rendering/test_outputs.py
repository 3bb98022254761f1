"""Workbook, data files and page: the same numbers as in the PDF, and nothing that a program would run."""

import csv
import hashlib
import io

import pytest
from python_calamine import CalamineWorkbook

from reports.domain import payload as p
from reports.rendering.cells import shown
from reports.rendering.csv import csv_bytes, plain_number
from reports.rendering.document import report_body_html
from reports.rendering.fingerprint import renderer_fingerprint
from reports.rendering.outputs import CONTENT_TYPES, render
from tests.reports.rendering.annual_sample import annual, approval_of
from tests.reports.rendering.cumulative_sample import cumulative

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def payload() -> p.Payload:
    return annual()


def cells_of(payload: p.Payload) -> list[dict]:
    tables = [block for block in p.every_block(payload) if block["type"] == "table"]
    return [cell for block in tables for row in block["rows"] for cell in row["cells"]]


def csv_lines(payload: p.Payload, language: str) -> list[dict]:
    text = csv_bytes(payload=payload, language=language).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_each_cell_is_a_line_of_the_data_file(payload: p.Payload, language: str) -> None:
    lines = [line for line in csv_lines(payload, language) if line["table"].startswith("T")]
    cells = cells_of(payload)
    assert [line["state"] for line in lines] == [cell["state"] for cell in cells]
    assert [line["value"] for line in lines] == [plain_number(cell) for cell in cells]


def test_invented_figures_say_in_each_line_that_they_are(payload: p.Payload) -> None:
    assert {line["origin"] for line in csv_lines(payload, "ru")} == {"demonstration"}
    assert {line["origin"] for line in csv_lines(cumulative(), "ru")} == {""}


def test_amounts_leave_as_units_of_their_currency(payload: p.Payload) -> None:
    line = next(line for line in csv_lines(payload, "en") if line["currency"] == "BYN")
    assert line["value"] == "912345.50"
    assert line["shown"] == "912,345.50\u00a0BYN"


def test_both_languages_stand_in_one_data_file(payload: p.Payload) -> None:
    lines = csv_lines(payload, "both")
    assert {line["language"] for line in lines} == {"ru", "en"}
    assert len(lines) == 2 * len(csv_lines(payload, "ru"))


@pytest.mark.parametrize("typed", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx"])
def test_no_text_is_a_formula_when_a_data_file_is_opened(typed: str) -> None:
    payload = cumulative()
    payload["sections"][0]["blocks"][1]["rows"][1]["header"] = {"ru": typed, "en": typed}
    assert csv_lines(payload, "ru")[0]["indicator"] == f"'{typed}"


def test_numbers_of_a_workbook_are_numbers_and_marks_are_words(payload: p.Payload) -> None:
    book = workbook(payload, language="en")
    sheet = book.get_sheet_by_name("Table 3").to_python()
    matrix = next(block for block in p.every_block(payload) if block.get("number") == 3 and block["type"] == "table")
    for line, row in zip(sheet[4:], matrix["rows"], strict=False):
        for value, cell in zip(line[3:], row["cells"], strict=True):
            if cell["state"] == "value" and cell["kind"] == "number":
                assert value == cell["value"]
            elif cell["state"] == "value" and cell["kind"] == "percent":
                assert value == pytest.approx(cell["value"] / 10)
            else:
                assert value == shown(cell, language="en").whole


def test_a_workbook_holds_every_cell_once_more_in_one_sheet(payload: p.Payload) -> None:
    book = workbook(payload, language="ru")
    assert len(book.get_sheet_by_name("data").to_python()) == len(csv_lines(payload, "ru")) + 1


def test_a_workbook_in_both_languages_has_each_table_twice(payload: p.Payload) -> None:
    names = workbook(payload, language="both").sheet_names
    assert len(names) == len(set(names))
    assert "Table 1 (en)" in names
    assert sum("(ru)" in name for name in names) == sum("(en)" in name for name in names)


def test_no_text_is_a_formula_in_a_workbook() -> None:
    payload = cumulative()
    payload["sections"][0]["blocks"][1]["rows"][1]["header"] = {"ru": "=1+1", "en": "=1+1"}
    sheet = workbook(payload, approved=False).get_sheet_by_name("data").to_python()
    assert "=1+1" in sheet[1]


@pytest.mark.parametrize("format", sorted(set(CONTENT_TYPES) - {"pdf"}))
def test_the_same_input_gives_the_same_bytes_in_every_format(payload: p.Payload, format: str) -> None:
    # a working copy is of a draft alone
    given = {"format": format, "payload": payload, "approval": None if format == "docx" else approval_of(payload)}
    one, other = render(**given), render(**given)
    assert hashlib.sha256(one).digest() == hashlib.sha256(other).digest()


def test_the_json_output_is_the_very_content_that_was_approved(payload: p.Payload) -> None:
    content = render(format="json", payload=payload, approval=approval_of(payload))
    assert hashlib.sha256(content).hexdigest() == approval_of(payload)["snapshot_sha256"]


def test_a_saved_page_needs_no_other_file(payload: p.Payload) -> None:
    page = render(format="html", payload=payload, approval=None, language="en").decode()
    for asked in ("src=", "@import", "url(", "<script", "<link"):
        assert asked not in page
    assert "Draft, not approved" in page


def test_a_report_on_the_site_passes_its_strict_policy(payload: p.Payload) -> None:
    page = report_body_html(payload=payload, language="ru")
    for refused in (" style=", "<style", "<script", " onclick="):
        assert refused not in page
    assert "95\u00a0439" in page


def test_an_unknown_format_is_refused(payload: p.Payload) -> None:
    with pytest.raises(ValueError, match="odt"):
        render(format="odt", payload=payload, approval=None)


def test_the_fingerprint_names_what_shapes_the_bytes_and_fits_its_column() -> None:
    fingerprint = renderer_fingerprint()
    for name in ("weasyprint 7", "pango 1.", "harfbuzz ", "vl-convert ", "fonts ", "layout "):
        assert name in fingerprint
    assert len(fingerprint) <= 300


def workbook(payload: p.Payload, *, language: str = "ru", approved: bool = True) -> CalamineWorkbook:
    approval = approval_of(payload) if approved else None
    content = render(format="xlsx", payload=payload, approval=approval, language=language)
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


def test_a_figure_that_only_a_text_cites_is_in_the_data_files() -> None:
    payload = cumulative()
    cell = {"state": "value", "kind": "number", "value": 4321}
    entry = {"reference": "VIO01[sex:F]/2024", "codes": {"indicator": "VIO01"}, "cell": cell}
    cited = {"type": "paragraph", "style": "body", "marks": 1, "text": {"ru": "x", "en": "x"}, "cited": [entry]}
    payload["sections"][0]["blocks"].append(cited)
    [line] = [line for line in csv_lines(payload, "en") if line["table"] == "C1"]
    assert line["value"] == "4321" and "VIO01[sex:F]/2024" in line["indicator"]
    book = render(format="xlsx", payload=payload, approval=None, language="en")
    assert "Cited figures" in CalamineWorkbook.from_filelike(io.BytesIO(book)).sheet_names
