"""Pages of what a return was at some time: one submission as it stood, and any two of them side by side."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from operations.domain.access import visible_to
from operations.domain.return_layout import layout_of
from operations.models import Submission
from operations.web.breaches import shown_breaches
from operations.web.controls import Problem
from operations.web.doors import row_or_404
from operations.web.return_grid import Grid, changes
from operations.web.return_parts import of_return
from operations.web.returns import compared_with_before, found_return

PEOPLE = "predecessor", "entered_by", "submitted_by", "on_behalf_of", "decided_by"


@require_safe
def submission(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One vintage of a return as it was, compared with the one it goes on from."""
    expected_return = found_return(request, pk)
    found: Submission = row_or_404(
        Submission.objects.select_related(*PEOPLE), request, expected_return=expected_return, number=number
    )
    layout = layout_of(expected_return.form)
    currency = expected_return.agency.state.currency
    grid = Grid(layout, found, currency=currency)
    return render(
        request,
        "operations/returns/submission.html",
        {
            **of_return(expected_return),
            "submission": found,
            "groups": grid.groups(),
            "compared": compared_with_before(layout, found, currency),
            "breaches": shown_breaches(found, None, layout=layout, figures=grid.figures, currency=currency),
            "others": _vintages(request, expected_return).exclude(number=number).count(),
        },
    )


def _vintages(request: HttpRequest, expected_return: Any) -> Any:
    rows = visible_to(Submission, request.user, at=timezone.now())
    return rows.filter(expected_return=expected_return).select_related(*PEOPLE).order_by("number")


@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Two vintages of a return, cell by cell; without a choice the newest beside the one before it."""
    expected_return = found_return(request, pk)
    vintages = list(_vintages(request, expected_return))
    by_number = {str(one.number): one for one in vintages}
    asked = {name: request.GET.get(name, "") for name in ("from", "to")}
    problems = [
        Problem(text=_("There is no submission of that number."), href=f"#{name}")
        for name, text in asked.items()
        if text and text not in by_number
    ]
    newest = vintages[-2:]
    one = by_number.get(asked["from"]) or (newest[0] if newest else None)
    other = by_number.get(asked["to"]) or (newest[-1] if newest else None)
    layout = layout_of(expected_return.form)
    found = []
    if one is not None and other is not None and one != other:
        found = changes(layout, one, other, currency=expected_return.agency.state.currency)
    return render(
        request,
        "operations/returns/compare.html",
        {
            **of_return(expected_return),
            "vintages": vintages,
            "one": one,
            "other": other,
            "compared": found,
            "pair": [each for each in (one, other) if each is not None],
            "cells": len(layout.addresses),
            "problems": problems,
        },
        status=422 if problems else 200,
    )
