"""The explorer in a real browser: a number is followed by clicks to the submissions that it is the sum of."""

import random
import re

import pytest
from playwright.sync_api import Page, expect

from tests.clients import let_in
from tests.factories.explored import make_explored
from tests.factories.people import make_planner
from tests.factories.reference import load_reference

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
DRAWS = 6
SEED = 20_260_601
CODES = ["VIO01", "VIO02", "ACT01", "ACT04", "RET07", "ADM01"]


@pytest.fixture
def planner(page: Page, live_server) -> Page:
    """A planner's browser on an operation with figures on every dimension."""
    load_reference()
    make_explored(2026)
    return let_in(page, make_planner(), live_server.url)


def random_table(draw: random.Random) -> str:
    """An address with one or two dimensions on either side."""
    parts = ["operation=illegal-2026", "rows=indicator"]
    if draw.random() < 0.3:
        parts += ["indicator=ACT04", "breakdown=citizenship_group", "columns=category"]
    else:
        parts += [
            f"indicator={code}" for code in draw.sample(["VIO01", "VIO02", "ACT01", "ACT04", "RET07", "ADM01"], 3)
        ]
    dimensions = ["state", "stage", "agency_kind", "period"]
    parts.append(f"columns={draw.choice(dimensions)}")
    parts += ["stage=1"] if draw.random() < 0.3 else []
    parts += ["basis=provisional"] if draw.random() < 0.3 else []
    return "/explorer/?" + "&".join(parts)


def whole(text: str | None) -> int:
    return int(re.sub(r"\D", "", text or ""))


def test_a_random_number_of_a_random_table_is_followed_to_submissions_that_come_to_it(planner: Page):
    draw = random.Random(SEED)
    for _draw in range(DRAWS):
        address = random_table(draw)
        planner.goto(address)
        numbers = planner.locator("table.ops-table td.ops-num a[href*='/lineage/']")
        assert numbers.count(), address
        number = numbers.nth(draw.randrange(numbers.count()))
        wanted = whole(number.locator("data").text_content())
        number.click()
        expect(planner).to_have_url(re.compile("/explorer/lineage/"))
        assert whole(planner.locator(".ops-figure-big").text_content()) == wanted
        rows = planner.locator("#behind + .ops-scroll tbody tr:not([data-uncounted])")
        values = [whole(rows.nth(at).locator("data").text_content()) for at in range(rows.count())]
        assert sum(values) == wanted, planner.url
        # the last click opens a submission of those, and the figure is in it
        at = draw.randrange(len(values))
        rows.nth(at).locator("a[href*='/returns/']").click()
        expect(planner.locator("main")).to_contain_text(re.compile(rf"\b{_grouped(values[at])}\b"))


def _grouped(value: int) -> str:
    """Digits in groups of three, whatever the space between them."""
    return f"{value:,}".replace(",", r"\s?")


def test_the_form_asks_what_is_chosen_and_the_address_can_be_cited(planner: Page, assert_accessible):
    planner.goto("/explorer/")
    assert_accessible(planner)
    planner.locator("#indicator").click()
    planner.check("#indicator-ACT04")
    for number in range(1, 8):
        planner.uncheck(f"#indicator-VIO0{number}")
    planner.select_option("#breakdown", "citizenship_group")
    planner.select_option("#rows", "state")
    planner.select_option("#columns", "category")
    planner.locator(".ops-explorer button").click()
    cited = planner.url
    assert "=&" not in cited and "rows=state" in cited and "breakdown=citizenship_group" in cited
    expect(planner.locator("table.ops-table tbody tr").first).to_be_visible()
    assert_accessible(planner)
    planner.locator("table.ops-table td a").first.click()
    expect(planner.locator("#behind")).to_be_visible()
    assert_accessible(planner)


def test_a_wrong_address_shows_what_is_wrong_where_it_is_mended(planner: Page, assert_accessible):
    planner.goto("/explorer/?operation=illegal-2026&indicator=VIO01&indicator=VIO02&rows=state")
    assert_accessible(planner)
    planner.locator(".govuk-error-summary a").first.click()
    expect(planner.locator("#rows")).to_be_focused()


def test_the_pages_reflow_at_320_pixels(planner: Page):
    planner.set_viewport_size({"width": 320, "height": 800})
    for address in (
        "/explorer/?operation=illegal-2026&indicator=VIO01&rows=state&columns=stage&view=bar",
        "/explorer/lineage/?operation=illegal-2026&indicator=VIO01&state=RU",
    ):
        planner.goto(address)
        assert planner.evaluate("document.documentElement.scrollWidth") <= 320, address
