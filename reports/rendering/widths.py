"""How wide the columns of a printed table are, and how tall it gets: reckoned from its texts before anything is drawn.

Numbers, units and № п/п get what their longest line needs; what is left is shared by names and words in proportion to
their weights, none of them getting more than its longest line would fill. So that a name of five words is not squeezed
beside an empty column of numbers. Lengths are millimetres on A4; a letter counts as wide as the mean of the typeface.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

PAGE = {"portrait": 170.0, "landscape": 262.0}
#: By density: the width of a letter, the height of a line, both paddings of a cell at the sides, above and below.
LETTER = {"normal": 2.1, "tight": 1.8, "tightest": 1.6}
LINE = {"normal": 4.3, "tight": 3.7, "tightest": 3.3}
BESIDE = {"normal": 2.8, "tight": 2.0, "tightest": 1.6}
ABOVE = {"normal": 2.0, "tight": 1.8, "tightest": 1.6}
#: A table lower than this is kept on one page.
WHOLE = {"portrait": 100.0, "landscape": 64.0}
_NARROWEST = 4
#: By how many percent columns are tried wider and narrower, one after the other.
_STEPS = (8, 4, 2)
#: A word of wide letters is so much longer than the mean.
_CLOSE = 1.1
_SPACE = re.compile(r"[ \n]")


@dataclass(frozen=True)
class Column:
    """The texts of one column: it grows with its weight, or takes what its longest line needs (weight 0).

    One that `is_tight` takes no more than that even where the table has room to spare.
    """

    heading: str
    texts: Sequence[str]
    weight: int = 0
    indent: float = 0.0
    is_tight: bool = False

    def longest_word(self, density: str) -> float:
        texts = (self.heading,) if not self.weight else (self.heading, *self.texts)
        words = [word for text in texts for word in _SPACE.split(text)]
        letters = max((len(word) for word in words), default=0)
        return letters * LETTER[density] + BESIDE[density] + self.indent

    def longest_line(self, density: str) -> float:
        letters = max((len(text) for text in self.texts), default=0)
        return max(letters * LETTER[density] + BESIDE[density] + self.indent, self.longest_word(density))

    def lines(self, width: float, density: str) -> list[int]:
        """How many lines each text takes in a column of that width."""
        room = max(width - BESIDE[density] - self.indent, LETTER[density])
        return [max(math.ceil(len(text) * LETTER[density] / room), 1) for text in self.texts]


def widths_of(columns: Sequence[Column], *, orientation: str, density: str) -> list[int]:
    """The widths in whole percent, a hundred in all; nothing where the table does not fit by reckoning."""
    page = PAGE[orientation]
    needs = [
        0.0 if one.weight else max(one.longest_line(density), one.longest_word(density), _NARROWEST * page / 100)
        for one in columns
    ]
    growing = [place for place, one in enumerate(columns) if one.weight]
    least = {place: min(columns[place].longest_word(density), page / 4) for place in growing}
    left = page - sum(needs)
    if not growing or left < sum(least.values()):
        return []
    for place, width in _shared(columns, growing, least, left, density).items():
        needs[place] = width
    spare = page - sum(needs)
    if spare > 0:  # nothing needs it: every column but the tight ones gets its part
        tight = sum(need for need, one in zip(needs, columns, strict=True) if one.is_tight)
        factor = (page - tight) / (page - spare - tight)
        needs = [need if one.is_tight else need * factor for need, one in zip(needs, columns, strict=True)]
    widths = _percent(needs, page, growing)
    return lower(columns, widths, orientation=orientation, density=density) if len(growing) > 1 and widths else widths


def lower(columns: Sequence[Column], widths: Sequence[int], *, orientation: str, density: str) -> list[int]:
    """The widths with which the table is lowest: growing columns give to each other as long as it saves lines."""
    page = PAGE[orientation]
    growing = [place for place, one in enumerate(columns) if one.weight]
    least = {place: columns[place].longest_word(density) * _CLOSE / page * 100 for place in growing}
    found = list(widths)
    lowest = height_of(columns, found, orientation=orientation, density=density)
    for step in _STEPS:
        is_lower = True
        while is_lower:
            is_lower = False
            for giving, taking in permutations(growing, 2):
                tried = list(found)
                tried[giving] -= step
                tried[taking] += step
                if tried[giving] < least[giving]:
                    continue
                height = height_of(columns, tried, orientation=orientation, density=density)
                if height < lowest:
                    found, lowest, is_lower = tried, height, True
    return found


def height_of(columns: Sequence[Column], widths: Sequence[int], *, orientation: str, density: str) -> float:
    """About how tall the rows of the table are together."""
    page = PAGE[orientation]
    by_column = [one.lines(width * page / 100, density) for one, width in zip(columns, widths, strict=True)]
    rows = zip(*by_column, strict=True)
    return sum(max(row) * LINE[density] + ABOVE[density] for row in rows)


def _shared(
    columns: Sequence[Column], growing: Sequence[int], least: dict[int, float], left: float, density: str
) -> dict[int, float]:
    """What is left in proportion to the weights; a column that has enough leaves the rest to the others."""
    found: dict[int, float] = {}
    waiting = list(growing)
    while waiting:
        weights = sum(columns[place].weight for place in waiting)
        rest = left - sum(found.values())
        parts = {place: rest * columns[place].weight / weights for place in waiting}
        small = [place for place in waiting if parts[place] < least[place]]
        if small:
            found |= {place: least[place] for place in small}
        else:
            small = [place for place in waiting if columns[place].longest_line(density) <= parts[place]]
            found |= {place: columns[place].longest_line(density) for place in small}
        if not small:
            return found | parts
        waiting = [place for place in waiting if place not in small]
    return found


def _percent(widths: Sequence[float], page: float, growing: Sequence[int]) -> list[int]:
    """Whole percent: narrow columns are rounded up, the widest growing one takes what that costs."""
    found = [math.ceil(width * 100 / page - 0.1) for width in widths]
    widest = max(growing, key=lambda place: found[place])
    found[widest] += 100 - sum(found)
    return found if found[widest] > 0 else []
