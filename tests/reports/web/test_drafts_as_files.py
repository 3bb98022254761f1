"""Drafts as files: who gets one, of which data, and when one that was drawn before is drawn anew."""

import pytest
from django.urls import reverse

from operations.domain import jobs
from operations.models import Job
from reports.domain import reports
from reports.domain.documents import DocumentKind, record_document
from reports.domain.snapshots import current_snapshot, take_snapshot
from reports.domain.verification import Verdict, verify_bytes
from reports.models import Document, Report, Snapshot
from reports.rendering import store
from reports.rendering.fingerprint import is_drawn_alike, renderer_fingerprint
from reports.tasks import document_for, ready_document
from tests.clients import signed_in
from tests.factories.people import Cast, make_head, make_officer
from tests.factories.reference import make_agency
from tests.factories.reports import AT, make_report, make_results, stored_file
from tests.reports.web.test_reports import page

pytestmark = pytest.mark.django_db
DOCX = {"format": "docx", "language": "ru"}


def asked() -> list[Job]:
    return list(Job.objects.filter(kind="render_document", arguments__approval_id=None))


def national() -> Report:
    """A draft of the Kazakh headquarters."""
    operation = make_results()
    agency = make_agency("KZ")
    officer = make_officer(agency)
    return reports.compose_report(definition="national", operation=operation, state=agency.state, actor=officer, at=AT)


def test_whoever_writes_a_report_gets_a_working_copy_and_asks_once_for_it(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)
    assert "working copy" in planner.get(page(report)).content.decode()
    for _time in range(2):
        assert planner.post(page(report, "request-document"), DOCX).status_code == 302
    [job] = asked()
    assert Snapshot.objects.get(pk=job.arguments["snapshot_id"]).is_draft
    done = jobs.run(job.pk)
    assert done.status == Job.Status.DONE, done.error
    assert "DOCX, RU" in planner.get(reverse("operations:job", args=[job.pk])).content.decode()
    shown = planner.get(done.result["address"])
    assert 'filename="illegal-2026-annual-1-ru-draft.docx"' in shown["Content-Disposition"]
    assert planner.post(page(report, "request-document"), DOCX)["Location"] == done.result["address"]


def test_whoever_decides_gets_the_data_that_were_submitted(cast: Cast):
    report = make_report("submitted")
    pdf = {"format": "pdf", "language": "ru"}
    assert signed_in(cast.council_chair).post(page(report, "request-document"), pdf).status_code == 302
    [job] = asked()
    assert job.arguments["snapshot_id"] == current_snapshot(report).pk
    assert Snapshot.objects.count() == 1


@pytest.mark.parametrize("given", [{}, {"format": "exe", "language": "ru"}, {"format": "sdmx-ml", "language": "ru"}])
def test_a_draft_has_its_own_formats(cast: Cast, given: dict[str, str]):
    report = make_report("draft")
    answer = signed_in(cast.planner).post(page(report, "request-document"), given, follow=True)
    assert "This document cannot be made." in answer.content.decode()
    assert not asked()
    assert not Snapshot.objects.exists()


def test_a_draft_is_for_nobody_who_neither_writes_nor_decides(cast: Cast):
    report = make_report("draft")
    assert signed_in(cast.hq_chair).post(page(report, "request-document"), DOCX).status_code == 403
    for who in (cast.observer, cast.heads["KZ"]):
        assert signed_in(who).post(page(report, "request-document"), DOCX).status_code == 404
    assert not asked()


def test_a_national_draft_stays_with_its_state_and_the_headquarters(cast: Cast):
    report = national()
    officer = signed_in(report.composed_by)
    assert officer.post(page(report, "request-document"), DOCX).status_code == 302
    [job] = asked()
    jobs.run(job.pk)
    address = reverse("reports:document", args=[Document.objects.get().pk])
    assert officer.get(address).status_code == 200
    assert signed_in(make_head("KZ")).get(address).status_code == 200
    assert signed_in(cast.planner).get(address).status_code == 200
    foreign = signed_in(make_head("RU")).get(address)
    missing = signed_in(make_head("RU")).get(reverse("reports:document", args=[999_999]))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert signed_in(cast.observer).get(address).status_code == 404


# --- drawn anew ---


def test_the_fingerprint_that_is_asked_by_a_page_is_that_of_the_renderer():
    assert is_drawn_alike(renderer_fingerprint())
    assert not is_drawn_alike(renderer_fingerprint().replace("layout ", "layout 0"))
    assert not is_drawn_alike("")


def test_a_draft_that_looks_otherwise_now_is_drawn_anew_and_what_was_given_out_stays_authentic(cast: Cast):
    report = make_report("draft")
    snapshot = take_snapshot(report=report, actor=report.composed_by, at=AT, is_draft=True)
    kind, given_out = DocumentKind(format="json"), b"drawn long ago"
    store.put(given_out)
    old = record_document(snapshot=snapshot, approval=None, kind=kind, file=stored_file(given_out), at=AT)
    assert ready_document(snapshot=snapshot, approval=None, kind=kind) is None
    anew = document_for(snapshot=snapshot, approval=None, kind=kind, at=AT)
    assert (anew.pk, anew.renderer) == (old.pk, renderer_fingerprint())
    assert store.get(anew.sha256) != given_out
    assert ready_document(snapshot=snapshot, approval=None, kind=kind) == anew
    assert verify_bytes(given_out).verdict == Verdict.AUTHENTIC_DRAFT


def test_an_approved_document_keeps_the_look_that_it_was_issued_with_unless_its_file_is_lost(cast: Cast):
    snapshot = current_snapshot(make_report("approved"))
    kind, issued = DocumentKind(format="json"), b"issued"
    store.put(issued)
    file = stored_file(issued)
    known = record_document(snapshot=snapshot, approval=snapshot.approval, kind=kind, file=file, at=AT)
    assert document_for(snapshot=snapshot, approval=snapshot.approval, kind=kind, at=AT) == known
    Document.objects.update(redrawn_at=AT, is_redrawn_the_same=True)
    store.path_of(file.sha256).unlink()
    planner = signed_in(cast.planner)
    answer = planner.post(page(snapshot.report, "request-document"), {"format": "json", "language": "ru"})
    assert answer["Location"] == page(snapshot.report), "the lost file is drawn again, not offered"
    anew = document_for(snapshot=snapshot, approval=snapshot.approval, kind=kind, at=AT)
    assert store.path_of(anew.sha256).exists()
    assert (anew.redrawn_at, anew.is_redrawn_the_same) == (None, None), "that was said of the file before"
