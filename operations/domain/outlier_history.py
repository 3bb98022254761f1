"""Which figures of a return are out of the ordinary for its agency: its cells against their own earlier values.

A cell is compared with the same indicator and category in earlier accepted returns of the same agency (or unit) for the
same kind of period, of whatever operation: final with final, interval with interval. Situation reports are left out:
they are cumulative, and their figures follow from the day of the stage. What is not a number is in no history.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from operations.domain.outliers import Judged, judged
from operations.domain.return_layout import CellKey, cell_address
from operations.domain.standing_figures import OFFICIAL, standing_submissions
from operations.models import CellState, Figure, PeriodKind, ReportingPeriod, Return, Submission

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

    `is_compared` is false for situation reports, which are not looked at.
    """

    is_compared: bool
    numbers: int = 0
    comparable: int = 0
    figures: tuple[UnusualFigure, ...] = field(default=())

    @property
    def incomparable(self) -> int:
        """Numbers with too few earlier values, or with values that all agree."""
        return self.numbers - self.comparable


def unusual_figures(submission: Submission) -> Unusual:
    """The figures of one submission against the history of whoever reports: two queries."""
    expected_return = submission.expected_return
    if expected_return.period.kind not in OFFICIAL:
        return Unusual(is_compared=False)
    rows = _numbers([submission.pk])
    of = (expected_return.agency_id, expected_return.unit_id)
    return _found(rows, _histories(expected_return.period, [of])[of])


def unusual_of_period(period: ReportingPeriod, returns: Iterable[Return]) -> dict[int, Unusual]:
    """By return, what is out of the ordinary in the submission that stands: three queries, however many returns."""
    rows = {row.pk: row for row in returns}
    if period.kind not in OFFICIAL:
        return {pk: Unusual(is_compared=False) for pk in rows}
    standing = standing_submissions(rows)
    histories = _histories(period, [(row.agency_id, row.unit_id) for row in rows.values()])
    figures: dict[int, list[Figure]] = defaultdict(list)
    for figure in _numbers(standing.values()):
        figures[figure.submission_id].append(figure)
    return {
        pk: _found(figures[submission], histories[rows[pk].agency_id, rows[pk].unit_id])
        for pk, submission in standing.items()
    }


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
    numbers = comparable = 0
    figures = []
    for row in rows:
        numbers += 1
        if row.value is None:  # a value has a number: the table sees to it
            continue
        found = judged(row.value, history.get((row.indicator_id, row.category_id), ()))
        comparable += found.is_judged
        if found.is_outlier:
            figures.append(UnusualFigure(row, found))
    return Unusual(is_compared=True, numbers=numbers, comparable=comparable, figures=tuple(figures))
