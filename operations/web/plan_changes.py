"""What differs between two texts of a plan, in words: which row, which field, the old and the new value.

Long texts are shown as they are read, without the marks they were typed with. Of a row that was added or removed every
field can be looked at as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.domain import wording
from operations.domain.plan_compare import Change, changes, counted
from operations.domain.plan_content import Content, measures_of
from operations.domain.plan_reading import day_of
from operations.domain.rich_text import plain_text
from operations.models import Measure, Plan, PlanSection, Stage
from operations.web.tags import label, reader_language
from operations.web.text_changes import drawn_changes

WHAT: dict[str, Promise] = {
    "added": gettext_lazy("Added"),
    "removed": gettext_lazy("Removed"),
    "changed": gettext_lazy("Changed"),
    "moved": gettext_lazy("Moved"),
    "renumbered": gettext_lazy("New number"),
}
_ROWS: dict[str, Promise] = {
    "goal": gettext_lazy("Goal"),
    "interval": gettext_lazy("Periodic returns"),
    "reason": gettext_lazy("Reason of the amendment"),
    "participant": gettext_lazy("Participation"),
    "section": gettext_lazy("Section"),
    "stage": gettext_lazy("Stage"),
    "window": gettext_lazy("National dates"),
    "objective": gettext_lazy("Objective"),
    "measure": gettext_lazy("Measure"),
    "procedure": gettext_lazy("Procedure"),
    "contact": gettext_lazy("Contact"),
}
_FIELDS: dict[str, Promise] = {
    "text": gettext_lazy("Text"),
    "interval": gettext_lazy("Periodic returns"),
    "expected_result": gettext_lazy("Expected result"),
    "timing": gettext_lazy("Timing"),
    "stage": gettext_lazy("Stage"),
    "start": gettext_lazy("First day"),
    "end": gettext_lazy("Last day"),
    "name": gettext_lazy("Name"),
    "codename": gettext_lazy("Codename"),
    "kind": gettext_lazy("Kind"),
    "number": gettext_lazy("Number"),
    "position": gettext_lazy("Place"),
    "objective": gettext_lazy("Objective"),
    "state": gettext_lazy("State"),
    "body": gettext_lazy("Body"),
    "responsible_kinds": gettext_lazy("Responsible authorities"),
    "responsible_states": gettext_lazy("Responsible states"),
    "responsible_bodies": gettext_lazy("Responsible bodies"),
    "co_executor_kinds": gettext_lazy("Co-executing authorities"),
    "co_executor_bodies": gettext_lazy("Co-executing bodies"),
    "predecessors": gettext_lazy("After"),
    "indicators": gettext_lazy("Indicators"),
    "takes_part": gettext_lazy("Takes part"),
    "absence_reason": gettext_lazy("Reason of the absence"),
    "post": gettext_lazy("Post"),
    "telephone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"),
}
#: Which name table the codes of a field belong to.
_CODED = {
    "responsible_kinds": "kinds",
    "responsible_states": "states",
    "responsible_bodies": "bodies",
    "co_executor_kinds": "kinds",
    "co_executor_bodies": "bodies",
    "indicators": "indicators",
    "state": "states",
    "body": "bodies",
}
_CHOICES = {
    "timing": Measure.Timing,
    "interval": Plan.Interval,
    "stage.kind": Stage.Kind,
    "section.kind": PlanSection.Kind,
}
#: Long texts that take simple Markdown; the reason of an amendment is a comment and takes none.
_RICH = frozenset({"text", "expected_result"})
#: What says nothing to a reader; of a measure its number says the place.
_NOT_SHOWN = frozenset({"copied_from"})
_NOT_SHOWN_OF = {"measure": frozenset({"position"}), "section": frozenset({"kind"})}


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed since an earlier text, under a heading; `counts` says how much of each.

    Told apart, because nobody decided them: dates that the new year alone has moved (`carried`), and rows that have
    another number because of a row before them (`renumbered`).
    """

    heading: str
    changes: list[dict[str, Any]]
    counts: list[tuple[str, str, int]]
    carried: list[dict[str, Any]]
    renumbered: list[dict[str, Any]]


def compared(heading: str, older: Content, newer: Content) -> Comparison:
    """The comparison as pages show it."""
    words, told = _Words(older, newer), changes(older, newer)
    years = older["operation"]["year"], newer["operation"]["year"]
    carried = [change for change in told if years[0] != years[1] and _is_carried(change, *years)]
    renumbered = [change for change in told if change.what == "renumbered"]
    apart = {(change.kind, change.id) for change in (*carried, *renumbered)}
    found = [change for change in told if (change.kind, change.id) not in apart]
    return Comparison(
        carried=[words.entry(change) for change in carried],
        renumbered=[words.entry(change) for change in renumbered],
        heading=heading,
        changes=[words.entry(change) for change in found],
        counts=[(what, str(WHAT[what]), count) for what, count in counted(found).items()],
    )


def _is_carried(change: Change, old: int, new: int) -> bool:
    """Whether only the dates differ, and only by the year: they keep their weekday, a few days off."""
    if change.what != "changed" or not set(change.fields) <= {"start", "end"}:
        return False
    return all(
        before is not None and after is not None and _same_day(day_of(before), day_of(after), new - old)
        for before, after in change.fields.values()
    )


def _same_day(before: Any, after: Any, years: int) -> bool:
    off = (after - before).days - 365.25 * years
    return before.weekday() == after.weekday() and abs(off) < 5


_ORDER = list(_FIELDS)


def _place(item: tuple[str, Any]) -> int:
    """Fields are told in the order of the form, not of the alphabet."""
    return _ORDER.index(item[0]) if item[0] in _ORDER else len(_ORDER)


class _Words:
    """Spells out values of both contents; the names that each row had come from its own content."""

    def __init__(self, older: Content, newer: Content) -> None:
        self.contents = (older, newer)

    def entry(self, change: Change) -> dict[str, Any]:
        content = self.contents[0 if change.what == "removed" else 1]
        is_whole = change.what in ("added", "removed")
        return {
            "what": change.what,
            "what_words": WHAT[change.what],
            "is_moved": change.is_moved and change.what == "changed",
            "kind": _ROWS[change.kind],
            "name": self._name(change, content),
            "fields": [] if is_whole else list(self._fields(change)),
            "whole": list(self._fields(change)) if is_whole else [],
        }

    def _name(self, change: Change, content: Content) -> str:
        row = change.row
        if change.kind == "participant":
            return label(content["names"]["states"][change.id])
        if change.kind == "window":
            return ", ".join(self._value(name, row[name], content, "window") for name in ("state", "stage"))
        if change.kind == "section":
            return str(PlanSection.Kind(change.id).label)
        number = row.get("number") or row.get("position")
        text = label(row.get("name")) or plain_text(label(row.get("text"))).partition("\n")[0]
        text = text if change.kind not in ("goal", "reason") else ""
        return f"{number}. {text}" if number and text else text

    def _fields(self, change: Change) -> Iterable[dict[str, Any]]:
        hidden = _NOT_SHOWN | _NOT_SHOWN_OF.get(change.kind, frozenset())
        for name, (before, after) in sorted(change.fields.items(), key=_place):
            if name in hidden:
                continue
            if isinstance(before or after, Mapping):
                yield from self._texts(name, before or {}, after or {})
            elif name in _RICH:
                yield {"label": _FIELDS[name], "drawn": drawn_changes(before or "", after or "", is_rich=False)}
            else:
                yield from self._values(change, name, before, after)

    def _values(self, change: Change, name: str, before: Any, after: Any) -> Iterable[dict[str, Any]]:
        """A value that is no text; of a row that was added or removed only what it has, on its own side."""
        shown = {
            "label": _FIELDS[name],
            "before": self._value(name, before, self.contents[0], change.kind),
            "after": self._value(name, after, self.contents[1], change.kind),
        }
        if change.what in ("added", "removed"):
            shown["one"] = shown["after" if change.what == "added" else "before"]
            if shown["one"] == "—":
                return
        yield shown

    @staticmethod
    def _texts(name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[dict[str, Any]]:
        for language, words in (("ru", _("in Russian")), ("en", _("in English"))):
            old, new = before.get(language, ""), after.get(language, "")
            if old != new:
                drawn = drawn_changes(old, new, is_rich=name in _RICH)
                yield {"label": f"{_FIELDS[name]} ({words})", "lang": language, "drawn": drawn}

    def _value(self, name: str, value: Any, content: Content, kind: str) -> str:
        choices = _CHOICES.get(name) or _CHOICES.get(f"{kind}.{name}")
        if value in (None, "", []):
            return "—"
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if choices is not None:
            return str(choices(value).label)
        if name in _CODED:
            codes = value if isinstance(value, list) else [value]
            return ", ".join(label(content["names"][_CODED[name]].get(code, {})) or str(code) for code in codes)
        if name in ("start", "end"):
            return wording.short_date_text(day_of(value) or value, language=reader_language())
        return self._reference(name, value, content)

    @staticmethod
    def _reference(name: str, value: Any, content: Content) -> str:
        if name == "stage":
            found = next((stage for stage in content["stages"] if stage["id"] == value), None)
            return f"{found['number']}. {label(found['name'])}" if found else str(value)
        if name == "objective":
            found = next((row for row in content["objectives"] if row["id"] == value), None)
            return str(found["position"]) if found else str(value)
        if name == "predecessors":
            numbers = {measure["id"]: measure["number"] for measure in measures_of(content)}
            return ", ".join(numbers.get(pk, str(pk)) for pk in value)
        return str(value)
