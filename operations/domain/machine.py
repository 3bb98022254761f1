"""A generic state machine: a workflow is a table of transitions, and `perform` carries one out.

`perform` locks the row, asks `access.refusal` again, changes the state, runs the effect and writes exactly one audit
entry, in one transaction. A refused attempt is written to the audit trail outside that transaction. Acts that change
no state (editing a draft, answering a remark) are transitions without a target, so that buttons, pages, the API,
imports and jobs all ask in the same way.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction

from operations.domain import access, audit
from operations.domain.errors import DomainError, NotFound
from operations.domain.transitions import Attempt, Transition, Workflow, workflow_of

__all__ = ["Attempt", "Transition", "Workflow", "available", "perform"]


@dataclass(frozen=True)
class Availability:
    """A transition offered to a person, with the reason when it is refused now."""

    transition: Transition
    refusal: DomainError | None = field(default=None)

    @property
    def is_allowed(self) -> bool:
        return self.refusal is None


def perform(subject: models.Model, name: str, *, actor: Any, at: dt.datetime, **given: Any) -> Any:
    """Carries out a transition and answers what its effect answers, else the changed row.

    Raises `NotFound` (not the actor's to see), `WrongState`, `NotAllowed`, `Unmet` or `BadInput`.
    """
    workflow = workflow_of(type(subject))
    transition = workflow[name]
    try:
        with transaction.atomic():
            locked = _locked(subject, actor=actor, at=at)
            attempt = Attempt(subject=locked, transition=transition, actor=actor, at=at, given=given)
            refused = access.refusal(locked, transition, actor, at=at, given=given)
            if refused is not None:
                raise refused
            before = workflow.status_of(locked)
            if transition.target is not None:
                setattr(locked, workflow.status_field, transition.target)
            outcome = transition.effect(attempt) if transition.effect is not None else None
            locked.save()
            audit.record(
                act=workflow.act_name(transition),
                subject=locked,
                actor=actor,
                at=at,
                data={"from": before, "to": workflow.status_of(locked), **_audited(given), **attempt.noted},
            )
    except DomainError as error:
        audit.record_refusal(act=workflow.act_name(transition), subject=subject, actor=actor, at=at, error=error)
        raise
    return locked if outcome is None else outcome


def available(
    subject: models.Model, actor: Any, *, at: dt.datetime, only: Iterable[str] | None = None
) -> list[Availability]:
    """The transitions that start in the present state and are the actor's to do, with what still stands in the way."""
    workflow = workflow_of(type(subject))
    names = workflow.names() if only is None else only
    offered = []
    for name in names:
        transition = workflow[name]
        refused = access.refusal(subject, transition, actor, at=at)
        if refused is None or refused.code == "unmet":
            offered.append(Availability(transition, refused))
    return offered


def _locked(subject: models.Model, *, actor: Any, at: dt.datetime) -> Any:
    model = type(subject)
    visible = access.visible_to(model, actor, at=at).filter(pk=subject.pk)
    if not visible.exists():
        raise NotFound
    # without its key: PostgreSQL looks after references at the very end of a transaction, when it has the chain, and
    # must not have to wait there for somebody who has the row and waits for the chain
    return model._default_manager.select_for_update(no_key=True).get(pk=subject.pk)


def _audited(given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, for the trail: rows by their key, no secrets."""
    shown: dict[str, Any] = {}
    for key, value in given.items():
        if key in {"password", "reauthenticated"}:
            continue
        shown[key] = value.pk if isinstance(value, models.Model) else value
    return shown
