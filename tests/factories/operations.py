"""Operations, plans, periods, returns and submissions, put straight into their tables in the state a test wants.

Tests of a workflow use the domain's own functions; these rows are for everything that starts later.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping

from operations.domain.moments import add_working_days, moscow_moment
from operations.domain.plan_content import canonical_bytes, working_content
from operations.models import (
    Agency,
    Body,
    CellState,
    Figure,
    Measure,
    Meeting,
    MemberState,
    Objective,
    Operation,
    Participation,
    PeriodKind,
    Plan,
    PlanVersion,
    ReportingPeriod,
    Return,
    Stage,
    Submission,
    User,
)
from tests.factories.people import make_user
from tests.factories.reference import STATES, category, form, indicator, make_agency


def make_operation(year: int = 2026, *, states: Iterable[str] = STATES, **fields: object) -> Operation:
    """A live annual operation with the states that take part."""
    operation = Operation.objects.create(
        **{
            "slug": f"illegal-{year}",
            "year": year,
            "title_ru": f"Операция «Нелегал-{year}»",
            "title_en": f"Operation “Illegal-{year}”",
            **fields,
        }
    )
    Participation.objects.bulk_create(
        Participation(operation=operation, state=state) for state in MemberState.objects.filter(code__in=states)
    )
    return operation


def make_plan(operation: Operation | None = None, *, status: str = Plan.Status.DRAFT, **fields: object) -> Plan:
    """A plan with a goal, one objective with one measure, and two stages of the year; no version is frozen."""
    operation = operation or make_operation()
    author = fields.pop("created_by", None) or make_user("planner")
    plan = Plan.objects.create(
        operation=operation,
        status=status,
        goal_ru="Противодействие незаконной миграции",
        goal_en="Countering illegal migration",
        created_by=author,
        **fields,
    )
    stage = make_stage(plan, 1, start=dt.date(operation.year, 6, 15), end=dt.date(operation.year, 6, 24))
    make_stage(plan, 2, start=dt.date(operation.year, 10, 12), end=dt.date(operation.year, 10, 21))
    make_measure(plan, stage=stage)
    return plan


def make_stage(plan: Plan, number: int, *, start: dt.date, end: dt.date) -> Stage:
    return Stage.objects.create(
        plan=plan, number=number, name_ru=f"Этап {number}", name_en=f"Stage {number}", start_date=start, end_date=end
    )


def make_measure(plan: Plan, *, stage: Stage | None = None, position: int = 1) -> Measure:
    objective = plan.objectives.first() or Objective.objects.create(
        plan=plan, position=1, text_ru="Выявлять каналы незаконной миграции", text_en="Identify channels"
    )
    return Measure.objects.create(
        objective=objective,
        position=position,
        text_ru="Проверить места пребывания иностранных граждан",
        text_en="Inspect places where foreign nationals stay",
        stage=stage,
    )


def make_version(
    plan: Plan, *, number: int = 1, content: bytes | None = None, at: dt.datetime | None = None
) -> PlanVersion:
    """The plan frozen as it stands (or any bytes), made the plan's current version."""
    if content is None:
        content = canonical_bytes(working_content(plan))
    version = PlanVersion.objects.create(
        plan=plan,
        number=number,
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        frozen_at=at or moscow_moment(dt.date(plan.operation.year, 2, 1)),
        frozen_by=plan.created_by,
    )
    plan.current_version = version
    plan.save()
    return version


def make_approved_plan(operation: Operation | None = None) -> Plan:
    """A plan in force, without periods and returns."""
    plan = make_plan(operation, status=Plan.Status.APPROVED)
    version = make_version(plan)
    version.approved_at, version.approved_by = version.frozen_at, make_user("council-chair")
    version.save()
    plan.in_force_version = version
    plan.save()
    return plan


def make_meeting(operation: Operation | None = None, *, body: str = "IHQ", number: int = 1) -> Meeting:
    return Meeting.objects.create(
        body=Body.objects.get(code=body),
        operation=operation,
        number=number,
        held_on=dt.date(2026, 2, 12),
        place_ru="Москва",
        place_en="Moscow",
        created_by=make_user("planner"),
    )


def make_period(stage: Stage, kind: str = PeriodKind.FINAL, *, code: str = "") -> ReportingPeriod:
    """A period of a stage with the usual moments: due ten working days after it, closed ten days later."""
    due = moscow_moment(add_working_days(stage.end_date, 10), 18)
    return ReportingPeriod.objects.create(
        operation=stage.plan.operation,
        kind=kind,
        stage=stage,
        code=code or f"S{stage.number}-{kind}"[:20],
        start_date=stage.start_date,
        end_date=stage.end_date,
        opens_at=moscow_moment(stage.start_date),
        due_at=due,
        closes_at=due + dt.timedelta(days=10),
    )


def make_interval(operation: Operation, *, quarter: int = 1) -> ReportingPeriod:
    """A quarter of the operation's year, due on the 15th after it."""
    start = dt.date(operation.year, 3 * quarter - 2, 1)
    after = dt.date(operation.year + quarter // 4, (3 * quarter) % 12 + 1, 1)
    due = moscow_moment(after + dt.timedelta(days=14), 18)
    return ReportingPeriod.objects.create(
        operation=operation,
        kind=PeriodKind.INTERVAL,
        code=f"Q{quarter}",
        start_date=start,
        end_date=after - dt.timedelta(days=1),
        opens_at=moscow_moment(after),
        due_at=due,
        closes_at=due + dt.timedelta(days=10),
    )


def make_return(period: ReportingPeriod, agency: Agency | None = None, **fields: object) -> Return:
    """A return with the common moments of its period."""
    agency = agency or make_agency()
    own = {"form": form(agency.kind.code, period.kind), "due_at": period.due_at, "closes_at": period.closes_at}
    return Return.objects.create(period=period, agency=agency, **{**own, **fields})


def make_submission(
    expected_return: Return,
    *,
    entered_by: User,
    status: str = Submission.Status.DRAFT,
    values: Mapping[str, int] | None = None,
    number: int = 1,
    at: dt.datetime | None = None,
) -> Submission:
    """A submission with the given totals by indicator; `Total` is not moved by it."""
    at = at or expected_return.period.opens_at + dt.timedelta(days=11)
    submission = Submission.objects.create(
        expected_return=expected_return,
        number=number,
        status=status,
        entered_by=entered_by,
        started_at=at,
        submitted_at=None if status == Submission.Status.DRAFT else at,
        submitted_by=None if status == Submission.Status.DRAFT else entered_by,
    )
    total = category()
    Figure.objects.bulk_create(
        Figure(submission=submission, indicator=indicator(code), category=total, state=CellState.VALUE, value=value)
        for code, value in (values or {}).items()
    )
    return submission
