"""One series of what was entered and what was returned; its forecasts are kept and held against what came."""

import pytest
from django.utils import timezone

from operations.domain import jobs
from operations.domain.errors import BadInput, NotAllowed, Unmet
from operations.models import AuditEntry, Category, MemberState, Total
from reports.domain.annual_forecasts import situation_forecasts
from reports.domain.flow_observations import correct_observation, enter_observations
from reports.domain.flow_series import Origin, flow_series
from reports.domain.forecasts import account_of, make_forecast, newest_forecast, request_forecast, why_not
from reports.models import FlowObservation, Forecast
from tests.factories.operations import make_interval, make_operation
from tests.factories.people import make_head, make_hq_chair, make_planner
from tests.factories.reference import agency_kind, category, indicator, state

pytestmark = pytest.mark.django_db
NOW = timezone.now()
SHAPE = (820, 1080, 1170, 930)


def enter(actor, lines: str, *, place: str = "RU", frequency: str = "quarter", **also):
    values = {"indicator": "MIG01", "state": place, "frequency": frequency, "lines": lines, "source_title": "Бюллетень"}
    return enter_observations(values={**values, **also}, actor=actor, at=NOW)


def years(first: int, last: int, *, scale: int = 1) -> str:
    return "\n".join(
        f"{year}-Q{quarter} {SHAPE[quarter - 1] * scale + year % 7}"
        for year in range(first, last + 1)
        for quarter in range(1, 5)
    )


def returned(place: str, quarter: int, value: int, *, year: int = 2026) -> None:
    operation = make_operation(year) if not Total.objects.filter(period__operation__year=year).exists() else None
    period = make_interval(operation, quarter=quarter) if operation is not None else None
    if period is None:
        earlier = Total.objects.filter(period__operation__year=year).select_related("period__operation").first()
        assert earlier is not None
        found = earlier.period.operation.periods.filter(code=f"Q{quarter}").first()
        period = found or make_interval(earlier.period.operation, quarter=quarter)
    Total.objects.create(
        period=period,
        state=state(place),
        agency_kind=agency_kind("border_service"),
        indicator=indicator("MIG01"),
        category=category(Category.TOTAL),
        basis=Total.Basis.ACCEPTED,
        value=value,
        returns=1,
    )


def series(place: str | None = "RU", frequency: str = "quarter"):
    return flow_series(indicator("MIG01"), state=state(place) if place else None, frequency=frequency)


def test_what_is_entered_is_one_series_with_what_was_returned_and_the_seam_is_known(reference):
    enter(make_planner(), "2025-Q3 100\n2025-Q4 110")
    returned("RU", 1, 90)
    found = series()
    assert [(one.slot.code, one.value) for one in found.points] == [
        ("2025-Q3", 100),
        ("2025-Q4", 110),
        ("2026-Q1", 90),
    ]
    assert found.seam is not None
    assert found.seam.code == "2026-Q1"


def test_a_return_stands_before_what_was_entered_for_the_same_quarter(reference):
    returned("RU", 1, 90)
    enter(make_planner(), "2025-Q4 80\n2026-Q1 100")
    last = series().points[-1]
    assert (last.value, last.origin) == (90, Origin.RETURNED)


def test_three_months_make_a_quarter_and_two_do_not(reference):
    enter(make_planner(), "2025-01 1\n2025-02 2\n2025-03 3\n2025-04 4\n2025-05 5", frequency="month")
    assert [(one.slot.code, one.value) for one in series().points] == [("2025-Q1", 6)]
    assert len(series(frequency="month").points) == 5


def test_the_sum_of_the_states_exists_only_where_every_state_has_a_number(reference):
    planner = make_planner()
    enter(planner, "2025-Q1 1\n2025-Q2 2\n2025-Q3 3")
    enter(planner, "2025-Q1 10\n2025-Q3 30", place="KZ")
    points = series(None).points
    assert [one.value for one in points] == [11, None, 33]
    assert (points[1].reporting, points[1].expected) == (1, 2)
    assert [one.slot.code for one in series(None).unbroken] == ["2025-Q3"]


def test_only_headquarters_enter_flows(reference):
    with pytest.raises(NotAllowed):
        enter(make_head("RU"), "2025-Q1 1")
    assert AuditEntry.objects.filter(act="flowobservation.create.refused").exists()


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ("2025-Q1", "not_a_line"),
        ("2025-03 5", "not_a_line"),
        ("2025-Q5 5", "not_a_line"),
        ("2025-Q1 -5", "negative_number"),
        ("2025-Q1 1,234", "ambiguous_number"),
        ("2025-Q1 5\n2025-Q1 6", "repeated"),
        ("2099-Q1 5", "in_the_future"),
        ("\n \n", "required"),
        ("2025-Q1 <script>", "bad_number"),
        ("2025-Q1 ٣٤", "bad_number"),
        ("2025-Q1 1e3", "bad_number"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_stored(reference, lines: str, code: str):
    with pytest.raises(BadInput) as refused:
        enter(make_planner(), lines)
    [problem] = refused.value.problems
    assert (problem.field, problem.code) == ("lines", code)
    assert not FlowObservation.objects.exists()


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "ftp://example.org", "example"])
def test_the_address_of_a_source_is_one_of_the_web(reference, address: str):
    with pytest.raises(BadInput) as refused:
        enter(make_planner(), "2025-Q1 1", source_url=address)
    assert [problem.code for problem in refused.value.problems] == ["not_an_address"]


def test_a_correction_supersedes_and_leaves_what_was(reference):
    planner = make_planner()
    [old] = enter(planner, "2025-Q1 100")
    fresh = correct_observation(
        observation=old, values={"value": "120", "source_title": "Уточнение"}, actor=planner, at=NOW
    )
    old.refresh_from_db()
    assert (old.value, old.is_superseded, fresh.value, fresh.is_superseded) == (100, True, 120, False)
    assert [one.value for one in series().points] == [120]
    with pytest.raises(Unmet):
        correct_observation(observation=old, values={"value": "1", "source_title": "Ещё"}, actor=planner, at=NOW)
    with pytest.raises(BadInput) as taken:
        enter(planner, "2025-Q1 5")
    assert [problem.code for problem in taken.value.problems] == ["taken"]


def test_a_short_series_is_refused_with_the_reason(reference):
    enter(make_planner(), "2025-Q1 1\n2025-Q2 2")
    problem = why_not(series())
    assert problem is not None
    assert problem.code == "too_short"
    with pytest.raises(BadInput):
        request_forecast(
            indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=make_hq_chair(), at=NOW
        )


def test_a_forecast_is_made_by_a_job_and_made_twice_it_is_one(reference):
    planner = make_planner()
    enter(planner, years(2018, 2024))
    job = request_forecast(indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=planner, at=NOW)
    done = jobs.run(job.pk)
    assert (done.status, done.error) == ("done", "")
    assert done.total > 0
    kept = Forecast.objects.get()
    assert done.result["address"] == f"/flows/forecasts/{kept.pk}/"
    assert [one["slot"] for one in kept.points] == ["2025-Q1", "2025-Q2", "2025-Q3", "2025-Q4"]
    assert {one["day"][:4] for one in kept.breaks} == {"2020", "2022"}
    again = make_forecast(
        indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=planner, at=job.created_at
    )
    assert again == kept
    unchanged = why_not(series())
    assert unchanged is not None
    assert unchanged.code == "unchanged"


def test_a_forecast_stays_as_it_was_and_is_held_against_what_came(reference):
    planner = make_planner()
    enter(planner, years(2023, 2025))
    made = make_forecast(indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=planner, at=NOW)
    before = list(made.points)
    said = made.points[0]["value"]
    returned("RU", 1, said)
    account = account_of(made, series().points)
    assert (account.came, account.inside80, account.inside95, account.mase) == (1, 1, 1, 0)
    returned("RU", 2, 999_999)
    account = account_of(made, series().points)
    assert (account.came, account.inside80, account.inside95) == (2, 1, 1)
    made.refresh_from_db()
    assert made.points == before
    assert newest_forecast(indicator("MIG01"), state("RU"), "quarter") == made


def test_a_forecast_touches_no_total(reference):
    planner = make_planner()
    enter(planner, years(2023, 2025))
    returned("RU", 1, 5)
    before = list(Total.objects.values_list("value", flat=True))
    make_forecast(indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=planner, at=NOW)
    assert list(Total.objects.values_list("value", flat=True)) == before


def test_the_annual_report_prints_the_forecast_of_its_year_when_there_is_one(reference):
    operation = make_operation(2026)
    assert situation_forecasts(operation) == []
    planner = make_planner()
    for one in MemberState.objects.all():
        enter(planner, years(2023, 2025), place=one.code)
    make_forecast(indicator=indicator("MIG01"), state=None, frequency="quarter", actor=planner, at=NOW)
    found = situation_forecasts(operation)
    assert [block["type"] for block in found][:3] == ["heading", "chart", "table"]
    assert [row["header"]["en"] for row in found[2]["rows"]] == ["Q1 2026", "Q2 2026", "Q3 2026", "Q4 2026"]
    assert situation_forecasts(make_operation(2030)) == []


def test_a_series_is_read_in_two_queries_whatever_its_length(reference, django_assert_num_queries):
    planner = make_planner()
    for place in ("RU", "KZ", "BY"):
        enter(planner, years(2016, 2025), place=place)
    flow = indicator("MIG01")
    with django_assert_num_queries(2):
        flow_series(flow, state=None, frequency="quarter")
