"""How long the pages of a long plan take: twelve stages and three hundred measures, asked for as a browser asks.

The plan is put into the database for the measurement alone and taken back after it. One round is one answer of the
whole site, from the first middleware to the last line of the page, without the way through the network.
"""

import datetime as dt
from collections.abc import Iterator
from itertools import product

from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client

from illegal_ops.benches import Bench, prepared_bench
from operations.models import (
    AgencyKind,
    Indicator,
    Measure,
    Membership,
    MemberState,
    Objective,
    Operation,
    Participation,
    Plan,
    Role,
    Stage,
    StageWindow,
    User,
)

STAGES, OBJECTIVES, MEASURES = 12, 12, 300
YEAR = 2099
_SLUG = f"bench-{YEAR}"


@prepared_bench("plan-page", what="the page of a plan of 12 stages and 300 measures, in measures")
def _plan_page() -> Iterator[Bench]:
    yield from _answered("plan")


@prepared_bench("plan-editor", what="the editor of a plan of 12 stages and 300 measures with its checks, in measures")
def _plan_editor() -> Iterator[Bench]:
    yield from _answered("plan/edit")


@prepared_bench("plan-timeline", what="the timeline of a plan of 12 stages and 300 measures, in measures")
def _plan_timeline() -> Iterator[Bench]:
    yield from _answered("timeline")


def _answered(page: str) -> Iterator[Bench]:
    with transaction.atomic():
        planner = long_plan().created_by
        reader = Client(SERVER_NAME="localhost")
        reader.force_login(planner)
        address = f"/operations/{_SLUG}/{page}/"

        def one_page() -> int:
            answer = reader.get(address)
            if answer.status_code != 200:
                raise CommandError(f"{address} answered {answer.status_code}: measure on a site with DEMO=1.")
            return MEASURES

        yield one_page
        transaction.set_rollback(True)


def long_plan() -> Plan:
    """A draft with as much in it as a plan may have, drawn up by a planner of its own."""
    states, kinds, indicators = list(MemberState.objects.all()), list(AgencyKind.objects.all()), _indicators()
    planner = User.objects.create_user("bench-planner", name_ru="Измеритель", name_en="Bench")
    Membership.objects.create(user=planner, role=Role.HQ_PLANNER, from_date=dt.date(2000, 1, 1))
    titles = {"title_ru": f"Операция «Замер-{YEAR}»", "title_en": f"Operation “Bench-{YEAR}”"}
    operation = Operation.objects.create(slug=_SLUG, kind=Operation.Kind.ANNUAL, year=YEAR, **titles)
    Participation.objects.bulk_create(Participation(operation=operation, state=state) for state in states)
    goal = {"goal_ru": "Пресечь каналы незаконной миграции", "goal_en": "To cut off the channels of illegal migration"}
    plan = Plan.objects.create(operation=operation, created_by=planner, **goal)
    stages = [_stage(plan, number, states) for number in range(1, STAGES + 1)]
    objectives = [_objective(plan, number) for number in range(1, OBJECTIVES + 1)]
    places = product(range(1, MEASURES // OBJECTIVES + 1), objectives)
    measures = Measure.objects.bulk_create(
        _measure(objective, place, stages[(place + objective.position) % STAGES]) for place, objective in places
    )
    _links(measures, "responsible_kinds", [(at, kinds[(at + step) % len(kinds)]) for at in _all() for step in (0, 1)])
    _links(measures, "responsible_states", [(at, states[at % len(states)]) for at in _all()])
    _links(measures, "co_executor_kinds", [(at, kinds[(at + 3) % len(kinds)]) for at in _all()])
    _links(
        measures, "indicators", [(at, indicators[(at + step) % len(indicators)]) for at in _all() for step in (0, 1)]
    )
    before = Measure.predecessors.through
    before.objects.bulk_create(
        before(from_measure_id=measures[at].pk, to_measure_id=measures[at - 1].pk) for at in _all() if at % 5
    )
    return plan


def _indicators() -> list[Indicator]:
    found = list(Indicator.objects.all())
    if not found:
        raise CommandError("Load the reference data first: manage.py load_reference")
    return found


def _all() -> range:
    return range(MEASURES)


def _stage(plan: Plan, number: int, states: list[MemberState]) -> Stage:
    first, last = dt.date(YEAR, number, 3), dt.date(YEAR, number, 17)
    names = {"name_ru": f"Этап {number}", "name_en": f"Stage {number}"}
    stage = Stage.objects.create(plan=plan, number=number, start_date=first, end_date=last, **names)
    StageWindow.objects.bulk_create(
        StageWindow(stage=stage, state=state, start_date=first, end_date=last) for state in states
    )
    return stage


def _objective(plan: Plan, number: int) -> Objective:
    texts = {"text_ru": f"Выявить организаторов, задача {number}", "text_en": f"To find the organisers, {number}"}
    return Objective.objects.create(plan=plan, position=number, **texts)


def _measure(objective: Objective, place: int, stage: Stage) -> Measure:
    has_dates = place % 2 == 0
    return Measure(
        objective=objective,
        position=place,
        text_ru="Провести проверки **объектов**, где работают и живут иностранные граждане, и обменяться списками.",
        text_en="To check the **places** where foreign citizens work and live, and to exchange lists.",
        expected_result_ru="Выявлены нарушения правил пребывания",
        expected_result_en="Violations of the rules of stay are found",
        timing=Measure.Timing.DATES if has_dates else Measure.Timing.DURING_STAGE,
        stage=stage,
        start_date=stage.start_date if has_dates else None,
        end_date=stage.end_date if has_dates else None,
    )


def _links(measures: list[Measure], name: str, pairs: list[tuple[int, AgencyKind | MemberState | Indicator]]) -> None:
    through = getattr(Measure, name).through
    target = getattr(Measure, name).field.m2m_reverse_field_name()
    through.objects.bulk_create(through(measure=measures[at], **{target: row}) for at, row in pairs)
