"""Addresses that nobody links to: whatever stands behind the question mark, a page answers and never crashes."""

import pytest
from django.db import transaction

from tests.permission_matrix.doors import doors, lines
from tests.permission_matrix.world import World

pytestmark = pytest.mark.django_db
DOORS = {door.name: door for door in doors()}
PAGES = [line for line in lines() if line.method == "GET" and not line.door.startswith("api-") and 200 in line.statuses]
#: Parameters that pages read, and one that none does.
NAMES = (
    *("page", "state", "agency", "period", "kind", "status", "part", "item", "stage", "group", "indicator", "basis"),
    *("q", "by", "year", "year_from", "year_to", "scope", "with", "against", "language", "edition", "format", "code"),
    *("source", "next", "act", "ordering", "breakdown", "from", "to", "definition", "operation", "unknown"),
)
NASTY = (
    "",
    "abc",
    "%00",
    "-1",
    "99999999999999999999",
    "%ED%A0%80",
    "%FF",
    "%D9%A3",
    "..%2F..%2Fetc",
    "%7B%7B7*7%7D%7D",
)


@pytest.mark.parametrize("line", PAGES, ids=str)
def test_no_query_crashes_a_page(world: World, line):
    address = world.address(DOORS[line.door], line.subject)
    for nasty in NASTY:
        query = "&".join(f"{name}={nasty}" for name in NAMES)
        with transaction.atomic():
            response = world.clients["planner"].get(f"{address}?{query}")
            transaction.set_rollback(True)
        assert response.status_code < 500, nasty


@pytest.mark.parametrize(
    "path", ["/%00", "/operations/%00/", "/operations/x%00y/plan/", "/returns/99999999999999999999/"]
)
def test_an_address_that_cannot_be_is_not_found(world: World, path: str):
    assert world.clients["planner"].get(path).status_code == 404
