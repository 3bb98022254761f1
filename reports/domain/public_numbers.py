"""The numbers of a public edition: protected together with everything that went out before it.

Every number of the edition that says what it is of (`coded_cells`) is a cell of one table with the numbers of all
earlier public editions. What is hidden is replaced by the mark «К», together with changes and percentages reckoned from
it and with notes that quote it. What a source has made public is exempt and says so. The choice is frozen when the
edition of an approved report is first made: all its files, whenever drawn, hide the same.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from operations.domain import audit
from operations.domain.moments import moscow_date
from operations.models import Indicator, PublishedFigure, Qualifier
from reports.domain.blocks import Block, paragraph
from reports.domain.cells import Cell, Text, both, missing
from reports.domain.coded_cells import CellGroup, coded_cells, groups
from reports.domain.disclosure import NotProtected, protect
from reports.domain.disclosure_relations import IndicatorFacts
from reports.domain.disclosure_rounding import round_table
from reports.domain.disclosure_tables import Limits, Release, Table, table_of
from reports.domain.disclosure_thresholds import METHODOLOGY, Thresholds, thresholds_on
from reports.domain.editions import for_edition
from reports.domain.history import is_comparable
from reports.domain.payload import Payload, canonical_bytes, every_block
from reports.domain.places import Place
from reports.domain.snapshots import payload_of
from reports.models import Approval, DisclosureControl, DisclosureMethod, Document, Snapshot

EXEMPT = both(ru="Опубликовано источником, поэтому не скрыто.", en="Published by a source, therefore not hidden.")


@dataclass(frozen=True)
class Protected:
    """What an edition hides, or shows rounded instead of exact."""

    hidden: frozenset[Place]
    limited: Mapping[Place, int]
    rounded: Mapping[Place, int]
    primary: int
    method: str


def public_payload(snapshot: Snapshot, *, approval: Approval | None, at: dt.datetime) -> Payload:
    """The payload of the public edition. Raises `NotProtected` rather than let a number out."""
    payload = public_form(snapshot)
    if approval is None:
        return edited(payload, control_of(snapshot, payload=payload, at=at))
    return edited(payload, freeze_edition(snapshot, approval=approval, payload=payload))


def public_form(snapshot: Snapshot) -> Payload:
    """The parts of the data that a public edition has, its numbers not protected yet: never to be let out as it is."""
    return for_edition(payload_of(snapshot), Document.Edition.PUBLIC)


@transaction.atomic
def freeze_edition(
    snapshot: Snapshot, *, approval: Approval, payload: Mapping[str, Any] | None = None
) -> DisclosureControl:
    """Keeps what the public edition hides, once: by the thresholds in force when the report was approved.

    Two editions frozen at once are put one after the other by the lock of the trail. Raises `NotProtected`.
    """
    known = DisclosureControl.objects.filter(snapshot=snapshot).select_related("thresholds").first()
    if known is not None:
        return known
    audit.take_chain_lock()
    known = DisclosureControl.objects.filter(snapshot=snapshot).select_related("thresholds").first()
    if known is not None:
        return known
    control = control_of(snapshot, payload=payload, at=approval.approved_at)
    control.save(force_insert=True)
    return control


def control_of(snapshot: Snapshot, *, payload: Mapping[str, Any] | None = None, at: dt.datetime) -> DisclosureControl:
    """What the edition would hide, as things stand: not stored. For whoever clears the figures before they leave."""
    shown = payload or public_form(snapshot)
    facts = catalogue_facts()
    refuse_unplaced(shown, facts)
    thresholds = thresholds_on(moscow_date(at))
    release = release_of(shown)
    table = table_of(
        release,
        indicators=facts,
        limits=thresholds.limits,
        earlier=[_frozen_release(control) for control in _earlier(snapshot)],
    )
    found = protected(table, release, thresholds)
    return DisclosureControl(
        snapshot=snapshot,
        thresholds=thresholds.row,
        method=found.method,
        fine_cell=thresholds.limits.fine_cell,
        citizenship_cell=thresholds.limits.citizenship_cell,
        cells=len(release.values),
        primary=found.primary,
        hidden=sorted(list(place) for place in found.hidden),
        limited=sorted([*place, width] for place, width in found.limited.items()),
        rounded=sorted([*place, value] for place, value in found.rounded.items()),
        made_at=at,
    )


def control_sha256(control: DisclosureControl) -> str:
    """The hash of what an edition hides or rounds: clearing figures is bound to it, as an approval is to the data."""
    decided = {
        "method": control.method,
        "hidden": [list(one) for one in control.hidden],
        "rounded": [list(one) for one in control.rounded],
    }
    return hashlib.sha256(json.dumps(decided, sort_keys=True).encode()).hexdigest()


def protected(table: Table, release: Release, thresholds: Thresholds) -> Protected:
    """Rounds or hides, as the Council decided; where rounding would give a number away it is hidden instead."""
    primary = sum(1 for place in release.values if table.cells[place].is_sensitive)
    if thresholds.method == DisclosureMethod.ROUNDING:
        try:
            rounding = round_table(table, base=thresholds.rounding_base)
        except NotProtected:
            pass  # told by the method that is stored
        else:
            shown = {place: value for place, value in rounding.shown.items() if place in release.values}
            return Protected(frozenset(), {}, shown, primary, DisclosureMethod.ROUNDING)
    found = protect(table)
    hidden = found.hidden & release.values.keys()
    limited = {place: width for place, width in found.limited.items() if place in hidden}
    return Protected(hidden, limited, {}, primary, DisclosureMethod.SUPPRESSION)


def edited(payload: Mapping[str, Any], control: DisclosureControl) -> Payload:
    """The payload with what is hidden hidden and what is rounded rounded, in every table, chart and card."""
    copy: Payload = json.loads(canonical_bytes(dict(payload)))
    hidden = {Place(*one) for one in control.hidden}
    rounded = {Place(*one[:-1]): int(one[-1]) for one in control.rounded}
    limits = Limits(control.fine_cell, control.citizenship_cell)
    facts = catalogue_facts()
    for group in groups(copy):
        _mark_exempt(group, limits, facts)
        touched = [one for one in group.coded if one.exact is not None and one.place in hidden | rounded.keys()]
        for one in touched:
            if one.place in hidden:
                one.replace(missing("suppressed"))
            else:
                one.replace({**_bare(one.cell), "value": rounded[one.place], "qualifier": "approx"})
        if touched:
            _hide_derived(group, {id(one) for one in touched})
    if rounded:
        opening = next(one for one in [*copy["sections"], *copy["annexes"]] if one["blocks"])
        opening["blocks"].append(_said_of_rounding(control))
    copy["disclosure"] = {
        "method": control.method,
        "fine_cell": control.fine_cell,
        "citizenship_cell": control.citizenship_cell,
        "decision": {**thresholds_reference(control)},
    }
    return copy


def _said_of_rounding(control: DisclosureControl) -> Block:
    """The note without which a reader would not know how far a rounded number may be from the exact one."""
    fine, citizenship = rounding_bases(control)
    ru, en = f"Числа со знаком «около» округлены до кратных {fine}", f"Numbers marked “about” are multiples of {fine}"
    if citizenship != fine:
        ru += f", а связанные с данными о гражданстве по государствам и этапам — до кратных {citizenship}"
        en += f", and of {citizenship} where citizenship by state and stage belongs to the same sums"
    told = thresholds_reference(control)  # «Решение от 1 марта 2027 г.» has its full stop already
    return paragraph(both(ru=f"{ru}: {told['ru'].rstrip('.')}.", en=f"{en}: {told['en'].rstrip('.')}."), style="note")


def thresholds_reference(control: DisclosureControl) -> Text:
    """Which decision the edition follows."""
    if control.thresholds is None:
        return METHODOLOGY.reference
    return both(ru=control.thresholds.reference_ru, en=control.thresholds.reference_en)


def rounding_bases(control: DisclosureControl) -> tuple[int, int]:
    """What the numbers of an edition were rounded to: in most parts, and in those that hold citizenship by stage."""
    base = METHODOLOGY.rounding_base if control.thresholds is None else control.thresholds.rounding_base
    return Limits(control.fine_cell, control.citizenship_cell).rounding_bases(base)


def refuse_unplaced(payload: Mapping[str, Any], facts: Mapping[str, IndicatorFacts]) -> None:
    """A row about persons whose numbers do not say what they are of cannot be protected, so it does not go out."""
    for block in every_block(payload):
        for row in block.get("rows", ()):
            known = facts.get(row["code"])
            if known is None or not known.is_person_derived or {"codes"} <= row.keys() & block.keys():
                continue
            if any(
                cell["state"] == "value" and cell["kind"] == "number" and not cell.get("sources")
                for cell in row["cells"]
            ):
                raise NotProtected(f"table {block['id']} does not say what the numbers of {row['code']} are of")


def release_of(payload: Mapping[str, Any]) -> Release:
    """The exact numbers of an edition by place, and those that a source or a published figure has made public."""
    values: dict[Place, int] = {}
    public: set[Place] = set()
    published = published_values()
    for coded in coded_cells(payload):
        value = coded.exact
        if value is None:
            continue
        if values.setdefault(coded.place, value) != value:
            raise NotProtected(f"{coded.place} stands in the report with two different values")
        if coded.cell.get("sources") or published.get(coded.place) == value:
            public.add(coded.place)
    return Release(values=values, public=frozenset(public))


def catalogue_facts() -> dict[str, IndicatorFacts]:
    """What of the catalogue decides on protection and on sums."""
    return {
        one.code: IndicatorFacts(
            is_person_derived=one.is_person_derived,
            part_of=one.part_of.code if one.part_of else "",
            part_kind=one.part_kind,
            over_time=one.over_time,
            over_space=one.over_space,
        )
        for one in Indicator.objects.select_related("part_of")
    }


def published_values() -> dict[Place, int]:
    """Exact totals of a year that a source gives: readers have them whatever an edition does."""
    rows = (
        PublishedFigure.objects.standing()
        .filter(period_kind=PublishedFigure.PeriodKind.YEAR, qualifier=Qualifier.EQ, indicator__isnull=False)
        .select_related("indicator", "state")
    )
    scopes: dict[str, bool] = {PublishedFigure.Scope.REGIONAL: False, PublishedFigure.Scope.NATIONAL: True}
    return {
        Place(f"illegal-{row.year_from}", row.indicator.code, state=row.state.code if row.state else ""): int(row.value)
        for row in rows
        if row.indicator is not None and scopes.get(row.scope) == (row.state is not None) and is_comparable(row)
    }


def _earlier(snapshot: Snapshot) -> list[DisclosureControl]:
    return list(DisclosureControl.objects.exclude(snapshot=snapshot).select_related("snapshot").order_by("pk"))


def _frozen_release(control: DisclosureControl) -> Release:
    """What an earlier edition showed and hid; what it rounded was not shown exactly and counts as hidden."""
    release = release_of(public_form(control.snapshot))
    places: Iterable[Sequence[Any]] = [*control.hidden, *(one[:-1] for one in control.rounded)]
    hidden = frozenset(Place(*one) for one in places)
    return Release(values=release.values, hidden=hidden, public=release.public)


def _mark_exempt(group: CellGroup, limits: Limits, facts: Mapping[str, IndicatorFacts]) -> None:
    """A small number that a source has made public says why it stands there."""
    for one in group.coded:
        value = one.exact
        if value and value < limits.threshold(one.place, facts) and one.cell.get("sources") and "note" not in one.cell:
            one.replace({**one.cell, "note": dict(EXEMPT)})


def _hide_derived(group: CellGroup, touched: Collection[int]) -> None:
    """Changes, percentages and rates reckoned from a hidden number, and notes that may quote it."""
    for cell, replace in group.others:
        if cell["state"] == "value" and cell["kind"] in ("number", "money", "percent"):
            replace(missing("suppressed"))
    for one in group.coded:
        if id(one) not in touched and "note" in one.cell:
            one.replace(_bare(one.cell))


def _bare(cell: Cell) -> Cell:
    return {key: value for key, value in cell.items() if key != "note"}
