"""The scripts of the figure grid and of saving while typing, in a real browser on a page made for them."""

import re

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]

ROW = """<tr><th>R{row}</th>
<td><input id="c{row}-0" name="c{row}-0" data-kind="count"></td>
<td><input id="c{row}-1" name="c{row}-1" data-kind="count" data-group="g{row}"></td>
<td><input id="c{row}-2" name="c{row}-2" data-kind="count" data-group="g{row}"></td>
<td><output id="s{row}" data-sum-of="g{row}" data-whole="c{row}-0"></output></td></tr>"""

PAGE = """<!DOCTYPE html><html lang="ru"><head><meta charset="utf-8"><title>Grid</title></head><body>
<form data-autosave="/grid/save/" data-autosave-key="test">
<input type="hidden" name="revision" value="1">
<p data-autosave-status data-text-saving="saving" data-text-saved="saved" data-text-failed="failed"
   data-text-signed-out="signed out" data-text-stale="stale" data-text-refused="refused"
   data-text-restored="restored" data-text-discard="discard"></p>
<p data-grid-status data-text-pasted="filled %s" data-text-outside="outside %s"
   data-text-unreadable="unreadable %s" data-text-count="whole numbers only"></p>
<table data-grid><tbody>{rows}</tbody></table></form>
<script src="{grid}" type="module"></script><script src="{autosave}" type="module"></script></body></html>"""

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  document.activeElement.dispatchEvent(
    new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def grid(page: Page) -> Page:
    html = PAGE.format(
        rows="".join(ROW.format(row=row) for row in range(3)),
        grid=staticfiles_storage.url("js/grid.js"),
        autosave=staticfiles_storage.url("js/autosave.js"),
    )
    page.route("**/grid/", lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto("/grid/")
    return page


def answers(page: Page, **answer) -> None:
    page.unroute("**/grid/save/")
    page.route("**/grid/save/", lambda route: route.fulfill(**answer))


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def test_enter_and_arrows_move_between_cells(grid: Page):
    grid.fill("#c0-1", "12")
    grid.press("#c0-1", "Enter")
    assert focused(grid) == "c1-1"
    grid.press("#c1-1", "ArrowRight")
    assert focused(grid) == "c1-2"
    grid.press("#c1-2", "ArrowUp")
    assert focused(grid) == "c0-2"
    grid.press("#c0-2", "Shift+Enter")
    assert focused(grid) == "c0-2"


def test_left_and_right_stay_inside_a_number_that_is_being_edited(grid: Page):
    grid.fill("#c0-1", "12")
    grid.press("#c0-1", "ArrowLeft")
    assert focused(grid) == "c0-1"


def test_a_block_copied_from_a_spreadsheet_fills_the_cells_from_the_focused_one(grid: Page):
    grid.focus("#c1-1")
    grid.evaluate(PASTE, "10\t20\t30\r\n1\t2\r\n9\t9\r\n")
    values = [grid.input_value(f"#c{row}-{column}") for row in (1, 2) for column in (1, 2)]
    assert values == ["10", "20", "1", "2"]
    expect(grid.locator("[data-grid-status]")).to_have_text("filled 4. outside 3 («30», «9», «9»).")


def test_a_sum_runs_along_and_is_marked_when_it_differs_from_the_total(grid: Page):
    expect(grid.locator("#s0")).to_have_text("…")
    grid.fill("#c0-1", "1 000")
    expect(grid.locator("#s0")).to_have_text(re.compile(r"1\s000"))
    grid.fill("#c0-2", "5")
    grid.fill("#c0-0", "1004")
    expect(grid.locator("#s0[data-differs]")).to_have_text(re.compile(r"1\s005"))
    grid.fill("#c0-0", "1005")
    expect(grid.locator("#s0:not([data-differs])")).to_have_count(1)


@pytest.mark.parametrize("text", ["-1", "1,5", "1e3", "1_000", "٣٤", "abc"])
def test_what_the_server_would_refuse_is_marked_and_left_out_of_the_sum(grid: Page, text):
    grid.fill("#c0-1", text)
    expect(grid.locator("#c0-1[data-unreadable]")).to_have_count(1)
    expect(grid.locator("#s0")).to_have_text("…")


def test_a_cell_that_is_left_unreadable_says_what_would_be_right_until_it_is(grid: Page):
    grid.fill("#c0-1", "1,234")
    expect(grid.locator("#c0-1-error")).to_have_count(0)  # it is still being typed
    grid.keyboard.press("Tab")
    expect(grid.locator("#c0-1-error")).to_have_text("whole numbers only")
    expect(grid.locator("#c0-1")).to_have_attribute("aria-describedby", "c0-1-error")
    expect(grid.locator("#c0-1")).to_have_attribute("aria-invalid", "true")
    grid.fill("#c0-1", "1,2345")
    grid.keyboard.press("Tab")
    expect(grid.locator("#c0-1-error")).to_have_count(1)
    grid.fill("#c0-1", "1 234")
    expect(grid.locator("#c0-1-error")).to_have_count(0)
    expect(grid.locator("#c0-1[aria-invalid], #c0-1[aria-describedby]")).to_have_count(0)


def test_pasted_cells_that_cannot_be_read_say_so_at_once(grid: Page):
    grid.focus("#c0-0")
    grid.evaluate(PASTE, "7\nabc\n9")
    expect(grid.locator("#c1-0-error")).to_have_text("whole numbers only")
    expect(grid.locator("[id$=-error]")).to_have_count(1)


def test_minus_nothing_is_nothing_as_on_the_server(grid: Page):
    grid.fill("#c0-1", "-0")
    expect(grid.locator("#c0-1[data-unreadable]")).to_have_count(0)
    expect(grid.locator("#s0")).to_have_text("0")


def test_entries_are_saved_while_typing_and_the_revision_follows(grid: Page):
    answers(grid, json={"revision": "2"})
    grid.fill("#c0-1", "7")
    expect(grid.locator("[data-autosave-status]")).to_have_text("saved")
    assert grid.input_value("[name=revision]") == "2"
    assert grid.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(("status", "words"), [(403, "signed out"), (412, "stale"), (422, "refused"), (503, "failed")])
def test_a_save_that_failed_says_why_and_keeps_the_entries_here(grid: Page, status, words):
    answers(grid, status=status)
    grid.fill("#c0-1", "7")
    expect(grid.locator("[data-autosave-status]")).to_have_text(words)
    assert grid.evaluate("localStorage.length") == 1


def test_entries_that_never_reached_the_server_are_filled_in_again_and_can_be_discarded(grid: Page):
    answers(grid, status=503)
    grid.on("dialog", lambda dialog: dialog.accept())
    grid.fill("#c0-1", "7")
    expect(grid.locator("[data-autosave-status]")).to_have_text("failed")
    grid.reload()
    expect(grid.locator("#c0-1")).to_have_value("7")
    expect(grid.locator("[data-autosave-status]")).to_contain_text("restored")
    grid.click("[data-autosave-status] button")
    expect(grid.locator("#c0-1")).to_have_value("")
