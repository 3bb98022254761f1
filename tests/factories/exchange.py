"""Lists, complaints and task forces as tests of the exchange want them, made by the domain's own functions."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from operations.domain import lists
from operations.domain.moments import moscow_moment
from operations.models import Agency, ListVerification, Operation, ReportingPeriod, Return, User
from tests.factories.operations import make_interval, make_operation, make_return
from tests.factories.people import make_head, make_officer, make_planner
from tests.factories.reference import make_agency, state

OUTCOMES = ("LEFT", "SETTLED", "NO_STATUS", "NOT_FOUND", "CITIZENSHIP", "ERROR", "PENDING")


def day(month: int, number: int) -> dt.date:
    return dt.date(2026, month, number)


def noon(month: int, number: int) -> dt.datetime:
    return moscow_moment(day(month, number), 12)


def counts(**given: int) -> dict[str, int]:
    """All outcomes, those not named being 0."""
    return {code: given.get(code, 0) for code in OUTCOMES}


@dataclass
class Exchange:
    """Two states with their information centres and heads, in an operation of 2026."""

    operation: Operation = field(default_factory=make_operation)
    sender: User = field(default_factory=lambda: make_officer(make_agency("KZ", "information_centre")))
    partner: User = field(default_factory=lambda: make_officer(make_agency("RU", "information_centre")))
    sender_head: User = field(default_factory=lambda: make_head("KZ"))
    partner_head: User = field(default_factory=lambda: make_head("RU"))
    planner: User = field(default_factory=make_planner)

    @property
    def centre(self) -> Agency:
        return make_agency("RU", "information_centre")

    def send(
        self, number: str = "12/1", *, entries: int = 100, on: dt.date | None = None, **values
    ) -> ListVerification:
        sent_on = on or day(5, 10)
        given = {"received_by": "RU", "number": number, "entries": entries, "sent_on": sent_on, **values}
        return lists.send_list(
            operation=self.operation, sent_by=state("KZ"), values=given, actor=self.sender, at=noon(12, 20)
        )

    def received(self, number: str = "12/1", *, entries: int = 100, on: dt.date | None = None) -> ListVerification:
        row = self.send(number, entries=entries, on=on or day(5, 10))
        return lists.confirm_receipt(
            verification=row, received_on=on or day(5, 12), actor=self.partner, at=noon(12, 20)
        )

    def record(self, row: ListVerification, as_of: dt.date, given: Mapping[str, int], **options) -> ListVerification:
        return lists.record_outcomes(
            verification=row, as_of=as_of, counts=given, actor=self.partner, at=noon(12, 20), **options
        )

    def quarter(self, number: int) -> ReportingPeriod:
        found = self.operation.periods.filter(code=f"Q{number}").first()
        return found or make_interval(self.operation, quarter=number)

    def expected(self, number: int) -> Return:
        return make_return(self.quarter(number), self.centre)
