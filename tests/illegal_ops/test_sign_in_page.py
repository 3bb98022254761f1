"""The sign-in page in a real browser, under the strict content security policy."""

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Page, expect

PASSWORD = "correct horse battery staple"


@pytest.fixture
def user(transactional_db):
    return get_user_model().objects.create_user(username="somebody", password=PASSWORD)


def test_a_user_signs_in_with_name_and_password(page: Page, user):
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill("somebody")
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url("/")


def test_the_sign_in_page_meets_wcag(page: Page, assert_accessible):
    page.goto("/accounts/login/")
    expect(page.locator("input[name=login]")).to_be_visible()
    assert_accessible(page)


def test_a_visitor_sees_the_page_in_the_language_of_his_browser(page: Page, browser, live_server):
    page.goto("/accounts/login/")
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    context = browser.new_context(locale="en-GB")
    english = context.new_page()
    english.goto(f"{live_server.url}/accounts/login/")
    expect(english.locator("html")).to_have_attribute("lang", "en")
    context.close()
