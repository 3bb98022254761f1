"""Finds what each row of an import means: the return that it belongs to, the cell of its form, and what is given there.

Nothing is asked of the database row by row: what the person may enter is known beforehand by its codes, each form by
its cells. What is found is kept in a few bytes a cell, so that the memory depends on the returns and hardly on rows.
Whatever is not the person's to enter looks exactly like what does not exist.
"""

import datetime as dt
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from operations.domain.access import visible_to
from operations.domain.errors import Text
from operations.domain.figures import MAX_NOTE, BadNumber, FigureInput, cell_input
from operations.domain.import_rows import (
    Conflict,
    Conflicts,
    Fault,
    ImportRow,
    RowSource,
    kept_value,
    said,
    said_again,
)
from operations.domain.return_layout import CellKey, Layout, UnknownCell, layout_of
from operations.domain.screening import text_problems
from operations.domain.submission_workflow import posts
from operations.models import CellState, Indicator, Operation, Return, ReturnForm, User

Step = Callable[[int, int], None]
_EVERY = 2000

# how a cell is kept in one byte: nothing given, emptied, or one of the states
_EMPTIED = 1
_STATES: tuple[str | None, ...] = (None, None, *CellState.values)
_NUMBER_OF = {state: number for number, state in enumerate(_STATES) if state is not None}


class FormCells:
    """The cells of a form, numbered."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.keys: tuple[CellKey, ...] = tuple(layout.addresses)
        self.indicators = tuple(layout.by_id[key[0]].indicator for key in self.keys)
        self._numbers = {key: number for number, key in enumerate(self.keys)}
        self._known: dict[tuple[str, str], int] = {}

    def find(self, row: ImportRow) -> "int | tuple[str, Fault]":
        """The number of the row's cell, or the column that names none and why."""
        raw = (row.cells.get("indicator") or "", row.cells.get("category") or "")
        if raw in self._known:
            return self._known[raw]
        code, category = row.text("indicator"), row.text("category")
        line = self.layout.by_code.get(code)
        if line is None or not line.is_entered:
            return "indicator", ("unknown_indicator", _("The form of this return has no such indicator."))
        try:
            key = self.layout.find(code, category)
        except UnknownCell as unknown:
            return "category", ("unknown_category", _no_category(unknown))
        return self._known.setdefault(raw, self._numbers[key])


def _no_category(unknown: UnknownCell) -> Text:
    if not unknown.choices:
        return _("The indicator has no such category.")
    text = _("The category exists in several breakdowns. Write one of: %(choices)s.")
    return said(text, choices=", ".join(unknown.choices))


@dataclass(slots=True)
class GivenReturn:
    """What a file says of one return. `first` is the row that named it first; rows count from 1."""

    pk: int
    cells: FormCells
    currency: str
    first: int
    rows: int = 0
    is_faulty: bool = False
    lines: "array[int]" = field(init=False)
    values: "array[int]" = field(init=False)
    states: bytearray = field(init=False)
    notes: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        count = len(self.cells.keys)
        self.states = bytearray(count)
        self.lines = array("I", [0]) * count
        self.values = array("q", [0]) * count

    def put(self, cell: int, figure: FigureInput) -> None:
        self.states[cell] = _EMPTIED if figure.state is None else _NUMBER_OF[figure.state]
        self.values[cell] = figure.value or 0
        if figure.note:
            self.notes[cell] = figure.note

    def figures(self) -> Iterator[FigureInput]:
        """What is given, in the order of the form."""
        for cell, number in enumerate(self.states):
            if number:
                state = _STATES[number]
                value = self.values[cell] if state == CellState.VALUE else None
                yield FigureInput(*self.cells.keys[cell], state=state, value=value, note=self.notes.get(cell, ""))


@dataclass(frozen=True)
class _Enterable:
    """A return that the person may enter figures of."""

    pk: int
    form_id: int
    currency: str


class ReturnFinder:
    """The returns of an operation that a person may enter, by the codes that name them."""

    def __init__(self, operation: Operation, actor: User, at: dt.datetime) -> None:
        rows = Return.objects.filter(period__operation=operation)
        if not actor.is_system:
            held = posts(actor, at)
            whole = {agency for agency, unit in held if unit is None}
            rows = rows.filter(Q(agency__in=whole) | Q(unit__in={unit for _agency, unit in held if unit is not None}))
        self._by_codes: dict[tuple[str, str, str, str], _Enterable] = {}
        self._state_of: dict[str, str] = {}
        names = "agency__state__code", "agency__code", "agency__kind__code", "period__code", "unit__code"
        found = visible_to(rows, actor, at=at).values_list(*names, "pk", "form_id", "agency__state__currency")
        for state, agency, kind, period, unit, pk, form_id, currency in found.iterator(chunk_size=5000):
            entered = _Enterable(pk, form_id, currency)
            self._by_codes[state, agency, period, unit or ""] = entered
            self._by_codes[state, kind, period, unit or ""] = entered
            self._state_of[agency] = state

    def find(self, row: ImportRow) -> "_Enterable | tuple[str, Fault]":
        """The row's return, or the first column that names none and why. Without a state, the agency's code says it."""
        agency, period, unit = row.text("agency"), row.text("period"), row.text("unit")
        is_stated = row.cells.get("state") is not None
        state = row.text("state") if is_stated else self._state_of.get(agency, "")
        found = self._by_codes.get((state, agency, period, unit))
        if found is not None:
            return found
        if is_stated and state not in self._states:
            return "state", ("unknown_state", _("There is no such state here."))
        if (state, agency) not in self._agencies:
            return "agency", ("unknown_agency", _("There is no such agency in this state."))
        if unit and (state, agency, unit) not in self._units:
            return "unit", ("unknown_unit", _("The agency has no such unit."))
        return "period", ("unknown_period", _("Nothing is expected of the agency for this period."))

    @cached_property
    def _states(self) -> set[str]:
        return {codes[0] for codes in self._by_codes}

    @cached_property
    def _agencies(self) -> set[tuple[str, str]]:
        return {codes[:2] for codes in self._by_codes}

    @cached_property
    def _units(self) -> set[tuple[str, str, str]]:
        return {(codes[0], codes[1], codes[3]) for codes in self._by_codes}


class Resolver:
    """Reads a source to its end; `returns` is what it comes to, `orphans` how many rows belong to none of them."""

    def __init__(self, *, operation: Operation, actor: User, at: dt.datetime, conflicts: Conflicts) -> None:
        self.conflicts = conflicts
        self.returns: dict[int, GivenReturn] = {}
        self.rows = self.orphans = 0
        self._finder = ReturnFinder(operation, actor, at)
        self._forms: dict[int, FormCells] = {}
        self._named: dict[tuple[Any, ...], GivenReturn] = {}
        self._current: ImportRow | None = None

    def read(self, source: RowSource, *, step: Step) -> None:
        """Takes every row; raises `BadImport` where the file cannot be read on."""
        self._source = source
        for row in source.rows():
            self.rows += 1
            self._row(row)
            if self.rows % _EVERY == 0:
                step(source.consumed, source.size)
        self._current = None
        if not self.rows:
            self.add(0, "", "empty", _("There is no row to import."))

    def _row(self, row: ImportRow) -> None:
        self._current = row
        for column, fault in row.faults.items():
            self.add(row.number, column, *fault)
        given = self._return_of(row)
        if given is None:
            self.orphans += 1
            return
        given.rows += 1
        if row.faults or not self._take(row, given):
            given.is_faulty = True

    def _return_of(self, row: ImportRow) -> GivenReturn | None:
        cells = row.cells
        named = (cells.get("state"), cells.get("agency"), cells.get("period"), cells.get("unit"))
        given = self._named.get(named)
        if given is not None:
            return given
        found = self._finder.find(row)
        if isinstance(found, tuple):
            if row.faults.keys().isdisjoint(("", found[0])):
                self.add(row.number, found[0], *found[1])
            return None
        if found.pk not in self.returns:
            form = self._form(found.form_id)
            self.returns[found.pk] = GivenReturn(found.pk, form, found.currency, row.number)
        return self._named.setdefault(named, self.returns[found.pk])

    def _form(self, form_id: int) -> FormCells:
        if form_id not in self._forms:
            self._forms[form_id] = FormCells(layout_of(ReturnForm.objects.get(pk=form_id)))
        return self._forms[form_id]

    def _take(self, row: ImportRow, given: GivenReturn) -> bool:
        """Keeps what the row gives; answers whether it is faultless."""
        cell = given.cells.find(row)
        if isinstance(cell, tuple):
            self.add(row.number, cell[0], *cell[1])
            return False
        earlier = given.lines[cell]
        if earlier:
            self._duplicate(row.number, earlier)
            return False
        given.lines[cell] = row.number
        figure = self._figure(row, given, cell)
        if figure is None:
            return False
        given.put(cell, figure)
        return True

    def _duplicate(self, number: int, earlier: int) -> None:
        for here, other in ((number, earlier), (earlier, number)):
            there = Conflict(other, "indicator", "", "", self._source.place(other, "indicator"))
            message = said(
                _("The same cell is given at %(other)s."), other=said_again(partial(getattr, there, "where"))
            )
            self.add(here, "indicator", "duplicate", message)

    def _figure(self, row: ImportRow, given: GivenReturn, cell: int) -> FigureInput | None:
        indicator, key = given.cells.indicators[cell], given.cells.keys[cell]
        note = row.text("note")
        is_faultless = self._note(row, note) if note else True

        def read() -> FigureInput:
            return self._input(row, key, indicator, given.currency, note)

        try:
            figure = read()
        except BadNumber as error:
            column = {"unknown_status": "status", "note_required": "note"}.get(error.code, "value")
            self.add(row.number, column, error.code, said_again(partial(_refused, read)))
            return None
        return figure if is_faultless else None

    def _input(self, row: ImportRow, key: CellKey, indicator: Indicator, currency: str, note: str) -> FigureInput:
        raw, source = row.cells.get("value"), self._source
        status = row.text("status")
        return cell_input(
            key=key, status=status, note=note, number=lambda: source.number(raw, indicator=indicator, currency=currency)
        )

    def _note(self, row: ImportRow, note: str) -> bool:
        problems = list(text_problems(note, longest=MAX_NOTE))
        for number, problem in enumerate(problems):
            self.add(row.number, "note", problem.code, said_again(partial(_problem, note, number)))
        return not problems

    def add(self, number: int, column: str, code: str, message: Text) -> None:
        """Notes what is wrong with a row; of the row that is being read, what stands there is kept too."""
        place, row = self._source.place(number, column), self._current
        value = kept_value(column, row.text(column)) if row is not None and row.number == number else ""
        self.conflicts.add(Conflict(number, column, code, message, place, value))


def _refused(read: Callable[[], Any]) -> Text:
    try:
        read()
    except BadNumber as error:
        return error.message
    return ""


def _problem(note: str, number: int) -> Text:
    return list(text_problems(note, longest=MAX_NOTE))[number].message
