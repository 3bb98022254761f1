"""The frame of every page: navigation by role, the reader's own language, and pages for what cannot be done."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.clients import signed_in
from tests.factories.people import make_administrator, make_hq_chair, make_officer, make_user

pytestmark = pytest.mark.django_db


def test_the_navigation_shows_the_reader_only_what_is_open_to_him(reference):
    administrator = signed_in(make_administrator()).get("/").content.decode()
    officer = signed_in(make_officer()).get("/").content.decode()
    assert f'href="{reverse("operations:jobs")}"' in administrator
    assert f'href="{reverse("operations:jobs")}"' not in officer
    assert f'href="{reverse("operations:audit")}"' not in officer
    assert f'href="{reverse("operations:operations")}"' in officer


def test_the_section_of_the_open_page_is_marked(reference):
    page = signed_in(make_hq_chair()).get(reverse("operations:operations")).content.decode()
    assert f'href="{reverse("operations:operations")}" aria-current="true"' in page
    assert page.count("govuk-service-navigation__item--active") == 1


def test_the_menu_says_in_which_capacity_the_reader_acts(reference):
    officer = make_officer()
    page = signed_in(officer).get("/").content.decode()
    assert "Officer of a competent authority" in page
    assert officer.memberships.get().agency.name_en in page


def test_a_person_without_a_role_is_told_so(reference):
    assert "No role today" in signed_in(make_user("nobody")).get("/").content.decode()


def test_a_signed_in_users_choice_of_language_is_kept_with_the_user():
    user = make_user("reader", language="en")
    client = signed_in(user)
    answer = client.post(reverse("set_language"), {"language": "ru", "next": "/"})
    assert answer.status_code == 302
    user.refresh_from_db()
    assert user.language == "ru"
    assert 'lang="ru"' in signed_in(user).get("/").content.decode()


def test_an_unknown_language_changes_nothing():
    user = make_user("reader", language="en")
    signed_in(user).post(reverse("set_language"), {"language": "xx", "next": "/"})
    user.refresh_from_db()
    assert user.language == "en"


def test_a_visitors_choice_of_language_is_kept_by_the_browser():
    client = Client()
    client.post(reverse("set_language"), {"language": "en", "next": "/accounts/login/"})
    assert '<html lang="en"' in client.get("/accounts/login/").content.decode()


def test_a_page_that_does_not_exist_says_so_in_the_frame():
    answer = signed_in(make_user("reader")).get("/no-such-page/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()


def test_an_unreadable_request_is_answered_in_both_languages():
    answer = Client(headers={"host": "evil.example"}).get("/")
    assert answer.status_code == 400
    text = answer.content.decode()
    assert "Неверный запрос" in text
    assert "Bad request" in text


def test_a_form_without_its_token_is_refused_in_the_frame():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/accounts/login/", {"login": "x", "password": "y"})
    assert answer.status_code == 403
    assert "ops-header" in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_logout", "account_change_password", "mfa_index", "usersessions_list"],
)
def test_account_pages_carry_no_inline_script_or_style(name):
    client = Client() if name == "account_login" else signed_in(make_user("reader"))
    text = client.get(reverse(name)).content.decode()
    assert "<style" not in text
    assert "style=" not in text
    assert "onclick=" not in text
    assert "<script>" not in text
