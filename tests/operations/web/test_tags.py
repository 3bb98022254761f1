"""Numbers, dates, names and states read right in both languages."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from operations.domain.marks import MARKS
from operations.models import Plan, Submission
from operations.web import tags
from operations.web.signs import SIGNS

pytestmark = pytest.mark.once
MOMENT = dt.datetime(2026, 10, 12, 21, 30, tzinfo=dt.UTC)  # half past midnight in Moscow, the next day


@pytest.fixture(autouse=True)
def russian_reader():
    with translation.override("ru"):
        yield


def render(source: str, **context) -> str:
    return Template("{% load ops %}" + source).render(Context(context)).strip()


@pytest.mark.parametrize(
    ("value", "russian", "english"),
    [(0, "0", "0"), (999, "999", "999"), (1234567, "1\u00a0234\u00a0567", "1,234,567"), (-5, "−5", "−5")],
)
def test_a_number_is_grouped_as_the_language_does(value, russian, english):
    assert tags.number(value) == russian
    with translation.override("en"):
        assert tags.number(value) == english


def test_no_number_is_an_empty_text_and_never_a_zero():
    assert tags.number(None) == ""
    assert tags.money(None, "RUB") == ""
    assert tags.signed(None) == ""


def test_a_change_shows_its_direction():
    assert [tags.signed(value) for value in (5, -5, 0)] == ["+5", "−5", "0"]


def test_money_is_given_in_minor_units():
    assert tags.money(123450, "RUB") == "1\u00a0234,50\u00a0RUB"
    with translation.override("en"):
        assert tags.money(123450, "RUB") == "1,234.50\u00a0RUB"


def test_a_share_is_never_shown_without_what_it_is_a_share_of():
    with translation.override("en"):
        assert "5 of 6 (83.3\u00a0%)" in tags.percent(5, 6)
        assert "5 of 6" in tags.n_of_m(5, 6)
        assert "—" in tags.percent(0, 0)


@pytest.mark.parametrize(
    ("state", "mark"),
    [("not_applicable", "х"), ("withheld", "н/р"), ("not_available", "н/д"), ("suppressed", "К"), ("no_base", "н/и")],
)
def test_a_cell_without_a_number_says_why(state, mark):
    shown = tags.cell(None, state)
    assert mark in shown
    assert str(MARKS[state].meaning) in shown


def test_an_empty_cell_is_not_reported_and_a_zero_is_zero():
    assert "…" in tags.cell(None)
    assert tags.cell(0) == "0"
    assert tags.cell(0, "value", "RUB") == "0\u00a0RUB"


def test_a_qualified_number_keeps_its_qualifier():
    with translation.override("en"):
        assert tags.qualified(1_000_000, "gt") == "more than 1,000,000"
        assert tags.qualified(9732, "eq") == "9,732"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (dt.date(2026, 10, 12), dt.date(2026, 10, 18), "12–18 October 2026"),
        (dt.date(2026, 9, 28), dt.date(2026, 10, 2), "28 September – 2 October 2026"),
        (dt.date(2025, 12, 28), dt.date(2026, 1, 2), "28 December 2025 – 2 January 2026"),
        (dt.date(2026, 10, 12), dt.date(2026, 10, 12), "12 October 2026"),
        (dt.date(2026, 10, 12), None, "12 October 2026"),
        (None, None, ""),
    ],
)
def test_a_stretch_of_days_says_month_and_year_once(first, last, expected):
    with translation.override("en"):
        assert tags.days(first, last) == expected


def test_russian_days_stand_in_the_genitive():
    assert tags.days(dt.date(2026, 10, 12), dt.date(2026, 11, 2)) == "12 октября – 2 ноября 2026\u00a0г."


def test_a_reader_in_moscow_sees_one_time():
    with translation.override("en"), timezone.override(ZoneInfo("Europe/Moscow")):
        assert "13 October 2026, 00:30 (Moscow time)" in tags.moment(MOMENT)


def test_a_reader_elsewhere_sees_his_own_time_and_moscows():
    with translation.override("en"), timezone.override(ZoneInfo("Asia/Almaty")):
        assert "13 October 2026, 02:30 (00:30 Moscow time)" in tags.moment(MOMENT)
    with translation.override("en"), timezone.override(ZoneInfo("Europe/London")):
        assert "12 October 2026, 22:30 (13 October 2026, 00:30 Moscow time)" in tags.moment(MOMENT)


def test_a_moment_carries_its_offset_for_machines():
    assert 'datetime="2026-10-12T21:30:00+00:00"' in tags.moment(MOMENT)
    assert tags.moment(None) == tags.short_moment(None) == ""


def test_a_name_is_shown_in_the_readers_language_or_else_in_the_other():
    thing = SimpleNamespace(name_ru="Армения", name_en="Armenia", title_ru="Заголовок", title_en="")
    assert tags.label(thing) == "Армения"
    with translation.override("en"):
        assert tags.label(thing) == "Armenia"
        assert tags.label(thing, "title") == "Заголовок"
        assert tags.label({"ru": "да", "en": "yes"}) == "yes"
    assert tags.label(None) == ""
    assert tags.label("as it is") == "as it is"


def test_a_field_that_does_not_exist_is_an_error_and_not_an_empty_text():
    with pytest.raises(TemplateSyntaxError):
        tags.label(SimpleNamespace(name_ru="а"), "nmae")


def test_counted_nouns_follow_the_number_in_english():
    with translation.override("en"):
        assert tags.counted(1, "return") == "1 return"
        assert tags.counted(1200, "return") == "1,200 returns"


@pytest.mark.parametrize("status", [*Plan.Status.values, *Submission.Status.values])
def test_every_state_has_a_sign_and_its_models_words(status):
    assert status in SIGNS
    shown = tags.state_tag(status, "Words")
    assert "Words" in shown
    assert f"icons.svg#{SIGNS[status].icon}" in shown


def test_words_in_a_state_are_escaped():
    assert "<script>" not in tags.state_tag("draft", "<script>")


def test_an_own_drawing_loses_its_declaration_and_nothing_else():
    assert tags.svg_only("<?xml version='1.0'?>\n<svg><g/></svg>") == "<svg><g/></svg>"
    assert tags.svg_only("") == ""


def test_a_table_region_is_named_and_reached_by_the_keyboard():
    shown = render('{% table_region "Results" %}<table></table>{% endtable_region %}')
    assert shown.startswith('<div class="ops-scroll" role="region" tabindex="0" aria-label="Results">')
    assert "<table></table>" in shown


def test_breadcrumbs_end_with_the_page_itself():
    shown = render('{% breadcrumbs "Operations" "/operations/" "Plan" %}')
    assert 'href="/operations/"' in shown
    assert '<span aria-current="page">Plan</span>' in shown
