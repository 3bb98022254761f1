"""Meetings by API: the parts of a record corrected, moved and taken out until it is signed; a term ended early."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from operations.domain.moments import moscow_date
from operations.models import ChairTerm, Decision, Meeting
from tests.factories.minutes import recorded_meeting, signed_meeting
from tests.factories.people import PASSWORD, Cast
from tests.operations.api.callers import Caller, with_token

pytestmark = pytest.mark.django_db


def tag(caller: Caller, address: str) -> str:
    return str(caller.get(address).headers["ETag"])


def rows_of(meeting: Meeting) -> dict[str, Any]:
    item = meeting.agenda.get()
    return {"agenda-items": item, "attendances": meeting.attendances.get(), "decisions": item.decisions.first()}


CORRECTIONS: dict[str, dict[str, Any]] = {
    "agenda-items": {"title_ru": "О плане и сроках"},
    "attendances": {"name_ru": "А. Б. Ахметова", "state": None, "body": "IHQ"},
    "decisions": {"text_ru": "Согласовать с замечаниями", "responsible_states": ["AM", "KZ"], "due_date": "2026-04-01"},
}


@pytest.mark.parametrize("noun", CORRECTIONS)
def test_a_part_is_corrected_with_its_revision_and_not_without(cast: Cast, noun: str) -> None:
    row, clerk = rows_of(recorded_meeting(cast))[noun], with_token(cast.assistant)
    address = f"{noun}/{row.pk}/"
    assert clerk.send("PATCH", address, CORRECTIONS[noun]).status_code == 428
    saved = clerk.send("PATCH", address, CORRECTIONS[noun], if_match=tag(clerk, address))
    assert saved.status_code == 200, saved.json()
    assert saved.headers["ETag"] == '"2"'
    assert {name: saved.json()[name] for name in CORRECTIONS[noun]} == CORRECTIONS[noun]
    assert clerk.send("PATCH", address, CORRECTIONS[noun], if_match='"1"').status_code == 412


@pytest.mark.parametrize("noun", CORRECTIONS)
def test_nothing_is_corrected_moved_or_taken_out_once_the_minutes_are_signed(cast: Cast, noun: str) -> None:
    row, clerk = rows_of(signed_meeting(cast))[noun], with_token(cast.planner)
    address = f"{noun}/{row.pk}/"
    answers = [
        clerk.send("PATCH", address, CORRECTIONS[noun], if_match='"1"'),
        clerk.send("DELETE", address, if_match='"1"'),
    ]
    if noun != "attendances":
        answers.append(clerk.post(f"{address}move/", {"to": 1}, if_match='"1"'))
    assert [answer.status_code for answer in answers] == [422] * len(answers)
    assert {answer.json()["errors"][0]["code"] for answer in answers} == {"signed"}


@pytest.mark.parametrize(
    ("noun", "given", "field"),
    [
        ("agenda-items", {"title_ru": "  "}, "title_ru"),
        ("agenda-items", {"title_ru": "раз\nдва"}, "title_ru"),
        ("agenda-items", {"heard_ru": "я" * 20_001}, "heard_ru"),
        ("agenda-items", {"position": 2}, "position"),
        ("attendances", {"name_ru": "Москва\u202e"}, "name_ru"),
        ("attendances", {"state": "XX"}, "state"),
        ("attendances", {"state": None}, "state"),
        ("decisions", {"due_date": "2026-02-30"}, "due_date"),
        ("decisions", {"due_date": "10/11/2026"}, "due_date"),
        ("decisions", {"due_date": "9999-01-01"}, "due_date"),
        ("decisions", {"responsible_states": ["XX"]}, "responsible_states"),
        ("decisions", {"progress": "done"}, "progress"),
    ],
)
def test_a_bad_correction_names_its_field(cast: Cast, noun: str, given: dict[str, Any], field: str) -> None:
    row, clerk = rows_of(recorded_meeting(cast))[noun], with_token(cast.planner)
    answer = clerk.send("PATCH", f"{noun}/{row.pk}/", given, if_match='"1"')
    assert answer.status_code == 400
    assert [error["pointer"].split("/")[1] for error in answer.json()["errors"]] == [field]


def test_items_and_decisions_change_places_and_an_item_goes_once_nothing_is_decided_on_it(cast: Cast) -> None:
    meeting, clerk = recorded_meeting(cast), with_token(cast.planner)
    found = clerk.get(f"decisions/?meeting={meeting.pk}").json()["results"]
    first, second = (row["id"] for row in found)
    moved = clerk.post(f"decisions/{second}/move/", {"to": 1}, if_match='"1"')
    assert (moved.status_code, moved.json()["position"]) == (200, 1)
    assert clerk.post(f"decisions/{second}/move/", {"to": 0}, if_match='"1"').status_code == 400
    item = f"agenda-items/{meeting.agenda.get().pk}/"
    assert clerk.send("DELETE", item, if_match='"1"').status_code == 400
    for pk in (first, second):
        assert clerk.send("DELETE", f"decisions/{pk}/", if_match='"1"').status_code == 204
    assert clerk.send("DELETE", item, if_match='"1"').status_code == 204
    assert clerk.get(item).status_code == 404
    assert not Decision.objects.exists()


def test_minutes_are_signed_by_api_with_the_password(cast: Cast) -> None:
    meeting, chair = recorded_meeting(cast), with_token(cast.hq_chair)
    address = f"meetings/{meeting.pk}/"
    assert chair.post(f"{address}sign/", {"password": "wrong"}, if_match=tag(chair, address)).status_code == 400
    signed = chair.post(f"{address}sign/", {"password": PASSWORD}, if_match=tag(chair, address))
    assert (signed.status_code, signed.json()["signed_by"]) == (200, cast.hq_chair.username)


def test_a_term_is_ended_early_by_api_and_never_back(cast: Cast) -> None:
    today = moscow_date(timezone.now())
    ChairTerm.objects.update(from_date=today - dt.timedelta(days=30), until_date=today + dt.timedelta(days=30))
    term, chair = ChairTerm.objects.get(), with_token(cast.hq_chair)
    address = f"chair-terms/{term.pk}/"
    assert chair.get("chair-terms/").json()["results"][0]["transitions"][0]["name"] == "end"
    given = {"until_date": today.isoformat(), "comment": "Перешёл на другую работу"}
    assert chair.post(f"{address}end/", given).status_code == 428
    for bad in ({"until_date": (today - dt.timedelta(days=1)).isoformat()}, {"until_date": "2026-02-30"}):
        refused = chair.post(f"{address}end/", given | bad, if_match='"1"')
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (400, "/until_date")
    ended = chair.post(f"{address}end/", given, if_match='"1"')
    assert (ended.status_code, ended.json()["until_date"], ended.headers["ETag"]) == (200, today.isoformat(), '"2"')
    assert chair.post(f"{address}end/", given, if_match='"2"').status_code == 422
