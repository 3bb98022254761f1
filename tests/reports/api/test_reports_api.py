"""Reports by the programming interface: the whole way, bad input, and what belongs to others."""

import hashlib

import pytest

from reports.models import Report
from tests.factories.people import PASSWORD, Cast
from tests.factories.reports import make_report, make_results
from tests.operations.api.callers import Caller

pytestmark = pytest.mark.django_db


def act(caller: Caller, report: dict, name: str, data: dict | None = None):
    return caller.post(f"reports/{report['id']}/{name}/", data or {}, if_match=f'"{report["revision"]}"')


def test_a_report_goes_from_the_draft_to_the_public(cast: Cast):
    operation = make_results()
    planner, chair, hq_chair = Caller(cast.planner), Caller(cast.council_chair), Caller(cast.hq_chair)
    made = planner.post("reports/", {"definition": "annual", "operation": operation.slug})
    assert made.status_code == 201, made.content
    texts = {"section": "rights", "text_ru": "Не собирались", "text_en": "Not collected"}
    report = act(planner, made.json(), "edit", texts).json()
    assert report["narratives"][0]["text_en"] == "Not collected"
    report = act(planner, report, "submit", {"explanation": "Всё проверено"}).json()
    assert report["status"] == "submitted"
    seen = chair.get(f"reports/{report['id']}/").json()
    offered = {one["name"]: one["allowed"] for one in seen["transitions"]}
    assert offered == {"approve": True, "return": True}
    given = {"snapshot_sha256": seen["snapshot_sha256"], "password": PASSWORD}
    report = act(chair, seen, "approve", given).json()
    assert report["status"] == "approved"
    report = act(hq_chair, report, "publish", {"figures_cleared": True}).json()
    assert report["status"] == "published"


def test_the_frozen_bytes_have_the_hash_that_was_approved(cast: Cast):
    make_report("approved")
    planner = Caller(cast.planner)
    [snapshot] = planner.get("snapshots/").json()["results"]
    content = planner.get(f"snapshots/{snapshot['id']}/content/").content
    assert hashlib.sha256(content).hexdigest() == snapshot["sha256"]


def test_unmet_needs_are_listed_at_once(cast: Cast):
    report = make_report("draft")
    planner = Caller(cast.planner)
    shown = planner.get(f"reports/{report.pk}/").json()
    refused = act(planner, shown, "submit")
    assert refused.status_code == 422
    assert "rights_unspoken" in {error["code"] for error in refused.json()["errors"]}


def test_another_hash_is_a_conflict_and_a_wrong_password_bad_input(cast: Cast):
    make_report("submitted")
    chair = Caller(cast.council_chair)
    [report] = chair.get("reports/").json()["results"]
    wrong = act(chair, report, "approve", {"snapshot_sha256": "0" * 64, "password": PASSWORD})
    assert wrong.status_code == 409
    unproven = act(chair, report, "approve", {"snapshot_sha256": report["snapshot_sha256"], "password": "guess"})
    assert unproven.status_code == 400


def test_an_older_revision_is_stale_and_none_is_asked_for(cast: Cast):
    report = make_report("draft")
    planner = Caller(cast.planner)
    texts = {"section": "summary", "text_ru": "Да", "text_en": "Yes"}
    assert planner.post(f"reports/{report.pk}/edit/", texts).status_code == 428
    assert planner.post(f"reports/{report.pk}/edit/", texts, if_match='"1"').status_code == 200
    assert planner.post(f"reports/{report.pk}/edit/", texts, if_match='"1"').status_code == 412


@pytest.mark.parametrize(
    "data",
    [
        {"definition": "weekly", "operation": "illegal-2026"},
        {"definition": "annual", "operation": "illegal-1999"},
        {"definition": "annual", "operation": "illegal-2026", "status": "approved"},
        {"definition": 7, "operation": ["illegal-2026"]},
        [],
    ],
)
def test_a_faulty_report_is_refused_with_its_members(cast: Cast, data):
    make_results()
    assert Caller(cast.planner).post("reports/", data).status_code == 400
    assert not Report.objects.exists()


def test_a_draft_of_the_headquarters_is_not_there_for_a_head(cast: Cast):
    report = make_report("draft")
    head = Caller(cast.heads["KZ"])
    assert head.get(f"reports/{report.pk}/").status_code == 404
    assert head.get(f"reports/{report.pk}/").content == head.get("reports/999999/").content.replace(
        b"999999", str(report.pk).encode()
    )


def test_a_document_is_asked_for_once_and_a_draft_has_none(cast: Cast):
    planner = Caller(cast.planner)
    draft = make_report("draft")
    wanted = {"report": draft.pk, "format": "csv", "language": "en"}
    assert planner.post("documents/", wanted).status_code == 409
    approved = make_report("approved", operation=draft.operation)
    asked = planner.post("documents/", {**wanted, "report": approved.pk})
    assert asked.status_code == 202
    assert asked.json()["job"]


def test_published_figures_are_given_as_they_were_stated(cast: Cast):
    observer = Caller(cast.observer)
    figure = observer.get("published-figures/F012/").json()
    assert (figure["qualifier"], figure["value"], figure["currency"]) == ("gt", "84000000.00", "USD")
    assert figure["state"] is None
    listed = observer.get("published-figures/?indicator=VIO01&scope=regional&coverage=total").json()["results"]
    assert {one["code"] for one in listed} == {"F011", "F042", "F066", "F101", "F128", "F129"}


@pytest.mark.parametrize("query", ["state=abc", "indicator=%00", "year_from=-1", "colour=red", "scope=x"])
def test_a_faulty_parameter_is_refused(cast: Cast, query: str):
    assert Caller(cast.observer).get(f"published-figures/?{query}").status_code == 400
