"""Statistics and history: the same numbers as in the documents, the way to the returns, gaps that stay gaps."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.models import User
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agency
from tests.factories.reports import VALUES, make_results

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def statistics(slug: str = "illegal-2026") -> str:
    return reverse("reports:operation-statistics", args=[slug])


def lineage(code: str = "VIO01", state: str = "KZ") -> str:
    return reverse("reports:lineage", args=["illegal-2026", code, state])


def test_the_newest_operation_with_figures_is_shown_first(cast: Cast):
    make_results()
    response = signed_in(cast.planner).get(reverse("reports:statistics"))
    assert response.url == statistics()


def test_each_state_its_share_and_the_sum_are_shown(cast: Cast):
    make_results(states=("AM", "RU"))
    shown = signed_in(cast.observer).get(statistics()).content.decode()
    assert f">{VALUES['VIO01'] * 3}</a>" in shown
    assert "2 of 6" in shown
    assert f"<strong>{VALUES['VIO01'] * 9}</strong>" in shown
    assert "…" in shown


def test_a_stage_shows_its_own_numbers(cast: Cast):
    make_results(states=("AM",))
    shown = signed_in(cast.planner).get(f"{statistics()}?stage=2").content.decode()
    assert f">{VALUES['VIO01'] * 2}</a>" in shown


@pytest.mark.parametrize("query", ["group=nothing", "stage=9", "stage=%00", "group=%00"])
def test_what_is_not_on_offer_is_not_found(cast: Cast, query: str):
    make_results()
    assert signed_in(cast.planner).get(f"{statistics()}?{query}").status_code == 404


def test_a_number_leads_to_the_returns_that_the_reader_may_see(cast: Cast):
    make_results()
    number = reverse("operations:submission", args=[1, 1]).split("1")[0]
    assert number in signed_in(cast.heads["KZ"]).get(lineage()).content.decode()
    foreign = signed_in(cast.heads["RU"]).get(lineage()).content.decode()
    assert number not in foreign
    assert "Accepted value" in foreign


@pytest.mark.parametrize(("code", "state"), [("XXX99", "KZ"), ("VIO01", "XX"), ("VIO01", "kz")])
def test_a_number_of_nothing_is_not_found(cast: Cast, code: str, state: str):
    make_results()
    assert signed_in(cast.planner).get(lineage(code, state)).status_code == 404


def test_statistics_ask_the_same_number_of_questions_for_two_states_as_for_six(cast: Cast):
    make_results(states=("AM", "RU"))
    make_results(2027)
    client = signed_in(cast.planner)
    client.get(statistics())
    with CaptureQueriesContext(connection) as few:
        client.get(statistics())
    client.get(statistics("illegal-2027"))
    with CaptureQueriesContext(connection) as many:
        client.get(statistics("illegal-2027"))
    # the second has a year before in this system, which is read like the year itself
    assert len(many) <= len(few) + 6


def test_a_historical_operation_has_its_published_figures(cast: Cast):
    response = signed_in(cast.observer).get(statistics("illegal-2018"))
    assert response.url == "/history/?year=2018"


def test_history_shows_qualifiers_sources_gaps_and_what_does_not_reconcile(cast: Cast):
    shown = signed_in(make_officer(make_agency())).get(reverse("reports:history")).content.decode()
    for expected in (
        "more than 1,000,000",
        "more than 84,000,000",
        "9,732",
        "137,795",
        "sources differ",
        "exceed the stated total",
        "tass.com/politics/947551",
        "…",
    ):
        assert expected in shown, expected


def test_a_sum_is_shown_only_where_the_rules_allow_one(cast: Cast):
    client = signed_in(cast.observer)
    shown = client.get(reverse("reports:history"), {"place": "RU", "indicator": "VIO01"}).content.decode()
    assert "No sum of the figures shown" in shown
    allowed = client.get(reverse("reports:history"), {"place": "AM", "indicator": "WNT01"}).content.decode()
    assert "Sum of the figures shown:" in allowed


@pytest.mark.parametrize("query", ["place=XX", "indicator=%00", "year=abc", "year=1066"])
def test_an_unknown_choice_of_history_is_not_found(cast: Cast, query: str):
    assert signed_in(cast.observer).get(f"{reverse('reports:history')}?{query}").status_code == 404


def test_a_figure_has_a_page_with_its_source_and_its_parts(cast: Cast):
    shown = signed_in(cast.observer).get(reverse("reports:figure", args=["F066"])).content.decode()
    assert "ksbnm.odkb-csto.org" in shown
    assert "more than 110,000" in shown
    assert "lower bound of the total" in shown


def test_the_whole_of_history_is_a_constant_number_of_questions(cast: Cast):
    client = signed_in(cast.observer)
    client.get(reverse("reports:history"))
    with CaptureQueriesContext(connection) as all_of_it:
        client.get(reverse("reports:history"))
    with CaptureQueriesContext(connection) as one_year:
        client.get(reverse("reports:history"), {"year": "2010"})
    assert len(all_of_it) == len(one_year)
