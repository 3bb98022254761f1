"""Which figures of a return are out of the ordinary for its agency: its cells against their own earlier values.

A cell is compared with the same indicator and category in earlier accepted returns of the same agency (or unit) for the
same kind of period, of whatever operation: final with final, month with month. Situation reports are cumulative, so
that what is compared of them is what each day added (`outlier_days`). What is not a number is in no history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.db.models import Q

from operations.domain.outlier_days import Days, days_before
from operations.domain.outliers import Judged, judged
from operations.domain.return_layout import CellKey, cell_address
from operations.domain.standing_figures import standing_submissions
from operations.models import CellState, Figure, Indicator, PeriodKind, ReportingPeriod, Return, Submission

#: By whose figures and cell, the earlier values in the order of time.
Histories = Mapping[tuple[int, int | None], Mapping[CellKey, list[int]]]


@dataclass(frozen=True)
class UnusualFigure:
    """A figure that at least one method finds out of the ordinary."""

    figure: Figure
    judged: Judged

    @property
    def key(self) -> CellKey:
        return (self.figure.indicator_id, self.figure.category_id)

    @property
    def address(self) -> str:
        return cell_address(self.figure.indicator, self.figure.category)


@dataclass(frozen=True)
class Unusual:
    """What was found in a return: how many numbers it has, how many could be compared, and those out of the ordinary.

    `is_compared` is false where there is nothing to look at; `is_by_day` says that days of a stage were compared.
    """

    is_compared: bool
    is_by_day: bool = False
    numbers: int = 0
    comparable: int = 0
    figures: tuple[UnusualFigure, ...] = field(default=())

    @property
    def incomparable(self) -> int:
        """Numbers with too few earlier values, or with values that all agree."""
        return self.numbers - self.comparable


def unusual_figures(submission: Submission) -> Unusual:
    """The figures of one submission against the history of whoever reports: two queries."""
    expected_return, period = submission.expected_return, submission.expected_return.period
    rows = _numbers([submission.pk])
    of = (expected_return.agency_id, expected_return.unit_id)
    if period.kind == PeriodKind.OPERATIONAL:
        return _found_by_day(rows, days_before(period, [of])[of], period)
    return _found(rows, _histories(period, [of])[of])


def unusual_of_period(period: ReportingPeriod, returns: Iterable[Return]) -> dict[int, Unusual]:
    """By return, what is out of the ordinary in the submission that stands: three queries, however many returns."""
    rows = {row.pk: row for row in returns}
    standing = standing_submissions(rows)
    whose = {pk: (row.agency_id, row.unit_id) for pk, row in rows.items()}
    figures: dict[int, list[Figure]] = defaultdict(list)
    for figure in _numbers(standing.values()):
        figures[figure.submission_id].append(figure)
    if period.kind == PeriodKind.OPERATIONAL:
        days = days_before(period, whose.values())
        return {pk: _found_by_day(figures[own], days[whose[pk]], period) for pk, own in standing.items()}
    histories = _histories(period, whose.values())
    return {pk: _found(figures[own], histories[whose[pk]]) for pk, own in standing.items()}


def _numbers(submissions: Iterable[int]) -> Iterable[Figure]:
    return (
        Figure.objects.filter(submission__in=list(submissions), state=CellState.VALUE)
        .select_related("indicator", "category__breakdown")
        .order_by("indicator__position", "category__breakdown_id", "category__position")
    )


def _histories(period: ReportingPeriod, whose: Iterable[tuple[int, int | None]]) -> Histories:
    """The earlier values of these agencies and units by cell, for the same kind of period: one query."""
    wanted = list(whose)
    agencies = {agency for agency, unit in wanted if unit is None}
    units = {unit for _agency, unit in wanted if unit is not None}
    here = "submission__expected_return__"
    of_agencies = Q(**{f"{here}agency__in": agencies, f"{here}unit__isnull": True})
    rows = (
        Figure.objects.filter(
            of_agencies | Q(**{f"{here}unit__in": units}),
            submission__status=Submission.Status.ACCEPTED,
            submission__expected_return__period__kind=period.kind,
            submission__expected_return__period__end_date__lt=period.end_date,
            state=CellState.VALUE,
        )
        .filter(**_as_long(period))
        .order_by("submission__expected_return__period__end_date", "submission_id")
        .values_list(f"{here}agency_id", f"{here}unit_id", "indicator_id", "category_id", "value")
    )
    found: dict[tuple[int, int | None], dict[CellKey, list[int]]] = defaultdict(lambda: defaultdict(list))
    for agency, unit, indicator, category, value in rows:
        found[agency, unit][indicator, category].append(value)
    return found


def _as_long(period: ReportingPeriod) -> dict[str, str]:
    """A month is compared with months, a quarter with quarters."""
    if period.kind != PeriodKind.INTERVAL:
        return {}
    return {"submission__expected_return__period__code__startswith": period.code[0]}


def _found(rows: Iterable[Figure], history: Mapping[CellKey, list[int]]) -> Unusual:
    """Each figure against the same cell of earlier returns."""
    return _judged(
        (row, row.value, history.get((row.indicator_id, row.category_id), ())) for row in rows if row.value is not None
    )


def _found_by_day(rows: Iterable[Figure], days: Days, period: ReportingPeriod) -> Unusual:
    """What the day added to each figure against what earlier days added."""
    compared = []
    for row in rows:
        key, is_flow = (row.indicator_id, row.category_id), row.indicator.over_time == Indicator.Aggregation.SUM
        added = days.added(key, row.value or 0, period=period, is_flow=is_flow)
        compared.append((row, added, days.earlier(key, is_flow=is_flow)))
    return replace(_judged(compared), is_by_day=True)


def _judged(compared: Iterable[tuple[Figure, int | None, Sequence[int]]]) -> Unusual:
    """The verdicts on figures, each with the number that is compared (None: nothing to compare) and its history."""
    numbers = comparable = 0
    figures = []
    for row, value, earlier in compared:
        numbers += 1
        if value is None:
            continue
        found = judged(value, earlier)
        comparable += found.is_judged
        if found.is_outlier:
            figures.append(UnusualFigure(row, found))
    return Unusual(is_compared=True, numbers=numbers, comparable=comparable, figures=tuple(figures))
