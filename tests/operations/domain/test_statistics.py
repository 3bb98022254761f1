"""Readers of the totals: flows add up over a year, stocks do not, money never crosses a currency."""

import datetime as dt

import pytest

from operations.domain.returns import accept_submission, save_draft, start_return, submit_return
from operations.domain.statistics import NOT_REPORTED, indicator_by_state, series_by_period, source_submissions
from operations.models import Indicator, MemberState, PeriodKind
from tests.factories.operations import make_period, make_return
from tests.factories.people import make_head, make_officer
from tests.factories.reference import indicator, make_agency, state
from tests.factories.reporting import Story, figures, make_story

pytestmark = pytest.mark.django_db


def accepted(story: Story, values: dict, *, stage: int = 1, state_code: str = "RU", kind: str = "internal_affairs"):
    """An accepted final return of a stage, of any agency."""
    plan_stage = story.operation.plan.stages.get(number=stage)
    period = story.operation.periods.filter(stage=plan_stage).first() or make_period(plan_stage, PeriodKind.FINAL)
    agency = make_agency(state_code, kind)
    expected_return = agency.returns.filter(period=period).first() or make_return(period, agency)
    officer, at = make_officer(agency), period.due_at - dt.timedelta(days=1)
    draft = start_return(expected_return=expected_return, actor=officer, at=at)
    inputs = figures(expected_return, values)
    draft = save_draft(submission=draft, figures=inputs, revision=1, actor=officer, at=at)
    submission = submit_return(submission=draft, actor=officer, at=at)
    return accept_submission(submission=submission, actor=make_head(state_code), at=at)


def cell(story: Story, code: str, state_code: str = "RU", **options):
    [row] = indicator_by_state(story.operation, indicators=[indicator(code)], **options)
    return row.cells[state(state_code).pk]


def row(story: Story, code: str, **options):
    [found] = indicator_by_state(story.operation, indicators=[indicator(code)], **options)
    return found


def test_a_flow_of_a_year_is_the_sum_of_its_periods_and_of_its_agencies():
    story = make_story()
    accepted(story, {"ACT03": 5})
    accepted(story, {"ACT03": 7}, stage=2)
    accepted(story, {"ACT03": 1}, kind="border_service")
    found = cell(story, "ACT03")
    assert (found.value, found.state, found.returns) == (13, "value", 3)
    assert cell(story, "ACT03", stage=story.operation.plan.stages.get(number=2)).value == 7


def test_a_stock_is_its_highest_or_its_last_as_the_indicator_says():
    story = make_story()
    accepted(story, {"ACT01": 50, "RET07": 9})
    accepted(story, {"ACT01": 20, "RET07": 4}, stage=2)
    accepted(story, {"ACT01": 5}, kind="border_service")
    assert cell(story, "ACT01").value == 55, "added over agencies, highest over stages"
    assert cell(story, "RET07").value == 4


def test_money_is_listed_by_currency_and_never_added_across():
    story = make_story()
    accepted(story, {"ADM04": 1000})
    accepted(story, {"ADM04": 500}, state_code="BY")
    found = row(story, "ADM04")
    assert found.region is None
    assert found.by_currency == {"RUB": 1000, "BYN": 500}
    assert row(story, "ADM04", states=[state("RU")]).region == 1000


def test_a_regional_number_says_how_many_states_stand_behind_it():
    story = make_story()
    accepted(story, {"ACT03": 5})
    accepted(story, {"ACT03": "withheld"}, state_code="BY")
    found = row(story, "ACT03")
    assert (found.region, found.reporting, found.expected) == (5, 1, 6)
    assert cell(story, "ACT03", "BY").state == "withheld"
    assert cell(story, "ACT03", "KZ").state == NOT_REPORTED


def test_a_level_is_never_added_up():
    story = make_story()
    level = indicator("RGT05")
    assert level.over_space == Indicator.Aggregation.NONE
    assert row(story, "RGT05").region is None


def test_a_breakdown_has_a_row_for_every_category():
    story = make_story()
    values = {"ACT03": 5, "ACT03.site_type:TRADE": 3}
    accepted(story, values)
    rows = indicator_by_state(story.operation, indicators=[indicator("ACT03")], breakdown="site_type")
    assert len(rows) == 10
    by_code = {found.category.code: found.cells[state().pk].value for found in rows}
    assert (by_code["TRADE"], by_code["HOUSING"]) == (3, None)
    assert indicator_by_state(story.operation, indicators=[indicator("ACT03")], breakdown="sex") == []


def test_what_stands_behind_the_numbers_can_be_named():
    story = make_story()
    submission = accepted(story, {"ACT03": 5})
    later = accepted(story, {"ACT03": 6}, stage=2)
    assert source_submissions(story.operation) == [submission.pk, later.pk]
    series = series_by_period(story.operation, indicator=indicator("ACT03"))
    assert [(code, value) for _period, code, value in series] == [("S1-final", 5), ("S2-final", 6)]


def test_the_whole_table_takes_a_constant_number_of_queries(django_assert_num_queries):
    story = make_story()
    accepted(story, {"ACT03": 5})
    with django_assert_num_queries(5):
        rows = indicator_by_state(story.operation)
    assert len(rows) == Indicator.objects.count() == 63
    accepted(story, {"ACT03": 5}, state_code="BY")
    with django_assert_num_queries(5):
        indicator_by_state(story.operation)
    assert MemberState.objects.count() == 6
