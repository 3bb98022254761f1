"""Keeps `Total` right by difference, inside the transaction of the act that moved a figure.

An act that changes which submission of a return counts says so with `counting`: what the return counted before is taken
off, what it counts afterwards is put on. Writers take the lock of the audit chain first (every act takes it before it
ends anyway), so sums are read and written by one transaction at a time. `mismatches` recomputes everything from the
figures and compares; `rebuild` mends.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, QuerySet

from operations.domain import audit
from operations.domain.standing_figures import OFFICIAL
from operations.models import CellState, Figure, Operation, Return, Submission, Total, User

ACCEPTED, PROVISIONAL = Total.Basis.ACCEPTED, Total.Basis.PROVISIONAL
Key = tuple[int, int, int, int, int, str]
Sums = dict[Key, tuple[int, int]]
_BATCH = 500


@dataclass(frozen=True)
class Mismatch:
    """A row of `Total` that is not what the figures come to: value and number of returns, None where no row is due."""

    key: Key
    stored: tuple[int, int] | None
    computed: tuple[int, int] | None


@contextmanager
def counting(expected_return: Return) -> Iterator[None]:
    """Everything inside may change which submissions of the return count; the sums follow at the end.

    The return is locked before the chain, as everybody does who locks both: whoever reopens it has it, and waits for
    the chain.
    """
    list(Return.objects.select_for_update(no_key=True).filter(pk=expected_return.pk).order_by().values_list("pk"))
    audit.take_chain_lock()
    before = _counted(expected_return)
    yield
    after = _counted(expected_return)
    if before == after or not _has_totals(expected_return):
        touch(expected_return)
        return
    changed: Sums = defaultdict(lambda: (0, 0))
    for basis in (ACCEPTED, PROVISIONAL):
        if before.get(basis) != after.get(basis):
            _gather(expected_return, before.get(basis), basis, -1, changed)
            _gather(expected_return, after.get(basis), basis, +1, changed)
    _apply({key: moved for key, moved in changed.items() if moved != (0, 0)})
    touch(expected_return)


def touch(expected_return: Return) -> None:
    """Raises the operation's data version: whatever shows its figures is drawn anew.

    After the lock of the chain, like everybody: whoever had the operation and waited for the chain would be in the way
    of whoever has the chain and waits for the operation.
    """
    audit.take_chain_lock()
    Operation.objects.filter(pk=expected_return.period.operation_id).update(data_version=F("data_version") + 1)


def mismatches(operation: Operation | None = None) -> list[Mismatch]:
    """Every difference between `Total` and the figures, in the order of the key."""
    stored = {_key(total): (total.value, total.returns) for total in _totals(operation).iterator(chunk_size=5000)}
    computed = computed_totals(operation)
    return [
        Mismatch(key, stored.get(key), computed.get(key))
        for key in sorted(stored.keys() | computed.keys())
        if stored.get(key) != computed.get(key)
    ]


def rebuild(*, operation: Operation | None = None, actor: User, at: dt.datetime) -> int:
    """Replaces the sums by what the figures come to; answers how many rows were wrong."""
    with transaction.atomic():
        audit.take_chain_lock()
        wrong = mismatches(operation)
        if not wrong:
            return 0
        _store({found.key: found.computed for found in wrong})
        operations = Operation.objects.all() if operation is None else Operation.objects.filter(pk=operation.pk)
        operations.update(data_version=F("data_version") + 1)
        audit.record(act="totals.rebuild", subject=operation, actor=actor, at=at, data={"mended": len(wrong)})
    return len(wrong)


def computed_totals(operation: Operation | None = None) -> Sums:
    """What `Total` should hold, from the figures alone."""
    rows = Submission.objects.filter(
        status__in=(Submission.Status.ACCEPTED, Submission.Status.SUBMITTED),
        expected_return__unit__isnull=True,
        expected_return__period__kind__in=OFFICIAL,
    )
    if operation is not None:
        rows = rows.filter(expected_return__period__operation=operation)
    related = "expected_return__period", "expected_return__agency"
    by_return: dict[int, dict[str, Submission]] = defaultdict(dict)
    for submission in rows.select_related(*related).iterator(chunk_size=2000):
        by_return[submission.expected_return_id][submission.status] = submission
    counted: dict[int, list[tuple[str, Return]]] = defaultdict(list)
    for found in by_return.values():
        accepted, submitted = found.get(Submission.Status.ACCEPTED), found.get(Submission.Status.SUBMITTED)
        for basis, counts in ((ACCEPTED, accepted), (PROVISIONAL, submitted or accepted)):
            if counts is not None:
                counted[counts.pk].append((basis, counts.expected_return))
    return _summed(counted)


def _summed(counted: dict[int, list[tuple[str, Return]]]) -> Sums:
    sums: Sums = defaultdict(lambda: (0, 0))
    submissions = sorted(counted)
    for start in range(0, len(submissions), _BATCH):
        figures = Figure.objects.filter(submission__in=submissions[start : start + _BATCH], state=CellState.VALUE)
        rows = figures.values_list("submission_id", "indicator_id", "category_id", "value")
        for submission_id, indicator_id, category_id, value in rows.iterator(chunk_size=5000):
            for basis, expected_return in counted[submission_id]:
                key = (*_place(expected_return), indicator_id, category_id, basis)
                total, returns = sums[key]
                sums[key] = (total + (value or 0), returns + 1)
    return dict(sums)


def _has_totals(expected_return: Return) -> bool:
    """Situation reports are shown as they are, and a unit's figures come in through its agency's return."""
    return expected_return.unit_id is None and expected_return.period.is_official


def _counted(expected_return: Return) -> dict[str, int]:
    """By basis, the submission whose figures the return counts now."""
    found = dict(
        Submission.objects.filter(
            expected_return=expected_return, status__in=(Submission.Status.ACCEPTED, Submission.Status.SUBMITTED)
        ).values_list("status", "pk")
    )
    accepted, submitted = found.get(Submission.Status.ACCEPTED), found.get(Submission.Status.SUBMITTED)
    counted = {ACCEPTED: accepted, PROVISIONAL: submitted or accepted}
    return {basis: pk for basis, pk in counted.items() if pk is not None}


def _gather(expected_return: Return, submission: int | None, basis: str, sign: int, into: Sums) -> None:
    if submission is None:
        return
    figures = Figure.objects.filter(submission=submission, state=CellState.VALUE)
    for indicator_id, category_id, value in figures.values_list("indicator_id", "category_id", "value"):
        key = (*_place(expected_return), indicator_id, category_id, basis)
        total, returns = into[key]
        into[key] = (total + sign * (value or 0), returns + sign)


def _apply(changed: Sums) -> None:
    """Adds the differences to what is stored."""
    if not changed:
        return
    period_id, state_id, agency_kind_id = next(iter(changed))[:3]
    stored = {
        _key(total): (total.value, total.returns)
        for total in Total.objects.filter(period=period_id, state=state_id, agency_kind=agency_kind_id)
    }
    fresh = {}
    for key, (value, returns) in changed.items():
        old_value, old_returns = stored.get(key, (0, 0))
        fresh[key] = (old_value + value, old_returns + returns) if old_returns + returns > 0 else None
    _store(fresh)


def _store(rows: dict[Key, tuple[int, int] | None]) -> None:
    """Writes the rows in the order of their key; None takes a row away."""
    kept = [
        Total(
            period_id=key[0],
            state_id=key[1],
            agency_kind_id=key[2],
            indicator_id=key[3],
            category_id=key[4],
            basis=key[5],
            value=row[0],
            returns=row[1],
        )
        for key, row in sorted(rows.items())
        if row is not None
    ]
    Total.objects.bulk_create(
        kept,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["period", "state", "agency_kind", "indicator", "category", "basis"],
        update_fields=["value", "returns"],
    )
    gone = sorted(key for key, row in rows.items() if row is None)
    for start in range(0, len(gone), 100):
        Total.objects.filter(pk__in=gone[start : start + 100]).delete()


def _totals(operation: Operation | None) -> QuerySet[Total]:
    rows = Total.objects.all()
    return rows if operation is None else rows.filter(period__operation=operation)


def _place(expected_return: Return) -> tuple[int, int, int]:
    return (expected_return.period_id, expected_return.agency.state_id, expected_return.agency.kind_id)


def _key(total: Total) -> Key:
    return (
        total.period_id,
        total.state_id,
        total.agency_kind_id,
        total.indicator_id,
        total.category_id,
        total.basis,
    )
