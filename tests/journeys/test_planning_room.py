"""The planning room in a real browser: last year's plan to the approval with an objection and its answer, an
amendment beside the approved version, and a plan that the chair returns.

What is not the subject of a journey, the other five states' answers for one, is done by the domain itself.
"""

import datetime as dt
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from operations.models import Measure, Plan
from tests.factories import plans as made
from tests.factories.people import Cast
from tests.journeys import pages
from tests.journeys.pages import Desks, press, send

pytestmark = pytest.mark.django_db(transaction=True)

OBJECTION = "The second stage falls on another joint operation. Please begin two days later."
ANSWER = "The second stage begins two days later."


@pytest.fixture
def desks(new_context: Callable[[], BrowserContext], live_server) -> Desks:
    return Desks(new_context)


def test_last_years_plan_is_approved_anew_after_an_objection_and_its_answer(desks: Desks, cast: Cast):
    made.approved_plan(cast)
    plan = copied_and_circulated(desks.of("planner"))
    object_to(desks.of("head-kz"), plan)
    made.agree_all(plan, cast, but=("KZ",))
    seen_by_the_chair(desks.of("council-chair"), plan)
    answer_the_objection(desks.of("planner"), plan)
    made.agree_all(fresh(plan), cast, but=("KZ",))
    agree_to_what_has_changed(desks.of("head-kz"), plan)
    submit(desks.of("hq-chair"), plan)
    approve_on_a_tablet(desks.of("council-chair"), plan)
    assert fresh(plan).status == Plan.Status.APPROVED
    assert fresh(plan).in_force_version.number == 2
    assert desks.logged() == []


def test_the_approved_version_stays_in_force_until_the_amendment_is_approved(desks: Desks, cast: Cast):
    plan = made.approved_plan(cast)
    planner, observer = desks.of("planner"), desks.of("observer")
    planner.goto(at(plan))
    press(planner, "Amend the plan")
    send(planner, "Open the amendment", comment="A new objective")
    planner.goto(at(plan, "edit"))
    press(planner, "Add an objective")
    send(planner, "Save", text_ru="Новая задача", text_en="A new and secret objective")
    expect_text(observer, plan, "A new and secret objective", is_there=False)
    # the objective has no measure, which is a warning and keeps nothing from being circulated
    planner.goto(at(plan))
    press(planner, "Circulate for agreement")
    press(planner, "Circulate for agreement")
    made.agree_all(fresh(plan), cast)
    submit(desks.of("hq-chair"), plan)
    assert fresh(plan).in_force_version.number == 1
    expect_text(observer, plan, "A new and secret objective", is_there=False)
    chair = desks.of("council-chair")
    chair.goto(at(plan, "approval"))
    expect(chair.locator("#changes")).to_contain_text("Changes since version 1, which is in force")
    expect(chair.locator("#changes .ops-changes__item--added").last).to_contain_text("A new and secret objective")
    send(chair, "Approve", password=pages.PASSWORD)
    assert fresh(plan).in_force_version.number == 2
    expect_text(observer, plan, "A new and secret objective", is_there=True)
    assert desks.logged() == []


def test_the_chair_returns_the_plan_with_a_word_why_and_it_is_agreed_anew(desks: Desks, cast: Cast):
    plan = made.submitted_plan(cast)
    chair, planner = desks.of("council-chair"), desks.of("planner")
    chair.goto(at(plan, "approval"))
    press(chair, "Return for revision")
    press(chair, "Return for revision")
    expect(chair.locator(".govuk-error-message")).to_have_count(1)
    assert fresh(plan).status == Plan.Status.SUBMITTED
    send(chair, "Return for revision", comment="Name the authority that leads the second stage.")
    assert fresh(plan).status == Plan.Status.RETURNED
    planner.goto("/")
    expect(planner.locator("main")).to_contain_text("The chair has returned the plan for revision")
    planner.goto(at(plan))
    expect(planner.locator("main")).to_contain_text("Name the authority that leads the second stage.")
    planner.goto(at(plan, "edit"))
    expect(planner.locator("#goal")).to_be_visible()
    planner.goto(at(plan))
    press(planner, "Circulate for agreement")
    press(planner, "Circulate for agreement")
    version = fresh(plan).current_version
    assert (version.number, version.agreements.count()) == (2, 0)
    assert desks.logged() == []


# --- the steps ---


def fresh(plan: Plan) -> Plan:
    return Plan.objects.select_related("operation", "current_version", "in_force_version").get(pk=plan.pk)


def at(plan: Plan, *parts: str) -> str:
    return "/".join(["/operations", plan.operation.slug, "plan", *parts, ""])


def board(plan: Plan) -> str:
    return f"/operations/{plan.operation.slug}/agreement/"


def copied_and_circulated(page: Page) -> Plan:
    """The draft is a copy with its dates in the new year; every measure says where it came from."""
    page.goto("/operations/new/")
    title = {"title_ru": "Операция «Нелегал-2027»", "title_en": "Operation “Illegal-2027”"}
    send(page, "Create", year="2027", kind="annual", slug="illegal-2027", **title)
    pages.fill(page, source="illegal-2026")
    press(page, "Start the plan")
    plan = Plan.objects.select_related("operation").get(operation__slug="illegal-2027")
    assert [stage.start_date.year for stage in plan.stages.all()] == [2027, 2027]
    assert not Measure.objects.filter(objective__plan=plan, copied_from=None).exists()
    expect(page.locator("a[href^='/operations/illegal-2026/plan/measures/']")).to_have_count(2)
    page.goto(at(plan, "compare") + "?older=last-year")
    expect(page.locator(".ops-changes__item").first).not_to_be_visible()
    expect(page.locator("main")).to_contain_text("Dates carried over to the same weekday of the new year: 2")
    page.goto(at(plan))
    press(page, "Circulate for agreement")
    press(page, "Circulate for agreement")
    return fresh(plan)


def object_to(page: Page, plan: Plan) -> None:
    """An objection without a word why is refused and keeps what was chosen."""
    page.goto(board(plan))
    press(page, "Answer on behalf of the state")
    pages.fill(page, answer="objected")
    press(page, "Give the answer")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    expect(page.locator("[name=answer][value=objected]")).to_be_checked()
    send(page, "Give the answer", comment=OBJECTION)
    expect(page.locator("#state-KZ")).to_contain_text("The objection stands in the way")


def seen_by_the_chair(page: Page, plan: Plan) -> None:
    page.goto(at(plan, "versions", "1"))
    expect(page.locator("main code.ops-code")).to_have_text(plan.current_version.sha256)


def answer_the_objection(page: Page, plan: Plan) -> None:
    """The planner withdraws, moves the stage and circulates again; the agreements to the first version lapse."""
    page.goto(board(plan))
    expect(page.locator("#state-KZ")).to_contain_text(OBJECTION)
    page.goto(at(plan))
    press(page, "Withdraw from agreement")
    send(page, "Withdraw from agreement", comment=ANSWER)
    stage = plan.stages.get(number=2)
    page.goto(at(plan, "edit", "stage", str(stage.pk)))
    days = {name: getattr(stage, name) + dt.timedelta(days=2) for name in ("start_date", "end_date")}
    send(page, "Save", **{name: day.isoformat() for name, day in days.items()})
    page.goto(at(plan))
    press(page, "Circulate for agreement")
    press(page, "Circulate for agreement")
    assert fresh(plan).current_version.number == 2


def agree_to_what_has_changed(page: Page, plan: Plan) -> None:
    """The head reads what has changed since the version seen before, and agrees."""
    page.goto(at(plan))
    page.goto(at(plan, "versions", "2"))
    expect(page.locator(".ops-changes__item--changed")).to_have_count(1)
    expect(page.locator(".ops-changes__item--changed del").first).to_be_visible()
    page.goto(board(plan))
    press(page, "Answer on behalf of the state")
    send(page, "Give the answer", answer="agreed")


def submit(page: Page, plan: Plan) -> None:
    page.goto(at(plan))
    press(page, "Record the agreement")
    page.locator("main [name=in_correspondence]").check()
    press(page, "Record the agreement", within="main form")
    press(page, "Submit for approval")
    press(page, "Submit for approval")
    assert fresh(plan).status == Plan.Status.SUBMITTED


def approve_on_a_tablet(page: Page, plan: Plan) -> None:
    """Three taps: to the changes, to the approval, approve. The password is typed before the last."""
    page.set_viewport_size({"width": 768, "height": 1024})
    page.goto(at(plan, "approval"))
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("button", name="Go on to the changes").click()
    expect(page.locator("#changes-heading")).to_be_in_viewport()
    summaries = page.locator("#changes summary.govuk-details__summary")
    expect(summaries.nth(0)).to_contain_text("Changes since version 1, which you saw last")
    expect(summaries.last.locator("xpath=ancestor::section")).to_contain_text("Changes since the plan of 2026")
    page.get_by_role("button", name="Go on to the approval").click()
    expect(page.locator("#approve-heading")).to_be_in_viewport()
    expect(page.locator("#approve code")).to_have_text(fresh(plan).current_version.sha256)
    send(page, "Approve", password=pages.PASSWORD)


def expect_text(page: Page, plan: Plan, words: str, *, is_there: bool) -> None:
    page.goto(at(plan))
    text = expect(page.locator("main"))
    (text.to_contain_text if is_there else text.not_to_contain_text)(words)
