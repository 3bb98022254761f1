"""The accepted results of one operation, read once from `Total` and answered by indicator, state, stage and period.

A flow of the year is the sum over final, follow-up and periodic returns; a stock is the highest or the last value, as
its indicator says; a level is never aggregated. Where nothing was reported there is no number, and why there is none
(not available, not applicable, withheld) is read from the accepted figures. Three queries serve a whole report.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Sum

from operations.models import (
    Agency,
    Category,
    CellState,
    Figure,
    Indicator,
    MemberState,
    Operation,
    PeriodKind,
    ReportingPeriod,
    Submission,
    Total,
)
from reports.domain.cells import Cell, missing, money, number

SUM, MAX, LAST = Indicator.Aggregation.SUM, Indicator.Aggregation.MAX, Indicator.Aggregation.LAST


@dataclass(frozen=True)
class Reading:
    """A state's value of one indicator for one period, all its agencies together."""

    period: ReportingPeriod
    value: int


@dataclass
class Results:
    """Everything that was accepted in an operation, in memory."""

    operation: Operation
    states: list[MemberState]
    periods: list[ReportingPeriod]
    indicators: dict[str, Indicator]
    readings: Mapping[tuple[int, int], list[Reading]]
    absences: Mapping[tuple[int, int], str] = field(default_factory=dict)
    reporters: Mapping[int, set[int]] = field(default_factory=dict)

    @cached_property
    def stages(self) -> list[int]:
        """The numbers of the stages that have official periods, in order."""
        return sorted({period.stage.number for period in self.periods if period.stage is not None})

    def group(self, code: str) -> list[Indicator]:
        return [indicator for indicator in self.indicators.values() if indicator.group == code]

    def of_state(
        self, indicator: Indicator, state: MemberState, periods: Iterable[ReportingPeriod] | None = None
    ) -> int | None:
        """The state's value over the periods given (all of them unless said otherwise), or None."""
        chosen = None if periods is None else {period.pk for period in periods}
        values = [
            reading
            for reading in self.readings.get((state.pk, indicator.pk), ())
            if chosen is None or reading.period.pk in chosen
        ]
        return over_time(indicator, values)

    def of_region(self, indicator: Indicator, periods: Iterable[ReportingPeriod] | None = None) -> int | None:
        """The sum over the states that reported, or None: nobody did, the unit is money, or it is never aggregated."""
        if indicator.is_money or indicator.over_space != SUM:
            return None
        chosen = None if periods is None else list(periods)
        values = [value for state in self.states if (value := self.of_state(indicator, state, chosen)) is not None]
        return sum(values) if values else None

    def in_stage(self, number: int) -> list[ReportingPeriod]:
        """The final and the follow-up period of a stage."""
        return [period for period in self.periods if period.stage is not None and period.stage.number == number]

    def intervals(self) -> list[ReportingPeriod]:
        return [period for period in self.periods if period.kind == PeriodKind.INTERVAL]

    def reporting(self, indicator: Indicator) -> list[MemberState]:
        """The states that reported a number, the M of "N of M" being `concerned`."""
        return [state for state in self.states if (state.pk, indicator.pk) in self.readings]

    def concerned(self, indicator: Indicator) -> list[MemberState]:
        """The participating states that have an agency which reports the indicator."""
        return [state for state in self.states if state.pk in self.reporters.get(indicator.pk, ())]

    def state_cell(
        self, indicator: Indicator, state: MemberState, periods: Iterable[ReportingPeriod] | None = None
    ) -> Cell:
        """The state's value as a cell, or the mark that says why there is none."""
        value = self.of_state(indicator, state, periods)
        if value is not None:
            return money(value, currency=state.currency) if indicator.is_money else number(value)
        if state.pk not in self.reporters.get(indicator.pk, ()):
            return missing("not_applicable")
        return missing(self.absences.get((state.pk, indicator.pk), "not_reported"))

    def region_cell(self, indicator: Indicator, periods: Iterable[ReportingPeriod] | None = None) -> Cell:
        """The regional value as a cell; money and levels have none."""
        value = self.of_region(indicator, periods)
        if value is not None:
            return number(value)
        aggregated = not indicator.is_money and indicator.over_space == SUM
        return missing("not_reported" if aggregated and self.concerned(indicator) else "not_applicable")


def over_time(indicator: Indicator, readings: list[Reading]) -> int | None:
    """Aggregates a state's values as the indicator's definition says."""
    if not readings:
        return None
    if indicator.over_time == SUM:
        return sum(reading.value for reading in readings)
    if indicator.over_time == MAX:
        return max(reading.value for reading in readings)
    if indicator.over_time == LAST:
        return max(readings, key=lambda reading: (reading.period.end_date, reading.period.pk)).value
    return readings[0].value if len(readings) == 1 else None


def results_of(operation: Operation) -> Results:
    """Reads the accepted results of an operation."""
    states = [
        part.state
        for part in operation.participations.filter(takes_part=True).select_related("state").order_by("state__short_ru")
    ]
    periods = list(
        ReportingPeriod.objects.filter(operation=operation)
        .exclude(kind=PeriodKind.OPERATIONAL)
        .select_related("stage")
        .order_by("start_date", "kind", "pk")
    )
    return Results(
        operation=operation,
        states=states,
        periods=periods,
        indicators={indicator.code: indicator for indicator in Indicator.objects.order_by("position")},
        readings=_readings(operation, {period.pk: period for period in periods}),
        absences=_absences(operation),
        reporters=_reporters(),
    )


def _readings(operation: Operation, periods: Mapping[int, ReportingPeriod]) -> dict[tuple[int, int], list[Reading]]:
    rows = (
        Total.objects.filter(period__operation=operation, basis=Total.Basis.ACCEPTED, category__code=Category.TOTAL)
        .values("period_id", "state_id", "indicator_id")
        .annotate(sum=Sum("value"))
        .order_by("period__start_date", "period_id")
    )
    found: dict[tuple[int, int], list[Reading]] = {}
    for row in rows:
        if row["period_id"] in periods:
            key = (row["state_id"], row["indicator_id"])
            found.setdefault(key, []).append(Reading(periods[row["period_id"]], row["sum"]))
    return found


def _absences(operation: Operation) -> dict[tuple[int, int], str]:
    """What the accepted returns say where they give no number; a state of several agencies says the first of these."""
    order = [CellState.NOT_AVAILABLE, CellState.WITHHELD, CellState.NOT_APPLICABLE]
    accepted = Submission.objects.filter(
        expected_return__period__operation=operation, status=Submission.Status.ACCEPTED
    )
    rows = (
        Figure.objects.filter(submission__in=accepted, category__code=Category.TOTAL)
        .exclude(state=CellState.VALUE)
        .values_list("submission__expected_return__agency__state_id", "indicator_id", "state")
        .distinct()
    )
    found: dict[tuple[int, int], str] = {}
    for state, indicator, absence in rows:
        known = found.get((state, indicator))
        if known is None or order.index(CellState(absence)) < order.index(CellState(known)):
            found[state, indicator] = str(absence)
    return found


def _reporters() -> dict[int, set[int]]:
    """For each indicator the states with an active agency of a kind that reports it."""
    found: dict[int, set[int]] = {}
    pairs = Agency.objects.filter(is_active=True, kind__indicators__isnull=False)
    for state, indicator in pairs.values_list("state_id", "kind__indicators__id").distinct():
        found.setdefault(indicator, set()).add(state)
    return found
