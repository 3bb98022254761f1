"""Pages of the workbook: download, upload, comparison, import, and who may not."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from operations.domain.figures import FigureInput
from operations.domain.returns import save_draft, submit_return
from operations.models import AuditEntry, Breach, CellState, Figure, ImportBatch, Submission
from tests.clients import signed_in
from tests.factories.people import make_officer
from tests.factories.reference import category, indicator, make_agency
from tests.factories.reporting import Story, cells, make_draft, make_story, make_submitted
from tests.operations.workbooks.workbook_files import blank, filled

pytestmark = pytest.mark.django_db
Status = ImportBatch.Status


@pytest.fixture
def story(monkeypatch) -> Story:
    """The clock of the pages stands at a moment when the period is open."""
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def address(story: Story, name: str = "workbook", *more: object) -> str:
    return reverse(f"operations:{name}", args=[story.expected_return.pk, *more])


def upload(client: Client, story: Story, data: bytes, *, name: str = "return.xlsx"):
    return client.post(address(story), {"file": SimpleUploadedFile(name, data)})


def checked(client: Client, story: Story, data: bytes) -> str:
    """Uploads what is right; answers the address of the comparison."""
    response = upload(client, story, data)
    assert response.status_code == 302, response.content.decode()
    return response.url


def revision_of(response) -> str:
    return str(response.context["revision"])


def kept_files() -> list[Path]:
    folder = Path(settings.MEDIA_ROOT) / "uploads"
    return sorted(folder.iterdir()) if folder.exists() else []


def test_the_page_of_a_return_leads_to_its_workbook(story: Story):
    make_draft(story, rest=None)
    client = signed_in(story.officer)
    shown = client.get(reverse("operations:return", args=[story.expected_return.pk])).content.decode()
    assert f'href="{address(story)}"' in shown
    shown = client.get(address(story)).content.decode()
    assert address(story, "workbook-file") in shown
    assert 'type="file"' in shown


def test_a_download_is_a_file_with_the_figures_entered_so_far(story: Story):
    make_draft(story, {"VIO01": 12}, rest=None)
    response = signed_in(story.officer).get(address(story, "workbook-file"))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert 'filename="illegal-2026_ru-internal-affairs_S1-final.xlsx"' in response["Content-Disposition"]
    full = response.content
    empty = signed_in(story.officer).get(address(story, "workbook-file"), {"empty": "1"}).content
    assert full == blank(story.expected_return, story.expected_return.submissions.get())
    assert full != empty


def test_a_filled_in_workbook_begins_the_return_and_equals_its_figures(story: Story):
    client = signed_in(story.officer)
    data = filled(blank(story.expected_return), {"VIO01": 1234, "ADM04": 10.5, "ACT01": (None, "withheld")})
    comparison = checked(client, story, data)
    response = client.get(comparison)
    assert response.context["counts"] == {"new": 3, "changed": 0, "emptied": 0, "unchanged": 0}
    assert not Submission.objects.exists()
    assert not AuditEntry.objects.filter(act__startswith="return").exists()
    assert client.post(comparison, {"revision": ""}).status_code == 302
    draft = story.expected_return.submissions.get()
    assert cells(draft) == {"VIO01.TOTAL": 1234, "ADM04.TOTAL": 1050, "ACT01.TOTAL": "withheld"}
    batch = ImportBatch.objects.get()
    assert (batch.status, batch.imported_by, batch.summary["new"]) == (Status.IMPORTED, story.officer, 3)
    assert kept_files() == []


def test_the_comparison_says_what_would_be_new_changed_emptied_and_unchanged(story: Story):
    draft = make_draft(story, {"VIO01": 1, "VIO02": 2, "VIO03": 3}, rest=None)
    client = signed_in(story.officer)
    data = filled(blank(story.expected_return), {"VIO01": 1, "VIO02": 22, "VIO06": 6})
    comparison = checked(client, story, data)
    response = client.get(comparison)
    assert response.context["counts"] == {"new": 1, "changed": 1, "emptied": 1, "unchanged": 1}
    kinds = {one.address: (one.kind, one.cell) for one in response.context["differences"]}
    assert {address: kind for address, (kind, _cell) in kinds.items()} == {
        "VIO02": "changed",
        "VIO03": "emptied",
        "VIO06": "new",
    }
    assert all(cell.startswith("F") for _kind, cell in kinds.values())
    assert "The draft was saved after this workbook had been downloaded" in response.content.decode()
    client.post(comparison, {"revision": revision_of(response)})
    assert cells(draft) == {"VIO01.TOTAL": 1, "VIO02.TOTAL": 22, "VIO06.TOTAL": 6}


def test_a_workbook_of_the_draft_as_it_is_changes_nothing(story: Story):
    draft = make_draft(story, {"VIO01": 1}, rest=0)
    client = signed_in(story.officer)
    response = client.get(checked(client, story, blank(story.expected_return, draft)))
    assert response.context["counts"]["unchanged"] == draft.figures.count()
    assert response.context["differences"] == []
    assert not response.context["is_older"]


def test_the_comparison_foretells_what_would_still_be_open_and_stores_nothing(story: Story):
    draft = make_draft(story, rest=None)
    client = signed_in(story.officer)
    data = filled(blank(story.expected_return, draft), {"VIO01": 1, "VIO02": 5}, rest=0)
    response = client.get(checked(client, story, data))
    findings = response.context["findings"]
    assert findings.problems or findings.broken
    assert cells(draft) == {}
    assert not Breach.objects.exists()
    assert Submission.objects.get().revision == draft.revision


def test_one_fault_and_nothing_is_stored_but_all_are_listed(story: Story):
    draft = make_draft(story, {"VIO01": 7}, rest=None)
    client = signed_in(story.officer)
    data = filled(blank(story.expected_return, draft), {"VIO01": 8, "VIO02": -1, "VIO03": "many"})
    response = upload(client, story, data)
    shown = response.content.decode()
    assert response.status_code == 422
    assert [fault.code for fault in response.context["faults"]] == ["negative_number", "bad_number"]
    for fault in response.context["faults"]:
        assert str(fault.message) in shown
        assert fault.value in shown
    assert cells(draft) == {"VIO01.TOTAL": 7}
    batch = ImportBatch.objects.get()
    assert (batch.status, batch.summary["problems"]) == (Status.REFUSED, 2)
    back = client.get(address(story, "workbook-marked", batch.pk))
    assert back.content.startswith(b"PK")
    assert back["Content-Disposition"].endswith('_errors.xlsx"')
    assert client.get(address(story, "workbook-check", batch.pk)).status_code == 404
    assert client.post(address(story, "workbook-check", batch.pk), {"revision": draft.revision}).status_code == 404


def test_a_workbook_of_another_return_is_refused_as_a_whole(story: Story):
    other = make_story_of_another_state(story)
    response = upload(signed_in(story.officer), story, blank(other))
    assert response.status_code == 400
    assert [fault.code for fault in response.context["faults"]] == ["wrong_return"]


def make_story_of_another_state(story: Story):
    from tests.factories.operations import make_return

    return make_return(story.period, make_agency("KZ"))


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 415),
        (b"state,agency\n", 415),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), 415),
        (b"PK\x03\x04" + bytes(100), 400),
        (b"PK\x03\x04" + bytes(26 * 1024 * 1024), 413),
    ],
    ids=["empty", "csv", "xls", "truncated", "26 MB"],
)
def test_a_file_that_is_no_workbook_is_answered_with_a_plain_message(story: Story, data: bytes, status: int):
    response = upload(signed_in(story.officer), story, data)
    assert response.status_code == status
    assert "govuk-error-summary" in response.content.decode()
    assert kept_files() == []


def test_200_megabytes_are_refused_before_a_byte_is_read(story: Story):
    class Unreadable(io.BytesIO):
        def read(self, *_args):
            raise AssertionError("the upload was read")

    client = signed_in(story.officer, enforce_csrf_checks=True)
    response = client.generic(
        "POST",
        address(story),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
        **{"wsgi.input": Unreadable()},
    )
    assert response.status_code == 413


def test_an_upload_without_the_token_against_forgery_is_refused(story: Story):
    client = signed_in(story.officer, enforce_csrf_checks=True)
    assert upload(client, story, blank(story.expected_return)).status_code == 403


def test_no_file_is_an_error_of_the_form(story: Story):
    response = signed_in(story.officer).post(address(story), {})
    assert response.status_code == 422
    assert response.context["form"].errors["file"]


def test_a_draft_that_somebody_saved_meanwhile_is_a_conflict_and_settled_by_looking_again(story: Story):
    draft = make_draft(story, {"VIO01": 1}, rest=None)
    client = signed_in(story.officer)
    comparison = checked(client, story, filled(blank(story.expected_return, draft), {"VIO01": 2}))
    seen = revision_of(client.get(comparison))
    meanwhile = FigureInput(indicator("VIO02").pk, category().pk, state=CellState.VALUE, value=9)
    save_draft(submission=draft, figures=[meanwhile], revision=None, actor=story.second_officer, at=story.at)
    response = client.post(comparison, {"revision": seen})
    assert response.status_code == 409
    assert response.context["is_stale"]
    assert {one.address: one.kind for one in response.context["differences"]} == {
        "VIO01": "changed",
        "VIO02": "emptied",
    }
    assert cells(draft)["VIO01.TOTAL"] == 1
    assert client.post(comparison, {"revision": revision_of(response)}).status_code == 302
    assert cells(draft) == {"VIO01.TOTAL": 2}


def test_a_return_that_somebody_began_meanwhile_is_a_conflict(story: Story):
    client = signed_in(story.officer)
    comparison = checked(client, story, filled(blank(story.expected_return), {"VIO01": 2}))
    draft = make_draft(story, {"VIO02": 1}, rest=None)
    assert client.post(comparison, {"revision": ""}).status_code == 409
    assert cells(draft) == {"VIO02.TOTAL": 1}
    assert AuditEntry.objects.filter(act="submission.save_draft.refused").exists()


@pytest.mark.parametrize("revision", ["x", "-1", "9" * 12, "1.5"])
def test_a_revision_that_was_tampered_with_stores_nothing(story: Story, revision: str):
    draft = make_draft(story, {"VIO01": 1}, rest=None)
    client = signed_in(story.officer)
    comparison = checked(client, story, filled(blank(story.expected_return, draft), {"VIO01": 2}))
    assert client.post(comparison, {"revision": revision}).status_code == 422
    assert cells(draft) == {"VIO01.TOTAL": 1}


def test_a_workbook_is_imported_once(story: Story):
    client = signed_in(story.officer)
    comparison = checked(client, story, filled(blank(story.expected_return), {"VIO01": 2}))
    assert client.post(comparison, {"revision": ""}).status_code == 302
    assert client.post(comparison, {"revision": "2"}).status_code == 409


def test_what_was_uploaded_is_kept_for_a_day_and_not_a_byte_of_it_may_change(story: Story, monkeypatch):
    client = signed_in(story.officer)
    comparison = checked(client, story, filled(blank(story.expected_return), {"VIO01": 2}))
    (path,) = kept_files()
    kept = path.read_bytes()
    path.write_bytes(kept + b"x")
    assert client.get(comparison).url == address(story)
    path.write_bytes(kept)
    assert client.get(comparison).status_code == 200
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at + dt.timedelta(hours=25))
    client = signed_in(story.officer)  # the session has ended meanwhile, too
    assert "Upload it again" in client.get(comparison, follow=True).content.decode()
    assert client.post(comparison, {"revision": ""}).url == address(story)
    assert not Submission.objects.exists()
    assert upload(client, story, blank(story.expected_return)).status_code == 302


def test_a_doubt_about_a_note_gives_way_to_a_reason(story: Story):
    client = signed_in(story.officer)
    data = filled(blank(story.expected_return), {"VIO01": (1, None, "Сведения дал Петров И.И.")})
    comparison = checked(client, story, data)
    assert "screening_reason" in client.get(comparison).content.decode()
    refused = client.post(comparison, {"revision": ""})
    assert refused.status_code == 422
    assert not Figure.objects.exists()
    reason = "Должностное лицо, а не проверенный"
    assert client.post(comparison, {"revision": "", "screening_reason": reason}).status_code == 302
    assert Figure.objects.get().note == "Сведения дал Петров И.И."


# --- who may not ---


def test_another_state_sees_no_workbook_and_no_upload(story: Story):
    make_draft(story, rest=None)
    client = signed_in(story.officer)
    number = checked(client, story, filled(blank(story.expected_return), {"VIO01": 2})).rstrip("/").rpartition("/")[2]
    foreign = signed_in(make_officer(make_agency("KZ")))
    for place in (address(story), address(story, "workbook-file")):
        assert foreign.get(place).status_code == 404
    for name in ("workbook-check", "workbook-marked"):
        assert foreign.get(address(story, name, number)).status_code == 404
    assert upload(foreign, story, b"PK").status_code == 404


def test_an_upload_is_its_owners_alone_and_belongs_to_its_return(story: Story):
    client = signed_in(story.officer)
    number = checked(client, story, filled(blank(story.expected_return), {"VIO01": 2})).rstrip("/").rpartition("/")[2]
    colleague = signed_in(story.second_officer)
    assert colleague.get(address(story, "workbook-check", number)).status_code == 404
    assert colleague.post(address(story, "workbook-check", number), {"revision": ""}).status_code == 404
    from tests.factories.reporting import next_stage

    elsewhere = reverse("operations:workbook-check", args=[next_stage(story).pk, number])
    assert client.get(elsewhere).status_code == 404


def test_whoever_does_not_enter_figures_downloads_and_does_not_upload(story: Story):
    make_draft(story, {"VIO01": 1}, rest=None)
    for user in (story.head, story.planner):
        client = signed_in(user)
        assert client.get(address(story, "workbook-file")).status_code == 200
        assert 'type="file"' not in client.get(address(story)).content.decode()
        assert upload(client, story, blank(story.expected_return)).status_code == 403


def test_a_submitted_return_takes_no_workbook(story: Story):
    make_submitted(story)
    client = signed_in(story.officer)
    assert client.get(address(story)).status_code == 200
    assert upload(client, story, blank(story.expected_return)).status_code == 409


def test_a_draft_submitted_after_the_check_takes_it_no_more(story: Story):
    draft = make_draft(story)
    client = signed_in(story.officer)
    comparison = checked(client, story, filled(blank(story.expected_return, draft), {"VIO01": 2}))
    submit_return(submission=draft, actor=story.second_officer, at=story.at)
    assert client.post(comparison, {"revision": str(draft.revision)}).status_code == 409
    assert cells(draft)["VIO01.TOTAL"] == 0


def test_the_workbook_of_two_hundred_cells_is_written_and_compared_in_few_queries(
    story: Story, django_assert_max_num_queries
):
    draft = make_draft(story)
    client = signed_in(story.officer)
    with django_assert_max_num_queries(25):
        client.get(address(story, "workbook-file"))
    comparison = checked(client, story, filled(blank(story.expected_return, draft), {"VIO01": 2}))
    with django_assert_max_num_queries(90):
        client.get(comparison)
