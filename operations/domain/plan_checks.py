"""What a plan still lacks: checks that are listed while drafting and decide whether it can be circulated.

A blocker holds up circulation, a warning does not. All checks read the plan's content (`plan_content`), so they cost
no query of their own and can be asked of a frozen version too. Each problem names the place where it is mended.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.plan_content import Content, measures_of, shown_content, spoken, stage_of
from operations.domain.plan_rows import circle_message, first_circle
from operations.domain.transitions import Attempt
from operations.models import Measure, PlanSection


def problems(content: Content) -> list[Problem]:
    """Every problem of the plan, blockers first."""
    found = [problem for check in _CHECKS for problem in check(content)]
    return sorted(found, key=lambda problem: not problem.blocks)


def ready_to_circulate(attempt: Attempt) -> Iterable[Problem]:
    """The need of the transition `circulate`."""
    return problems(shown_content(attempt.subject))


def _day(value: str) -> dt.date:
    return dt.date.fromisoformat(value)


def _named(stage: dict[str, Any]) -> str:
    return f"{stage['number']}. {spoken(stage['name'])}"


def _goal(content: Content) -> Iterator[Problem]:
    if not content["goal"]["ru"]:
        yield Problem(code="no_goal", field="goal_ru", href="goal", message=_("The plan has no goal yet."))


def _objectives(content: Content) -> Iterator[Problem]:
    if not content["objectives"]:
        yield Problem(code="no_objective", href="objectives", message=_("The plan has no objective yet."))
    for objective in content["objectives"]:
        href, number = f"objective-{objective['id']}", {"number": objective["position"]}
        if not objective["measures"]:
            yield Problem(
                code="objective_without_measures",
                href=href,
                blocks=False,
                message=_("Objective %(number)s has no measures.") % number,
            )
        elif not any(measure["indicators"] for measure in objective["measures"]):
            yield Problem(
                code="objective_without_indicator",
                href=href,
                blocks=False,
                message=_("No indicator shows the effect of objective %(number)s.") % number,
            )


def _stages(content: Content) -> Iterator[Problem]:
    stages, year = content["stages"], content["operation"]["year"]
    if not stages:
        yield Problem(code="no_stage", href="stages", message=_("The plan has no stage yet."))
    for place, stage in enumerate(stages):
        href = f"stage-{stage['id']}"
        if {_day(stage["start"]).year, _day(stage["end"]).year} != {year}:
            yield Problem(
                code="stage_outside_the_year",
                href=href,
                message=_("The stage “%(stage)s” is outside the year %(year)s.")
                % {"stage": _named(stage), "year": year},
            )
        for other in stages[:place]:
            if other["start"] <= stage["end"] and stage["start"] <= other["end"]:
                yield Problem(
                    code="stages_overlap",
                    href=href,
                    message=_("The stages “%(one)s” and “%(other)s” overlap.")
                    % {"one": _named(other), "other": _named(stage)},
                )


def _windows(content: Content) -> Iterator[Problem]:
    taking_part = {part["state"] for part in content["participants"] if part["takes_part"]}
    for stage in content["stages"]:
        for window in stage["windows"]:
            words = {"state": spoken(content["names"]["states"][window["state"]]), "stage": _named(stage)}
            if window["start"] < stage["start"] or window["end"] > stage["end"]:
                yield Problem(
                    code="window_outside_the_stage",
                    href=f"window-{window['id']}",
                    message=_("The dates of %(state)s are outside the stage “%(stage)s”.") % words,
                )
            if window["state"] not in taking_part:
                yield Problem(
                    code="window_of_absent_state",
                    href=f"window-{window['id']}",
                    message=_("%(state)s does not take part, but has dates in the stage “%(stage)s”.") % words,
                )


def _measures(content: Content) -> Iterator[Problem]:
    for measure in measures_of(content):
        href, number = f"measure-{measure['id']}", {"number": measure["number"]}
        if not any(measure[name] for name in ("responsible_kinds", "responsible_states", "responsible_bodies")):
            yield Problem(
                code="measure_without_responsible",
                href=href,
                message=_("Nobody is responsible for measure %(number)s.") % number,
            )
        if not _is_timed(measure):
            yield Problem(
                code="measure_without_timing",
                href=href,
                message=_("Measure %(number)s has neither a stage nor dates.") % number,
            )
        stage = stage_of(content, measure["stage"])
        if stage and _leaves(measure, stage):
            yield Problem(
                code="measure_outside_the_stage",
                href=href,
                blocks=False,
                message=_("The dates of measure %(number)s are outside its stage “%(stage)s”.")
                % {**number, "stage": _named(stage)},
            )


def _is_timed(measure: dict[str, Any]) -> bool:
    if measure["timing"] == Measure.Timing.DURING_STAGE:
        return measure["stage"] is not None
    if measure["timing"] == Measure.Timing.DATES:
        return bool(measure["start"] or measure["end"])
    return True


def _leaves(measure: dict[str, Any], stage: dict[str, Any]) -> bool:
    early = measure["start"] and measure["start"] < stage["start"]
    late = measure["end"] and measure["end"] > stage["end"]
    return bool(early or late)


def _circles(content: Content) -> Iterator[Problem]:
    numbers = {measure["id"]: measure["number"] for measure in measures_of(content)}
    circle = first_circle({measure["id"]: measure["predecessors"] for measure in measures_of(content)})
    if circle:
        yield Problem(
            code="circular",
            href=f"measure-{circle[0]}",
            message=circle_message(" → ".join(numbers[pk] for pk in circle)),
        )


def _translations(content: Content) -> Iterator[Problem]:
    for href, name, texts in _texts(content):
        if bool(texts["ru"]) != bool(texts["en"]):
            message = _("%(what)s has no English text.") if texts["ru"] else _("%(what)s has no Russian text.")
            yield Problem(code="no_translation", href=href, blocks=False, message=message % {"what": name})


def _texts(content: Content) -> Iterator[tuple[str, Any, dict[str, str]]]:
    """Every text in two languages: where it stands, what to call it, and its wording."""
    yield "goal", _("The goal"), content["goal"]
    for section in content["sections"]:
        label = PlanSection.Kind(section["kind"]).label
        yield f"section-{section['kind']}", _("The section “%(section)s”") % {"section": label}, section["text"]
    for stage in content["stages"]:
        name = _("The name of stage %(number)s") % {"number": stage["number"]}
        yield f"stage-{stage['id']}", name, stage["name"]
    for objective in content["objectives"]:
        name = _("Objective %(number)s") % {"number": objective["position"]}
        yield f"objective-{objective['id']}", name, objective["text"]
        for measure in objective["measures"]:
            number = {"number": measure["number"]}
            yield f"measure-{measure['id']}", _("Measure %(number)s") % number, measure["text"]
            result = _("The expected result of measure %(number)s") % number
            yield f"measure-{measure['id']}", result, measure["expected_result"]
    for procedure in content["procedures"]:
        name = _("Procedure %(number)s") % {"number": procedure["position"]}
        yield f"procedure-{procedure['id']}", name, procedure["text"]


_CHECKS = (_goal, _objectives, _stages, _windows, _measures, _circles, _translations)
