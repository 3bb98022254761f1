"""In a browser: a workbook filled in offline comes back with its errors marked, is mended and imported."""

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from operations.models import Return
from operations.workbooks.return_workbook_format import DATA_SHEET, FAULTS_SHEET
from tests.clients import let_in
from tests.factories.reporting import Story, cells, make_story
from tests.operations.workbooks.workbook_files import PLANTED, WRONG_ENTRIES, filled, rows_of, with_planted_errors

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def story(reference) -> Story:
    """The period is open today."""
    story = make_story()
    now = timezone.now()
    period = story.period
    period.opens_at, period.due_at = now - dt.timedelta(days=5), now + dt.timedelta(days=5)
    period.closes_at = now + dt.timedelta(days=15)
    period.save()
    Return.objects.update(due_at=period.due_at, closes_at=period.closes_at)
    return story


def send(page: Page, path: Path) -> None:
    page.set_input_files("input[type=file]", path)
    page.click("form[enctype] button")


def downloaded(page: Page, link: str) -> bytes:
    with page.expect_download() as download:
        page.click(link)
    return download.value.path().read_bytes()


def test_a_workbook_goes_out_comes_back_wrong_is_mended_and_imported(
    page: Page, live_server, story: Story, tmp_path: Path, assert_accessible
):
    let_in(page, story.officer, live_server.url.replace("127.0.0.1", "localhost"))
    page.goto(f"/returns/{story.expected_return.pk}/workbook/")
    assert_accessible(page)
    path = tmp_path / "return.xlsx"
    path.write_bytes(
        filled(downloaded(page, "a[href$='/workbook/file/']"), {"VIO01": "много", "VIO02": -3, "VIO03": 7})
    )
    send(page, path)
    expect(page.locator("table tbody tr")).to_have_count(2)
    assert_accessible(page)
    marked = downloaded(page, "a[href$='/marked/']")
    path.write_bytes(filled(marked, {"VIO01": 12, "VIO02": 3}))
    send(page, path)
    expect(page.locator("table tbody tr")).to_have_count(3)
    assert_accessible(page)
    assert not story.expected_return.submissions.exists()
    page.click("main form button")
    expect(page).to_have_url(f"{live_server.url.replace('127.0.0.1', 'localhost')}/returns/{story.expected_return.pk}/")
    assert cells(story.expected_return.submissions.get()) == {"VIO01.TOTAL": 12, "VIO02.TOTAL": 3, "VIO03.TOTAL": 7}


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    page: Page, live_server, story: Story, tmp_path: Path, assert_accessible
):
    let_in(page, story.officer, live_server.url.replace("127.0.0.1", "localhost"))
    page.goto(f"/returns/{story.expected_return.pk}/workbook/")
    path = tmp_path / "large.xlsx"
    path.write_bytes(b"\0" * (25 * 1024 * 1024 + 1))
    page.set_input_files("input[type=file]", path)
    expect(page.locator("[data-too-large]")).to_contain_text("25")
    expect(page.locator("input[type=file]")).to_have_value("")
    assert_accessible(page)
    path.write_bytes(b"small")
    page.set_input_files("input[type=file]", path)
    expect(page.locator("[data-too-large]")).to_have_count(0)


def test_every_planted_error_is_on_the_page_in_one_pass_and_marked_in_the_same_workbook(
    page: Page, live_server, story: Story, tmp_path: Path, assert_accessible
):
    let_in(page, story.officer, live_server.url.replace("127.0.0.1", "localhost"))
    page.goto(f"/returns/{story.expected_return.pk}/workbook/")
    blank = downloaded(page, "a[href$='/workbook/file/']")
    rows = rows_of(openpyxl.load_workbook(io.BytesIO(blank))[DATA_SHEET])
    path = tmp_path / "return.xlsx"
    path.write_bytes(with_planted_errors(blank))
    send(page, path)
    lines = page.locator("main table tbody tr")
    expect(lines).to_have_count(PLANTED)
    assert_accessible(page)
    told = [line.locator("td").all_inner_texts() for line in lines.all()]
    assert {sheet for sheet, *_rest in told} == {DATA_SHEET}
    assert all(code and message for _sheet, _row, _column, code, message, _value in told)
    # what is missing stands in no row, and a row that is hidden in no column
    assert [code for _sheet, row, _column, code, *_rest in told if not row] == ["missing_row"]
    assert {str(rows[code]) for code in WRONG_ENTRIES} <= {row for _sheet, row, column, *_rest in told if column}
    by_row = {row: (code, value) for _sheet, row, _column, code, _message, value in told}
    assert by_row[str(rows["ACT01"])] == ("negative_number", "-5")
    assert by_row[str(rows["ACT03"])] == ("ambiguous_number", "1,234")

    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, "a[href$='/marked/']")))
    listed = list(book[FAULTS_SHEET].iter_rows(min_row=2, values_only=True))
    assert len(listed) == PLANTED
    marked = {cell.row for line in book[DATA_SHEET].iter_rows() for cell in line if cell.comment}
    assert {rows[code] for code in WRONG_ENTRIES} <= marked
    assert not story.expected_return.submissions.exists()
