"""Pages of the accounts of complaints: which rights bodies kept them for which periods, and the grid of one account."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import complaints
from operations.domain.access import visible_to
from operations.domain.complaint_sums import (
    Balance,
    compared_with_return,
    differing_accounts,
    year_of_complaints,
)
from operations.domain.errors import BadInput, NotFound, Problem, Stale
from operations.domain.statistics import participating_states
from operations.models import Agency, ComplaintAccount, Operation, ReportingPeriod
from operations.web.exchange import COMPLAINTS, STALE, frame, live_operation
from operations.web.return_grid import typed_number
from operations.web.returns import reader
from operations.web.tags import label, reader_language

Channel = ComplaintAccount.Channel


@require_safe
def overview(request: HttpRequest, slug: str) -> HttpResponse:
    """Rights body by period, with what each account comes to; for the headquarters also the year by channel."""
    operation = live_operation(request, slug)
    now = timezone.now()
    agencies = complaints.rights_bodies(operation, request.user, at=now)
    if not agencies:
        raise NotFound
    periods = complaints.accountable_periods(operation, at=now)
    sums = _sums(operation, request)
    differing = differing_accounts(operation, agencies)
    year = year_of_complaints(operation, agencies=agencies)
    channels = [(words, year.by_channel[code]) for code, words in Channel.choices if code in year.by_channel]
    whole = Balance()
    for _words, balance in channels:
        whole.add(balance)
    return render(
        request,
        "operations/complaints/overview.html",
        {
            **frame(request, operation, COMPLAINTS),
            "periods": periods,
            "rows": [
                {
                    "agency": agency,
                    "cells": [
                        {
                            "period": period,
                            "sums": sums.get((agency.pk, period.pk)),
                            "differs": (agency.pk, period.pk) in differing,
                        }
                        for period in periods
                    ],
                }
                for agency in agencies
            ],
            "channels": channels,
            "whole": whole,
            "reporting": year.states,
            "expected": len(participating_states(operation)) if len(agencies) > 1 else 1,
        },
    )


def _sums(operation: Operation, request: HttpRequest) -> dict[tuple[int, int], dict[str, int]]:
    rows = visible_to(ComplaintAccount, request.user, at=timezone.now()).filter(period__operation=operation)
    summed = rows.order_by().values("agency_id", "period_id").annotate(**{name: Sum(name) for name in _SUMMED})
    return {(row["agency_id"], row["period_id"]): {name: row[name] for name in _SUMMED} for row in summed}


_SUMMED = ("received", "examined", "pending")


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, slug: str, code: str, period: str) -> HttpResponse:
    """The account of one rights body for one period: a grid to enter, or the figures to read."""
    operation = live_operation(request, slug)
    now = timezone.now()
    agency = complaints.found_body(operation, code, request.user, at=now)
    found = ReportingPeriod.objects.filter(operation=operation, code=period).select_related("operation").first()
    if found is None:
        raise NotFound
    refused = complaints.keep_refusal(agency, found, request.user, at=now)
    grid = Grid(agency, found)
    status = 200
    if request.method == "POST":
        if refused is not None:
            raise refused
        grid.read(request.POST)
        try:
            complaints.keep_accounts(
                agency=agency,
                period=found,
                rows=grid.typed,
                revision=grid.revision,
                explanation=grid.explanation,
                screening_reason=grid.screening_reason,
                actor=reader(request),
                at=now,
            )
        except BadInput as error:
            grid.refuse(error)
            status = 422
        except Stale:
            grid.problems.append(Problem(code="stale", message=STALE))
            grid.revision = complaints.revision_of(agency, found)
            status = 409
        else:
            messages.success(request, _("The accounts are saved."))
            return redirect("operations:complaint-account", slug=slug, code=code, period=period)
    return render(
        request, "operations/complaints/account.html", _context(request, agency, found, grid, refused), status=status
    )


def _context(
    request: HttpRequest, agency: Agency, period: ReportingPeriod, grid: "Grid", refused: Any
) -> dict[str, Any]:
    return {
        **frame(request, period.operation, COMPLAINTS),
        "agency": agency,
        "period": period,
        "grid": grid,
        "columns": list(_columns().items()),
        "is_editable": refused is None,
        "refused": refused,
        "compared": compared_with_return(agency, period),
        "problems": grid.problems,
        "doubtful": any(problem.code == "looks_personal" for problem in grid.problems),
    }


def _columns() -> dict[str, str]:
    return {
        "carried_over": _("Carried over"),
        "received": _("Received"),
        "examined": _("Examined"),
        "pending": _("Pending"),
    }


@dataclass
class Cell:
    """An input of the grid."""

    address: str
    column: str
    text: str
    value: int | None
    error: str = ""


@dataclass
class Row:
    """The four counts of a subject that came by a channel."""

    name: str
    cells: list[Cell] = field(default_factory=list)


@dataclass
class Section:
    """The rows of one receiving channel."""

    code: str
    name: Any
    rows: list[Row] = field(default_factory=list)


class Grid:
    """The account of a period as rows of inputs: what is stored, what was typed, or what the period before left."""

    def __init__(self, agency: Agency, period: ReportingPeriod) -> None:
        self.subjects = complaints.subjects()
        self.stored = {(row.category.code, row.channel): row for row in complaints.accounts_of(agency, period)}
        self.base = complaints.base_of(agency, period)
        self.revision = complaints.revision_of(agency, period)
        self.typed: dict[complaints.Key, dict[str, str]] = {}
        self.explanation = self.screening_reason = ""
        self.empty_is_zero = False
        self.problems: list[Problem] = []

    def read(self, data: QueryDict) -> None:
        """Takes a posted grid; where the officer says so, rows left empty mean that there were none."""
        given = data.get("revision", "")
        self.revision = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
        self.explanation = data.get("explanation", "")
        self.screening_reason = data.get("screening_reason", "")
        self.empty_is_zero = bool(data.get("empty_is_zero"))
        for key in self.keys():
            texts = {name: data.get(f"{'.'.join(key)}.{name}", "") for name in complaints.FIELDS}
            if self.empty_is_zero and not any(text.strip() for text in texts.values()):
                texts = dict.fromkeys(complaints.FIELDS, "0")
            self.typed[key] = texts

    def keys(self) -> list[complaints.Key]:
        return [(code, channel) for channel in Channel.values for code in self.subjects]

    def refuse(self, error: BadInput) -> None:
        addresses = {f"{'.'.join(key)}.{name}" for key in self.keys() for name in complaints.FIELDS}
        for problem in error.problems:
            code, _dot, _rest = problem.field.partition(".")
            words = str(problem.message)
            if problem.field in addresses:
                channel = Channel(problem.field.split(".")[1]).label
                words = f"{label(self.subjects[code])}, {channel}: {words}"
            href = problem.field if problem.field in addresses or problem.field == "explanation" else ""
            self.problems.append(Problem(code=problem.code, field=problem.field, href=href, message=words))

    def sections(self) -> list[Section]:
        errors = {problem.field: str(problem.message) for problem in self.problems}
        return [
            Section(
                channel,
                words,
                [
                    Row(label(category), [self._cell((code, channel), name, errors) for name in complaints.FIELDS])
                    for code, category in self.subjects.items()
                ],
            )
            for channel, words in Channel.choices
        ]

    def _cell(self, key: complaints.Key, name: str, errors: dict[str, str]) -> Cell:
        address = f"{'.'.join(key)}.{name}"
        row = self.stored.get(key)
        value = getattr(row, name) if row is not None else None
        if self.typed:
            text = self.typed[key][name]
        elif value is not None:
            text = typed_number(value, currency=None, language=reader_language())
        else:
            carried = self.base.pending.get(key, 0) if name == "carried_over" and not self.stored else 0
            text = typed_number(carried, currency=None, language=reader_language()) if carried else ""
        return Cell(address, name, text, value, errors.get(address, ""))
