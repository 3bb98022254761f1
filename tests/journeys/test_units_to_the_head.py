"""From the units of an authority to the head of its state, in a real browser: the list of units is pasted, units enter
their returns, a second officer accepts them, the sums become the authority's return, and the head accepts that.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Locator, expect

from operations.domain import totals
from operations.models import Return, Submission, Total, Unit
from tests.factories.people import make_officer
from tests.factories.reporting import Story, cells, make_story
from tests.journeys.pages import Desks, press, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desks(new_context: Callable[[], BrowserContext], live_server) -> Desks:
    return Desks(new_context)


@pytest.fixture
def story(reference) -> Story:
    """The period is open whenever the test runs."""
    story, now = make_story(), timezone.now()
    moments = {"due_at": now + dt.timedelta(days=5), "closes_at": now + dt.timedelta(days=15)}
    type(story.period).objects.filter(pk=story.period.pk).update(
        code="S1-FINAL", opens_at=now - dt.timedelta(days=5), **moments
    )
    Return.objects.update(**moments)
    return story


def test_units_enter_a_second_officer_accepts_the_sum_goes_to_the_head(
    desks: Desks, story: Story, assert_accessible: Any
):
    clerks = add_units(desks, story)
    own = story.expected_return.pk
    report(desks, clerks["0201"], ACT03="5", ACT04="1 200")
    report(desks, clerks["0202"], ACT03="7", ACT04="800")
    officer, second = desks.of(story.officer.username), desks.of(story.second_officer.username)

    second.goto("/")
    press(second, "Final return of stage 1")
    expect(second.locator("main")).to_contain_text("0 of 3 units, without the central office")
    assert_accessible(second)
    press(second, "Accept all clean returns (2)")
    expect(second.locator("main")).to_contain_text("2 of 3 units")
    press(second, "Remind the units that are missing")
    expect(second.locator("main")).to_contain_text("1 officer is reminded.")
    expect(first_page(desks, clerks["0203"])).to_contain_text("The return of the unit is awaited")

    officer.goto(f"/returns/{own}/units/")
    press(officer, "Sum the units’ returns")
    expect(officer.locator("#ACT03")).to_contain_text("12")
    assert_accessible(officer)
    press(officer, "Sum the units’ returns")
    expect(officer.locator("[name='ACT04.TOTAL']")).to_have_value("2 000".replace(" ", "\u00a0"))
    expect(officer.locator("main")).to_contain_text("What the others have to report is missing, and not zero.")
    officer.locator("main").get_by_role("button", name="Submit").last.click()
    press(officer, "Submit the return")

    head = desks.of(story.head.username)
    head.goto(f"/returns/{own}/")
    expect(head.locator("main")).to_contain_text("Summed from: 2 of 3 units, without the central office")
    press(head, "Which unit gave which figure")
    expect(head.locator("main table")).to_contain_text("City department")
    assert_accessible(head)
    press(head, "City department")
    expect(head.locator("main")).to_contain_text("Accepted inside the authority; a part of its sum.")
    head.goto(f"/returns/{own}/")
    press(head, "Accept")
    press(head, "Accept the return")

    accepted = Submission.objects.get(expected_return=own, status=Submission.Status.ACCEPTED)
    assert cells(accepted)["ACT03.TOTAL"] == 12
    total = Total.objects.get(indicator__code="ACT03", category__breakdown=None, basis=Total.Basis.ACCEPTED)
    assert total.value == 12
    assert totals.mismatches() == []
    assert desks.logged() == []


def add_units(desks: Desks, story: Story) -> dict[str, str]:
    """The officer pastes the list; each unit then gets an officer. Answers their user names by the unit's code."""
    page = desks.of(story.officer.username)
    page.goto("/units/")
    press(page, "Add units")
    rows = ("0201; Управление по городу; City department", "0202; Управление по области; Province", "0203; Отдел; Post")
    send(page, "Add units", units="\n".join(rows))
    expect(page.locator("main table")).to_contain_text("Central office")
    clerks = {}
    for unit in Unit.objects.filter(is_central_office=False):
        clerks[unit.code] = make_officer(story.agency, username=f"clerk-{unit.code}", unit=unit).username
    return clerks


def report(desks: Desks, clerk: str, **figures: str) -> None:
    """A unit's officer finds the return on the first page, fills the rest with zeros and submits it."""
    page = desks.of(clerk)
    page.goto("/")
    page.locator("main").get_by_role("link", name="Final return of stage 1").first.click()
    press(page, "Start")
    inputs = page.locator("main input[name$='.TOTAL']")
    for place in range(inputs.count()):
        inputs.nth(place).fill("0")
    for code, value in figures.items():
        page.locator(f"main [name='{code}.TOTAL']").fill(value)
    page.locator("main").get_by_role("button", name="Submit").last.click()
    press(page, "Submit the return")
    expect(page.locator("h1")).to_contain_text("Submitted")


def first_page(desks: Desks, username: str) -> Locator:
    page = desks.of(username)
    page.goto("/")
    return page.locator("main")
