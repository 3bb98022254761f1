"""Bringing a row into being by its workflow's `create`: the counterpart of `machine.perform` for what is not there yet.

The same question is asked (`refusal`), one audit entry is written, and a refused attempt is written too. The effect
of `create` saves the row.
"""

import datetime as dt
from typing import Any, TypeVar

from django.db import models, transaction

from operations.domain import access, audit
from operations.domain.errors import DomainError
from operations.domain.transitions import Attempt, workflow_of

Created = TypeVar("Created", bound=models.Model)


def create(row: Created, *, actor: Any, at: dt.datetime, **given: Any) -> Created:
    """Saves a new row through the transition `create` of its workflow; raises what `perform` raises."""
    workflow = workflow_of(type(row))
    transition = workflow["create"]
    act = workflow.act_name(transition)
    try:
        with transaction.atomic():
            refused = access.refusal(row, transition, actor, at=at, given=given)
            if refused is not None:
                raise refused
            attempt = Attempt(subject=row, transition=transition, actor=actor, at=at, given=given)
            if transition.effect is not None:
                transition.effect(attempt)
            audit.record(act=act, subject=row, actor=actor, at=at, data={**_plain(given), **attempt.noted})
    except DomainError as error:
        audit.record_refusal(act=act, subject=None, actor=actor, at=at, error=error)
        raise
    return row


def ensure_allowed(row: models.Model, *, actor: Any, at: dt.datetime) -> None:
    """Asks before what was typed is looked at: raises, and writes down, the refusal of whoever may not create such."""
    workflow = workflow_of(type(row))
    refused = access.refusal(row, workflow["create"], actor, at=at)
    if refused is not None:
        audit.record_refusal(act=workflow.act_name(workflow["create"]), subject=None, actor=actor, at=at, error=refused)
        raise refused


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {key: value.pk if isinstance(value, models.Model) else value for key, value in given.items()}
