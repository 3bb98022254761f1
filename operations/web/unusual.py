"""The list of figures that are out of the ordinary for whoever reports them, period by period."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain.access import visible_to
from operations.domain.comments import flagged
from operations.domain.outlier_history import Unusual, unusual_of_period
from operations.domain.standing_figures import STANDS
from operations.domain.statistics import participating_states
from operations.models import Comment, Operation, ReportingPeriod, Return
from operations.web.doors import row_or_404
from operations.web.return_parts import UNUSUAL, frame
from operations.web.returns import FULL
from operations.web.unusual_words import currency_of, methods

#: More figures than this are counted and not listed.
LONGEST_LIST = 300


@require_safe
def unusual_figures(request: HttpRequest, slug: str) -> HttpResponse:
    """One period's returns as they stand, each figure against its agency's own earlier ones."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    returns = visible_to(Return, request.user, at=now).filter(
        period__operation=operation, unit__isnull=True, submissions__status__in=STANDS
    )
    periods = list(
        ReportingPeriod.objects.filter(operation=operation, returns__in=returns)
        .select_related("operation", "stage")
        .distinct()
        .order_by("-end_date", "code")
    )
    chosen = {name: request.GET.get(name, "") for name in ("period", "state")}
    latest = next((one for one in periods if one.is_official), periods[0] if periods else None)
    period = next((one for one in periods if one.code == chosen["period"]), latest)
    rows: dict[int, Return] = {}
    if period is not None:
        narrowed = returns.filter(period=period).select_related(*FULL).distinct()
        if chosen["state"] and "\x00" not in chosen["state"]:
            narrowed = narrowed.filter(agency__state__code=chosen["state"])
        rows = {row.pk: row for row in narrowed.order_by("agency__state__short_ru", "agency__code")}
    found = unusual_of_period(period, rows.values()) if period is not None else {}
    listed = _listed(rows, found)
    return render(
        request,
        "operations/returns/unusual.html",
        {
            **frame(operation, UNUSUAL),
            "periods": periods,
            "period": period,
            "chosen": chosen,
            "states": participating_states(operation),
            "rows": listed[:LONGEST_LIST],
            "left_out": max(0, len(listed) - LONGEST_LIST),
            "returns": len(found),
            "numbers": sum(one.numbers for one in found.values()),
            "comparable": sum(one.comparable for one in found.values()),
            "unusual": len(listed),
            "is_by_day": any(one.is_by_day for one in found.values()),
            **methods(),
        },
    )


def _listed(rows: dict[int, Return], found: dict[int, Unusual]) -> list[dict[str, Any]]:
    """The figures in the order of the returns, each with the flags that its cell has."""
    flags = _flags(found)
    return [
        {
            "expected_return": rows[pk],
            "unusual": one,
            "currency": currency_of(rows[pk], one),
            "is_flagged": (pk, *one.key) in flags,
        }
        for pk in rows
        if pk in found
        for one in found[pk].figures
    ]


def _flags(found: dict[int, Unusual]) -> set[tuple[int, int | None, int | None]]:
    """The cells that somebody flagged for a follow-up: one query."""
    wanted = [pk for pk, unusual in found.items() if unusual.figures]
    rows = flagged(Comment.objects.filter(submission__expected_return__in=wanted))
    return set(rows.values_list("submission__expected_return", "indicator", "category"))
