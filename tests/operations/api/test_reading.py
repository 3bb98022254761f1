"""Bodies that look like JSON, headers that make a request safe to repeat, and fields that do not guess."""

import json

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from rest_framework import serializers

from operations.api import fields
from operations.api.parsing import parse_json
from operations.api.problems import Refused, pointer
from operations.api.serializers import StrictInput
from operations.models import ApiToken, IdempotencyKey
from tests.factories.people import PASSWORD, make_observer, make_planner
from tests.operations.api.callers import Caller

BODY = {"label": "register", "scopes": ["read"], "password": PASSWORD}


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"[" * 100_000, "too_deep"),
        (b'{"a":' * 100_000, "too_deep"),
        (b"[" * 21 + b"]" * 21, "too_deep"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": {"b": 1, "b": 1}}', "duplicate_key"),
        (b'{"a": NaN}', "not_json"),
        (b'{"a": -Infinity}', "not_json"),
        (b'{"a": 1e999}', "not_json"),
        (b'{"a": 1_000}', "not_json"),
        (b'{"a": ' + b"9" * 5000 + b"}", "not_json"),
        (b'{"a": "\\u0000"}', "unstorable_text"),
        (b'{"a": ["x", "\\ud800"]}', "unstorable_text"),
        (b'{"\\udfff": 1}', "unstorable_text"),
        (b'{"a": "\xff"}', "not_utf8"),
        (b"\xef\xbb\xbf{}", "not_json"),
        (b"{", "not_json"),
        (b"", "not_json"),
        (b"{} {}", "not_json"),
        (b"{'a': 1}", "not_json"),
    ],
)
def test_what_only_looks_like_json_is_refused(raw: bytes, code: str):
    with pytest.raises(Refused) as caught:
        parse_json(raw)
    assert (caught.value.status_code, caught.value.code) == (400, code)


def test_the_place_of_text_that_cannot_be_stored_is_pointed_at():
    with pytest.raises(Refused) as caught:
        parse_json(b'{"a/b": ["x", "\\u0000"]}')
    assert caught.value.errors[0]["pointer"] == "/a~1b/1"


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**30), 10**30)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text('abc[]{}"\\', max_size=4), inner, max_size=4)
        ),
        max_leaves=15,
    )
)
def test_every_proper_json_value_is_read_as_it_is(value):
    assert parse_json(json.dumps(value).encode()) == value


def test_a_pointer_escapes_what_would_be_read_as_a_step():
    assert pointer(["a/b", "c~d", 0]) == "/a~1b/c~0d/0"


class Sample(StrictInput):
    text = fields.StrictText(max_length=10, required=False)
    lines = fields.StrictText(max_length=10, lines=True, allow_blank=True, required=False)
    number = fields.StrictInteger(max_value=10**6, required=False)
    flag = fields.StrictBoolean(required=False)
    day = fields.StrictDate(required=False)
    moment = fields.StrictMoment(required=False)
    many = serializers.ListField(child=fields.StrictInteger(), required=False)


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("text", 1, "not_text"),
        ("text", "", "required"),
        ("text", "  \u00a0 ", "required"),
        ("text", "x" * 11, "too_long"),
        ("text", "x" * 1_000_000, "too_long"),
        ("text", "a\u202eb", "invisible_characters"),
        ("text", "a\u200bb", "invisible_characters"),
        ("text", "a\x07b", "invisible_characters"),
        ("text", "a\nb", "line_break"),
        ("text", None, "null"),
        ("number", "12", "not_integer"),
        ("number", True, "not_integer"),
        ("number", 1.0, "not_integer"),
        ("number", -1, "too_small"),
        ("number", 10**30, "too_large"),
        ("flag", 1, "not_boolean"),
        ("flag", "true", "not_boolean"),
        ("day", "2026-02-30", "bad_date"),
        ("day", "10/11/2026", "bad_date"),
        ("day", "0001-01-01", "bad_date"),
        ("day", "9999-12-31", "bad_date"),
        ("day", "٢٠٢٦-01-01", "bad_date"),
        ("moment", "2026-06-15T10:00:00", "bad_moment"),
        ("moment", "2026-06-15", "bad_moment"),
        ("moment", "2026-06-15T25:00:00Z", "bad_moment"),
        ("status", "approved", "unknown_field"),
    ],
)
def test_a_field_takes_its_own_type_and_does_not_guess(member: str, value, code: str):
    sample = Sample(data={member: value})
    assert not sample.is_valid()
    details = sample.errors[member]
    assert [detail.code for detail in details] == [code]


def test_every_fault_of_a_body_is_told_at_once():
    sample = Sample(data={"text": "", "number": "1", "day": "x", "status": 1, "many": [1, "2"]})
    assert not sample.is_valid()
    assert set(sample.errors) == {"text", "number", "day", "status", "many"}


def test_text_is_stored_composed_and_trimmed():
    sample = Sample(data={"text": " Й\u0306и\u0306 ", "lines": "a\nb"})
    assert sample.is_valid()
    assert sample.validated_data["text"] == "Й\u0306й"


@pytest.mark.parametrize("body", [[], "text", 1, None, True])
def test_a_body_of_another_kind_is_refused(body):
    assert not Sample(data=body).is_valid()


# --- the same request twice ---

pytestmark = pytest.mark.django_db


def test_the_same_key_carries_a_request_out_once():
    caller = Caller(make_planner())
    first, second = (caller.post("tokens/", BODY, idempotency_key="one") for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert second["Location"] == first["Location"]
    assert ApiToken.objects.count() == 1


def test_the_same_key_with_another_body_is_refused():
    caller = Caller(make_planner())
    caller.post("tokens/", BODY, idempotency_key="one")
    response = caller.post("tokens/", {**BODY, "label": "another"}, idempotency_key="one")
    assert (response.status_code, response.json()["code"]) == (422, "key_reused")


def test_a_key_whose_first_request_is_still_running_is_a_conflict():
    planner = make_planner()
    caller = Caller(planner)
    caller.post("tokens/", BODY, idempotency_key="one")
    IdempotencyKey.objects.update(status_code=None)
    response = caller.post("tokens/", BODY, idempotency_key="one")
    assert (response.status_code, response.json()["code"]) == (409, "key_in_flight")


def test_a_key_that_was_abandoned_can_be_used_again():
    caller = Caller(make_planner())
    caller.post("tokens/", BODY, idempotency_key="one")
    IdempotencyKey.objects.update(status_code=None, created_at=timezone.now() - timezone.timedelta(minutes=11))
    assert caller.post("tokens/", BODY, idempotency_key="one").status_code == 201


def test_a_refused_request_may_be_mended_and_sent_under_its_key():
    caller = Caller(make_planner())
    assert caller.post("tokens/", {**BODY, "label": ""}, idempotency_key="one").status_code == 400
    assert caller.post("tokens/", BODY, idempotency_key="one").status_code == 201


def test_a_key_belongs_to_its_caller():
    Caller(make_planner()).post("tokens/", BODY, idempotency_key="one")
    assert Caller(make_observer()).post("tokens/", BODY, idempotency_key="one").status_code == 201
    assert ApiToken.objects.count() == 2


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 101, "\u00e9"])
def test_a_key_is_plain_and_short(key: str):
    response = Caller(make_planner()).post("tokens/", BODY, idempotency_key=key)
    assert (response.status_code, response.json()["errors"][0]["header"]) == (400, "Idempotency-Key")


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"[" * 100_000, 400), (b"[]", 400), (b'"text"', 400), (b"{} ", 400), (b"x" * (6 * 1024 * 1024), 413)],
)
def test_a_strange_body_is_a_problem_and_never_a_crash(raw: bytes, status: int):
    caller = Caller(make_planner())
    for headers in ({}, {"idempotency_key": "one"}):
        assert caller.post("tokens/", raw, **headers).status_code == status


def test_a_form_with_a_key_is_refused_as_another_type():
    response = Caller(make_planner()).post(
        "tokens/", b"--b\r\n\r\n--b--", content_type="multipart/form-data; boundary=b", idempotency_key="one"
    )
    assert response.status_code == 415
