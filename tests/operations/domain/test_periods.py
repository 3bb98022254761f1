"""The calendar of reporting: when each period opens, falls due and closes, and what an amendment may change."""

import datetime as dt

import pytest
from django.utils import translation

from operations.domain import plans
from operations.domain.errors import BadInput
from operations.domain.moments import MOSCOW
from operations.domain.period_adjustments import moments_by_rule
from operations.domain.period_names import period_name, return_name
from operations.domain.periods import make_calendar, wanted_periods
from operations.models import (
    Agency,
    Holiday,
    PeriodKind,
    Plan,
    ReopenedPeriod,
    ReportingPeriod,
    Return,
    Stage,
    Submission,
)
from tests.factories import plans as made
from tests.factories.people import Cast, make_officer
from tests.factories.reference import make_agencies, make_agency

pytestmark = pytest.mark.django_db


def calendar(*holidays: str, kind: str = Stage.Kind.ACTIVE) -> dict[str, tuple[str, str, str]]:
    """Code → opens, due, closes of a stage from 15 to 24 June 2026, in Moscow."""
    stage = Stage(number=1, kind=kind, start_date=dt.date(2026, 6, 15), end_date=dt.date(2026, 6, 24))
    wanted = wanted_periods(
        year=2026, stages=[stage], holidays=frozenset(dt.date.fromisoformat(day) for day in holidays)
    )
    return {
        period.code: tuple(
            f"{moment.astimezone(MOSCOW):%Y-%m-%d %H:%M}"
            for moment in (period.opens_at, period.due_at, period.closes_at)
        )
        for period in wanted
    }


def test_a_situation_report_is_due_at_ten_in_moscow_on_the_day_after() -> None:
    assert calendar()["S1-D03"] == ("2026-06-17 00:00", "2026-06-18 10:00", "2026-06-21 10:00")
    assert sum(code.startswith("S1-D") for code in calendar()) == 10


def test_a_final_return_is_due_ten_working_days_after_the_stage_and_closes_ten_days_later() -> None:
    assert calendar()["S1-FINAL"] == ("2026-06-15 00:00", "2026-07-08 23:59", "2026-07-18 23:59")


def test_a_holiday_moves_the_due_day_of_a_final_return() -> None:
    assert calendar("2026-07-01")["S1-FINAL"][1] == "2026-07-09 23:59"


def test_a_follow_up_return_is_due_on_the_sixtieth_day() -> None:
    assert calendar()["S1-FOLLOWUP"] == ("2026-06-25 00:00", "2026-08-23 23:59", "2026-09-02 23:59")


def test_a_quarterly_return_is_due_on_the_fifteenth_after_the_quarter() -> None:
    assert calendar()["Q1"] == ("2026-01-01 00:00", "2026-04-15 23:59", "2026-04-25 23:59")
    assert calendar()["Q4"] == ("2026-10-01 00:00", "2027-01-15 23:59", "2027-01-25 23:59")


def test_a_preparatory_stage_has_no_returns() -> None:
    assert set(calendar(kind=Stage.Kind.PREPARATORY)) == {"Q1", "Q2", "Q3", "Q4"}


def test_returns_are_expected_of_the_active_agencies_of_the_states_that_take_part(cast: Cast) -> None:
    make_agencies()
    closed = make_agency("RU", "border_service")
    closed.is_active = False
    closed.save()
    plan = made.drafted_plan(cast, absent=("TJ",))
    make_calendar(plan, at=made.moment())
    final = Return.objects.filter(period__code="S1-FINAL")
    assert not final.filter(agency__state__code="TJ").exists()
    assert not final.filter(agency=closed).exists()
    assert final.filter(agency__kind__code="border_service").count() == 4
    assert all(row.form.period_kind == PeriodKind.FINAL for row in final.select_related("form"))
    assert not Return.objects.filter(form__indicators__isnull=True).exists()


def test_making_the_calendar_twice_changes_nothing(cast: Cast) -> None:
    make_agencies("RU", "AM")
    plan = made.drafted_plan(cast)
    first = make_calendar(plan, at=made.moment())
    rows = list(Return.objects.order_by("pk").values_list("pk", flat=True))
    again = make_calendar(plan, at=made.moment())
    assert first.returns_created == len(rows) > 0
    assert set(vars(again).values()) == {0}
    assert list(Return.objects.order_by("pk").values_list("pk", flat=True)) == rows


def test_a_holiday_calendar_of_russia_counts(cast: Cast) -> None:
    Holiday.objects.create(state=made.state("RU"), day=dt.date(2026, 7, 1))
    plan = made.drafted_plan(cast)
    make_calendar(plan, at=made.moment())
    assert ReportingPeriod.objects.get(code="S1-FINAL").due_at.astimezone(MOSCOW).date() == dt.date(2026, 7, 9)


def amend_stage(plan: Plan, cast: Cast, **values: str) -> Plan:
    plan = plans.amend_plan(plan=plan, comment="Перенос", actor=cast.planner, at=made.moment())
    stage = plan.stages.get(number=1)
    plans.change_row(row=stage, revision=stage.revision, values=values, actor=cast.planner, at=made.moment())
    plan = plans.circulate_plan(plan=plan, actor=cast.planner, at=made.moment())
    made.agree_all(plan, cast)
    plan = plans.record_agreement(plan=plan, in_correspondence=True, actor=cast.hq_chair, at=made.moment())
    return made.approve(plans.submit_plan(plan=plan, actor=cast.hq_chair, at=made.moment()), cast)


def test_a_shorter_stage_drops_only_the_days_in_which_nobody_has_begun_a_return(cast: Cast) -> None:
    agency = make_agency("RU")
    plan = made.approved_plan(cast)
    begun = Return.objects.get(period__code="S1-D09", agency=agency)
    Submission.objects.create(
        expected_return=begun, number=1, entered_by=make_officer(agency), started_at=made.moment()
    )
    untouched = Return.objects.get(period__code="S1-D02", agency=agency).pk
    amend_stage(plan, cast, end_date="2026-06-20")
    codes = set(ReportingPeriod.objects.filter(code__startswith="S1-D").values_list("code", flat=True))
    assert codes == {f"S1-D{day:02}" for day in (1, 2, 3, 4, 5, 6, 9)}
    assert Return.objects.filter(pk=begun.pk).exists()
    assert Return.objects.get(period__code="S1-D02", agency=agency).pk == untouched
    assert ReportingPeriod.objects.get(code="S1-FINAL").end_date == dt.date(2026, 6, 20)


def test_a_stage_with_periods_keeps_its_number_and_cannot_be_removed(cast: Cast) -> None:
    plan = plans.amend_plan(plan=made.approved_plan(cast), comment="Проба", actor=cast.planner, at=made.moment())
    stage = plan.stages.get(number=2)
    with pytest.raises(BadInput) as renumbered:
        plans.change_row(row=stage, revision=stage.revision, values={"number": 5}, actor=cast.planner, at=made.moment())
    with pytest.raises(BadInput) as removed:
        plans.remove_row(row=stage, revision=stage.revision, actor=cast.planner, at=made.moment())
    codes = [error.value.problems[0].code for error in (renumbered, removed)]
    assert codes == ["number_in_use", "has_periods"]


def due_day(code: str, agency: Agency) -> dt.date:
    return Return.objects.get(period__code=code, agency=agency).due_at.astimezone(MOSCOW).date()


def test_the_ten_working_days_of_a_final_return_are_those_of_its_own_state(cast: Cast) -> None:
    russian, kazakh = make_agency("RU"), make_agency("KZ")
    Holiday.objects.create(state=made.state("KZ"), day=dt.date(2026, 7, 6))
    Holiday.objects.create(state=made.state("KZ"), day=dt.date(2026, 7, 4))  # a Saturday is left out anyway
    make_calendar(made.drafted_plan(cast), at=made.moment())
    assert due_day("S1-FINAL", russian) == dt.date(2026, 7, 8)
    assert due_day("S1-FINAL", kazakh) == dt.date(2026, 7, 9)
    final = Return.objects.get(period__code="S1-FINAL", agency=kazakh)
    assert final.closes_at - final.due_at == dt.timedelta(days=10)
    assert final.period.due_at.astimezone(MOSCOW).date() == dt.date(2026, 7, 8)
    common = Return.objects.exclude(period__kind=PeriodKind.FINAL).select_related("period")
    assert all((row.due_at, row.closes_at) == (row.period.due_at, row.period.closes_at) for row in common)


def test_a_deadline_that_has_passed_stays_where_it_was_when_a_holiday_is_entered_afterwards(cast: Cast) -> None:
    agency = make_agency("RU")
    plan = made.drafted_plan(cast)
    make_calendar(plan, at=made.moment())
    for day in (dt.date(2026, 7, 1), dt.date(2026, 10, 23)):
        Holiday.objects.create(state=made.state("RU"), day=day)
    change = make_calendar(plan, at=made.moment(dt.date(2026, 8, 1)))
    assert due_day("S1-FINAL", agency) == dt.date(2026, 7, 8)
    assert due_day("S2-FINAL", agency) == dt.date(2026, 11, 5)
    assert (change.periods_changed, change.returns_moved) == (1, 1)


def test_an_amendment_leaves_the_moments_of_an_adjusted_period_alone(cast: Cast) -> None:
    agency = make_agency("RU")
    plan = made.approved_plan(cast)
    period = ReportingPeriod.objects.get(code="S1-FINAL")
    period.due_at += dt.timedelta(days=5)
    period.closes_at += dt.timedelta(days=7)
    period.adjusted_at = made.moment()
    period.save()
    moments = (period.opens_at, period.due_at, period.closes_at)
    amend_stage(plan, cast, end_date="2026-06-20")
    period.refresh_from_db()
    assert (period.opens_at, period.due_at, period.closes_at) == moments
    assert period.end_date == dt.date(2026, 6, 20)
    row = Return.objects.get(period=period, agency=agency)
    assert (row.due_at, row.closes_at) == moments[1:]


# --- by month ---


def intervals_of(plan: Plan) -> list[str]:
    return list(plan.operation.periods.filter(kind="interval").order_by("start_date").values_list("code", flat=True))


QUARTERS = ["Q1", "Q2", "Q3", "Q4"]


def by_month(plan: Plan, choice: str = Plan.Interval.MONTH) -> None:
    plan.interval = choice
    plan.save(update_fields=["interval"])


def test_a_plan_by_month_has_twelve_periodic_returns_due_on_the_fifteenth_after_each(cast: Cast) -> None:
    make_agency("RU", "border_service")
    plan = made.drafted_plan(cast)
    by_month(plan)
    make_calendar(plan, at=made.moment())
    assert intervals_of(plan) == [f"M{month:02}" for month in range(1, 13)]
    february, december = (plan.operation.periods.get(code=code) for code in ("M02", "M12"))
    assert (february.start_date, february.end_date) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28))
    assert february.due_at.astimezone(MOSCOW).date() == dt.date(2026, 3, 15)
    assert december.due_at.astimezone(MOSCOW).date() == dt.date(2027, 1, 15)
    assert {row.form.period_kind for row in february.returns.select_related("form")} == {"interval"}
    with translation.override("ru"):
        assert (period_name(february), return_name(february)) == ("Февраль", "Донесение за февраль")


def test_a_plan_amended_to_months_keeps_the_quarter_that_has_begun_so_that_no_day_is_reported_twice(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    make_calendar(plan, at=made.moment(dt.date(2026, 1, 10)))
    assert intervals_of(plan) == QUARTERS
    by_month(plan)
    make_calendar(plan, at=made.moment(dt.date(2026, 5, 20)))
    assert intervals_of(plan) == ["Q1", "Q2", "M07", "M08", "M09", "M10", "M11", "M12"]
    by_month(plan, Plan.Interval.QUARTER)
    make_calendar(plan, at=made.moment(dt.date(2026, 8, 2)))
    assert intervals_of(plan) == ["Q1", "Q2", "M07", "M08", "M09", "Q4"], "the third quarter runs by month to its end"


def test_a_quarter_that_is_reopened_ahead_of_its_time_stays_a_quarter(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    at = made.moment(dt.date(2026, 1, 10))
    make_calendar(plan, at=at)
    third = plan.operation.periods.get(code="Q3")
    ReopenedPeriod.objects.create(
        period=third,
        agency=make_agency("RU"),
        opened_at=at,
        expires_at=third.closes_at,
        reason="Сбой связи",
        opened_by=cast.hq_chair,
    )
    by_month(plan)
    make_calendar(plan, at=made.moment(dt.date(2026, 2, 1)))
    assert intervals_of(plan) == ["Q1", "M04", "M05", "M06", "Q3", "M10", "M11", "M12"]


def test_a_month_is_given_back_to_the_rule_like_a_quarter(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    by_month(plan)
    make_calendar(plan, at=made.moment())
    april = plan.operation.periods.get(code="M04")
    rule = moments_by_rule(april)
    assert rule is not None
    assert (rule.opens_at, rule.due_at, rule.closes_at) == (april.opens_at, april.due_at, april.closes_at)


def test_months_that_went_by_before_the_plan_asked_for_them_fall_due_with_the_first_one_after(cast: Cast) -> None:
    plan = made.drafted_plan(cast)
    by_month(plan)
    approval = made.moment(dt.date(2026, 3, 26))
    make_calendar(plan, at=approval)
    days = dict(plan.operation.periods.filter(kind="interval").values_list("code", "due_at"))
    assert [days[code].astimezone(MOSCOW).date() for code in ("M01", "M02", "M03", "M04")] == [
        dt.date(2026, 4, 15),
        dt.date(2026, 4, 15),
        dt.date(2026, 4, 15),
        dt.date(2026, 5, 15),
    ]
    assert set(vars(make_calendar(plan, at=approval)).values()) == {0}
