"""What differs between two contents of a plan: rows added, removed, changed and moved.

A content is laid flat into rows by kind and id; two flat contents differ row by row. `applied` turns the first
content's rows into the second's by the difference alone, which is how the difference is known to be complete.

A row that stands among the same neighbours under another number has not moved: somebody put another row before it. The
rows that moved are the fewest whose moving explains the new order.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.domain.plan_content import Content, interval_of

Key = tuple[str, str]
Flat = dict[Key, dict[str, Any]]
#: What can become of a row, in the order in which it is told.
WHAT = ("added", "removed", "changed", "moved", "renumbered")
#: What only says where a row stands; such a change alone is a move, or a new number in the old place.
_PLACES = frozenset({"position", "number", "objective"})
#: The kinds of rows that somebody put in an order.
_ORDERED = ("objective", "measure", "procedure")


@dataclass(frozen=True)
class Change:
    """One row that differs; `fields` holds old and new values of what changed."""

    kind: str
    id: str
    what: str  # one of WHAT
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    #: of a row that stayed: whether it stands elsewhere among the rows around it
    is_moved: bool = False

    @property
    def fields(self) -> dict[str, tuple[Any, Any]]:
        names = [name for name in {**self.before, **self.after} if self.before.get(name) != self.after.get(name)]
        return {name: (self.before.get(name), self.after.get(name)) for name in names}

    @property
    def row(self) -> Mapping[str, Any]:
        """The row as it is now, or as it was when it is gone."""
        return self.after or self.before


def changes(older: Content, newer: Content) -> list[Change]:
    """Every difference, in the order of the newer plan; removed rows follow those of their kind that stayed."""
    before, after = flat(older), flat(newer)
    moved = _moved(before, after)
    found = []
    for key in sorted({*before, *after}, key=_order(before, after)):
        if key not in before:
            found.append(Change(*key, "added", after=after[key]))
        elif key not in after:
            found.append(Change(*key, "removed", before=before[key]))
        elif before[key] != after[key]:
            differing = {name for name in after[key] if before[key].get(name) != after[key][name]}
            placed = "moved" if key in moved else "renumbered"
            what = placed if differing <= _PLACES else "changed"
            found.append(Change(*key, what, before=before[key], after=after[key], is_moved=key in moved))
    return found


def applied(rows: Flat, difference: list[Change]) -> Flat:
    """The rows after the difference; of a row that changed only the fields that are named as changed are touched."""
    result = dict(rows)
    for change in difference:
        key = (change.kind, change.id)
        if change.what == "removed":
            del result[key]
        elif change.what == "added":
            result[key] = dict(change.after)
        else:
            kept = {name: value for name, value in result[key].items() if name not in change.fields}
            result[key] = kept | {name: change.after[name] for name in change.fields if name in change.after}
    return result


def counted(difference: list[Change]) -> dict[str, int]:
    """How many rows were added, removed, changed and moved; what did not occur is left out."""
    found = Counter(change.what for change in difference)
    return {what: found[what] for what in WHAT if found[what]}


def flat(content: Content) -> Flat:
    """The content as rows without nesting, each with the ids of what it belongs to."""
    rows: Flat = {("goal", ""): {"text": content["goal"]}, ("interval", ""): {"interval": interval_of(content)}}
    if content.get("amendment_reason"):
        rows["reason", ""] = {"text": content["amendment_reason"]}
    for part in content["participants"]:
        rows["participant", part["state"]] = {name: part[name] for name in ("takes_part", "absence_reason")}
    for section in content["sections"]:
        rows["section", section["kind"]] = {"kind": section["kind"], "text": section["text"]}
    for stage in content["stages"]:
        rows["stage", str(stage["id"])] = _without(stage, "id", "windows")
        for window in stage["windows"]:
            rows["window", str(window["id"])] = _without(window, "id") | {"stage": stage["id"]}
    for objective in content["objectives"]:
        rows["objective", str(objective["id"])] = _without(objective, "id", "measures")
        for measure in objective["measures"]:
            rows["measure", str(measure["id"])] = _without(measure, "id") | {"objective": objective["id"]}
    for kind, name in (("procedure", "procedures"), ("contact", "contacts")):
        for row in content[name]:
            rows[kind, str(row["id"])] = _without(row, "id")
    return rows


def _moved(before: Flat, after: Flat) -> set[Key]:
    """Rows of both texts that changed their objective, or their order among the rows that stayed with them."""
    found: set[Key] = set()
    stayed: dict[tuple[str, Any], list[Key]] = defaultdict(list)
    for key in after:
        if key[0] not in _ORDERED or key not in before:
            continue
        if before[key].get("objective") != after[key].get("objective"):
            found.add(key)
        else:
            stayed[key[0], after[key].get("objective")].append(key)
    places = {key: place for place, key in enumerate(before)}
    for keys in stayed.values():
        kept = _longest_rise([places[key] for key in keys])
        found.update(key for place, key in enumerate(keys) if place not in kept)
    return found


def _longest_rise(numbers: Sequence[int]) -> set[int]:
    """The places of the longest rising subsequence (patience sorting); the numbers are distinct."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for place, number in enumerate(numbers):
        pile = bisect_left(tops, number)
        before.append(ends[pile - 1] if pile else None)
        tops[pile : pile + 1] = [number]
        ends[pile : pile + 1] = [place]
    found: set[int] = set()
    place_or_none = ends[-1] if ends else None
    while place_or_none is not None:
        found.add(place_or_none)
        place_or_none = before[place_or_none]
    return found


def _without(row: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def _order(before: Flat, after: Flat) -> Any:
    kinds = ("reason", "goal", "interval", "participant", "section", "objective", "measure", "stage", "window")
    places = {key: place for place, key in enumerate([*before, *after])}
    places.update({key: place for place, key in enumerate(after)})

    def place(key: Key) -> tuple[int, bool, int]:
        kind = kinds.index(key[0]) if key[0] in kinds else len(kinds)
        return kind, key not in after, places[key]

    return place
