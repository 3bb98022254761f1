"""Numbers as statistical observations: each with its whole key, whatever table it came from.

What a report froze (here) and what `Total` says now (`total_observations`) become the same rows, so that one writer
serves both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.domain.cells import Cell
from reports.domain.coded_cells import coded_cells
from reports.domain.payload import UnsoundPayload
from reports.domain.places import Place

_PERIOD = re.compile(r"(Q[1-4]|M(0[1-9]|1[0-2]))")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")


@dataclass(frozen=True)
class Observation:
    """One number: its place, the year of its operation, its unit (a currency for money) and the cell itself."""

    place: Place
    year: int
    unit: str
    cell: Cell
    is_provisional: bool = False

    @property
    def frequency(self) -> str:
        """A year unless the number is of a quarter or a month; stages are a dimension of their own."""
        return {"Q": "Q", "M": "M"}.get(self._period[:1], "A")

    @property
    def time_period(self) -> str:
        """`2026`, `2026-Q1`, `2026-03`."""
        period = self._period
        return f"{self.year}-{period.removeprefix('M')}" if period else str(self.year)

    @property
    def stage(self) -> str:
        kind, _colon, code = self.place.time.partition(":")
        return code if kind == "stage" else ""

    @property
    def _period(self) -> str:
        kind, _colon, code = self.place.time.partition(":")
        return code if kind == "period" and _PERIOD.fullmatch(code) else ""


def of_payload(payload: Mapping[str, Any]) -> list[Observation]:
    """Every number of a report that says what it is of, once, in the order of its key.

    Raises `UnsoundPayload` where one number stands in two places with different values.
    """
    years = {payload["operation"]["slug"]: int(payload["operation"]["year"])}
    found: dict[Place, Observation] = {}
    for coded in coded_cells(payload):
        if coded.place.operation != payload["operation"]["slug"] and coded.cell["state"] not in ("value", "suppressed"):
            continue  # that the report found nothing to compare with says nothing about that year
        year = years.get(coded.place.operation) or _year_in(coded.place.operation)
        one = Observation(place=coded.place, year=year, unit=coded.unit, cell=coded.cell)
        known = found.setdefault(coded.place, one)
        if _number(known.cell) != _number(one.cell):
            raise UnsoundPayload(f"{coded.place} stands in the report with two different values")
    return [found[place] for place in sorted(found)]


def _number(cell: Cell) -> tuple[Any, ...]:
    return cell["state"], cell.get("value"), cell.get("qualifier")


def _year_in(slug: str) -> int:
    years = _YEAR.findall(slug)
    if not years:
        raise UnsoundPayload(f"no year is known of the operation {slug!r}")
    return int(years[-1])
