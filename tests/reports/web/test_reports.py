"""Pages of reports: from the draft to the public file, and what each person is shown on the way."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.domain import jobs
from operations.models import Job, Operation
from reports.domain.snapshots import current_snapshot
from reports.models import Document, Report
from tests.clients import signed_in
from tests.factories.people import PASSWORD, Cast
from tests.factories.reports import VALUES, accept, count, final_return, make_report, make_results

pytestmark = pytest.mark.django_db
CALM = {"HTTP_ACCEPT_LANGUAGE": "en"}


def page(report: Report, name: str = "report", *arguments: str) -> str:
    return reverse(f"reports:{name}", args=[report.pk, *arguments])


def test_a_planner_opens_a_draft_and_writes_both_languages(cast: Cast):
    operation = make_results()
    planner = signed_in(cast.planner)
    response = planner.post(reverse("reports:reports"), {"definition": "annual", "operation": operation.slug})
    report = Report.objects.get()
    assert response.url == page(report, "compose")
    assert "The section on rights has no figures and no text" in planner.get(response.url).content.decode()
    texts = {"text_ru": "Данные не собирались", "text_en": "Not collected", "revision": "0"}
    planner.post(page(report, "write", "rights"), texts)
    assert report.narratives.get(section="rights").text_en == "Not collected"
    assert "The section on rights" not in planner.get(page(report, "compose")).content.decode()


def test_the_script_that_saves_by_itself_gets_the_new_revision(cast: Cast):
    report = make_report("draft")
    texts = {"text_ru": "Да", "text_en": "Yes", "revision": "0"}
    response = signed_in(cast.planner).post(page(report, "write", "summary"), texts, headers={"X-Autosave": "1"})
    assert response.json() == {"revision": 1}
    response = signed_in(cast.planner).post(page(report, "write", "summary"), texts, headers={"X-Autosave": "1"})
    assert response.status_code == 412


def test_two_who_write_at_once_see_both_texts(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)
    for text in ("Первый", "Второй"):
        posted = {"text_ru": text, "text_en": text, "revision": "0"}
        response = planner.post(page(report, "write", "summary"), posted)
    assert response.status_code == 409
    shown = response.content.decode()
    assert "Первый" in shown
    assert "Второй" in shown
    posted["revision"] = "1"
    assert planner.post(page(report, "write", "summary"), posted).status_code == 302
    assert report.narratives.get().text_ru == "Второй"


def test_personal_data_comes_back_with_the_text_as_it_was_typed(cast: Cast):
    report = make_report("draft")
    posted = {"text_ru": "ИИН 123456789012", "text_en": "x", "revision": "0"}
    response = signed_in(cast.planner).post(page(report, "write", "problems"), posted)
    assert response.status_code == 422
    assert "ИИН 123456789012" in response.content.decode()
    assert not report.narratives.exists()


def test_an_open_checklist_comes_back_and_an_explanation_lets_it_through(cast: Cast):
    report = make_report("draft")
    planner = signed_in(cast.planner)
    asked = planner.get(page(report, "act", "submit")).content.decode()
    assert "Explanation of the open points" in asked and "(optional)" not in asked
    refused = planner.post(page(report, "act", "submit"), {"explanation": ""})
    assert refused.status_code == 422
    assert "The section on rights" in refused.content.decode()
    assert planner.post(page(report, "act", "submit"), {"explanation": "Позже"}).status_code == 302
    report.refresh_from_db()
    assert report.status == Report.Status.SUBMITTED


def test_the_chair_sees_the_summary_and_the_hash_and_approves_with_the_password(cast: Cast):
    report = make_report("submitted")
    chair = signed_in(cast.council_chair)
    shown = chair.get(page(report, "act", "approve")).content.decode()
    snapshot = current_snapshot(report)
    assert snapshot.sha256 in shown
    assert "1,890" in shown
    posted = {"hash": snapshot.sha256, "meeting": "", "password": PASSWORD, "code": ""}
    assert chair.post(page(report, "act", "approve"), {**posted, "password": "wrong"}).status_code == 422
    assert chair.post(page(report, "act", "approve"), {**posted, "hash": "0" * 64}).status_code == 409
    assert chair.post(page(report, "act", "approve"), posted).status_code == 302
    report.refresh_from_db()
    assert report.status == Report.Status.APPROVED


@pytest.mark.parametrize(("who", "status"), [("hq_chair", 403), ("planner", 403), ("observer", 404)])
def test_nobody_else_opens_the_approval(cast: Cast, who: str, status: int):
    report = make_report("submitted")
    assert signed_in(getattr(cast, who)).get(page(report, "act", "approve")).status_code == status


def test_documents_are_drawn_by_their_jobs_and_fetched(cast: Cast):
    report = make_report("approved")
    wanted = Job.objects.filter(arguments__format="csv").get()
    done = jobs.run(wanted.pk)
    assert done.status == Job.Status.DONE, done.error
    document = Document.objects.get()
    planner = signed_in(cast.planner)
    assert reverse("reports:document", args=[document.pk]) in planner.get(page(report)).content.decode()
    response = planner.get(reverse("reports:document", args=[document.pk]))
    assert response["X-Content-SHA256"] == document.sha256
    assert 'filename="illegal-2026-annual-1-ru.csv"' in response["Content-Disposition"]
    file = SimpleUploadedFile("any name", response.content)
    found = Client(**CALM).post(reverse("reports:verify"), {"file": file}).content.decode()
    assert "Authentic" in found
    altered = SimpleUploadedFile("any name", response.content + b" ")
    assert "Unknown" in Client(**CALM).post(reverse("reports:verify"), {"file": altered}).content.decode()


def test_a_job_that_runs_twice_draws_once(cast: Cast):
    make_report("approved")
    wanted = Job.objects.filter(arguments__format="json").get()
    jobs.run(wanted.pk)
    Job.objects.filter(pk=wanted.pk).update(status=Job.Status.QUEUED)
    assert jobs.run(wanted.pk).status == Job.Status.DONE
    assert Document.objects.count() == 1


def test_a_public_edition_is_for_everybody_and_the_full_one_is_not(cast: Cast):
    make_report("published")
    for edition in ("public", "full"):
        jobs.run(Job.objects.filter(arguments__format="csv", arguments__edition=edition).get().pk)
    public, full = (Document.objects.get(edition=edition) for edition in ("public", "full"))
    anybody = Client(**CALM)
    address = reverse("reports:public-document", args=[public.pk])
    assert address in anybody.get(reverse("reports:releases")).content.decode()
    assert anybody.get(address).status_code == 200
    assert anybody.get(reverse("reports:public-document", args=[full.pk])).status_code == 404
    assert anybody.get(reverse("reports:document", args=[full.pk])).status_code == 302
    observer = signed_in(cast.observer)
    read = observer.get(page(full.snapshot.report)).content.decode()
    assert "The public edition is open to you" in read
    assert "not frozen yet" not in read
    assert observer.get(reverse("reports:document", args=[full.pk])).status_code == 404
    assert observer.get(reverse("reports:document", args=[public.pk])).status_code == 200


def test_a_code_shows_what_was_approved_to_everybody(cast: Cast):
    report = make_report("approved")
    snapshot = current_snapshot(report)
    address = f"{reverse('reports:verify')}?code={snapshot.approval.verification_code}"
    shown = Client(**CALM).get(address).content.decode()
    assert snapshot.sha256 in shown
    assert snapshot.approval.name_en in shown


@pytest.mark.parametrize("code", ["%00", "x" * 5000, "%F0%9F%98%80", "<script>"])
def test_any_text_may_be_given_as_a_code(cast: Cast, code: str):
    assert Client(**CALM).get(f"{reverse('reports:verify')}?code={code}").status_code == 200


def test_checking_no_file_says_that_one_is_needed(cast: Cast):
    response = Client(**CALM).post(reverse("reports:verify"), {})
    assert response.status_code == 422


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(cast: Cast):
    operation = make_results()
    make_report(operation=operation)
    planner = signed_in(cast.planner)
    planner.get(reverse("reports:reports"))
    with CaptureQueriesContext(connection) as one:
        planner.get(reverse("reports:reports"))
    for _place in range(4):
        make_report(operation=operation)
    with CaptureQueriesContext(connection) as many:
        planner.get(reverse("reports:reports"))
    assert len(many) == len(one)


def test_moved_figures_are_said_on_the_page(cast: Cast):
    report = make_report("approved")
    operation = report.operation
    operation.refresh_from_db()
    planner = signed_in(cast.planner)
    assert "The figures have moved" not in planner.get(page(report)).content.decode()
    accept(final_return(operation), {"VIO01": 5}, number=2)
    count(operation)
    operation.data_version += 1
    operation.save()
    assert "The figures have moved" in planner.get(page(report)).content.decode()


def test_the_page_leads_to_the_report_that_is_to_take_its_place_and_later_to_the_one_that_took_it(cast: Cast):
    first = make_report("published")
    accept(final_return(first.operation), {**VALUES, "VIO01": 1}, number=2)
    Operation.objects.filter(pk=first.operation_id).update(data_version=first.operation.data_version + 1)
    count(first.operation)
    planner = signed_in(cast.planner)
    assert "The figures have moved" in planner.get(page(first)).content.decode()
    planner.post(page(first, "supersede"))
    newer = Report.objects.get(number=2)
    shown = planner.get(page(first)).content.decode()
    assert "A report that is to take its place has been opened" in shown and page(newer) in shown
    assert page(newer) not in signed_in(cast.heads["KZ"]).get(page(first)).content.decode(), (
        "a draft is the house's own"
    )
    Report.objects.filter(pk=newer.pk).update(status="published")
    for client in (planner, signed_in(cast.observer)):
        shown = client.get(page(first)).content.decode()
        assert "A newer report has taken the place of this one" in shown and page(newer) in shown
        assert "The figures have moved" not in shown


def test_the_page_of_a_drawing_leads_back_to_the_report_that_wanted_it(cast: Cast):
    report = make_report("approved")
    planner = signed_in(cast.planner)
    planner.post(page(report, "request-document"), {"format": "html", "language": "both"})
    job = Job.objects.filter(kind="render_document").latest("created_at")
    address = reverse("operations:job", args=[job.pk])
    assert f'href="{page(report)}"' in planner.get(address).content.decode()
    planner.post(reverse("operations:job-cancel", args=[job.pk]))
    shown = planner.get(address).content.decode()
    assert f'href="{page(report)}"' in shown and reverse("operations:job-retry", args=[job.pk]) in shown
    planner.post(reverse("operations:job-retry", args=[job.pk]))
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED
