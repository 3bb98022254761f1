"""Plans by API: the whole way from an operation to the approval, revisions, and the draft that others do not see."""

from typing import Any

import pytest

from operations.domain import plans
from operations.models import Measure, Plan, ReportingPeriod
from tests.factories import plans as made
from tests.factories.people import PASSWORD, Cast
from tests.factories.reference import make_agency
from tests.operations.api.callers import Caller, with_token

pytestmark = pytest.mark.django_db


def take(caller: Caller, plan: int, name: str, data: Any = None) -> Any:
    """A transition of the plan, named with the revision as it stands."""
    return caller.post(f"plans/{plan}/{name}/", data, if_match=caller.get(f"plans/{plan}/").headers["ETag"])


def test_the_whole_way_goes_by_api(cast: Cast) -> None:
    make_agency("RU")
    planner = with_token(cast.planner)
    year = {"slug": "illegal-2026", "kind": "annual", "year": 2026, "title_ru": "Н", "title_en": "I"}
    absent = [{"state": "TJ", "ru": "По решению", "en": "By decision"}]
    assert planner.post("operations/", year | {"absent": absent}).status_code == 201
    assert planner.post("operations/illegal-2026/start-plan/", {}).status_code == 200
    plan = planner.get("plans/?operation=illegal-2026").json()["results"][0]["id"]
    goal = planner.send("PATCH", f"plans/{plan}/", {"goal_ru": "Цель", "goal_en": "Goal"}, if_match='"1"')
    assert goal.status_code == 200, goal.json()
    assert (
        planner.post(f"plans/{plan}/section/", {"kind": "general", "revision": 0, "text_ru": "Да"}).status_code == 200
    )
    days = {"kind": "active", "name_ru": "Этап", "start_date": "2026-06-15", "end_date": "2026-06-24"}
    stage = planner.post("stages/", {"plan": plan, **days}).json()["id"]
    window = {"plan": plan, "stage": stage, "state": "AM", "start_date": "2026-06-16", "end_date": "2026-06-20"}
    assert planner.post("stage-windows/", window).status_code == 201
    objective = planner.post("objectives/", {"plan": plan, "text_ru": "Задача"}).json()["id"]
    measure = made.measure_values(1, objective=objective, stage=stage, plan=plan)
    assert planner.post("measures/", measure).status_code == 201
    assert not [found for found in planner.get(f"plans/{plan}/checks/").json() if found["blocks"]]
    assert take(planner, plan, "circulate").json()["status"] == "in_agreement"
    for code in ("AM", "BY", "KZ", "RU"):
        answered = take(with_token(cast.heads[code]), plan, "respond", {"state": code, "answer": "agreed"})
        assert answered.status_code == 200, answered.json()
    head = with_token(cast.heads["KG"])
    remarks = {"state": "KG", "answer": "agreed_with_remarks", "remarks": [{"place": "1.1", "text": "Уточнить"}]}
    assert take(head, plan, "respond", remarks).status_code == 200
    remark = head.get("agreements/?state=KG").json()["results"][0]["remarks"][0]["id"]
    reply = {"remark": remark, "disposition": "taken", "reply": "Учтено"}
    assert take(planner, plan, "answer-remark", reply).status_code == 200
    assert take(head, plan, "confirm-remark", {"remark": remark}).status_code == 200
    assert [row["counts"] for row in planner.get(f"plans/{plan}/board/").json() if row["takes_part"]] == [True] * 5
    meeting = {"body": "IHQ", "number": 1, "held_on": "2026-02-12", "operation": "illegal-2026"}
    held = planner.post("meetings/", meeting).json()["id"]
    chair, council = with_token(cast.hq_chair), with_token(cast.council_chair)
    assert take(chair, plan, "record-agreement", {"meeting": held}).json()["agreed_at_meeting"] == held
    assert take(chair, plan, "submit").status_code == 200
    shown = council.get(f"plans/{plan}/").json()
    assert {offer["name"] for offer in shown["transitions"]} == {"approve", "return"}
    sha256 = shown["versions"][-1]["sha256"]
    assert council.get(f"plans/{plan}/text/").json()["sha256"] == sha256
    approved = take(council, plan, "approve", {"sha256": sha256, "password": PASSWORD})
    assert approved.json()["status"] == "approved"
    assert ReportingPeriod.objects.filter(code="S1-FINAL").exists()


def test_an_approval_with_another_hash_is_409_with_a_wrong_password_400_and_twice_409(cast: Cast) -> None:
    plan = made.submitted_plan(cast)
    council, sha256 = Caller(cast.council_chair), plan.current_version.sha256
    wrong = take(council, plan.pk, "approve", {"sha256": sha256, "password": "no"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (400, "/password")
    assert take(council, plan.pk, "approve", {"sha256": "0" * 64, "password": PASSWORD}).status_code == 409
    assert take(council, plan.pk, "approve", {"sha256": sha256, "password": PASSWORD}).status_code == 200
    assert take(council, plan.pk, "approve", {"sha256": sha256, "password": PASSWORD}).status_code == 409


def test_an_edit_names_its_revision_and_an_older_one_is_refused(cast: Cast) -> None:
    made.drafted_plan(cast)
    row = Measure.objects.first()
    planner = with_token(cast.planner)
    assert planner.send("PATCH", f"measures/{row.pk}/", {"text_en": "A"}).status_code == 428
    assert planner.send("PATCH", f"measures/{row.pk}/", {"text_en": "A"}, if_match='"1"').status_code == 200
    assert planner.send("PATCH", f"measures/{row.pk}/", {"text_en": "B"}, if_match='"1"').status_code == 412
    assert planner.send("DELETE", f"measures/{row.pk}/", if_match='"2"').status_code == 204


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"start_date": "10/11/2026"}, "/start_date", "bad_date"),
        ({"start_date": "15.06.2026"}, "/start_date", "bad_date"),
        ({"start_date": "2026-02-30"}, "/start_date", "bad_date"),
        ({"number": "1"}, "/number", "not_integer"),
        ({"number": True}, "/number", "not_integer"),
        ({"end_date": "2026-06-01"}, "/end_date", "end_before_start"),
        ({"status": "approved"}, "/status", "unknown_field"),
        ({"name_ru": ""}, "/name_ru", "required"),
        ({"name_en": "\u202e"}, "/name_en", "invisible_characters"),
    ],
)
def test_bad_input_is_400_with_code_and_pointer(cast: Cast, given: dict[str, Any], pointer: str, code: str) -> None:
    stage = made.drafted_plan(cast).stages.get(number=1)
    answer = with_token(cast.planner).send("PATCH", f"stages/{stage.pk}/", given, if_match='"1"')
    assert answer.status_code == 400
    assert [(error["pointer"], error["code"]) for error in answer.json()["errors"]] == [(pointer, code)]


def test_a_draft_and_its_rows_are_not_there_for_others(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    stage = plan.stages.first().pk
    for person in (cast.heads["RU"], cast.observer):
        caller = with_token(person)
        missing = caller.get("stages/999999/").content
        assert caller.get(f"stages/{stage}/").content == missing
        assert caller.get(f"plans/{plan.pk}/").status_code == 404
        assert caller.get("measures/").json()["results"] == []


def test_the_draft_of_an_amendment_is_hidden_and_the_text_in_force_is_read(cast: Cast) -> None:
    plan = made.approved_plan(cast)
    plan = plans.amend_plan(plan=plan, comment="Проба", actor=cast.planner, at=made.moment())
    values = {"goal_ru": "Тайная цель", "goal_en": "A secret goal"}
    plans.change_goal(plan=plan, revision=plan.revision, values=values, actor=cast.planner, at=made.moment())
    observer = with_token(cast.observer)
    assert observer.get(f"plans/{plan.pk}/").json()["goal_en"] == "The goal of “Illegal-2026”"
    assert observer.get(f"plans/{plan.pk}/text/").json()["version"] == 1
    assert observer.get("stages/").json()["results"] == []
    assert with_token(cast.planner).get(f"plans/{plan.pk}/").json()["goal_en"] == "A secret goal"


def test_a_plan_is_copied_and_its_rows_move(cast: Cast) -> None:
    made.drafted_plan(cast)
    planner = with_token(cast.planner)
    year = {"slug": "illegal-2027", "kind": "annual", "year": 2027, "title_ru": "Н", "title_en": "I"}
    planner.post("operations/", year)
    assert planner.post("operations/illegal-2027/start-plan/", {"copy_of": "nowhere"}).status_code == 400
    assert planner.post("operations/illegal-2027/start-plan/", {"copy_of": "illegal-2026"}).status_code == 200
    copy = Plan.objects.get(operation__slug="illegal-2027")
    second = Measure.objects.get(objective__plan=copy, position=2)
    moved = planner.post(f"measures/{second.pk}/move/", {"to": 1}, if_match='"1"')
    assert (moved.status_code, moved.json()["position"]) == (200, 1)


def test_a_meeting_is_recorded_by_api(cast: Cast) -> None:
    caller = with_token(cast.assistant)
    made_meeting = caller.post("meetings/", {"body": "COUNCIL", "number": 28, "held_on": "2026-02-10"})
    address, tag = f"meetings/{made_meeting.json()['id']}", {"if_match": made_meeting.headers["ETag"]}
    item = caller.post(f"{address}/add-item/", {"title_ru": "О плане"}, **tag).json()["agenda"][0]["id"]
    decision = {"item": item, "text_ru": "Утвердить", "due_date": "2026-03-01", "responsible_bodies": ["IHQ"]}
    decided = caller.post(f"{address}/decide/", decision, **tag)
    assert decided.json()["agenda"][0]["decisions"][0]["responsible_bodies"] == ["IHQ"]
    election = {"holder": "head-kg", "state": "KG", "from_date": "2100-01-01", "until_date": "2100-06-01"}
    assert caller.post(f"{address}/elect-chair/", election, **tag).status_code == 403
    assert with_token(cast.hq_chair).post(f"{address}/elect-chair/", election, **tag).status_code == 200
