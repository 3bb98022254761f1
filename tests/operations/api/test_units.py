"""Units and their returns through the programming interface: from the list of units to the agency's sum."""

import pytest

from operations.models import AuditEntry, Submission, Unit
from tests.factories.people import make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, cells, make_story
from tests.factories.units import UnitStory, make_unit_story
from tests.operations.api.callers import Caller, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(monkeypatch) -> UnitStory:
    told = make_unit_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: told.story.at)
    return told


def path(story: Story, more: str = "") -> str:
    return f"returns/{story.expected_return.pk}/{more}"


def rows(*codes: str) -> list[dict[str, object]]:
    return [{"code": code, "name_ru": f"Отдел {code}"} for code in codes]


def test_an_agencys_system_adds_its_units_once_however_often_it_sends_them():
    story = make_story()
    caller = with_token(story.officer)
    body = {"agency": story.agency.code, "units": rows("01", "02")}
    for _attempt in range(2):
        answer = caller.post("units/", body, idempotency_key="units-1")
        assert answer.status_code == 201
        assert [row["code"] for row in answer.json()["results"]] == ["01", "02", "central"]
    assert Unit.objects.count() == 3
    listed = caller.get(f"units/?agency={story.agency.code}&is_active=true").json()["results"]
    assert [(row["code"], row["is_central_office"]) for row in listed] == [
        ("01", False),
        ("02", False),
        ("central", True),
    ]


def test_every_fault_has_its_pointer():
    story = make_story()
    caller = with_token(story.officer)
    body = {"agency": story.agency.code, "units": [*rows("01", "01"), {"code": "я", "name_ru": "Отдел"}]}
    answer = caller.post("units/", body)
    assert answer.status_code == 400
    assert [(one["code"], one["pointer"]) for one in answer.json()["errors"]] == [
        ("duplicate", "/units/0/code"),
        ("duplicate", "/units/1/code"),
        ("bad_code", "/units/2/code"),
    ]
    bad = caller.post("units/", {"agency": story.agency.code, "units": [{"code": 1, "name_ru": "x", "state": "RU"}]})
    assert {one["pointer"] for one in bad.json()["errors"]} == {"/units/0/code", "/units/0/state"}
    assert caller.post("units/", {"agency": story.agency.code, "units": []}).status_code == 400
    assert not Unit.objects.exists()


def test_a_unit_is_renamed_retired_and_restored(told: UnitStory):
    caller = with_token(told.story.officer)
    unit = f"units/{told.units['north'].pk}/"
    assert caller.send("PATCH", unit, {"name_en": "Far north"}).json()["name_en"] == "Far north"
    assert caller.send("PATCH", unit, {"code": "x"}).status_code == 400
    assert caller.post(f"{unit}retire/").json()["is_active"] is False
    assert caller.post(f"{unit}retire/").status_code == 409
    assert [one["name"] for one in caller.get(unit).json()["transitions"]] == ["restore"]
    assert caller.post(f"{unit}restore/").json()["is_active"] is True


def test_units_of_others_are_not_there(told: UnitStory):
    for person in (make_officer(make_agency("BY")), make_head("BY"), told.story.planner):
        caller = Caller(person)
        assert caller.get("units/").json()["results"] == []
        assert caller.get(f"units/{told.units['north'].pk}/").status_code == 404
        assert caller.post("units/", {"agency": told.story.agency.code, "units": rows("9")}).status_code == 403
    assert len(Caller(told.story.head).get("units/").json()["results"]) == 3


def test_units_are_summed_and_followed(told: UnitStory):
    story = told.story
    told.accept("north", {"ACT03": 5})
    told.submit("south", {"ACT03": 7})
    caller = with_token(story.officer)
    own = caller.get("returns/?of=agencies").json()["results"]
    assert [row["id"] for row in own] == [story.expected_return.pk]
    assert [row["unit"] for row in caller.get("returns/?of=units&unit=south").json()["results"]] == ["south"]
    started = caller.post(path(story, "start/"))
    answer = caller.post(path(story, "roll-up/"), {}, if_match=started["ETag"])
    assert answer.status_code == 200
    draft = story.expected_return.submissions.get()
    assert cells(draft)["ACT03.TOTAL"] == 5
    found = Caller(story.head).get(path(story, "units/")).json()
    assert found["rolled_up"]["summed"] == {
        "counted": 1,
        "expected": 2,
        "central_office": False,
        "missing": ["south", "central"],
    }
    assert {row["unit"]: row["status"] for row in found["units"]} == {
        "north": "accepted",
        "south": "submitted",
        "central": "due",
    }
    assert Caller(story.planner).get(path(story, "units/")).status_code == 403
    assert Caller(told.officers["north"]).get(path(story, "units/")).status_code == 404


def test_figures_typed_over_a_sum_are_named_until_it_is_confirmed(told: UnitStory):
    story = told.story
    told.accept("north", {"ACT03": 5})
    caller = with_token(story.officer)
    started = caller.post(path(story, "start/"))
    cell = {"indicator": "ACT03", "value": 6}
    put = caller.send("PUT", path(story, "figures/"), {"figures": [cell]}, if_match=started["ETag"])
    refused = caller.post(path(story, "roll-up/"), {}, if_match=put["ETag"])
    assert refused.status_code == 400
    assert [one["code"] for one in refused.json()["errors"]] == ["typed_over"]
    assert caller.post(path(story, "roll-up/"), {"confirmed": "yes"}, if_match=put["ETag"]).status_code == 400
    answer = caller.post(path(story, "roll-up/"), {"confirmed": True}, if_match=put["ETag"])
    assert answer.status_code == 200
    assert caller.post(path(story, "roll-up/"), {"confirmed": True}, if_match=put["ETag"]).status_code == 412
    assert AuditEntry.objects.filter(act="submission.roll_up").count() == 1
    assert Submission.objects.filter(rolled_up_at__isnull=False).count() == 1
