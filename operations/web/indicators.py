"""The pages of indicators: what each counts and how, who reports it, and where it leads.

From here the measures whose effect an indicator shows, the returns that ask for it, its statistics and the published
figures are one click away; each of those pages leads back.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain.access import visible_to
from operations.domain.breakdowns import breakdown_name, unit_name
from operations.domain.rule_language import parse, references
from operations.models import (
    Indicator,
    IndicatorGroup,
    Measure,
    Operation,
    PeriodKind,
    Plan,
    Return,
    ReturnForm,
    Rule,
)
from operations.web import addresses
from operations.web.doors import row_or_404

addresses.register(Indicator, lambda row: reverse("operations:indicator", args=[row.code]))


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """The catalogue by group."""
    rows = list(visible_to(Indicator, request.user, at=timezone.now()).prefetch_related("reported_by"))
    groups = [
        {"label": words, "indicators": [row for row in rows if row.group == code]}
        for code, words in IndicatorGroup.choices
    ]
    return render(request, "operations/indicators/list.html", {"groups": [one for one in groups if one["indicators"]]})


@require_safe
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One indicator, in both directions: from measures to figures, and back."""
    row = row_or_404(Indicator.objects.select_related("part_of"), request, code=code)
    at = timezone.now()
    measures = (
        visible_to(Measure, request.user, at=at)
        .filter(indicators=row)
        .select_related("objective__plan__operation")
        .order_by("-objective__plan__operation__year", "objective__position", "position")
    )
    return render(
        request,
        "operations/indicators/indicator.html",
        {
            "indicator": row,
            "group": IndicatorGroup(row.group).label,
            "unit": unit_name(row.unit),
            "parts": row.parts.all(),
            "breakdowns": [breakdown_name(one.code) for one in row.breakdowns.all()],
            "forms": _forms(row),
            "rules": _rules(row),
            "measures": measures,
            "operations": _operations(row, request),
        },
    )


def _forms(row: Indicator) -> list[dict[str, Any]]:
    """Which authority reports the indicator, and in which returns."""
    asked: dict[int, dict[str, Any]] = {}
    for form in ReturnForm.objects.filter(indicators=row).select_related("agency_kind").order_by("agency_kind", "id"):
        entry = asked.setdefault(form.agency_kind_id, {"kind": form.agency_kind, "returns": []})
        words = PeriodKind(form.period_kind).label
        if words not in entry["returns"]:
            entry["returns"].append(words)
    return list(asked.values())


def _rules(row: Indicator) -> list[Rule]:
    """The control rules that the indicator stands in."""
    return [
        rule
        for rule in Rule.objects.filter(is_active=True)
        if any(
            reference.code == row.code
            for side in (rule.left, rule.right)
            for _scope, reference in references(parse(side))
        )
    ]


def _operations(row: Indicator, request: HttpRequest) -> list[dict[str, Any]]:
    """The operations planned here, with the number of returns of each that ask for the indicator."""
    at = timezone.now()
    live = visible_to(Operation, request.user, at=at).filter(origin=Operation.Origin.LIVE)
    planned = set(visible_to(Plan, request.user, at=at).values_list("operation", flat=True))
    returns = visible_to(Return, request.user, at=at).filter(form__indicators=row).values_list("period__operation")
    counts: dict[int, int] = {}
    for (operation,) in returns:
        counts[operation] = counts.get(operation, 0) + 1
    return [
        {"operation": one, "returns": counts.get(one.pk, 0), "is_planned": one.pk in planned}
        for one in live.order_by("-year")
    ]
