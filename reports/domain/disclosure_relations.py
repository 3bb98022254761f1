"""Which published numbers are the sum of which: what a reader can reckon with.

The sums follow from the places of the numbers: region and states, year and stages, total and categories, all bodies and
each, an indicator and its parts. Whether parts make up their total exactly is judged by the true numbers: where the
published parts come to the total, a reader is taken to know it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from operations.models import Indicator
from reports.domain.places import Place

SUM, MAX = Indicator.Aggregation.SUM, Indicator.Aggregation.MAX
PartKind = Indicator.PartKind


@dataclass(frozen=True, slots=True)
class Relation:
    """The parts make up the total, or, where others that are not published belong to it too, do not exceed it."""

    total: Place
    parts: tuple[Place, ...]
    is_exact: bool = True


@dataclass(frozen=True)
class IndicatorFacts:
    """What of the catalogue decides on protection and on sums."""

    is_person_derived: bool
    part_of: str = ""
    part_kind: str = ""
    over_time: str = Indicator.Aggregation.SUM
    over_space: str = Indicator.Aggregation.SUM


#: From a place to the key that its number is kept under (they differ where a number was revised between releases).
Names = Mapping[Place, Place]


@dataclass(frozen=True)
class _Numbers:
    names: Names
    values: Mapping[Place, int]

    def below(self, axis: str) -> dict[Place, list[Place]]:
        """By margin, the published places that it is the margin of along one axis."""
        found: dict[Place, list[Place]] = defaultdict(list)
        for place in self.names:
            emptied: dict[str, Any] = {axis: ""}
            margin = place._replace(**emptied)
            if margin != place and margin in self.names:
                found[margin].append(place)
        return found

    def sum(self, total: Place, parts: Iterable[Place]) -> Iterator[Relation]:
        keys = tuple(self.names[part] for part in parts)
        whole, together = self.values[self.names[total]], sum(self.values[key] for key in keys)
        if keys and together <= whole:
            yield Relation(self.names[total], keys, is_exact=together == whole)

    def bound(self, total: Place, parts: Iterable[Place]) -> Iterator[Relation]:
        for found in self.sum(total, parts):
            yield Relation(found.total, found.parts, is_exact=False)


def sums_among(
    names: Names, values: Mapping[Place, int], indicators: Mapping[str, IndicatorFacts]
) -> Iterator[Relation]:
    """Every sum and bound among the places; an indicator that the catalogue does not know is a plain sum."""
    numbers = _Numbers(names, values)
    plain = IndicatorFacts(is_person_derived=False)
    for axis in ("state", "agency"):
        for total, parts in numbers.below(axis).items():
            if indicators.get(total.indicator, plain).over_space == SUM:
                yield from numbers.sum(total, parts)
    for total, parts in numbers.below("category").items():
        for breakdown in sorted({part.breakdown for part in parts}):
            yield from numbers.sum(total, [part for part in parts if part.breakdown == breakdown])
    for total, parts in numbers.below("time").items():
        yield from _over_time(numbers, total, parts, indicators.get(total.indicator, plain))
    yield from _of_indicators(numbers, indicators)


def _over_time(numbers: _Numbers, total: Place, parts: list[Place], facts: IndicatorFacts) -> Iterator[Relation]:
    """A flow adds up. A stock is the highest or the last of its stages: the equal one is taken to be known as such."""
    if facts.over_time == SUM:
        yield from numbers.sum(total, parts)
    elif facts.over_time != Indicator.Aggregation.NONE:
        for part in parts:
            is_it = numbers.values[numbers.names[part]] == numbers.values[numbers.names[total]]
            if is_it or facts.over_time == MAX:
                yield from numbers.sum(total, [part])


def _of_indicators(numbers: _Numbers, indicators: Mapping[str, IndicatorFacts]) -> Iterator[Relation]:
    parts_of: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for code, facts in indicators.items():
        if facts.part_of:
            parts_of[facts.part_of][facts.part_kind].append(code)
    for whole in numbers.names:
        for kind, codes in parts_of.get(whole.indicator, {}).items():
            parts = [part for code in codes if (part := whole._replace(indicator=code)) in numbers.names]
            if kind == PartKind.EXHAUSTIVE:
                yield from numbers.sum(whole, parts)
            elif kind == PartKind.DISJOINT:
                yield from numbers.bound(whole, parts)
            else:
                for part in parts:
                    yield from numbers.bound(whole, [part])
