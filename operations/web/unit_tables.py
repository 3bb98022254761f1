"""Tables by unit: what each unit reported for one period, with the sum and with what the agency itself reported.

The same table shows which unit submissions stand behind a submission of the agency, and what the units have had
accepted by now. Units stand in the order of their codes; figures of enforcement are no ranking.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from operations.domain.return_layout import CellKey, Layout, Line, layout_of
from operations.domain.roll_up import is_summed, summed_cells
from operations.domain.unit_returns import RolledUp, accepted_by_unit, rolled_up, unit_figures
from operations.models import Figure, IndicatorGroup, Return, Submission, Unit
from operations.web.doors import row_or_404
from operations.web.tags import label
from operations.web.unit_returns import of_an_agency


@dataclass(frozen=True)
class Column:
    """A cell of the form as a column; the column of an indicator leads to that of its breakdowns."""

    key: CellKey
    code: str
    name: str
    currency: str | None
    is_summed: bool
    url: str


@dataclass(frozen=True)
class Cell:
    """A number, or the state that says why there is none."""

    value: int | None
    state: str
    note: str
    currency: str | None


@dataclass(frozen=True)
class UnitRow:
    """A unit with its submission (by key) and its cells in the order of the columns."""

    unit: Unit
    submission: int | None
    cells: list[Cell]


@require_safe
def by_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """What the units have had accepted for the period by now."""
    expected_return = of_an_agency(request, pk)
    accepted = accepted_by_unit(expected_return)
    standing = expected_return.submissions.filter(status=Submission.Status.ACCEPTED).first()
    here = reverse("operations:return-units-figures", args=[pk])
    return _table(request, expected_return, accepted, standing, here=here)


@require_safe
def lineage(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The unit submissions that a submission of the agency was summed from, figure by figure."""
    expected_return = of_an_agency(request, pk)
    submission: Submission = row_or_404(Submission, request, expected_return=expected_return, number=number)
    summed = {
        row.expected_return.unit_id: row.pk for row in submission.unit_submissions.select_related("expected_return")
    }
    accepted = {unit: summed.get(unit.pk) for unit in accepted_by_unit(expected_return)}
    here = reverse("operations:submission-units", args=[pk, number])
    return _table(request, expected_return, accepted, submission, here=here, is_lineage=True)


def _table(
    request: HttpRequest,
    expected_return: Return,
    submissions: Mapping[Unit, int | None],
    of_agency: Submission | None,
    *,
    here: str,
    is_lineage: bool = False,
) -> HttpResponse:
    layout = layout_of(expected_return.form)
    lines = [line for line in layout.lines if line.is_entered]
    indicator = next((line for line in lines if line.indicator.code == request.GET.get("indicator")), None)
    groups = [group for group, members in layout.groups() if any(line.is_entered for line in members)]
    asked = indicator.indicator.group if indicator is not None else request.GET.get("group")
    chosen = next((group for group in groups if group == asked), groups[0] if groups else None)
    currency = expected_return.agency.state.currency
    if indicator is not None:
        columns = list(_of_indicator(layout, indicator, currency))
    else:
        columns = [_total(layout, line, currency, here) for line in lines if line.indicator.group == chosen]
    found = unit_figures((pk for pk in submissions.values() if pk is not None), [column.key for column in columns])
    return render(
        request,
        "operations/units/table.html",
        {
            "operation": expected_return.period.operation,
            "period": expected_return.period,
            "expected_return": expected_return,
            "submission": of_agency,
            "is_lineage": is_lineage,
            "indicator": indicator.indicator if indicator is not None else None,
            "groups": [(group.value, group.label) for group in groups],
            "chosen": chosen.value if isinstance(chosen, IndicatorGroup) else "",
            "columns": columns,
            "rows": [
                UnitRow(unit, pk, [_cell(found.get(unit.pk, {}).get(column.key), column) for column in columns])
                for unit, pk in submissions.items()
            ],
            "sums": _sums(layout, columns, found.values()),
            "reported": _reported(of_agency, columns),
            "units": _coverage(expected_return, of_agency, is_lineage),
            "periods": _other_periods(expected_return) if not is_lineage else [],
        },
    )


def _total(layout: Layout, line: Line, currency: str, here: str) -> Column:
    indicator = line.indicator
    return Column(
        key=(indicator.pk, layout.total.pk),
        code=indicator.code,
        name=str(label(indicator)),
        currency=currency if indicator.is_money else None,
        is_summed=is_summed(line),
        url=f"{here}?indicator={indicator.code}" if line.dimensions else "",
    )


def _of_indicator(layout: Layout, line: Line, currency: str) -> Iterable[Column]:
    yield _total(layout, Line(line.indicator, line.depth, ()), currency, "")
    for dimension in line.dimensions:
        for category in dimension.categories:
            key = (line.indicator.pk, category.pk)
            money = currency if line.indicator.is_money else None
            yield Column(key, "", str(label(category)), money, is_summed(line), "")


def _cell(figure: Figure | None, column: Column) -> Cell:
    if figure is None:
        return Cell(None, "", "", column.currency)
    return Cell(figure.value, figure.state, figure.note, column.currency)


def _sums(layout: Layout, columns: list[Column], found: Iterable[Mapping[CellKey, Figure]]) -> list[Cell | None]:
    """The sum of the units shown; None where a column has none."""
    contents = [{key: (row.state, row.value, row.note) for key, row in cells.items()} for cells in found]
    sums = summed_cells(layout, contents)
    shown: list[Cell | None] = []
    for column in columns:
        cell = sums.get(column.key) if column.is_summed else None
        shown.append(Cell(cell.value, cell.state or "", cell.note, column.currency) if cell is not None else None)
    return shown


def _reported(submission: Submission | None, columns: list[Column]) -> list[Cell]:
    """What the agency's own submission says in the same cells."""
    if submission is None:
        return []
    figures = {
        (row.indicator_id, row.category_id): row
        for row in Figure.objects.filter(submission=submission, indicator__in={column.key[0] for column in columns})
    }
    return [_cell(figures.get(column.key), column) for column in columns]


def _coverage(expected_return: Return, submission: Submission | None, is_lineage: bool) -> Any:
    found: RolledUp | None = rolled_up(expected_return, submission if is_lineage else None)
    if found is None:
        return None
    return found.coverage if is_lineage else found.accepted


def _other_periods(expected_return: Return) -> list[Return]:
    """The agency's returns of the operation's other periods that units have reported for."""
    accepted = Return.objects.filter(
        agency=expected_return.agency_id,
        period__operation=expected_return.period.operation_id,
        unit__isnull=False,
        submissions__status=Submission.Status.ACCEPTED,
    )
    rows = Return.objects.filter(
        agency=expected_return.agency_id, unit__isnull=True, period__in=accepted.order_by().values("period")
    )
    return list(rows.select_related("period").order_by("due_at", "period__code"))
