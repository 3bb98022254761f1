"""Everything that is published together, as a table of cells and the sums that a reader knows to hold among them.

Disclosure control and its audit work on this description alone: it says what every number is worth protecting for, what
is public already, and which number is the sum of which. The sums are found from the places of the cells (region and
states, year and stages, total and categories, bodies, an indicator and its parts), over this release and all earlier
ones, because a reader has them all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from reports.domain.disclosure_relations import IndicatorFacts, Relation, sums_among
from reports.domain.places import Place


class Standing(Enum):
    """What readers have of a cell already."""

    FREE = "free"
    PUBLIC = "public"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class TableCell:
    """A number. From 1 to below `threshold` it is hidden; 0 says that its grain needs no protection of its own."""

    value: int
    threshold: int = 0
    standing: Standing = Standing.FREE

    @property
    def is_sensitive(self) -> bool:
        return self.standing is not Standing.PUBLIC and 0 < self.value < self.threshold


@dataclass(frozen=True)
class Table:
    """All cells and relations; `width` is how uncertain a hidden number of a grain without a threshold has to stay."""

    cells: Mapping[Place, TableCell]
    relations: Sequence[Relation]
    width: int = 5

    def required(self, place: Place) -> int:
        """How wide the interval of this cell has to be when it is hidden."""
        return self.cells[place].threshold or self.width

    def must_hide(self) -> set[Place]:
        """What is sensitive by itself, and what an earlier release hid."""
        return {place for place, cell in self.cells.items() if cell.is_sensitive or cell.standing is Standing.HIDDEN}


@dataclass(frozen=True)
class Release:
    """What went out: all its numbers as they were, those that it hid, and those that a source had made public."""

    values: Mapping[Place, int]
    hidden: frozenset[Place] = frozenset()
    public: frozenset[Place] = frozenset()


def step_of(base: int, threshold: int) -> int:
    """The multiple of the decided base that is not below a threshold: as many values stay possible as that asks."""
    return base * -(-threshold // base)


@dataclass(frozen=True)
class Limits:
    """From which value on a cell finer than state × indicator × operation is shown."""

    fine_cell: int = 5
    citizenship_cell: int = 10

    def rounding_bases(self, decided: int) -> tuple[int, int]:
        """The bases of most parts of a publication, and of the parts that hold citizenship by state and stage."""
        return step_of(decided, self.fine_cell), step_of(decided, self.citizenship_cell)

    def threshold(self, place: Place, indicators: Mapping[str, IndicatorFacts]) -> int:
        """0 for numbers that are not derived from persons, and for state × indicator × operation and its sums."""
        facts = indicators.get(place.indicator)
        if facts is None or not facts.is_person_derived or not (place.category or place.time or place.agency):
            return 0
        if place.breakdown == "citizenship_group" and place.state and place.time:
            return self.citizenship_cell
        return self.fine_cell


def table_of(
    release: Release,
    *,
    indicators: Mapping[str, IndicatorFacts],
    limits: Limits,
    earlier: Sequence[Release] = (),
) -> Table:
    """One table of a release and all before it. Places of the new release keep vintage 0."""
    keyed = _Vintages()
    news = {place: keyed.key(place, value) for place, value in release.values.items()}
    olds = [{place: keyed.key(place, value) for place, value in old.values.items()} for old in earlier]
    standing = dict.fromkeys(keyed.values, Standing.FREE)
    for names, old in zip(olds, earlier, strict=True):
        for place in old.hidden & names.keys():
            if standing[names[place]] is Standing.FREE:
                standing[names[place]] = Standing.HIDDEN
    for names, old in zip(olds, earlier, strict=True):
        for place in names.keys() - (old.hidden - old.public):
            standing[names[place]] = Standing.PUBLIC
    for place in release.public & news.keys():
        standing[news[place]] = Standing.PUBLIC
    cells = {
        key: TableCell(value, limits.threshold(key, indicators), standing[key]) for key, value in keyed.values.items()
    }
    newest = {place: key for names in (*olds, news) for place, key in names.items()}
    relations: dict[Relation, None] = {}
    for names in (news, *olds, newest):
        relations.update(dict.fromkeys(sums_among(names, keyed.values, indicators)))
    return Table(cells=cells, relations=list(relations), width=limits.fine_cell)


class _Vintages:
    """Gives a number that two releases state alike one key, and a revised one a key of its own."""

    def __init__(self) -> None:
        self.values: dict[Place, int] = {}

    def key(self, place: Place, value: int) -> Place:
        key = place
        while self.values.setdefault(key, value) != value:
            key = key._replace(vintage=key.vintage + 1)
        return key
