"""The icon of the site for pages that cannot name it."""

import pytest
from django.test import Client

from tests.clients import signed_in
from tests.factories.people import make_observer


@pytest.mark.django_db
def test_a_feed_has_the_icon_of_the_site_and_nothing_is_asked_of_the_database(django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].endswith(".svg") and "/icons/favicon" in answer["Location"]
    assert "max-age" in answer["Cache-Control"]
    assert signed_in(make_observer()).get("/favicon.ico")["Location"] == answer["Location"]
