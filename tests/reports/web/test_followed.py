"""The pages with the documents of a plan and of minutes: who asks for what, and what is drawn."""

import pytest
from django.urls import reverse

from operations.models import Job
from reports.domain.following import follow_plan
from reports.models import Report, Snapshot
from tests.clients import signed_in
from tests.factories.minutes import recorded_meeting
from tests.factories.people import PASSWORD, Cast
from tests.factories.plans import approved_plan, drafted_plan, moment

pytestmark = pytest.mark.django_db


def asked(name: str, **given: str) -> dict[str, str]:
    return {"wanted": name, **{f"{name}-{field}": value for field, value in given.items()}}


def test_a_planner_asks_for_a_working_copy_of_the_draft(cast: Cast):
    plan = drafted_plan(cast)
    address = reverse("reports:plan-documents", args=[plan.operation.slug])
    client = signed_in(cast.planner)
    assert b"working copy" in client.get(address).content
    answer = client.post(address, asked("draft", format="docx", language="en"))
    assert answer.status_code == 302
    job = Job.objects.get(kind="render_document")
    assert (job.arguments["format"], job.arguments["language"], job.arguments["approval_id"]) == ("docx", "en", None)
    assert Snapshot.objects.get().is_draft


def test_a_head_asks_for_another_format_of_the_approved_plan_and_never_for_word(cast: Cast):
    plan = approved_plan(cast)
    address = reverse("reports:plan-documents", args=[plan.operation.slug])
    client = signed_in(cast.heads["KZ"])
    assert client.post(address, asked("approved", format="pdf", language="both")).status_code == 302
    _snapshot, approval = follow_plan(plan.in_force_version, at=moment(hour=18))
    wanted = [job.arguments for job in Job.objects.filter(kind="render_document")]
    assert {"pdf"} == {one["format"] for one in wanted}
    assert {approval.pk} == {one["approval_id"] for one in wanted}
    assert client.post(address, asked("approved", format="docx", language="ru")).status_code == 422


def test_a_head_does_not_find_the_draft_and_an_observer_nothing_to_ask_for(cast: Cast):
    draft = reverse("reports:plan-documents", args=[drafted_plan(cast).operation.slug])
    assert signed_in(cast.heads["KZ"]).get(draft).status_code == 404
    shared = reverse("reports:plan-documents", args=[approved_plan(cast, year=2027).operation.slug])
    client = signed_in(cast.observer)
    assert b'name="wanted"' not in client.get(shared).content
    assert client.post(shared, asked("approved", format="pdf", language="ru")).status_code == 403
    assert not Report.objects.exists()


@pytest.mark.parametrize("given", [{}, {"wanted": "other"}, asked("draft", format="exe", language="ru")])
def test_a_choice_that_is_not_offered_comes_back_with_its_errors(cast: Cast, given: dict[str, str]):
    plan = drafted_plan(cast)
    answer = signed_in(cast.planner).post(reverse("reports:plan-documents", args=[plan.operation.slug]), given)
    assert answer.status_code == 422
    assert not Job.objects.exists()


def test_the_page_of_a_meeting_leads_to_the_signature_and_the_documents(cast: Cast):
    meeting = recorded_meeting(cast, operation=drafted_plan(cast).operation.slug)
    page = reverse("operations:meeting", args=[meeting.pk])
    sign = reverse("operations:minutes-sign", args=[meeting.pk])
    documents = reverse("reports:minutes-documents", args=[meeting.pk])
    chair = signed_in(cast.hq_chair)
    assert sign.encode() in chair.get(page).content
    assert sign.encode() not in signed_in(cast.planner).get(page).content
    assert documents.encode() in chair.get(page).content
    assert b"Agreement of the plan" in chair.get(sign).content
    assert chair.post(sign, {"password": "wrong"}).status_code == 422
    assert chair.post(sign, {"password": PASSWORD}).status_code == 302
    meeting.refresh_from_db()
    assert meeting.signed_by == cast.hq_chair
    answer = signed_in(cast.heads["RU"]).post(documents, asked("approved", format="json", language="ru"))
    assert answer.status_code == 302
