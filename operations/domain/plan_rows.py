"""The rows that a plan is written in: what each kind takes, and the rules that one row alone can break.

A rule here refuses the entry itself (a stage outside the year, a circular dependency); what a draft may still lack
is listed by `plan_checks`. The same table serves the editor's forms, the API and the copying of a plan.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.entry import Entry
from operations.domain.errors import Problem, Text
from operations.models import (
    AgencyKind,
    Body,
    Contact,
    ExchangeProcedure,
    Indicator,
    Measure,
    MemberState,
    Objective,
    Plan,
    Stage,
    StageWindow,
)

Row = Any
Sets = Mapping[str, list[Any]]
Rule = Callable[[Plan, Row, Sets], Iterable[Problem]]


@dataclass(frozen=True, kw_only=True)
class RowKind:
    """One kind of row: its inputs for a given plan, its rows, the rows it is ordered among, and its rules."""

    name: str
    model: type[models.Model]
    entries: Callable[[Plan], tuple[Entry, ...]]
    rows: Callable[[Plan], models.QuerySet[Any]]
    ordered_among: Callable[[Row], models.QuerySet[Any]] | None = None
    rules: tuple[Rule, ...] = ()


def _texts(stem: str, *, required: bool = False, longest: int = entry.LONGEST_TEXT, line: bool = False) -> list[Entry]:
    """The two languages of a text; the Russian one is the one that a row cannot be without."""
    taker = entry.text(longest=longest, single_line=line, is_rich=not line)
    return [
        Entry(name=f"{stem}_ru", take=taker, is_required=required),
        Entry(name=f"{stem}_en", take=taker),
    ]


def _objective_entries(plan: Plan) -> tuple[Entry, ...]:
    return tuple(_texts("text", required=True))


def _stage_entries(plan: Plan) -> tuple[Entry, ...]:
    return (
        Entry(name="number", take=entry.whole(most=99)),
        Entry(name="kind", take=entry.choice(Stage.Kind), is_required=True),
        *_texts("name", required=True, longest=200, line=True),
        Entry(name="codename", take=entry.text(longest=100, single_line=True)),
        Entry(name="start_date", take=entry.day, is_required=True),
        Entry(name="end_date", take=entry.day, is_required=True),
    )


def _window_entries(plan: Plan) -> tuple[Entry, ...]:
    return (
        Entry(name="stage", take=entry.row_of(lambda: plan.stages.all(), key="pk"), is_required=True),
        Entry(name="state", take=entry.row_of(lambda: taking_part(plan)), is_required=True),
        Entry(name="codename", take=entry.text(longest=100, single_line=True)),
        Entry(name="start_date", take=entry.day, is_required=True),
        Entry(name="end_date", take=entry.day, is_required=True),
    )


def _measure_entries(plan: Plan) -> tuple[Entry, ...]:
    kinds, bodies = entry.rows_of(AgencyKind.objects.all), entry.rows_of(Body.objects.all)
    states = entry.rows_of(MemberState.objects.all)
    own_measures = entry.rows_of(lambda: Measure.objects.filter(objective__plan=plan), key="pk")
    return (
        Entry(name="objective", take=entry.row_of(lambda: plan.objectives.all(), key="pk"), is_required=True),
        *_texts("text", required=True),
        *_texts("expected_result"),
        Entry(name="timing", take=entry.choice(Measure.Timing), is_required=True),
        Entry(name="stage", take=entry.row_of(lambda: plan.stages.all(), key="pk")),
        Entry(name="start_date", take=entry.day),
        Entry(name="end_date", take=entry.day),
        Entry(name="responsible_kinds", take=kinds, is_set=True),
        Entry(name="responsible_states", take=states, is_set=True),
        Entry(name="responsible_bodies", take=bodies, is_set=True),
        Entry(name="co_executor_kinds", take=kinds, is_set=True),
        Entry(name="co_executor_bodies", take=bodies, is_set=True),
        Entry(name="predecessors", take=own_measures, is_set=True),
        Entry(name="indicators", take=entry.rows_of(Indicator.objects.all), is_set=True),
    )


def _contact_entries(plan: Plan) -> tuple[Entry, ...]:
    return (
        Entry(name="state", take=entry.row_of(MemberState.objects.all)),
        Entry(name="body", take=entry.row_of(Body.objects.all)),
        *_texts("name", required=True, longest=150, line=True),
        *_texts("post", longest=300, line=True),
        Entry(name="telephone", take=entry.text(longest=60, single_line=True, is_contact=True)),
        Entry(name="email", take=entry.text(longest=254, single_line=True, is_contact=True)),
    )


def taking_part(plan: Plan) -> models.QuerySet[MemberState]:
    """The states that take part in the plan's operation."""
    return MemberState.objects.filter(participations__operation=plan.operation_id, participations__takes_part=True)


def _dates_in_order(plan: Plan, row: Row, sets: Sets) -> Iterable[Problem]:
    if row.start_date and row.end_date and row.end_date < row.start_date:
        yield Problem(code="end_before_start", field="end_date", message=_("The end is before the start."))


def _within_the_year(plan: Plan, row: Row, sets: Sets) -> Iterable[Problem]:
    year = plan.operation.year
    for name in ("start_date", "end_date"):
        value = getattr(row, name)
        if value is not None and value.year != year:
            yield Problem(
                code="outside_the_year",
                field=name,
                message=_("This is outside the year of the operation, %(year)s.") % {"year": year},
            )


def _stage_stands_alone(plan: Plan, row: Stage, sets: Sets) -> Iterable[Problem]:
    others = plan.stages.exclude(pk=row.pk)
    if others.filter(number=row.number).exists():
        yield Problem(code="number_taken", field="number", message=_("Another stage has this number already."))
    for other in others.filter(start_date__lte=row.end_date, end_date__gte=row.start_date):
        yield Problem(code="overlap", field="start_date", message=overlap_message(row, other))


def overlap_message(one: Any, other: Any) -> Text:
    """Names both stages; takes rows or anything with `number` and `name_ru`."""
    return _("The stages “%(one)s” and “%(other)s” overlap.") % {"one": str(one), "other": str(other)}


def _stage_keeps_its_number(plan: Plan, row: Stage, sets: Sets) -> Iterable[Problem]:
    before = plan.stages.filter(pk=row.pk).values_list("number", flat=True).first()
    if before is not None and before != row.number and row.periods.exists():
        yield Problem(
            code="number_in_use",
            field="number",
            message=_("Returns are expected under this number already; it stays as it is."),
        )


def _window_within_stage(plan: Plan, row: StageWindow, sets: Sets) -> Iterable[Problem]:
    if row.start_date < row.stage.start_date or row.end_date > row.stage.end_date:
        yield Problem(
            code="outside_the_stage",
            field="start_date",
            message=_("These dates are outside the stage “%(stage)s”.") % {"stage": row.stage},
        )
    if row.stage.windows.filter(state=row.state_id).exclude(pk=row.pk).exists():
        yield Problem(code="state_taken", field="state", message=_("This state has dates in this stage already."))


def _no_circle(plan: Plan, row: Measure, sets: Sets) -> Iterable[Problem]:
    if not row.pk or "predecessors" not in sets:
        return
    links = Measure.predecessors.through.objects.filter(from_measure__objective__plan=plan)
    before: dict[int, list[int]] = {}
    for one, other in links.exclude(from_measure=row.pk).values_list("from_measure_id", "to_measure_id"):
        before.setdefault(one, []).append(other)
    before[row.pk] = [other.pk for other in sets["predecessors"]]
    circle = first_circle(before)
    if circle:
        named = {m.pk: m for m in Measure.objects.filter(pk__in=circle).select_related("objective")}
        numbers = " → ".join(f"{named[pk].objective.position}.{named[pk].position}" for pk in circle)
        yield Problem(code="circular", field="predecessors", message=circle_message(numbers))


def circle_message(numbers: str) -> Text:
    return _("These measures wait for one another: %(numbers)s.") % {"numbers": numbers}


def first_circle(before: Mapping[int, list[int]]) -> list[int]:
    """The first cycle in a graph of predecessors, beginning and ending with the same id; empty when there is none."""
    done: set[int] = set()
    for start in sorted(before):
        path: list[int] = []
        walk: list[tuple[int, bool]] = [(start, True)]
        while walk:
            node, entering = walk.pop()
            if not entering:
                path.pop()
                done.add(node)
            elif node in path:
                return [*path[path.index(node) :], node]
            elif node not in done:
                path.append(node)
                walk.append((node, False))
                walk.extend((other, True) for other in reversed(before.get(node, [])))
    return []


KINDS: dict[str, RowKind] = {
    kind.name: kind
    for kind in (
        RowKind(
            name="objective",
            model=Objective,
            entries=_objective_entries,
            rows=lambda plan: plan.objectives.all(),
            ordered_among=lambda row: Objective.objects.filter(plan=row.plan_id),
        ),
        RowKind(
            name="measure",
            model=Measure,
            entries=_measure_entries,
            rows=lambda plan: Measure.objects.filter(objective__plan=plan),
            ordered_among=lambda row: Measure.objects.filter(objective=row.objective_id),
            rules=(_dates_in_order, _within_the_year, _no_circle),
        ),
        RowKind(
            name="stage",
            model=Stage,
            entries=_stage_entries,
            rows=lambda plan: plan.stages.all(),
            rules=(_dates_in_order, _within_the_year, _stage_stands_alone, _stage_keeps_its_number),
        ),
        RowKind(
            name="window",
            model=StageWindow,
            entries=_window_entries,
            rows=lambda plan: StageWindow.objects.filter(stage__plan=plan),
            rules=(_dates_in_order, _window_within_stage),
        ),
        RowKind(
            name="procedure",
            model=ExchangeProcedure,
            entries=_objective_entries,
            rows=lambda plan: plan.exchange_procedures.all(),
            ordered_among=lambda row: ExchangeProcedure.objects.filter(plan=row.plan_id),
        ),
        RowKind(
            name="contact",
            model=Contact,
            entries=_contact_entries,
            rows=lambda plan: plan.contacts.all(),
        ),
    )
}


def kind_of(row: models.Model) -> RowKind:
    """The kind of a row; a `KeyError` is a programming error."""
    return next(kind for kind in KINDS.values() if kind.model is type(row))
