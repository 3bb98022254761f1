"""The pages of the flows: a series with its fan, forms that keep what was typed, forecasts on request."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from operations.models import Job
from reports.models import FlowObservation
from tests.clients import signed_in
from tests.factories.people import make_observer, make_planner
from tests.reports.domain.test_flows import enter, years

pytestmark = pytest.mark.django_db
ADDRESS = "/flows/?indicator=MIG01&state=RU&frequency=quarter"


def test_a_series_is_shown_with_its_chart_its_table_and_its_breaks(reference):
    enter(make_planner(), years(2018, 2024))
    page = signed_in(make_observer()).get(ADDRESS)
    text = page.content.decode()
    assert page.status_code == 200
    assert "<svg" in text
    assert "2020" in page.context["breaks"][0]["ru"]
    assert "Составить прогноз" not in text  # an observer makes none


def test_a_page_of_an_empty_series_says_so(reference):
    page = signed_in(make_observer()).get(ADDRESS)
    assert page.status_code == 200
    assert page.context["fan"] is None


@pytest.mark.parametrize(
    "address", ["?indicator=VIO01", "?state=XX", "?frequency=day", "?state=%00", "?indicator=MIG01&state=ru;drop"]
)
def test_a_series_that_does_not_exist_is_not_found(reference, address: str):
    assert signed_in(make_observer()).get(f"/flows/{address}").status_code == 404


def test_a_forecast_is_asked_for_from_the_page_and_refused_where_the_series_is_short(reference):
    planner = make_planner()
    client = signed_in(planner)
    asked = {"indicator": "MIG01", "state": "RU", "frequency": "quarter"}
    assert client.post(reverse("reports:forecast-new"), asked).status_code == 422
    enter(planner, years(2018, 2024))
    answer = client.post(reverse("reports:forecast-new"), asked)
    assert answer.status_code == 302
    assert Job.objects.get().kind == "reports.forecast"


def test_a_form_with_a_wrong_line_keeps_what_was_typed_and_names_the_line(reference):
    client = signed_in(make_planner())
    given = {
        "indicator": "MIG01",
        "state": "RU",
        "frequency": "quarter",
        "lines": "2025-Q1 100\n2025-Q2 сто",
        "source_title": "Бюллетень",
    }
    page = client.post(reverse("reports:flow-observation-new"), given)
    text = page.content.decode()
    assert page.status_code == 422
    assert "2025-Q2 сто" in text
    assert "2:" in text or "2." in text
    done = client.post(reverse("reports:flow-observation-new"), given | {"lines": "2025-Q1 100\n2025-Q2 200"})
    assert (done.status_code, FlowObservation.objects.count()) == (302, 2)
    assert done["Location"].endswith("?indicator=MIG01&state=RU&frequency=quarter")
    listed = client.get(done["Location"]).content.decode()
    assert "Бюллетень" in listed


def test_what_is_entered_begins_with_the_series_that_one_came_from(reference):
    client = signed_in(make_planner())
    asked = "indicator=MIG02&state=KZ&frequency=month"
    series = client.get(f"/flows/?{asked}").content.decode()
    entered = f"{reverse('reports:flow-observations')}?{asked}"
    assert f'href="{entered}"' in unescape(series)
    form_address = f"{reverse('reports:flow-observation-new')}?{asked}"
    assert f'href="{form_address}"' in unescape(client.get(entered).content.decode())
    page = client.get(form_address)
    form = page.context["form"]
    assert {name: form[name].value() for name in ("indicator", "state", "frequency")} == {
        "indicator": "MIG02",
        "state": "KZ",
        "frequency": "month",
    }
    assert page.context["back"] == entered
    assert client.get(f"{reverse('reports:flow-observation-new')}?state=XX").status_code == 404


def test_the_page_of_a_series_makes_the_same_number_of_queries_for_two_years_and_for_ten(
    reference, django_assert_num_queries
):
    planner = make_planner()
    enter(planner, years(2024, 2025))
    client = signed_in(planner)
    client.get(ADDRESS)
    with CaptureQueriesContext(connection) as short:
        client.get(ADDRESS)
    enter(planner, years(2014, 2023))
    with django_assert_num_queries(len(short)):
        client.get(ADDRESS)
