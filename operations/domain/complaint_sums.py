"""What accounts of complaints add up to: over the year by channel, and beside the figures of the rights return.

The balance of a year reads the first period's carry-over and the last one's pending, so that nothing is counted twice.
A rights return says RGT01 (received) and RGT02 (examined) by subject; the headquarters, who accept it, see where the
accounts of the same period say something else.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operations.domain.complaints import SUBJECTS, accounts_of
from operations.models import (
    Agency,
    Category,
    CellState,
    ComplaintAccount,
    Figure,
    Indicator,
    Operation,
    PeriodKind,
    ReportingPeriod,
    Return,
    Submission,
)

#: The indicator of a rights return that says the same as a column of the accounts.
SAME = {"RGT01": "received", "RGT02": "examined"}


@dataclass
class Balance:
    """Complaints over some rows: `adjusted` is what was carried over differently from what had been pending."""

    carried_over: int = 0
    received: int = 0
    examined: int = 0
    pending: int = 0
    adjusted: int = 0

    def add(self, other: "Balance") -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def chained(rows: Iterable[ComplaintAccount]) -> Balance:
    """The balance of one subject and channel over consecutive periods: first carry-over to last pending."""
    ordered = list(rows)
    balance = Balance(carried_over=ordered[0].carried_over, pending=ordered[-1].pending)
    for place, row in enumerate(ordered):
        balance.received += row.received
        balance.examined += row.examined
        if place:
            balance.adjusted += row.carried_over - ordered[place - 1].pending
    return balance


@dataclass(frozen=True)
class YearOfComplaints:
    """The accounts of an operation: by channel, and how many states stand behind them."""

    by_channel: Mapping[str, Balance]
    states: int


def year_of_complaints(operation: Operation, *, agencies: Iterable[Agency] | None = None) -> YearOfComplaints:
    """The balance of the operation (or of some agencies) by channel.

    A body that keeps quarters is read by quarters, else by the periods of stages. One query.
    """
    rows = ComplaintAccount.objects.filter(period__operation=operation).select_related("period", "agency")
    if agencies is not None:
        rows = rows.filter(agency__in=[agency.pk for agency in agencies])
    by_agency: dict[int, list[ComplaintAccount]] = defaultdict(list)
    for row in rows.order_by("period__end_date", "period_id"):
        by_agency[row.agency_id].append(row)
    by_channel: dict[str, Balance] = {}
    for accounts in by_agency.values():
        quarters = [row for row in accounts if row.period.kind == PeriodKind.INTERVAL]
        chains: dict[tuple[int, str], list[ComplaintAccount]] = defaultdict(list)
        for row in quarters or accounts:
            chains[row.category_id, row.channel].append(row)
        for (_category, channel), chain in chains.items():
            by_channel.setdefault(channel, Balance()).add(chained(chain))
    return YearOfComplaints(by_channel, len({accounts[0].agency.state_id for accounts in by_agency.values()}))


# --- beside the return ---


@dataclass(frozen=True)
class Compared:
    """One cell of a rights return and the sum of the accounts over their channels; None where nothing is reported."""

    indicator: Indicator
    category: Category
    account: int | None
    returned: int | None

    @property
    def differs(self) -> bool:
        return bool(self.difference)

    @property
    def difference(self) -> int | None:
        """What the account has more than the return; None where one of the two says nothing."""
        return None if self.account is None or self.returned is None else self.account - self.returned


def compared_with_return(agency: Agency, period: ReportingPeriod) -> list[Compared]:
    """The accounts of a period beside the agency's return for it; nothing where one of the two is missing."""
    accounts = list(accounts_of(agency, period))
    expected = Return.objects.filter(agency=agency, period=period, unit__isnull=True).first()
    submission = _newest(expected) if expected is not None else None
    if expected is None or submission is None or not accounts:
        return []
    figures = {
        (row.indicator_id, row.category_id): row.value
        for row in Figure.objects.filter(submission=submission, state=CellState.VALUE)
    }
    categories = [
        Category.objects.get(breakdown__isnull=True),
        *Category.objects.filter(breakdown__code=SUBJECTS).order_by("position"),
    ]
    return [
        Compared(indicator, category, account, returned)
        for indicator in Indicator.objects.filter(forms=expected.form_id, code__in=SAME).order_by("code")
        for category in categories
        if (account := _sum(accounts, category, SAME[indicator.code])) is not None
        or figures.get((indicator.pk, category.pk)) is not None
        for returned in [figures.get((indicator.pk, category.pk))]
    ]


def _newest(expected: Return) -> Submission | None:
    """What waits for the decision, else what was accepted."""
    standing = (Submission.Status.SUBMITTED, Submission.Status.ACCEPTED)
    return expected.submissions.filter(status__in=standing).order_by("-number").first()


def _sum(accounts: Iterable[ComplaintAccount], category: Category, column: str) -> int | None:
    counted = [
        int(getattr(row, column)) for row in accounts if category.breakdown_id is None or row.category_id == category.pk
    ]
    return sum(counted) if counted else None


def differing_accounts(operation: Operation, agencies: Iterable[Agency]) -> set[tuple[int, int]]:
    """The agencies and periods (ids) whose accounts say something else than the return. Five queries."""
    places = [agency.pk for agency in agencies]
    kept = ComplaintAccount.objects.filter(period__operation=operation, agency__in=places)
    summed: dict[tuple[int, int], dict[tuple[str, int], int]] = defaultdict(lambda: defaultdict(int))
    total = Category.objects.get(breakdown__isnull=True).pk
    for row in kept:
        for code, column in SAME.items():
            for category in (total, row.category_id):
                summed[row.agency_id, row.period_id][code, category] += getattr(row, column)
    returns = Return.objects.filter(period__operation=operation, agency__in=places, unit__isnull=True)
    waiting = (Submission.Status.SUBMITTED, Submission.Status.ACCEPTED)
    newest: dict[tuple[int, int], int] = {}
    rows = Submission.objects.filter(expected_return__in=returns, status__in=waiting).order_by("number")
    for pk, agency, period in rows.values_list("pk", "expected_return__agency_id", "expected_return__period_id"):
        newest[agency, period] = pk
    by_submission = {pk: place for place, pk in newest.items() if place in summed}
    figures = Figure.objects.filter(
        submission__in=by_submission, indicator__code__in=SAME, state=CellState.VALUE
    ).values_list("submission_id", "indicator__code", "category_id", "value")
    return {
        by_submission[pk]
        for pk, code, category, value in figures
        if summed[by_submission[pk]].get((code, category), value) != value
    }
