"""What every resource of the interface does alike: who calls, pages, parameters, failures."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from rest_framework.throttling import UserRateThrottle

from operations.models import ApiToken, AuditEntry, IdempotencyKey, Job
from tests.factories.people import PASSWORD, make_administrator, make_observer, make_officer, make_planner, make_user
from tests.factories.reference import make_agencies
from tests.operations.api.callers import Caller, with_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def observer() -> Caller:
    return Caller(make_observer())


def problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"][0].isupper() and body["detail"].endswith(".")
    return body


# --- who calls ---


def test_nobody_gets_in_without_credentials():
    response = Caller().get("indicators/")
    problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


def test_somebody_without_a_role_is_refused():
    problem(Caller(make_user("nobody")).get("indicators/"), 403, "not_allowed")


@pytest.mark.parametrize("token", ["x", "0" * 64, "\u00e9", "a b", "%00", ""])
def test_a_token_that_was_never_made_is_refused(token: str):
    response = Caller().get("indicators/", Authorization=f"Token {token}".encode().decode("latin-1"))
    assert response.status_code == 401


def test_a_token_reads_with_its_scope_and_only_with_it():
    planner = make_planner()
    assert with_token(planner, "read").get("indicators/").status_code == 200
    problem(with_token(planner, "plans:write").get("indicators/"), 403, "scope_missing")


def test_a_token_makes_no_tokens():
    problem(with_token(make_planner()).post("tokens/", {}), 403, "session_needed")


def test_a_token_is_worth_nothing_from_a_strange_address():
    planner = make_planner()
    problem(with_token(planner, "read", addresses=["192.0.2.0/24"]).get("indicators/"), 401, "authentication_failed")
    assert with_token(planner, "read", addresses=["127.0.0.1"]).get("indicators/").status_code == 200


def test_a_token_ends_with_its_owners_role():
    user = make_planner()
    caller = with_token(user)
    user.memberships.all().delete()
    problem(caller.get("indicators/"), 403, "not_allowed")


def test_the_use_of_a_token_is_noted():
    with_token(make_planner()).get("indicators/")
    assert ApiToken.objects.get().last_used_at is not None


def test_a_session_needs_its_csrf_token_to_write():
    planner = make_planner()
    problem(Caller(planner, checks_csrf=True).post("tokens/", {}), 403, "permission_denied")


# --- tokens ---


def test_a_token_is_made_shown_once_and_revoked():
    planner = make_planner()
    caller = Caller(planner)
    body = {"label": "register", "scopes": ["read"], "addresses": ["10.0.0.0/8"], "days": 30, "password": PASSWORD}
    made = caller.post("tokens/", body, idempotency_key="k1")
    assert made.status_code == 201
    assert "token" in made.json()
    again = caller.post("tokens/", body, idempotency_key="k1")
    assert again["Idempotency-Replayed"] == "true"
    assert again.json() == {name: value for name, value in made.json().items() if name != "token"}
    assert made.json()["token"] not in str(list(IdempotencyKey.objects.values()))
    listed = caller.get("tokens/").json()["results"]
    assert [row["label"] for row in listed] == ["register"]
    assert "token" not in listed[0]
    assert caller.send("DELETE", made["Location"].removeprefix("/api/v1/")).status_code == 204
    assert not ApiToken.objects.exists()
    assert list(AuditEntry.objects.order_by("-sequence").values_list("act", flat=True)[:2]) == [
        "token.revoke",
        "token.create",
    ]


def test_a_token_is_not_made_without_the_password():
    body = {"label": "register", "scopes": ["read"]}
    caller = Caller(make_planner())
    for extra in ({}, {"password": "wrong"}):
        errors = problem(caller.post("tokens/", {**body, **extra}), 400, "bad_input")["errors"]
        assert [error["code"] for error in errors] == ["reauthentication_required"]


def test_only_the_administrator_makes_and_sees_tokens_of_others():
    planner, admin = make_planner(), make_administrator()
    body = {"label": "for the planner", "scopes": ["read"], "owner": "planner", "password": PASSWORD}
    problem(Caller(make_observer()).post("tokens/", body), 403, "not_allowed")
    assert Caller(admin).post("tokens/", body).json()["owner"] == "planner"
    assert len(Caller(admin).get("tokens/").json()["results"]) == 1
    token = ApiToken.objects.get(user=planner)
    problem(Caller(make_observer("other")).send("DELETE", f"tokens/{token.token_key}/"), 404, "not_found")


def test_the_command_prints_a_token_that_works(capsys: pytest.CaptureFixture):
    make_officer(username="officer")
    call_command("create_token", "officer", "--scope", "read")
    secret = capsys.readouterr().out.strip()
    assert Caller(token=secret).get("states/").status_code == 200


# --- pages and parameters ---


def test_pages_follow_each_other_without_gap_or_repetition(observer: Caller):
    codes, address, pages = [], "indicators/?page_size=25", 0
    while address:
        page = observer.get(address).json()
        codes += [row["code"] for row in page["results"]]
        address = (page["next"] or "").partition("/api/v1/")[2]
        pages += 1
    assert pages == 3
    assert len(codes) == len(set(codes)) == 63
    assert codes[0] == "ACT01"


def test_a_page_size_beyond_the_maximum_is_clamped(observer: Caller):
    assert len(observer.get("indicators/?page_size=100000000000000000000").json()["results"]) == 63


def test_pages_go_down_as_well_as_up():
    for number in range(5):
        make_user(f"user-{number}")
    admin = make_administrator()
    for number in range(5):
        Job.objects.create(kind=f"kind-{number}", requested_by=admin, created_at=f"2026-01-0{5 - number}T00:00Z")
    caller = Caller(admin)
    first = caller.get("jobs/?page_size=3").json()
    second = caller.get(first["next"].partition("/api/v1/")[2]).json()
    assert [row["kind"] for row in first["results"] + second["results"]] == [f"kind-{number}" for number in range(5)]
    assert second["next"] is None


@pytest.mark.parametrize("cursor", ["", "x", "%00", "eyJhIjoxfQ:1tAbc:xyz", "9" * 5000])
def test_a_cursor_that_was_not_given_out_is_not_found(observer: Caller, cursor: str):
    problem(observer.get(f"indicators/?cursor={cursor}"), 404, "not_found")


def test_a_cursor_of_another_list_is_not_found(observer: Caller):
    make_agencies("RU")
    cursor = observer.get("agencies/?page_size=1").json()["next"].partition("cursor=")[2]
    problem(observer.get(f"indicators/?cursor={cursor}"), 404, "not_found")


@pytest.mark.parametrize(
    "query",
    [
        "state=abc",
        "state=%00",
        "state=",
        "state=RU&state=KZ",
        "ordering=password",
        "format=api",
        "page=1",
        "%00=1",
        "is_active=yes",
        "page_size=0",
        "page_size=-1",
        "page_size=1e3",
        "page_size=٣",
        "page_size=1&page_size=2",
    ],
)
def test_an_unknown_repeated_or_malformed_parameter_is_named(observer: Caller, query: str):
    body = problem(observer.get(f"agencies/?{query}"), 400, "bad_parameter")
    assert body["errors"][0]["parameter"]


def test_parameters_narrow_a_list(observer: Caller):
    make_agencies("RU", "KZ")
    rows = observer.get("agencies/?state=KZ&kind=border_service").json()["results"]
    assert [row["code"] for row in rows] == ["kz-border-service"]


def test_a_parameter_of_the_list_is_unknown_to_a_single_row(observer: Caller):
    problem(observer.get("indicators/VIO01/?group=violations"), 400, "bad_parameter")


# --- not there, not so ---


@pytest.mark.parametrize(
    "path", ["indicators/XXX99/", "indicators/abc/", "nothing/", "indicators/%00/", "indicators/1/2/"]
)
def test_what_is_not_there_is_one_and_the_same_404(observer: Caller, path: str):
    problem(observer.get(path), 404, "not_found")
    assert observer.get(path).content == observer.get("states/ZZ/").content


def test_a_method_that_a_door_does_not_have_is_refused(observer: Caller):
    problem(observer.post("indicators/", {}), 405, "method_not_allowed")
    problem(observer.send("OPTIONS", "indicators/"), 405, "method_not_allowed")


def test_only_json_is_spoken(observer: Caller):
    problem(observer.get("indicators/", Accept="text/html"), 406, "not_acceptable")
    problem(
        Caller(make_planner()).post("tokens/", b"<a/>", content_type="application/xml"), 415, "unsupported_media_type"
    )
    problem(
        Caller(make_planner("p2")).post("tokens/", b"{}", content_type="application/json; charset=koi8-r"),
        415,
        "unsupported_charset",
    )


def test_a_caller_who_asks_too_often_is_told_when_to_come_back(observer: Caller, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min", "anon": "2/min"})
    cache.clear()
    statuses = [observer.get("states/RU/") for _ in range(3)]
    cache.clear()
    assert [response.status_code for response in statuses] == [200, 200, 429]
    problem(statuses[-1], 429, "throttled")
    assert 1 <= int(statuses[-1]["Retry-After"]) <= 61


def test_a_failure_speaks_the_callers_language():
    caller = Caller(make_user("ru-observer", "observer", language="en"))
    assert "no such" in caller.get("states/ZZ/").json()["detail"]


def test_lists_take_a_fixed_number_of_queries(observer: Caller, django_assert_max_num_queries):
    observer.get("indicators/")
    with django_assert_max_num_queries(14):
        observer.get("indicators/")
    make_agencies()
    with django_assert_max_num_queries(11):
        observer.get("agencies/")


def test_a_reader_sees_the_audit_entries_that_are_his_to_see():
    admin = make_administrator()
    with_token(admin)
    assert Caller(make_observer()).get("audit/").json()["results"] == []
    newest = Caller(admin).get("audit/?act=token.create").json()["results"][0]
    assert newest["act"] == "token.create"
    assert newest["data"]["owner"] == "admin"
    problem(Caller(make_observer("other")).get(f"audit/{newest['sequence']}/"), 404, "not_found")


# --- the description ---


def test_the_description_is_openapi_3_1_and_lists_every_noun(observer: Caller):
    described = observer.get("schema/").json()
    assert described["openapi"].startswith("3.1")
    assert {"/api/v1/indicators/", "/api/v1/tokens/{token_key}/"} <= set(described["paths"])
    names = {one["name"] for one in described["paths"]["/api/v1/agencies/"]["get"]["parameters"]}
    assert {"state", "kind", "is_active", "cursor", "page_size"} <= names


def test_the_description_is_a_page_too(observer: Caller):
    page = observer.get("docs/", Accept="text/html")
    assert page.status_code == 200
    assert "GET /api/v1/indicators/" in page.content.decode()
    assert " style=" not in page.content.decode()
