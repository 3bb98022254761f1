"""The page that says what came, what came in time, and what is filled: by state, and agency by period."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain.completeness import (
    Completeness,
    MatrixCell,
    completeness_by,
    completeness_by_state,
    matrix,
)
from operations.domain.standing_figures import OFFICIAL
from operations.models import Agency, Operation, PeriodKind, ReportingPeriod
from operations.web.doors import row_or_404
from operations.web.returns import reader


@dataclass(frozen=True)
class MatrixRow:
    """An agency with its cells in the order of the periods; None where nothing is expected of it."""

    agency: Agency
    cells: list[MatrixCell | None]


@require_safe
def completeness(request: HttpRequest, slug: str) -> HttpResponse:
    """Completeness and timeliness of an operation; the matrix shows the returns that the reader may see."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    is_daily = request.GET.get("kind") == PeriodKind.OPERATIONAL
    kinds = [PeriodKind.OPERATIONAL] if is_daily else list(OFFICIAL)
    by_state = completeness_by_state(operation, at=now)
    by_period = completeness_by(operation, lambda row: row.period_id, at=now)
    periods = list(ReportingPeriod.objects.filter(operation=operation, kind__in=kinds).order_by("due_at", "code"))
    cells = matrix(operation, user=reader(request), at=now, period_kinds=kinds)
    agencies = Agency.objects.filter(pk__in=cells).select_related("state", "kind")
    return render(
        request,
        "operations/returns/completeness.html",
        {
            "operation": operation,
            "by_state": list(by_state.items()),
            "whole": sum(by_state.values(), Completeness()),
            "periods": periods,
            "by_period": [(period, by_period.get(period.pk, Completeness())) for period in periods],
            "rows": [MatrixRow(agency, [cells[agency.pk].get(period.pk) for period in periods]) for agency in agencies],
            "is_daily": is_daily,
        },
    )
