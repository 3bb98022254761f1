"""The returns of an agency's units for a period: what is summed, of how many units, and tables by unit.

"61 of 83 units" counts units; the central office is the agency's own line and stands beside them. A unit whose return
is not accepted is missing from every sum here, and never a zero. Everything reads in a constant number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import OuterRef, QuerySet, Subquery

from operations.domain.return_layout import CellKey
from operations.models import (
    Figure,
    Return,
    Submission,
    Unit,
)

Status = Submission.Status
_BEFORE = (Status.RECALLED, Status.RETURNED)


@dataclass(frozen=True)
class Coverage:
    """Of how many units something speaks: `counted` of `expected` units, the central office apart.

    `central_office` is None where none is expected. `missing` names the units (and the office) left out.
    """

    counted: int
    expected: int
    central_office: bool | None
    missing: tuple[Unit, ...]


@dataclass(frozen=True)
class RolledUp:
    """What a submission of an agency was summed from, and what has moved since.

    `at` is None while nothing was summed. `moved` are the units whose accepted figures are others than those summed.
    """

    at: dt.datetime | None
    coverage: Coverage
    accepted: Coverage
    moved: tuple[Unit, ...]


def unit_returns_of(expected_return: Return) -> QuerySet[Return]:
    """The units' returns behind an agency's return: units by their code, the central office last."""
    rows = Return.objects.filter(period=expected_return.period_id, agency=expected_return.agency_id, unit__isnull=False)
    return rows.select_related("unit").order_by("unit__is_central_office", "unit__code")


def accepted_by_unit(expected_return: Return) -> dict[Unit, int | None]:
    """Every unit that owes a return with its accepted submission, None where there is none. One query."""
    accepted = Submission.objects.filter(expected_return=OuterRef("pk"), status=Status.ACCEPTED)
    rows = unit_returns_of(expected_return).annotate(accepted=Subquery(accepted.values("pk")[:1]))
    return {unit_of(row): row.accepted for row in rows}


def coverage_of(units: Iterable[Unit], counted: Iterable[int]) -> Coverage:
    """How many of the units are among those `counted` (by key)."""
    present, all_units = set(counted), list(units)
    plain = [unit for unit in all_units if not unit.is_central_office]
    offices = [unit for unit in all_units if unit.is_central_office]
    return Coverage(
        counted=sum(unit.pk in present for unit in plain),
        expected=len(plain),
        central_office=offices[0].pk in present if offices else None,
        missing=tuple(unit for unit in all_units if unit.pk not in present),
    )


def rolled_up(expected_return: Return, submission: Submission | None) -> RolledUp | None:
    """What the submission was summed from; None where the agency does not report through units. Two queries."""
    accepted = accepted_by_unit(expected_return)
    if not accepted:
        return None
    summed: dict[int, int] = {}
    if submission is not None and submission.rolled_up_at is not None:
        rows = submission.unit_submissions.values_list("expected_return__unit_id", "pk")
        summed = {unit: pk for unit, pk in rows if unit is not None}
    return RolledUp(
        at=submission.rolled_up_at if submission is not None else None,
        coverage=coverage_of(accepted, summed),
        accepted=coverage_of(accepted, (unit.pk for unit, pk in accepted.items() if pk is not None)),
        moved=tuple(unit for unit, pk in accepted.items() if pk is not None and summed.get(unit.pk) != pk),
    )


def unit_figures(submissions: Iterable[int], keys: Iterable[CellKey]) -> dict[int, dict[CellKey, Figure]]:
    """By unit, the cells asked for of the submissions given (by key). One query."""
    wanted = set(keys)
    rows = Figure.objects.filter(
        submission__in=list(submissions), indicator__in={indicator for indicator, _category in wanted}
    ).select_related("submission__expected_return")
    found: dict[int, dict[CellKey, Figure]] = defaultdict(dict)
    for figure in rows:
        key, unit = (figure.indicator_id, figure.category_id), figure.submission.expected_return.unit_id
        if key in wanted and unit is not None:
            found[unit][key] = figure
    return dict(found)


def unit_of(row: Return) -> Unit:
    """The unit of a unit's return."""
    assert row.unit is not None  # noqa: S101 - only returns of units are asked for
    return row.unit
