"""Forecasts of a seasonal series of counts: three methods, chosen by what they would have said before.

All methods work on the logarithm of the count and one, so that seasons are proportions and nothing can become negative.

- *Seasonal naive*: what was there a season ago (Hyndman and Athanasopoulos, Forecasting: Principles and Practice, 5.2).
- *ETS*: exponential smoothing with additive errors and seasons, with or without a damped trend, by the corrected
  information criterion (Hyndman, Koehler, Ord and Snyder 2008).
- *Theta*: Assimakopoulos and Nikolopoulos (2000), seasonally adjusted.

The choice is made by a rolling origin: each method forecasts from every origin of the last four seasons with what was
known there, and the smallest mean absolute scaled error wins (MASE, Hyndman and Koehler 2006: an error is divided by
the mean absolute error of the seasonal naive method within the series known at its origin). Intervals come from the
same errors, horizon by horizon, with the quantiles of Student's distribution: errors of a horizon of h steps overlap,
so that n of them tell as much as n ÷ h apart. Coverage is counted with those errors alone that were known at the
origin. The same numbers always give the same forecast.
"""

import math
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Step = Callable[[int, int], None]

#: Seasons that a series needs to be forecast at all, and how many of them the backtest goes through.
LEAST_SEASONS, TESTED_SEASONS = 2, 4
#: Observations beyond a season without which exponential smoothing has no start; errors without which a spread says
#: nothing.
LEAST_FITTED, LEAST_ERRORS = 10, 5
LEVELS = (80, 95)


class Method(TextChoices):
    SEASONAL_NAIVE = "seasonal_naive", _("Seasonal naive")
    ETS = "ets", _("Exponential smoothing (ETS)")
    THETA = "theta", _("Theta")


class TooShort(ValueError):
    """The series has less than two seasons; `needed` says how many observations there have to be."""

    def __init__(self, needed: int) -> None:
        super().__init__(needed)
        self.needed = needed


@dataclass(frozen=True)
class Point:
    """A count to come, with the bounds within which it lies in 80 and in 95 cases of a hundred."""

    value: int
    low80: int
    high80: int
    low95: int
    high95: int


@dataclass
class Trial:
    """What a method would have said: errors by horizon on the scale of logarithms, with the origin of each."""

    scaled: list[float] = field(default_factory=list)
    errors: dict[int, list[tuple[int, float]]] = field(default_factory=dict)

    @property
    def mase(self) -> float | None:
        """The mean absolute scaled error; below 1 a method is better than the seasonal naive was within the series."""
        return sum(self.scaled) / len(self.scaled) if self.scaled else None

    def add(self, *, origin: int, horizon: int, error: float, scaled: float | None) -> None:
        self.errors.setdefault(horizon, []).append((origin, error))
        if scaled is not None:
            self.scaled.append(scaled)

    def known(self, horizon: int, *, at: int) -> list[float]:
        """The errors of this horizon whose outcome was known at an origin."""
        return [error for origin, error in self.errors.get(horizon, ()) if origin + horizon <= at]

    def coverage(self, level: int) -> tuple[int, int]:
        """How many outcomes lay in the interval that would have been given, of how many."""
        inside = judged = 0
        for horizon, found in self.errors.items():
            for origin, error in found:
                known = self.known(horizon, at=origin)
                if len(known) >= LEAST_ERRORS:
                    judged += 1
                    inside += abs(error) <= _quantile(level, len(known) / horizon) * _root_mean_square(known)
        return inside, judged


@dataclass(frozen=True)
class Outlook:
    """A forecast: the method, its points, and the trials of all methods (none where the series is too short)."""

    method: str
    points: tuple[Point, ...]
    trials: dict[str, Trial]
    origins: int

    @property
    def is_compared(self) -> bool:
        return bool(self.trials)


def outlook(values: Sequence[int], *, season: int, horizon: int, step: Step | None = None) -> Outlook:
    """Forecasts `horizon` steps after the last of `values`. Raises `TooShort`.

    `step` hears after each origin how far the work is.
    """
    if len(values) < LEAST_SEASONS * season:
        raise TooShort(LEAST_SEASONS * season)
    series = np.log1p(np.asarray(values, dtype=float))
    origins = origins_of(len(values), season)
    trials = backtest(values, origins=origins, season=season, horizon=horizon, step=step)
    method = _best(trials)
    middle = predicted(method, series, season=season, horizon=horizon)
    spreads = _spreads(trials.get(method), series, season=season, horizon=horizon)
    points = tuple(_point(one, *spread) for one, spread in zip(middle, spreads, strict=True))
    return Outlook(method, points, trials, len(origins))


def origins_of(length: int, season: int) -> range:
    """The origins of the backtest: none where the methods could not be tried through a whole season."""
    first = max(LEAST_SEASONS * season, LEAST_FITTED + season)
    return range(max(first, length - TESTED_SEASONS * season), length) if length - first >= season else range(0)


def backtest(
    values: Sequence[int],
    *,
    origins: range,
    season: int,
    horizon: int,
    methods: Sequence[str] = tuple(Method.values),
    step: Step | None = None,
) -> dict[str, Trial]:
    """What each method would have said from each origin: `values[:origin]` is known there."""
    actual = np.asarray(values, dtype=float)
    series = np.log1p(actual)
    trials = {method: Trial() for method in methods} if origins else {}
    for done, origin in enumerate(origins, start=1):
        scale = float(np.mean(np.abs(actual[season:origin] - actual[: origin - season])))
        for method, trial in trials.items():
            ahead = min(horizon, len(actual) - origin)
            said = predicted(method, series[:origin], season=season, horizon=ahead)
            for place in range(ahead):
                missed = abs(actual[origin + place] - max(math.expm1(said[place]), 0.0))
                trial.add(
                    origin=origin,
                    horizon=place + 1,
                    error=float(series[origin + place] - said[place]),
                    scaled=float(missed / scale) if scale else None,
                )
        if step is not None:
            step(done, len(origins))
    return trials


def predicted(method: str, series: Vector, *, season: int, horizon: int) -> Vector:
    """What a method says of the next values of a series of logarithms."""
    return _METHODS[Method(method)](series, season, horizon)


def _seasonal_naive(series: Vector, season: int, horizon: int) -> Vector:
    return np.asarray(series[-season:][np.arange(horizon) % season])


def _ets(series: Vector, season: int, horizon: int) -> Vector:
    # read when it is needed: with pandas it takes more than a second, which no page has
    import pandas as pd
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    # a trend takes three parameters more, which a short series does not carry
    trends: list[dict[str, Any]] = [{}]
    if len(series) >= max(3 * season, 16):
        trends.append({"trend": "add", "damped_trend": True})
    fitted = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an optimiser that stops early is judged by the backtest like any other
        for trend in trends:
            model = ETSModel(
                pd.Series(series),
                error="add",
                seasonal="add",
                seasonal_periods=season,
                initialization_method="heuristic",
                **trend,
            )
            fitted.append(model.fit(disp=False))
    best = min(fitted, key=lambda one: one.aicc)
    return np.asarray(best.forecast(horizon), dtype=float)


def _theta(series: Vector, season: int, horizon: int) -> Vector:
    import pandas as pd
    from statsmodels.tsa.forecasting.theta import ThetaModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ThetaModel(pd.Series(series), period=season, deseasonalize=True, use_test=False, method="additive")
        return np.asarray(model.fit().forecast(horizon), dtype=float)


_METHODS: dict[Method, Callable[[Vector, int, int], Vector]] = {
    Method.SEASONAL_NAIVE: _seasonal_naive,
    Method.ETS: _ets,
    Method.THETA: _theta,
}


def _best(trials: dict[str, Trial]) -> str:
    """The smallest error; of equal ones the simpler method, and without trials the simplest."""
    order = Method.values
    tried = [(trial.mase, order.index(method), method) for method, trial in trials.items() if trial.mase is not None]
    return min(tried)[2] if tried else Method.SEASONAL_NAIVE.value


def _spreads(trial: Trial | None, series: Vector, *, season: int, horizon: int) -> list[tuple[float, float]]:
    """By horizon, how far outcomes lie from the forecast, and of how many errors apart that is known; never shrinking.

    Where too few errors are known, the changes from season to season say it.
    """
    changes = [float(one) for one in series[season:] - series[:-season]]
    found: list[tuple[float, float]] = []
    widest = 0.0
    for ahead in range(1, horizon + 1):
        known = trial.known(ahead, at=len(series)) if trial is not None else []
        if len(known) >= LEAST_ERRORS:
            spread, apart = _root_mean_square(known), len(known) / ahead
        else:
            spread = _root_mean_square(changes) * math.sqrt((ahead - 1) // season + 1)
            apart = float(len(changes))
        widest = max(widest, spread)
        found.append((widest, apart))
    return found


def _point(middle: float, spread: float, apart: float) -> Point:
    bounds = {level: spread * _quantile(level, apart) for level in LEVELS}
    return Point(
        value=_count(middle),
        low80=_count(middle - bounds[80], math.floor),
        high80=_count(middle + bounds[80], math.ceil),
        low95=_count(middle - bounds[95], math.floor),
        high95=_count(middle + bounds[95], math.ceil),
    )


def _count(logarithm: float, towards: Callable[[float], int] = round) -> int:
    return max(towards(math.expm1(min(logarithm, 60.0))), 0)


def _root_mean_square(errors: Sequence[float]) -> float:
    return math.sqrt(sum(error * error for error in errors) / len(errors))


def _quantile(level: int, apart: float) -> float:
    """How many spreads the interval reaches to each side, for a spread known from that many errors apart."""
    from scipy.special import stdtrit

    return float(stdtrit(max(apart, 1.0), (100 + level) / 200))
