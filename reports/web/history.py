"""History: what was published about the operation, by indicator and year, with every source one click away.

Figures keep the wording of their sources, gaps stay gaps, and a sum is shown only where the reading rules allow one.
"""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from operations.domain.access import may, refusal, visible_to
from operations.domain.errors import NotFound
from operations.models import ContextEvent, Indicator, MemberState, PublishedFigure, PublishedStage
from operations.web.doors import row_or_404
from operations.web.tags import label, reader_language
from reports.domain.history import (
    NotSummable,
    QualifiedSum,
    figure_cell,
    in_reading_order,
    is_comparable,
    remark_on,
    sum_of,
)
from reports.domain.published_context import finding
from reports.domain.published_tables import period_text
from reports.domain.reconciliation import Check, all_checks
from reports.domain.source_notes import title_text
from reports.domain.units import unit_text
from reports.rendering.cells import shown

REGION = "CSTO"
Scope = PublishedFigure.Scope
Kind = PublishedFigure.PeriodKind


@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """The overview of one place by indicator and year, and the figures themselves, narrowed by what is asked."""
    place = _chosen(request, "place", {REGION, *MemberState.objects.values_list("code", flat=True)}, REGION)
    everything = list(
        visible_to(PublishedFigure, request.user, at=timezone.now())
        .select_related("state", "indicator", "part_of", "replaced_by")
        .order_by("year_from", "-year_to", "date_from", "code")
    )
    codes = {one.indicator.code for one in everything if one.indicator is not None}
    indicator = _chosen(request, "indicator", codes, "")
    years = sorted({year for one in everything for year in (one.year_from, one.year_to)})
    year = _chosen(request, "year", {str(one) for one in years}, "")
    of_place = [one for one in everything if _is_of(one, place)]
    standing = [one for one in of_place if one.replaced_by_id is None]
    figures = [
        one
        for one in of_place
        if (not indicator or (one.indicator is not None and one.indicator.code == indicator))
        and (not year or one.year_from <= int(year) <= one.year_to)
    ]
    language = reader_language()
    checks = {one.total.pk: one for one in all_checks()}
    events = visible_to(ContextEvent, request.user, at=timezone.now())
    stages = visible_to(PublishedStage, request.user, at=timezone.now()).select_related("operation", "state")
    if year:
        events, stages = events.filter(starts_on__year=int(year)), stages.filter(operation__year=int(year))
    return render(
        request,
        "reports/history.html",
        {
            "places": _places(),
            "place": place,
            "indicators": Indicator.objects.filter(code__in=codes),
            "indicator": indicator,
            "years": years,
            "year": year,
            "overview": _overview(standing, place, language),
            "figures": [_entry(one, level, checks, language) for one, level in in_reading_order(figures)],
            "sum": _sum([one for one in figures if one.replaced_by_id is None]) if indicator else None,
            "flagged": [_check(one) for one in checks.values() if one.is_flagged],
            "may_add": refusal(PublishedFigure(), "create", request.user, at=timezone.now()) is None,
            "events": events.order_by("starts_on", "code"),
            "stages": stages.order_by("operation__year", "number", "state__short_ru"),
        },
    )


@require_GET
def figure(request: HttpRequest, code: str) -> HttpResponse:
    """One published figure: the whole row, its source, what it is part of, and whether its parts agree."""
    row = row_or_404(
        PublishedFigure.objects.select_related(
            "state", "indicator", "part_of", "duplicate_of", "added_by", "replaced_by"
        ),
        request,
        code=code,
    )
    language = reader_language()
    checks = {one.total.pk: one for one in all_checks()}
    return render(
        request,
        "reports/figure.html",
        {
            "figure": row,
            "entry": _entry(row, 0, checks, language),
            "title": label(title_text(row.source_title)),
            "replaces": PublishedFigure.objects.filter(replaced_by=row).first(),
            "may_correct": may(row, "correct", request.user, at=timezone.now()),
            "parts": [_entry(part, 0, checks, language) for part in _parts(row)],
        },
    )


def _chosen(request: HttpRequest, name: str, allowed: Iterable[str], default: str) -> str:
    text = request.GET.get(name, "")
    if text and text not in allowed:
        raise NotFound
    return text or default


def _parts(figure: PublishedFigure) -> Iterable[PublishedFigure]:
    return PublishedFigure.objects.standing().filter(part_of=figure).select_related("state", "indicator")


def _is_of(figure: PublishedFigure, place: str) -> bool:
    return figure.state is None if place == REGION else figure.state is not None and figure.state.code == place


def _places() -> list[dict[str, Any]]:
    states = [{"code": state.code, "state": state} for state in MemberState.objects.order_by("short_ru")]
    return [{"code": REGION, "state": None}, *states]


def _entry(figure: PublishedFigure, level: int, checks: dict[int, Check], language: str) -> dict[str, Any]:
    """A figure for a table, in the reader's language."""
    check = checks.get(figure.pk)
    remark = remark_on(figure)
    return {
        "figure": figure,
        "level": level,
        "value": shown(figure_cell(figure), language=language).whole,
        "unit": label(unit_text(figure.unit, figure.currency)),
        "period": label(period_text(figure)),
        "remark": label(remark) if remark else "",
        "source": label(title_text(figure.source_title)),
        "check": _check(check) if check is not None else None,
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "figure": check.total,
        "is_flagged": check.is_flagged,
        "words": label(finding(check)),
        "parts": check.parts,
        "sum": int(check.sum),
        "qualifier": check.qualifier,
    }


def _overview(figures: list[PublishedFigure], place: str, language: str) -> dict[str, Any]:
    """Indicator × period of one place; a year or a period of several years without a figure is an empty cell."""
    scopes = {Scope.REGIONAL} if place == REGION else {Scope.NATIONAL}
    kinds = {Kind.YEAR, Kind.MULTI_YEAR}
    series = [one for one in figures if is_comparable(one) and one.scope in scopes and one.period_kind in kinds]
    spans = sorted({(one.year_from, one.year_to) for one in series if one.year_from != one.year_to})
    years = [one.year_from for one in series if one.year_from == one.year_to]
    singles = [(year, year) for year in range(min(years), max(years) + 1)] if years else []
    periods = spans + singles
    cells: dict[int, dict[tuple[int, int], list[dict[str, Any]]]] = {}
    members: dict[int, Indicator] = {}
    for one in series:
        if one.indicator is None:
            continue
        members[one.indicator.pk] = one.indicator
        here = cells.setdefault(one.indicator.pk, {}).setdefault((one.year_from, one.year_to), [])
        here.append({"figure": one, "value": shown(figure_cell(one), language=language).whole})
    rows = [
        {"indicator": one, "cells": [cells[one.pk].get(period, []) for period in periods]}
        for one in sorted(members.values(), key=lambda row: row.position)
    ]
    heads = [str(start) if start == end else f"{start}–{end}" for start, end in periods]
    return {"heads": heads, "rows": rows}


def _sum(figures: list[PublishedFigure]) -> dict[str, Any]:
    """The sum of the figures shown, or the rule that forbids it."""
    try:
        total: QualifiedSum = sum_of(figures)
    except NotSummable as error:
        return {"why_not": error.why.label}
    return {
        "value": int(total.value),
        "qualifier": total.qualifier,
        "currency": figures[0].currency,
        "of": len(figures),
    }
