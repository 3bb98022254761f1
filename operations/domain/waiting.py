"""What waits for a person: the registry behind "my work".

Each part of the product that can keep somebody waiting registers a provider; a provider answers items from rows that
the person may see and acts that the person may do, by the same access rules as every other door.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from operations.domain.access import Standing, standing
from operations.domain.errors import Text


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One thing to do. `subject` is the row whose page opens; `due_at` orders the list, late items first."""

    kind: str
    title: Text
    subject: Any
    detail: Text = ""
    since: dt.datetime | None = None
    due_at: dt.datetime | None = None
    is_late: bool = False


Provider = Callable[[Any, Standing, dt.datetime], Iterable[WorkItem]]
_providers: list[Provider] = []


def provider(function: Provider) -> Provider:
    """Registers a provider: it gets the person, the person's standing and the moment."""
    _providers.append(function)
    return function


def waiting_for(user: Any, *, at: dt.datetime) -> list[WorkItem]:
    """Everything that waits for the person now: overdue first, then by due moment, undated last."""
    seen = standing(user, at)
    items = [item for offer in _providers for item in offer(user, seen, at)]
    return sorted(items, key=lambda item: (not item.is_late, item.due_at is None, item.due_at or at))
