"""Disclosure control: what a public edition hides, so that nothing small about persons can be read or reckoned.

Small numbers of a fine grain are hidden by themselves (primary suppression). Since sums would give them away, further
cells are hidden with them (complementary suppression). For each hidden cell a linear programme finds two tables that a
reader cannot tell from the true one and in which the cell differs by its threshold, moving as few and as small shown
cells as it can; the shown cells that it moves are hidden as well, and are then protected in their turn. Afterwards
cells that turn out not to be needed are shown again. The result is audited by `disclosure_audit`, which knows nothing
of how it came about. The linear-programming heuristic is described in Hundepool and others, "Statistical Disclosure
Control" (2012), chapter 4.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from reports.domain.disclosure_audit import Attack, Block, Vector, blocks_of, narrow, solve
from reports.domain.disclosure_tables import Standing, Table
from reports.domain.payload import UnsoundPayload
from reports.domain.places import Place

#: A zero says that there was nobody, and a margin is what readers want most: both are hidden last.
_COST_OF_ZERO = 4.0
_COST_OF_MARGIN = 3.0
_MOVED = 1e-7


@dataclass(frozen=True)
class Protection:
    """What is hidden: `primary` for its own smallness, the rest so that it cannot be reckoned.

    `limited` are hidden cells that public numbers alone confine to less than their threshold (the width is given): no
    edition can undo that.
    """

    hidden: frozenset[Place]
    primary: frozenset[Place]
    limited: dict[Place, int] = field(default_factory=dict)


class NotProtected(UnsoundPayload):
    """The audit found a cell that can be reckoned although it is hidden; nothing may be published."""


def protect(table: Table) -> Protection:
    """Chooses what is hidden and has it audited. Raises `NotProtected` rather than answer what does not hold."""
    primary = frozenset(place for place, cell in table.cells.items() if cell.is_sensitive)
    must = table.must_hide()
    open_places = [place for place, cell in table.cells.items() if cell.standing is not Standing.PUBLIC]
    hidden: set[Place] = set()
    limited: dict[Place, int] = {}
    for block in blocks_of(table, open_places) if must else ():
        inside = must.intersection(block.places)
        if inside:
            search = _Search(table, block, inside)
            search.hide_complements()
            search.show_again(keep=inside)
            hidden |= search.hidden
            limited |= search.limited
    if narrow(table, hidden, required=limited):
        raise NotProtected(f"{len(hidden)} hidden cells do not withstand the audit")
    return Protection(hidden=frozenset(hidden), primary=primary, limited=limited)


class _Search:
    """The complementary cells of one block."""

    def __init__(self, table: Table, block: Block, must: Collection[Place]) -> None:
        self.block = block
        self.hidden = set(must)
        self.limited: dict[Place, int] = {}
        self._size = len(block.places)
        self._attack = Attack(block, np.array([float(table.required(place)) for place in block.places]))
        self._movable = np.array([place in self.hidden for place in block.places] + [True] * self._unknown)
        self._costs = np.zeros(len(block.values))
        for number, place in enumerate(block.places):
            cell = table.cells[place]
            cost = _COST_OF_ZERO if cell.value == 0 else 1.0 + float(np.log2(1 + cell.value))
            self._costs[number] = cost if cell.threshold else cost * _COST_OF_MARGIN

    @property
    def _unknown(self) -> int:
        return len(self.block.values) - self._size

    def hide_complements(self) -> None:
        """Hides cells until each hidden one has undetectable tables that differ in it by its threshold."""
        needs = self._attack.needs
        waiting = sorted((self.block.index[place] for place in self.hidden), key=lambda one: (-needs[one], one))
        while waiting:
            number = waiting.pop(0)
            while not self._attack.is_wide(number, self._movable):
                added = self._cheapest(number)
                if not added:
                    self._accept_limit(number)
                self._hide(added)
                waiting.extend(added)

    def show_again(self, *, keep: Collection[Place]) -> None:
        """Shows complementary cells, the dearest first, that the others can do without."""
        index = self.block.index
        dearest = sorted((index[place] for place in self.hidden - set(keep)), key=lambda one: (-self._costs[one], one))
        for number in dearest:
            self._movable[number] = False
            near = self._near(number)
            if self._leaves_one_alone(number) or any(True for _one in self._attack.narrow(self._movable, first=near)):
                self._movable[number] = True
            else:
                self.hidden.discard(self.block.places[number])
                self.limited.pop(self.block.places[number], None)

    def _near(self, number: int) -> Vector:
        """Cells that share a sum with this one suffer first when it is shown: they settle the question soonest."""
        rows = self.block.matrix[:, [number]].nonzero()[0]
        near = np.zeros(len(self.block.values))
        near[self.block.matrix[rows].nonzero()[1]] = 1.0
        return near

    def _leaves_one_alone(self, number: int) -> bool:
        """Whether some sum would have one hidden cell left, which then is what remains of the sum."""
        rows = self.block.matrix[self.block.matrix[:, [number]].nonzero()[0]]
        return bool(((rows != 0) @ self._movable.astype(float) == 1.0).any())

    def _hide(self, numbers: Collection[int]) -> None:
        for number in numbers:
            self._movable[number] = True
            self.hidden.add(self.block.places[number])

    def _accept_limit(self, number: int) -> None:
        """Public numbers confine the cell; as wide as they leave it is what can be asked for."""
        objective = np.zeros(len(self.block.values))
        objective[number] = 1.0
        cap = self._attack.cap
        widest = self.block.extreme(-objective, cap)[number] - self.block.extreme(objective, cap)[number]
        if widest >= self._attack.needs[number]:
            raise NotProtected(f"no cells were found to hide with {self.block.places[number]}")
        self._attack.needs[number] = widest
        self.limited[self.block.places[number]] = round(widest)

    def _cheapest(self, number: int) -> list[int]:
        """The shown cells to hide so that the cell can differ by its need, at the least cost; none if that cannot be.

        A linear programme seeks two changes of the table that keep every sum and differ in the cell by its need, with
        for each of them a free column for what is hidden and an upward and a downward column for what is shown.
        """
        need, cap = float(self._attack.needs[number]), self._attack.cap
        free, dear = np.flatnonzero(self._movable), np.flatnonzero(~self._movable)
        columns = np.concatenate([free, dear, dear])
        signs = np.concatenate([np.ones(len(free) + len(dear)), -np.ones(len(dear))])
        values = self.block.values
        low = np.concatenate([np.maximum(-values[free], -cap), np.zeros(2 * len(dear))])
        high = np.concatenate([np.full(len(free) + len(dear), cap), np.minimum(values[dear], cap)])
        costs = np.concatenate([np.zeros(len(free)), self._costs[dear], self._costs[dear]])
        matrix, low_rows, high_rows = self._two_changes(columns, signs, number, need)
        for whole in (False, True):
            found = solve(
                *(np.tile(costs, 2), matrix, low_rows, high_rows, np.tile(low, 2), np.tile(high, 2)), whole=whole
            )
            if found is None:
                return []
            moved = np.tile(columns, 2)[np.abs(found) > _MOVED]
            added = sorted({int(one) for one in moved if not self._movable[one]})
            if added:
                return added
        return []

    def _two_changes(self, columns: Any, signs: Vector, number: int, need: float) -> tuple[Any, Vector, Vector]:
        from scipy.sparse import block_diag, csr_array, vstack

        one = self.block.matrix[:, columns] * signs
        moves = np.where(columns == number, signs, 0.0)
        apart = csr_array(np.concatenate([moves, -moves]).reshape(1, -1))
        matrix = vstack([block_diag([one, one]), apart]).tocsr()
        low, high = np.zeros(matrix.shape[0]), np.zeros(matrix.shape[0])
        low[-1], high[-1] = need, np.inf
        return matrix, low, high
