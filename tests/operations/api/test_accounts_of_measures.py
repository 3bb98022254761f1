"""Accounts of measures and the standard skeleton through the interface."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from operations.models import Measure, MeasureAccount, Operation, Plan
from tests.factories import plans as made
from tests.factories.people import Cast

pytestmark = pytest.mark.django_db
DONE = {"progress": "done", "account_ru": "Исполнено"}


def caller(user: Any) -> APIClient:
    client = APIClient()
    client.force_login(user)
    return client


def post(client: APIClient, address: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(address, body, format="json", headers={name.replace("_", "-"): v for name, v in headers.items()})


def test_an_account_needs_the_revision_that_was_read_and_answers_the_new_one(cast: Cast) -> None:
    made.approved_plan(cast)
    measure = Measure.objects.first()
    client, address = caller(cast.heads["RU"]), f"/api/v1/measures/{measure.pk}/account/"
    assert post(client, address, DONE).status_code == 428
    assert post(client, address, DONE, if_match='"99"').status_code == 412
    done = post(client, address, DONE, if_match=f'"{measure.revision}"')
    assert done.status_code == 200
    told = done.json()["accounts"]
    assert [(one["state"], one["progress"], one["account_ru"]) for one in told] == [("RU", "done", "Исполнено")]
    assert done["ETag"] == f'"{measure.revision + 1}"'


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"progress": "finished"},
        {"progress": True},
        {"progress": "done"},
        {"progress": "done", "account_ru": "[" * 21},
        {"progress": "done", "account_ru": "x\u202e"},
        {"progress": "done", "account_ru": "Да", "status": "approved"},
    ],
)
def test_a_bad_account_is_a_bad_request_and_changes_nothing(cast: Cast, body: dict[str, Any]) -> None:
    made.approved_plan(cast)
    measure = Measure.objects.first()
    answer = post(caller(cast.planner), f"/api/v1/measures/{measure.pk}/account/", body, if_match='"1"')
    assert answer.status_code == 400
    assert not MeasureAccount.objects.exists()


@pytest.mark.parametrize("text", ["[" * 21, "x\u202e", "   ", "x" * 20_001])
def test_a_bad_text_of_a_measure_is_a_bad_request_with_its_field(cast: Cast, text: str) -> None:
    made.drafted_plan(cast)
    measure = Measure.objects.first()
    client = caller(cast.planner)
    answer = client.patch(
        f"/api/v1/measures/{measure.pk}/", {"text_ru": text}, format="json", headers={"If-Match": '"1"'}
    )
    assert answer.status_code == 400
    assert "text_ru" in answer.content.decode()


def test_a_plan_is_started_from_the_skeleton_or_from_another_plan_but_not_from_both(cast: Cast) -> None:
    made.drafted_plan(cast)
    client = caller(cast.planner)
    values = {"slug": "illegal-2028", "kind": "annual", "year": 2028, "title_ru": "Н", "title_en": "I"}
    assert post(client, "/api/v1/operations/", values).status_code == 201
    address = "/api/v1/operations/illegal-2028/start-plan/"
    both = {"from_skeleton": True, "copy_of": "illegal-2026"}
    assert post(client, address, both).status_code == 400
    assert post(client, address, {"from_skeleton": True}).status_code == 200
    assert Plan.objects.get(operation=Operation.objects.get(slug="illegal-2028")).objectives.exists()
