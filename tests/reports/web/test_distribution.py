"""Pages of recipients, copies and downloads; releases and their feed; what the public page of verification tells."""

import datetime as dt
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.http import http_date

from operations.models import Job, Operation
from reports.domain.distribution import post
from reports.domain.documents import DocumentKind, record_document
from reports.domain.snapshots import current_snapshot, take_snapshot
from reports.models import DisclosureThresholds, Dispatch, Document, Download, Recipient, Report
from reports.rendering import store
from tests.clients import signed_in
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report, make_results, stored_file
from tests.reports.web.test_reports import CALM, page

pytestmark = pytest.mark.django_db
OFFICE = {"name_ru": "Секретариат", "name_en": "Secretariat", "email": "s@office.example", "language": "ru"}
SENT_TO_ALL = "Every recipient of such reports has been sent a copy."
ATOM = "{http://www.w3.org/2005/Atom}"


def drawn(report: Report, content: bytes = b"a file", *, is_draft: bool = False, **kind: Any) -> Document:
    """A stored file of a report, as if it had been drawn."""
    store.put(content)
    snapshot = take_snapshot(report=report, actor=report.composed_by, at=AT, is_draft=True) if is_draft else None
    snapshot = snapshot or current_snapshot(report)
    return record_document(
        snapshot=snapshot,
        approval=None if is_draft else snapshot.approval,
        kind=DocumentKind(**kind),
        file=stored_file(content),
        at=AT,
    )


def test_the_headquarters_keep_recipients_and_send_them_copies(cast: Cast):
    report = make_report("approved")
    planner = signed_in(cast.planner)
    posted = {**OFFICE, "edition": "full", "definitions": ["annual"], "is_active": "on"}
    refused = planner.post(reverse("reports:new-recipient"), {**posted, "email": "nobody"})
    assert refused.status_code == 422
    assert "This is not an e-mail address" in refused.content.decode()
    assert 'value="nobody"' in refused.content.decode()
    assert planner.post(reverse("reports:new-recipient"), posted).status_code == 302
    row = Recipient.objects.get()
    assert "Secretariat" in planner.get(reverse("reports:recipients")).content.decode()
    stale = planner.post(reverse("reports:recipient", args=[row.pk]), {**posted, "revision": "7"})
    assert stale.status_code == 409
    assert "Send copies" in planner.get(page(report)).content.decode()
    assert planner.post(page(report, "distribution"), {"recipients": ["99999"]}).status_code == 422
    assert planner.post(page(report, "distribution"), {"recipients": [str(row.pk)]}).status_code == 302
    shown = planner.get(page(report, "distribution")).content.decode()
    assert "No. 2" in shown
    assert "Not sent yet: 1;" in shown and SENT_TO_ALL not in shown
    copy = Dispatch.objects.get()
    assert copy.recipient == row
    post(copy, drawn(report, marking="named", copy_number=copy.copy_number), at=AT)
    shown = planner.get(page(report, "distribution")).content.decode()
    assert "waits for the post" in shown and SENT_TO_ALL not in shown
    Dispatch.objects.update(sent_at=AT)
    shown = planner.get(page(report, "distribution")).content.decode()
    assert SENT_TO_ALL in shown and "Not sent yet" not in shown


def test_every_door_through_which_a_file_left_is_noted_for_the_headquarters(cast: Cast):
    report = make_report("published")
    full, public = drawn(report), drawn(report, b"public", edition="public", marking="open")
    planner = signed_in(cast.planner)
    planner.get(reverse("reports:document", args=[full.pk]))
    planner.get(reverse("api-documents-content", args=[full.pk]))
    Client(**CALM).get(reverse("reports:public-document", args=[public.pk]))
    Client(**CALM).get(reverse("reports:public-document", args=[full.pk]))
    noted = list(Download.objects.order_by("pk").values_list("door", "user", "document"))
    assert noted == [
        ("page", cast.planner.pk, full.pk),
        ("api", cast.planner.pk, full.pk),
        ("release", None, public.pk),
    ]
    shown = planner.get(page(report, "distribution")).content.decode()
    assert "somebody without a sign-in" in shown
    assert signed_in(cast.heads["RU"]).get(page(report, "distribution")).status_code == 403


def test_the_log_asks_the_same_number_of_questions_however_long_it_is(cast: Cast):
    report = make_report("approved")
    document = drawn(report)
    planner = signed_in(cast.planner)
    planner.get(reverse("reports:document", args=[document.pk]))

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            planner.get(page(report, "distribution"))
        return len(captured)

    few = queries()
    for _time in range(5):
        planner.get(reverse("reports:document", args=[document.pk]))
    assert queries() == few


def test_the_feed_holds_published_reports_and_their_public_files_alone(cast: Cast):
    report = make_report("published")
    operation = report.operation
    make_report("approved", operation=operation)
    full, public = drawn(report), drawn(report, b"public", edition="public", marking="open")
    response = Client(HTTP_ACCEPT_LANGUAGE="ru").get(reverse("reports:feed"))
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = fromstring(response.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == f"Сводный годовой отчёт, {operation.title_ru}"
    links = [link.get("href") for link in entry.findall(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert len(links) == 1
    assert links[0].endswith(reverse("reports:public-document", args=[public.pk]))
    text = response.content.decode()
    assert str(full.sha256) not in text
    for stage in operation.plan.stages.all():
        assert stage.codename == "" or stage.codename not in text
        assert stage.start_date.isoformat() not in text


def test_the_feed_has_an_author_and_is_updated_when_its_files_are_drawn(cast: Cast):
    report = make_report("published")
    late = report.published_at + dt.timedelta(minutes=7)
    Document.objects.filter(pk=drawn(report, b"public", edition="public", marking="open").pk).update(rendered_at=late)
    response = Client().get(reverse("reports:feed"))
    feed = fromstring(response.content)
    assert feed.find(f"{ATOM}author/{ATOM}name").text
    entry = feed.find(f"{ATOM}entry")
    for place in (feed, entry):
        assert dt.datetime.fromisoformat(place.find(f"{ATOM}updated").text) == late
    assert dt.datetime.fromisoformat(entry.find(f"{ATOM}published").text) == report.published_at
    assert response["Last-Modified"] == http_date(late.timestamp())


def test_a_release_says_that_a_newer_one_has_taken_its_place(cast: Cast):
    first = make_report("published")
    words = "A newer release has taken the place of this one."
    assert words not in Client(**CALM).get(reverse("reports:releases")).content.decode()
    make_report("approved", operation=first.operation)
    assert words not in Client(**CALM).get(reverse("reports:releases")).content.decode(), "nobody can read it yet"
    make_report("published", operation=first.operation)
    assert Client(**CALM).get(reverse("reports:releases")).content.decode().count(words) == 1
    assert Client(**CALM).get(reverse("reports:feed")).content.decode().count(words) == 1


def test_the_release_page_says_where_figures_can_still_change(cast: Cast):
    report = make_report("published")
    shown = Client(**CALM).get(reverse("reports:releases")).content.decode()
    assert "Preliminary figures" not in shown
    Report.objects.filter(pk=report.pk).update(definition="stage")
    if Report.objects.get().definition in {code for code, _name in _kinds()}:
        assert "Preliminary figures" not in Client(**CALM).get(reverse("reports:releases")).content.decode()
        Operation.objects.filter(pk=report.operation_id).update(annual_report_approved_at=None)
        assert "Preliminary figures" in Client(**CALM).get(reverse("reports:releases")).content.decode()
        assert "Preliminary figures" in Client(**CALM).get(reverse("reports:feed")).content.decode()


def _kinds() -> list[tuple[str, object]]:
    from reports.domain.distribution import kinds_of_report

    return kinds_of_report()


def checked(content: bytes, client: Client | None = None) -> str:
    response = (client or Client(**CALM)).post(
        reverse("reports:verify"), {"file": SimpleUploadedFile("any name.pdf", content)}
    )
    assert response.status_code == 200
    return response.content.decode()


def test_a_draft_is_told_apart_and_nothing_of_it_is_told_to_who_may_not_see_it(cast: Cast):
    report = make_report("draft", operation=make_results())
    document = drawn(report, b"a draft", is_draft=True)
    for client in (Client(**CALM), signed_in(cast.heads["KZ"]), signed_in(cast.observer)):
        shown = checked(b"a draft", client)
        assert "Authentic draft" in shown
        assert report.operation.title_en not in shown
        assert document.snapshot.sha256 not in shown
    assert document.snapshot.sha256 in checked(b"a draft", signed_in(cast.planner))


def test_a_file_of_another_kind_or_an_empty_one_is_answered_plainly(cast: Cast):
    assert "Unknown" in checked(b"\x89PNG\r\n\x1a\n")
    assert "Unknown" in checked(b"%PDF-1.7 and then nothing")
    response = Client(**CALM).post(reverse("reports:verify"), {"file": SimpleUploadedFile("empty.pdf", b"")})
    assert response.status_code == 422


def test_one_address_checks_only_so_often(cast: Cast):
    anybody = Client(**CALM)
    answers = [anybody.get(reverse("reports:verify"), {"code": f"AAAA-BBBB-CCCC-{n:04d}"}) for n in range(61)]
    assert [one.status_code for one in answers[-2:]] == [200, 429]
    assert answers[-1]["Retry-After"] == "60"
    assert anybody.get(reverse("reports:verify")).status_code == 200


def test_a_document_of_anothers_draft_is_as_if_there_was_none(cast: Cast):
    report = make_report("draft")
    document = drawn(report, b"a draft", is_draft=True)
    head = signed_in(cast.heads["KZ"])
    theirs, missing = (head.get(reverse("reports:document", args=[pk])) for pk in (document.pk, document.pk + 1000))
    assert (theirs.status_code, missing.status_code) == (404, 404)
    assert report.operation.title_en not in theirs.content.decode()


def test_what_the_public_edition_hides_is_looked_at_and_bound_to_the_publishing(cast: Cast):
    report = make_report("approved", operation=make_results(values={"VIO01": 30, "RET01": 1}))
    chair = signed_in(cast.hq_chair)
    shown = chair.get(page(report, "act", "publish"))
    assert "What the public edition hides" in shown.content.decode()
    assert chair.get(page(report, "public-edition")).status_code == 200
    sha256 = shown.context["clearance"].sha256
    posted = {"figures_cleared": "on", "disclosure_sha256": "0" * 64}
    assert chair.post(page(report, "act", "publish"), posted).status_code == 409
    report.refresh_from_db()
    assert report.status == Report.Status.APPROVED
    assert chair.post(page(report, "act", "publish"), {**posted, "disclosure_sha256": sha256}).status_code == 302


def test_it_is_told_to_what_multiples_an_edition_is_rounded(cast: Cast):
    DisclosureThresholds.objects.create(
        effective_from=AT.date(),
        reference_ru="Решение",
        reference_en="Decision",
        method="rounding",
        entered_by=cast.hq_chair,
        entered_at=AT,
    )
    report = make_report("approved", operation=make_results(states=("AM", "BY"), values={"VIO01": 11, "RET01": 1}))
    shown = " ".join(signed_in(cast.hq_chair).get(page(report, "act", "publish")).content.decode().split())
    assert "to multiples of 5, and of 10 where citizenship by state and stage belongs to the same sums" in shown


def test_two_sets_of_data_are_compared_on_a_page(cast: Cast):
    report = make_report("approved")
    planner = signed_in(cast.planner)
    assert "No number differs" in planner.get(page(report, "compare")).content.decode()
    assert planner.get(page(report, "compare"), {"old": "abc"}).status_code == 404
    assert planner.get(page(report, "compare"), {"new": str(current_snapshot(report).pk)}).status_code == 200
    response = planner.get(reverse("api-snapshots-compare", args=[current_snapshot(report).pk]))
    assert response.status_code == 400
    pk = current_snapshot(report).pk
    given = planner.get(reverse("api-snapshots-compare", args=[pk]), {"with": pk}).json()
    assert given == {"old": pk, "new": pk, "changes": []}


def test_a_copy_that_could_not_be_drawn_says_so_and_is_tried_again_by_whoever_asked(cast: Cast):
    report = make_report("approved")
    planner, address = signed_in(cast.planner), page(report, "distribution")
    planner.post(reverse("reports:new-recipient"), {**OFFICE, "edition": "full", "is_active": "on"})
    planner.post(address, {"recipients": [str(Recipient.objects.get().pk)]})
    assert "is being drawn" in planner.get(address).content.decode()
    job = Job.objects.get(kind="send_copy")
    Job.objects.filter(pk=job.pk).update(status=Job.Status.FAILED, error="drawing took longer than 300 seconds")
    retry = reverse("operations:job-retry", args=[job.pk])
    shown = planner.get(address).content.decode()
    assert "could not be drawn" in shown and "longer than 300 seconds" in shown and retry in shown
    assert retry not in signed_in(cast.hq_chair).get(address).content.decode()
    planner.post(retry)
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED
