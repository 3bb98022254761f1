"""Submissions of a return side by side: any two vintages, cell by cell. No vintage is ever changed."""

from collections.abc import Mapping
from dataclasses import dataclass

from operations.domain.errors import NotFound
from operations.domain.return_layout import CellKey, Layout
from operations.models import Figure, Return, Submission


@dataclass(frozen=True)
class CellChange:
    """A cell that differs between two submissions; None where it was empty."""

    key: CellKey
    address: str
    before: Figure | None
    after: Figure | None


def changed_cells(layout: Layout, before: Submission, after: Submission) -> list[CellChange]:
    """The cells whose state, value or note differ, in the order of the form; also derived ones. One query."""
    figures: dict[int, dict[CellKey, Figure]] = {before.pk: {}, after.pk: {}}
    for figure in Figure.objects.filter(submission__in=[before.pk, after.pk]):
        figures[figure.submission_id][figure.indicator_id, figure.category_id] = figure
    return [
        CellChange(key, address, figures[before.pk].get(key), figures[after.pk].get(key))
        for key, address in _addresses(layout).items()
        if _content(figures[before.pk].get(key)) != _content(figures[after.pk].get(key))
    ]


def _addresses(layout: Layout) -> Mapping[CellKey, str]:
    """Every cell of the form: what is entered, and the totals that are derived."""
    total = layout.total.pk
    derived = [(line.indicator.pk, total) for line in layout.lines if not line.is_entered]
    return {**layout.addresses, **{key: layout.address(key) for key in derived}}


def _content(figure: Figure | None) -> tuple[str, int | None, str] | None:
    return None if figure is None else (figure.state, figure.value, figure.note)


def vintage(expected_return: Return, number: int) -> Submission:
    """The submission of that number; raises `NotFound`. Whether the reader sees the return was asked before."""
    found = expected_return.submissions.filter(number=number).first()
    if found is None:
        raise NotFound
    return found
