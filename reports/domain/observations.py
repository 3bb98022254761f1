"""Numbers as statistical observations: each with its whole key, whatever table it came from.

What a report froze (here), what `Total` says now (`total_observations`) and what a table of the explorer shows
(`pivot_observations`) become the same rows, so that one writer serves all.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from reports.domain.cells import Cell
from reports.domain.coded_cells import coded_cells
from reports.domain.payload import UnsoundPayload
from reports.domain.places import Place

_PERIOD = re.compile(r"(Q[1-4]|M(0[1-9]|1[0-2]))")
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
#: Frequencies of the standard: a year; none, where a sum is over operations of several years.
ANNUAL, NO_FREQUENCY = "A", "_Z"


@dataclass(frozen=True, kw_only=True)
class Observation:
    """One number with its whole key, its unit (a currency for money) and the cell itself; an empty code is the margin.

    `returns` is the code of a reporting period that no time tells, as a stage's follow-up. `selection` says of which
    members a sum over a selection is, by concept. `share` is n of m where the number is shown as a part of a whole,
    `whole` what of the key differs in m. `states` are those that reported, of those that were to, behind a sum of
    several. `is_published`: the number is read from a public edition.
    """

    operation: str
    indicator: str
    category: str = ""
    area: str = ""
    agency: str = ""
    stage: str = ""
    returns: str = ""
    frequency: str = ANNUAL
    time_period: str
    unit: str
    cell: Cell
    selection: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    share: Cell | None = None
    whole: Mapping[str, str] = field(default_factory=dict)
    states: tuple[int, int] | None = None
    is_provisional: bool = False
    is_published: bool = False
    is_demonstration: bool = False


def observed(
    place: Place,
    *,
    year: int,
    unit: str,
    cell: Cell,
    is_provisional: bool = False,
    is_demonstration: bool = False,
) -> Observation:
    """A number by its place and the year of its operation.

    Its frequency is a year unless it is of a quarter or a month (`2026-Q1`, `2026-03`); stages are a dimension of their
    own.
    """
    kind, _colon, code = place.time.partition(":")
    frequency, time_period = within_year(year, code if kind == "period" else "")
    return Observation(
        operation=place.operation,
        indicator=place.indicator,
        category=place.category,
        area=place.state,
        agency=place.agency,
        stage=code if kind == "stage" else "",
        frequency=frequency,
        time_period=time_period,
        unit=unit,
        cell=cell,
        is_provisional=is_provisional,
        is_demonstration=is_demonstration,
    )


def is_within_year(period: str) -> bool:
    """Whether the code of a reporting period is a quarter's or a month's."""
    return _PERIOD.fullmatch(period) is not None


def within_year(year: int, period: str) -> tuple[str, str]:
    """The frequency and the time of a quarter or a month of a year; of anything else, of the year itself."""
    return (period[0], f"{year}-{period.removeprefix('M')}") if is_within_year(period) else (ANNUAL, str(year))


def of_payload(payload: Mapping[str, Any]) -> list[Observation]:
    """Every number of a report that says what it is of, once, in the order of its key.

    Raises `UnsoundPayload` where one number stands in two places with different values.
    """
    years = {payload["operation"]["slug"]: int(payload["operation"]["year"])}
    invented = bool(payload["operation"]["demonstration"])
    found: dict[Place, Observation] = {}
    for coded in coded_cells(payload):
        if coded.place.operation != payload["operation"]["slug"] and coded.cell["state"] not in ("value", "suppressed"):
            continue  # that the report found nothing to compare with says nothing about that year
        year = years.get(coded.place.operation) or _year_in(coded.place.operation)
        one = observed(coded.place, year=year, unit=coded.unit, cell=coded.cell, is_demonstration=invented)
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
