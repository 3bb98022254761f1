"""Setting an operation up: its name and year, who takes part, and the start of its plan.

An operation is created with the states that take part; an absence has its reason and is not waited for. Its plan is
started empty, from the standard skeleton, or copied from an earlier year. A historical operation is known from sources
alone and gets no plan.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import creation, entry, machine, plan_copy
from operations.domain.access import HQ_PLANNER
from operations.domain.entry import Entry
from operations.domain.errors import BadInput, Problem
from operations.domain.plan_skeleton import Skeleton, lay_out
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import MemberState, Operation, Participation, Plan, User

OPERATION_ENTRIES = (
    Entry(name="slug", take=entry.text(longest=40, single_line=True), is_required=True),
    Entry(name="kind", take=entry.choice(Operation.Kind), is_required=True),
    Entry(name="year", take=entry.whole(least=entry.FIRST_YEAR, most=entry.LAST_YEAR), is_required=True),
    Entry(name="title_ru", take=entry.text(longest=200, single_line=True), is_required=True),
    Entry(name="title_en", take=entry.text(longest=200, single_line=True), is_required=True),
)
PARTICIPATION_ENTRIES = (
    Entry(name="takes_part", take=entry.truth),
    Entry(name="absence_reason_ru", take=entry.text(longest=300, single_line=True)),
    Entry(name="absence_reason_en", take=entry.text(longest=300, single_line=True)),
)
_KEPT_ADDRESSES = frozenset({"new"})
_SLUG_SIGNS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


def _create(attempt: Attempt) -> None:
    operation: Operation = attempt.subject
    columns, _sets = entry.take(OPERATION_ENTRIES, attempt.given["values"], is_new=True)
    problems = list(_conflicts(columns))
    if problems:
        raise BadInput(problems)
    for name, value in columns.items():
        setattr(operation, name, value)
    operation.save()
    absent: Mapping[str, Mapping[str, str]] = attempt.given["absent"]
    for state in MemberState.objects.all():
        reason = absent.get(state.code)
        Participation.objects.create(
            operation=operation,
            state=state,
            takes_part=reason is None,
            absence_reason_ru=(reason or {}).get("ru", ""),
            absence_reason_en=(reason or {}).get("en", ""),
        )


def _conflicts(columns: Mapping[str, Any]) -> Iterable[Problem]:
    if not set(columns["slug"]) <= _SLUG_SIGNS or columns["slug"] in _KEPT_ADDRESSES:
        yield Problem(code="not_a_slug", field="slug", message=_("Use small Latin letters, digits and hyphens only."))
    if Operation.objects.filter(slug=columns["slug"]).exists():
        yield Problem(code="taken", field="slug", message=_("Another operation has this address already."))
    annual = Operation.objects.filter(kind=Operation.Kind.ANNUAL, year=columns["year"])
    if columns["kind"] == Operation.Kind.ANNUAL and annual.exists():
        yield Problem(code="taken", field="year", message=_("There is an annual operation of this year already."))


def _may_have_a_plan(attempt: Attempt) -> Iterable[Problem]:
    operation: Operation = attempt.subject
    if operation.is_historical:
        yield Problem(code="historical", message=_("A historical operation has no plan in the system."))
    if Plan.objects.filter(operation=operation).exists():
        yield Problem(code="plan_exists", message=_("This operation has a plan already."))


def _plan_is_a_draft(attempt: Attempt) -> Iterable[Problem]:
    plan = Plan.objects.filter(operation=attempt.subject).first()
    if plan is not None and plan.status not in (Plan.Status.DRAFT, Plan.Status.RETURNED):
        yield Problem(
            code="plan_is_shared",
            message=_(
                "The plan is being agreed or is in force. Withdraw or amend it before you change who takes part."
            ),
        )


def _start_plan(attempt: Attempt) -> Plan:
    operation: Operation = attempt.subject
    source: Plan | None = attempt.given.get("source")
    skeleton: Skeleton | None = attempt.given.get("skeleton")
    if source is None:
        plan = Plan.objects.create(operation=operation, created_by=attempt.actor)
        if skeleton is not None:
            lay_out(plan, skeleton)
    else:
        plan = plan_copy.copy(source=source, operation=operation, actor=attempt.actor)
    attempt.noted["plan"] = plan.pk
    return plan


def _change_participation(attempt: Attempt) -> Participation:
    columns, _sets = entry.take(PARTICIPATION_ENTRIES, attempt.given["values"], is_new=False)
    row = Participation.objects.get(operation=attempt.subject, state=attempt.given["state"])
    for name, value in columns.items():
        setattr(row, name, value)
    if not row.takes_part and not row.absence_reason_ru:
        raise BadInput([Problem(code="required", field="absence_reason_ru", message=_("An absence needs its reason."))])
    row.save()
    return row


OPERATION_WORKFLOW = Workflow(
    Operation,
    Transition(name="create", label=_("Create an operation"), who=HQ_PLANNER, effect=_create),
    Transition(
        name="start_plan",
        label=_("Start the plan"),
        who=HQ_PLANNER,
        needs=(_may_have_a_plan,),
        effect=_start_plan,
    ),
    Transition(
        name="change_participation",
        label=_("Change who takes part"),
        who=HQ_PLANNER,
        needs=(_plan_is_a_draft,),
        effect=_change_participation,
    ),
    status_field="",
)


def create_operation(
    *,
    values: Mapping[str, Any],
    absent: Mapping[str, Mapping[str, str]] | None = None,
    is_demonstration: bool = False,
    actor: User,
    at: dt.datetime,
) -> Operation:
    """A live operation of the states that take part; `absent` maps a state's code to the reason {"ru", "en"}."""
    row = Operation(is_demonstration=is_demonstration)
    return creation.create(row, actor=actor, at=at, values=dict(values), absent=dict(absent or {}))


def start_plan(*, operation: Operation, skeleton: Skeleton | None = None, actor: User, at: dt.datetime) -> Plan:
    """A draft: empty, or with the standing words of a skeleton."""
    given = {"skeleton": skeleton} if skeleton is not None else {}
    plan: Plan = machine.perform(operation, "start_plan", actor=actor, at=at, **given)
    return plan


def copy_plan(*, operation: Operation, source: Plan, actor: User, at: dt.datetime) -> Plan:
    """A draft copied from an earlier plan, its dates moved to the operation's year."""
    plan: Plan = machine.perform(operation, "start_plan", actor=actor, at=at, source=source)
    return plan


def change_participation(
    *, operation: Operation, state: MemberState, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> Participation:
    """Says whether a state takes part, and if not, why; while the plan is a draft."""
    row: Participation = machine.perform(
        operation, "change_participation", actor=actor, at=at, state=state, values=dict(values)
    )
    return row
