"""The returns that an import goes into, as they stand: read and locked many at a time, always in the same order.

Everybody locks submissions before returns, and returns before the chain of the trail. So two imports, or an import and
an officer who submits, may wait for each other's end and never for each other.
"""

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Max

from operations.domain.errors import Conflict
from operations.models import Figure, Return, Submission

_PART = 500
Stored = tuple[str, int | None, str]


def newest_submissions(returns: Iterable[int]) -> dict[int, int]:
    """By return, its newest submission."""
    found: dict[int, int] = {}
    for part in _parts(list(returns)):
        rows = Submission.objects.filter(expected_return__in=part).order_by().values("expected_return")
        found |= dict(rows.annotate(newest=Max("pk")).values_list("expected_return", "newest"))
    return found


def stored_figures(drafts: Iterable[int]) -> dict[int, dict[tuple[int, int], Stored]]:
    """By draft and cell, the state, value and note that are there."""
    found: dict[int, dict[tuple[int, int], Stored]] = {}
    rows = Figure.objects.filter(submission__in=list(drafts))
    columns = "submission_id", "indicator_id", "category_id", "state", "value", "note"
    for submission, indicator, category, *cell in rows.values_list(*columns).iterator(chunk_size=5000):
        found.setdefault(submission, {})[indicator, category] = (cell[0], cell[1], cell[2])
    return found


def lock_returns(returns: Iterable[int]) -> None:
    """Locks what the figures go into; raises `Conflict` when somebody began a draft in the very moment."""
    pks = sorted(returns)
    newest = newest_submissions(pks)
    for model, keys in ((Submission, sorted(newest.values())), (Return, pks)):
        for part in _parts(keys):
            list(
                model._default_manager.select_for_update(no_key=True)
                .filter(pk__in=part)
                .order_by("pk")
                .values_list("pk")
            )
    if newest_submissions(pks) != newest:
        raise Conflict


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    """Pieces that a statement of any database takes."""
    return (keys[start : start + _PART] for start in range(0, len(keys), _PART))
