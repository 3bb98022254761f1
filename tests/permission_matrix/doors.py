"""The doors of the site, found in the URLconf, and the rows of the table about them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

TABLE = Path(__file__).with_name("matrix.txt")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ROLES = (
    "anonymous",
    "observer",
    "officer",
    "other_officer",
    "head",
    "other_head",
    "planner",
    "hq_chair",
    "council_chair",
    "assistant",
    "admin",
)
#: Addresses of packages that bring their own tests; each is named here, so that a new one is looked at.
THIRD_PARTY = re.compile(r"(account|mfa|usersessions)_\w+")


@dataclass(frozen=True)
class Door:
    """One address pattern by its full name."""

    name: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A row of the table: what each role is answered."""

    method: str
    door: str
    subject: str
    statuses: tuple[int, ...]

    def __str__(self) -> str:
        return f"{self.method} {self.door} {self.subject}"

    def expected(self) -> Iterator[tuple[str, int]]:
        return zip(ROLES, self.statuses, strict=True)


def doors(resolver: URLResolver | None = None, names: tuple[str, ...] = ()) -> Iterator[Door]:
    """Every address pattern of the site; one without a name is a programming error."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from doors(pattern, (*names, *((pattern.namespace,) if pattern.namespace else ())))
        else:
            if not pattern.name:
                raise AssertionError(f"the address {pattern.pattern} has no name")
            yield Door(":".join((*names, pattern.name)), _arguments(pattern))


def lines() -> list[Line]:
    """The rows of the table."""
    found = []
    for text in TABLE.read_text(encoding="utf-8").splitlines():
        parts = text.split()
        if parts and not text.startswith("#"):
            method, door, subject, *statuses = parts
            found.append(Line(method, door, subject, tuple(int(status) for status in statuses)))
    return found


def draft_of(method: str, door: str, subject: str, statuses: list[Any]) -> str:
    """A row as it would stand in the table."""
    return f"{method:<6} {door:<36} {subject:<36} " + " ".join(str(status) for status in statuses)


def _arguments(pattern: URLPattern) -> tuple[str, ...]:
    expression = pattern.pattern.regex
    return tuple(expression.groupindex)
