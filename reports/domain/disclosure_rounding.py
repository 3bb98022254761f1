"""Rounding to a base instead of hiding: every number stays, none is exact, and the rounded numbers still add up.

Each number goes to one of the two multiples of the base next to it (a multiple stays), chosen by an integer programme
so that parts make up their totals and the numbers move as little as can be (controlled rounding). Where a table of
several dimensions has no such rounding, a number may go one base further; the bound that readers are told then grows
with it. Sums with a number that is public already cannot be kept and are listed. Only parts of the table in which
something has to be protected are rounded.

A base leaves as many values possible as it is wide. Where the numbers of a part have a wider threshold, as citizenship
has, the whole part is rounded to the next multiple of the base that is not below it: rounding keeps a number as
uncertain as hiding would. The thresholds of all its numbers count, not of the small ones alone, so that the base chosen
tells nothing of what it protects.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from reports.domain.disclosure import NotProtected
from reports.domain.disclosure_audit import Block, Vector, blocks_of, solve
from reports.domain.disclosure_relations import Relation
from reports.domain.disclosure_tables import Standing, Table, step_of
from reports.domain.places import Place

#: Dearer than any two ordinary steps, so that a further step is taken only where there is no other way.
_FURTHER = 1000.0


@dataclass(frozen=True)
class Rounding:
    """The numbers to show; none is off by as much as `off_by_less_than`. `not_additive` are sums given up."""

    shown: dict[Place, int]
    off_by_less_than: int
    not_additive: tuple[Relation, ...] = ()


def round_table(table: Table, *, base: int = 5) -> Rounding:
    """Rounds what needs protection and has it audited. Raises `NotProtected` where the sums would give a cell away."""
    must = table.must_hide()
    open_places = [place for place, cell in table.cells.items() if cell.standing is not Standing.PUBLIC]
    blocks = [block for block in blocks_of(table, open_places) if must.intersection(block.places)] if must else []
    shown: dict[Place, int] = {}
    widest = base
    for block in blocks:
        wide = base_of(table, block.places, base=base)
        rounded = _rounded(table, block, wide)
        furthest = max(abs(value - table.cells[place].value) for place, value in rounded.items())
        bound = wide if furthest < wide else 2 * wide
        _check(table, block, rounded, must.intersection(block.places), off_by_less_than=bound)
        shown |= rounded
        widest = max(widest, bound)
    given_up = tuple(
        relation
        for relation in table.relations
        if relation.is_exact
        and any(one in shown for one in (relation.total, *relation.parts))
        and not all(one in shown for one in (relation.total, *relation.parts))
    )
    return Rounding(shown=shown, off_by_less_than=widest, not_additive=given_up)


def base_of(table: Table, places: Iterable[Place], *, base: int) -> int:
    """The multiple of the decided base that is not below the widest threshold of the places."""
    return step_of(base, max(table.required(place) for place in places))


def _rounded(table: Table, block: Block, base: int) -> dict[Place, int]:
    """Whole steps of the base for every cell: the nearer multiple costs least, a further one dearly."""
    size = len(block.places)
    values = np.array([table.cells[place].value for place in block.places])
    below, rest = values // base, values % base
    keep = _additive_rows(table, block)
    matrix = block.matrix[keep][:, :size]
    # three unknowns for a cell: up to the next multiple, one further up, one further down
    up_most = (rest > 0).astype(float)
    costs = np.concatenate([base - 2.0 * rest, np.full(2 * size, _FURTHER)])
    from scipy.sparse import hstack

    steps = hstack([matrix, matrix, -matrix]).tocsr()
    due = -(matrix @ below)
    high = np.concatenate([up_most, np.ones(size), (below > 0).astype(float)])
    found = solve(costs, steps, due, due, np.zeros(3 * size), high)
    if found is None:
        raise NotProtected("the table has no rounding that adds up")
    moved = below + found[:size] + found[size : 2 * size] - found[2 * size :]
    return {place: round(base * step) for place, step in zip(block.places, moved, strict=True)}


def _additive_rows(table: Table, block: Block) -> list[int]:
    """The sums whose every number is rounded: a sum with a public number in it cannot be kept."""
    size = len(block.places)
    values = np.array([table.cells[place].value for place in block.places], dtype=float)
    inside = block.matrix[:, :size]
    has_rest = np.abs(block.matrix[:, size:]).sum(axis=1) > 0 if block.matrix.shape[1] > size else False
    adds_up = (inside @ values) == 0
    return [int(row) for row in np.flatnonzero(adds_up & ~np.asarray(has_rest))]


def _check(table: Table, block: Block, shown: dict[Place, int], must: set[Place], *, off_by_less_than: int) -> None:
    """The attack on rounded numbers: as many values as its threshold must stay possible for every protected cell."""
    size, reach = len(block.places), off_by_less_than - 1
    centre = np.array([shown[place] for place in block.places], dtype=float)
    values = block.values[:size]
    low = np.concatenate([np.maximum(centre - reach, 0.0) - values, -block.values[size:]])
    high = np.concatenate([centre + reach - values, np.full(len(block.values) - size, np.inf)])
    for number in sorted(block.index[place] for place in must):
        objective = np.zeros(len(block.values))
        objective[number] = 1.0
        ends = [_end(block, direction * objective, low, high)[number] for direction in (1.0, -1.0)]
        if ends[1] - ends[0] + 1 < table.required(block.places[number]):
            raise NotProtected(f"{block.places[number]} can be reckoned from the rounded numbers")


def _end(block: Block, objective: Vector, low: Vector, high: Vector) -> Vector:
    found = solve(objective, block.matrix, 0.0, 0.0, low, high)
    if found is None:
        raise NotProtected("the rounded numbers contradict the true ones")
    return found
