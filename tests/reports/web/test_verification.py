"""The public page on which documents are verified: files that it cannot take, that break off or are superseded."""

import io
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reports.domain import reports
from reports.domain.snapshots import current_snapshot
from tests.factories.people import Cast
from tests.factories.reports import AT, make_report
from tests.reports.web.test_distribution import drawn
from tests.reports.web.test_reports import CALM

pytestmark = pytest.mark.django_db


class Unread(io.BytesIO):
    def read(self, *_size: Any) -> bytes:
        raise AssertionError("somebody read the body")


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Файл больше 64 МБ."), ("en", "The file is larger than 64 MB.")]
)
def test_a_file_that_is_too_large_gets_a_plain_message_before_a_byte_is_read(language: str, words: str):
    answer = Client(enforce_csrf_checks=True).generic(
        "POST",
        reverse("reports:verify"),
        b"",
        content_type="multipart/form-data; boundary=x",
        CONTENT_LENGTH=str(300 * 1024 * 1024),
        headers={"Accept-Language": language},
        **{"wsgi.input": Unread()},
    )
    assert answer.status_code == 413
    assert words in answer.content.decode()


def test_the_page_says_before_it_is_sent_how_large_a_file_may_be():
    page = Client().get(reverse("reports:verify")).content.decode()
    largest = 64 * 1024 * 1024
    assert f'data-largest="{largest}"' in page and largest < settings.MAX_REQUEST_BODY


def test_a_file_without_the_token_against_forgery_is_refused():
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("reports:verify"), {"file": SimpleUploadedFile("a.pdf", b"x")})
    assert answer.status_code == 403


def test_what_is_superseded_names_the_newer_report_and_leads_to_it_once_it_is_public(cast: Cast):
    first = make_report("published")
    document = drawn(first, b"the old file", edition="public", marking="open")
    newer = make_report("approved", operation=first.operation)

    def checked() -> str:
        posted = {"file": SimpleUploadedFile("old.pdf", b"the old file")}
        return Client(**CALM).post(reverse("reports:verify"), posted).content.decode()

    shown = checked()
    assert "Authentic, superseded by a newer one" in shown and "Consolidated annual report No.\u00a02" in shown
    assert "It is not open to the public." in shown and reverse("reports:release", args=[newer.pk]) not in shown
    reports.publish_report(report=newer, figures_cleared=True, actor=cast.hq_chair, at=AT)
    shown = checked()
    assert reverse("reports:release", args=[newer.pk]) in shown and "It is not open to the public." not in shown
    code = {"code": document.approval.verification_code}
    by_code = Client(**CALM).get(reverse("reports:verify"), code).content.decode()
    assert "Consolidated annual report No.\u00a02" in by_code


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Файл неполный: он обрывается"), ("en", "The file is incomplete: it breaks off")]
)
@pytest.mark.parametrize("content", [b"%PDF-1.7\n1 0 obj", b"PK\x03\x04 half of a workbook"])
def test_a_file_that_breaks_off_is_told_to_be_incomplete(language: str, words: str, content: bytes):
    page = checked(content, language=language)
    assert words in page


@pytest.mark.parametrize("content", [b"%PDF-1.7\n1 0 obj\n%%EOF\n", b"a letter"])
def test_a_whole_file_that_is_not_ours_is_only_unknown(content: bytes):
    page = checked(content, language="en")
    assert "Nothing of the kind is known here." in page and "incomplete" not in page


def test_a_file_of_ours_that_breaks_off_after_its_code_is_named_and_told_to_be_incomplete(cast: Cast):
    approval = current_snapshot(make_report("approved")).approval
    assert approval is not None
    content = f"%PDF-1.7\n{approval.verification_code}".encode()
    page = checked(content, language="en")
    assert "The file names a report of ours, but it is incomplete" in page
    assert f"Reg. No. {approval.registration_number}" in page


def checked(content: bytes, *, language: str) -> str:
    """The page that answers whoever has that file checked."""
    answer = Client(headers={"Accept-Language": language}).post(
        reverse("reports:verify"), {"file": SimpleUploadedFile("a.pdf", content)}
    )
    assert answer.status_code == 200
    return answer.content.decode()
