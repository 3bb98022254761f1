"""The forms of the plan's editor: one for each kind of row, drawn from the choices that the plan offers."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from operations.domain.plan_rows import taking_part
from operations.models import (
    AgencyKind,
    Body,
    Indicator,
    IndicatorGroup,
    Measure,
    MemberState,
    Plan,
    PlanSection,
    Stage,
)
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, radios, select, ticks
from operations.web.tags import label

#: What a kind of row is called on the editor's pages: a new one, one that is there, and a field's pair of languages.
TITLES: dict[str, tuple[Any, Any]] = {
    "objective": (_("New objective"), _("Objective")),
    "measure": (_("New measure"), _("Measure")),
    "stage": (_("New stage"), _("Stage")),
    "window": (_("National dates of a state"), _("National dates")),
    "procedure": (_("New procedure"), _("Procedure of cooperation and exchange")),
    "contact": (_("New contact"), _("Contact")),
}

#: What belongs into each section of the official form.
SECTION_HINTS: dict[str, Any] = {
    PlanSection.Kind.GENERAL: _("The decisions and regulations on which the operation rests; the years it covers."),
    PlanSection.Kind.SITUATION: _("What the situation is, in sums and trends, and what is expected this year."),
    PlanSection.Kind.CONCEPT: _("How the operation is carried out: its stages and how they follow one another."),
    PlanSection.Kind.FORCES: _("Which authorities of the states take part, and which invited bodies support them."),
    PlanSection.Kind.COMMAND: _("Who is in command, who is on duty, and over which channels they communicate."),
    PlanSection.Kind.LEGALITY: _("How rights are explained and respected, and where complaints go."),
    PlanSection.Kind.RECORDING: _("Which forms are used, when they are due, and that no personal data is in them."),
    PlanSection.Kind.MEDIA: _("Who speaks to the press, and with whom the words are agreed."),
    PlanSection.Kind.CONTROL: _("Who follows the execution of the plan, and when it is reviewed."),
}


def row_form(
    kind: str,
    plan: Plan,
    *,
    row: Any = None,
    typed: QueryDict | None = None,
    initial: Mapping[str, Any] | None = None,
) -> DrawnForm:
    """The form of a kind of row: of a new one, of a row that is there, or of what was typed."""
    form = DrawnForm(typed, initial=_initial(kind, row) if row is not None else dict(initial or {}))
    form.fields.update(_FIELDS[kind](plan, row))
    form.fields["revision"] = hidden()
    return form


def texts_form(stem: str, words: Any, *, row: Any, typed: QueryDict | None = None, rows: int = 8) -> DrawnForm:
    """A form of one text in both languages: the goal, a section."""
    names = [f"{stem}_ru", f"{stem}_en"]
    form = DrawnForm(typed, initial={name: getattr(row, name) for name in [*names, "revision"]})
    form.fields.update({name: lines(words, rows=rows) for name in names})
    form.fields["revision"] = hidden()
    return form


def goal_form(plan: Plan, *, typed: QueryDict | None = None) -> DrawnForm:
    """The goal in both languages, and what the periodic returns of the plan cover."""
    form = texts_form("goal", _("Goal of the operation"), row=plan, typed=typed, rows=5)
    form.initial["interval"] = plan.interval
    form.fields["interval"] = radios(
        _("Periodic returns"),
        Plan.Interval.choices,
        hint=_("Exchange of information, flows and prevention; due on the 15th after the quarter or the month."),
    )
    return form


def _initial(kind: str, row: Any) -> dict[str, Any]:
    values: dict[str, Any] = {"revision": row.revision}
    for name in _FIELD_NAMES[kind]:
        value = getattr(row, name)
        if hasattr(value, "all"):
            value = [getattr(item, "code", None) or item.pk for item in value.all()]
        elif hasattr(value, "pk"):
            value = value.code if isinstance(value, MemberState | Body) else value.pk
        values[name] = value
    return values


def _coded(rows: Iterable[Any]) -> list[tuple[str, str]]:
    return [(row.code, label(row)) for row in rows]


def _text_fields(plan: Plan, row: Any) -> dict[str, Any]:
    return {"text_ru": lines(_("Text"), required=True), "text_en": lines(_("Text"))}


def _stage_fields(plan: Plan, row: Any) -> dict[str, Any]:
    return {
        "number": line(_("Number"), hint=_("Left empty, the next number is taken."), inputmode="numeric"),
        "kind": radios(_("Kind"), Stage.Kind.choices),
        "name_ru": line(_("Name"), required=True),
        "name_en": line(_("Name")),
        "codename": line(_("Codename"), hint=_("Never shown on a public page.")),
        "start_date": date(_("First day"), required=True),
        "end_date": date(_("Last day"), required=True, hint=_("Both days belong to the stage.")),
    }


def _window_fields(plan: Plan, row: Any) -> dict[str, Any]:
    return {
        "stage": select(_("Stage"), [(stage.pk, label(stage)) for stage in plan.stages.all()], required=True),
        "state": select(_("State"), _coded(taking_part(plan)), required=True),
        "codename": line(_("Codename")),
        "start_date": date(_("First day"), required=True),
        "end_date": date(_("Last day"), required=True),
    }


def _measure_fields(plan: Plan, row: Any) -> dict[str, Any]:
    kinds, bodies, states = (_coded(model._default_manager.all()) for model in (AgencyKind, Body, MemberState))
    objectives = [(o.pk, f"{o.position}. {label(o)[:120]}") for o in plan.objectives.all()]
    stages = [(s.pk, f"{s.number}. {label(s)}") for s in plan.stages.all()]
    return {
        "objective": select(_("Objective"), objectives, required=True),
        "text_ru": lines(_("Measure"), required=True),
        "text_en": lines(_("Measure")),
        "expected_result_ru": lines(_("Expected result"), rows=3),
        "expected_result_en": lines(_("Expected result"), rows=3),
        "timing": radios(_("Timing"), Measure.Timing.choices),
        "stage": select(_("Stage"), stages),
        "start_date": date(_("First day")),
        "end_date": date(_("Last day")),
        "responsible_kinds": ticks(_("Responsible: competent authorities"), kinds),
        "responsible_bodies": ticks(_("Responsible: bodies"), bodies),
        "responsible_states": ticks(_("Responsible: states, if not all"), states),
        "co_executor_kinds": ticks(_("Co-executors: competent authorities"), kinds),
        "co_executor_bodies": ticks(_("Co-executors: bodies"), bodies),
        "predecessors": ticks(_("Measures that have to be done before"), _other_measures(plan, row)),
        "indicators": ticks(_("Indicators that show the effect"), _indicators()),
    }


def _other_measures(plan: Plan, row: Any) -> list[tuple[int, str]]:
    others = Measure.objects.filter(objective__plan=plan).select_related("objective")
    if row is not None:
        others = others.exclude(pk=row.pk)
    return [(m.pk, f"{m.objective.position}.{m.position} {label(m)[:100]}") for m in others]


def _indicators() -> list[tuple[str, str]]:
    groups = dict(IndicatorGroup.choices)
    return [(row.code, f"{row.code} {label(row)} ({groups[row.group]})") for row in Indicator.objects.all()]


def _contact_fields(plan: Plan, row: Any) -> dict[str, Any]:
    return {
        "state": select(_("State"), _coded(MemberState.objects.all())),
        "body": select(_("Body"), _coded(Body.objects.all())),
        "name_ru": line(_("Name"), required=True),
        "name_en": line(_("Name")),
        "post_ru": line(_("Post")),
        "post_en": line(_("Post")),
        "telephone": line(_("Telephone")),
        "email": line(_("E-mail")),
    }


_FIELDS = {
    "objective": _text_fields,
    "procedure": _text_fields,
    "stage": _stage_fields,
    "window": _window_fields,
    "measure": _measure_fields,
    "contact": _contact_fields,
}
_FIELD_NAMES: dict[str, tuple[str, ...]] = {
    "objective": ("text_ru", "text_en"),
    "procedure": ("text_ru", "text_en"),
    "stage": ("number", "kind", "name_ru", "name_en", "codename", "start_date", "end_date"),
    "window": ("stage", "state", "codename", "start_date", "end_date"),
    "measure": (
        *("objective", "text_ru", "text_en", "expected_result_ru", "expected_result_en", "timing", "stage"),
        *("start_date", "end_date", "responsible_kinds", "responsible_bodies", "responsible_states"),
        *("co_executor_kinds", "co_executor_bodies", "predecessors", "indicators"),
    ),
    "contact": ("state", "body", "name_ru", "name_en", "post_ru", "post_en", "telephone", "email"),
}
