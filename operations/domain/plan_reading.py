"""The plan as a reader sees it: the content in the order of the official form, with codes spelled out in a language.

Pages and the plan's document read the same thing; only what they draw with it differs. Nothing here asks the database.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from operations.domain import wording
from operations.domain.plan_accounts import HowFar
from operations.domain.plan_content import Content, interval_of, stage_of
from operations.models import Measure, Plan, PlanSection, Stage

Kind = PlanSection.Kind
#: The twelve sections of the official form: title, and the narrative section that it opens with.
OUTLINE: tuple[tuple[str, Promise, str | None], ...] = (
    ("general", _("General provisions"), Kind.GENERAL),
    ("situation", _("Situation and forecast"), Kind.SITUATION),
    ("concept", _("Concept, goal and objectives"), Kind.CONCEPT),
    ("forces", _("Participants, forces and means"), Kind.FORCES),
    ("stages", _("Stages and dates"), None),
    ("measures", _("Measures"), None),
    ("exchange", _("Cooperation and exchange of information"), None),
    ("command", _("Command and communications"), Kind.COMMAND),
    ("legality", _("Legality and human rights"), Kind.LEGALITY),
    ("recording", _("Recording and reporting"), Kind.RECORDING),
    ("media", _("Media"), Kind.MEDIA),
    ("control", _("Control"), Kind.CONTROL),
)


@dataclass(frozen=True, kw_only=True)
class Section:
    """A section of the form: its number, its title, and what was written in it."""

    number: int
    name: str
    title: str
    kind: str | None
    text: str


class Reading:
    """A content in one language. Texts missing in that language are shown in the other rather than not at all."""

    def __init__(
        self,
        content: Content,
        *,
        language: str,
        progress: Mapping[int, HowFar] | None = None,
        origins: Mapping[int, Measure] | None = None,
        standing_texts: frozenset[str] = frozenset(),
    ) -> None:
        self.content, self.language = content, language
        self.progress, self.origins = progress or {}, origins or {}
        self.standing_texts = standing_texts
        self.names = content["names"]

    def text(self, texts: dict[str, str] | None) -> str:
        texts = texts or {}
        return texts.get(self.language) or texts.get("en" if self.language == "ru" else "ru") or ""

    @property
    def goal(self) -> str:
        return self.text(self.content["goal"])

    @property
    def interval(self) -> str:
        """What the periodic returns cover, in words."""
        return str(Plan.Interval(interval_of(self.content)).label)

    @property
    def amendment_reason(self) -> str:
        return str(self.content["amendment_reason"])

    def sections(self) -> list[Section]:
        written = {section["kind"]: self.text(section["text"]) for section in self.content["sections"]}
        with wording.in_language(self.language):
            return [
                Section(number=number, name=name, title=str(title), kind=kind, text=written.get(kind or "", ""))
                for number, (name, title, kind) in enumerate(OUTLINE, start=1)
            ]

    def participants(self) -> list[dict[str, Any]]:
        return [
            {
                "name": self.named("states", part["state"]),
                "takes_part": part["takes_part"],
                "absence_reason": self.text(part["absence_reason"]),
            }
            for part in self.content["participants"]
        ]

    def stages(self) -> list[dict[str, Any]]:
        return [
            {
                "id": stage["id"],
                "number": stage["number"],
                "kind": self._label(Stage.Kind, stage["kind"]),
                "name": self.text(stage["name"]),
                "codename": stage["codename"],
                "start": day_of(stage["start"]),
                "end": day_of(stage["end"]),
                "days": (_sure(stage["end"]) - _sure(stage["start"])).days + 1,
                "windows": [
                    {
                        "id": window["id"],
                        "state": self.named("states", window["state"]),
                        "codename": window["codename"],
                        "start": day_of(window["start"]),
                        "end": day_of(window["end"]),
                    }
                    for window in stage["windows"]
                ],
            }
            for stage in self.content["stages"]
        ]

    def objectives(self) -> list[dict[str, Any]]:
        numbers = {m["id"]: m["number"] for o in self.content["objectives"] for m in o["measures"]}
        return [
            {
                "id": objective["id"],
                "position": objective["position"],
                "text": self.text(objective["text"]),
                "measures": [self._measure(measure, numbers) for measure in objective["measures"]],
            }
            for objective in self.content["objectives"]
        ]

    def procedures(self) -> list[dict[str, Any]]:
        return [row | {"text": self.text(row["text"])} for row in self.content["procedures"]]

    def contacts(self) -> list[dict[str, Any]]:
        return [
            {
                "id": row["id"],
                "of": self.named("states", row["state"]) or self.named("bodies", row["body"]),
                "name": self.text(row["name"]),
                "post": self.text(row["post"]),
                "telephone": row["telephone"],
                "email": row["email"],
            }
            for row in self.content["contacts"]
        ]

    def named(self, kind: str, code: str | None) -> str:
        """The name that a code had when the content was put together."""
        return self.text(self.names[kind].get(code)) if code else ""

    def _measure(self, measure: dict[str, Any], numbers: dict[int, str]) -> dict[str, Any]:
        return {
            "id": measure["id"],
            "number": measure["number"],
            "position": measure["position"],
            "text": self.text(measure["text"]),
            "expected_result": self.text(measure["expected_result"]),
            "timing": self.timing(measure),
            "responsible": self._sides(measure, "responsible_kinds", "responsible_bodies", "responsible_states"),
            "co_executors": self._sides(measure, "co_executor_kinds", "co_executor_bodies"),
            "after": [numbers[pk] for pk in measure["predecessors"] if pk in numbers],
            "indicators": [(code, self.named("indicators", code)) for code in measure["indicators"]],
            "is_copied": measure["copied_from"] is not None,
            "is_standing": measure["text"]["ru"] in self.standing_texts,
            "came_from": self.origins.get(measure["copied_from"]),
            "progress": self._progress(measure["id"]),
        }

    def _progress(self, pk: int) -> dict[str, Any] | None:
        """How far the measure is, as a code and in words; only where the reading was told."""
        found = self.progress.get(pk)
        if found is None:
            return None
        return {
            "code": found.status,
            "label": self._label(Measure.Progress, found.status),
            "done": found.done,
            "sides": found.sides,
        }

    def _sides(self, measure: dict[str, Any], *names: str) -> list[str]:
        tables = {"kinds": "kinds", "bodies": "bodies", "states": "states"}
        return [self.named(tables[name.rsplit("_", 1)[1]], code) for name in names for code in measure[name]]

    def timing(self, measure: dict[str, Any]) -> str:
        """«постоянно», «ежеквартально», the stage or the dates, in words."""
        with wording.in_language(self.language):
            if measure["timing"] == Measure.Timing.PERMANENT:
                return pgettext("timing of a measure", "permanently")
            if measure["timing"] == Measure.Timing.QUARTERLY:
                return pgettext("timing of a measure", "quarterly")
            stage = stage_of(self.content, measure["stage"])
            if measure["timing"] == Measure.Timing.DURING_STAGE:
                return gettext("during stage %(number)s") % {"number": stage["number"]} if stage else "—"
            first, last = day_of(measure["start"]), day_of(measure["end"])
            known = [wording.short_date_text(day, language=self.language) for day in (first, last) if day]
            if first and last:
                return f"{known[0]} – {known[1]}"
            if last:
                return gettext("by %(day)s") % {"day": known[0]}
            return gettext("from %(day)s") % {"day": known[0]} if known else "—"

    def _label(self, choices: Any, code: str) -> str:
        with wording.in_language(self.language):
            return str(choices(code).label)


def day_of(value: str | None) -> dt.date | None:
    return dt.date.fromisoformat(value) if value else None


def _sure(value: str) -> dt.date:
    return dt.date.fromisoformat(value)
