"""Two people at once: of two approvals one wins, and two who send copies never give one number twice."""

import pytest

from operations.domain.errors import WrongState
from operations.models import AuditEntry
from reports.domain import distribution, reports
from reports.domain.snapshots import current_snapshot
from reports.models import Approval, Dispatch, Report
from tests.factories.people import make_cast, make_planner
from tests.factories.reference import load_reference
from tests.factories.reports import AT, make_report
from tests.operations.domain.test_plan_race import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_approvals_at_once_one_wins_and_the_other_finds_the_wrong_state() -> None:
    load_reference()
    cast = make_cast()
    report = make_report("submitted")
    snapshot = current_snapshot(report)
    assert snapshot is not None

    def approve() -> Report:
        return reports.approve_report(
            report=Report.objects.get(pk=report.pk),
            snapshot_sha256=snapshot.sha256,
            reauthenticated=True,
            actor=cast.council_chair,
            at=AT,
        )

    outcomes = at_once(approve, approve)
    assert sorted(isinstance(outcome, WrongState) for outcome in outcomes) == [False, True], outcomes
    assert Approval.objects.count() == 1
    assert AuditEntry.objects.filter(act="report.approve").count() == 1


def test_two_who_send_copies_at_once_give_every_recipient_one_and_every_copy_a_number_of_its_own() -> None:
    load_reference()
    cast = make_cast()
    report = make_report("approved")
    rows = [
        distribution.add_recipient(
            values={
                "name_ru": f"Адресат {number}",
                "name_en": f"Recipient {number}",
                "email": f"r{number}@office.example",
                "language": "ru",
                "edition": "full",
                "is_active": "on",
            },
            actor=make_planner(),
            at=AT,
        )
        for number in range(4)
    ]
    wanted = [row.pk for row in rows]

    def send_by(person: object) -> list[Dispatch]:
        found = Report.objects.get(pk=report.pk)
        return reports.send_copies(report=found, recipients=wanted, actor=person, at=AT)

    outcomes = at_once(lambda: send_by(cast.planner), lambda: send_by(cast.hq_chair))
    assert sorted(len(outcome) for outcome in outcomes) == [0, 4], outcomes
    assert sorted(Dispatch.objects.values_list("copy_number", flat=True)) == [2, 3, 4, 5]
