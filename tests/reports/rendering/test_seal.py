"""The system's mark on an approved PDF: what is under it stays as drawn, and no changed byte goes unnoticed."""

import io
import os
import random
from pathlib import Path

import pytest
from django.core.management import call_command
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from illegal_ops.secrets import kept_certificate
from reports.domain.documents import APPROVED_SET, DocumentKind
from reports.domain.snapshots import current_snapshot
from reports.domain.verification import Verdict
from reports.models import Document
from reports.rendering import store
from reports.rendering.process import RenderingFailed
from reports.rendering.reading import verify_file
from reports.rendering.seal import installation_signer, read_mark, sealed
from reports.tasks import document_for, redraw
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report

pytestmark = pytest.mark.django_db
ROUNDS = 1000 if os.environ.get("TESTS_DEEP") else 100


def drawn(*, status: str = "approved", kind: DocumentKind = APPROVED_SET[0]) -> Document:
    snapshot = current_snapshot(make_report(status))
    approval = snapshot.approval if status == "approved" else None
    return document_for(snapshot=snapshot, approval=approval, kind=kind, at=AT)


def test_an_approved_pdf_is_sealed_over_the_bytes_that_were_drawn(cast: Cast, seal: Path):
    document = drawn()
    content = store.get(document.sha256)
    mark = read_mark(content, signer=installation_signer())
    assert mark is not None
    assert (mark.is_intact, mark.is_ours) == (True, True)
    assert (mark.certificate, mark.unsigned_size) == (document.seal, document.unsigned_size)
    assert document.size == len(content) > document.unsigned_size
    finding = verify_file(content)
    assert (finding.verdict, finding.is_earlier) == (Verdict.AUTHENTIC, False)


def test_no_changed_byte_of_a_sealed_file_goes_unnoticed(cast: Cast, seal: Path):
    content = store.get(drawn().sha256)
    chance = random.Random(20_261_124)
    for _round in range(ROUNDS):
        altered = bytearray(content)
        altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
        assert verify_file(bytes(altered)).verdict in (Verdict.ALTERED, Verdict.UNKNOWN)


def test_whatever_is_written_after_the_seal_breaks_it(cast: Cast, seal: Path):
    content = store.get(drawn().sha256)
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.root["/Lang"] = pdf_string("de")
    writer.update_root()
    longer = io.BytesIO()
    writer.write(longer)
    for added in (longer.getvalue(), content + b"\n%%EOF\n"):
        assert verify_file(added).verdict == Verdict.ALTERED
    with pytest.raises(RenderingFailed, match="filled already"):
        sealed(content, signer=installation_signer())


def test_a_draft_carries_no_seal(cast: Cast, seal: Path):
    document = drawn(status="submitted")
    assert document.seal == ""
    assert read_mark(store.get(document.sha256), signer=installation_signer()) is None


def test_a_file_sealed_by_somebody_else_is_not_ours(cast: Cast, seal: Path, tmp_path: Path, settings):
    document = drawn()
    unsigned = store.get(document.sha256)[: document.unsigned_size]
    settings.SEAL_P12 = str(kept_certificate(tmp_path / "other.p12", password="seal"))
    foreign = sealed(unsigned, signer=installation_signer())
    settings.SEAL_P12 = str(seal)
    mark = read_mark(foreign, signer=installation_signer())
    assert mark is not None
    assert (mark.is_intact, mark.is_ours) == (True, False)
    assert verify_file(foreign).verdict == Verdict.ALTERED


def test_a_file_that_was_lost_is_drawn_and_sealed_again_and_the_old_one_stays_authentic(cast: Cast, seal: Path):
    document = drawn()
    old = store.get(document.sha256)
    store.path_of(document.sha256).unlink()
    again = document_for(snapshot=document.snapshot, approval=document.approval, kind=APPROVED_SET[0], at=AT)
    assert again.pk == document.pk
    assert store.get(again.sha256)[: again.unsigned_size] == old[: document.unsigned_size]
    finding = verify_file(old)
    assert (finding.verdict, finding.document, finding.is_earlier) == (Verdict.AUTHENTIC, again, True)


def test_bytes_that_no_seal_covers_are_looked_at_all_the_same(cast: Cast, seal: Path):
    content = store.get(drawn().sha256)
    padding = content.rindex(b"0" * 64)
    altered = content[:padding] + b"1" + content[padding + 1 :]
    mark = read_mark(altered, signer=installation_signer())
    assert mark is not None and mark.is_intact
    assert verify_file(altered).verdict == Verdict.ALTERED


def test_a_document_drawn_again_has_the_same_bytes_under_its_seal(cast: Cast, seal: Path):
    document = drawn()
    assert redraw(document, at=AT) is True
    document.refresh_from_db()
    assert (document.is_redrawn_the_same, document.redrawn_at) == (True, AT)


def test_a_document_of_another_renderer_is_not_compared_by_drawing(cast: Cast, seal: Path):
    document = drawn(kind=DocumentKind(format="csv"))
    document.renderer = "weasyprint 1"
    assert redraw(document, at=AT) is None
    assert document.is_redrawn_the_same is None


def test_the_command_says_how_it_compared(cast: Cast, seal: Path, tmp_path: Path, capsys):
    document = drawn()
    path = tmp_path / "annual.pdf"
    path.write_bytes(store.get(document.sha256))
    call_command("verify_document", str(path))
    words = capsys.readouterr().out
    assert "drawn again: the same bytes" in words
    assert f"certificate {document.seal[:16]}" in words
    assert f"No. {document.approval.registration_number}" in words


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
