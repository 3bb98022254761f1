"""Where a row has its page: filled by the web modules at import, used by "my work", search and the audit trail."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeAlias

from django.db import models

from operations.domain.waiting import WorkItem
from operations.models import Job

WantedOn: TypeAlias = Callable[[Job, Any, dt.datetime], tuple[str, str] | None]

_addresses: dict[type[models.Model], Callable[[Any], str]] = {}
_work: dict[str, Callable[[Any], str]] = {}
_wanted_on: dict[str, WantedOn] = {}


def register(model: type[models.Model], address: Callable[[Any], str]) -> None:
    """Names the page of a model's rows; registering it twice is a programming error."""
    if model in _addresses:
        raise ValueError(f"{model.__name__} has an address already")
    _addresses[model] = address


def register_work(kind: str, address: Callable[[Any], str]) -> None:
    """Names the page on which work of a kind is done, where that is not the page of its subject."""
    if kind in _work:
        raise ValueError(f"{kind} has an address already")
    _work[kind] = address


def register_job(kind: str, wanted_on: WantedOn) -> None:
    """Tells on which page a job of a kind was wanted, so that its own page leads back there."""
    if kind in _wanted_on:
        raise ValueError(f"{kind} has a page already")
    _wanted_on[kind] = wanted_on


def page_of_job(job: Job, user: Any, *, at: dt.datetime) -> tuple[str, str] | None:
    """The title and address of the page on which the job was wanted, where the person sees it."""
    found = _wanted_on.get(job.kind)
    return found(job, user, at) if found is not None else None


def address_of_work(item: WorkItem) -> str:
    """Where an item of "my work" is done."""
    found = _work.get(item.kind)
    return found(item.subject) if found is not None else address_of(item.subject)


def address_of(row: Any) -> str:
    """The address of the row's page, or an empty text where it has none."""
    found = _addresses.get(type(row))
    return found(row) if found is not None and row is not None else ""
