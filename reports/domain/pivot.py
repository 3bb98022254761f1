"""A question of the explorer answered as a table: rows × columns with subtotals, each cell added up as it should be.

Every cell, subtotals too, is put together from the slices of `Total` that lie in it, never from other cells: a state's
number over time as its indicator says, states after that. Different indicators are never added up; the total of a
breakdown is the indicator's own value as it was reported, never the sum of the categories; money stays by currency.
"""

import itertools
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from operations.domain.errors import BadInput, Problem
from operations.domain.exchange_rates import Amount, Converted, RateBook, converted
from operations.domain.statistics import NOT_REPORTED, Part, over_time, strongest
from operations.domain.total_slices import Absence, Slice, absences, slices
from operations.models import Category, CellState, ExchangeRate, Indicator, ReportingPeriod, Total
from reports.domain.annual_results import year_unit
from reports.domain.cells import Cell, Text, missing, money, number, share
from reports.domain.explorer import INTERVAL, TIME, Catalogue, Dimension, Question, View, Whole, stage_code
from reports.domain.pivot_places import place_of
from reports.domain.pivot_sides import ALL, Line, Member, members
from reports.domain.public_reading import PublicReading
from reports.domain.results import INTERVAL_GROUPS
from reports.domain.units import unit_text

#: How many cells, subtotals with them, a page shows and a file holds.
MOST_CELLS = 3000
Aggregation = Indicator.Aggregation
Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class PivotCell:
    """One number: `amounts` has several cells for money of several currencies, else one.

    `reporting` of `expected` states stand behind it where it spans more than one; `share` is what it is of its whole.
    `converted` says what rates its amount rests on, or which currencies lack one: the amounts are the states' own then.
    """

    amounts: tuple[Cell, ...]
    indicator: Indicator
    reporting: int = 0
    expected: int = 0
    share: Cell | None = None
    converted: Converted | None = None

    @property
    def cell(self) -> Cell:
        """The cell as charts and files take it: amounts of several currencies are no single number."""
        return self.amounts[0] if len(self.amounts) == 1 else missing("not_applicable")

    @property
    def has_number(self) -> bool:
        return bool(self.amounts[0]["state"] == "value")


@dataclass
class _Found:
    """What lies in the cells, by the places of the axes."""

    slices: dict[Key, list[Slice]] = field(default_factory=lambda: defaultdict(list))
    absences: dict[Key, set[str]] = field(default_factory=lambda: defaultdict(set))


class Pivot:
    """The table of a question. Raises `BadInput` where it would be too large.

    `published` is what the reader has instead of the totals for some indicators.
    """

    def __init__(
        self,
        question: Question,
        catalogue: Catalogue,
        *,
        totals: QuerySet[Total],
        published: PublicReading | None = None,
    ) -> None:
        self.question, self.catalogue = question, catalogue
        self._published = published
        self._rates = RateBook() if question.currency else None
        self.periods = {one.pk: one for one in question.asked_periods(catalogue)}
        self._states = {one.pk: one for one in question.asked_states(catalogue)}
        self._indicators = {one.pk: one for one in question.indicators}
        self._kinds = {one.pk: one for one in question.asked_agency_kinds(catalogue)}
        self._members = {one: members(one, question, catalogue) for one in question.axes}
        self.subtotalled = frozenset(one for one in question.axes if self._has_subtotal(one))
        self.rows = self._lines(question.rows)
        self.columns = self._lines(question.columns)
        self._check_size()
        self._found = self._read(totals)

    @property
    def size(self) -> int:
        return len(self.rows) * len(self.columns)

    def cell(self, row: Line, column: Line) -> PivotCell:
        """The number in a row and a column, with its share where the question asks for shares."""
        place = row.place + column.place
        found = self._cell(place)
        if self.question.view != View.SHARE:
            return found
        return replace(found, share=self._share(found, self._whole_of(row, column)))

    def table(self) -> Sequence[tuple[Line, list[PivotCell]]]:
        """The rows with their cells, in the order of the columns; put together once."""
        return self._table

    @cached_property
    def _table(self) -> list[tuple[Line, list[PivotCell]]]:
        return [(row, [self.cell(row, column) for column in self.columns]) for row in self.rows]

    def question_of(self, row: Line, column: Line) -> Question:
        """The question that one cell answers alone."""
        return self._question_at(row.place + column.place)

    def whole_of(self, row: Line, column: Line) -> Question:
        """The question that the whole answers which a cell is a share of."""
        return self._question_at(self._whole_of(row, column))

    def _question_at(self, place: tuple[tuple[Dimension, Member], ...]) -> Question:
        chosen: dict[str, Any] = {"rows": (), "columns": (), "view": View.TABLE}
        for dimension, member in place:
            if dimension == Dimension.CATEGORY:
                chosen["categories"] = _chosen(self._categories, member)
                chosen["breakdown"] = "" if member is ALL else self.question.breakdown
            elif member is not ALL:
                name, choose = _NARROWING[dimension]
                chosen[name] = choose(self, member)
        if not any(one.is_money for one in chosen.get("indicators", self.question.indicators)):
            chosen["currency"] = ""
        return replace(self.question, **chosen)

    def slices_of(self, row: Line, column: Line) -> list[Slice]:
        """The sums that lie in a cell."""
        return self._found.slices.get(tuple(member.key for _dimension, member in row.place + column.place), [])

    @cached_property
    def single(self) -> Indicator | None:
        """The indicator of the whole table, where there is only one."""
        return self.question.indicators[0] if len(self.question.indicators) == 1 else None

    def unit_of(self, indicator: Indicator) -> Text:
        """The unit of its numbers: persons summed over stages are person-events, and called so."""
        is_of_one_time = bool({Dimension.STAGE, Dimension.PERIOD} & set(self.question.axes))
        if is_of_one_time or len({stage_code(one) for one in self.periods.values()}) < 2:
            return unit_text(indicator.unit)
        return year_unit(indicator)

    @cached_property
    def exchange(self) -> Converted:
        """The rates of all conversions of the table, and the currencies that lack one; it has no amount itself."""
        found = [one.converted for _row, cells in self.table() for one in cells if one.converted is not None]
        rates = {rate.pk: rate for one in found for rate in one.rates if one.minor is not None}
        ordered = sorted(rates.values(), key=_by_currency_and_day)
        missing_rates = sorted({code for one in found for code in one.missing})
        return Converted(None, self.question.currency, tuple(ordered), tuple(missing_rates))

    @property
    def has_person_events(self) -> bool:
        """Whether persons were summed over stages anywhere."""
        stages = {(one.operation_id, stage_code(one)) for one in self.periods.values()}
        return len(stages) > 1 and any(
            one.unit == "persons" and one.over_time == Aggregation.SUM and one.group not in INTERVAL_GROUPS
            for one in self.question.indicators
        )

    # --- the sides ---

    def _lines(self, dimensions: Sequence[Dimension]) -> list[Line]:
        """Every place on the side, subtotals too; a side without a dimension is one line."""
        places = [[*self._members[one], ALL] if one in self.subtotalled else self._members[one] for one in dimensions]
        return [Line(tuple(zip(dimensions, place, strict=True))) for place in itertools.product(*places)]

    def _has_subtotal(self, dimension: Dimension) -> bool:
        """Indicators have none; operations of one year may have counted the same days."""
        if dimension == Dimension.CATEGORY:
            return True
        if dimension == Dimension.INDICATOR or len(self._members[dimension]) < 2:
            return False
        if dimension == Dimension.OPERATION:
            years = [one.year for one in self.question.operations]
            return len(set(years)) == len(years)
        return True

    def _check_size(self) -> None:
        if self.size <= MOST_CELLS:
            return
        message = ngettext_lazy(
            "The table would have %(size)s cell.", "The table would have %(size)s cells.", self.size
        ) % {"size": self.size}
        advice = _("A page shows at most %(most)s: choose fewer values or fewer dimensions.") % {"most": MOST_CELLS}
        raise BadInput([Problem(code="too_large", field="rows", href="rows", message=f"{message} {advice}")])

    @property
    def _categories(self) -> Sequence[Category]:
        return self.question.asked_categories(self.catalogue)

    # --- reading ---

    @property
    def places(self) -> dict[str, Any]:
        """Where the numbers are read: what the question chose, by ids."""
        return {
            "basis": self.question.basis,
            "periods": list(self.periods),
            "indicators": list(self._indicators),
            "categories": self._category_ids(),
            "states": list(self._states),
            "agency_kinds": list(self._kinds),
        }

    def _read(self, totals: QuerySet[Total]) -> _Found:
        """Two queries."""
        found = _Found()
        for one in slices(totals, **self.places):
            for key in self._keys(one):
                found.slices[key].append(one)
        for absence in absences(**self.places):
            for key in self._keys(absence):
                found.absences[key].add(absence.says)
        return found

    def _category_ids(self) -> list[int]:
        if Dimension.CATEGORY in self.question.axes:
            return [self.catalogue.total.pk, *(one.pk for one in self._categories)]
        return [self.question.categories[0].pk] if self.question.breakdown else [self.catalogue.total.pk]

    def _keys(self, one: Slice | Absence) -> Iterator[Key]:
        """Every cell that the slice lies in: its own place, and each subtotal over it."""
        yield from itertools.product(*(self._where(one, dimension) for dimension in self.question.axes))

    def _where(self, one: Slice | Absence, dimension: Dimension) -> tuple[Hashable, ...]:
        period = self.periods[one.period]
        own: Hashable = {
            Dimension.INDICATOR: one.indicator,
            Dimension.CATEGORY: one.category,
            Dimension.OPERATION: period.operation_id,
            Dimension.STAGE: stage_code(period),
            Dimension.PERIOD: period.code,
            Dimension.STATE: one.state,
            Dimension.AGENCY_KIND: one.agency_kind,
        }[dimension]
        if dimension == Dimension.CATEGORY:
            # the value of the indicator itself is the total; categories are never added up to it
            return (None,) if own == self.catalogue.total.pk else (own,)
        return (own, None)

    # --- cells ---

    def _cell(self, place: tuple[tuple[Dimension, Member], ...]) -> PivotCell:
        at = dict(place)
        # different indicators stand on an axis, or the question is of one alone
        is_placed = Dimension.INDICATOR in at
        indicator = self._indicators[at[Dimension.INDICATOR].id] if is_placed else self.question.indicators[0]
        if self.is_as_published(indicator):
            return PivotCell((self._as_published(place),), indicator)
        key = tuple(member.key for _dimension, member in place)
        states = self._states_at(at)
        found = self._found.slices.get(key, [])
        by_state = self._by_state(indicator, found)
        spans = len(states) > 1
        expected, reporting = (len(states), len(by_state)) if spans else (0, 0)
        if by_state and not (len(by_state) > 1 and indicator.over_space != Aggregation.SUM):
            amounts, exchange = tuple(self._amounts(indicator, by_state)), self._converted(indicator, found)
            if exchange is not None and exchange.minor is not None:
                amounts = (money(exchange.minor, currency=exchange.currency),)
            return PivotCell(amounts, indicator, reporting, expected, converted=exchange)
        if found or not self._applies(indicator, at, states):
            return PivotCell((missing("not_applicable"),), indicator, reporting, expected)
        says = strongest(self._found.absences.get(key, set())) or NOT_REPORTED
        return PivotCell((missing(says),), indicator, reporting, expected)

    def is_as_published(self, indicator: Indicator) -> bool:
        """Whether its numbers are those of public editions, which lead no further."""
        return self._published is not None and self._published.holds(indicator.code)

    def _as_published(self, place: tuple[tuple[Dimension, Member], ...]) -> Cell:
        if self._published is None:
            raise TypeError("this reader has the totals")
        return self._published.cell(place_of(self._question_at(place), self.catalogue))

    def _by_state(self, indicator: Indicator, found: Iterable[Slice]) -> dict[int, int]:
        """By state its number over time; a state whose numbers must not be aggregated is left out."""
        parts: dict[int, list[Part]] = defaultdict(list)
        for one in found:
            parts[one.state].append(Part(self.periods[one.period].end_date, one.value, one.returns))
        values = {state: over_time(indicator, own) for state, own in parts.items()}
        return {state: value for state, value in values.items() if value is not None}

    def _amounts(self, indicator: Indicator, by_state: Mapping[int, int]) -> Iterator[Cell]:
        if not indicator.is_money:
            yield number(sum(by_state.values()))
            return
        by_currency: dict[str, int] = defaultdict(int)
        for state, value in by_state.items():
            by_currency[self._states[state].currency] += value
        for currency in sorted(by_currency):
            yield money(by_currency[currency], currency=currency)

    def _converted(self, indicator: Indicator, found: Iterable[Slice]) -> Converted | None:
        """The amounts of each period by the rates of its last day, where that is asked for and periods add up."""
        if self._rates is None or not indicator.is_money or indicator.over_time != Aggregation.SUM:
            return None
        amounts = [
            Amount(one.value, self._states[one.state].currency, self.periods[one.period].end_date) for one in found
        ]
        return converted(amounts, to=self.question.currency, book=self._rates)

    def _states_at(self, at: Mapping[Dimension, Member]) -> list[int]:
        """The states that the cell is about and that take part in one of its operations."""
        state = at.get(Dimension.STATE, ALL)
        operation = at.get(Dimension.OPERATION, ALL)
        operations = [one.pk for one in self.question.operations if operation is ALL or one.pk == operation.key]
        taking_part = frozenset[int]().union(*(self.catalogue.taking_part[one] for one in operations))
        return [one for one in self._states if one in taking_part and (state is ALL or one == state.key)]

    def _applies(self, indicator: Indicator, at: Mapping[Dimension, Member], states: Sequence[int]) -> bool:
        """Whether anybody is asked for the number at all: the state, the authority, the return."""
        kind = at.get(Dimension.AGENCY_KIND, ALL)
        kinds = set(self._kinds) if kind is ALL else {kind.key}
        if not states or not kinds & self.catalogue.reporters[indicator.pk]:
            return False
        is_periodic = indicator.group in INTERVAL_GROUPS
        return any(
            (stage_code(one) == INTERVAL) == is_periodic and self._is_at(one, at) for one in self.periods.values()
        )

    def _is_at(self, period: ReportingPeriod, at: Mapping[Dimension, Member]) -> bool:
        own: Mapping[Dimension, Hashable] = {
            Dimension.OPERATION: period.operation_id,
            Dimension.STAGE: stage_code(period),
            Dimension.PERIOD: period.code,
        }
        return all(at.get(one, ALL) is ALL or at[one].key == own[one] for one in TIME)

    # --- shares ---

    def _whole_of(self, row: Line, column: Line) -> tuple[tuple[Dimension, Member], ...]:
        gone = self._summed
        return tuple((one, ALL if one in gone else member) for one, member in row.place + column.place)

    @cached_property
    def _summed(self) -> frozenset[Dimension]:
        """The dimensions over which the whole of a share is a sum."""
        side = self.question.columns if self.question.of == Whole.ROW else self.question.rows
        return self.subtotalled.intersection(side)

    def _share(self, found: PivotCell, whole_place: tuple[tuple[Dimension, Member], ...]) -> Cell:
        """n of m: the cell in the subtotal of its row or column; only where that is a sum (or the reported total)."""
        gone = self._summed
        whole = self._cell(whole_place)
        is_sum = (
            not (gone & set(TIME) and found.indicator.over_time != Aggregation.SUM)
            and not (gone & {Dimension.STATE, Dimension.AGENCY_KIND} and found.indicator.over_space != Aggregation.SUM)
            and bool(gone)
        )
        # a converted amount is no part of one that lacks a rate
        is_exact = "qualifier" not in found.cell | whole.cell and found.cell.get("currency") == whole.cell.get(
            "currency"
        )
        if not is_sum or not is_exact or found.cell["state"] != "value" or whole.cell["state"] != "value":
            state = found.cell["state"]
            return missing(state if state != CellState.VALUE else "not_applicable")
        return share(found.cell["value"], whole.cell["value"], currency=found.cell.get("currency", ""))


#: What a place on a dimension narrows in the question, and to what.
_NARROWING: Mapping[Dimension, tuple[str, Callable[[Pivot, Member], tuple[Any, ...]]]] = {
    Dimension.INDICATOR: ("indicators", lambda pivot, member: _chosen(pivot.question.indicators, member)),
    Dimension.OPERATION: ("operations", lambda pivot, member: _chosen(pivot.question.operations, member)),
    Dimension.STAGE: ("stages", lambda pivot, member: (member.code,)),
    Dimension.PERIOD: ("periods", lambda pivot, member: (member.code,)),
    Dimension.STATE: ("states", lambda pivot, member: _chosen(pivot.catalogue.states, member)),
    Dimension.AGENCY_KIND: ("agency_kinds", lambda pivot, member: _chosen(pivot.catalogue.agency_kinds, member)),
}


def _by_currency_and_day(rate: ExchangeRate) -> tuple[str, Any]:
    return rate.currency, rate.day


def _chosen(rows: Iterable[Any], member: Member) -> tuple[Any, ...]:
    return tuple(one for one in rows if one.pk == member.key)
