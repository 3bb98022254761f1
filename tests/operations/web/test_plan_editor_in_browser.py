"""The editor in a real browser: forms save themselves, two editors meet without loss, rows are dragged."""

import pytest
from playwright.sync_api import Page, expect

from operations.domain import plans
from operations.models import Measure, Plan
from tests.clients import let_in
from tests.factories import plans as made
from tests.factories.people import Cast, make_planner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return made.drafted_plan(cast)


def row_page(plan: Plan, measure: Measure) -> str:
    return f"/operations/{plan.operation.slug}/plan/edit/measure/{measure.pk}/"


def test_what_is_typed_saves_itself_and_says_so(page: Page, live_server, plan: Plan, cast: Cast, assert_accessible):
    measure = Measure.objects.first()
    let_in(page, cast.planner, live_server.url).goto(row_page(plan, measure))
    assert_accessible(page)
    page.fill("#id_text_en", "Typed and left alone")
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_attribute("data-state", "saved")
    assert Measure.objects.get(pk=measure.pk).text_en == "Typed and left alone"
    page.fill("#id_text_en", "Typed on")
    page.locator("#row-form .govuk-button-group button").click()
    page.wait_for_url("**/plan/edit/#measure-*")
    assert Measure.objects.get(pk=measure.pk).text_en == "Typed on"


def test_who_saves_second_sees_both_texts_and_neither_is_lost(
    page: Page, live_server, plan: Plan, cast: Cast, assert_accessible
):
    measure = Measure.objects.first()
    let_in(page, make_planner("second-planner"), live_server.url).goto(row_page(plan, measure))
    values = {"text_en": "Hers, saved first"}
    plans.change_row(row=measure, revision=measure.revision, values=values, actor=cast.planner, at=made.moment())
    page.fill("#id_text_en", "His, typed meanwhile")
    status = page.locator("[data-autosave-status]")
    expect(status).to_have_attribute("data-state", "failed")
    status.get_by_role("button").click()
    conflict = page.locator(".ops-conflict")
    expect(conflict).to_contain_text("Hers, saved first")
    expect(conflict).to_contain_text("His, typed meanwhile")
    expect(page.locator("#id_text_en")).to_have_value("His, typed meanwhile")
    assert_accessible(page)
    page.wait_for_timeout(2500)
    assert Measure.objects.get(pk=measure.pk).text_en == "Hers, saved first"
    conflict.locator("button[name=take]").click()
    expect(page.locator("#id_text_en")).to_have_value("Hers, saved first")
    page.fill("#id_text_en", "Hers and his")
    page.locator("#row-form .govuk-button-group button").click()
    page.wait_for_url("**/plan/edit/#measure-*")
    assert Measure.objects.get(pk=measure.pk).text_en == "Hers and his"
    page.goto(row_page(plan, measure))
    expect(page.locator("#id_text_en")).to_have_value("Hers and his")


def test_what_was_kept_on_the_device_never_replaces_what_somebody_saved_since(
    page: Page, live_server, plan: Plan, cast: Cast
):
    measure = Measure.objects.first()
    let_in(page, make_planner("second-planner"), live_server.url).goto(row_page(plan, measure))
    page.context.set_offline(True)
    page.fill("#id_text_en", "His, typed without connection")
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "failed")
    values = {"text_en": "Hers, saved meanwhile"}
    plans.change_row(row=measure, revision=measure.revision, values=values, actor=cast.planner, at=made.moment())
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(row_page(plan, measure))
    expect(page.locator("#id_text_en")).to_have_value("His, typed without connection")
    page.fill("#id_expected_result_en", "His, typed on")
    expect(page.locator("[data-autosave-status]")).to_have_attribute("data-state", "failed")
    assert Measure.objects.get(pk=measure.pk).text_en == "Hers, saved meanwhile"
    page.locator("#row-form .govuk-button-group button").click()
    expect(page.locator(".ops-conflict")).to_contain_text("Hers, saved meanwhile")


def test_a_measure_is_dragged_to_another_place_and_the_buttons_stay(
    page: Page, live_server, plan: Plan, cast: Cast, assert_accessible
):
    first, second = Measure.objects.order_by("position")
    let_in(page, cast.planner, live_server.url).goto(f"/operations/{plan.operation.slug}/plan/edit/")
    assert_accessible(page)
    page.locator(f"#measure-{first.pk}").evaluate("row => row.scrollIntoView({block: 'center'})")
    handle = page.locator(f"#measure-{second.pk} > .ops-drag").bounding_box()
    goal = page.locator(f"#measure-{first.pk}").bounding_box()
    assert handle is not None and goal is not None
    page.mouse.move(handle["x"] + 8, handle["y"] + 8)
    page.mouse.down()
    page.mouse.move(handle["x"] + 8, goal["y"] + 2, steps=8)
    with page.expect_navigation():
        page.mouse.up()
    assert list(Measure.objects.order_by("position")) == [second, first]
    expect(page.locator(f"#measure-{second.pk}")).to_contain_text("1.1")
    page.locator(f"#measure-{second.pk} button[name=to]").click()
    page.wait_for_url("**#measure-*")
    assert list(Measure.objects.order_by("position")) == [first, second]


def test_one_more_remark_is_added_on_the_spot(page: Page, live_server, plan: Plan, cast: Cast, assert_accessible):
    plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    let_in(page, cast.heads["KG"], live_server.url).goto(f"/operations/{plan.operation.slug}/agreement/answer/")
    page.locator("[data-row-more]").click()
    page.locator("[data-row-more]").click()
    page.fill("[name=remarks-4-text]", "Пятое замечание")
    assert_accessible(page)
    page.check("[value=agreed_with_remarks]")
    page.locator("main form button:not([data-row-more])").first.click()
    page.wait_for_url("**/agreement/")
    expect(page.locator("main")).to_contain_text("Пятое замечание")
