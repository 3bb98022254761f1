"""Codes as statistical systems exchange them: how a list of them looks, and what this product's own codes become."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.domain.cells import Text

REGION = "CSTO"
TOTAL = "_T"


@dataclass(frozen=True)
class Item:
    """A code with its name, and where it belongs in a hierarchy."""

    code: str
    name: Text
    parent: str = ""
    description: Text | None = None


@dataclass(frozen=True)
class CodeLists:
    """One list for each coded concept, by the concept."""

    lists: Mapping[str, tuple[Item, ...]]


def category_code(category: str) -> str:
    """`citizenship_group:AM` as an identifier of the standard, which knows no colon."""
    return category.replace(":", "-") or TOTAL


def unit_code(unit: str) -> str:
    return unit.replace("/", "_")
