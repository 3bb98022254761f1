"""Entries survive a lost connection, a closed tab and a sign-out, in a real browser; two officers at one draft."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from operations.domain.returns import save_draft, submit_return
from operations.models import Return, Submission, User
from tests.browser import listen
from tests.clients import let_in
from tests.factories.reporting import Story, cells, figures, make_draft, make_story
from tests.journeys.pages import paste, press, sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def story(reference) -> Story:
    """The period is open today."""
    story, now = make_story(), timezone.now()
    moments = {"due_at": now + dt.timedelta(days=5), "closes_at": now + dt.timedelta(days=15)}
    type(story.period).objects.filter(pk=story.period.pk).update(opens_at=now - dt.timedelta(days=5), **moments)
    Return.objects.update(**moments)
    return story


def open_grid(page: Page, live_server, story: Story, user: User | None = None) -> None:
    let_in(page, user or story.officer, live_server.url)
    page.goto(f"/returns/{story.expected_return.pk}/")


def says(page: Page, state: str) -> None:
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", state)


def draft_of(story: Story, **values: int) -> Submission:
    return make_draft(story, values, at=timezone.now(), rest=None)


def by_the_second(story: Story, draft: Submission, **values: int) -> None:
    draft.refresh_from_db()
    inputs = figures(story.expected_return, values, rest=None)
    save_draft(submission=draft, figures=inputs, revision=draft.revision, actor=story.second_officer, at=timezone.now())


def test_entries_survive_a_lost_connection_a_closed_tab_and_a_sign_out_and_are_sent_once(
    page: Page, live_server, story: Story
):
    draft = draft_of(story, VIO02=3)
    open_grid(page, live_server, story)
    page.context.set_offline(True)
    page.fill("[id='VIO01.TOTAL']", "1 234")
    page.select_option("[id='VIO03.TOTAL.status']", "not_available")
    page.fill("[id='VIO03.TOTAL.note']", "Учёт начат в мае")
    says(page, "failed")
    page.close()
    page.context.set_offline(False)

    other = page.context.new_page()
    errors = listen(other)
    other.goto("/accounts/logout/")
    other.locator("main form button").click()
    sign_in(other, story.second_officer.username)
    other.goto(f"/returns/{story.expected_return.pk}/")
    expect(other.locator("[id='VIO01.TOTAL']")).to_have_value("")
    other.goto("/accounts/logout/")
    other.locator("main form button").click()

    sent = []
    other.on("request", lambda request: sent.append(request) if request.url.endswith("/save/") else None)
    sign_in(other, story.officer.username)
    other.goto(f"/returns/{story.expected_return.pk}/")
    expect(other.locator("[id='VIO01.TOTAL']")).to_have_value("1 234")
    expect(other.locator("[id='VIO03.TOTAL.note']")).to_have_value("Учёт начат в мае")
    says(other, "saved")
    assert cells(draft) == {"VIO01.TOTAL": 1234, "VIO02.TOTAL": 3, "VIO03.TOTAL": "not_available"}
    assert other.evaluate("localStorage.length") == 0
    other.reload()
    other.wait_for_timeout(2500)
    assert len(sent) == 1
    assert errors == []


def test_signed_out_elsewhere_one_signs_in_from_the_message_and_goes_on(page: Page, live_server, story: Story):
    draft = draft_of(story)
    open_grid(page, live_server, story)
    page.context.clear_cookies(name="sessionid")
    page.fill("[id='VIO01.TOTAL']", "12")
    says(page, "failed")
    with page.expect_navigation():
        page.locator("[data-autosave-status]").get_by_role("button").click()
    page.fill("[name=login]", story.officer.username)
    page.fill("[name=password]", "correct horse battery staple")
    page.locator("main form button.govuk-button:not([type=button])").click()
    page.wait_for_url(f"**/returns/{story.expected_return.pk}/")
    expect(page.locator("[id='VIO01.TOTAL']")).to_have_value("12")
    says(page, "saved")
    assert cells(draft) == {"VIO01.TOTAL": 12}


def test_a_cell_that_a_second_officer_changed_meanwhile_is_shown_with_both_values(
    page: Page, live_server, story: Story, assert_accessible
):
    draft = draft_of(story, VIO01=1, VIO02=2)
    open_grid(page, live_server, story)
    page.context.set_offline(True)
    page.fill("[id='VIO01.TOTAL']", "9")
    page.fill("[id='VIO02.TOTAL']", "4")
    says(page, "failed")
    by_the_second(story, draft, VIO01=5, VIO03=6)
    page.context.set_offline(False)
    expect(page.locator("[data-autosave-status]").get_by_role("button")).to_be_visible()
    assert cells(draft) == {"VIO01.TOTAL": 5, "VIO02.TOTAL": 2, "VIO03.TOTAL": 6}
    with page.expect_navigation():
        page.locator("[data-autosave-status]").get_by_role("button").click()
    expect(page.locator("[id='VIO01.TOTAL-error']")).to_contain_text("5")
    expect(page.locator("[id='VIO01.TOTAL']")).to_have_value("9")
    expect(page.locator("[id='VIO02.TOTAL']")).to_have_value("4")
    expect(page.locator("[id='VIO02.TOTAL-error']")).to_have_count(0)
    expect(page.locator("[id='VIO03.TOTAL']")).to_have_value("6")
    assert_accessible(page)
    # what is in conflict waits for a decision, also while one types elsewhere
    page.fill("[id='VIO04.TOTAL']", "7")
    says(page, "failed")
    expect(page.locator("[data-autosave-status]")).not_to_contain_text("connection")
    assert cells(draft)["VIO01.TOTAL"] == 5
    page.locator("main form[data-autosave] .govuk-button-group button").first.click()
    page.wait_for_url(f"**/returns/{story.expected_return.pk}/")
    assert cells(draft) == {"VIO01.TOTAL": 9, "VIO02.TOTAL": 4, "VIO03.TOTAL": 6, "VIO04.TOTAL": 7}
    assert page.evaluate("localStorage.length") == 0


def test_officers_at_different_cells_are_told_of_each_other(page: Page, live_server, story: Story):
    draft = draft_of(story, VIO01=1)
    open_grid(page, live_server, story)
    by_the_second(story, draft, VIO02=5)
    page.fill("[id='VIO01.TOTAL']", "9")
    says(page, "merged")
    assert cells(draft) == {"VIO01.TOTAL": 9, "VIO02.TOTAL": 5}
    with page.expect_navigation():
        page.locator("[data-autosave-status]").get_by_role("button").click()
    expect(page.locator("[id='VIO02.TOTAL']")).to_have_value("5")


def test_what_was_typed_without_connection_into_a_return_submitted_meanwhile_is_listed(
    page: Page, live_server, story: Story, assert_accessible
):
    draft = make_draft(story, {"ACT03": 1}, at=timezone.now())
    open_grid(page, live_server, story)
    page.context.set_offline(True)
    page.fill("[id='ACT03.TOTAL']", "99")
    says(page, "failed")
    submit_return(submission=draft, actor=story.second_officer, at=timezone.now())
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"/returns/{story.expected_return.pk}/")
    left = page.locator("[data-autosave-left]")
    expect(left.locator("li")).to_have_count(1)
    expect(left.locator("li")).to_contain_text(": 99")
    assert_accessible(page)
    left.get_by_role("button").click()
    expect(left).to_be_hidden()
    assert page.evaluate("localStorage.length") == 0


def test_a_number_that_cannot_be_read_waits_while_the_others_are_saved(
    page: Page, live_server, story: Story, assert_accessible
):
    draft = draft_of(story)
    open_grid(page, live_server, story)
    page.fill("[id='VIO01.TOTAL']", "1,234")
    page.fill("[id='VIO02.TOTAL']", "7")
    says(page, "failed")
    expect(page.locator("[id='VIO01.TOTAL'][data-unreadable]")).to_have_count(1)
    assert cells(draft) == {"VIO02.TOTAL": 7}
    error = page.locator("[id='VIO01.TOTAL-error']")
    expect(error).to_have_text("Enter a whole number, for example 1234 or 1 234.")
    assert_accessible(page)
    page.fill("[id='VIO01.TOTAL']", "1 234")
    expect(error).to_have_count(0)
    says(page, "saved")
    assert cells(draft) == {"VIO01.TOTAL": 1234, "VIO02.TOTAL": 7}


def test_the_moment_of_saving_is_told_by_the_clock_of_the_page_and_not_of_the_device(
    page: Page, live_server, story: Story
):
    User.objects.filter(pk=story.officer.pk).update(time_zone="Asia/Kamchatka")
    draft_of(story)
    open_grid(page, live_server, story)
    page.fill("[id='VIO02.TOTAL']", "7")
    says(page, "saved")
    there = timezone.now().astimezone(ZoneInfo("Asia/Kamchatka"))
    minutes = "|".join(f"{there - dt.timedelta(minutes=ago):%H:%M}" for ago in (0, 1))
    expect(page.locator("[data-autosave-status]")).to_have_text(re.compile(minutes))


def test_a_return_is_filled_by_keyboard_and_paste_and_submitted(
    page: Page, live_server, story: Story, assert_accessible
):
    draft = draft_of(story)
    open_grid(page, live_server, story)
    assert_accessible(page)
    numbers = page.locator("tr:not([data-part]) > td > .ops-grid__input")
    asked = numbers.count()
    page.locator("[id='VIO01.TOTAL']").focus()
    page.keyboard.type("0")
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    expect(page.locator(":focus")).to_have_attribute("id", "VIO01.TOTAL")
    numbers.first.focus()
    paste(page, ["0"] * asked + ["12\u00a0345"])
    expect(page.locator("[data-grid-status]")).to_contain_text(str(asked))
    expect(page.locator("[data-grid-status]")).to_contain_text("12\u00a0345")
    expect(page.locator("output[data-sum-of='CRM01-parts']")).to_have_text("0")
    says(page, "saved")
    assert len(cells(draft)) == asked
    page.locator("main form[data-autosave] .govuk-button-group button").last.click()
    press(page, "Submit the return")
    assert Submission.objects.get(pk=draft.pk).status == Submission.Status.SUBMITTED
    assert page.evaluate("localStorage.length") == 0


@pytest.fixture
def without_script(new_context, live_server) -> Page:
    page = new_context(java_script_enabled=False).new_page()
    page.set_default_timeout(15_000)
    return page


def test_without_script_a_return_is_entered_refused_mended_and_saved(without_script: Page, live_server, story: Story):
    page, draft = without_script, draft_of(story)
    open_grid(page, live_server, story)
    page.fill("[id='VIO01.TOTAL']", "1.234")
    page.fill("[id='VIO01.citizenship_group:AM']", "5")
    save = page.locator("main form[data-autosave] .govuk-button-group button").first
    save.click()
    expect(page.locator("[id='VIO01.TOTAL-error']")).to_be_visible()
    expect(page.locator("[id='VIO01.TOTAL']")).to_have_value("1.234")
    page.fill("[id='VIO01.TOTAL']", "1 234")
    save.click()
    page.wait_for_url(f"**/returns/{story.expected_return.pk}/")
    assert cells(draft) == {"VIO01.TOTAL": 1234, "VIO01.citizenship_group:AM": 5}
