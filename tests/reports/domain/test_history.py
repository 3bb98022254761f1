"""The reading rules of published figures, on the real ones and on figures made to break a rule."""

import pytest

from operations.models import PublishedFigure
from reports.domain.history import (
    NotSummable,
    Sources,
    WhyNot,
    figure_cell,
    in_reading_order,
    is_contained,
    sum_of,
    weakest,
    why_not_summed,
    yearly_regional,
)

pytestmark = pytest.mark.django_db


def published(*codes: str) -> list[PublishedFigure]:
    rows = {row.code: row for row in PublishedFigure.objects.select_related("indicator", "part_of")}
    return [rows[code] for code in codes]


@pytest.mark.parametrize(
    ("given", "result"),
    [
        (["eq", "eq"], "eq"),
        (["gt", "eq"], "gt"),
        (["lt", "eq"], "lt"),
        (["gt", "gt"], "gt"),
        (["gt", "lt"], "approx"),
        (["gt", "approx"], "approx"),
        (["eq", "approx"], "approx"),
    ],
)
def test_a_sum_is_as_vague_as_its_vaguest_addend(given, result):
    assert weakest(given) == result


def test_totals_of_one_place_over_disjoint_periods_add_up():
    total = sum_of(published("F066", "F101"))
    assert (total.value, total.qualifier) == (248_000, "gt")


@pytest.mark.parametrize(
    ("codes", "why"),
    [
        ((), WhyNot.NOTHING),
        (("F066", "F121"), WhyNot.SCOPE),
        (("F011", "F013"), WhyNot.INDICATOR),
        (("F093", "F063"), WhyNot.UNIT),
        (("F066", "F067"), WhyNot.INDICATOR),
        (("F024", "F163"), WhyNot.INDICATOR),
        (("F011", "F042"), WhyNot.OVERLAP),
        (("F128", "F129"), WhyNot.OVERLAP),
        (("F049", "F050"), WhyNot.COVERAGE),
        (("F016", "F047"), WhyNot.SOURCES_DIFFER),
    ],
)
def test_each_rule_forbids_its_sum(codes, why):
    assert why_not_summed(published(*codes)) == why
    with pytest.raises(NotSummable) as refused:
        sum_of(published(*codes))
    assert refused.value.why == why


def test_a_stage_without_dates_could_be_any_part_of_its_year():
    first, second = published("F085", "F085")
    second.pk, second.period_kind = None, PublishedFigure.PeriodKind.YEAR
    assert why_not_summed([first, second]) == WhyNot.OVERLAP


def test_a_year_inside_a_longer_period_is_contained_in_it():
    ten_years, year = published("F011", "F042")
    assert is_contained(year, ten_years)
    assert not is_contained(ten_years, year)
    assert not is_contained(year, year)


def test_parts_follow_their_whole_one_level_deeper():
    levels = {one.code: level for one, level in in_reading_order(published("F153", "F155", "F154", "F156", "F158"))}
    assert levels == {"F153": 0, "F154": 1, "F155": 2, "F156": 1, "F158": 0}


def test_a_figure_keeps_its_qualifier_and_its_source():
    cell = figure_cell(published("F012")[0], sources=[1])
    assert (cell["value"], cell["currency"], cell["qualifier"], cell["sources"]) == (8_400_000_000, "USD", "gt", [1])


def test_another_unit_than_the_indicators_is_said():
    assert "другую единицу" in figure_cell(published("F093")[0])["note"]["ru"]


def test_sources_that_differ_are_said_with_the_note():
    assert figure_cell(published("F047")[0])["note"]["en"].startswith("sources differ; a lower bound of 2017")


def test_a_source_is_listed_once():
    sources = Sources()
    numbers = [sources.number_of(one) for one in published("F011", "F042", "F012")]
    assert numbers == [1, 2, 1]
    assert len(sources.entries()) == 2


def test_the_year_before_of_2025_is_the_published_regional_total():
    assert yearly_regional(2024)["VIO01"].code == "F128"
    assert yearly_regional(2025) == {}
