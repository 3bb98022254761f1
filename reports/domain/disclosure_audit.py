"""The attack that a public edition has to withstand: what can be reckoned about each hidden number?

A reader knows the shown numbers, every sum among the cells, and that no count is negative. The lowest and the highest
value that a hidden cell can then have are two linear programmes (solved by HiGHS through scipy); the cell is safe when
the interval between them is at least as wide as its threshold. Counts are whole: where a linear optimum is not, it is
sought again among whole numbers. Everything is reckoned in differences from the true table, which keeps the numbers
small and makes the true table the origin.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from reports.domain.disclosure_tables import Standing, Table
from reports.domain.places import Place

#: Beyond this a hidden number counts as unbounded.
FAR = 10**9
_WHOLE = 1e-6
_INFEASIBLE = 2
_LITTLE = 0.4
Vector = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Interval:
    """What a reader can say of a hidden number: between `low` and `high`; None says that nothing bounds it."""

    low: int
    high: int | None
    required: int

    @property
    def width(self) -> int:
        return FAR if self.high is None else self.high - self.low

    @property
    def is_wide_enough(self) -> bool:
        return self.width >= self.required


class NotSolved(RuntimeError):
    """The solver gave up; nothing may be published on the strength of it."""


@dataclass(frozen=True)
class Block:
    """Cells that some chain of sums connects, with what fills an incomplete sum as unknowns of their own at the end."""

    places: tuple[Place, ...]
    values: Vector
    matrix: Any

    @cached_property
    def index(self) -> dict[Place, int]:
        return {place: number for number, place in enumerate(self.places)}

    def extreme(self, objective: Vector, cap: float, *, movable: Mask | None = None, whole: bool = True) -> Vector:
        """The change that makes the objective smallest, in whole numbers if asked, no cell moving beyond `cap`.

        Only `movable` cells change, all unless given.
        """
        columns = np.arange(len(self.values)) if movable is None else np.flatnonzero(movable)
        low = np.maximum(-self.values[columns], -cap)
        matrix = self.matrix[:, columns]
        found = solve(objective[columns], matrix, 0.0, 0.0, low, np.full(len(columns), cap), whole=whole)
        if found is None:
            raise NotSolved("the true table itself does not satisfy its sums")
        change = np.zeros(len(self.values))
        change[columns] = found
        return change


def solve(
    objective: Vector, matrix: Any, low_rows: Any, high_rows: Any, low: Vector, high: Vector, *, whole: bool = True
) -> Vector | None:
    """The least `objective @ x` with the rows of the matrix and x between bounds; None if there is none.

    The answer is whole unless `whole` is false: a linear optimum that is not is sought again among whole numbers.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    constraints = [LinearConstraint(matrix, low_rows, high_rows)] if matrix.shape[0] else []
    for kind in (0, 1):
        found = milp(
            objective, constraints=constraints, bounds=Bounds(low, high), integrality=np.full(len(objective), kind)
        )
        if found.status == _INFEASIBLE:
            return None
        if found.x is None:
            raise NotSolved(found.message)
        rounded: Vector = np.round(found.x)
        if kind or np.abs(found.x - rounded).max(initial=0.0) < _WHOLE:
            return rounded
        if not whole:
            linear: Vector = found.x
            return linear
    raise NotSolved("no whole numbers")


def blocks_of(table: Table, places: Collection[Place]) -> list[Block]:
    """The parts into which the sums divide these cells; all others are taken as known."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    index = {place: number for number, place in enumerate(sorted(places))}
    values = [float(table.cells[place].value) for place in index]
    rows: list[int] = []
    columns: list[int] = []
    signs: list[float] = []
    count = 0
    for relation in table.relations:
        terms = [(index[relation.total], 1.0)] if relation.total in index else []
        terms += [(index[part], -1.0) for part in relation.parts if part in index]
        if not terms:
            continue
        if not relation.is_exact:
            known = table.cells[relation.total].value - sum(table.cells[part].value for part in relation.parts)
            terms.append((len(values), -1.0))
            values.append(float(known))
        for column, sign in terms:
            rows.append(count)
            columns.append(column)
            signs.append(sign)
        count += 1
    size = len(values)
    matrix = coo_array((signs, (rows, columns)), shape=(count, size)).tocsr()
    _number, labels = connected_components(matrix.T @ matrix, directed=False)
    return _divided(list(index), np.array(values), matrix, labels)


def _divided(places: list[Place], values: Vector, matrix: Any, labels: Any) -> list[Block]:
    row_labels = labels[matrix.indices[matrix.indptr[:-1]]] if matrix.shape[0] else np.array([], dtype=int)
    by_column = np.argsort(labels, kind="stable")
    column_starts = np.searchsorted(labels[by_column], np.arange(labels.max(initial=-1) + 2))
    by_row = np.argsort(row_labels, kind="stable")
    row_starts = np.searchsorted(row_labels[by_row], np.arange(labels.max(initial=-1) + 2))
    found = []
    for label in range(len(column_starts) - 1):
        columns = np.sort(by_column[column_starts[label] : column_starts[label + 1]])
        rows = by_row[row_starts[label] : row_starts[label + 1]]
        inside = tuple(places[one] for one in columns if one < len(places))
        if inside:
            found.append(Block(inside, values[columns], matrix[rows][:, columns]))
    return found


def narrow(
    table: Table, hidden: Collection[Place], *, required: Mapping[Place, int] | None = None
) -> dict[Place, Interval]:
    """The hidden cells whose interval is too narrow. Empty: the edition withstands the attack.

    `required` replaces the table's own widths for some cells.
    """
    needs = {place: table.required(place) for place in hidden} | dict(required or {})
    return {
        place: interval for block in blocks_of(table, hidden) for place, interval in _narrow_in(block, needs).items()
    }


def intervals(table: Table, hidden: Collection[Place], *, of: Collection[Place] | None = None) -> dict[Place, Interval]:
    """The interval of every hidden cell (or of some), by linear programming, rounded inwards as counts are whole.

    Two programmes for each cell, so this is for reports and not for searching.
    """
    return {
        place: _interval(block, number, table.required(place), cap=FAR, whole=False)
        for block in blocks_of(table, hidden)
        for number, place in enumerate(block.places)
        if of is None or place in of
    }


def _interval(block: Block, number: int, required: int, *, cap: float, whole: bool) -> Interval:
    objective = np.zeros(len(block.values))
    objective[number] = 1.0
    value = round(block.values[number])
    down = block.extreme(objective, cap, whole=whole)[number]
    up = block.extreme(-objective, cap, whole=whole)[number]
    low, high = value + int(np.ceil(down - _WHOLE)), value + int(np.floor(up + _WHOLE))
    return Interval(low, None if up >= cap else high, required)


def _narrow_in(block: Block, needs: Mapping[Place, int]) -> dict[Place, Interval]:
    attack = Attack(block, np.array([float(needs[place]) for place in block.places]))
    found = {
        block.places[number]: _interval(block, number, needs[block.places[number]], cap=attack.cap, whole=True)
        for number in attack.narrow(np.ones(len(block.values), dtype=bool))
    }
    return {place: interval for place, interval in found.items() if not interval.is_wide_enough}


class Attack:
    """Tables that a reader cannot tell from the true one, as they are found, and how far they differ in each cell.

    Every table found is a witness for all its cells, so that few cells need programmes of their own.
    """

    def __init__(self, block: Block, needs: Vector) -> None:
        self.block = block
        self.needs = needs
        self.cap = 4.0 * float(needs.max())
        self._seen = np.zeros((64, len(block.values)))
        self._count = 1  # the true table itself

    def reach(self, movable: Mask) -> Vector:
        """How far the tables found so far differ in each cell; those that move anything else do not count."""
        tables = self._seen[: self._count]
        tables = tables[~tables[:, ~movable].any(axis=1), : len(self.needs)]
        difference: Vector = tables.max(axis=0) - tables.min(axis=0)
        return difference

    def narrow(self, movable: Mask, *, first: Vector | None = None) -> Iterator[int]:
        """The movable cells that cannot differ by their need while nothing else changes.

        Those for which `first` is highest are looked at before the others.
        """
        size = len(self.needs)
        known_narrow = np.zeros(size, dtype=bool)
        while True:
            open_cells = movable[:size] & ~known_narrow & (self.reach(movable) < self.needs)
            if not open_cells.any():
                return
            number = int(np.argmax(open_cells if first is None else open_cells * (1.0 + first[:size])))
            if not self.is_wide(number, movable):
                known_narrow[number] = True
                yield number

    def is_wide(self, number: int, movable: Mask) -> bool:
        """Whether the cell can differ by its need while only `movable` cells change; looks for tables if need be."""
        if self.reach(movable)[number] >= self.needs[number]:
            return True
        for direction in self._directions(number, movable):
            self._add(self.block.extreme(direction, self.cap, movable=movable))
            if self.reach(movable)[number] >= self.needs[number]:
                return True
        return False

    def _add(self, change: Vector) -> None:
        if self._count == len(self._seen):
            self._seen = np.concatenate([self._seen, np.zeros_like(self._seen)])
        self._seen[self._count] = change
        self._count += 1

    def _directions(self, number: int, movable: Mask) -> Iterator[Vector]:
        """The cell up, then down. Cells that no table moves far enough yet go along a little, to be done with as well.

        Their part is too small to keep the cell itself from its extreme.
        """
        size = len(self.needs)
        along = np.zeros(len(self.block.values))
        along[:size] = movable[:size] & (self.reach(movable) < self.needs)
        along *= _LITTLE / max(1.0, float(along.sum()) * self.cap)
        along[number] = 1.0
        yield -along
        yield along


def audit(table: Table, hidden: Collection[Place]) -> dict[Place, Interval]:
    """As `narrow`, over everything that is not shown: a cell that an earlier release hid is attacked with the rest."""
    earlier = {place for place, cell in table.cells.items() if cell.standing is Standing.HIDDEN}
    return narrow(table, earlier | set(hidden))
