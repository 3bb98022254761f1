"""Where a number stands among all others, by codes alone: known to tables, disclosure control and exports alike."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where a number stands. An empty field is the margin: the region, the year, all categories, all bodies.

    `category` is `breakdown:code`; `time` is `stage:1` or `period:2026-Q1`. `vintage` tells a number that was revised
    between two releases from the number that replaced it; a number that stayed the same is one cell.
    """

    operation: str
    indicator: str
    category: str = ""
    state: str = ""
    time: str = ""
    agency: str = ""
    vintage: int = 0

    @property
    def breakdown(self) -> str:
        return self.category.partition(":")[0]
