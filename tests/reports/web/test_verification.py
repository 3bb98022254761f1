"""The public page on which documents are verified: files that it cannot take, and files that are superseded."""

import io
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reports.domain import reports
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
    assert "Authentic, superseded by a newer one" in shown and "Consolidated annual report No. 2" in shown
    assert "It is not open to the public." in shown and reverse("reports:release", args=[newer.pk]) not in shown
    reports.publish_report(report=newer, figures_cleared=True, actor=cast.hq_chair, at=AT)
    shown = checked()
    assert reverse("reports:release", args=[newer.pk]) in shown and "It is not open to the public." not in shown
    code = {"code": document.approval.verification_code}
    by_code = Client(**CALM).get(reverse("reports:verify"), code).content.decode()
    assert "Consolidated annual report No. 2" in by_code
