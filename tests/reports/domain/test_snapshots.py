"""Snapshots: the same data give the same bytes, nothing is ever updated, and a later correction is noticed."""

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, transaction

from operations.domain.errors import Conflict, NotAllowed, WrongState
from reports.domain import reports
from reports.domain.payload import canonical_bytes
from reports.domain.places import Place
from reports.domain.snapshot_compare import changed_texts, changes, moved_figures
from reports.domain.snapshots import (
    current_snapshot,
    is_superseded,
    payload_of,
    take_snapshot,
)
from reports.models import Approval, Report, Snapshot
from tests.factories.people import Cast
from tests.factories.reference import STATES
from tests.factories.reports import AT, VALUES, accept, count, final_return, make_report

pytestmark = pytest.mark.django_db
LATER = AT + dt.timedelta(days=1)


def test_the_hash_is_that_of_the_stored_bytes(cast: Cast):
    snapshot = current_snapshot(make_report("submitted"))
    content = bytes(snapshot.content)
    assert hashlib.sha256(content).hexdigest() == snapshot.sha256
    assert canonical_bytes(payload_of(snapshot)) == content


def test_the_snapshot_names_the_submissions_it_was_read_from(cast: Cast):
    snapshot = current_snapshot(make_report("submitted"))
    assert len(payload_of(snapshot)["source_submissions"]) == 12


def test_a_correction_leaves_the_snapshot_as_it_is_and_is_noticed(cast: Cast):
    report = make_report("approved")
    snapshot = current_snapshot(report)
    before = bytes(snapshot.content)
    operation = report.operation
    operation.refresh_from_db()
    assert not moved_figures(snapshot, operation, at=LATER)
    accept(final_return(operation), {"VIO01": 1}, number=2)
    count(operation)
    operation.data_version += 1
    operation.save()
    snapshot = Snapshot.objects.get(pk=snapshot.pk)
    assert bytes(snapshot.content) == before
    moved = moved_figures(snapshot, operation, at=LATER)
    assert {one.place.indicator for one in moved} >= {"VIO01"}
    region = next(one for one in moved if one.place == Place(operation.slug, "VIO01"))
    stood = final_return(operation).agency.state  # the interior ministry of Russia, whose first stage was corrected
    assert region.old["value"] - region.new["value"] == 30 * (STATES.index(stood.code) + 1) - 1


def test_a_corrected_return_with_the_same_numbers_moves_nothing(cast: Cast):
    report = make_report("approved")
    snapshot, operation = current_snapshot(report), report.operation
    expected = final_return(operation)
    place = STATES.index(expected.agency.state.code) + 1
    accept(expected, {name: value * place for name, value in VALUES.items()}, number=2)
    count(operation)
    operation.refresh_from_db()
    operation.data_version += 1
    operation.save()
    assert moved_figures(snapshot, operation, at=LATER) == []
    assert snapshot.data_version < operation.data_version


@pytest.mark.parametrize("act", ["update", "delete"])
@pytest.mark.parametrize("model", [Snapshot, Approval])
def test_the_database_itself_refuses_to_change_what_was_frozen(cast: Cast, model: type, act: str):
    make_report("approved")
    rows = model.objects.all()
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(snapshot_sha256="0" * 64) if act == "update" and model is Approval else (
            rows.update(sha256="0" * 64) if act == "update" else rows._raw_delete(rows.db)
        )
    assert model.objects.count() == 1


def test_two_sets_of_data_are_compared_number_by_number(cast: Cast):
    first = current_snapshot(make_report("submitted"))
    report = first.report
    report = reports.return_report(report=report, comment="Ещё раз", actor=cast.council_chair, at=AT)
    reports.edit_narrative(report=report, section="problems", text_ru="Да", text_en="Yes", actor=cast.planner, at=AT)
    accept(final_return(report.operation), {"VIO01": 1}, number=2)
    count(report.operation)
    report = reports.submit_report(report=report, actor=cast.planner, at=LATER)
    old, new = payload_of(first), payload_of(current_snapshot(report))
    changed = {one.place: (one.old, one.new) for one in changes(old, new)}
    assert (Place(report.operation.slug, "VIO01", state="RU") in changed) is True
    assert changes(old, old) == []
    assert [title["en"] for title in changed_texts(old, new)] == ["Problems"]


def test_a_report_that_takes_the_place_of_another_has_its_texts_and_the_figures_of_now(cast: Cast):
    report = make_report("draft")
    reports.edit_narrative(report=report, section="problems", text_ru="Да", text_en="Yes", actor=cast.planner, at=AT)
    with pytest.raises(WrongState):
        reports.supersede_report(report=report, actor=cast.planner, at=AT)
    report = reports.submit_report(report=report, explanation="Пояснено", actor=cast.planner, at=AT)
    snapshot = current_snapshot(report)
    report = reports.approve_report(
        report=report, snapshot_sha256=snapshot.sha256, reauthenticated=True, actor=cast.council_chair, at=AT
    )
    with pytest.raises(NotAllowed):
        reports.supersede_report(report=report, actor=cast.hq_chair, at=AT)
    newer = reports.supersede_report(report=report, actor=cast.planner, at=LATER)
    assert (newer.number, newer.status, newer.narratives.get().text_ru) == (2, Report.Status.DRAFT, "Да")
    with pytest.raises(Conflict):
        reports.supersede_report(report=report, actor=cast.planner, at=LATER)
    assert not is_superseded(snapshot)


def test_the_approval_itself_moves_no_figure(cast: Cast):
    report = make_report("approved")
    report.operation.refresh_from_db()
    snapshot = current_snapshot(report)
    assert snapshot.data_version < report.operation.data_version
    assert not moved_figures(snapshot, report.operation, at=LATER)


def test_a_new_submission_takes_a_new_snapshot_that_supersedes_the_old_one(cast: Cast):
    report = make_report("returned")
    first = current_snapshot(report)
    report = reports.submit_report(report=report, actor=cast.planner, at=LATER)
    second = current_snapshot(report)
    assert (first.number, second.number) == (1, 2)
    assert is_superseded(first)
    assert not is_superseded(second)


def test_a_draft_of_the_same_data_is_the_same_draft(cast: Cast):
    report = make_report("draft")
    first = take_snapshot(report=report, actor=cast.planner, at=AT, is_draft=True)
    again = take_snapshot(report=report, actor=cast.planner, at=LATER, is_draft=True)
    assert again == first
    reports.edit_narrative(report=report, section="summary", text_ru="Да", text_en="Yes", actor=cast.planner, at=LATER)
    assert take_snapshot(report=report, actor=cast.planner, at=LATER, is_draft=True).number == 2


def test_a_draft_is_never_what_is_approved(cast: Cast):
    report = make_report("submitted")
    submitted = current_snapshot(report)
    take_snapshot(report=report, actor=cast.planner, at=LATER, is_draft=True)
    assert current_snapshot(Report.objects.get(pk=report.pk)) == submitted
