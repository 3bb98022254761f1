"""Every role at every door: the URLconf against the table in `tests/permission_matrix/matrix.txt`."""

import re

import pytest
from django.db import transaction

from tests.permission_matrix.doors import METHODS, THIRD_PARTY, Door, Line, doors, draft_of, lines
from tests.permission_matrix.world import World

pytestmark = pytest.mark.django_db
DOORS = {door.name: door for door in doors()}
LINES = lines()
OWN_DOORS = [door for name, door in DOORS.items() if not THIRD_PARTY.fullmatch(name)]
_TOKENS = re.compile(rb'csrfmiddlewaretoken" value="[^"]*"|"X-CSRFToken": "[^"]*"')


def knock(world: World, role: str, method: str, door: Door, subject: str, **named: str):
    with transaction.atomic():
        response = world.knock(role, method, door, subject, **named)
        transaction.set_rollback(True)
    return response


@pytest.mark.parametrize("line", LINES, ids=str)
def test_every_role_is_answered_as_the_table_says(world: World, line: Line):
    found = [knock(world, role, line.method, DOORS[line.door], line.subject).status_code for role, _ in line.expected()]
    assert found == list(line.statuses), "\n" + draft_of(line.method, line.door, line.subject, found)


@pytest.mark.parametrize("door", OWN_DOORS, ids=lambda door: door.name)
def test_a_method_that_the_table_does_not_list_has_no_door(world: World, door: Door):
    listed = {line.method for line in LINES if line.door == door.name}
    assert listed, f"{door.name} is not in the table of permissions"
    for method in set(METHODS) - listed:
        response = knock(world, "planner", method, door, "missing")
        assert response.status_code == 405, f"{method} {door.name} is open and not in the table of permissions"


def test_the_table_names_no_door_that_does_not_exist():
    assert {line.door for line in LINES} <= set(DOORS)


@pytest.mark.parametrize(
    "line", [line for line in LINES if 404 in line.statuses and not line.subject.startswith(("-", "missing"))], ids=str
)
def test_what_belongs_to_others_looks_exactly_as_if_it_did_not_exist(world: World, line: Line):
    door = DOORS[line.door]
    nobodys = "|".join(["missing", *line.subject.split("|")[1:]])
    for role, status in line.expected():
        if status == 404:
            hidden = knock(world, role, line.method, door, line.subject)
            missing = knock(world, role, line.method, door, nobodys, described=line.subject)
            assert missing.status_code == 404
            assert bare(hidden) == bare(missing), role


def bare(response) -> bytes:
    """An answer without its own address and the token against forgery, which differ between any two."""
    return _TOKENS.sub(b"", response.content.replace(response.request["PATH_INFO"].encode(), b""))
