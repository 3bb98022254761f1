"""What of the numbers about persons is shown to whoever takes no part in the operation: what was published, as it was.

An observer is given the public edition of a report, and no page may say more than it does: otherwise a number that the
edition hides could be looked up, or reckoned, beside it. Such a reader therefore has every number about persons from
the published public editions, hidden or rounded as it is there, and «not published» for all others. Numbers of
indicators that have nothing to do with persons are shown to everybody from the totals.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from operations.domain.access import standing
from operations.domain.person_numbers import about_persons
from reports.domain.cells import Cell, missing
from reports.domain.coded_cells import coded_cells
from reports.domain.places import Place
from reports.domain.public_numbers import edited, public_form
from reports.models import DisclosureControl, Report

Version = tuple[tuple[int, str], ...]
_SAYS = ("state", "kind", "value", "scale", "currency", "qualifier")


@dataclass(frozen=True)
class PublicReading:
    """The published cells by place; `indicators` are the codes that have no others. `version` moves with a release."""

    indicators: frozenset[str]
    cells: Mapping[Place, Cell]
    version: Version

    def holds(self, indicator: str) -> bool:
        """Whether numbers of this indicator are read here and nowhere else."""
        return indicator in self.indicators

    def cell(self, place: Place | None) -> Cell:
        """The number as the last release to tell of it has it."""
        return missing("not_published") if place is None else self.cells.get(place, missing("not_published"))


def public_reading(reader: Any, *, at: dt.datetime) -> PublicReading | None:
    """What the reader has instead of the totals; None for whoever takes part. Two queries, more for a new release."""
    if standing(reader, at).takes_part:
        return None
    version = release_version()
    return PublicReading(frozenset(about_persons().values_list("code", flat=True)), _cells(version), version)


def release_version() -> Version:
    """The snapshots of what is published, with their hashes, in the order of publishing. One query."""
    rows = DisclosureControl.objects.filter(snapshot__report__status=Report.Status.PUBLISHED)
    return tuple(rows.order_by("snapshot__report__published_at", "pk").values_list("pk", "snapshot__sha256"))


@lru_cache(maxsize=4)
def _cells(version: Version) -> dict[Place, Cell]:
    """Read once for a release: what a control froze never changes."""
    found: dict[Place, Cell] = {}
    controls = {
        one.pk: one for one in DisclosureControl.objects.filter(pk__in=dict(version)).select_related("snapshot")
    }
    for pk, _sha256 in version:
        payload = edited(public_form(controls[pk].snapshot), controls[pk])
        for coded in coded_cells(payload):
            if coded.place.operation == payload["operation"]["slug"]:
                found[coded.place] = {name: coded.cell[name] for name in _SAYS if name in coded.cell}
    return found
