"""The figures against which a return is checked and beside which it is shown.

A return *stands* with its accepted submission, or with the submitted one while nothing is accepted yet. "Earlier" means
official periods of the same operation that end before this one; for a situation report, the latest earlier report of
the stage, because its figures are cumulative.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from operations.domain.return_layout import CellKey
from operations.domain.rules import Cell, Reading
from operations.models import CellState, Figure, PeriodKind, ReportingPeriod, Return, Submission

STANDS = (Submission.Status.ACCEPTED, Submission.Status.SUBMITTED)
OFFICIAL = (PeriodKind.FINAL, PeriodKind.FOLLOW_UP, PeriodKind.INTERVAL)
_READINGS = {
    CellState.VALUE: Reading.VALUE,
    CellState.NOT_AVAILABLE: Reading.MISSING,
    CellState.NOT_APPLICABLE: Reading.NOT_APPLICABLE,
    CellState.WITHHELD: Reading.WITHHELD,
}


def cells_of(submission: Submission) -> dict[CellKey, Cell]:
    """The submission's own cells as rules read them."""
    return {
        (figure.indicator_id, figure.category_id): (_READINGS[CellState(figure.state)], figure.value or 0)
        for figure in Figure.objects.filter(submission=submission)
    }


def standing_submissions(returns: Iterable[int]) -> dict[int, int]:
    """By return, the submission that stands: the accepted one, else the submitted one."""
    found: dict[int, int] = {}
    rows = Submission.objects.filter(expected_return__in=returns, status__in=STANDS)
    for return_id, pk, status in rows.values_list("expected_return_id", "pk", "status"):
        if status == Submission.Status.ACCEPTED or return_id not in found:
            found[return_id] = pk
    return found


def earlier_cells(expected_return: Return) -> dict[CellKey, Cell]:
    """What `prev()` reads: sums over earlier official periods, or the latest earlier situation report."""
    period = expected_return.period
    rows = Return.objects.filter(
        agency=expected_return.agency_id,
        unit=expected_return.unit_id,
        period__operation=period.operation_id,
        period__end_date__lt=period.end_date,
    )
    if period.is_official:
        rows = rows.filter(period__kind__in=OFFICIAL)
    else:
        rows = rows.filter(period__kind=PeriodKind.OPERATIONAL, period__stage=period.stage_id)
    ordered = list(rows.order_by("-period__end_date", "-pk").values_list("pk", flat=True))
    standing = standing_submissions(ordered)
    if not period.is_official:
        latest = next((pk for pk in ordered if pk in standing), None)
        standing = {} if latest is None else {latest: standing[latest]}
    return _summed(standing.values())


def state_cells(expected_return: Return, own: Mapping[CellKey, Cell]) -> dict[CellKey, Cell]:
    """What `state()` reads: the return's own cells with those of the state's other agencies for the same period."""
    others = Return.objects.filter(
        period=expected_return.period_id, agency__state=expected_return.agency.state_id, unit__isnull=True
    ).exclude(pk=expected_return.pk)
    cells = _summed(standing_submissions(others.values_list("pk", flat=True)).values())
    for key, cell in own.items():
        cells[key] = _added(cells.get(key), cell)
    return cells


@dataclass(frozen=True)
class Beside:
    """What is shown beside the cells of a return: the two periods, and their figures."""

    before: ReportingPeriod | None
    year_before: ReportingPeriod | None
    figures: Mapping[CellKey, Figure]
    year_before_figures: Mapping[CellKey, Figure]


def beside(expected_return: Return) -> Beside:
    """Of the latest earlier period of the kind for which figures stand, and of the same period a year before.

    Situation reports are cumulative from the start of their stage, so only those of the same stage are earlier ones.
    """
    period = expected_return.period
    same = Return.objects.filter(
        agency=expected_return.agency_id, unit=expected_return.unit_id, period__kind=period.kind
    ).select_related("period__operation")
    earlier = same.filter(period__operation=period.operation_id, period__end_date__lt=period.end_date)
    if period.kind == PeriodKind.OPERATIONAL:
        earlier = earlier.filter(period__stage=period.stage_id)
    before = earlier.filter(submissions__status__in=STANDS).order_by("-period__end_date", "-pk").first()
    year_before = same.filter(
        period__operation__year=period.operation.year - 1,
        period__operation__kind=period.operation.kind,
        period__code=period.code,
    ).first()
    standing = standing_submissions([found.pk for found in (before, year_before) if found is not None])
    by_submission: dict[int, dict[CellKey, Figure]] = {pk: {} for pk in standing.values()}
    for figure in Figure.objects.filter(submission__in=standing.values()):
        by_submission[figure.submission_id][figure.indicator_id, figure.category_id] = figure
    shown = [by_submission.get(standing.get(found.pk, 0), {}) if found else {} for found in (before, year_before)]
    return Beside(before.period if before else None, year_before.period if year_before else None, *shown)


def _summed(submissions: Iterable[int]) -> dict[CellKey, Cell]:
    cells: dict[CellKey, Cell] = {}
    for figure in Figure.objects.filter(submission__in=list(submissions)):
        key = (figure.indicator_id, figure.category_id)
        cells[key] = _added(cells.get(key), (_READINGS[CellState(figure.state)], figure.value or 0))
    return cells


def _added(kept: Cell | None, cell: Cell) -> Cell:
    """A sum is withheld when a part is; a missing part leaves what is known."""
    if kept is None:
        return cell
    readings = {kept[0], cell[0]}
    for reading in (Reading.WITHHELD, Reading.VALUE, Reading.MISSING):
        if reading in readings:
            return (reading, kept[1] + cell[1])
    return cell
