"""The explorer's table and a number's lineage as their templates draw them: heads, cells, marks, addresses."""

from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from operations.domain.wording import NO_BREAK_SPACE, percent_text
from operations.web.tags import label
from reports.domain.cells import Cell, tenths_of_percent
from reports.domain.explorer import Catalogue, Dimension, Question
from reports.domain.lineage import Behind, Lineage, Source
from reports.domain.pivot import Pivot, PivotCell
from reports.domain.pivot_sides import Line, members
from reports.domain.texts import period_name
from reports.rendering.cells import legend, shown


@dataclass(frozen=True)
class Head:
    """A head over columns or beside rows, and over how many of them it reaches."""

    text: str
    reach: int
    unit: str = ""
    code: str = ""
    is_total: bool = False


@dataclass(frozen=True)
class ShownCell:
    """A cell: each amount with its mark's meaning; `url` leads to what is behind a number."""

    amounts: list["Amount"]
    states: tuple[int, int] | None
    url: str
    is_total: bool


@dataclass(frozen=True)
class Amount:
    """A number as text and, for machines, as it is stored."""

    text: str
    value: int | None
    is_mark: bool


@dataclass(frozen=True)
class ShownRow:
    """`outer` is the head of the outer dimension, on the first row that it reaches over."""

    outer: Head | None
    inner: Head
    cells: list[ShownCell]
    is_total: bool


class ShownTable:
    """The pivot for the template. Cells are put together once."""

    def __init__(self, pivot: Pivot, language: str) -> None:
        self._pivot, self._language = pivot, language
        self._table = pivot.table()
        self.is_deep = len(pivot.question.rows) > 1

    @property
    def stubs(self) -> list[str]:
        """What stands over the heads of the rows."""
        return [str(one.label) for one in self._pivot.question.rows]

    @cached_property
    def heads(self) -> list[list[Head]]:
        """The rows of heads over the columns; a table without columns has one that says nothing of its own."""
        depth = len(self._pivot.question.columns)
        if not depth:
            return []
        rows: list[list[Head]] = []
        for level in range(depth):
            keyed = [self._keyed(line, level) for line in self._pivot.columns]
            rows.append([self._head(list(group)) for _key, group in groupby(keyed, key=lambda one: one[0])])
        return rows

    @cached_property
    def groups(self) -> list[list[ShownRow]]:
        """The rows by their outer dimension: a group is a `tbody`."""
        found = []
        for _key, lines in groupby(self._table, key=lambda one: self._keyed(one[0], 0)[0] if self.is_deep else None):
            found.append(self._group(list(lines)))
        return found

    @cached_property
    def legend(self) -> list[dict[str, str]]:
        """The marks that the table uses."""
        cells: list[Cell] = []
        for _row, line in self._table:
            for one in line:
                cells += [one.share] if one.share is not None else list(one.amounts)
        return [{"text": mark, "meaning": meaning} for mark, meaning in legend(cells, language=self._language)]

    @property
    def unit(self) -> str:
        """The unit of a table of one indicator."""
        only = self._pivot.single
        return label(self._pivot.unit_of(only)) if only is not None else ""

    def _group(self, lines: list[tuple[Line, list[PivotCell]]]) -> list[ShownRow]:
        rows = []
        for place, (line, cells) in enumerate(lines):
            outer = None
            if self.is_deep and not place:
                outer = self._head([self._keyed(line, 0)] * len(lines))
            inner = self._head([self._keyed(line, len(line.place) - 1)]) if line.place else Head("", 1)
            shown_cells = [
                self._cell(line, column, one) for column, one in zip(self._pivot.columns, cells, strict=True)
            ]
            rows.append(ShownRow(outer, inner, shown_cells, line.is_subtotal))
        return rows

    def _keyed(self, line: Line, level: int) -> tuple[Any, Head]:
        """A line's place up to a level, and its head there."""
        key = tuple((dimension, member.key) for dimension, member in line.place[: level + 1])
        if not line.place:
            return key, Head("", 1)
        dimension, member = line.place[level]
        is_total = member.key is None
        unit = code = ""
        if dimension.value == "indicator":
            found = next(one for one in self._pivot.question.indicators if one.pk == member.key)
            code, unit = found.code, label(self._pivot.unit_of(found))
        return key, Head(line.names[level][self._language], 1, unit, code, is_total)  # type: ignore[literal-required]

    @staticmethod
    def _head(keyed: list[tuple[Any, Head]]) -> Head:
        head = keyed[0][1]
        return Head(head.text, len(keyed), head.unit, head.code, head.is_total)

    def _cell(self, row: Line, column: Line, found: PivotCell) -> ShownCell:
        amounts = [found.share] if found.share is not None else list(found.amounts)
        url = ""
        if found.has_number and not self._pivot.is_as_published(found.indicator):
            pairs = self._pivot.question_of(row, column).as_pairs()
            url = f"{reverse('reports:explorer-lineage')}?{urlencode(pairs)}"
        return ShownCell(
            amounts=[amount_of(one, self._language) for one in amounts],
            states=(found.reporting, found.expected) if found.expected and found.has_number else None,
            url=url,
            is_total=row.is_subtotal or column.is_subtotal,
        )


def amount_of(cell: Cell, language: str) -> Amount:
    """A cell's text; a share adds its percentage where it has one."""
    text = shown(cell, language=language)
    if text.is_mark:
        return Amount(text.whole, None, is_mark=True)
    if cell["kind"] != "share":
        return Amount(text.whole, cell["value"], is_mark=False)
    percent = percent_text(tenths_of_percent(cell["value"], cell["of"]), language=language)
    return Amount(f"{text.whole} ({percent}{NO_BREAK_SPACE}%)", cell["value"], is_mark=False)


def lineage_parts(question: Question, catalogue: Catalogue, found: Lineage, *, language: str) -> dict[str, Any]:
    """What the page of a lineage shows."""
    single = question.operations[0] if len(question.operations) == 1 else None
    currency = {one.pk: one.currency if found.indicator.is_money else None for one in catalogue.states}
    return {
        "question": question,
        "operation": single,
        "demonstration": any(one.is_demonstration for one in question.operations),
        "indicator": found.indicator,
        "amounts": [amount_of(one, language) for one in found.cell.amounts],
        "states": (found.cell.reporting, found.cell.expected) if found.cell.expected else None,
        "said": _said(question, catalogue),
        "sources": [_source(one, currency) for one in found.sources],
        "exchange": found.cell.converted,
        "behind": [_behind(one, currency) for one in found.behind],
        "hidden": found.hidden,
        "hidden_amounts": [(amount, code or None) for code, amount in sorted(found.hidden.amounts.items())],
        "has_uncounted": any(not one.counts for one in found.sources),
        "versions": [(one, one.data_version) for one in question.operations],
    }


def _said(question: Question, catalogue: Catalogue) -> list[str]:
    """The places that the number is of, in words; what is not said is all of it."""
    words = [label(one, "title") for one in question.operations]
    words += [label(one) for one in question.categories]
    for dimension, chosen in ((Dimension.STAGE, question.stages), (Dimension.PERIOD, question.periods)):
        words += [label(one.name) for one in members(dimension, question, catalogue)] if chosen else []
    words += [label(one) for one in question.states]
    return words + [label(one) for one in question.agency_kinds]


def _source(one: Source, currency: dict[int, str | None]) -> dict[str, Any]:
    return {"source": one, "period": period_name(one.period), "currency": currency[one.state.pk]}


def _behind(one: Behind, currency: dict[int, str | None]) -> dict[str, Any]:
    expected = one.submission.expected_return
    return {
        "one": one,
        "submission": one.submission,
        "agency": expected.agency,
        "period": period_name(expected.period),
        "currency": currency[expected.agency.state_id],
    }
