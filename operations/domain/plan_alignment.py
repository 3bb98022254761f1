"""Last year's plan laid beside this year's, so that the two can be compared row by row.

Both have rows of their own, so the older content takes over the ids of the newer one: a measure is paired with the one
that it was copied from, an objective with the one that most of its measures came from, a stage by its kind and number,
and what is left by its words. A row that nothing was paired with keeps an id that no newer row has. The operation's own
name is read in the newer year: that it changes with the year is no change of the plan.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from typing import Any

from operations.domain.plan_content import Content, measures_of
from operations.domain.plan_copy import in_year

Row = dict[str, Any]
Ids = dict[Any, Any]
#: From how much likeness on two texts are taken for the same row, reworded.
_ALIKE = 0.6


def aligned(older: Content, newer: Content) -> Content:
    """The older content with the ids of the newer one, and with no amendment: it is told as a whole plan."""
    years = older["operation"]["year"], newer["operation"]["year"]
    older = json.loads(in_year(json.dumps(older, ensure_ascii=False), old=years[0], new=years[1]))
    return _Aligning(older, newer).carry_out()


class _Aligning:
    """One alignment: which older row stands for which newer one."""

    def __init__(self, older: Content, newer: Content) -> None:
        self.older, self.newer = older, newer
        self.measures = self._measure_ids()
        self.objectives = self._objective_ids()
        self.stages = paired(older["stages"], newer["stages"], lambda row: (row["kind"], row["number"]))
        self.procedures = paired(older["procedures"], newer["procedures"], _words, alike=True)
        self.contacts = paired(
            older["contacts"], newer["contacts"], lambda row: (row["state"], row["body"], row["name"]["ru"]), _holder
        )
        self.origins = {row["id"]: row["copied_from"] for row in measures_of(newer)}

    def carry_out(self) -> Content:
        older = self.older
        return older | {
            "amendment_reason": "",
            "stages": [self._stage(row) for row in older["stages"]],
            "objectives": [
                row
                | {
                    "id": self.objectives[row["id"]],
                    "measures": [self._measure(measure) for measure in row["measures"]],
                }
                for row in older["objectives"]
            ],
            "procedures": [row | {"id": self.procedures[row["id"]]} for row in older["procedures"]],
            "contacts": [row | {"id": self.contacts[row["id"]]} for row in older["contacts"]],
        }

    def _measure_ids(self) -> Ids:
        older, newer = list(measures_of(self.older)), list(measures_of(self.newer))
        copied: Ids = {}
        known = {row["id"] for row in older}
        for row in newer:
            if row["copied_from"] in known:
                copied.setdefault(row["copied_from"], row["id"])
        rest = [row for row in newer if row["id"] not in copied.values()]
        return paired([row for row in older if row["id"] not in copied], rest, _words) | copied

    def _objective_ids(self) -> Ids:
        """An objective is the one that most of its measures came from."""
        votes: Counter[tuple[Any, Any]] = Counter()
        home = {measure["id"]: row["id"] for row in self.newer["objectives"] for measure in row["measures"]}
        for row in self.older["objectives"]:
            votes.update(
                (row["id"], home[self.measures[measure["id"]]])
                for measure in row["measures"]
                if self.measures[measure["id"]] in home
            )
        found: Ids = {}
        for (old, new), _count in votes.most_common():
            if old not in found and new not in found.values():
                found[old] = new
        older = [row for row in self.older["objectives"] if row["id"] not in found]
        newer = [row for row in self.newer["objectives"] if row["id"] not in found.values()]
        return paired(older, newer, _words, alike=True) | found

    def _stage(self, row: Row) -> Row:
        pk = self.stages[row["id"]]
        beside: list[Row] = next((stage["windows"] for stage in self.newer["stages"] if stage["id"] == pk), [])
        windows = paired(row["windows"], beside, lambda window: window["state"])
        return row | {"id": pk, "windows": [window | {"id": windows[window["id"]]} for window in row["windows"]]}

    def _measure(self, row: Row) -> Row:
        pk = self.measures[row["id"]]
        return row | {
            "id": pk,
            "stage": self.stages.get(row["stage"]),
            "predecessors": [self.measures[before] for before in row["predecessors"] if before in self.measures],
            # where a row came from says nothing of what it says
            "copied_from": self.origins.get(pk),
        }


def paired(older: Iterable[Row], newer: Iterable[Row], *same: Callable[[Row], Any], alike: bool = False) -> Ids:
    """For each older id the newer one: the first row with the same key, the strictest key first; then by likeness."""
    found: Ids = {}
    older, rest = list(older), list(newer)
    for key in same:
        for row in older:
            match = next((other for other in rest if key(other) == key(row)), None)
            if row["id"] not in found and match is not None:
                found[row["id"]] = match["id"]
                rest.remove(match)
    for row in older:
        if alike and row["id"] not in found:
            likest = max(rest, key=lambda other: _likeness(row, other), default=None)
            if likest is not None and _likeness(row, likest) >= _ALIKE:
                found[row["id"]] = likest["id"]
                rest.remove(likest)
    return {row["id"]: found.get(row["id"], f"was-{row['id']}") for row in older}


def _words(row: Row) -> str:
    return str(row["text"]["ru"]).strip()


def _holder(row: Row) -> tuple[Any, Any]:
    return row["state"], row["body"]


def _likeness(row: Row, other: Row) -> float:
    matcher = SequenceMatcher(None, _words(row)[:1000], _words(other)[:1000], autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0
