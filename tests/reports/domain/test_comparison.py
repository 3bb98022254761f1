"""Two operations side by side: what can be computed is, what cannot be compared as it stands is flagged."""

import pytest

from operations.models import Indicator, Operation, StageWindow
from reports.domain.comparison import AS_STATED, DAYS_DIFFER, STATES_DIFFER, Compared, compare, previous_of, side_of
from tests.factories.reference import state
from tests.factories.reports import make_results

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("reference")]


def compared(code: str, now: Operation, before: Operation, *, stages=(None, None), place: str = "") -> Compared:
    indicators = [Indicator.objects.get(code=code)]
    where = state(place) if place else None
    sides = [
        side_of(operation, stage=stage, place=where, indicators=indicators)
        for operation, stage in zip((now, before), stages, strict=True)
    ]
    [row] = compare(*sides, indicators=indicators, place=where).rows
    return row


def test_a_year_stands_beside_the_year_before_with_its_change():
    now, before = make_results(2027, values={"VIO01": 12}), make_results(2026, values={"VIO01": 10})
    row = compared("VIO01", now, before)
    assert previous_of(now) == before
    assert (row.now["value"], row.before["value"]) == (12 * 63, 10 * 63)
    assert (row.change["value"], row.percent["value"]) == (126, 200)
    assert row.flags == ()


def test_a_base_of_zero_has_no_percentage():
    row = compared("VIO01", make_results(2027, values={"VIO01": 5}), make_results(2026, values={"VIO01": 0}))
    assert row.change["value"] == 5 * 63
    assert row.percent["state"] == "no_base"


def test_a_stage_stands_beside_a_stage_and_per_day():
    operation = make_results(2026, states=("RU",), values={"VIO01": 40})
    stage = operation.plan.stages.get(number=2)
    stage.end_date = stage.start_date.replace(day=stage.start_date.day + 4)
    stage.save()
    row = compared("VIO01", operation, operation, stages=(2, 1))
    assert (row.now["value"], row.before["value"]) == (80, 40)
    assert [cell["value"] for cell in row.per_day] == [160, 40], "tenths: 80 in 5 days, 40 in 10"
    assert row.flags == (DAYS_DIFFER,)


def test_a_state_is_measured_by_its_own_days():
    operation = make_results(2026, values={"VIO01": 40})
    stage = operation.plan.stages.get(number=1)
    StageWindow.objects.create(
        stage=stage, state=state("RU"), start_date=stage.start_date, end_date=stage.start_date.replace(day=16)
    )
    row = compared("VIO01", operation, operation, stages=(1, 2), place="RU")
    assert row.per_day[0]["value"] == 40 * 5 * 10 // 2
    assert row.flags == (DAYS_DIFFER,)


def test_other_states_are_flagged():
    now, before = make_results(2027, states=("AM", "RU")), make_results(2026, states=("AM", "BY"))
    row = compared("VIO01", now, before)
    assert STATES_DIFFER in row.flags
    assert [(cell["value"], cell["of"]) for cell in row.states] == [(2, 6), (2, 6)]


def test_money_of_the_region_stands_currency_by_currency():
    now, before = make_results(2027, values={"ADM04": 100}), make_results(2026, states=("AM",), values={"ADM04": 50})
    indicators = list(Indicator.objects.filter(code="ADM04"))
    sides = [side_of(one, stage=None, place=None, indicators=indicators) for one in (now, before)]
    rows = compare(*sides, indicators=indicators, place=None).rows
    assert [row.currency for row in rows] == ["AMD", "BYN", "KGS", "KZT", "RUB", "TJS"]
    drams = rows[0]
    assert (drams.now["value"], drams.before["value"], drams.change["value"]) == (300, 150, 150)
    assert {row.before["state"] for row in rows[1:]} == {"not_reported"}
    assert {row.now["state"] for row in rows} == {"value"}


def test_a_stock_has_no_number_per_day():
    operation = make_results(2026)
    assert {cell["state"] for cell in compared("ACT01", operation, operation).per_day} == {"not_applicable"}


def test_a_historical_year_is_what_its_sources_state():
    now, before = make_results(2026), Operation.objects.get(slug="illegal-2018")
    row = compared("VIO01", now, before, place="RU")
    assert row.figures[1] is None or row.before["state"] == "value"
    indicators = list(Indicator.objects.all())
    sides = [side_of(one, stage=None, place=None, indicators=indicators) for one in (now, before)]
    regional = compare(*sides, indicators=indicators, place=None).rows
    stated = [one for one in regional if one.figures[1] is not None]
    assert stated, "some regional totals of 2018 are published"
    for one in stated:
        assert one.before["value"] == int(one.figures[1].value * (100 if one.figures[1].currency else 1))
        if one.figures[1].qualifier != "eq" and one.now["state"] == "value":
            assert AS_STATED in one.flags
            assert one.percent["state"] == "not_applicable"
    assert all(one.before["state"] == "not_published" for one in regional if one.figures[1] is None)


def test_a_published_stage_is_that_of_its_number_and_place():
    year = Operation.objects.get(slug="illegal-2017")
    row = compared("RET02", year, year, stages=(1, 2), place="TJ")
    assert (row.now["value"], row.before["state"]) == (20, "not_published")


def test_a_side_takes_a_constant_number_of_queries(django_assert_max_num_queries):
    make_results(2026, states=("AM",))
    make_results(2027)
    for slug in ("illegal-2026", "illegal-2027", "illegal-2018"):
        operation, indicators = Operation.objects.get(slug=slug), list(Indicator.objects.all())
        with django_assert_max_num_queries(6):
            side_of(operation, stage=None, place=None, indicators=indicators)
