"""An operation with accepted results, and reports on it in any state, by the reports' own functions."""

import datetime as dt
import hashlib
from collections.abc import Mapping

from operations.domain import totals
from operations.domain.moments import moscow_moment
from operations.models import Operation, PeriodKind, Return, Submission
from reports.domain import reports
from reports.domain.documents import StoredFile
from reports.domain.snapshots import current_snapshot
from reports.models import Report
from tests.factories.operations import make_approved_plan, make_operation, make_period, make_submission
from tests.factories.operations import make_return as expected_return
from tests.factories.people import make_council_chair, make_hq_chair, make_officer, make_planner
from tests.factories.reference import STATES, make_agency

AT = moscow_moment(dt.date(2026, 11, 20), 12)
#: Totals by indicator of the interior ministry in each state and stage, times the state's place in the list.
VALUES = {"ACT01": 100, "VIO01": 30, "VIO02": 20, "VIO04": 7, "VIO07": 3, "ADM04": 123_456, "CRM01": 4, "CRM02": 4}


def make_results(
    year: int = 2026, *, states: tuple[str, ...] = STATES, values: Mapping[str, int] | None = None, **fields: object
) -> Operation:
    """A live operation of two stages, for each of which every interior ministry's final return is accepted."""
    operation = make_operation(year, **fields)
    plan = make_approved_plan(operation)
    for stage in plan.stages.order_by("number"):
        period = make_period(stage)
        for place, code in enumerate(states, start=1):
            accept(
                expected_return(period, make_agency(code)),
                {name: value * place * stage.number for name, value in (values or VALUES).items()},
            )
    count(operation)
    return operation


def accept(expected: Return, values: Mapping[str, int], *, number: int = 1) -> Submission:
    """An accepted submission of a return, on time; what stood before is superseded. Sums are not moved: see `count`."""
    expected.submissions.filter(status=Submission.Status.ACCEPTED).update(status=Submission.Status.SUPERSEDED)
    submission = make_submission(
        expected,
        entered_by=make_officer(expected.agency, username=f"officer-{expected.agency.code}"),
        status=Submission.Status.ACCEPTED,
        values=values,
        number=number,
    )
    expected.first_submitted_at = expected.first_submitted_at or submission.submitted_at
    expected.save()
    return submission


def count(operation: Operation) -> None:
    """Brings `Total` into line with the figures."""
    totals.rebuild(operation=operation, actor=make_planner(), at=AT)


def make_report(
    status: str = Report.Status.DRAFT, *, definition: str = "annual", operation: Operation | None = None
) -> Report:
    """A report brought to that status by its workflow; nobody is asked twice."""
    operation = operation or make_results()
    report = reports.compose_report(definition=definition, operation=operation, actor=make_planner(), at=AT)
    if status == Report.Status.DRAFT:
        return report
    report = reports.submit_report(report=report, explanation="Пояснено", actor=make_planner(), at=AT)
    chair = make_council_chair()
    if status == Report.Status.RETURNED:
        return reports.return_report(report=report, comment="Уточнить выводы", actor=chair, at=AT)
    if status == Report.Status.SUBMITTED:
        return report
    snapshot = current_snapshot(report)
    assert snapshot is not None
    report = reports.approve_report(
        report=report, snapshot_sha256=snapshot.sha256, reauthenticated=True, actor=chair, at=AT
    )
    if status == Report.Status.APPROVED:
        return report
    return reports.publish_report(report=report, figures_cleared=True, actor=make_hq_chair(), at=AT)


def final_return(operation: Operation, *, state: str = "RU", stage: int = 1) -> Return:
    """The final return of an interior ministry for a stage."""
    return Return.objects.get(
        period__operation=operation,
        period__kind=PeriodKind.FINAL,
        period__stage__number=stage,
        agency=make_agency(state),
    )


def stored_file(content: bytes) -> StoredFile:
    """What is known of a file that somebody drew and nobody sealed."""
    sha256 = hashlib.sha256(content).hexdigest()
    return StoredFile(
        sha256=sha256,
        size=len(content),
        renderer="test",
        payload_sha256=sha256,
        unsigned_sha256=sha256,
        unsigned_size=len(content),
    )
