"""INF04 and INF05: counted from the register of lists, never entered by hand.

INF05 is the number of entries of the lists that a state received in the period. INF04 is the number of entries whose
outcome was established in it, by outcome; what is still being checked is no outcome. Outcomes are kept as of days, and
an outcome that a later day takes back was never established: so a quarter's count is never negative, and the quarters
add up to what the register says now. Withdrawn lists count for nothing.

The figures are stored when a return is submitted. When the register changes afterwards, the accepted figure stands and
the difference is shown, until the return is corrected.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from operations.domain.return_layout import CellKey
from operations.models import (
    Category,
    CellState,
    Figure,
    Indicator,
    ListOutcome,
    ListVerification,
    ReportingPeriod,
    Return,
    Submission,
)

CHECKED, RECEIVED = "INF04", "INF05"
OUTCOMES, PENDING = "list_outcome", "PENDING"
Counts = Mapping[int, int]


@dataclass(frozen=True)
class CountedList:
    """A list as far as it counts: when it came, how many entries, and its outcomes by day, oldest first."""

    row: ListVerification
    received_on: dt.date
    records: Sequence[tuple[dt.date, Counts]] = ()

    def received(self, first: dt.date, last: dt.date) -> int:
        return self.row.entries if first <= self.received_on <= last else 0

    def established(self, first: dt.date, last: dt.date) -> dict[int, int]:
        """By outcome, the entries whose outcome was established between the two days, both included."""
        before, after = self._standing(first - dt.timedelta(days=1)), self._standing(last)
        return {key: after[key] - before.get(key, 0) for key in after if after[key] > before.get(key, 0)}

    def _standing(self, day: dt.date) -> dict[int, int]:
        """What was established by the end of a day and was not taken back since."""
        past = [place for place, (as_of, _counts) in enumerate(self.records) if as_of <= day]
        if not past:
            return {}
        kept = [counts for _as_of, counts in self.records[past[-1] :]]
        return {key: min(counts.get(key, 0) for counts in kept) for key in kept[0]}


@dataclass(frozen=True)
class Derived:
    """The two indicators of a state and a period, with the lists that stand behind them."""

    received: int = 0
    checked: Counts = field(default_factory=dict)
    lists: tuple[tuple[CountedList, int, Counts], ...] = ()

    @property
    def is_nothing(self) -> bool:
        return not self.received and not sum(self.checked.values())


class ListRegister:
    """The lists of some operations, read once: two queries, however many periods are asked for."""

    def __init__(self, operations: Iterable[int]) -> None:
        rows = ListVerification.objects.filter(operation__in=list(operations), received_on__isnull=False).exclude(
            status=ListVerification.Status.WITHDRAWN
        )
        counted = list(rows.select_related("sent_by", "received_by").order_by("received_on", "pk"))
        records = _records(counted)
        self._lists: dict[tuple[int, int], list[CountedList]] = defaultdict(list)
        for row in counted:
            if row.received_on is not None:
                found = CountedList(row, row.received_on, records.get(row.pk, ()))
                self._lists[row.operation_id, row.received_by_id].append(found)

    def derived(self, *, state_id: int, period: ReportingPeriod) -> Derived:
        """What the register says now of a state's lists in the period."""
        first, last = period.start_date, period.end_date
        behind = [
            (counted, counted.received(first, last), counted.established(first, last))
            for counted in self._lists.get((period.operation_id, state_id), ())
        ]
        return Derived(
            received=sum(received for _list, received, _checked in behind),
            checked=_summed(checked for _list, _received, checked in behind),
            lists=tuple(one for one in behind if one[1] or one[2]),
        )


@dataclass(frozen=True)
class DerivedCell:
    """One derived cell: as it stands in the submission shown, as accepted, and as the register has it now."""

    indicator: Indicator
    category: Category
    figure: Figure | None
    accepted: Figure | None
    now: int | None

    @property
    def differs(self) -> bool:
        return self.accepted is not None and self.accepted.value != self.now


@dataclass(frozen=True)
class DerivedAccount:
    """The derived cells of one return."""

    cells: tuple[DerivedCell, ...]
    derived: Derived
    is_accepted: bool

    @property
    def differs(self) -> bool:
        """Whether the register has moved since the accepted figures were taken from it."""
        if not self.is_accepted:
            return False
        if all(cell.accepted is None for cell in self.cells):  # accepted before the register was kept
            return not self.derived.is_nothing
        return any(cell.differs for cell in self.cells)


def derived_indicators(expected_return: Return) -> list[Indicator]:
    """The derived indicators that the return's form has; none on a unit's return, whose agency keeps the register."""
    if expected_return.unit_id is not None:
        return []
    rows = Indicator.objects.filter(forms=expected_return.form_id, is_derived=True)
    return list(rows.order_by("position"))


def store_derived(submission: Submission) -> dict[str, Any]:
    """Takes the derived figures from the register as it is now; answers the lists behind them, for the trail.

    Runs before the submission counts. A nil return says that there was nothing: it is none when the register knows
    of lists.
    """
    expected_return = submission.expected_return
    indicators = derived_indicators(expected_return)
    if not indicators:
        return {}
    derived = _now(expected_return)
    Figure.objects.filter(submission=submission, indicator__in=indicators).delete()
    Figure.objects.bulk_create(
        Figure(
            submission=submission,
            indicator=indicator,
            category=category,
            state=CellState.VALUE if value is not None else CellState.NOT_APPLICABLE,
            value=value,
        )
        for indicator in indicators
        for category, value in _cells(indicator.code, derived, _outcome_categories())
    )
    if not derived.is_nothing:
        submission.is_nil = False
    return {
        "derived_from": [
            {"list": counted.row.pk, "received": received, "checked": sum(checked.values())}
            for counted, received, checked in derived.lists
        ]
    }


def derived_account(expected_return: Return, submission: Submission | None) -> DerivedAccount | None:
    """The derived cells of a return beside what the register says now; None where the form has none."""
    indicators = derived_indicators(expected_return)
    if not indicators:
        return None
    accepted = expected_return.submissions.filter(status=Submission.Status.ACCEPTED).first()
    shown = _figures(submission, indicators)
    standing = shown if accepted == submission else _figures(accepted, indicators)
    derived, categories = _now(expected_return), _outcome_categories()
    cells = [
        DerivedCell(
            indicator=indicator,
            category=category,
            figure=shown.get((indicator.pk, category.pk)),
            accepted=standing.get((indicator.pk, category.pk)),
            now=value,
        )
        for indicator in indicators
        for category, value in _cells(indicator.code, derived, categories)
    ]
    return DerivedAccount(tuple(cells), derived, accepted is not None)


def differing_returns(returns: Iterable[Return]) -> list[Return]:
    """Of the returns given (with period and agency), those whose accepted derived figures the register left behind.

    Four queries, however many returns are asked about.
    """
    asked = {row.pk: row for row in returns}
    accepted = dict(
        Submission.objects.filter(expected_return__in=asked, status=Submission.Status.ACCEPTED).values_list(
            "pk", "expected_return_id"
        )
    )
    stored: dict[int, dict[CellKey, int | None]] = {pk: {} for pk in accepted}
    figures = Figure.objects.filter(submission__in=stored, indicator__is_derived=True)
    codes: dict[str, int] = {}
    for pk, indicator_id, code, category_id, value in figures.values_list(
        "submission_id", "indicator_id", "indicator__code", "category_id", "value"
    ):
        stored[pk][indicator_id, category_id] = value
        codes[code] = indicator_id
    register = ListRegister({asked[pk].period.operation_id for pk in accepted.values()})
    categories = _outcome_categories()
    return [
        asked[return_id]
        for pk, return_id in sorted(accepted.items(), key=lambda pair: pair[1])
        if _is_behind(stored[pk], register, asked[return_id], codes, categories)
    ]


def _is_behind(
    stored: Mapping[CellKey, int | None],
    register: ListRegister,
    row: Return,
    codes: Mapping[str, int],
    categories: Sequence[Category],
) -> bool:
    derived = register.derived(state_id=row.agency.state_id, period=row.period)
    if not stored:
        return not derived.is_nothing
    now = {
        (codes[code], category.pk): value
        for code in (CHECKED, RECEIVED)
        if code in codes
        for category, value in _cells(code, derived, categories)
    }
    return any(now.get(key) != value for key, value in stored.items())


def _now(expected_return: Return) -> Derived:
    period = expected_return.period
    return ListRegister([period.operation_id]).derived(state_id=expected_return.agency.state_id, period=period)


def _cells(code: str, derived: Derived, categories: Sequence[Category]) -> Iterator[tuple[Category, int | None]]:
    """The cells of a derived indicator: its own value first; None where no number can stand."""
    total, *outcomes = categories
    if code == RECEIVED:
        yield total, derived.received
        return
    yield total, sum(derived.checked.values())
    for category in outcomes:
        yield category, None if category.code == PENDING else derived.checked.get(category.pk, 0)


def _outcome_categories() -> list[Category]:
    """The category of an indicator's own value, and the outcomes in their order."""
    rows = Category.objects.filter(breakdown__code=OUTCOMES).order_by("position")
    return [Category.objects.get(breakdown__isnull=True), *rows]


def _figures(submission: Submission | None, indicators: Iterable[Indicator]) -> dict[CellKey, Figure]:
    if submission is None:
        return {}
    rows = Figure.objects.filter(submission=submission, indicator__in=list(indicators))
    return {(row.indicator_id, row.category_id): row for row in rows}


def _records(rows: Iterable[ListVerification]) -> dict[int, list[tuple[dt.date, Counts]]]:
    by_day: dict[int, dict[dt.date, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    outcomes = ListOutcome.objects.filter(verification__in=[row.pk for row in rows]).exclude(category__code=PENDING)
    for list_id, as_of, category_id, entries in outcomes.values_list(
        "verification_id", "as_of", "category_id", "entries"
    ):
        by_day[list_id][as_of][category_id] = entries
    return {list_id: sorted(days.items()) for list_id, days in by_day.items()}


def _summed(counts: Iterable[Counts]) -> dict[int, int]:
    summed: dict[int, int] = defaultdict(int)
    for one in counts:
        for key, value in one.items():
            summed[key] += value
    return dict(summed)
