"""Figures on every dimension of the explorer: stages, quarters, states, authorities, categories, and what waits.

The numbers differ from one another, so that a sum tells what it is a sum of.
"""

from collections.abc import Mapping

from operations.models import CellState, Figure, Operation, PeriodKind, Return, Submission
from tests.factories.operations import make_approved_plan, make_interval, make_operation, make_period, make_submission
from tests.factories.operations import make_return as expected_return
from tests.factories.people import make_officer
from tests.factories.reference import STATES, category, indicator, make_agency
from tests.factories.reports import accept, count

#: Of the stage's final return; `ACT04.citizenship_group:AM` is a category, which says less than the whole.
FINAL = {
    "ACT01": 100,
    "ACT04": 50,
    "ACT04.citizenship_group:AM": 11,
    "ACT04.citizenship_group:BY": 7,
    "VIO01": 30,
    "VIO02": 20,
    "ADM01": 9,
    "ADM04": 123_456,
    "RET07": 13,
}


def make_explored(year: int = 2026, *, states: tuple[str, ...] = STATES) -> Operation:
    """Interior ministries report both stages, border services the first, centres a quarter, one return waits."""
    operation = make_operation(year)
    plan = make_approved_plan(operation)
    for stage in plan.stages.order_by("number"):
        period = make_period(stage)
        for place, code in enumerate(states, start=1):
            factor = place * stage.number + year % 10
            accepted_return(period, code, {name: value * factor for name, value in FINAL.items()})
            if stage.number == 1:
                accepted_return(period, code, {"VIO01": factor, "ACT04": 3 * factor}, kind="border_service")
    quarter = make_interval(operation)
    for place, code in enumerate(states, start=1):
        accepted_return(quarter, code, {"MIG01": 1000 * place}, kind="border_service")
    waiting(operation)
    withheld(operation)
    count(operation)
    return operation


def accepted_return(period, state: str, values: Mapping[str, int], *, kind: str = "internal_affairs") -> Submission:
    whole = {name: value for name, value in values.items() if "." not in name}
    submission = accept(expected_return(period, make_agency(state, kind)), whole)
    parts = {name: value for name, value in values.items() if "." in name}
    Figure.objects.bulk_create(_cell(submission, name, value) for name, value in parts.items())
    return submission


def _cell(submission: Submission, name: str, value: int) -> Figure:
    code, _dot, place = name.partition(".")
    breakdown, _colon, found = place.partition(":")
    return Figure(
        submission=submission,
        indicator=indicator(code),
        category=category(found, breakdown),
        state=CellState.VALUE,
        value=value,
    )


def waiting(operation: Operation, *, value: int = 777) -> Submission:
    """A migration authority's first final return, which waits for the decision of Russia's head."""
    period = operation.periods.get(stage__number=1, kind=PeriodKind.FINAL)
    agency = make_agency("RU", "migration_authority")
    expected: Return = expected_return(period, agency)
    officer = make_officer(agency, username=f"officer-{agency.code}")
    return make_submission(expected, entered_by=officer, status=Submission.Status.SUBMITTED, values={"VIO01": value})


def withheld(operation: Operation) -> None:
    """Armenia's state security withholds its criminal cases."""
    period = operation.periods.get(stage__number=1, kind=PeriodKind.FINAL)
    submission = accept(expected_return(period, make_agency("AM", "state_security")), {})
    Figure.objects.create(
        submission=submission, indicator=indicator("CRM01"), category=category(), state=CellState.WITHHELD
    )
