"""Two frozen sets of data side by side: which numbers changed, and whether those of a report have moved since.

Numbers are compared by what they are of (`coded_cells`), never by where they stand in a table, so that a new row or
another order changes nothing. A note is given only where a number of the report is really another one now: a corrected
return that leaves every number as it was moves nothing.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache

from operations.domain.statistics import source_submissions
from operations.models import Operation
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both
from reports.domain.coded_cells import coded_cells
from reports.domain.definitions import definition_of
from reports.domain.places import Place
from reports.domain.snapshots import build_payload, payload_of
from reports.models import Snapshot

#: How long the answer for one version of the data is kept: whatever moves a number makes another version.
_KEPT_SECONDS = 600
#: What of a cell is its number; notes and sources are words about it.
_NUMBER = ("state", "kind", "value", "scale", "currency", "qualifier", "of")
_SUMMARY = both(ru="Краткие итоги", en="Summary")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A number that is another one: what it is of, and its cells before and after; None where there was none."""

    place: Place
    old: Cell | None
    new: Cell | None


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """The numbers that differ, in the order of the newer payload, those that are gone last."""
    before, after = _by_place(old), _by_place(new)
    places = [*after, *(place for place in before if place not in after)]
    return [
        Change(place=place, old=before.get(place), new=after.get(place))
        for place in places
        if _number(before.get(place)) != _number(after.get(place))
    ]


def changed_texts(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Text]:
    """The titles of the sections whose authors wrote something else.

    Data frozen before authors' texts were marked as such hold them all the same, among the other paragraphs.
    """
    before, after = _sections(old), _sections(new)
    ids = [*after, *(one for one in before if one not in after)]
    return [
        (after.get(one) or before[one])["title"]
        for one in ids
        if _is_rewritten(before.get(one), after.get(one)) or _is_rewritten(after.get(one), before.get(one))
    ]


def moved_figures(snapshot: Snapshot, operation: Operation, *, at: dt.datetime) -> list[Change]:
    """The numbers of a frozen report that are others now; numbers that were not in it yet are not among them.

    The version of the data and the accepted submissions answer at once for most; only where both have changed are the
    data put together again and compared. A report that rests on no submission has nothing that could move.
    """
    if snapshot.data_version == operation.data_version or definition_of(snapshot.report).follows:
        return []
    used: list[int] = payload_of(snapshot)["source_submissions"]
    report = snapshot.report
    if not used or source_submissions(operation, stage=report.stage, state=report.state) == used:
        return []
    key = f"moved-figures:{snapshot.sha256}:{snapshot.pk}:{operation.data_version}"
    known: list[Change] | None = cache.get(key)
    if known is None:
        now = build_payload(snapshot.report, at=at)
        known = [one for one in changes(payload_of(snapshot), now) if one.old is not None and one.new is not None]
        cache.set(key, known, _KEPT_SECONDS)
    return known


def _by_place(payload: Mapping[str, Any]) -> dict[Place, Cell]:
    found: dict[Place, Cell] = {}
    for one in coded_cells(payload):
        found.setdefault(one.place, one.cell)
    return found


def _number(cell: Cell | None) -> dict[str, Any] | None:
    return None if cell is None else {key: cell[key] for key in _NUMBER if key in cell}


def _sections(payload: Mapping[str, Any]) -> dict[str, Block]:
    summary: Block = {"id": "summary", "title": _SUMMARY, "blocks": payload["summary"]}
    return {one["id"]: one for one in (summary, *payload["sections"])}


def _is_rewritten(one: Block | None, other: Block | None) -> bool:
    """Whether an author's text of one section is not in the other."""
    said = _paragraphs(other)
    return any(
        block.get("marks") and block["text"] not in [known["text"] for known in said] for block in _paragraphs(one)
    )


def _paragraphs(section: Block | None) -> list[Block]:
    return [] if section is None else [block for block in section["blocks"] if block["type"] == "paragraph"]
