"""What is sealed and what is not, and what happens where the seal cannot be set."""

from pathlib import Path

import pytest

from reports.domain.documents import APPROVED_SET, DocumentKind
from reports.domain.snapshots import current_snapshot
from reports.models import Document
from reports.rendering import store
from reports.rendering.process import RenderingFailed
from reports.rendering.seal import installation_signer, read_mark
from reports.tasks import document_for, redraw
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report

pytestmark = pytest.mark.django_db


def drawn(*, status: str = "approved", kind: DocumentKind = APPROVED_SET[0]) -> Document:
    snapshot = current_snapshot(make_report(status))
    approval = snapshot.approval if status == "approved" else None
    return document_for(snapshot=snapshot, approval=approval, kind=kind, at=AT)


def test_a_draft_carries_no_seal(cast: Cast, seal: Path):
    document = drawn(status="submitted")
    assert document.seal == ""
    assert read_mark(store.get(document.sha256), signer=installation_signer()) is None


def test_a_document_of_another_renderer_is_not_compared_by_drawing(cast: Cast, seal: Path):
    document = drawn(kind=DocumentKind(format="csv"))
    document.renderer = "weasyprint 1"
    assert redraw(document, at=AT) is None
    assert document.is_redrawn_the_same is None


def test_a_certificate_that_cannot_be_read_is_named_and_nothing_is_stored(cast: Cast, seal: Path, settings):
    settings.SEAL_P12_PASSWORD = "another"
    with pytest.raises(RenderingFailed, match=r"seal\.p12"):
        drawn()
    assert not Document.objects.exists()


def test_documents_are_registered_one_after_the_other_and_print_their_number(cast: Cast):
    first = current_snapshot(make_report("approved")).approval
    second = current_snapshot(make_report("approved", operation=first.snapshot.report.operation)).approval
    assert [first.registration_number, second.registration_number] == ["1-2026", "2-2026"]
    assert first.registered_on == second.registered_on == AT.date()
