"""Which figures a report can cite in its text, what is wrong with a citation, and the cells that it stands for.

A citation is checked against the catalogue when the text is saved, so that a wrong one is named at once with what would
be right; its number is read when the data are frozen, and is the very cell of the report's tables where they have it.
A national report cites its own state alone. Figures of years before the system come from what was published of them.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from django.utils.translation import gettext as _

from operations.domain.errors import Problem
from operations.domain.statistics import StatRow, indicator_by_state, participating_states
from operations.models import Category, Indicator, MemberState, Operation, Plan, PublishedFigure, Stage
from reports.domain.cells import Cell, missing
from reports.domain.citations import Citation, citations, spelling_problems
from reports.domain.history import figure_cell, yearly_national, yearly_regional
from reports.domain.results import region_cell, state_cell
from reports.models import Report


@dataclass(frozen=True)
class Cited:
    """A cited figure: its codes, its cell, and the published figure behind it, if it comes from a source."""

    codes: Mapping[str, str]
    cell: Cell
    published: PublishedFigure | None = None


class Citable:
    """What one report can cite. Reads the catalogue once; a constant number of queries whatever is asked."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.operation: Operation = report.operation

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        rows = Indicator.objects.prefetch_related("breakdowns").order_by("position")
        return {row.code: row for row in rows}

    @cached_property
    def categories(self) -> list[Category]:
        rows = Category.objects.filter(breakdown__isnull=False).select_related("breakdown")
        return list(rows.order_by("breakdown__code", "position"))

    @cached_property
    def states(self) -> list[MemberState]:
        """The state of a national report, else all that take part; before the system, all there are."""
        if self.report.state is not None:
            return [self.report.state]
        if self.operation.is_historical:
            return list(MemberState.objects.order_by("short_ru"))
        return participating_states(self.operation)

    @cached_property
    def stages(self) -> list[Stage]:
        return list(Stage.objects.filter(plan__operation=self.operation).order_by("number"))

    @cached_property
    def operations(self) -> dict[int, Operation]:
        """By year: the operations of this system whose figures can be cited, the report's own first."""
        earlier = (
            Operation.objects.filter(
                kind=self.operation.kind,
                year__lt=self.operation.year,
                origin=Operation.Origin.LIVE,
                plan__isnull=False,
            )
            .exclude(plan__status=Plan.Status.DRAFT)
            .order_by("year")
        )
        own = {} if self.operation.is_historical else {self.operation.year: self.operation}
        return {one.year: one for one in earlier} | own

    @cached_property
    def years(self) -> list[int]:
        """Years whose figures are known, here or from sources."""
        published = PublishedFigure.objects.standing().filter(
            period_kind=PublishedFigure.PeriodKind.YEAR, year_from__lte=self.operation.year, indicator__isnull=False
        )
        return sorted({*self.operations, *published.values_list("year_from", flat=True).distinct()})

    def categories_of(self, indicator: Indicator) -> list[Category]:
        wanted = {one.pk for one in indicator.breakdowns.all()}
        return [one for one in self.categories if one.breakdown_id in wanted]

    def category(self, citation: Citation) -> Category | None:
        """The category meant; without its breakdown only where no second one has the same code."""
        found = [
            one
            for one in self.categories_of(self.indicators[citation.indicator])
            if one.code == citation.category
            and (not citation.breakdown or (one.breakdown is not None and one.breakdown.code == citation.breakdown))
        ]
        return found[0] if len(found) == 1 else None

    def normal(self, citation: Citation) -> Citation:
        """The citation with the report's own state, stage and year where it names none, and its category in full."""
        category = self.category(citation) if citation.category else None
        is_own_year = citation.year in (0, self.operation.year)
        return replace(
            citation,
            breakdown=category.breakdown.code if category is not None and category.breakdown is not None else "",
            state=citation.state or (self.report.state.code if self.report.state is not None else ""),
            stage=citation.stage or (self.report.stage.number if self.report.stage is not None and is_own_year else 0),
            year=citation.year or self.operation.year,
        )

    # --- what is wrong ---

    def problems(self, text: str, *, field: str) -> Iterator[Problem]:
        """Everything that is wrong with the citations of a text, each with what would be right."""
        yield from spelling_problems(text, field=field)
        for citation in citations(text):
            reason = self.fault_of(citation)
            if reason:
                message = _("“{{%(cited)s}}” cannot be cited: %(reason)s") % {"cited": citation, "reason": reason}
                yield Problem(code="unknown_citation", field=field, message=message)

    def fault_of(self, citation: Citation) -> str:
        """Why the figure cannot be cited; empty where it can."""
        indicator = self.indicators.get(citation.indicator)
        if indicator is None:
            near = difflib.get_close_matches(citation.indicator, self.indicators, n=4, cutoff=0.5)
            return _("there is no such indicator. %(hint)s") % {"hint": _close(near)}
        if citation.category and self.category(citation) is None:
            return self._fault_of_category(citation, indicator)
        codes = [state.code for state in self.states]
        if citation.state and citation.state not in codes:
            return _("this report has no figures of that state. %(hint)s") % {"hint": _hint(codes)}
        if citation.year and citation.year not in self.years:
            return _("no figures of that year are known. %(hint)s") % {"hint": _hint(str(year) for year in self.years)}
        return self._fault_of_stage(citation)

    def _fault_of_category(self, citation: Citation, indicator: Indicator) -> str:
        known = [_full_code(one) for one in self.categories_of(indicator)]
        if not known:
            return _("the indicator has no categories.")
        given = f"{citation.breakdown}:{citation.category}" if citation.breakdown else citation.category
        near = difflib.get_close_matches(given, known, n=4, cutoff=0.5) or known[:6]
        return _("the indicator has no such category, or two of that name. %(hint)s") % {"hint": _close(near)}

    def _fault_of_stage(self, citation: Citation) -> str:
        year = citation.year or self.operation.year
        if year not in self.operations:
            is_fine = citation.stage or citation.category
            return _("of a year before the system only totals are known.") if is_fine else ""
        numbers = [stage.number for stage in self.stages]
        if not citation.stage or (year == self.operation.year and citation.stage in numbers):
            return ""
        if year != self.operation.year:
            return _("a stage is cited of the report's own operation alone.")
        return _("the plan has no such stage. %(hint)s") % {"hint": _hint(str(number) for number in numbers)}

    # --- what it stands for ---

    def figures(self, wanted: Iterable[Citation]) -> dict[str, Cited]:
        """The figures by reference, as the data stand; a citation that is at fault has none."""
        sound = [one for one in dict.fromkeys(wanted) if not self.fault_of(one)]
        readings: dict[tuple[int, int, str], Mapping[tuple[str, str], StatRow]] = {}
        found = {}
        for citation in sound:
            meant = self.normal(citation)
            if meant.year in self.operations:
                key = (meant.year, meant.stage, meant.breakdown)
                if key not in readings:
                    readings[key] = self._read(*key)
                cell, figure = self._cell(meant, readings[key]), None
            else:
                figure = self._published(meant)
                cell = missing("not_published") if figure is None else figure_cell(figure, with_note=False)
            found[str(citation)] = Cited(self._codes(meant), cell, figure)
        return found

    def _read(self, year: int, stage: int, breakdown: str) -> Mapping[tuple[str, str], StatRow]:
        rows = indicator_by_state(
            self.operations[year],
            indicators=self.indicators.values(),
            stage=next((one for one in self.stages if one.number == stage), None) if stage else None,
            breakdown=breakdown or None,
        )
        return {(row.indicator.code, row.category.code if breakdown else ""): row for row in rows}

    def _cell(self, meant: Citation, rows: Mapping[tuple[str, str], StatRow]) -> Cell:
        row = rows[meant.indicator, meant.category]
        if not meant.state:
            return region_cell(row)
        state = next(one for one in self.states if one.code == meant.state)
        found = row.cells.get(state.pk)
        return missing("not_reported") if found is None else state_cell(found)

    def _published(self, meant: Citation) -> PublishedFigure | None:
        if meant.state:
            return yearly_national(meant.year).get((meant.state, meant.indicator))
        return yearly_regional(meant.year).get(meant.indicator)

    def _codes(self, meant: Citation) -> dict[str, str]:
        known = self.operations.get(meant.year)
        codes = {
            "operation": known.slug if known is not None else f"illegal-{meant.year}",
            "indicator": meant.indicator,
            "unit": self.indicators[meant.indicator].unit,
            "category": f"{meant.breakdown}:{meant.category}" if meant.category else "",
            "state": meant.state,
            "time": f"stage:{meant.stage}" if meant.stage else "",
        }
        return {name: value for name, value in codes.items() if value}


def _full_code(category: Category) -> str:
    return f"{category.breakdown.code}:{category.code}" if category.breakdown is not None else category.code


def _hint(codes: Iterable[str]) -> str:
    """What would be right; an empty list says nothing."""
    known = ", ".join(codes)
    return _("Known: %(codes)s.") % {"codes": known} if known else ""


def _close(codes: Iterable[str]) -> str:
    known = ", ".join(codes)
    return _("Did you mean: %(codes)s?") % {"codes": known} if known else ""
