"""The accepted results of one operation as cells of a report, read through the one reader of `Total`.

Everything here is `operations.domain.statistics`: the same rows that the pages show. This module adds what a document
needs of them: a cell for each number, "N of M states", and the year before with a word on how far it can be compared.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from operations.domain.statistics import (
    StatCell,
    StatRow,
    indicator_by_state,
    participating_states,
)
from operations.models import (
    Indicator,
    IndicatorGroup,
    MemberState,
    Operation,
    PeriodKind,
    Plan,
    PublishedFigure,
    ReportingPeriod,
    Stage,
)
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both, missing, money, number, share
from reports.domain.history import Sources, figure_cell, published_national, published_regional
from reports.domain.payload import source
from reports.domain.source_notes import title_text

Rows = Mapping[str, StatRow]

#: Groups in which states report month by month or quarter by quarter, not by stage.
INTERVAL_GROUPS = (
    IndicatorGroup.INFORMATION_EXCHANGE,
    IndicatorGroup.MIGRATION_FLOWS,
    IndicatorGroup.PREVENTION,
)


@dataclass(frozen=True)
class Results:
    """The results of an operation: by indicator over the year, by stage, and by periodic return.

    Those of one `stage` have its numbers in place of the year's.
    """

    operation: Operation
    day: dt.date
    states: list[MemberState]
    indicators: list[Indicator]
    year: Rows
    stage: Stage | None = None

    @cached_property
    def stages(self) -> list[Stage]:
        """The stages that have official periods, in order; of the results of a stage, that one."""
        if self.stage is not None:
            return [self.stage]
        return list(
            Stage.objects.filter(periods__operation=self.operation, periods__kind=PeriodKind.FINAL)
            .distinct()
            .order_by("start_date", "number")
        )

    @cached_property
    def by_stage(self) -> dict[int, Rows]:
        """By the number of the stage: its final and follow-up returns."""
        return {
            stage.number: _rows(indicator_by_state(self.operation, indicators=self.indicators, stage=stage))
            for stage in self.stages
        }

    @cached_property
    def intervals(self) -> list[ReportingPeriod]:
        """The periodic returns of periods that have ended."""
        periods = ReportingPeriod.objects.filter(
            operation=self.operation, kind=PeriodKind.INTERVAL, end_date__lte=self.day
        )
        return list(periods.order_by("start_date"))

    @property
    def stage_days(self) -> int:
        """Days of active measures in the year (or of the one stage), by the plan of the Organisation."""
        if self.stage is not None:
            return self.stage.days
        return sum(stage.days for stage in self.stages)

    def group(self, code: str) -> list[Indicator]:
        return [indicator for indicator in self.indicators if indicator.group == code]


def results_of(operation: Operation, *, day: dt.date, stage: Stage | None = None) -> Results:
    """Reads the accepted results of an operation (or a stage), as they stand; `day` says which periods have ended."""
    indicators = list(Indicator.objects.order_by("position"))
    if stage is not None:
        indicators = [one for one in indicators if one.group not in INTERVAL_GROUPS]
    return Results(
        operation=operation,
        day=day,
        states=participating_states(operation),
        indicators=indicators,
        year=_rows(indicator_by_state(operation, indicators=indicators, stage=stage)),
        stage=stage,
    )


def state_cell(found: StatCell) -> Cell:
    """A state's number, or the mark that says why there is none."""
    if found.value is None:
        return missing(found.state)
    return number(found.value) if found.currency is None else money(found.value, currency=found.currency)


def region_cell(row: StatRow) -> Cell:
    """The regional number. Money of several currencies and levels are never added up: they have none."""
    if row.region is not None:
        currency = next(iter(row.by_currency), None)
        return number(row.region) if currency is None else money(row.region, currency=currency)
    is_summed = row.indicator.over_space == Indicator.Aggregation.SUM and not row.by_currency
    return missing("not_reported" if is_summed and row.expected else "not_applicable")


def share_cell(row: StatRow) -> Cell:
    """«N of M states»."""
    return share(row.reporting, row.expected)


def _rows(rows: Iterable[StatRow]) -> dict[str, StatRow]:
    return {row.indicator.code: row for row in rows}


class YearBefore:
    """The same numbers of the year before (АППГ): from this system, else from what was published of that year.

    A number of this system carries a note where it cannot be compared as it stands: other stage days, other states. A
    published one keeps its qualifier and cites its source.
    """

    def __init__(self, results: Results, sources: Sources) -> None:
        self._now = results
        self._sources = sources
        operation = results.operation
        before = Operation.objects.filter(
            year=operation.year - 1, kind=operation.kind, origin=Operation.Origin.LIVE, plan__isnull=False
        ).exclude(plan__status=Plan.Status.DRAFT)
        self._results = self._read(before.first())
        self._regional: dict[str, PublishedFigure] = {}
        self._national: dict[tuple[str, str], PublishedFigure] = {}
        if self._results is None:
            number = None if results.stage is None else results.stage.number
            self._regional = published_regional(operation.year - 1, stage=number)
            self._national = published_national(operation.year - 1, stage=number)

    def _read(self, operation: Operation | None) -> Results | None:
        """The year before of this system; of a stage, the stage of the same number."""
        stage = self._now.stage
        if operation is None or stage is None:
            return None if operation is None else results_of(operation, day=self._now.day)
        same = Stage.objects.filter(plan__operation=operation, number=stage.number).first()
        return None if same is None else results_of(operation, day=self._now.day, stage=same)

    @cached_property
    def operation(self) -> str:
        """The short name of the operation of the year before; empty if there was none."""
        now = self._now.operation
        found = Operation.objects.filter(year=now.year - 1, kind=now.kind).values_list("slug", flat=True)
        return self._results.operation.slug if self._results is not None else found.first() or ""

    @property
    def is_of_this_system(self) -> bool:
        return self._results is not None

    @property
    def stage_days(self) -> int | None:
        """Days of the same stages in the year before; None where this system does not know them."""
        return None if self._results is None else self._results.stage_days or None

    def region(self, code: str) -> Cell:
        """The regional number of the year before."""
        if self._results is not None:
            row = self._results.year[code]
            return _noted(region_cell(row), self._caution(self._now.year[code], row))
        return self._cited(self._regional.get(code))

    def state(self, code: str, state: MemberState) -> Cell:
        """A state's number of the year before."""
        if self._results is not None:
            found = self._results.year[code].cells.get(state.pk)
            # a state that took no part was asked nothing
            return missing("not_applicable") if found is None else state_cell(found)
        return self._cited(self._national.get((state.code, code)))

    def _cited(self, figure: PublishedFigure | None) -> Cell:
        if figure is None:
            return missing("not_published")
        return figure_cell(figure, sources=[self._sources.number_of(figure)])

    def _caution(self, now: StatRow, before: StatRow) -> Text | None:
        """What makes the two years differ before any number does."""
        if self._results is None or before.region is None or now.region is None:
            return None
        cautions: list[Text] = []
        days, days_before = self._now.stage_days, self._results.stage_days
        if days != days_before and days and days_before and now.indicator.group not in INTERVAL_GROUPS:
            rate, rate_before = per_day(now.region, days), per_day(before.region, days_before)
            cautions.append(
                both(
                    ru=f"дней этапов {days} (годом ранее {days_before}); в день {rate['ru']} ({rate_before['ru']})",
                    en=f"stage days {days} ({days_before} the year before); per day {rate['en']} ({rate_before['en']})",
                )
            )
        if _given(now) != _given(before):
            cautions.append(
                both(
                    ru=f"представили государств: {now.reporting} (годом ранее {before.reporting}), состав различается",
                    en=f"reported by {now.reporting} states ({before.reporting} the year before), not the same ones",
                )
            )
        if not cautions:
            return None
        return both(ru="; ".join(one["ru"] for one in cautions), en="; ".join(one["en"] for one in cautions))


def _given(row: StatRow) -> set[int]:
    return {state for state, cell in row.cells.items() if cell.value is not None}


def per_day(value: int, days: int) -> Text:
    """Tenths, halves up, on whole numbers."""
    tenths = (20 * value + days) // (2 * days)
    return both(ru=f"{tenths // 10},{tenths % 10}", en=f"{tenths // 10}.{tenths % 10}")


def _noted(cell: Cell, note: Text | None) -> Cell:
    return cell if note is None else {**cell, "note": dict(note)}


def source_entries(sources: Sources) -> list[Block]:
    """The numbered list of sources for a payload."""
    return [source(title=title_text(title), url=url, date=date) for title, url, date in sources.entries()]
