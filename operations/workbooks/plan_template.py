"""Reads the standard skeleton of a plan from its CSV file, which ships with the reference data."""

import csv
from functools import lru_cache

from operations.domain.plan_skeleton import Skeleton, SkeletonRow
from operations.workbooks.reference_files import FOLDER

FILE = FOLDER / "plan_template.csv"


@lru_cache(maxsize=1)
def standard_skeleton() -> Skeleton:
    """The skeleton as it ships; a file that is spoilt is a fault of the release and fails loudly."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return Skeleton(tuple(_row(cells) for cells in csv.DictReader(file, strict=True)))


def _row(cells: dict[str, str]) -> SkeletonRow:
    return SkeletonRow(
        row=cells["row"],
        belongs_to=cells["belongs_to"],
        text_ru=cells["text_ru"],
        text_en=cells["text_en"],
        timing=cells["timing"],
        responsible_kinds=tuple(cells["responsible_kinds"].split()),
        indicators=tuple(cells["indicators"].split()),
    )
