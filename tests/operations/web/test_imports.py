"""Pages of imports: upload, progress, what was found, the import of what was checked, and who may not."""

import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from operations.domain import jobs
from operations.models import ImportBatch, Job, Submission
from tests.clients import signed_in
from tests.factories.imports import sheet, table
from tests.factories.reporting import Story, cells, make_story

pytestmark = pytest.mark.django_db
Status = ImportBatch.Status


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Story:
    story = make_story()
    monkeypatch.setattr("django.utils.timezone.now", lambda: story.at)
    return story


def address(name: str, *arguments: Any) -> str:
    return reverse(f"operations:{name}", args=arguments)


def upload(client: Client, content: str | bytes, *, name: str = "in.csv", atomicity: str = "file") -> Any:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    return client.post(address("returns-import", "illegal-2026"), {"file": file, "atomicity": atomicity})


def checked(client: Client, content: str | bytes, **options: Any) -> ImportBatch:
    """Uploads, has the work done, and answers the record."""
    answer = upload(client, content, **options)
    assert answer.status_code == 302
    batch = ImportBatch.objects.latest("pk")
    assert answer["Location"] == address("import", batch.pk)
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    return batch


def imported(client: Client, batch: ImportBatch) -> ImportBatch:
    assert client.post(address("import-checked", batch.pk)).status_code == 302
    batch.refresh_from_db()
    jobs.run(batch.job_id)
    batch.refresh_from_db()
    return batch


def test_a_file_is_uploaded_checked_and_imported_with_one_click(story: Story):
    client = signed_in(story.officer)
    batch = checked(client, table(("VIO01", "", 5)))
    assert (batch.status, Submission.objects.exists()) == (Status.CHECKED, False)
    page = client.get(address("import", batch.pk)).content.decode()
    assert "One error in the file, and nothing of it is imported." in page
    assert address("import-checked", batch.pk) in page
    assert imported(client, batch).status == Status.IMPORTED
    assert cells(Submission.objects.get()) == {"VIO01.TOTAL": 5}
    page = client.get(address("import", batch.pk)).content.decode()
    assert address("import-checked", batch.pk) not in page
    assert client.post(address("import-checked", batch.pk)).status_code == 409
    listed = client.get(address("returns-import", "illegal-2026")).content.decode()
    assert address("import", batch.pk) in listed


def test_while_the_work_waits_its_page_asks_again_by_itself_and_without_a_script_by_a_link(story: Story):
    client = signed_in(story.officer)
    upload(client, table(("VIO01", "", 5)))
    batch = ImportBatch.objects.get()
    Job.objects.update(status=Job.Status.RUNNING, done=250, total=1000)
    page = client.get(address("import", batch.pk)).content.decode()
    assert "<progress" in page and 'value="250"' in page and "<noscript>" in page
    part = client.get(address("import", batch.pk), headers={"HX-Request": "true"}).content.decode()
    assert "<progress" in part and "<html" not in part
    Job.objects.update(status=Job.Status.QUEUED)
    jobs.run(batch.job_id)
    answer = client.get(address("import", batch.pk), headers={"HX-Request": "true"})
    assert answer["HX-Refresh"] == "true"


def test_every_fault_is_on_the_page_and_in_a_file(story: Story):
    client = signed_in(story.officer)
    batch = checked(client, table(("VIO01", "", "-1"), *[("VIO99", "", 1)] * 150))
    assert batch.status == Status.REFUSED
    answer = client.get(address("import", batch.pk))
    assert (len(answer.context["conflicts"]), answer.context["found"]) == (100, 151)
    assert len(client.get(address("import", batch.pk) + "?page=2").context["conflicts"]) == 51
    listed = client.get(address("import-errors", batch.pk))
    assert listed["Content-Disposition"].startswith("attachment")
    lines = listed.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 152
    assert "value;negative_number;'-1;" in lines[1] and "indicator;unknown_indicator;VIO99;" in lines[2]
    assert '<code class="ops-code">VIO99</code>' in answer.content.decode()
    assert client.post(address("import-checked", batch.pk)).status_code == 409


def test_nothing_that_looks_personal_is_kept_of_a_refused_cell(story: Story):
    client = signed_in(story.officer)
    phone = "+7 916 123-45-67"
    batch = checked(client, table(("VIO01", "", phone), ("VIO02", "", "many")))
    assert [row["value"] for row in batch.conflicts] == ["", "many"]
    assert phone not in client.get(address("import", batch.pk)).content.decode()


def test_a_fault_that_a_spreadsheet_would_carry_out_is_a_text_in_the_list(story: Story):
    client = signed_in(story.officer)
    content = sheet(("VIO01", "", "x"), more=lambda book, page: setattr(page, "name", "=cmd"))
    batch = checked(client, content, name="in.xlsx")
    assert batch.conflicts[0]["place"] == "=cmd!F2"
    assert "\r\n'=cmd!F2;" in client.get(address("import-errors", batch.pk)).content.decode("utf-8-sig")


def test_the_page_names_the_returns_that_a_file_begins_or_changes(story: Story):
    client = signed_in(story.officer)
    link = f'href="/returns/{story.expected_return.pk}/"'

    def lines(batch: ImportBatch) -> str:
        page = " ".join(client.get(address("import", batch.pk)).content.decode().split())
        return page.partition(link)[2].partition("</li>")[0]

    batch = checked(client, table(("VIO01", "", 5)))
    assert lines(batch).endswith("</a> (new)")
    assert lines(imported(client, batch)).endswith("</a> (new)")
    assert lines(imported(client, checked(client, table(("VIO01", "", 6)), atomicity="return"))).endswith("(changed)")
    assert lines(checked(client, table(("VIO01", "", 6)))) == ""
    assert lines(checked(client, table(("VIO01", "", "x")))) == ""


def test_a_file_without_rows_has_no_table_of_nothing(story: Story):
    client = signed_in(story.officer)
    batch = checked(client, b"")
    assert batch.status == Status.REFUSED
    page = client.get(address("import", batch.pk)).content.decode()
    assert "What became of the rows" not in page and "The file is empty" in page


def test_where_each_return_stands_by_itself_the_page_counts_both(story: Story):
    client = signed_in(story.officer)
    content = table(("VIO01", "", 5)) + "RU,internal_affairs,S9,VIO01,,5\n"
    batch = imported(client, checked(client, content, atomicity="return"))
    assert batch.status == Status.PARTLY
    answer = client.get(address("import", batch.pk))
    assert [numbers for _words, numbers in answer.context["counts"]] == [[1, 0, 0, 0], [1, 0, 0, 1]]


@pytest.mark.parametrize(
    ("name", "atomicity", "status"),
    [("in.xls", "file", 422), ("in", "file", 422), ("in.csv", "none", 422), ("in.csv", "file", 302)],
)
def test_a_form_that_is_wrong_comes_back_with_its_errors(story: Story, name: str, atomicity: str, status: int):
    assert upload(signed_in(story.officer), "", name=name, atomicity=atomicity).status_code == status


def test_a_form_without_a_file_comes_back(story: Story):
    client = signed_in(story.officer)
    assert client.post(address("returns-import", "illegal-2026"), {"atomicity": "file"}).status_code == 422


def test_two_hundred_megabytes_are_refused_before_a_byte_is_read(story: Story):
    class Unread(io.BytesIO):
        def read(self, *_size: Any) -> bytes:
            raise AssertionError("somebody read the body")

    client = signed_in(story.officer, enforce_csrf_checks=True)
    answer = client.generic(
        "POST",
        address("returns-import", "illegal-2026"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(200 * 1024 * 1024),
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert not ImportBatch.objects.exists()


def test_an_upload_without_the_token_against_forgery_is_refused(story: Story):
    assert upload(signed_in(story.officer, enforce_csrf_checks=True), table(("VIO01", "", 5))).status_code == 403


def test_nobody_else_has_a_way_to_an_import(story: Story):
    batch = checked(signed_in(story.officer), table(("VIO01", "", 5)))
    for person, seen in ((story.second_officer, 404), (story.head, 404), (story.planner, 200)):
        client = signed_in(person)
        assert client.get(address("import", batch.pk)).status_code == seen
        assert client.post(address("import-checked", batch.pk)).status_code == 404
    assert signed_in(story.head).get(address("returns-import", "illegal-2026")).status_code == 403


def test_the_upload_of_one_returns_workbook_has_its_own_page(story: Story):
    batch = ImportBatch.objects.create(
        operation=story.operation,
        status=Status.CHECKED,
        summary={"return": story.expected_return.pk},
        imported_by=story.officer,
        imported_at=story.at,
    )
    client = signed_in(story.officer)
    assert client.get(address("import", batch.pk)).status_code == 404
    assert client.post(address("import-checked", batch.pk)).status_code == 404
    assert address("import", batch.pk) not in client.get(address("returns-import", "illegal-2026")).content.decode()


def test_a_page_of_faults_takes_the_same_queries_however_many_there_are(
    story: Story, django_assert_max_num_queries: Any
):
    client = signed_in(story.officer)
    batch = checked(client, table(*[("VIO99", "", 1)] * 500))
    with django_assert_max_num_queries(25):
        client.get(address("import", batch.pk))


def test_json_comes_by_the_page_too(story: Story):
    row = {"state": "RU", "agency": "internal_affairs", "period": "S1-final", "indicator": "VIO01", "value": 5}
    batch = checked(signed_in(story.officer), json.dumps({"rows": [row]}), name="in.json")
    assert batch.status == Status.CHECKED
