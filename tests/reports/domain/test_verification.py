"""Verification: by the bytes alone, and by the code as somebody types it from paper."""

import pytest

from reports.domain.documents import DocumentKind, record_document
from reports.domain.report_acts import new_verification_code
from reports.domain.snapshots import current_snapshot
from reports.domain.verification import Verdict, verify_bytes, verify_code
from reports.models import Approval
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report, stored_file

pytestmark = pytest.mark.django_db
FILE = b"a document"


def stored(report, *, is_approved: bool = True) -> Approval | None:
    snapshot = current_snapshot(report)
    approval = snapshot.approval if is_approved else None
    record_document(
        snapshot=snapshot,
        approval=approval,
        kind=DocumentKind(),
        file=stored_file(FILE),
        at=AT,
    )
    return approval


def test_a_stored_file_is_authentic(cast: Cast):
    stored(make_report("approved"))
    assert verify_bytes(FILE).verdict == Verdict.AUTHENTIC


def test_a_file_without_an_approval_is_an_authentic_draft(cast: Cast):
    stored(make_report("submitted"), is_approved=False)
    assert verify_bytes(FILE).verdict == Verdict.AUTHENTIC_DRAFT


def test_a_later_approved_report_supersedes_the_file(cast: Cast):
    first = make_report("approved")
    stored(first)
    make_report("approved", operation=first.operation)
    assert verify_bytes(FILE).verdict == Verdict.SUPERSEDED


def test_a_changed_file_that_names_our_code_is_altered_and_one_that_names_nothing_is_unknown(cast: Cast):
    approval = stored(make_report("approved"))
    assert verify_bytes(FILE + b" " + approval.verification_code.encode()).verdict == Verdict.ALTERED
    assert verify_bytes(FILE + b" changed").verdict == Verdict.UNKNOWN


AS_TYPED = [
    str,
    str.lower,
    lambda code: code.replace("-", ""),
    lambda code: f" {code} ",
    lambda code: code.replace("-", "\u2011"),
    lambda code: code.translate(str.maketrans("ACEHKMPTXY", "АСЕНКМРТХУ")),
]


@pytest.mark.parametrize("spoil", AS_TYPED)
def test_a_code_is_read_as_people_type_it(cast: Cast, spoil):
    approval = stored(make_report("approved"))
    assert verify_code(spoil(approval.verification_code)).approval == approval


@pytest.mark.parametrize("code", ["", "x", "AAAA-BBBB-CCCC", "' OR 1=1 --", "ААВВ-ССЕЕ-ННКК-ММОО", "2" * 400])
def test_what_is_no_code_is_unknown(code: str):
    assert verify_code(code).verdict == Verdict.UNKNOWN


def test_codes_have_no_letters_that_are_mistaken_for_one_another():
    codes = "".join(new_verification_code() for _place in range(200))
    for alike in ("0OQ", "1IL", "2Z", "5S", "6G", "8B", "UV"):
        assert len(set(codes) & set(alike)) <= 1, alike


def test_a_code_from_the_time_when_letters_looked_alike_is_read_as_ever(cast: Cast):
    snapshot = current_snapshot(make_report("submitted"))
    approval = Approval.objects.create(
        snapshot=snapshot,
        approver=cast.council_chair,
        approved_at=AT,
        snapshot_sha256=snapshot.sha256,
        audit_head="0" * 64,
        verification_code="5S2Z-8BGL-QQVV-2345",
    )
    assert verify_code("5s2z8bglqqvv2345").approval == approval
