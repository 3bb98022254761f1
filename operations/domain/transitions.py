"""What a workflow table is made of. Each workflow is one table in one file; this module knows none of them."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models

from operations.domain.errors import Problem, Text

_workflows: dict[type, "Workflow"] = {}


@dataclass(frozen=True)
class Attempt:
    """Somebody's attempt at a transition, with what was given; effects add to `noted` what the trail should say."""

    subject: Any
    transition: "Transition"
    actor: Any
    at: dt.datetime
    given: Mapping[str, Any] = field(default_factory=dict)
    noted: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Who:
    """Who may do it: a test, and the words that tell a refused person who may."""

    test: Callable[[Attempt], bool]
    says: Text


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One row of a workflow table.

    `sources` empty means any state; `target` None means the state stays. `needs` look at the object and are shown
    beside the button before anybody tries; `asks` look at what was given and are checked by `perform` alone.
    """

    name: str
    label: Text
    who: Who
    sources: frozenset[str] = frozenset()
    target: str | None = None
    needs: tuple[Callable[[Attempt], Iterable[Problem]], ...] = ()
    asks: tuple[Callable[[Attempt], Iterable[Problem]], ...] = ()
    effect: Callable[[Attempt], Any] | None = None


class Workflow:
    """The transitions of one model, by name. Registers itself; a second table for the same model fails at import."""

    def __init__(self, model: type[models.Model], *transitions: Transition, status_field: str = "status") -> None:
        if model in _workflows:
            raise ValueError(f"{model.__name__} has a workflow already")
        self.model = model
        self.status_field = status_field
        self._transitions = {transition.name: transition for transition in transitions}
        if len(self._transitions) != len(transitions):
            raise ValueError(f"{model.__name__}: two transitions share a name")
        _workflows[model] = self

    def __getitem__(self, name: str) -> Transition:
        return self._transitions[name]

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._transitions.values())

    def names(self) -> list[str]:
        return list(self._transitions)

    def status_of(self, subject: Any) -> str:
        return getattr(subject, self.status_field, "") if self.status_field else ""

    def act_name(self, transition: Transition) -> str:
        """The name under which the audit trail records the act: `plan.approve`."""
        return f"{self.model._meta.model_name}.{transition.name}"


def workflow_of(model: type) -> Workflow:
    """The workflow table of a model; a `KeyError` is a programming error."""
    return _workflows[model]


def workflows() -> list[Workflow]:
    return list(_workflows.values())
