"""Codes as statistical systems exchange them: how a list of them looks, and what this product's own codes become.

A sum over some members of a list has a code of its own, made of its members' codes (`AM__KZ`): a selection has one code
in every file, and two selections never share one. The code of a total means all, never some.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.domain.cells import Text

REGION = "CSTO"
TOTAL = "_T"
#: The origin of invented figures, as in the files of reports.
DEMONSTRATION = "demonstration"
#: Stands in no code: of operations, states, stages, periods or kinds of authority.
_AND = "__"
_LONGEST = 100


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


def selection_code(codes: Iterable[str]) -> str:
    """Some members of a list taken together, as one code. A longer one than systems take is a hash of its members."""
    joined = _AND.join(sorted(codes))
    return joined if len(joined) <= _LONGEST else f"SEL-{hashlib.sha256(joined.encode()).hexdigest()[:24]}"
