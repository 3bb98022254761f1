"""What a report is about besides its operation: a stage, a state; what is taken where nobody chose.

A kind of report says in its `scope` what it needs. A stage is one with official returns, since without them there is
nothing to report; a state is one that takes part.
"""

import datetime as dt
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from operations.domain.access import standing
from operations.domain.errors import BadInput, Problem
from operations.domain.moments import moscow_date
from operations.models import MemberState, Operation, PeriodKind, Stage, Total, User
from reports.domain.definitions import Definition


def reported_stages(operation: Operation | None = None) -> QuerySet[Stage]:
    """The stages that have official returns, of one operation or of all, in the order of time."""
    stages = Stage.objects.filter(periods__kind=PeriodKind.FINAL)
    if operation is not None:
        stages = stages.filter(plan__operation=operation)
    return stages.distinct().order_by("plan__operation__year", "start_date", "number")


def last_finished_stage(operation: Operation, *, at: dt.datetime) -> Stage | None:
    """The stage that ended last; while none has ended, the first."""
    stages = reported_stages(operation)
    return stages.filter(end_date__lt=moscow_date(at)).last() or stages.first()


def first_state_with_data(operation: Operation) -> MemberState | None:
    """The first participating state, in the order of documents, of which figures were accepted; else the first."""
    taking_part = MemberState.objects.filter(participations__operation=operation, participations__takes_part=True)
    reporting = Total.objects.filter(period__operation=operation, basis=Total.Basis.ACCEPTED).values("state")
    ordered = taking_part.order_by("short_ru")
    return ordered.filter(pk__in=reporting).first() or ordered.first()


def own_state(actor: User, *, at: dt.datetime) -> MemberState | None:
    """The state for which the person composes, where there is exactly one."""
    states = standing(actor, at).agency_states
    return MemberState.objects.get(pk__in=states) if len(states) == 1 else None


def check(definition: Definition, operation: Operation, *, stage: Stage | None, state: MemberState | None) -> None:
    """Raises `BadInput` with everything that does not fit together."""
    problems = list(_problems(definition, operation, stage, state))
    if problems:
        raise BadInput(problems)


def _problems(
    definition: Definition, operation: Operation, stage: Stage | None, state: MemberState | None
) -> Iterator[Problem]:
    unsuited = definition.unsuited(operation)
    if unsuited:
        yield Problem(code="not_of_this_operation", field="operation", message=unsuited)
        return
    if "stage" in definition.scope:
        if stage is None:
            yield Problem(code="required", field="stage", message=_("Choose the stage that the report is about."))
        elif not reported_stages(operation).filter(pk=stage.pk).exists():
            message = _("Choose a stage of this operation for which returns are collected.")
            yield Problem(code="unknown", field="stage", message=message)
    elif stage is not None:
        message = _("A report of this kind is about the whole operation: choose no stage.")
        yield Problem(code="not_needed", field="stage", message=message)
    if "state" in definition.scope:
        if state is None:
            yield Problem(code="required", field="state", message=_("Choose the state that the report is of."))
        elif not operation.participations.filter(state=state, takes_part=True).exists():
            yield Problem(code="unknown", field="state", message=_("Choose a state that takes part in the operation."))
    elif state is not None:
        message = _("A report of this kind is about the whole region: choose no state.")
        yield Problem(code="not_needed", field="state", message=message)
