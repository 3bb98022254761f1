"""How one authority came to report through its units: entered, accepted by a second officer, summed, submitted.

It starts with the second stage. One unit's return is sent back, another unit corrects its figures after the first sum,
and for the third quarter one unit never reports: the sum says of how many it is. The fourth quarter is left to try.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from illegal_ops.demonstration.accounts import make_officers_of_units
from illegal_ops.demonstration.numbers import amount
from illegal_ops.demonstration.returns_story import THROUGH_UNITS, Reporter
from operations.domain import returns
from operations.domain.moments import moscow_date
from operations.domain.units import add_units
from operations.models import Agency, Operation, Return, Submission, User

AGENCY = "kz-internal-affairs"
STATE = "KZ"
UNITS = tuple(f"td-{number:02}" for number in range(1, 7))
CENTRAL = "central"
#: What did not go as it should: (unit, period) → what happened.
MISSING = {("td-06", "Q3")}
RETURNED = {("td-03", "S2-FINAL"): "Проверьте число проверенных объектов по видам."}
CORRECTED = {("td-05", "S2-FINAL"): "Поступили сведения районного отдела."}
Act = Callable[[Return, dt.datetime], object]


@dataclass(frozen=True)
class UnitReporter(Reporter):
    """Tells of the units' returns as of the others; a unit's figures have a seventh of the size of its state's."""

    def tell_units(self, operation: Operation) -> None:
        """Plans everything by the deadlines of the authority; the units' returns are there once the units are."""
        rows = Return.objects.filter(period__operation=operation, unit__isnull=True, agency__code=AGENCY)
        owed = {row.period.code: row for row in rows.select_related("period").order_by("due_at")}
        periods = [code for code in owed if (AGENCY, code) in THROUGH_UNITS]
        self.story.at(owed[periods[0]].due_at - dt.timedelta(days=9), self._add_units)
        for period in periods:
            self._tell_period(operation, owed[period])

    def _tell_period(self, operation: Operation, owed: Return) -> None:
        period, due = owed.period.code, owed.due_at
        # what falls due on the last day of its period is reported within that day, not before it is over
        day = dt.timedelta(hours=1 if owed.period.end_date == moscow_date(due) else 24)

        def before(days: int, hours: float, code: str, act: Act) -> None:
            self.story.at(due - day * days + day * hours / 24, lambda at: act(_owed(operation, code, period), at))

        for place, code in enumerate((*UNITS, CENTRAL)):
            if (code, period) in MISSING:
                continue
            before(7, 10 + place * 0.4, code, self._report)
            if (code, period) in RETURNED:
                before(6, 10, code, lambda row, at: self._send_back(row, RETURNED[_place(row)], at))
                before(6, 14, code, self._report_again)
            before(5, 10 + place * 0.1, code, self._accept)
            if (code, period) in CORRECTED:
                before(4, 11, code, lambda row, at: self._correct(row, CORRECTED[_place(row)], at))
                before(4, 14, code, self._accept)
        before(4, 10, "", self._sum)
        before(3, 10, "", self._sum)
        before(3, 11, "", self._submit)
        before(2, 15, "", self._accept)

    def _add_units(self, at: dt.datetime) -> None:
        agency = Agency.objects.select_related("state", "kind").get(code=AGENCY)
        rows = [
            {
                "code": code,
                "name_ru": f"Территориальный департамент № {number}",
                "name_en": f"Territorial department No. {number}",
            }
            for number, code in enumerate(UNITS, start=1)
        ]
        units = add_units(agency=agency, units=rows, actor=self.people.officer(AGENCY), at=at)
        for user in make_officers_of_units((unit for unit in units if not unit.is_central_office), second=agency):
            self.people.meet(user)

    def _sum(self, row: Return, at: dt.datetime) -> None:
        returns.roll_up_return(expected_return=row, actor=self._officer(row), at=at)

    def _submit(self, row: Return, at: dt.datetime) -> None:
        draft = row.submissions.get(status=Submission.Status.DRAFT)
        self._answer_rules(draft, row, at)
        returns.submit_return(submission=draft, actor=self._officer(row), at=at)

    def _officer(self, row: Return) -> User:
        if row.unit is None or row.unit.is_central_office:
            return self.people.officer(AGENCY)
        return self.people[f"officer-{STATE.lower()}-{row.unit.code}"]

    def _decider(self, row: Return) -> User:
        return self.people.head(STATE) if row.unit is None else self.people[f"second-officer-{AGENCY}"]

    @staticmethod
    def _amount(row: Return, code: str, period: str) -> int:
        unit, kind = _place(row)[0], row.agency.kind.code
        return amount(code, state=STATE, kind=kind, period=f"{period}/{unit}", parts=len(UNITS) + 1)


def _owed(operation: Operation, code: str, period: str) -> Return:
    """The return of a unit, or (without a code) that of the authority."""
    rows = Return.objects.select_related("period__stage", "agency__state", "agency__kind", "form", "unit")
    rows = rows.filter(agency__code=AGENCY, period__operation=operation, period__code=period)
    return rows.get(unit__code=code) if code else rows.get(unit__isnull=True)


def _place(row: Return) -> tuple[str, str]:
    return (row.unit.code if row.unit is not None else "", row.period.code)
