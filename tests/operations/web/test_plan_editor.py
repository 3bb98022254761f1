"""The editor of a plan: saving by script and by button, both texts of a conflict, and nothing typed is lost."""

import re
from typing import Any

import pytest
from django.test import Client

from operations.domain import plans
from operations.models import Measure, Plan, PlanSection
from operations.workbooks.plan_template import standard_skeleton
from tests.clients import signed_in
from tests.factories import plans as made
from tests.factories.people import Cast, make_planner
from tests.operations.web.test_plans import at, text

pytestmark = pytest.mark.django_db
BY_SCRIPT = {"X-Autosave": "1", "Accept": "application/json"}


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return made.drafted_plan(cast)


@pytest.fixture
def planner(cast: Cast) -> Client:
    return signed_in(cast.planner)


def typed_measure(row: Measure, **values: Any) -> dict[str, Any]:
    return made.measure_values(1, objective=row.objective_id, stage=row.stage_id) | {"revision": 1} | values


def test_a_form_that_saves_itself_gets_its_new_revision(plan: Plan, planner: Client) -> None:
    row = Measure.objects.first()
    address = at(plan, "plan/edit/measure", row.pk)
    assert f'data-autosave="{address}"' in text(planner.get(address))
    first = planner.post(address, typed_measure(row, text_en="One"), headers=BY_SCRIPT)
    assert (first.status_code, first.json()) == (200, {"revision": 2})
    second = planner.post(address, typed_measure(row, text_en="Two", revision=2), headers=BY_SCRIPT)
    assert second.json() == {"revision": 3}
    assert Measure.objects.get(pk=row.pk).text_en == "Two"


@pytest.mark.parametrize(
    ("where", "values"),
    [
        ("plan/edit/goal", {"goal_ru": "Цель 2", "goal_en": "Goal 2", "interval": "month"}),
        ("plan/edit/sections/general", {"text_ru": "Основание", "text_en": "Basis", "revision": 0}),
    ],
)
def test_goal_and_sections_save_themselves_too(plan: Plan, planner: Client, where: str, values: dict[str, Any]) -> None:
    given = {"revision": plan.revision} | values
    answer = planner.post(at(plan, where), given, headers=BY_SCRIPT)
    assert answer.json() == {"revision": given["revision"] + 1}
    assert planner.post(at(plan, where), given, headers=BY_SCRIPT).status_code == 412


def test_what_cannot_be_taken_is_told_to_the_script_and_not_saved(plan: Plan, planner: Client) -> None:
    row = Measure.objects.first()
    answer = planner.post(at(plan, "plan/edit/measure", row.pk), typed_measure(row, text_ru=""), headers=BY_SCRIPT)
    assert answer.status_code == 422
    assert answer.json()["problems"] == ["This has to be filled in."]
    assert Measure.objects.get(pk=row.pk).revision == 1


def test_two_editors_of_different_measures_never_meet(plan: Plan, planner: Client) -> None:
    other = signed_in(make_planner("second-planner"))
    first, second = Measure.objects.order_by("position")
    for client, row, words in ((planner, first, "Hers"), (other, second, "His")):
        answer = client.post(at(plan, "plan/edit/measure", row.pk), typed_measure(row, text_en=words))
        assert answer.status_code == 302
    assert list(Measure.objects.order_by("position").values_list("text_en", flat=True)) == ["Hers", "His"]


def test_a_conflict_stands_side_by_side_names_the_other_and_takes_over_field_by_field(
    plan: Plan, planner: Client, cast: Cast
) -> None:
    row = Measure.objects.first()
    address = at(plan, "plan/edit/measure", row.pk)
    hers = {"text_en": "Hers", "responsible_kinds": ["border_service"], "expected_result_en": "Her result"}
    assert planner.post(address, typed_measure(row, **hers)).status_code == 302
    other = signed_in(make_planner("second-planner"))
    his = typed_measure(row, text_en="His own", expected_result_en="His result")
    assert other.post(address, his, headers=BY_SCRIPT).status_code == 412
    conflict = other.post(address, his)
    shown = text(conflict)
    assert conflict.status_code == 409
    assert "Hers" in shown and "His own" in shown and "Border service" in shown
    assert str(cast.planner) in shown
    assert "data-autosave=" not in shown
    taken = other.post(address, his | {"revision": 2, "take": "responsible_kinds"})
    shown = text(taken)
    assert taken.status_code == 200
    assert re.search(r'value="border_service"[^>]*checked', shown)
    assert 'name="take" value="text_en"' in shown and 'value="responsible_kinds"> ' not in shown
    assert Measure.objects.get(pk=row.pk).text_en == "Hers"
    merged = his | {"revision": 2, "text_en": "Theirs both", "responsible_kinds": ["border_service"]}
    assert other.post(address, merged).status_code == 302
    assert Measure.objects.get(pk=row.pk).text_en == "Theirs both"


def test_what_was_typed_into_a_removed_measure_is_shown_and_can_be_added_anew(
    plan: Plan, planner: Client, cast: Cast
) -> None:
    row = Measure.objects.first()
    address = at(plan, "plan/edit/measure", row.pk)
    plans.remove_row(row=row, revision=1, actor=cast.planner, at=made.moment())
    kept = planner.post(address, typed_measure(row, text_en="An hour of work"))
    assert kept.status_code == 409
    assert "An hour of work" in text(kept)
    assert f'action="{at(plan, "plan/edit/measure/new")}"' in text(kept)
    assert planner.get(address).status_code == 404
    assert planner.post(at(plan, "plan/edit/measure", 999_999), typed_measure(row)).status_code == 404


def test_what_was_typed_is_shown_when_the_plan_has_left_drafting_meanwhile(
    plan: Plan, planner: Client, cast: Cast
) -> None:
    plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    row = Measure.objects.first()
    places = {
        at(plan, "plan/edit/measure", row.pk): typed_measure(row, text_en="An hour of work"),
        at(plan, "plan/edit/measure/new"): typed_measure(row, text_en="An hour of work"),
        at(plan, "plan/edit/sections/general"): {"text_ru": "An hour of work", "revision": 0},
        at(plan, "plan/edit/goal"): {"goal_ru": "An hour of work", "interval": "quarter", "revision": plan.revision},
    }
    for address, values in places.items():
        kept = planner.post(address, values)
        assert kept.status_code == 409
        assert "An hour of work" in text(kept)
        assert planner.post(address, values, headers=BY_SCRIPT).status_code == 409
    assert not PlanSection.objects.filter(plan=plan).exists()


def test_a_script_moves_a_row_and_gets_no_page(plan: Plan, planner: Client) -> None:
    first, second = Measure.objects.order_by("position")
    address = at(plan, "plan/edit/measure", second.pk, "move")
    assert planner.post(address, {"to": 1}, headers=BY_SCRIPT).status_code == 204
    assert list(Measure.objects.order_by("position")) == [second, first]
    assert planner.post(address, {"to": "abc"}, headers=BY_SCRIPT).status_code == 422


BAD_TEXTS = {
    "forbidden": "bidi \u202e текст",
    "zero width": "ну\u200bль",
    "nothing but spaces": "   ",
    "a megabyte": "x" * 1_000_000,
    "too deep": "[" * 21,
    "personal data": "паспорт 4509 123456",
}


@pytest.mark.parametrize("typed", BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_a_bad_text_of_a_measure_is_an_error_of_its_field(plan: Plan, planner: Client, typed: str) -> None:
    row = Measure.objects.first()
    answer = planner.post(at(plan, "plan/edit/measure", row.pk), typed_measure(row, text_ru=typed))
    assert answer.status_code == 422
    assert 'href="#id_text_ru"' in text(answer)
    assert Measure.objects.get(pk=row.pk).revision == 1


BAD_MEASURES = {
    "30 February": {"start_date": "2026-02-30"},
    "ambiguous date": {"start_date": "10/11/2026"},
    "year 1": {"start_date": "0001-01-01"},
    "year 9999": {"end_date": "9999-12-31"},
    "end before start": {"start_date": "2026-03-02", "end_date": "2026-03-01"},
    "outside the year": {"start_date": "2025-03-02"},
    "unknown stage": {"stage": "999999"},
    "no stage": {"stage": "' OR 1=1"},
    "unknown authority": {"responsible_kinds": ["mіgration"]},
    "NUL in a code": {"indicators": ["VIO01\x00"]},
    "itself before itself": {"predecessors": ["self"]},
}


@pytest.mark.parametrize("values", BAD_MEASURES.values(), ids=BAD_MEASURES)
def test_a_bad_entry_of_a_measure_is_refused_and_keeps_the_rest(
    plan: Plan, planner: Client, values: dict[str, Any]
) -> None:
    row = Measure.objects.first()
    if "predecessors" in values:
        values = {"predecessors": [str(row.pk)]}
    answer = planner.post(
        at(plan, "plan/edit/measure", row.pk), typed_measure(row, text_en="Kept", timing="dates", **values)
    )
    assert answer.status_code == 422
    assert "There is a problem" in text(answer) and "Kept" in text(answer)
    assert Measure.objects.get(pk=row.pk).revision == 1


def test_a_stage_of_another_plan_is_unknown(plan: Plan, planner: Client, cast: Cast) -> None:
    foreign = made.drafted_plan(cast, year=2027).stages.first()
    row = Measure.objects.filter(objective__plan=plan).first()
    answer = planner.post(at(plan, "plan/edit/measure", row.pk), typed_measure(row, stage=foreign.pk))
    assert answer.status_code == 422
    assert "There is no such choice" in text(answer)


def test_a_circle_of_measures_is_named(plan: Plan, planner: Client) -> None:
    first, second = Measure.objects.order_by("position")
    address = at(plan, "plan/edit/measure", second.pk)
    assert planner.post(address, typed_measure(second, predecessors=[first.pk])).status_code == 302
    circle = planner.post(at(plan, "plan/edit/measure", first.pk), typed_measure(first, predecessors=[second.pk]))
    assert circle.status_code == 422
    assert "1.1 → 1.2 → 1.1" in text(circle)


def test_marks_of_markdown_are_drawn_and_hostile_ones_are_not(plan: Plan, planner: Client) -> None:
    words = "**Важно** [x](javascript:alert(1)) <script>alert(2)</script>\n\n- пункт"
    section = {"text_ru": words, "text_en": words, "revision": 0}
    assert planner.post(at(plan, "plan/edit/sections/general"), section).status_code == 302
    page = planner.get(at(plan, "plan")).content.decode()
    assert "<strong>Важно</strong>" in page and "<li>пункт</li>" in page
    assert "javascript:alert" not in page and "<script>alert" not in page


def test_a_plan_starts_from_the_standard_skeleton_and_says_what_it_still_lacks(planner: Client, cast: Cast) -> None:
    values = {"year": "2028", "kind": "annual", "slug": "illegal-2028", "title_ru": "Н", "title_en": "I"}
    planner.post("/operations/new/", values)
    assert "skeleton:standard" in text(planner.get("/operations/illegal-2028/plan/"))
    started = planner.post("/operations/illegal-2028/plan/start/", {"source": "skeleton:standard"})
    assert started.status_code == 302
    plan = Plan.objects.get(operation__slug="illegal-2028")
    skeleton = standard_skeleton()
    assert plan.objectives.count() == len([row for row in skeleton.rows if row.row == "objective"])
    for row in (row for row in skeleton.rows if row.row == "measure"):
        measure = Measure.objects.get(objective__plan=plan, text_ru=row.text_ru)
        assert set(measure.responsible_kinds.values_list("code", flat=True)) == set(row.responsible_kinds)
        assert set(measure.indicators.values_list("code", flat=True)) == set(row.indicators)
    page = text(planner.get("/operations/illegal-2028/plan/edit/"))
    assert "as in the standard skeleton" in page
    assert "The plan has no goal yet." in page and "has neither a stage nor dates" in page


def test_one_more_remark_keeps_what_was_typed_and_gives_no_answer(cast: Cast, plan: Plan) -> None:
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    head = signed_in(cast.heads["KG"])
    rows = {f"remarks-{row}-text": f"Замечание {row}" for row in range(3)}
    typed = {"state": "KG", "answer": "agreed_with_remarks", **rows}
    page = head.post(at(plan, "agreement/answer"), typed | {"one_more": "1"})
    assert page.status_code == 200
    assert "Замечание 2" in text(page) and 'name="remarks-3-text"' in text(page)
    typed["remarks-3-text"] = "Замечание 3"
    assert head.post(at(plan, "agreement/answer"), typed).status_code == 302
    assert plan.current_version.agreements.get().remarks.count() == 4


def test_the_list_of_operations_is_silent_about_a_draft_that_the_reader_cannot_see(cast: Cast, plan: Plan) -> None:
    assert "Draft" in text(signed_in(cast.planner).get("/operations/"))
    assert "Draft" not in text(signed_in(cast.observer).get("/operations/"))
