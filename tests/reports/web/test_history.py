"""History: published figures with their sources, gaps that stay gaps, sums only where the rules allow one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.clients import signed_in
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agency
from tests.reports.domain.test_published_figures import GIVEN

pytestmark = pytest.mark.django_db


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


def test_a_figure_that_was_wrong_is_struck_out_and_names_what_took_its_place(cast: Cast):
    client = signed_in(cast.planner)
    form = {**GIVEN, "year_from": "2019", "qualifier": "eq", "note": ""}
    made = client.post(reverse("reports:figure-new"), form)
    assert made.headers["Location"] == reverse("reports:figure", args=["H001"])
    corrected = client.post(reverse("reports:figure-correct", args=["H001"]), {**form, "value": "12400"})
    assert corrected.headers["Location"] == reverse("reports:figure", args=["H002"])
    shown = " ".join(client.get(reverse("reports:history"), {"year": "2019", "place": "AM"}).content.decode().split())
    assert "<s>12,345</s>" in shown and '<td class="ops-num">12,400</td>' in shown
    assert "replaced by" in shown
    old = client.get(reverse("reports:figure", args=["H001"])).content.decode()
    assert "counts nowhere" in old and reverse("reports:figure", args=["H002"]) in old
    assert reverse("reports:figure-correct", args=["H001"]) not in old
    new = client.get(reverse("reports:figure", args=["H002"])).content.decode()
    assert "Takes the place of" in new and "H001" in new
    assert client.get(reverse("reports:figure-correct", args=["H001"])).status_code == 422
