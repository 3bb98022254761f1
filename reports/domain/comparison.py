"""One operation beside another: отчётный год, АППГ, ±, %, and per day of operation; stage on stage as well.

What was reported here is read from the accepted totals; a year before the system is read from what was published of
it, as its sources state it, and nothing is made up where they say nothing. Two numbers that cannot be compared as they
stand are flagged: other stage days, other states. Nothing is ranked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from operations.domain.statistics import StatRow, indicator_by_state, participating_states
from operations.models import (
    Indicator,
    MemberState,
    Operation,
    PeriodKind,
    PublishedFigure,
    PublishedStage,
    Stage,
    StageWindow,
)
from reports.domain.cells import Cell, Text, both, changes, decimal, missing, money, share
from reports.domain.history import figure_cell, is_comparable, yearly_national, yearly_regional
from reports.domain.places import Place
from reports.domain.public_reading import PublicReading
from reports.domain.published_tables import agreed
from reports.domain.results import INTERVAL_GROUPS, region_cell, state_cell
from reports.domain.texts import stage_name

DAYS_DIFFER, STATES_DIFFER, AS_STATED = "days", "states", "as_stated"


@dataclass(frozen=True, kw_only=True)
class Side:
    """The numbers of an operation (or of one stage of it) for the region or one state, by indicator code.

    `days` are days of active measures, None where nobody says; `reporting` are the states (ids) behind a regional
    number of this system; `figures` are the published figures that the numbers were read from. `amounts` are the
    sums of money of the region by indicator code and currency.
    """

    operation: Operation
    stage: int | None
    days: int | None
    numbers: Mapping[str, Cell]
    reporting: Mapping[str, frozenset[int]] = field(default_factory=dict)
    expected: int = 0
    amounts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    figures: Mapping[str, PublishedFigure] = field(default_factory=dict)

    @property
    def name(self) -> Text:
        year = both(ru=f"{self.operation.year}\u00a0г.", en=str(self.operation.year))
        if self.stage is None:
            return year
        stage = stage_name(self.stage)
        return both(ru=f"{stage['ru']}, {year['ru']}", en=f"{stage['en']}, {year['en']}")

    @property
    def is_published(self) -> bool:
        return self.operation.is_historical

    def number(self, code: str) -> Cell:
        return self.numbers.get(code) or missing("not_published" if self.is_published else "not_reported")

    def currencies(self, code: str) -> set[str]:
        """The currencies in which there is an amount."""
        stated = self.numbers.get(code, {}).get("currency")
        return {*self.amounts.get(code, ()), *([stated] if stated else ())}

    def amount(self, code: str, currency: str) -> Cell:
        """The region's amount in one currency."""
        if currency in self.amounts.get(code, ()):
            return money(self.amounts[code][currency], currency=currency)
        stated = self.number(code)
        if stated.get("currency") == currency or stated["state"] not in ("value", "not_applicable"):
            return stated
        return missing("not_published" if self.is_published else "not_reported")

    def states(self, code: str) -> Cell | None:
        """«N of M states» of a regional number of this system."""
        return share(len(self.reporting[code]), self.expected) if code in self.reporting else None


@dataclass(frozen=True)
class Compared:
    """An indicator on both sides, or its money in one `currency`. `flags` say why the two cannot simply be compared."""

    indicator: Indicator
    now: Cell
    before: Cell
    change: Cell
    percent: Cell
    per_day: tuple[Cell, Cell]
    states: tuple[Cell | None, Cell | None]
    figures: tuple[PublishedFigure | None, PublishedFigure | None]
    flags: tuple[str, ...]
    currency: str = ""


@dataclass(frozen=True)
class Comparison:
    """The two sides and a row for each indicator."""

    now: Side
    before: Side
    place: MemberState | None
    rows: list[Compared]


def compare(now: Side, before: Side, *, indicators: Sequence[Indicator], place: MemberState | None) -> Comparison:
    """Indicator by indicator; money of the region currency by currency. Nothing is read here."""
    return Comparison(now, before, place, [row for one in indicators for row in _rows(now, before, one)])


def _rows(now: Side, before: Side, indicator: Indicator) -> list[Compared]:
    currencies = sorted(now.currencies(indicator.code) | before.currencies(indicator.code))
    if not indicator.is_money or not currencies:
        return [_compared(now, before, indicator)]
    return [_compared(now, before, indicator, currency=one) for one in currencies]


def side_of(
    operation: Operation,
    *,
    stage: int | None,
    place: MemberState | None,
    indicators: Sequence[Indicator],
    published: PublicReading | None = None,
) -> Side:
    """Reads one side in a constant number of queries: from `Total`, or what was published of a historical year.

    `published` is what the reader has instead of the totals for some indicators.
    """
    if operation.is_historical:
        return _published_side(operation, stage, place)
    side = _reported_side(operation, stage, place, indicators)
    return side if published is None else _as_published(side, place, indicators, published)


def _as_published(
    side: Side, place: MemberState | None, indicators: Sequence[Indicator], published: PublicReading
) -> Side:
    time, state = f"stage:{side.stage}" if side.stage else "", place.code if place else ""
    codes = [one.code for one in indicators if published.holds(one.code)]
    cells = {code: published.cell(Place(side.operation.slug, code, state=state, time=time)) for code in codes}
    reporting = {code: states for code, states in side.reporting.items() if code not in cells}
    return replace(side, numbers=dict(side.numbers) | cells, reporting=reporting)


def previous_of(operation: Operation) -> Operation | None:
    """The operation of the year before, of the same kind: what АППГ means."""
    return Operation.objects.filter(kind=operation.kind, year=operation.year - 1).first()


def stage_numbers(operation: Operation) -> list[int]:
    """The stages that can be compared: those with final returns, or those that sources date."""
    if operation.is_historical:
        return sorted(set(PublishedStage.objects.filter(operation=operation).values_list("number", flat=True)))
    reported = Stage.objects.filter(periods__operation=operation, periods__kind=PeriodKind.FINAL)
    return sorted(set(reported.values_list("number", flat=True)))


# --- what was reported here ---


def _reported_side(
    operation: Operation, stage: int | None, place: MemberState | None, indicators: Sequence[Indicator]
) -> Side:
    stages = list(
        Stage.objects.filter(periods__operation=operation, periods__kind=PeriodKind.FINAL).distinct().order_by("number")
    )
    chosen = [one for one in stages if stage is None or one.number == stage]
    states = participating_states(operation)
    narrowed = chosen[0] if stage is not None else None
    rows = {
        row.indicator.code: row
        for row in indicator_by_state(operation, indicators=indicators, stage=narrowed, states=states)
    }
    days = _days(chosen, place) or None
    if place is not None:
        return Side(operation=operation, stage=stage, days=days, numbers=_of_state(rows, place))
    return Side(
        operation=operation,
        stage=stage,
        days=days,
        numbers={code: region_cell(row) for code, row in rows.items()},
        reporting={code: _given(row) for code, row in rows.items()},
        expected=len(states),
        amounts={code: row.by_currency for code, row in rows.items() if row.by_currency},
    )


def _of_state(rows: Mapping[str, StatRow], place: MemberState) -> dict[str, Cell]:
    found = {code: row.cells.get(place.pk) for code, row in rows.items()}
    # a state that took no part was asked nothing
    return {code: missing("not_applicable") if cell is None else state_cell(cell) for code, cell in found.items()}


def _given(row: StatRow) -> frozenset[int]:
    return frozenset(state for state, cell in row.cells.items() if cell.value is not None)


def _days(stages: Sequence[Stage], place: MemberState | None) -> int:
    """Days of active measures, a state's own where it has set them."""
    own: dict[int, int] = {}
    if place is not None:
        for window in StageWindow.objects.filter(stage__in=stages, state=place):
            own[window.stage_id] = (window.end_date - window.start_date).days + 1
    return sum(own.get(stage.pk, stage.days) for stage in stages)


# --- what was published ---


def _published_side(operation: Operation, stage: int | None, place: MemberState | None) -> Side:
    if stage is not None:
        figures = _of_stage(operation, stage, place)
    elif place is None:
        figures = yearly_regional(operation.year)
    else:
        national = yearly_national(operation.year)
        figures = {code: one for (state, code), one in national.items() if state == place.code}
    return Side(
        operation=operation,
        stage=stage,
        days=_published_days(operation, stage, place),
        numbers={code: figure_cell(one) for code, one in figures.items()},
        figures=figures,
    )


def _of_stage(operation: Operation, stage: int, place: MemberState | None) -> dict[str, PublishedFigure]:
    """What was published of one stage, where the source names it by its number."""
    scope = PublishedFigure.Scope.REGIONAL if place is None else PublishedFigure.Scope.NATIONAL
    rows = (
        PublishedFigure.objects.standing()
        .filter(
            scope=scope,
            state=place,
            period_kind=PublishedFigure.PeriodKind.STAGE,
            period_en=f"stage {stage}",
            year_from=operation.year,
            year_to=operation.year,
        )
        .select_related("indicator")
    )
    return {one.indicator.code: one for one in agreed(list(rows)) if is_comparable(one) and one.indicator is not None}


def _published_days(operation: Operation, stage: int | None, place: MemberState | None) -> int | None:
    """The days that sources give for the place; None where one of the stages has no known end."""
    rows = list(PublishedStage.objects.filter(operation=operation, state=place))
    chosen = [one for one in rows if stage is None or one.number == stage]
    if not chosen or any(one.end_date is None for one in chosen):
        return None
    return sum((one.end_date - one.start_date).days + 1 for one in chosen if one.end_date is not None)


# --- beside one another ---


def _compared(now: Side, before: Side, indicator: Indicator, *, currency: str = "") -> Compared:
    code = indicator.code
    if currency:
        current, previous = now.amount(code, currency), before.amount(code, currency)
    else:
        current, previous = now.number(code), before.number(code)
    change, percent = changes(current=current, previous=previous)
    return Compared(
        indicator=indicator,
        now=current,
        before=previous,
        change=change,
        percent=percent,
        per_day=(_per_day(indicator, current, now.days), _per_day(indicator, previous, before.days)),
        states=(now.states(code), before.states(code)),
        figures=(_figure(now, code, current), _figure(before, code, previous)),
        flags=tuple(_flags(now, before, indicator, current, previous)),
        currency=currency,
    )


def _figure(side: Side, code: str, cell: Cell) -> PublishedFigure | None:
    return side.figures.get(code) if cell["state"] == "value" else None


def _is_by_days(indicator: Indicator) -> bool:
    """Flows of the stages; what is reported by months and quarters does not depend on their days."""
    is_flow = indicator.over_time == Indicator.Aggregation.SUM and not indicator.is_money
    return is_flow and indicator.group not in INTERVAL_GROUPS


def _per_day(indicator: Indicator, cell: Cell, days: int | None) -> Cell:
    """Tenths, halves up, on whole numbers; only of an exact number whose days are known."""
    if cell["state"] != "value":
        return missing(cell["state"])
    is_exact = cell["kind"] == "number" and "qualifier" not in cell and "scale" not in cell
    if not days or not is_exact or not _is_by_days(indicator):
        return missing("not_applicable")
    return decimal((20 * cell["value"] + days) // (2 * days), scale=1)


def _flags(now: Side, before: Side, indicator: Indicator, current: Cell, previous: Cell) -> list[str]:
    if current["state"] != "value" or previous["state"] != "value":
        return []
    flags = []
    if _is_by_days(indicator) and now.days and before.days and now.days != before.days:
        flags.append(DAYS_DIFFER)
    reporting = now.reporting.get(indicator.code), before.reporting.get(indicator.code)
    if None not in reporting and reporting[0] != reporting[1]:
        flags.append(STATES_DIFFER)
    if "qualifier" in current or "qualifier" in previous:
        flags.append(AS_STATED)
    return flags
