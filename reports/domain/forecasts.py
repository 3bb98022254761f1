"""Forecasts of flows: asked for by headquarters, made in the background, kept for ever, held against what came.

A forecast keeps the series that it saw, so that nothing later changes what was said. It is a statement about the time
to come and never a number of a table: no total reads it.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import creation, jobs
from operations.domain.access import ANY_HEADQUARTERS
from operations.domain.errors import BadInput, Problem
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import Indicator, Job, MemberState, User
from reports.domain.flow_periods import SEASON, Slot
from reports.domain.flow_series import FlowPoint, FlowSeries, flow_series
from reports.domain.forecasting import LEAST_SEASONS, LEVELS, Outlook, Trial, outlook
from reports.models import Forecast, Frequency

FORECAST_JOB = "reports.forecast"
_MONTHS = {Frequency.MONTH: 1, Frequency.QUARTER: 3}


def _save(attempt: Attempt) -> None:
    attempt.subject.save(force_insert=True)


WORKFLOW = Workflow(
    Forecast,
    Transition(name="create", label=_("Make a forecast"), who=ANY_HEADQUARTERS, effect=_save),
    status_field="",
)


def why_not(series: FlowSeries) -> Problem | None:
    """Why this series cannot be forecast, or why it need not be; None when it can."""
    season = SEASON[Frequency(series.frequency)]
    needed, there = LEAST_SEASONS * season, len(series.unbroken)
    if there < needed:
        message = _(
            "The series is too short: a forecast needs two whole years without a gap, %(needed)s numbers; "
            "there are %(there)s after the last gap."
        ) % {"needed": needed, "there": there}
        return Problem(code="too_short", message=message)
    newest = newest_forecast(series.indicator, series.state, series.frequency)
    if newest is not None and newest.series == seen_by_forecast(series):
        return Problem(
            code="unchanged",
            message=_("The newest forecast rests on this very series: there is nothing new to say."),
        )
    return None


def newest_forecast(indicator: Indicator, state: MemberState | None, frequency: str) -> Forecast | None:
    rows = Forecast.objects.filter(indicator=indicator, state=state, frequency=frequency)
    return rows.order_by("-made_at", "-pk").first()


def request_forecast(
    *, indicator: Indicator, state: MemberState | None, frequency: str, actor: User, at: dt.datetime
) -> Job:
    """Has a forecast made in the background. Raises `NotAllowed`, or `BadInput` with the reason against it."""
    creation.ensure_allowed(Forecast(), actor=actor, at=at)
    problem = why_not(flow_series(indicator, state=state, frequency=frequency))
    if problem is not None:
        raise BadInput([problem])
    with transaction.atomic():
        return jobs.request(
            name=FORECAST_JOB,
            actor=actor,
            at=at,
            indicator=indicator.code,
            state=state.code if state is not None else "",
            frequency=str(frequency),
        )


def make_forecast(
    *,
    indicator: Indicator,
    state: MemberState | None,
    frequency: str,
    actor: User,
    at: dt.datetime,
    progress: jobs.Progress | None = None,
) -> Forecast:
    """Forecasts the year after the series' last number and keeps it; made twice for one request, it is one.

    Raises `TooShort` where the series lost what it had when the forecast was asked for.
    """
    there = Forecast.objects.filter(indicator=indicator, state=state, frequency=frequency, made_at=at).first()
    if there is not None:
        return there
    series = flow_series(indicator, state=state, frequency=frequency)
    known = series.unbroken
    season = SEASON[Frequency(frequency)]
    step = progress.step if progress is not None else None
    found = outlook([one.value or 0 for one in known], season=season, horizon=season, step=step)
    last = known[-1].slot
    row = Forecast(
        indicator=indicator,
        state=state,
        frequency=frequency,
        method=found.method,
        series=seen_by_forecast(series),
        breaks=[{"day": day.isoformat(), **words} for day, words in series.breaks if day > known[0].slot.start],
        backtest=_backtest(found, season, [one.value or 0 for one in known]),
        points=[
            {"slot": last.after(ahead).code, "start": last.after(ahead).start.isoformat(), **asdict(point)}
            for ahead, point in enumerate(found.points, start=1)
        ],
        origin_date=last.end,
        made_by=actor,
        made_at=at,
    )
    return creation.create(row, actor=actor, at=at, indicator=indicator.code, origin=last.code)


def seen_by_forecast(series: FlowSeries) -> list[dict[str, Any]]:
    """The numbers that a forecast of the series rests on, as it keeps them."""
    return [
        {
            "slot": one.slot.code,
            "value": one.value,
            "origin": one.origin.value if one.origin is not None else "",
            "demonstration": one.is_demonstration,
        }
        for one in series.unbroken
    ]


def _backtest(found: Outlook, season: int, values: list[int]) -> dict[str, Any]:
    """What the page, the interface and the report print of the trials; shares are kept as n of m."""
    changes = [abs(new - old) for new, old in zip(values[season:], values[:-season], strict=True)]
    return {
        "season": season,
        "origins": found.origins,
        "scale": str((Decimal(sum(changes)) / len(changes)).quantize(Decimal("0.001"))),
        "methods": {method: _trial(trial) for method, trial in found.trials.items()},
    }


def _trial(trial: Trial) -> dict[str, Any]:
    mase = trial.mase
    covered = {str(level): list(trial.coverage(level)) for level in LEVELS}
    return {"mase": None if mase is None else f"{mase:.3f}", "covered": covered}


# --- what was said against what came ---


@dataclass(frozen=True)
class Outcome:
    """One point of a forecast, and what came: None while it is still to come."""

    slot: Slot
    said: dict[str, int]
    came: int | None

    @property
    def error(self) -> int | None:
        """What came less what was said."""
        return None if self.came is None else self.came - self.said["value"]

    def is_inside(self, level: int) -> bool | None:
        """Whether what came lies in the interval of that level."""
        if self.came is None:
            return None
        return self.said[f"low{level}"] <= self.came <= self.said[f"high{level}"]

    @property
    def is_inside80(self) -> bool | None:
        return self.is_inside(80)

    @property
    def is_inside95(self) -> bool | None:
        return self.is_inside(95)


@dataclass(frozen=True)
class Account:
    """How a forecast did: its outcomes, how many came, how many of them inside, and its scaled error."""

    forecast: Forecast
    outcomes: tuple[Outcome, ...]

    @property
    def came(self) -> int:
        return sum(one.came is not None for one in self.outcomes)

    @property
    def inside80(self) -> int:
        return sum(one.is_inside(80) is True for one in self.outcomes)

    @property
    def inside95(self) -> int:
        return sum(one.is_inside(95) is True for one in self.outcomes)

    @property
    def mase(self) -> Decimal | None:
        """The mean absolute error of what came by now, by the scale that the forecast was made with."""
        errors = [abs(one.error) for one in self.outcomes if one.error is not None]
        scale = Decimal(self.forecast.backtest["scale"])
        if not errors or not scale:
            return None
        return (Decimal(sum(errors)) / len(errors) / scale).quantize(Decimal("0.001"))


def account_of(forecast: Forecast, points: tuple[FlowPoint, ...]) -> Account:
    """A forecast against the points of its series as they stand now."""
    came = {one.slot: one.value for one in points}
    outcomes = tuple(Outcome(slot, said, came.get(slot)) for slot, said in said_by(forecast))
    return Account(forecast, outcomes)


def said_by(forecast: Forecast) -> Iterator[tuple[Slot, dict[str, int]]]:
    """The points of a forecast by their month or quarter."""
    for point in forecast.points:
        slot = Slot(dt.date.fromisoformat(point["start"]), _MONTHS[Frequency(forecast.frequency)])
        yield slot, {name: number for name, number in point.items() if isinstance(number, int)}


def is_synthetic(forecast: Forecast) -> bool:
    """Whether figures of the demonstration stand behind it."""
    return any(one["demonstration"] for one in forecast.series)
