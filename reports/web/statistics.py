"""Statistics of an operation: indicator × state for a group, with the year before, charts, and what stands behind.

All numbers are read from `Total` by the readers that the documents use, in a constant number of queries. States
stand in Russian alphabetical order and are never ranked.
"""

import json
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET

from operations.domain.access import visible_to
from operations.domain.errors import NotFound
from operations.domain.moments import moscow_date
from operations.domain.standing_figures import OFFICIAL
from operations.domain.statistics import StatRow, indicator_by_state
from operations.models import (
    Category,
    Figure,
    Indicator,
    IndicatorGroup,
    MemberState,
    Operation,
    Stage,
    Submission,
    Total,
)
from operations.web.tags import reader_language
from reports.domain import annual_results
from reports.domain.blocks import Block
from reports.domain.cells import Cell, changes
from reports.domain.history import Sources
from reports.domain.results import (
    INTERVAL_GROUPS,
    Results,
    YearBefore,
    region_cell,
    results_of,
    share_cell,
    state_cell,
)
from reports.domain.texts import indicator_name, period_name
from reports.rendering.cells import shown
from reports.rendering.charts import chart_svg
from reports.web.report_pages import operation_of

DEFAULT_GROUP = IndicatorGroup.VIOLATIONS


@require_GET
def latest(request: HttpRequest) -> HttpResponse:
    """The statistics of the newest live operation that has accepted figures, else of the newest one."""
    live = visible_to(Operation, request.user, at=timezone.now()).filter(origin=Operation.Origin.LIVE)
    counted = live.filter(periods__totals__basis=Total.Basis.ACCEPTED).distinct().order_by("-year").first()
    chosen = counted or live.order_by("-year").first()
    if chosen is None:
        return redirect("reports:history")
    return redirect("reports:operation-statistics", slug=chosen.slug)


@require_GET
def statistics(request: HttpRequest, slug: str) -> HttpResponse:
    """One group of indicators by state, over the year or for one stage."""
    operation = operation_of(request, slug)
    if operation.is_historical:
        return redirect(f"/history/?year={operation.year}")
    group = request.GET.get("group", DEFAULT_GROUP)
    if group not in IndicatorGroup.values:
        raise NotFound
    results = results_of(operation, day=moscow_date(timezone.now()))
    stage = _stage(request, results)
    members = results.group(group)
    rows = results.by_stage[stage.number] if stage is not None else results.year
    before = YearBefore(results, Sources()) if stage is None else None
    language = reader_language()
    return render(
        request,
        "reports/statistics.html",
        {
            "operation": operation,
            "groups": IndicatorGroup.choices,
            "group": group,
            "group_label": IndicatorGroup(group).label,
            "stages": results.stages,
            "stage": stage,
            "states": results.states,
            "rows": [_row(rows[one.code], results, before, members, language) for one in members],
            "has_year_before": before is not None,
            "chart": _chart(results, members, group, language),
            "other_operations": visible_to(Operation, request.user, at=timezone.now()).filter(
                origin=Operation.Origin.LIVE
            ),
        },
    )


def _stage(request: HttpRequest, results: Results) -> Stage | None:
    text = request.GET.get("stage", "")
    if not text:
        return None
    found = next((stage for stage in results.stages if str(stage.number) == text), None)
    if found is None:
        raise NotFound
    return found


def _row(
    row: StatRow, results: Results, before: YearBefore | None, members: list[Indicator], language: str
) -> dict[str, Any]:
    total = region_cell(row)
    found: dict[str, Any] = {
        "indicator": row.indicator,
        "name": indicator_name(row.indicator),
        "level": annual_results.depth(row.indicator, {one.pk: one for one in members}),
        "unit": annual_results.year_unit(row.indicator),
        "cells": [_shown(state_cell(row.cells[state.pk]), language, state=state) for state in results.states],
        "share": _shown(share_cell(row), language),
        "total": _shown(total, language),
    }
    if before is not None:
        previous = before.region(row.indicator.code)
        found["year_before"] = [
            _shown(cell, language) for cell in (previous, *changes(current=total, previous=previous))
        ]
    return found


def _shown(cell: Cell, language: str, *, state: MemberState | None = None) -> dict[str, Any]:
    """A cell for the template: its text, its note, and whether there is anything behind it to look at."""
    text = shown(cell, language=language)
    note = cell.get("note")
    return {
        "text": text.whole,
        "state": cell["state"],
        "is_mark": text.is_mark,
        "note": note[language] if note else "",
        "member": state,
    }


def _chart(results: Results, members: list[Indicator], group: str, language: str) -> dict[str, Any] | None:
    title = annual_results.group_name(group)
    draw = annual_results.interval_chart if group in INTERVAL_GROUPS else annual_results.stage_chart
    found = draw(results, members, id=f"chart-{group}", title=title)
    return chart_part(found[0], language) if found else None


def chart_part(block: Block, language: str) -> dict[str, Any]:
    """What `components/chart.html` takes: the picture and, always, its numbers."""
    columns = [block["stub"][language], *(one["name"][language] for one in block["series"])]
    rows = [
        [category[language], *(shown(one["cells"][place], language=language).whole for one in block["series"])]
        for place, category in enumerate(block["categories"])
    ]
    return {
        "id": block["id"],
        "title": f"{block['caption'][language]}, {block['unit'][language]}",
        "svg": _picture(json.dumps({**block, "number": 1}, ensure_ascii=False, sort_keys=True), language),
        "columns": columns,
        "rows": rows,
    }


@lru_cache(maxsize=128)
def _picture(block: str, language: str) -> SafeString:
    """The same numbers give the same picture: it is drawn once."""
    return mark_safe(chart_svg(json.loads(block), language=language))  # noqa: S308 - drawn here from our own numbers


@require_GET
def lineage(request: HttpRequest, slug: str, code: str, state: str) -> HttpResponse:
    """Where a number comes from: its periods and authorities, and the returns behind it that the reader may see."""
    operation = operation_of(request, slug)
    indicator = Indicator.objects.filter(code=code).first()
    member = MemberState.objects.filter(code=state, participations__operation=operation).first()
    if indicator is None or member is None or operation.is_historical:
        raise NotFound
    language = reader_language()
    parts = (
        Total.objects.filter(
            period__operation=operation,
            state=member,
            indicator=indicator,
            basis=Total.Basis.ACCEPTED,
            category__code=Category.TOTAL,
        )
        .select_related("period__stage", "agency_kind")
        .order_by("period__start_date", "period__code", "agency_kind")
    )
    row = indicator_by_state(operation, indicators=[indicator], states=[member])[0]
    return render(
        request,
        "reports/lineage.html",
        {
            "operation": operation,
            "indicator": indicator,
            "member": member,
            "cell": _shown(state_cell(row.cells[member.pk]), language),
            "currency": member.currency if indicator.is_money else None,
            "parts": [{"total": part, "period": period_name(part.period)} for part in parts],
            "submissions": _submissions(request, operation, member, indicator),
        },
    )


def _submissions(
    request: HttpRequest, operation: Operation, member: MemberState, indicator: Indicator
) -> list[dict[str, Any]]:
    rows = visible_to(Submission, request.user, at=timezone.now()).filter(
        expected_return__period__operation=operation,
        expected_return__period__kind__in=OFFICIAL,
        expected_return__agency__state=member,
        expected_return__unit__isnull=True,
        status=Submission.Status.ACCEPTED,
    )
    figures = (
        Figure.objects.filter(submission__in=rows.order_by().values("pk"), indicator=indicator)
        .filter(category__code=Category.TOTAL)
        .select_related("submission__expected_return__period__stage", "submission__expected_return__agency")
    )
    found = [
        {
            "figure": figure,
            "submission": figure.submission,
            "agency": figure.submission.expected_return.agency,
            "period": period_name(figure.submission.expected_return.period),
        }
        for figure in figures
    ]
    return sorted(found, key=lambda one: (one["submission"].expected_return.period.start_date, one["agency"].code))
