"""Transitions as doors: offered with what stands in the way, taken on the revision seen, refused with reasons."""

import pytest

from operations.models import Plan
from tests.factories.operations import make_operation, make_plan, make_version
from tests.factories.people import (
    PASSWORD,
    make_council_chair,
    make_head,
    make_hq_chair,
    make_observer,
    make_planner,
    make_user,
)
from tests.operations.api.callers import Caller, with_token

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.operations.api.sample")]


@pytest.fixture
def plan() -> Plan:
    return make_plan(make_operation(2027), created_by=make_user("author"))


@pytest.fixture
def planner() -> Caller:
    return Caller(make_planner())


def test_a_row_lists_the_transitions_that_the_caller_may_take(plan: Plan, planner: Caller):
    shown = planner.get(f"samples/{plan.pk}/")
    assert shown["ETag"] == f'"{plan.revision}"'
    (offer,) = shown.json()["transitions"]
    assert (offer["name"], offer["href"]) == ("circulate", f"/api/v1/samples/{plan.pk}/circulate/")
    assert offer["label"]
    assert Caller(make_hq_chair()).get(f"samples/{plan.pk}/").json()["transitions"] == []


def test_what_stands_in_the_way_is_listed_with_the_offer_and_with_the_refusal(plan: Plan, planner: Caller):
    plan.objectives.all().delete()
    (offer,) = planner.get(f"samples/{plan.pk}/").json()["transitions"]
    refused = planner.post(f"samples/{plan.pk}/circulate/", if_match='"1"')
    assert not offer["allowed"]
    assert refused.status_code == 422
    assert refused.json()["errors"] == offer["problems"] != []


@pytest.mark.parametrize("tag", [None, "*", "1", '"x"', ""])
def test_a_transition_without_the_revision_that_was_seen_is_refused(plan: Plan, planner: Caller, tag: str | None):
    headers = {} if tag is None else {"if_match": tag}
    response = planner.post(f"samples/{plan.pk}/circulate/", **headers)
    assert response.status_code == (428 if tag in {None, "*", ""} else 412)


def test_an_older_revision_is_stale(plan: Plan, planner: Caller):
    assert planner.send("PATCH", f"samples/{plan.pk}/", {"goal_ru": "Новая цель"}, if_match='"1"').status_code == 200
    response = planner.send("PATCH", f"samples/{plan.pk}/", {"goal_ru": "Иная цель"}, if_match='"1"')
    assert (response.status_code, response.json()["code"]) == (412, "stale")
    plan.refresh_from_db()
    assert plan.goal_ru == "Новая цель"


def test_who_may_not_is_refused_and_what_is_not_there_is_not_found(plan: Plan):
    chair, head, observer = Caller(make_hq_chair()), Caller(make_head("KZ")), Caller(make_observer())
    path = f"samples/{plan.pk}/circulate/"
    assert chair.post(path, if_match='"1"').status_code == 403
    missing = head.post("samples/99999/circulate/", if_match='"1"')
    for caller in (head, observer):
        hidden = caller.post(path, if_match='"1"')
        assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_a_transition_from_another_state_is_a_conflict(plan: Plan, planner: Caller):
    response = planner.post(f"samples/{plan.pk}/withdraw/", {"comment": "Уточнить"}, if_match='"1"')
    assert (response.status_code, response.json()["code"]) == (409, "wrong_state")


def test_a_transition_answers_the_row_as_it_is_afterwards(planner: Caller):
    plan = make_plan(make_operation(2028), status=Plan.Status.IN_AGREEMENT)
    make_version(plan)
    response = planner.post(f"samples/{plan.pk}/withdraw/", {"comment": "Уточнить"}, if_match='"1"')
    assert response.status_code == 200
    assert response.json()["status"] == "draft"
    assert response["ETag"]


def test_a_transition_takes_only_what_it_declares(plan: Plan, planner: Caller):
    response = planner.post(f"samples/{plan.pk}/circulate/", {"status": "approved"}, if_match='"1"')
    assert response.status_code == 400
    assert [(error["code"], error["pointer"]) for error in response.json()["errors"]] == [("unknown_field", "/status")]


def test_an_approval_asks_for_the_password_and_takes_no_wrong_one():
    plan = make_plan(make_operation(2029), status=Plan.Status.SUBMITTED, created_by=make_user("author"))
    version = make_version(plan)
    chair = Caller(make_council_chair())
    path, body = f"samples/{plan.pk}/approve/", {"sha256": version.sha256}
    for extra in ({}, {"password": "wrong"}):
        response = chair.post(path, {**body, **extra}, if_match='"1"')
        assert response.status_code == 400
        assert "reauthentication_required" in {error["code"] for error in response.json()["errors"]}
    approved = chair.post(path, {**body, "password": PASSWORD}, if_match='"1"')
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")


def test_a_token_takes_transitions_with_the_scope_of_the_noun(plan: Plan):
    user = make_planner()
    path = f"samples/{plan.pk}/circulate/"
    assert with_token(user, "read", "returns:write").post(path, if_match='"1"').json()["code"] == "scope_missing"
    assert with_token(user, "read", "plans:write").post(path).status_code == 428
