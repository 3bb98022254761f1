"""Money, flows and published figures in a real browser, as headquarters use them."""

import re

import pytest
from playwright.sync_api import Page, expect

from operations.domain import exchange_rates
from operations.models import MemberState, ReportingPeriod
from reports.domain.forecasts import make_forecast
from tests.clients import let_in
from tests.factories.explored import make_explored
from tests.factories.people import make_planner
from tests.factories.reference import indicator, load_reference, state
from tests.factories.reports import AT
from tests.reports.domain.test_flows import enter, years

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
NARROW = {"width": 320, "height": 800}


@pytest.fixture
def planner(page: Page, live_server) -> Page:
    """A planner's English browser."""
    load_reference()
    user = make_planner()
    user.language = "en"
    user.save()
    return let_in(page, user, live_server.url)


def fits(page: Page) -> bool:
    """Whether nothing reaches over the edge of a narrow screen."""
    page.set_viewport_size(NARROW)
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_money_is_converted_in_the_explorer_and_a_corrected_rate_is_seen_at_once(planner: Page):
    make_explored(2026, states=("RU",))
    for day in set(ReportingPeriod.objects.values_list("end_date", flat=True)):
        values = {"currency": "RUB", "day": day.isoformat(), "units_per_usd": "80", "source": "Bank"}
        exchange_rates.add_rate(values=values, actor=make_planner(), at=max(AT, _after(day)))
    planner.goto("/explorer/?operation=illegal-2026&indicator=ADM04&rows=state&stage=1")
    planner.get_by_label("Money in").select_option("USD")
    planner.get_by_role("button", name="Show").click()
    expect(planner).to_have_url(re.compile("currency=USD"))
    before = planner.locator("table.ops-table td data").first.get_attribute("value")
    expect(planner.get_by_text("1 USD = 80 RUB")).to_be_visible()
    planner.goto("/rates/")
    for _rate in range(planner.get_by_role("link", name=re.compile("^Correct")).count()):
        planner.goto("/rates/")
        links = planner.get_by_role("link", name=re.compile("^Correct"))
        links.nth(_rate).click()
        planner.get_by_label("Units for one US dollar").fill("40")
        planner.get_by_role("button", name="Save").click()
        expect(planner).to_have_url(re.compile("/rates/$"))
    planner.goto("/explorer/?operation=illegal-2026&indicator=ADM04&rows=state&stage=1&currency=USD")
    after = planner.locator("table.ops-table td data").first.get_attribute("value")
    assert abs(int(after or 0) - 2 * int(before or 0)) <= 2
    assert fits(planner)
    assert MemberState.objects.get(code="RU").currency == "RUB"


def _after(day):
    return AT.replace(year=day.year, month=12, day=30)


def test_a_flow_is_entered_its_series_grows_and_its_forecast_is_read(planner: Page):
    enter(make_planner(), years(2018, 2024))
    make_forecast(indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=make_planner(), at=AT)
    planner.goto("/flows/?indicator=MIG01&state=RU&frequency=quarter")
    expect(planner.locator("svg").first).to_be_visible()
    expect(planner.get_by_role("heading", name="Newest forecast")).to_be_visible()
    planner.get_by_role("link", name=re.compile("from sources")).first.click()
    planner.get_by_role("link", name=re.compile("^Enter")).click()
    planner.get_by_label("MIG01").check()
    planner.get_by_label("State").select_option("RU")
    planner.get_by_label("by quarter").check()
    planner.get_by_label("Numbers").fill("2025-Q1 400 000\n2025-Q9 5")
    planner.get_by_label("Source", exact=True).fill("Bulletin")
    planner.get_by_role("button", name="Save").click()
    expect(planner.get_by_text(re.compile("Line 2")).first).to_be_visible()
    expect(planner.get_by_label("Numbers")).to_have_value("2025-Q1 400 000\n2025-Q9 5")
    planner.get_by_label("Numbers").fill("2025-Q1 400 000")
    planner.get_by_role("button", name="Save").click()
    planner.goto("/flows/?indicator=MIG01&state=RU&frequency=quarter")
    expect(planner.get_by_role("cell", name="400,000").first).to_be_visible()
    assert fits(planner)


def test_a_published_figure_is_added_corrected_and_the_wrong_one_is_struck_out(planner: Page):
    planner.goto("/history/?place=AM")
    planner.get_by_role("link", name=re.compile("Add a published figure")).click()
    planner.get_by_label("Indicator (optional)").select_option("VIO01")
    planner.locator("[name=label_ru]").fill("Выявлено нарушений")
    planner.locator("[name=label_en]").fill("Violations identified")
    planner.get_by_label("Value").fill("12 345")
    planner.get_by_label("Unit").select_option("violations")
    planner.get_by_label("National", exact=True).check()
    planner.get_by_label("State (optional)").select_option("AM")
    planner.get_by_label("exactly").check()
    planner.get_by_label("Year", exact=True).check()
    planner.get_by_label("Total", exact=True).check()
    planner.get_by_label("First year").fill("2019")
    planner.get_by_label("Source", exact=True).fill("The police")
    planner.get_by_role("button", name="Save").click()
    expect(planner).to_have_url(re.compile("/history/H001/"))
    planner.get_by_role("link", name="Correct").click()
    planner.get_by_label("Value").fill("12 400")
    planner.get_by_role("button", name="Save").click()
    expect(planner).to_have_url(re.compile("/history/H002/"))
    planner.goto("/history/?place=AM&year=2019")
    expect(planner.locator("s", has_text="12,345")).to_be_visible()
    expect(planner.get_by_text("replaced by").first).to_be_visible()
    assert fits(planner)
