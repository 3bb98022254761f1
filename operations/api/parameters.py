"""Parameters of an address: declared, typed, and refused when unknown, repeated or malformed."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from operations.api.problems import Refused
from operations.domain.errors import Text


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A parameter that narrows a list: `lookup` is the condition on the rows."""

    lookup: str
    description: Text = ""
    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string"})

    def read(self, text: str) -> Any:
        """The value, or ValueError with words for people."""
        if "\x00" in text:
            raise ValueError(_("NUL is not text."))
        return text


@dataclass(frozen=True, kw_only=True)
class Code(Parameter):
    """A code of reference data (`RU`, `VIO01`, `illegal-2026`)."""

    model: type[models.Model]
    code: str = "code"

    def read(self, text: str) -> str:
        if "\x00" in text or not self.model._default_manager.filter(**{self.code: text}).exists():
            raise ValueError(_("There is no such code."))
        return text


@dataclass(frozen=True, kw_only=True)
class Choice(Parameter):
    """One of listed words."""

    choices: Sequence[str]

    def read(self, text: str) -> str:
        if text not in self.choices:
            raise ValueError(_("Give one of: %(choices)s.") % {"choices": ", ".join(self.choices)})
        return text


@dataclass(frozen=True, kw_only=True)
class Whole(Parameter):
    """A whole number that is not negative."""

    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "integer", "minimum": 0})

    def read(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) <= 15):
            raise ValueError(_("Give a whole number."))
        return int(text)


@dataclass(frozen=True, kw_only=True)
class Day(Parameter):
    """A date as YYYY-MM-DD."""

    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "string", "format": "date"})

    def read(self, text: str) -> dt.date:
        try:
            if len(text) != 10 or not text.isascii():
                raise ValueError(text)
            return dt.date.fromisoformat(text)
        except ValueError as error:
            raise ValueError(_("Give a date as YYYY-MM-DD.")) from error


@dataclass(frozen=True, kw_only=True)
class Flag(Parameter):
    """`true` or `false`."""

    schema: Mapping[str, Any] = field(default_factory=lambda: {"type": "boolean"})

    def read(self, text: str) -> bool:
        if text not in {"true", "false"}:
            raise ValueError(_("Give true or false."))
        return text == "true"


def read_parameters(given: QueryDict, declared: Mapping[str, Parameter], *, also: Iterable[str] = ()) -> dict[str, Any]:
    """The values by name; raises `Refused` (400) with every parameter that is unknown, repeated or malformed."""
    errors: list[dict[str, Any]] = []
    values: dict[str, Any] = {}
    for name, texts in given.lists():
        if name in also:
            error: Text | None = _("Give it once.") if len(texts) > 1 else None
        elif name not in declared:
            error = _("There is no such parameter.")
        else:
            error = _read(name, texts, declared[name], values)
        if error is not None:
            shown = name[:100].replace("\x00", "\ufffd")
            errors.append({"code": "bad_parameter", "detail": str(error), "parameter": shown})
    if errors:
        raise Refused(400, "bad_parameter", _("A parameter of the address cannot be taken."), errors=errors)
    return values


def _read(name: str, texts: Sequence[str], parameter: Parameter, values: dict[str, Any]) -> Text | None:
    if len(texts) > 1:
        return _("Give it once.")
    try:
        values[name] = parameter.read(texts[0])
    except ValueError as error:
        return str(error)
    return None
