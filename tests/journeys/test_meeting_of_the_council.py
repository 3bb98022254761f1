"""A meeting of the Coordination Council in a real browser: the record and its correction, the election of a chair who
then approves the plan, the signature, and a head who finds a decision overdue and tells what became of it.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from operations.models import ChairTerm, Decision, Meeting, Plan
from tests.factories import plans as made
from tests.factories.people import Cast, make_user
from tests.journeys import pages
from tests.journeys.pages import Desks, press, send

pytestmark = pytest.mark.django_db(transaction=True)

DECISION = "To bring the lists of duty officers up to date"


@pytest.fixture
def desks(new_context: Callable[[], BrowserContext], live_server) -> Desks:
    return Desks(new_context)


def test_the_council_elects_a_chair_who_approves_and_a_head_carries_its_decision_out(
    desks: Desks, cast: Cast, assert_accessible: Any
):
    plan = made.submitted_plan(cast)
    ChairTerm.objects.all().delete()
    make_user("new-chair")
    meeting = recorded(desks.of("chair-assistant"), assert_accessible)
    elected(desks.of("hq-chair"), meeting)
    approved(desks.of("new-chair"), plan)
    signed(desks.of("new-chair"), meeting, assert_accessible)
    carried_out(desks.of("head-kz"), assert_accessible)
    assert desks.logged() == []


def recorded(page: Page, assert_accessible: Any) -> Meeting:
    """The assistant keeps the record, and corrects a date of it and a person who was not there."""
    page.goto("/meetings/")
    press(page, "New meeting")
    facts = {"number": "28", "held_on": "2026-02-10", "place_en": "Cholpon-Ata", "minutes_number": "28"}
    send(page, "Save", body="COUNCIL", chaired_by="new-chair", **facts)
    for state, name in (("KG", "А. Б. Осмонов"), ("KZ", "В. Г. Ахметов")):
        press(page, "Record who was present")
        send(page, "Save", state=state, name_ru=name)
    press(page, "Add an item to the agenda")
    send(page, "Save", title_ru="О подготовке операции", title_en="Preparation of the operation")
    press(page, "Record a decision")
    texts = {"text_ru": "Уточнить перечни дежурных", "text_en": DECISION}
    send(page, "Save", **texts, responsible_states=["KZ", "TJ"], due_date="2026-12-01")
    decision = page.locator(f"#decision-{Decision.objects.get().pk}")
    decision.get_by_role("link", name="Correct").click()
    assert_accessible(page)
    send(page, "Save", due_date="2026-03-02")
    expect(decision).to_contain_text("2 March 2026")
    page.locator("li", has_text="В. Г. Ахметов").get_by_role("link", name="Remove").click()
    assert_accessible(page)
    press(page, "Remove", within="main form")
    expect(page.locator("main")).not_to_contain_text("В. Г. Ахметов")
    return Meeting.objects.get(body__code="COUNCIL")


def elected(page: Page, meeting: Meeting) -> None:
    page.goto(f"/meetings/{meeting.pk}/")
    press(page, "Record the election of the chair")
    send(page, "Save", holder="new-chair", state="KG", from_date="2026-01-01", until_date="2099-12-31")
    expect(page.locator("main")).to_contain_text("Name new-chair (Kyrgyzstan)")
    page.goto("/meetings/chairs/")
    expect(page.get_by_role("row", name="Name new-chair")).to_contain_text("In office")


def approved(page: Page, plan: Plan) -> None:
    page.goto(f"/operations/{plan.operation.slug}/plan/approval/")
    send(page, "Approve", password=pages.PASSWORD)
    assert Plan.objects.get(pk=plan.pk).status == Plan.Status.APPROVED


def signed(page: Page, meeting: Meeting, assert_accessible: Any) -> None:
    """The minutes wait for whoever chaired; once they are signed, nobody corrects the record."""
    page.goto("/")
    press(page, "Sign the minutes")
    assert_accessible(page)
    send(page, "Sign the minutes", password=pages.PASSWORD)
    assert Meeting.objects.get(pk=meeting.pk).signed_by.username == "new-chair"
    expect(page.get_by_role("link", name="Correct")).to_have_count(0)


def carried_out(page: Page, assert_accessible: Any) -> None:
    page.goto("/decisions/?standing=overdue")
    assert_accessible(page)
    expect(page.get_by_role("row", name=DECISION)).to_contain_text("Overdue")
    page.goto("/")
    press(page, DECISION)
    send(page, "Save", progress="done", account_ru="Перечни обновлены", account_en="The lists are up to date")
    expect(page.locator("main")).to_contain_text("The lists are up to date")
    page.goto("/decisions/?standing=overdue")
    expect(page.locator("main")).to_contain_text("There is no such decision.")
