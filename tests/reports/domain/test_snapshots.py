"""Snapshots: the same data give the same bytes, nothing is ever updated, and a later correction is noticed."""

import datetime as dt
import hashlib

import pytest

from reports.domain import reports
from reports.domain.payload import canonical_bytes
from reports.domain.snapshots import (
    current_snapshot,
    figures_have_moved,
    is_superseded,
    payload_of,
    take_snapshot,
)
from reports.models import Report, Snapshot
from tests.factories.people import Cast
from tests.factories.reports import AT, accept, count, final_return, make_report

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
    assert not figures_have_moved(snapshot, operation)
    accept(final_return(operation), {"VIO01": 1}, number=2)
    count(operation)
    operation.data_version += 1
    operation.save()
    snapshot = Snapshot.objects.get(pk=snapshot.pk)
    assert bytes(snapshot.content) == before
    assert figures_have_moved(snapshot, operation)


def test_the_approval_itself_moves_no_figure(cast: Cast):
    report = make_report("approved")
    report.operation.refresh_from_db()
    snapshot = current_snapshot(report)
    assert snapshot.data_version < report.operation.data_version
    assert not figures_have_moved(snapshot, report.operation)


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
