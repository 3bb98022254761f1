"""Two people at once: of two approvals one wins, and an approval never approves a text that an edit has changed."""

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from operations.domain import plans
from operations.domain.errors import DomainError, WrongState
from operations.domain.plan_content import canonical_bytes, working_content
from operations.models import AuditEntry, Plan, PlanVersion
from tests.factories import plans as made
from tests.factories.people import make_cast
from tests.factories.reference import load_reference

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 200 if os.environ.get("TESTS_DEEP") else 5


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts in threads of their own, started together; answers what each answered or raised."""
    outcomes: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[place] = act()
        except DomainError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_of_two_approvals_at_once_one_wins_and_the_other_finds_the_wrong_state() -> None:
    load_reference()
    cast = make_cast()
    plan = made.submitted_plan(cast)
    for round_number in range(ROUNDS):
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.SUBMITTED)
        PlanVersion.objects.filter(plan=plan).update(approved_at=None, approved_by=None)

        def approve() -> Plan:
            return made.approve(Plan.objects.select_related("current_version").get(pk=plan.pk), cast)

        outcomes = at_once(approve, approve)
        assert sorted(isinstance(outcome, WrongState) for outcome in outcomes) == [False, True], outcomes
        assert AuditEntry.objects.filter(act="plan.approve").count() == round_number + 1


def test_an_edit_at_the_moment_of_circulation_is_either_in_the_frozen_text_or_refused() -> None:
    load_reference()
    cast = make_cast()
    plan = made.drafted_plan(cast)
    for round_number in range(ROUNDS):
        Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.DRAFT)
        plan.refresh_from_db()
        goal = {"goal_ru": f"Цель {round_number}", "goal_en": "Goal"}

        def edit(goal: dict[str, str] = goal) -> Plan:
            row = Plan.objects.get(pk=plan.pk)
            return plans.change_goal(plan=row, revision=row.revision, values=goal, actor=cast.planner, at=made.moment())

        def circulate() -> Plan:
            return plans.circulate_plan(plan=Plan.objects.get(pk=plan.pk), actor=cast.planner, at=made.moment())

        edited, circulated = at_once(edit, circulate)
        assert isinstance(circulated, Plan)
        assert isinstance(edited, Plan | WrongState)
        plan.refresh_from_db()
        assert canonical_bytes(working_content(plan)) == bytes(plan.current_version.content)


def test_an_edit_at_the_moment_of_the_approval_changes_nothing_of_what_is_approved() -> None:
    load_reference()
    cast = make_cast()
    plan = made.submitted_plan(cast)
    frozen = bytes(plan.current_version.content)
    for round_number in range(ROUNDS):
        _submitted_again(plan)
        goal = {"goal_ru": f"Цель {round_number}", "goal_en": "Goal"}

        def edit(goal: dict[str, str] = goal) -> Plan:
            row = Plan.objects.get(pk=plan.pk)
            return plans.change_goal(plan=row, revision=row.revision, values=goal, actor=cast.planner, at=made.moment())

        def approve() -> Plan:
            return made.approve(Plan.objects.select_related("current_version").get(pk=plan.pk), cast)

        edited, approved = at_once(edit, approve)
        assert isinstance(approved, Plan), approved
        assert isinstance(edited, WrongState), edited
        fresh = Plan.objects.get(pk=plan.pk)
        assert canonical_bytes(working_content(fresh)) == frozen


def test_of_a_return_and_an_approval_at_once_one_wins() -> None:
    load_reference()
    cast = make_cast()
    plan = made.submitted_plan(cast)
    for _round in range(ROUNDS):
        _submitted_again(plan)

        def approve() -> Plan:
            return made.approve(Plan.objects.select_related("current_version").get(pk=plan.pk), cast)

        def send_back() -> Plan:
            row = Plan.objects.get(pk=plan.pk)
            return plans.return_plan(plan=row, comment="Уточнить", actor=cast.council_chair, at=made.moment())

        outcomes = at_once(approve, send_back)
        assert sorted(isinstance(outcome, WrongState) for outcome in outcomes) == [False, True], outcomes
        status = Plan.objects.get(pk=plan.pk).status
        assert status == (Plan.Status.APPROVED if isinstance(outcomes[0], Plan) else Plan.Status.RETURNED)
        is_approved = PlanVersion.objects.get(plan=plan).approved_at is not None
        assert is_approved is (status == Plan.Status.APPROVED)


def _submitted_again(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(status=Plan.Status.SUBMITTED)
    PlanVersion.objects.filter(plan=plan).update(approved_at=None, approved_by=None, lapsed_at=None)
