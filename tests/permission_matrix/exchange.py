"""The exchange behind the doors: lists between the own and the other state and between two more, accounts, readings."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from operations.domain import lists, registers, task_forces
from operations.domain.moments import moscow_date
from operations.models import ListVerification, Operation, RegisterReading, ReportingPeriod, Submission, User
from tests.factories import people
from tests.factories.exchange import counts
from tests.factories.operations import make_interval, make_return, make_submission
from tests.factories.reference import make_agency, state

Subjects = dict[str, Mapping[str, Any]]


def make_exchange(users: Mapping[str, User | None]) -> Subjects:
    """In the operation whose plan is in force: own is Russia, other Kazakhstan, and two more are strangers."""
    operation = Operation.objects.get(slug="illegal-2026")
    return {
        "exchange": {"slug": operation.slug},
        **_lists(operation, users),
        **_returns(operation),
        **_task_forces(operation, users),
        "reading": {"pk": _reading(users).pk},
    }


def _lists(operation: Operation, users: Mapping[str, User | None]) -> Subjects:
    sent = _list(operation, "KZ", "RU", "1", users["other_head"])
    received = _list(operation, "KZ", "RU", "2", users["other_head"])
    who: dict[str, Any] = {"actor": users["head"], "at": timezone.now()}
    received = lists.confirm_receipt(verification=received, received_on=_days_ago(20), **who)
    received = lists.record_outcomes(
        verification=received, as_of=_days_ago(10), counts=counts(LEFT=4, PENDING=6), **who
    )
    others = _list(operation, "BY", "TJ", "3", people.make_head("BY"))
    rows = {"list-sent": sent, "list-received": received, "list-others": others}
    return {name: {"pk": row.pk, "slug": operation.slug} for name, row in rows.items()}


def _list(operation: Operation, sender: str, partner: str, number: str, actor: User | None) -> ListVerification:
    assert actor is not None
    values = {"received_by": partner, "number": number, "entries": 10, "sent_on": _days_ago(30)}
    return lists.send_list(operation=operation, sent_by=state(sender), values=values, actor=actor, at=timezone.now())


def _days_ago(days: int) -> dt.date:
    return moscow_date(timezone.now()) - dt.timedelta(days=days)


def _returns(operation: Operation) -> Subjects:
    """The accepted return of the own information centre, and the accounts of the own rights body."""
    quarter: ReportingPeriod = make_interval(operation, quarter=1)
    now = timezone.now()
    quarter.opens_at, quarter.due_at, quarter.closes_at = now - dt.timedelta(days=9), now, now + dt.timedelta(days=9)
    quarter.save()
    centre = make_agency("RU", "information_centre")
    expected = make_return(quarter, centre)
    make_submission(expected, entered_by=people.make_officer(centre), status=Submission.Status.ACCEPTED)
    rights = make_agency("RU", "rights_body")
    return {
        "centre-accepted": {"pk": expected.pk, "slug": operation.slug},
        "complaints": {"slug": operation.slug, "code": rights.code, "period": quarter.code},
    }


def _task_forces(operation: Operation, users: Mapping[str, User | None]) -> Subjects:
    planner = users["planner"]
    assert planner is not None
    found: Subjects = {}
    for name, states in (("task-force", ["RU", "KZ"]), ("task-force-others", ["BY", "TJ"])):
        values = {"name_ru": "Рабочая группа", "name_en": "Task force", "states": states}
        body = task_forces.create_task_force(values=values, actor=planner, at=timezone.now())
        account = task_forces.account_for_task_force(
            body=body,
            operation=operation,
            values={
                "start_date": _days_ago(40),
                "end_date": _days_ago(10),
                "carried_over": 0,
                "taken_up": 3,
                "settled": 1,
                "still_open": 2,
            },
            actor=planner,
            at=timezone.now(),
        )
        found[name] = {"slug": operation.slug, "pk": body.pk, "code": body.code, "number": account.pk}
        found[f"{name}-account"] = {"pk": account.pk}
    return found


def _reading(users: Mapping[str, User | None]) -> RegisterReading:
    head = users["head"]
    assert head is not None
    now = timezone.now()
    row, _is_new = registers.keep_reading(
        state=state("RU"), as_of=now - dt.timedelta(hours=1), persons=1000, actor=head, at=now
    )
    return row
