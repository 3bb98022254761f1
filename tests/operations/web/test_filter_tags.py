"""The choices above a list: what is offered, under which words, and which of it is chosen."""

import pytest
from django.template import Context, Template

from tests.factories.reference import state


def drawn(call: str, **context: object) -> str:
    text = Template("{% load filters %}{% choice " + call + " %}").render(Context(context))
    return " ".join(text.split())


def test_pairs_and_plain_texts_are_offered_and_the_chosen_one_is_marked():
    options = [("open", "Open"), ("closed", "Closed & kept")]
    shown = drawn('"status" "How far" options chosen "All"', options=options, chosen="closed")
    assert '<label class="govuk-label" for="status">How far</label>' in shown
    assert '<option value="">All</option> <option value="open">Open</option>' in shown
    assert '<option value="closed" selected>Closed &amp; kept</option>' in shown
    years = drawn('"year" "Year" options chosen', options=[2025, 2026], chosen=2026)
    assert '<option value="">' not in years and '<option value="2026" selected>2026</option>' in years


@pytest.mark.django_db
def test_rows_are_offered_by_their_code_under_their_name():
    kazakhstan, russia = state("KZ"), state("RU")
    for chosen in (kazakhstan, "KZ"):
        shown = drawn('"state" "State" options chosen "All"', options=[kazakhstan, russia], chosen=chosen)
        assert shown.count("selected") == 1 and '<option value="KZ" selected>' in shown
    assert ">KZ " in drawn('"state" "State" options None with_code=True', options=[kazakhstan])
    assert "selected" not in drawn('"state" "State" options None "All"', options=[kazakhstan])
