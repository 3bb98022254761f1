"""Plans as the domain itself makes them: for tests that start in the middle of a plan's life."""

import datetime as dt
from typing import Any

from operations.domain import agreements, meetings, operations, plans
from operations.domain.moments import moscow_moment
from operations.models import Meeting, MemberState, Operation, Plan
from tests.factories.people import Cast

STAGES = ((1, (6, 15), (6, 24)), (2, (10, 12), (10, 21)))


def moment(day: dt.date | None = None, hour: int = 12) -> dt.datetime:
    return moscow_moment(day or dt.date(2026, 2, 2), hour)


def drafted_plan(cast: Cast, *, year: int = 2026, absent: tuple[str, ...] = ()) -> Plan:
    """A draft that can be circulated: a goal, two stages, an objective with two measures."""
    at = moment(dt.date(year, 1, 12))
    operation = operations.create_operation(
        values={
            "slug": f"illegal-{year}",
            "kind": Operation.Kind.ANNUAL,
            "year": year,
            "title_ru": f"Операция «Нелегал-{year}»",
            "title_en": f"Operation “Illegal-{year}”",
        },
        absent={code: {"ru": "По решению государства", "en": "By its own decision"} for code in absent},
        actor=cast.planner,
        at=at,
    )
    plan = operations.start_plan(operation=operation, actor=cast.planner, at=at)
    goal = {"goal_ru": f"Цель операции «Нелегал-{year}»", "goal_en": f"The goal of “Illegal-{year}”"}
    plan = plans.change_goal(plan=plan, revision=plan.revision, values=goal, actor=cast.planner, at=at)
    for number, start, end in STAGES:
        add(plan, "stage", cast, at=at, **stage_values(year, number, start, end))
    objective = add(plan, "objective", cast, at=at, text_ru="Пресекать каналы", text_en="Cut off the channels")
    stage = plan.stages.first()
    for number in (1, 2):
        add(plan, "measure", cast, at=at, **measure_values(number, objective=objective.pk, stage=stage.pk))
    return Plan.objects.get(pk=plan.pk)


def stage_values(year: int, number: int, start: tuple[int, int], end: tuple[int, int]) -> dict[str, Any]:
    return {
        "number": number,
        "kind": "active",
        "name_ru": f"Этап {number}",
        "name_en": f"Stage {number}",
        "start_date": dt.date(year, *start),
        "end_date": dt.date(year, *end),
    }


def measure_values(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "text_ru": f"Мероприятие {number}",
        "text_en": f"Measure {number}",
        "expected_result_ru": "Выявлены нарушения",
        "expected_result_en": "Violations are found",
        "timing": "during_stage",
        "responsible_kinds": ["internal_affairs"],
        "indicators": ["VIO01"],
        **fields,
    }


def add(plan: Plan, kind_of_row: str, cast: Cast, /, *, at: dt.datetime | None = None, **values: Any) -> Any:
    return plans.add_row(plan=plan, kind=kind_of_row, values=values, actor=cast.planner, at=at or moment())


def circulated_plan(cast: Cast, **fields: Any) -> Plan:
    return plans.circulate_plan(plan=drafted_plan(cast, **fields), actor=cast.planner, at=moment())


def agree_all(plan: Plan, cast: Cast, *, but: tuple[str, ...] = ()) -> None:
    for part in plan.operation.participations.filter(takes_part=True).select_related("state"):
        if part.state.code not in but:
            agreements.respond(
                plan=plan, state=part.state, answer="agreed", actor=cast.heads[part.state.code], at=moment(hour=13)
            )


def hq_meeting(plan: Plan, cast: Cast, *, number: int = 1) -> Meeting:
    values = {"body": "IHQ", "number": number, "held_on": "2026-02-12", "operation": plan.operation.slug}
    return meetings.create_meeting(values=values, actor=cast.planner, at=moment(hour=14))


def agreed_plan(cast: Cast, **fields: Any) -> Plan:
    plan = circulated_plan(cast, **fields)
    agree_all(plan, cast)
    return plans.record_agreement(plan=plan, meeting=hq_meeting(plan, cast), actor=cast.hq_chair, at=moment(hour=15))


def submitted_plan(cast: Cast, **fields: Any) -> Plan:
    return plans.submit_plan(plan=agreed_plan(cast, **fields), actor=cast.hq_chair, at=moment(hour=16))


def approved_plan(cast: Cast, **fields: Any) -> Plan:
    plan = submitted_plan(cast, **fields)
    return approve(plan, cast)


def approve(plan: Plan, cast: Cast, *, at: dt.datetime | None = None) -> Plan:
    return plans.approve_plan(
        plan=plan,
        sha256=plan.current_version.sha256,
        reauthenticated=True,
        actor=cast.council_chair,
        at=at or moment(hour=17),
    )


def state(code: str) -> MemberState:
    return MemberState.objects.get(code=code)
