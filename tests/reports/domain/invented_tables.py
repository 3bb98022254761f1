"""Random tables of the kind that is published, and a reader who tries to reckon what is hidden in them.

The reader is written apart from the code under test: he is given the shown numbers and the list of dimensions, builds
the sums himself, and solves his own linear programmes in the numbers themselves.
"""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from operations.models import Indicator
from reports.domain.disclosure_relations import IndicatorFacts
from reports.domain.disclosure_tables import Limits, Release
from reports.domain.places import Place

Kind = Indicator.PartKind
PERSONS = IndicatorFacts(is_person_derived=True)
FACTS: Mapping[str, IndicatorFacts] = {
    "VIO01": PERSONS,
    "VIO02": IndicatorFacts(is_person_derived=True, part_of="VIO01", part_kind=Kind.EXHAUSTIVE),
    "VIO04": IndicatorFacts(is_person_derived=True, part_of="VIO01", part_kind=Kind.EXHAUSTIVE),
    "VIO03": IndicatorFacts(is_person_derived=True, part_of="VIO02", part_kind=Kind.DISJOINT),
    "ACT03": IndicatorFacts(is_person_derived=False),
}
LIMITS = Limits()


@dataclass(frozen=True)
class Shape:
    """How many states, stages and categories; `family` adds the parts of the indicator."""

    states: int
    stages: int
    categories: int
    family: bool = False
    breakdown: str = "citizenship_group"


def shape_of(rng: random.Random) -> Shape:
    return Shape(
        states=rng.randint(1, 4),
        stages=rng.randint(1, 3),
        categories=rng.randint(0, 4),
        family=rng.random() < 0.4,
        breakdown=rng.choice(["citizenship_group", "sex"]),
    )


def _inner(shape: Shape, indicator: str) -> list[Place]:
    categories = [f"{shape.breakdown}:C{one}" for one in range(shape.categories)] or [""]
    return [
        Place("illegal-2026", indicator, category, f"S{state}", f"stage:{stage}")
        for state, stage, category in itertools.product(range(shape.states), range(1, shape.stages + 1), categories)
    ]


def margins(place: Place) -> list[Place]:
    """The place and everything that it counts towards."""
    options = [sorted({value, ""}) for value in (place.category, place.state, place.time)]
    return [place._replace(category=c, state=s, time=t) for c, s, t in itertools.product(*options)]


def with_margins(inner: Mapping[Place, int]) -> dict[Place, int]:
    values: dict[Place, int] = {}
    for place, value in inner.items():
        for margin in margins(place):
            values[margin] = values.get(margin, 0) + value
    return values


def numbers(rng: random.Random, shape: Shape, *, scale: int | None = None) -> dict[Place, int]:
    """A table with all its margins: many small numbers, some zeros, a few large ones."""
    scale = scale or rng.choice([2, 8, 30, 200])

    def one() -> int:
        return 0 if rng.random() < 0.2 else int(rng.expovariate(1 / scale))

    if not shape.family:
        return with_margins({place: one() for place in _inner(shape, "VIO01")})
    values: dict[Place, int] = {}
    for place in _inner(shape, "VIO01"):
        entry, labour = one(), one()
        found = {"VIO01": entry + labour, "VIO02": entry, "VIO04": labour, "VIO03": rng.randint(0, entry)}
        for code, value in found.items():
            for margin in margins(place._replace(indicator=code)):
                values[margin] = values.get(margin, 0) + value
    return values


def coarser(rng: random.Random, values: Mapping[Place, int]) -> dict[Place, int]:
    """What an earlier release of the same numbers had: without one of the dimensions."""
    axis = rng.choice(["category", "time", "state"])
    return {place: value for place, value in values.items() if not getattr(place, axis)}


class Reader:
    """Knows what was shown in all releases, which cells exist, and how counts add up. Nothing else."""

    def __init__(self, shown: Mapping[Place, int], cells: Iterable[Place]) -> None:
        self.cells = sorted(cells)
        self.shown = shown
        self._column = {place: number for number, place in enumerate(self.cells)}
        self._equal, self._at_most = self._sums()

    def _sums(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        equal, at_most = [], []
        for whole in self.cells:
            for axis in ("category", "state", "time"):
                if not getattr(whole, axis):
                    parts = [one for one in self.cells if one != whole and one._replace(**{axis: ""}) == whole]
                    if parts:
                        equal.append(self._row(whole, parts))
            for codes, rows in ((("VIO02", "VIO04"), equal), (("VIO03",), at_most)):
                if whole.indicator == {"VIO02": "VIO01", "VIO03": "VIO02"}[codes[0]]:
                    parts = [part for code in codes if (part := whole._replace(indicator=code)) in self._column]
                    if len(parts) == len(codes):
                        rows.append(self._row(whole, parts))
        return equal, at_most

    def _row(self, whole: Place, parts: Sequence[Place]) -> np.ndarray:
        row = np.zeros(len(self.cells))
        row[[self._column[part] for part in parts]] = 1.0
        row[self._column[whole]] = -1.0
        return row

    def width(self, place: Place) -> float:
        """How far apart the lowest and the highest possible value of a hidden cell are."""
        bounds = [(self.shown[one], self.shown[one]) if one in self.shown else (0, None) for one in self.cells]
        objective = np.zeros(len(self.cells))
        objective[self._column[place]] = 1.0
        ends = []
        for direction in (1.0, -1.0):
            found = linprog(
                direction * objective,
                A_eq=np.array(self._equal) if self._equal else None,
                b_eq=np.zeros(len(self._equal)) if self._equal else None,
                A_ub=np.array(self._at_most) if self._at_most else None,
                b_ub=np.zeros(len(self._at_most)) if self._at_most else None,
                bounds=bounds,
                method="highs",
            )
            if found.status == 3:
                return float("inf")
            assert found.status == 0, found.message
            ends.append(direction * found.fun)
        # a count is whole: a reader rounds inwards
        return float(np.floor(ends[1] + 1e-6) - np.ceil(ends[0] - 1e-6))


def required(place: Place) -> int:
    return LIMITS.threshold(place, FACTS) or LIMITS.fine_cell


def release(values: Mapping[Place, int], hidden: Iterable[Place] = ()) -> Release:
    return Release(values=values, hidden=frozenset(hidden))
