"""How the returns of an agency's units stand for a period: the chase list, what is summed, and tables by unit.

"61 of 83 units" counts units; the central office is the agency's own line and stands beside them. A unit whose return
is not accepted is missing from every sum here, and never a zero. Everything reads in a constant number of queries.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from operations.domain.access import standing
from operations.domain.moments import moscow_date
from operations.domain.reporting_calendar import delay
from operations.domain.return_layout import CellKey
from operations.models import (
    AuditEntry,
    Breach,
    Figure,
    Membership,
    Return,
    Role,
    Submission,
    Unit,
    User,
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


@dataclass(frozen=True)
class UnitStanding:
    """One row of the chase list. `status` is a submission's status, or not_due, due, missing where nothing came.

    `waiting` is the submission that waits for a decision; `is_clean` says whether it broke no rule, `may_decide`
    whether the reader is a second officer for it.
    """

    expected_return: Return
    status: str
    is_late: bool
    delay: int | None
    officers: tuple[User, ...]
    accepted: Submission | None
    waiting: Submission | None
    is_clean: bool
    may_decide: bool

    @property
    def unit(self) -> Unit:
        unit = self.expected_return.unit
        assert unit is not None  # noqa: S101 - only returns of units are asked for
        return unit

    @property
    def is_received(self) -> bool:
        """Whether the unit has done its part: nobody reminds it."""
        return self.status in (Status.SUBMITTED, Status.ACCEPTED)


def unit_returns_of(expected_return: Return) -> QuerySet[Return]:
    """The units' returns behind an agency's return: units by their code, the central office last."""
    rows = Return.objects.filter(period=expected_return.period_id, agency=expected_return.agency_id, unit__isnull=False)
    return rows.select_related("unit").order_by("unit__is_central_office", "unit__code")


def accepted_by_unit(expected_return: Return) -> dict[Unit, int | None]:
    """Every unit that owes a return with its accepted submission, None where there is none. One query."""
    accepted = Submission.objects.filter(expected_return=OuterRef("pk"), status=Status.ACCEPTED)
    rows = unit_returns_of(expected_return).annotate(accepted=Subquery(accepted.values("pk")[:1]))
    return {_unit(row): row.accepted for row in rows}


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


def chase_list(expected_return: Return, *, user: User, at: dt.datetime) -> list[UnitStanding]:
    """How each unit stands with its return, whom to call, and what the reader may accept. Six queries."""
    rows = list(unit_returns_of(expected_return).select_related("unit", "period"))
    found = Submission.objects.filter(expected_return__in=[row.pk for row in rows]).select_related("submitted_by")
    submissions: dict[int, list[Submission]] = defaultdict(list)
    for submission in found.order_by("expected_return_id", "number"):
        submissions[submission.expected_return_id].append(submission)
    waiting = [one for ones in submissions.values() for one in ones if one.status == Status.SUBMITTED]
    broken = set(
        Breach.objects.filter(submission__in=waiting).exclude(status=Breach.Status.FIXED).values_list("submission")
    )
    own = _taken_part_in(waiting, submissions, user)
    decides = expected_return.agency_id in standing(user, at).agencies
    officers = officers_of(expected_return.agency_id, rows, at=at)
    standings = []
    for row in rows:
        history = submissions.get(row.pk, [])
        sent = next((one for one in history if one.status == Status.SUBMITTED), None)
        standings.append(
            UnitStanding(
                expected_return=row,
                status=_status(row, history, at),
                is_late=bool(delay(row)) or (row.first_submitted_at is None and at > row.due_at),
                delay=delay(row),
                officers=officers[row.pk],
                accepted=next((one for one in history if one.status == Status.ACCEPTED), None),
                waiting=sent,
                is_clean=sent is not None and (sent.pk,) not in broken,
                may_decide=decides and sent is not None and sent.pk not in own,
            )
        )
    return standings


def officers_of(agency: int, rows: Iterable[Return], *, at: dt.datetime) -> Mapping[int, tuple[User, ...]]:
    """By return of a unit, whom to call: its officers, for the central office also the agency's own. One query."""
    held = Membership.objects.on(moscow_date(at)).filter(
        role=Role.AGENCY_OFFICER, agency=agency, user__is_active=True, user__is_system=False
    )
    by_unit: dict[int | None, dict[int, User]] = defaultdict(dict)
    for membership in held.select_related("user").order_by("user__username"):
        by_unit[membership.unit_id][membership.user_id] = membership.user
    found = {}
    for row in rows:
        people = dict(by_unit[row.unit_id])
        if _unit(row).is_central_office:
            people |= by_unit[None]
        found[row.pk] = tuple(people.values())
    return found


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


def _unit(row: Return) -> Unit:
    assert row.unit is not None  # noqa: S101 - only returns of units are asked for
    return row.unit


def _status(row: Return, history: list[Submission], at: dt.datetime) -> str:
    """The newest submission that is no copied draft speaks; a first draft speaks for itself."""
    sent = [one for one in history if one.status != Status.DRAFT]
    if sent:
        return str(sent[-1].status)
    if at > row.due_at:
        return "missing"
    if history:
        return str(Status.DRAFT)
    return "not_due" if at < row.period.opens_at else "due"


def _taken_part_in(waiting: list[Submission], submissions: Mapping[int, list[Submission]], user: Any) -> set[int]:
    """Of the submissions that wait, those that the person entered, submitted or answers for, here or before."""
    own, chains = set(), {}
    for one in waiting:
        if user.pk in (one.entered_by_id, one.submitted_by_id, one.on_behalf_of_id):
            own.add(one.pk)
        by_pk = {row.pk: row for row in submissions[one.expected_return_id]}
        before: Submission | None = one
        while before is not None:
            chains[str(before.pk)] = one.pk
            earlier = by_pk.get(before.predecessor_id or 0)
            before = earlier if earlier is not None and earlier.status in _BEFORE else None
    saved = AuditEntry.objects.filter(
        object_type="submission", object_id__in=list(chains), act="submission.save_draft", actor=user.pk
    )
    return own | {chains[pk] for pk in saved.values_list("object_id", flat=True).distinct()}
