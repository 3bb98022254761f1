"""The exchange by programming interface: a list's whole way, complaints, task forces, and the feed of the registers."""

import datetime as dt

import pytest
from django.utils import timezone

from operations.domain.moments import moscow_date
from operations.domain.tokens import TokenScope
from operations.models import ComplaintAccount, ListVerification, RegisterReading
from tests.factories.exchange import Exchange, counts
from tests.factories.operations import make_interval
from tests.factories.people import make_head, make_officer, make_planner
from tests.factories.reference import make_agency
from tests.operations.api.callers import Caller, with_token

pytestmark = pytest.mark.django_db
OPERATION = "illegal-2026"


def ago(days: int) -> str:
    return (moscow_date(timezone.now()) - dt.timedelta(days=days)).isoformat()


@pytest.fixture
def exchange(reference) -> Exchange:
    return Exchange()


# --- lists ---


def test_a_list_goes_its_way_between_two_systems(exchange: Exchange):
    sender, partner = with_token(exchange.sender), with_token(exchange.partner)
    given = {"received_by": "RU", "number": "1/26", "entries": 100, "sent_on": ago(30), "due_date": ago(1)}
    made = sender.post("lists/", {"operation": OPERATION, **given})
    assert made.status_code == 201
    row = made.json()
    assert (row["sent_by"], row["status"], row["waits_for"], row["is_overdue"]) == ("KZ", "sent", "RU", True)
    assert row["transitions"][0]["name"] == "withdraw"
    path = f"lists/{row['id']}"
    changed = sender.send("PATCH", f"{path}/", {"entries": 110}, if_match=made["ETag"])
    assert (changed.status_code, changed.json()["entries"]) == (200, 110)
    got = partner.post(f"{path}/confirm-receipt/", {"received_on": ago(28)}, if_match=changed["ETag"])
    assert got.json()["status"] == "received"
    body = {"as_of": ago(5), "outcomes": counts(LEFT=60, PENDING=40)}
    refused = partner.post(f"{path}/record-outcomes/", body, if_match=got["ETag"])
    assert refused.status_code == 400
    [error] = refused.json()["errors"]
    assert (error["code"], error["pointer"]) == ("does_not_add_up", "/outcomes")
    body["outcomes"] = {**counts(LEFT=60, PENDING=50)}
    told = partner.post(f"{path}/record-outcomes/", body, if_match=got["ETag"])
    assert (told.json()["outcomes"]["LEFT"], told.json()["outcomes_as_of"]) == (60, ago(5))
    answered = partner.post(
        f"{path}/answer/", {"answered_on": ago(0), "reason": "Ждём сведений"}, if_match=told["ETag"]
    )
    assert (answered.json()["status"], answered.json()["waits_for"]) == ("answered", None)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"entries": True}, "/entries"),
        ({"entries": "12"}, "/entries"),
        ({"entries": 0}, "/entries"),
        ({"sent_on": "2026-02-30"}, "/sent_on"),
        ({"number": "Иванов И.И. 7"}, "/number"),
        ({"number": "12\u202e"}, "/number"),
        ({"received_by": "XX"}, "/received_by"),
        ({"names": ["someone"]}, "/names"),
        ({"sent_on": "2099-01-01"}, "/sent_on"),
    ],
)
def test_what_is_wrong_with_a_list_is_told_at_its_place(exchange: Exchange, body: dict, pointer: str):
    given = {"operation": OPERATION, "received_by": "RU", "number": "7", "entries": 5, "sent_on": ago(9), **body}
    refused = with_token(exchange.sender).post("lists/", given)
    assert refused.status_code == 400
    assert pointer in {error["pointer"] for error in refused.json()["errors"]}
    assert not ListVerification.objects.exists()


def test_an_unknown_outcome_is_refused_at_its_own_pointer(exchange: Exchange):
    row = exchange.received()
    body = {"as_of": ago(0), "outcomes": {**counts(LEFT=100), "GONE": 1}}
    refused = with_token(exchange.partner).post(f"lists/{row.pk}/record-outcomes/", body, if_match=f'"{row.revision}"')
    assert [error["pointer"] for error in refused.json()["errors"]] == ["/outcomes/GONE"]


def test_the_list_of_lists_is_narrowed_and_costs_the_same_for_few_and_for_many(
    exchange: Exchange, django_assert_max_num_queries
):
    for number in range(12):
        exchange.record(exchange.received(f"5/{number}"), dt.date(2026, 6, 1), counts(LEFT=100))
    caller = Caller(make_planner())
    caller.get("lists/")
    with django_assert_max_num_queries(14):
        shown = caller.get(f"lists/?operation={OPERATION}&sent_by=KZ&status=received")
    assert len(shown.json()["results"]) == 12
    assert caller.get("lists/?status=lost").status_code == 400


# --- complaints ---


ROW = {"subject": "FORCE", "channel": "ombudsman", "carried_over": 0, "received": 3, "examined": 2, "pending": 1}


def body(*rows: dict, **fields) -> dict:
    given = {"operation": OPERATION, "agency": "ru-rights-body", "period": "Q1", "revision": 0}
    return {**given, "accounts": list(rows or (ROW,)), **fields}


def test_a_rights_body_keeps_its_accounts_with_a_token(exchange: Exchange):
    make_interval(exchange.operation, quarter=1)
    rights = with_token(make_officer(make_agency("RU", "rights_body")), TokenScope.EXCHANGE, TokenScope.READ)
    kept = rights.post("complaint-accounts/", body())
    assert kept.status_code == 200
    assert kept.json()["accounts"][0]["pending"] == 1
    stale = rights.post("complaint-accounts/", body())
    assert (stale.status_code, stale.json()["code"]) == (412, "stale")
    again = rights.post(
        "complaint-accounts/", body({**ROW, "received": 4, "pending": 2}, revision=kept.json()["revision"])
    )
    assert again.status_code == 200
    assert ComplaintAccount.objects.get().received == 4
    assert len(rights.get("complaint-accounts/?channel=ombudsman").json()["results"]) == 1
    assert Caller(make_head("RU")).get("complaint-accounts/").json()["results"] == []


def test_the_faults_of_accounts_point_into_the_body(exchange: Exchange):
    make_interval(exchange.operation, quarter=1)
    rights = with_token(make_officer(make_agency("RU", "rights_body")))
    wrong = {**ROW, "subject": "OTHER", "pending": 9}
    refused = rights.post("complaint-accounts/", body(ROW, wrong, {**ROW, "subject": "NO"}))
    assert {error["pointer"] for error in refused.json()["errors"]} == {"/accounts/1/pending", "/accounts/2"}
    refused = rights.post("complaint-accounts/", body(ROW, ROW))
    assert [error["code"] for error in refused.json()["errors"]] == ["duplicate"]
    assert rights.post("complaint-accounts/", body(agency="kz-rights-body")).status_code == 404
    assert rights.post("complaint-accounts/", body(period="Q9")).status_code == 404
    assert not ComplaintAccount.objects.exists()


# --- task forces ---


def test_a_task_force_is_made_accounted_for_and_hidden_from_the_others(exchange: Exchange):
    planner = Caller(exchange.planner)
    made = planner.post("task-forces/", {"name_ru": "Группа", "name_en": "Group", "states": ["RU", "KZ"]})
    assert (made.status_code, made.json()["code"]) == (201, "TF-KZ-RU")
    days = {"start_date": ago(40), "end_date": ago(10)}
    given = {"task_force": "TF-KZ-RU", "operation": OPERATION, **days}
    given |= {"carried_over": 0, "taken_up": 3, "settled": 1, "still_open": 2}
    head = Caller(exchange.partner_head)
    assert head.post("task-force-accounts/", {**given, "settled": 2}).status_code == 400
    kept = head.post("task-force-accounts/", given)
    assert kept.status_code == 201
    path = f"task-force-accounts/{kept.json()['id']}/"
    changed = head.send("PATCH", path, {"settled": 2, "still_open": 1}, if_match=kept["ETag"])
    assert (changed.status_code, changed.json()["still_open"]) == (200, 1)
    stranger = Caller(make_head("TJ"))
    assert stranger.get("task-forces/TF-KZ-RU/").status_code == 404
    assert stranger.get(path).status_code == 404
    assert stranger.get("task-forces/").json()["results"] == []


# --- the feed of the registers ---


def moment(hours: float) -> str:
    return (timezone.now() - dt.timedelta(hours=hours)).replace(microsecond=0).isoformat()


@pytest.fixture
def feed(reference) -> Caller:
    return with_token(make_officer(make_agency("RU", "migration_authority")), TokenScope.REGISTERS)


def test_a_system_feeds_its_register_and_may_send_a_reading_twice(feed: Caller):
    reading = {"persons": 775_000, "as_of": moment(1)}
    first, again = feed.post("register-readings/", reading), feed.post("register-readings/", reading)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert (first.json()["state"], first.json()["is_latest"]) == ("RU", True)
    other = feed.post("register-readings/", {**reading, "persons": 775_001})
    assert (other.status_code, other.json()["code"]) == (409, "another_value")
    late = feed.post("register-readings/", {"persons": 774_000, "as_of": moment(9)})
    assert (late.status_code, late.json()["is_latest"]) == (201, False)


def test_a_reading_with_an_idempotency_key_is_answered_as_the_first_time(feed: Caller):
    reading = {"persons": 5, "as_of": moment(1)}
    answers = [feed.post("register-readings/", reading, idempotency_key="feed-1") for _time in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[1]["Idempotency-Replayed"] == "true"
    reused = feed.post("register-readings/", {**reading, "persons": 6}, idempotency_key="feed-1")
    assert reused.status_code == 422
    assert RegisterReading.objects.count() == 1


@pytest.mark.parametrize(
    ("reading", "pointer"),
    [
        ({"persons": 5, "as_of": "2026-10-05T12:00:00"}, "/as_of"),
        ({"persons": 5, "as_of": "2026-10-05"}, "/as_of"),
        ({"persons": 5, "as_of": "2099-10-05T12:00:00+03:00"}, "/as_of"),
        ({"persons": 5, "as_of": "2015-10-05T12:00:00+03:00"}, "/as_of"),
        ({"persons": -1}, "/persons"),
        ({"persons": 1.5}, "/persons"),
        ({"persons": "5"}, "/persons"),
        ({"persons": True}, "/persons"),
        ({"persons": 10**12}, "/persons"),
        ({"as_of": None}, "/as_of"),
        ({"name": "someone"}, "/name"),
    ],
)
def test_a_reading_that_cannot_be_taken_says_what_is_wrong(feed: Caller, reading: dict, pointer: str):
    refused = feed.post("register-readings/", {"persons": 5, "as_of": moment(1), **reading})
    assert refused.status_code == 400
    assert pointer in {error["pointer"] for error in refused.json()["errors"]}
    assert not RegisterReading.objects.exists()


def test_a_token_feeds_its_own_register_with_its_own_scope_and_nothing_else(feed: Caller):
    reading = {"persons": 5, "as_of": moment(1)}
    assert feed.post("register-readings/", {**reading, "state": "KZ"}).status_code == 403
    assert feed.get("register-readings/").json()["code"] == "scope_missing"
    reader = with_token(make_officer(make_agency("RU")), TokenScope.READ, TokenScope.RETURNS)
    assert reader.post("register-readings/", reading).json()["code"] == "scope_missing"
    feed.post("register-readings/", reading)
    assert [row["persons"] for row in reader.get("register-readings/?state=RU").json()["results"]] == [5]
    assert reader.get(f"register-readings/?from={ago(1)}&to={ago(0)}").status_code == 200
    assert Caller(make_head("KZ")).get("register-readings/").json()["results"] == []
