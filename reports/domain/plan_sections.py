"""The twelve sections of the plan's official form, composed from the content of one version or of the draft.

The content is the only source: a frozen version reads the same for good. A text that exists in one language stands in
for the other; a section that nobody has written yet says so instead of disappearing from the form.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any

from operations.domain.plan_content import Content, interval_of
from operations.domain.plan_reading import OUTLINE, Reading
from operations.domain.rich_text import plain_text
from operations.models import Plan
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, blank, both, number, same, words
from reports.domain.texts import days_text, joined, of_content, roman

TITLES: dict[str, Text] = {
    "general": both(ru="Общие положения", en="General provisions"),
    "situation": both(ru="Оценка обстановки, прогноз", en="Situation and forecast"),
    "concept": both(ru="Замысел, цель и задачи", en="Concept, goal and objectives"),
    "forces": both(ru="Участники, силы и средства", en="Participants, forces and means"),
    "stages": both(ru="Этапы и сроки", en="Stages and dates"),
    "measures": both(ru="Мероприятия", en="Measures"),
    "exchange": both(ru="Взаимодействие и обмен информацией", en="Cooperation and exchange of information"),
    "command": both(ru="Управление и связь", en="Command and communications"),
    "legality": both(ru="Законность и права человека", en="Legality and human rights"),
    "recording": both(ru="Учёт и отчётность", en="Recording and reporting"),
    "media": both(ru="Информационное сопровождение", en="Media"),
    "control": both(ru="Контроль", en="Control"),
}
UNWRITTEN = both(ru="Текст раздела не внесён.", en="Nothing is written in this section yet.")
ALL_STATES = both(ru="все государства – участники операции", en="all participating states")
TEXT = "text"
_PARAGRAPHS = re.compile(r"\n+")


class PlanText:
    """The content of a plan with its codes spelled out, each text in both languages."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.ru, self.en = Reading(content, language="ru"), Reading(content, language="en")
        self.taking_part = {part["state"] for part in content["participants"] if part["takes_part"]}

    def named(self, kind: str, code: str) -> Text:
        return both(ru=self.ru.named(kind, code), en=self.en.named(kind, code))

    def state(self, code: str) -> Text:
        return self.named("states", code)

    def measures(self) -> list[tuple[dict[str, Any], Text]]:
        """Every measure with its timing in words."""
        found = []
        for objective in self.content["objectives"]:
            for measure in objective["measures"]:
                found.append((measure, both(ru=self.ru.timing(measure), en=self.en.timing(measure))))
        return found

    def responsible(self, measure: dict[str, Any]) -> Text:
        """Kinds of authorities and bodies, then the states: by name, unless they are all that take part."""
        states = measure["responsible_states"]
        names = self._names(measure, "responsible_kinds", "responsible_bodies")
        if states and set(states) == self.taking_part:
            return joined([*names, ALL_STATES], by="; ")
        return joined([*names, *(self.state(code) for code in states)], by="; ")

    def co_executors(self, measure: dict[str, Any]) -> Text:
        return joined(self._names(measure, "co_executor_kinds", "co_executor_bodies"), by="; ")

    def _names(self, measure: dict[str, Any], *columns: str) -> list[Text]:
        return [self.named(column.rsplit("_", 1)[1], code) for column in columns for code in measure[column]]


def sections(plan: PlanText) -> list[Block]:
    """All twelve, in the order of the form."""
    written = {section["kind"]: section["text"] for section in plan.content["sections"]}
    found = []
    for place, (name, _title, kind) in enumerate(OUTLINE, start=1):
        text = prose(written.get(kind or "", {"ru": "", "en": ""}))
        composed = _COMPOSED[name](plan) if name in _COMPOSED else []
        content = [*text, *composed] or [blocks.paragraph(UNWRITTEN, style="note")]
        found.append(blocks.section(id=f"plan-{name}", number=str(place), title=TITLES[name], blocks=content))
    return found


def prose(texts: dict[str, str]) -> list[Block]:
    """A text that somebody wrote, or nothing. Each item of a list becomes a paragraph with its dash or number."""
    text = written(texts)
    if not text["ru"].strip():
        return []
    return [blocks.paragraph(both(ru=_PARAGRAPHS.sub("\n\n", text["ru"]), en=_PARAGRAPHS.sub("\n\n", text["en"])))]


def written(texts: dict[str, str]) -> Text:
    """A text as it was typed, without its marks of Markdown: paper has no links, and tables no lists."""
    text = of_content(texts)
    return both(ru=plain_text(text["ru"]), en=plain_text(text["en"]))


def cell_of(text: Text) -> Cell:
    """A cell of words; without any it stays empty."""
    return words(text) if text["ru"].strip() else blank()


def text_columns(*headings: Text) -> list[Block]:
    return [blocks.column(heading=heading, kind=TEXT) for heading in headings]


def _general(plan: PlanText) -> list[Block]:
    reason = plan.content["amendment_reason"]
    if not reason:
        return []
    told = both(ru=f"Основание внесения изменений: {reason}", en=f"Reason of the amendment: {reason}")
    return [blocks.paragraph(told)]


def _concept(plan: PlanText) -> list[Block]:
    goal = written(plan.content["goal"])
    found = []
    if goal["ru"].strip():
        found.append(
            blocks.paragraph(both(ru=f"Цель операции: {goal['ru']}", en=f"Goal of the operation: {goal['en']}"))
        )
    objectives = [written(objective["text"]) for objective in plan.content["objectives"]]
    if objectives:
        found.append(blocks.paragraph(both(ru="Задачи операции:", en="Objectives of the operation:")))
        found.append(blocks.listing(objectives, ordered=True))
    return found


def _forces(plan: PlanText) -> list[Block]:
    parts = plan.content["participants"]
    taking = [plan.state(part["state"]) for part in parts if part["takes_part"]]
    found: list[Block] = []
    if taking:
        names = joined(taking)
        told = both(ru=f"В операции участвуют: {names['ru']}.", en=f"States taking part: {names['en']}.")
        found.append(blocks.paragraph(told))
    for part in (part for part in parts if not part["takes_part"]):
        name, reason = plan.state(part["state"]), of_content(part["absence_reason"])
        told = both(
            ru=f"Не участвует: {name['ru']} ({reason['ru']}).", en=f"Not taking part: {name['en']} ({reason['en']})."
        )
        found.append(blocks.paragraph(told))
    return found


def _stages(plan: PlanText) -> list[Block]:
    stages = list(zip(plan.ru.stages(), plan.en.stages(), strict=True))
    if not stages:
        return []
    has_codenames = any(stage["codename"] for stage, _english in stages)
    columns = [
        blocks.column(heading=both(ru="Наименование", en="Name"), kind=TEXT, weight=3),
        blocks.column(heading=both(ru="Вид", en="Kind"), kind=TEXT),
        *text_columns(*([both(ru="Условное наименование", en="Codename")] if has_codenames else [])),
        blocks.column(heading=both(ru="Сроки", en="Dates"), kind=TEXT, weight=2),
        blocks.column(heading=both(ru="Дней", en="Days")),
    ]
    rows = []
    for russian, english in stages:
        cells = [cell_of(both(ru=russian["name"], en=english["name"]))]
        cells.append(cell_of(both(ru=russian["kind"], en=english["kind"])))
        if has_codenames:
            cells.append(cell_of(same(russian["codename"])))
        cells += [words(days_text(russian["start"], russian["end"])), number(russian["days"])]
        rows.append(blocks.row(header=same(roman(russian["number"])), cells=cells))
    told = both(
        ru="Сроки, установленные государствами внутри этапов, приведены в приложении\u00a01, план-график – "
        "в приложении\u00a02.",
        en="The states' own dates inside the stages are in Annex\u00a01, the timeline is in Annex\u00a02.",
    )
    table = blocks.table(
        id="table-stages",
        caption=both(ru="Этапы операции", en="Stages of the operation"),
        stub=both(ru="Этап", en="Stage"),
        columns=columns,
        rows=rows,
        orientation="portrait",
        numbered=False,
    )
    return [table, blocks.paragraph(told)]


def _measures(plan: PlanText) -> list[Block]:
    timings = {measure["id"]: timing for measure, timing in plan.measures()}
    rows: list[Block] = []
    for objective in plan.content["objectives"]:
        text = written(objective["text"])
        place = objective["position"]
        rows.append(blocks.group_row(both(ru=f"Задача {place}. {text['ru']}", en=f"Objective {place}. {text['en']}")))
        rows += [_measure_row(plan, measure, timings[measure["id"]]) for measure in objective["measures"]]
    if not any(row["style"] == "normal" for row in rows):
        return []
    headings = (
        (both(ru="Мероприятие", en="Measure"), 4),
        (both(ru="Ожидаемый результат", en="Expected result"), 3),
        (both(ru="Срок исполнения", en="Timing"), 2),
        (both(ru="Ответственные", en="Responsible"), 3),
        (both(ru="Соисполнители", en="Co-executors"), 2),
    )
    return [
        blocks.table(
            id="table-measures",
            caption=both(ru="Мероприятия операции", en="Measures of the operation"),
            stub=both(ru="№", en="No."),
            columns=[blocks.column(heading=heading, kind=TEXT, weight=weight) for heading, weight in headings],
            rows=rows,
            orientation="landscape",
            numbered=False,
        )
    ]


def _measure_row(plan: PlanText, measure: dict[str, Any], timing: Text) -> Block:
    cells: Sequence[Cell] = [
        cell_of(written(measure["text"])),
        cell_of(written(measure["expected_result"])),
        cell_of(timing),
        cell_of(plan.responsible(measure)),
        cell_of(plan.co_executors(measure)),
    ]
    return blocks.row(header=same(measure["number"]), cells=cells)


def _exchange(plan: PlanText) -> list[Block]:
    procedures = [written(row["text"]) for row in plan.content["procedures"]]
    return [blocks.listing(procedures, ordered=True)] if procedures else []


def _recording(plan: PlanText) -> list[Block]:
    told = both(
        ru="Показатели и правила их учёта приведены в приложении 3, формы отчётности – в приложении 4.",
        en="Indicators and the rules of counting are in Annex 3, the forms of returns are in Annex 4.",
    )
    by_month = interval_of(plan.content) == Plan.Interval.MONTH
    rhythm = both(
        ru="Сведения об информационном обмене, миграционных потоках и профилактике представляются "
        f"{'ежемесячно' if by_month else 'ежеквартально'}.",
        en="Information exchange, migration flows and prevention are reported by "
        f"{'month' if by_month else 'quarter'}.",
    )
    return [blocks.paragraph(told), blocks.paragraph(rhythm)]


_COMPOSED: dict[str, Callable[[PlanText], list[Block]]] = {
    "general": _general,
    "concept": _concept,
    "forces": _forces,
    "stages": _stages,
    "measures": _measures,
    "exchange": _exchange,
    "recording": _recording,
}
