"""What the choice of method is worth, on a public series that comes with statsmodels: carbon dioxide at Mauna Loa.

It has a strong season and a steady growth, as arrivals have, and no break, so that what is measured is the method and
not an event. It is taken by quarter, as the returns come. The method is chosen on twenty years; what is measured are
the ten years after, which the choice has not seen. The figures stand in `docs/forecast.md`.
"""

import pytest

from reports.domain.forecasting import Method, Trial, backtest, outlook

pytestmark = pytest.mark.once
SEASON = 4
HELD_OUT, WARMED = 40, 20


def carbon_dioxide(years: int) -> list[int]:
    """Means of quarters in hundredths of a part per million; those without a measurement are bridged."""
    from statsmodels.datasets import co2

    quarterly = co2.load_pandas().data["co2"].resample("QS").mean().interpolate()
    return [round(float(value) * 100) for value in quarterly[-years * SEASON :]]


def held_out(values: list[int]) -> tuple[str, dict[str, Trial]]:
    """The method chosen without the last years, and what it and the seasonal naive said during them."""
    known = len(values) - HELD_OUT
    chosen = outlook(values[:known], season=SEASON, horizon=SEASON).method
    trials = backtest(
        values,
        origins=range(known - WARMED, len(values)),
        season=SEASON,
        horizon=SEASON,
        methods=[chosen, Method.SEASONAL_NAIVE],
    )
    return chosen, trials


@pytest.fixture(scope="module")
def measured() -> tuple[str, dict[str, Trial]]:
    return held_out(carbon_dioxide(30))


def test_the_chosen_method_beats_the_seasonal_naive_one_on_years_that_it_was_not_chosen_by(measured):
    chosen, trials = measured
    assert chosen != Method.SEASONAL_NAIVE
    error, naive = trials[chosen].mase, trials[Method.SEASONAL_NAIVE].mase
    print({"method": chosen, "mase": round(error, 3), "seasonal naive": round(naive, 3)})
    assert error < naive / 2


@pytest.mark.parametrize("level", [80, 95])
def test_its_intervals_hold_about_as_much_as_they_say(measured, level: int):
    chosen, trials = measured
    inside, judged = trials[chosen].coverage(level)
    print({"level": level, "inside": inside, "of": judged, "percent": round(100 * inside / judged, 1)})
    assert abs(100 * inside / judged - level) <= 5
