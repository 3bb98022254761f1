"""Forecasts are chosen by their past, the same every time, never negative, and honest about how sure they are."""

import os
import subprocess
import sys

import pytest

from reports.domain.forecasting import Method, TooShort, Trial, backtest, origins_of, outlook

pytestmark = pytest.mark.once
SHAPE = (820, 1080, 1170, 930)


def quarters(years: int, *, growth: int = 30) -> list[int]:
    """A seasonal series with growth and a little unrest, the same at every run."""
    return [SHAPE[place % 4] * (1000 + growth * place) // 1000 + (place * 7919) % 23 - 11 for place in range(4 * years)]


def test_a_series_of_less_than_two_seasons_is_refused_with_what_it_needs():
    with pytest.raises(TooShort) as refused:
        outlook(quarters(2)[:7], season=4, horizon=4)
    assert refused.value.needed == 8


def test_two_seasons_are_forecast_by_what_was_a_season_ago_without_a_comparison():
    values = quarters(2)
    found = outlook(values, season=4, horizon=4)
    assert (found.method, found.is_compared) == (Method.SEASONAL_NAIVE, False)
    assert [point.value for point in found.points] == values[-4:]


def test_the_method_with_the_smallest_error_of_the_backtest_is_chosen():
    found = outlook(quarters(8), season=4, horizon=4)
    errors = {method: trial.mase for method, trial in found.trials.items()}
    assert set(errors) == set(Method.values)
    assert found.method == min(errors, key=lambda method: errors[method] or 0)
    assert found.method != Method.SEASONAL_NAIVE  # it knows nothing of growth


def test_the_same_series_always_gives_the_same_forecast():
    assert outlook(quarters(6), season=4, horizon=4) == outlook(quarters(6), season=4, horizon=4)


def test_however_many_threads_reckon_the_forecast_is_the_same_to_the_last_digit():
    """Of a drawing, a worker and a command each has its own environment: none of them moves a number."""
    asked = f"from reports.domain.forecasting import outlook; print(outlook({quarters(6)}, season=4, horizon=4))"
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    said = {
        subprocess.run(
            [sys.executable, "-c", asked],
            env={**os.environ, **dict.fromkeys(names, threads)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for threads in ("1", "4")
    }
    [only] = said
    assert only.strip() == str(outlook(quarters(6), season=4, horizon=4))


def test_an_interval_holds_the_forecast_widens_with_time_and_never_goes_below_zero():
    values = [(5, 0, 9, 1)[place % 4] + (place * 31) % 4 for place in range(32)]
    points = outlook(values, season=4, horizon=4).points
    for point in points:
        assert 0 <= point.low95 <= point.low80 <= point.value <= point.high80 <= point.high95
    steady = outlook(quarters(7), season=4, horizon=4).points
    widths = [(point.high80 - point.low80) / point.value for point in steady]
    assert widths == sorted(widths)


def test_the_backtest_knows_at_each_origin_only_what_was_known_there():
    values = quarters(8)
    whole = backtest(values, origins=range(20, 24), season=4, horizon=4, methods=[Method.ETS])
    without_the_end = backtest(values[:24], origins=range(20, 24), season=4, horizon=1, methods=[Method.ETS])
    assert whole[Method.ETS].errors[1] == without_the_end[Method.ETS].errors[1]


def test_the_scaled_error_is_measured_by_the_seasonal_naive_method_within_what_was_known():
    values = [10, 20, 30, 40, 12, 22, 32, 42, 15, 20, 30, 40]
    trial = backtest(values, origins=range(8, 9), season=4, horizon=1, methods=[Method.SEASONAL_NAIVE])
    # known there: every change from season to season was 2; said 12, came 15
    assert trial[Method.SEASONAL_NAIVE].mase == pytest.approx(1.5)


def test_coverage_is_counted_with_errors_alone_that_were_known_at_the_origin():
    trial = Trial()
    for origin in range(10, 20):
        trial.add(origin=origin, horizon=1, error=0.01 if origin < 19 else 9.0, scaled=1.0)
    inside, judged = trial.coverage(80)
    assert (inside, judged) == (4, 5)  # the first five have nothing to be judged by, the last one lies outside


def test_origins_are_none_until_every_place_of_the_season_can_be_tried():
    assert list(origins_of(17, 4)) == []
    assert list(origins_of(18, 4)) == [14, 15, 16, 17]
    assert len(origins_of(60, 4)) == 16


def test_a_constant_series_is_forecast_as_it_is():
    found = outlook([7] * 24, season=4, horizon=4)
    assert {point.value for point in found.points} == {7}


def test_starting_the_site_does_not_read_the_library_of_methods():
    code = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'tests.settings'; django.setup();"
        "import illegal_ops.urls;"
        "print(sorted({'statsmodels', 'pandas'} & set(sys.modules)))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
