"""Whatever is sent, the interface answers with a status of its own: never a crash, and a failure is always a problem.

Doors and the shapes of their bodies are taken from the interface's own description; what is sent is near the right
thing, or far from it. `make deep` runs it for long.
"""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from operations.api.schema import described
from tests.factories.people import PASSWORD
from tests.permission_matrix.world import World

pytestmark = pytest.mark.django_db
SCHEMA = described("en")
DOORS = [
    (method, path)
    for path, methods in SCHEMA["paths"].items()
    for method in methods
    if method in {"get", "post", "put", "patch", "delete"}
]
ROLES = ["observer", "officer", "head", "planner", "council_chair", "admin"]

NASTY_TEXT = st.sampled_from(
    [
        "",
        " ",
        "\x00",
        "\ud800",
        "a" * 5000,
        "{{7*7}}",
        "<script>",
        "'; --",
        "٣٤",
        "1e3",
        "NaN",
        "-1",
        "\u202e",
        "%00",
        "../",
    ]
)
NASTY = (
    NASTY_TEXT
    | st.sampled_from(
        [None, True, False, -1, 0, 1, 2**31, 2**63, 10**30, 1.5, 1e308, [], {}, [[[]]], {"a": {"b": None}}]
    )
    | st.integers()
    | st.text(max_size=20)
)
PLAIN_TEXT = st.sampled_from(
    ["RU", "VIO01", "TOTAL", "illegal-2026", "value", "final", "1", "2026-06-15", PASSWORD, "read"]
)
QUERY_TEXT = PLAIN_TEXT | NASTY_TEXT.filter(lambda text: len(text) < 100) | st.text(max_size=10)


def value_of(shape: dict[str, Any], depth: int = 0) -> st.SearchStrategy:
    """Values near a shape of the description."""
    if depth > 4:
        return NASTY
    if "$ref" in shape:
        return value_of(SCHEMA["components"]["schemas"][shape["$ref"].rsplit("/", 1)[-1]], depth + 1)
    if "enum" in shape:
        return st.sampled_from(shape["enum"])
    if shape.get("type") == "object":
        members = {name: near(one, depth + 1) for name, one in shape.get("properties", {}).items()}
        required = {name: members.pop(name) for name in shape.get("required", ()) if name in members}
        return st.fixed_dictionaries(required, optional={**members, "unknown": NASTY})
    if shape.get("type") == "array":
        return st.lists(near(shape.get("items", {}), depth + 1), max_size=3)
    simple = {"integer": st.integers(0, 10**6), "boolean": st.booleans(), "string": PLAIN_TEXT | st.text(min_size=1)}
    return simple.get(str(shape.get("type")), NASTY)


def near(shape: dict[str, Any], depth: int = 0) -> st.SearchStrategy:
    return st.one_of(value_of(shape, depth), value_of(shape, depth), NASTY)


def body_of(operation: dict[str, Any]) -> st.SearchStrategy[bytes]:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    raw = st.sampled_from([b"", b"null", b"[]", b"{", b"[" * 200, b'{"a":NaN}', b"\xff", b'{"a":1,"a":2}'])
    return near(content.get("schema", {"type": "object"})).map(lambda value: json.dumps(value).encode()) | raw


@pytest.fixture(scope="module")
def places(world: World) -> dict[str, list[str]]:
    """Real values of the parts of an address, by name."""
    found: dict[str, list[str]] = {}
    for arguments in world.subjects.values():
        for name, value in arguments.items():
            found.setdefault(name, []).append(str(value))
    return found


@pytest.mark.parametrize(("method", "path"), DOORS, ids=lambda part: str(part))
@given(data=st.data())
def test_no_request_crashes_a_door(world: World, places: dict[str, list[str]], method: str, path: str, data):
    operation = SCHEMA["paths"][path][method]
    address = path
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            real = places.get(parameter["name"], []) + places.get("pk", [])
            value = data.draw(st.sampled_from(real) | QUERY_TEXT.filter(bool))
            address = address.replace("{" + parameter["name"] + "}", quote(value.encode("utf-8", "replace"), safe=""))
    names = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    query = data.draw(st.dictionaries(st.sampled_from([*names, "unknown"]), QUERY_TEXT, max_size=2))
    text = urlencode({name: value.encode("utf-8", "replace") for name, value in query.items()})
    response = _send(
        world,
        data.draw(st.sampled_from(ROLES)),
        method.upper(),
        f"{address}?{text}" if text else address,
        b"" if method == "get" else data.draw(body_of(operation)),
        data.draw(st.fixed_dictionaries({}, optional={"If-Match": st.sampled_from(['"1"', "*", "x", '"1", "2"'])})),
    )
    assert response.status_code < 500
    if response.status_code >= 400:
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code


def _send(world: World, role: str, method: str, address: str, body: bytes, headers: dict[str, str]) -> Any:
    with transaction.atomic():
        response = world.clients[role].generic(method, address, body, content_type="application/json", headers=headers)
        transaction.set_rollback(True)
    return response
