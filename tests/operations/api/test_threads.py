"""Queries, comments, vintages and unusual figures in the programming interface."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from operations.domain.moments import moscow_date
from operations.models import Comment, Query, Submission
from tests.factories.operations import make_submission
from tests.factories.reporting import Story, make_story
from tests.operations.api.callers import Caller

pytestmark = pytest.mark.django_db
TOMORROW = (moscow_date(timezone.now()) + dt.timedelta(days=1)).isoformat()


@pytest.fixture
def story() -> Story:
    story = make_story()
    for number, status in enumerate(("returned", "accepted"), start=1):
        make_submission(
            story.expected_return,
            entered_by=story.officer,
            status=status,
            number=number,
            values={"VIO01": 5 * number, "VIO02": 5},
        )
    return story


def put(story: Story, noun: str, **given: Any) -> Any:
    body = {"expected_return": story.expected_return.pk, "text": "Уточните", **given}
    return Caller(story.planner).post(f"{noun}/", body)


def test_a_query_goes_from_question_to_settlement_with_the_transitions_listed(story: Story):
    created = put(story, "queries", cell="VIO01.TOTAL", due_date=TOMORROW)
    assert created.status_code == 201
    row = created.json()
    assert (row["status"], row["cell"], row["is_overdue"]) == ("open", "VIO01.TOTAL", False)
    assert [one["name"] for one in row["transitions"]] == ["settle"]
    address = created["Location"].removeprefix("/api/v1/")
    officer = Caller(story.officer)
    seen = officer.get(address)
    assert [one["name"] for one in seen.json()["transitions"]] == ["answer"]
    answered = officer.post(f"{address}answer/", {"text": "Верно"}, if_match=seen["ETag"])
    assert (answered.status_code, answered.json()["status"]) == (200, "answered")
    planner = Caller(story.planner)
    assert planner.post(f"{address}settle/", {}).status_code == 428
    assert planner.post(f"{address}settle/", {}, if_match=seen["ETag"]).status_code == 412
    settled = planner.post(f"{address}settle/", {}, if_match=answered["ETag"])
    assert settled.json()["status"] == "settled"
    assert [turn["kind"] for turn in settled.json()["turns"]] == ["asked", "answered", "settled"]


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"text": ""}, "/text", "required"),
        ({"text": "гр. Иванов И. И."}, "/text", "personal_data"),
        ({"text": 5}, "/text", None),
        ({"due_date": "2020-01-01"}, "/due_date", "in_the_past"),
        ({"due_date": "01.02.2030"}, "/due_date", None),
        ({"cell": "NOPE.TOTAL"}, "/cell", "unknown_cell"),
        ({"status": "settled"}, "/status", "unknown_field"),
        ({"expected_return": "1"}, "/expected_return", None),
    ],
)
def test_bad_input_is_answered_with_its_pointer(story: Story, given: dict, pointer: str, code: str | None):
    answer = put(story, "queries", **{"due_date": TOMORROW, **given})
    assert answer.status_code == 400
    errors = {one.get("pointer"): one["code"] for one in answer.json()["errors"]}
    assert pointer in errors and (code is None or errors[pointer] == code)
    assert not Query.objects.exists()


def test_a_comment_is_kept_and_its_flag_settled(story: Story):
    created = put(story, "comments", cell="VIO01.TOTAL", needs_follow_up=True)
    row = created.json()
    assert (created.status_code, row["cell"], row["submission"], row["is_flagged"]) == (201, "VIO01.TOTAL", 2, True)
    address = created["Location"].removeprefix("/api/v1/")
    assert [one["name"] for one in row["transitions"]] == ["settle"]
    listed = Caller(story.officer).get("comments/?needs_follow_up=true&settled=false").json()["results"]
    assert [one["id"] for one in listed] == [row["id"]]
    settled = Caller(story.head).post(f"{address}settle/", {"note": "Верно"})
    assert (settled.json()["is_flagged"], settled.json()["settled_note"]) == (False, "Верно")
    assert Caller(story.officer).get("comments/?settled=false").json()["results"] == []
    assert Caller(story.head).post(f"{address}settle/", {}).status_code == 409
    for method in ("PUT", "PATCH", "DELETE"):
        assert Caller(story.head).send(method, address, {}).status_code == 405
    assert Comment.objects.count() == 1


def test_every_vintage_is_read_and_any_two_compared(story: Story):
    client, address = Caller(story.officer), f"returns/{story.expected_return.pk}"
    values = {
        number: {one["indicator"]: one["value"] for one in client.get(f"{address}/figures/{query}").json()["figures"]}
        for number, query in ((1, "?submission=1"), (2, "?submission=2"), (3, ""))
    }
    assert [values[number]["VIO01"] for number in (1, 2, 3)] == [5, 10, 10]
    compared = client.get(f"{address}/compare/?from=1&to=2").json()
    assert compared["changes"] == [
        {
            "cell": "VIO01.TOTAL",
            "before": {"state": "value", "value": 5, "note": ""},
            "after": {"state": "value", "value": 10, "note": ""},
        }
    ]
    assert client.get(f"{address}/compare/").json() == compared
    assert client.get(f"{address}/compare/?from=9").status_code == 404
    assert client.get(f"{address}/compare/?from=x").status_code == 400
    assert client.get(f"{address}/figures/?submission=9").status_code == 404


def test_unusual_figures_are_told_with_what_each_method_says(story: Story):
    found = Caller(story.officer).get(f"returns/{story.expected_return.pk}/unusual/").json()
    assert found == {"is_compared": True, "is_by_day": False, "numbers": 2, "comparable": 0, "figures": []}


def test_lists_take_a_constant_number_of_queries(story: Story, django_assert_max_num_queries):
    client = Caller(story.planner)
    for noun, given in (("queries", {"due_date": TOMORROW}), ("comments", {"needs_follow_up": True})):
        put(story, noun, **given)
        client.get(f"{noun}/")
        with django_assert_max_num_queries(24) as few:
            client.get(f"{noun}/")
        at_first = len(few)  # each further request starts the log anew
        for _one in range(4):
            put(story, noun, cell="VIO02.TOTAL", **given)
        with django_assert_max_num_queries(at_first):
            client.get(f"{noun}/")
    assert Submission.objects.count() == 2
