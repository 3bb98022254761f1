"""The dashboard and the comparison in a real browser: for everybody, on a wide screen and on a narrow one."""

import pytest
from playwright.sync_api import Page, expect

from tests.clients import let_in
from tests.factories.explored import make_explored
from tests.factories.people import make_planner
from tests.factories.reference import load_reference

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
PAGES = (
    "/operations/illegal-2026/dashboard/",
    "/operations/illegal-2026/comparison/",
    "/operations/illegal-2026/comparison/?with=illegal-2018",
    "/operations/illegal-2026/comparison/?with=nothing",
)


@pytest.fixture
def planner(page: Page, live_server) -> Page:
    # the first chart that a process draws loads the library that draws it
    page.set_default_navigation_timeout(60_000)
    load_reference()
    make_explored(2026)
    return let_in(page, make_planner(), live_server.url)


def test_the_pages_are_accessible_and_reflow_at_320_pixels(planner: Page, assert_accessible):
    for address in PAGES:
        planner.goto(address)
        assert_accessible(planner)
        planner.set_viewport_size({"width": 320, "height": 800})
        assert planner.evaluate("document.documentElement.scrollWidth") <= 320, address
        planner.set_viewport_size({"width": 1280, "height": 900})


def test_from_the_first_page_of_an_operation_to_a_key_figure_and_what_is_behind_it(planner: Page):
    planner.goto("/operations/illegal-2026/")
    planner.locator("main a[href$='/dashboard/']").last.click()
    planner.locator(".ops-card a[href*='indicator=VIO01']").click()
    number = planner.locator("table.ops-table td.ops-num a").first
    shown = number.locator("data").get_attribute("value")
    number.click()
    expect(planner.locator(".ops-figure-big")).to_have_attribute("value", shown or "")
