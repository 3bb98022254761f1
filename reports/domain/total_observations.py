"""What `Total` says now, as statistical observations."""

from collections.abc import Iterable, Iterator

from operations.domain.statistics import StatRow
from operations.models import MemberState, Operation, Stage, Total
from reports.domain.observations import Observation, observed
from reports.domain.places import Place
from reports.domain.results import region_cell, state_cell


def of_totals(
    rows: Iterable[StatRow],
    *,
    operation: Operation,
    states: Iterable[MemberState],
    stage: Stage | None = None,
    basis: str = Total.Basis.ACCEPTED,
) -> Iterator[Observation]:
    """The rows of `operations.domain.statistics.indicator_by_state`: the region, then each state."""
    shown = list(states)
    for row in rows:
        breakdown = row.category.breakdown
        category = f"{breakdown.code}:{row.category.code}" if breakdown else ""
        time = f"stage:{stage.number}" if stage else ""
        place = Place(operation.slug, row.indicator.code, category=category, time=time)
        cells = [("", region_cell(row)), *((state.code, state_cell(row.cells[state.pk])) for state in shown)]
        for state, cell in cells:
            yield observed(
                place._replace(state=state),
                year=operation.year,
                unit=cell.get("currency") or row.indicator.unit,
                cell=cell,
                is_provisional=basis == Total.Basis.PROVISIONAL,
                is_demonstration=operation.is_demonstration,
            )
