"""Edits of a plan's working rows: the effects of the transition `edit`.

Every edit is one attempt at that one transition, so who may edit and when is decided in the workflow table alone, and
the trail holds what was typed. The plan's row is locked meanwhile: two editors of different rows never collide, two of
the same row meet at its revision, and the second gets `Stale` with the row as it stands.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.domain import entry
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, NotFound, Problem, Stale
from operations.domain.plan_rows import KINDS, RowKind
from operations.domain.transitions import Attempt
from operations.models import Measure, Objective, Plan, PlanSection, Stage


def _interval(value: Any) -> str:
    """A plan always says what its periodic returns cover."""
    if value in (None, ""):
        raise entry.Refused("required", _("Choose one of the two."))
    return str(entry.choice(Plan.Interval)(value))


_RICH = entry.text(is_rich=True)
GOAL_ENTRIES = (
    Entry(name="goal_ru", take=_RICH),
    Entry(name="goal_en", take=_RICH),
    Entry(name="interval", take=_interval),
)
SECTION_ENTRIES = (Entry(name="text_ru", take=_RICH), Entry(name="text_en", take=_RICH))


def apply(attempt: Attempt) -> Any:
    """Carries out the edit named in what was given and answers the row (None for a removed one)."""
    return _EDITS[attempt.given["edit"]](attempt.subject, attempt)


def _add(plan: Plan, attempt: Attempt) -> Any:
    kind = KINDS[attempt.given["kind"]]
    columns, sets = entry.take(kind.entries(plan), attempt.given["values"], is_new=True)
    row = kind.model()
    if any(field.name == "plan" for field in kind.model._meta.fields):
        row.plan = plan  # type: ignore[attr-defined]
    _set(row, columns)
    if kind.name == "stage" and row.number is None:  # type: ignore[attr-defined]
        row.number = _next(plan.stages.all(), "number")  # type: ignore[attr-defined]
    if kind.ordered_among is not None:
        row.position = _next(kind.ordered_among(row), "position")  # type: ignore[attr-defined]
    _store(plan, kind, row, sets)
    attempt.noted["row"] = row.pk
    return row


def _change(plan: Plan, attempt: Attempt) -> Any:
    kind = KINDS[attempt.given["kind"]]
    row = _row(plan, kind, attempt)
    _check_revision(row, attempt)
    columns, sets = entry.take(kind.entries(plan), attempt.given["values"], is_new=False)
    attempt.noted["before"] = {name: _shown(getattr(row, name)) for name in columns}
    former_objective = getattr(row, "objective_id", None)
    _set(row, columns)
    moved = isinstance(row, Measure) and row.objective_id != former_objective
    if moved:
        row.position = _next(KINDS["measure"].ordered_among(row), "position")  # type: ignore[misc]
    row.revision += 1
    _store(plan, kind, row, sets)
    if moved:
        _close_gaps(Measure.objects.filter(objective=former_objective))
    return row


def _remove(plan: Plan, attempt: Attempt) -> None:
    kind = KINDS[attempt.given["kind"]]
    row = _row(plan, kind, attempt)
    _check_revision(row, attempt)
    problems = list(_still_needed(row))
    if problems:
        raise BadInput(problems)
    attempt.noted["before"] = {
        field.attname: _shown(getattr(row, field.attname)) for field in row._meta.concrete_fields
    }
    siblings = kind.ordered_among(row) if kind.ordered_among else None
    row.delete()
    if siblings is not None:
        _close_gaps(siblings)


def _move(plan: Plan, attempt: Attempt) -> Any:
    """Puts the row at a place (counted from 1) among its siblings; a place beyond the ends means the end."""
    kind = KINDS[attempt.given["kind"]]
    if kind.ordered_among is None:
        raise BadInput([Problem(code="not_ordered", field="to", message=_("These rows have no order of their own."))])
    row = _row(plan, kind, attempt)
    try:
        place = entry.whole(most=9999)(attempt.given.get("to"))
    except entry.Refused as refused:
        raise BadInput([Problem(code=refused.code, field="to", message=refused.message)]) from None
    siblings = list(kind.ordered_among(row).exclude(pk=row.pk).order_by("position", "pk"))
    siblings.insert(min((place or 1) - 1, len(siblings)), row)
    _number(siblings)
    return row


def _goal(plan: Plan, attempt: Attempt) -> Plan:
    _check_revision(plan, attempt)
    columns, _sets = entry.take(GOAL_ENTRIES, attempt.given["values"], is_new=False)
    attempt.noted["before"] = {name: getattr(plan, name) for name in columns}
    _set(plan, columns)
    plan.revision += 1
    return plan


def _section(plan: Plan, attempt: Attempt) -> PlanSection:
    """Writes a section; one that nobody has written yet has the revision 0."""
    kind = attempt.given["kind"]
    if kind not in PlanSection.Kind.values:
        raise NotFound
    row = plan.sections.filter(kind=kind).first() or PlanSection(plan=plan, kind=kind, revision=0)
    _check_revision(row, attempt)
    columns, _sets = entry.take(SECTION_ENTRIES, attempt.given["values"], is_new=False)
    attempt.noted["before"] = {name: getattr(row, name) for name in columns}
    _set(row, columns)
    row.revision += 1
    row.save()
    return row


_EDITS: Mapping[str, Callable[[Plan, Attempt], Any]] = {
    "add": _add,
    "change": _change,
    "remove": _remove,
    "move": _move,
    "goal": _goal,
    "section": _section,
}


def _row(plan: Plan, kind: RowKind, attempt: Attempt) -> Any:
    row = kind.rows(plan).filter(pk=attempt.given["row"]).first()
    if row is None:
        raise NotFound
    return row


def _check_revision(row: Any, attempt: Attempt) -> None:
    if attempt.given.get("revision") != row.revision:
        raise Stale(current=row)


def _set(row: models.Model, columns: Mapping[str, Any]) -> None:
    for name, value in columns.items():
        setattr(row, name, value)


def _store(plan: Plan, kind: RowKind, row: Any, sets: Mapping[str, list[Any]]) -> None:
    problems = [problem for rule in kind.rules for problem in rule(plan, row, sets)]
    if problems:
        raise BadInput(problems)
    row.save()
    for name, rows in sets.items():
        getattr(row, name).set(rows)


def _still_needed(row: Any) -> Iterable[Problem]:
    """Why a row cannot go: what hangs on it has to be moved or removed first."""
    if isinstance(row, Objective) and row.measures.exists():
        yield Problem(code="has_measures", message=_("Remove or move the measures of this objective first."))
    if isinstance(row, Stage):
        if row.measures.exists():
            yield Problem(code="has_measures", message=_("Measures belong to this stage. Change them first."))
        if row.periods.exists():
            yield Problem(
                code="has_periods",
                message=_("Returns are expected for this stage under the plan in force. Move its dates instead."),
            )


def _next(rows: models.QuerySet[Any], name: str) -> int:
    return (rows.aggregate(last=models.Max(name))["last"] or 0) + 1


def _close_gaps(rows: models.QuerySet[Any]) -> None:
    _number(list(rows.order_by("position", "pk")))


def _number(rows: list[Any]) -> None:
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            row.position = position
            type(row)._default_manager.filter(pk=row.pk).update(position=position)


def _shown(value: Any) -> Any:
    return value.pk if isinstance(value, models.Model) else value
