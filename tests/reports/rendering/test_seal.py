"""The system's mark on an approved PDF: what is under it stays as drawn, and no changed byte goes unnoticed."""

import io
import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import override_settings
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from illegal_ops.secrets import kept_certificate
from reports.domain.documents import APPROVED_SET
from reports.domain.snapshots import current_snapshot
from reports.domain.verification import Verdict
from reports.models import Document
from reports.rendering import store
from reports.rendering.process import RenderingFailed
from reports.rendering.reading import verify_file
from reports.rendering.seal import installation_signer, read_mark, sealed
from reports.tasks import document_for, redraw
from tests.factories.reference import load_reference
from tests.factories.reports import AT, make_report

pytestmark = pytest.mark.django_db
ROUNDS = 1000 if os.environ.get("TESTS_DEEP") else 100


@pytest.fixture(scope="module")
def approved(
    django_db_setup, django_db_blocker, certificate: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[int, bytes]]:
    """An approved PDF and its bytes, drawn and sealed once for all these tests."""
    own = {"MEDIA_ROOT": tmp_path_factory.mktemp("sealed"), "SEAL_P12": str(certificate), "SEAL_P12_PASSWORD": "seal"}
    with django_db_blocker.unblock(), transaction.atomic():
        load_reference()
        with override_settings(**own):
            snapshot = current_snapshot(make_report("approved"))
            document = document_for(snapshot=snapshot, approval=snapshot.approval, kind=APPROVED_SET[0], at=AT)
            content = store.get(document.sha256)
        yield document.pk, content
        transaction.set_rollback(True)


@pytest.fixture
def document(db, seal: Path, approved: tuple[int, bytes]) -> Document:
    """That PDF, in the store of this test."""
    number, content = approved
    store.put(content)
    return Document.objects.get(pk=number)


@pytest.fixture
def content(document: Document) -> bytes:
    return store.get(document.sha256)


def test_an_approved_pdf_is_sealed_over_the_bytes_that_were_drawn(document: Document, content: bytes):
    mark = read_mark(content, signer=installation_signer())
    assert mark is not None
    assert (mark.is_intact, mark.is_ours) == (True, True)
    assert (mark.certificate, mark.unsigned_size) == (document.seal, document.unsigned_size)
    assert document.size == len(content) > document.unsigned_size
    finding = verify_file(content)
    assert (finding.verdict, finding.is_earlier) == (Verdict.AUTHENTIC, False)


def test_no_changed_byte_of_a_sealed_file_goes_unnoticed(content: bytes):
    chance = random.Random(20_261_124)
    for _round in range(ROUNDS):
        altered = bytearray(content)
        altered[chance.randrange(len(altered))] ^= 1 << chance.randrange(8)
        assert verify_file(bytes(altered)).verdict in (Verdict.ALTERED, Verdict.UNKNOWN)


def test_whatever_is_written_after_the_seal_breaks_it(content: bytes):
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    writer.root["/Lang"] = pdf_string("de")
    writer.update_root()
    longer = io.BytesIO()
    writer.write(longer)
    for added in (longer.getvalue(), content + b"\n%%EOF\n"):
        assert verify_file(added).verdict == Verdict.ALTERED
    with pytest.raises(RenderingFailed, match="filled already"):
        sealed(content, signer=installation_signer())


def test_a_file_sealed_by_somebody_else_is_not_ours(
    document: Document, content: bytes, seal: Path, tmp_path: Path, settings
):
    unsigned = content[: document.unsigned_size]
    settings.SEAL_P12 = str(kept_certificate(tmp_path / "other.p12", password="seal"))
    foreign = sealed(unsigned, signer=installation_signer())
    settings.SEAL_P12 = str(seal)
    mark = read_mark(foreign, signer=installation_signer())
    assert mark is not None
    assert (mark.is_intact, mark.is_ours) == (True, False)
    assert verify_file(foreign).verdict == Verdict.ALTERED


def test_a_file_that_was_lost_is_drawn_and_sealed_again_and_the_old_one_stays_authentic(
    document: Document, content: bytes
):
    store.path_of(document.sha256).unlink()
    again = document_for(snapshot=document.snapshot, approval=document.approval, kind=APPROVED_SET[0], at=AT)
    assert again.pk == document.pk
    assert store.get(again.sha256)[: again.unsigned_size] == content[: document.unsigned_size]
    finding = verify_file(content)
    assert (finding.verdict, finding.document, finding.is_earlier) == (Verdict.AUTHENTIC, again, True)


def test_bytes_that_no_seal_covers_are_looked_at_all_the_same(content: bytes):
    padding = content.rindex(b"0" * 64)
    altered = content[:padding] + b"1" + content[padding + 1 :]
    mark = read_mark(altered, signer=installation_signer())
    assert mark is not None and mark.is_intact
    assert verify_file(altered).verdict == Verdict.ALTERED


def test_a_document_drawn_again_has_the_same_bytes_under_its_seal(document: Document):
    assert redraw(document, at=AT) is True
    document.refresh_from_db()
    assert (document.is_redrawn_the_same, document.redrawn_at) == (True, AT)


def test_the_command_says_how_it_compared(document: Document, content: bytes, tmp_path: Path, capsys):
    path = tmp_path / "annual.pdf"
    path.write_bytes(content)
    call_command("verify_document", str(path))
    words = capsys.readouterr().out
    assert "drawn again: the same bytes" in words
    assert f"certificate {document.seal[:16]}" in words
    assert f"No. {document.approval.registration_number}" in words
