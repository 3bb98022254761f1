"""The kinds of report, one file each, which register themselves.

A definition says what the report is called, which sections people write, what its checklist asks, and how its
payload is built from the data. Registering an incomplete one fails at import, so that a missing part is found when the
site starts and not when the chair waits. The rest of the reports app (workflow, snapshots, documents, pages,
commands) knows definitions by this registry alone: adding one takes one file here.
"""

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.errors import Text as Message
from reports.domain.cells import Text
from reports.domain.payload import Payload


@dataclass(frozen=True, kw_only=True)
class NarrativeSection:
    """A section that people write, under this key; `hint` tells the author what belongs there."""

    key: str
    title: Text
    hint: Message = ""


class Office(StrEnum):
    """Who approves a report of some kind. One that a national head approves is composed by officers of that state."""

    COUNCIL_CHAIR = "council_chair"
    HQ_CHAIR = "hq_chair"
    NATIONAL_HEAD = "national_head"


def no_barrier(report: Any, at: dt.datetime) -> Iterable[Problem]:
    """Nothing that an explanation could not answer."""
    return ()


def anything(operation: Any) -> Message:
    """Nothing speaks against a report on the operation."""
    return ""


def live_ones(operation: Any) -> Message:
    """Why there can be no such report on an operation that is known from published sources alone."""
    if not operation.is_historical:
        return ""
    return _(
        "This operation is known from published sources alone: it has no returns, and none are made up. What was "
        "published of it is in the annual and the cumulative report."
    )


@dataclass(frozen=True)
class Draft:
    """What a payload is built for: the report's row, its texts by section and the moment of the data."""

    report: Any
    narratives: Mapping[str, Text]
    at: dt.datetime


@dataclass(frozen=True, kw_only=True)
class Definition:
    """A kind of report. `build` composes the payload; `checklist` finds what has to be mended or explained.

    `scope` names what a report of this kind is about besides its operation: "stage", "state", "meeting". One that
    `follows` has no workflow of its own: it is approved with the object that it tells of, and nobody writes in it.
    `approved_by` is the office that decides on it; `unsuited` says why an operation can have no such report.
    `barriers` are points that no explanation answers; one that `clears_figures` may show cleared figures only
    (`reports.domain.clearance`). One that `binds_returns` marks those it used as reported, so that correcting one needs
    the headquarters' chair; what is preliminary by its nature binds none.
    """

    code: str
    name: Message
    title: Text
    narrative: tuple[NarrativeSection, ...]
    build: Callable[[Draft], Payload]
    checklist: Callable[[Any, dt.datetime], Iterable[Problem]]
    scope: tuple[str, ...] = ()
    follows: bool = False
    approved_by: Office = Office.COUNCIL_CHAIR
    unsuited: Callable[[Any], Message] = anything
    barriers: Callable[[Any, dt.datetime], Iterable[Problem]] = no_barrier
    clears_figures: bool = False
    binds_returns: bool = True

    def section(self, key: str) -> NarrativeSection | None:
        return next((one for one in self.narrative if one.key == key), None)


class IncompleteDefinition(ValueError):
    """A definition without one of its parts; the message names them."""


_definitions: dict[str, Definition] = {}


def register(definition: Definition) -> Definition:
    """Adds a definition. Raises `IncompleteDefinition` when a part is missing or its code is taken."""
    unwritten = {"narrative"} if definition.follows else set()
    needed = [field.name for field in fields(definition) if field.default is MISSING and field.name not in unwritten]
    empty = [name for name in needed if not getattr(definition, name)]
    title = definition.title
    half = [language for language, text in (("ru", title["ru"]), ("en", title["en"])) if not text.strip()]
    if empty or half:
        lacking = empty + [f"title in {language}" for language in half]
        raise IncompleteDefinition(f"{definition.code!r} lacks {', '.join(lacking)}")
    keys = [section.key for section in definition.narrative]
    if len(set(keys)) != len(keys):
        raise IncompleteDefinition(f"{definition.code!r} names a narrative section twice")
    if definition.code in _definitions:
        raise IncompleteDefinition(f"{definition.code!r} is registered already")
    _definitions[definition.code] = definition
    return definition


def definition_of(report: Any) -> Definition:
    """The definition of a report's row; an unknown code is a programming error."""
    return _definitions[report.definition]


def find(code: str) -> Definition | None:
    return _definitions.get(code)


def all_definitions() -> list[Definition]:
    return list(_definitions.values())


def load() -> None:
    """Imports every module of this package; called once, when the app is ready."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
