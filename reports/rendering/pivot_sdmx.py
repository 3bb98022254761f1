"""A table of the explorer as SDMX: its numbers in one of two formats, and the structure that both of them follow.

The structure is the whole catalogue with the codes of the selections in this table. Every cell of the page is an
observation; what a cell of shares shows is its own number with the whole as an attribute, so that nobody averages a
percentage.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable

from operations.models import Operation
from reports.domain.code_lists import code_lists, with_selections
from reports.domain.pivot import Pivot
from reports.domain.pivot_observations import of_pivot, selections
from reports.rendering.sdmx import rows_of, sdmx_csv, sdmx_ml
from reports.rendering.sdmx_structure import structure_xml


def pivot_sdmx(pivot: Pivot, *, format: str, address: str, operations: Iterable[Operation], at: dt.datetime) -> bytes:
    """`sdmx-csv`, `sdmx-ml` or `sdmx-structure`."""
    observations = of_pivot(pivot)
    if format == "sdmx-structure":
        return structure_xml(with_selections(code_lists(operations), selections(observations)), prepared=at)
    rows = rows_of(observations, is_public=False)
    if format == "sdmx-csv":
        return sdmx_csv(rows)
    versions = " ".join(f"{one.slug}:{one.data_version}" for one in pivot.question.operations)
    told = hashlib.sha256(f"{address} {versions}".encode()).hexdigest()
    return sdmx_ml(rows, id=f"IREF{told[:24].upper()}", prepared=at)
