"""Totals that sources state beside their parts: whether the parts add up to the total, as far as the wording allows.

"More than 143,000" with parts "more than 110,000" and "more than 33,000" holds together; a total of "more than 5,000"
whose named parts make 6,548 is flagged: it may be true word for word, but whoever reads both has to be told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from operations.models import PublishedFigure, Reconciliation
from reports.domain.history import weakest

#: How far an "about" total may lie from its parts and still be about the same: one part in twenty.
ABOUT = Decimal("0.05")


@dataclass(frozen=True, kw_only=True)
class Check:
    """A stated total, its parts, their sum with the weakest qualifier, and whether they agree as expected.

    `is_flagged` marks what a reader has to be told: parts that exceed the stated total, or an expectation that fails.
    """

    total: PublishedFigure
    parts: tuple[PublishedFigure, ...]
    expected: str
    sum: Decimal
    qualifier: str
    holds: bool
    is_flagged: bool


def check(*, total: PublishedFigure, parts: Sequence[PublishedFigure], expected: str) -> Check:
    """Evaluates one reconciliation."""
    added = sum((part.value for part in parts), Decimal(0))
    holds = _holds(total.value, added, expected)
    exceeds = expected == Reconciliation.Expected.PARTS_EXCEED_TOTAL
    return Check(
        total=total,
        parts=tuple(parts),
        expected=expected,
        sum=added,
        qualifier=weakest(part.qualifier for part in parts),
        holds=holds,
        is_flagged=exceeds or not holds,
    )


def all_checks(*, until: int | None = None) -> list[Check]:
    """Every reconciliation of the reference data, up to a year: two queries."""
    rows = Reconciliation.objects.select_related("total__state", "total__indicator").prefetch_related("parts")
    if until is not None:
        rows = rows.filter(total__year_to__lte=until)
    return [
        check(total=row.total, parts=sorted(row.parts.all(), key=lambda part: part.code), expected=row.expected)
        for row in rows
    ]


def _holds(total: Decimal, added: Decimal, expected: str) -> bool:
    kinds = Reconciliation.Expected
    if expected == kinds.EQUAL:
        return added == total
    if expected == kinds.ABOUT:
        return abs(added - total) <= total * ABOUT
    if expected == kinds.AT_LEAST:
        return added <= total
    return added > total
