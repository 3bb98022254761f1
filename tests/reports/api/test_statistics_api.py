"""Flows, forecasts, rates, money, published figures and thresholds by programming interface."""

import pytest
from django.utils import timezone

from operations.models import ExchangeRate, PublishedFigure
from reports.domain.forecasts import make_forecast
from tests.factories.operations import make_operation
from tests.factories.people import make_hq_chair, make_observer, make_planner
from tests.factories.reference import indicator, state
from tests.operations.api.callers import Caller, with_token
from tests.operations.domain.test_money import total
from tests.reports.domain.test_flows import enter, years
from tests.reports.domain.test_published_figures import GIVEN

pytestmark = pytest.mark.django_db
RATE = {"currency": "RUB", "day": "2026-03-31", "units_per_usd": "100.0000", "source": "Банк России"}
FIGURE = {**GIVEN, "year_from": 2019}


def test_a_series_is_read_with_its_gaps_and_where_each_number_comes_from(reference):
    enter(make_planner(), "2025-Q1 10\n2025-Q3 30")
    reader = Caller(make_observer())
    rows = reader.get("flows/?indicator=MIG01&state=RU").json()["results"]
    assert [(row["period"], row["value"], row["origin"]) for row in rows] == [
        ("2025-Q1", 10, "entered"),
        ("2025-Q2", None, None),
        ("2025-Q3", 30, "entered"),
    ]
    assert reader.get("flows/?indicator=VIO01").status_code == 400
    assert reader.get("flows/").json()["errors"][0]["parameter"] == "indicator"
    [entered, _other] = reader.get("flow-observations/?state=RU").json()["results"]
    assert (entered["value"], entered["source_title"], entered["is_superseded"]) == (30, "Бюллетень", False)


OBSERVED = {
    "indicator": "MIG01",
    "state": "RU",
    "frequency": "quarter",
    "period": "2025-Q2",
    "value": 120,
    "source_title": "Бюллетень",
}


def test_an_observation_is_entered_once_and_corrected_by_superseding(reference):
    caller = with_token(make_planner())
    made = caller.post("flow-observations/", OBSERVED)
    assert (made.status_code, made.json()["value"]) == (201, 120)
    again = caller.post("flow-observations/", {**OBSERVED, "value": 121})
    assert [(one["code"], one["pointer"]) for one in again.json()["errors"]] == [("taken", "/period")]
    correction = {"value": 125, "source_title": "Уточнение"}
    corrected = caller.post(f"flow-observations/{made.json()['id']}/correct/", correction)
    assert (corrected.status_code, corrected.json()["is_superseded"]) == (200, True)
    rows = caller.get("flows/?indicator=MIG01&state=RU").json()["results"]
    assert [(row["period"], row["value"]) for row in rows] == [("2025-Q2", 125)]
    assert caller.post(f"flow-observations/{made.json()['id']}/correct/", correction).status_code == 422


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"period": "2025-05"}, "/period"),
        ({"period": "2025-Q2 5"}, "/period"),
        ({"period": "2099-Q1"}, "/period"),
        ({"value": -1}, "/value"),
        ({"value": "120"}, "/value"),
        ({"value": 10**30}, "/value"),
        ({"state": "XX"}, "/state"),
        ({"indicator": "VIO01"}, "/indicator"),
        ({"source_title": ""}, "/source_title"),
        ({"lines": "2025-Q2 1"}, "/lines"),
    ],
)
def test_an_observation_that_cannot_be_taken_is_refused_at_its_member(reference, wrong: dict, pointer: str):
    answer = with_token(make_planner()).post("flow-observations/", {**OBSERVED, **wrong})
    assert answer.status_code in (400, 422)
    assert [one["pointer"] for one in answer.json()["errors"]] == [pointer]


def test_the_same_key_enters_an_observation_once_and_a_reader_enters_none(reference):
    caller = with_token(make_planner())
    first, second = (caller.post("flow-observations/", OBSERVED, idempotency_key="one") for _time in range(2))
    assert first.json()["id"] == second.json()["id"]
    assert Caller(make_observer()).post("flow-observations/", OBSERVED).status_code == 403


def test_a_forecast_is_read_as_it_was_made(reference):
    planner = make_planner()
    enter(planner, years(2023, 2025))
    made = make_forecast(
        indicator=indicator("MIG01"), state=state("RU"), frequency="quarter", actor=planner, at=timezone.now()
    )
    [row] = Caller(make_observer()).get("forecasts/?indicator=MIG01").json()["results"]
    assert (row["id"], row["state"], row["method"]) == (made.pk, "RU", made.method)
    assert [point["slot"] for point in row["points"]] == ["2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"]


def test_a_rate_is_entered_corrected_and_converts_money(reference):
    operation = make_operation(2026)
    total(operation, "RU", 100_000_00)
    caller = with_token(make_planner())
    made = caller.post("exchange-rates/", RATE)
    assert made.status_code == 201
    row = made.json()
    assert (row["units_per_usd"], row["transitions"][0]["name"]) == ("100.000000", "correct")
    asked = f"money/?operation={operation.slug}&currency=USD"
    [fines] = [one for one in caller.get(asked).json()["results"] if one["indicator"] == "ADM04"]
    assert (fines["region"], fines["by_currency"], fines["missing_rates"]) == (1000_00, {"RUB": 100_000_00}, [])
    corrected = caller.post(f"exchange-rates/{row['id']}/correct/", {"units_per_usd": "80", "source": "Уточнение"})
    assert (corrected.status_code, corrected.json()["is_superseded"]) == (200, True)
    [fines] = [one for one in caller.get(asked).json()["results"] if one["indicator"] == "ADM04"]
    assert fines["region"] == 1250_00
    assert ExchangeRate.objects.count() == 2


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"units_per_usd": 92.5}, "/units_per_usd"),
        ({"units_per_usd": "1,234"}, "/units_per_usd"),
        ({"currency": "EUR"}, "/currency"),
        ({"day": "2099-01-01"}, "/day"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_a_wrong_rate_is_a_problem_at_its_member(reference, wrong: dict, pointer: str):
    answer = with_token(make_planner()).post("exchange-rates/", {**RATE, **wrong})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_currency_that_nothing_converts_to_is_a_bad_parameter(reference):
    make_operation(2026)
    answer = Caller(make_observer()).get("money/?operation=illegal-2026&currency=XXX")
    assert (answer.status_code, answer.json()["errors"][0]["parameter"]) == (400, "currency")


def test_a_published_figure_is_added_and_corrected_and_one_of_the_reference_data_is_not(reference):
    caller = with_token(make_hq_chair())
    made = caller.post("published-figures/", FIGURE)
    assert (made.status_code, made.json()["code"]) == (201, "H001")
    changed = caller.post("published-figures/H001/correct/", {**FIGURE, "value": "12400"})
    assert (changed.status_code, changed.json()["replaced_by"]) == (200, "H002")
    assert caller.get("published-figures/H002/").json()["value"] == "12400.00"
    assert caller.post("published-figures/H001/correct/", {**FIGURE, "value": "12401"}).status_code == 422
    assert caller.post("published-figures/F012/correct/", FIGURE).status_code == 422
    wrong = caller.post("published-figures/", {**FIGURE, "state": "", "value": "5"})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/state"]
    assert PublishedFigure.objects.filter(code__startswith="H").count() == 2
