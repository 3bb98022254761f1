"""Signing in: closed to newcomers, limited in tries, and with a second factor where it is compulsory."""

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

PASSWORD = "correct horse battery staple"


@pytest.fixture
def user(db):
    return get_user_model().objects.create_user(username="somebody", password=PASSWORD)


def test_nobody_opens_an_account_for_himself(client, db):
    answer = client.post(
        reverse("account_signup"), {"username": "newcomer", "password1": PASSWORD, "password2": PASSWORD}
    )
    assert answer.status_code == 200
    assert not get_user_model().objects.filter(username="newcomer").exists()


def test_a_user_signs_in_with_name_and_password(client, user):
    answer = client.post(reverse("account_login"), {"login": "somebody", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_signing_in_is_locked_after_ten_wrong_passwords(client, user, settings):
    wrong = {"login": "somebody", "password": "wrong"}
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert client.post(reverse("account_login"), wrong).status_code == 200
    assert client.post(reverse("account_login"), wrong).status_code == 429
    # now the right password does not help either
    right = {"login": "somebody", "password": PASSWORD}
    assert client.post(reverse("account_login"), right).status_code == 429
    assert "_auth_user_id" not in client.session


def test_where_a_second_factor_is_compulsory_nothing_else_opens_before_it_is_set_up(client, user, settings):
    settings.SECOND_FACTOR_REQUIRED = True
    client.force_login(user)
    assert client.get("/").headers["Location"] == reverse("mfa_index")
    api = client.get("/api/v1/schema/")
    assert api.status_code == 403
    assert api.json()["code"] == "second_factor_needed"
    assert client.get("/health").status_code == 200
