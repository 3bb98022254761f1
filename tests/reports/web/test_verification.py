"""The public page on which documents are verified: what it does with a file that it cannot take."""

import io
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

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
