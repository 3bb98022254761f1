"""Input fields that take a JSON value of their own type and nothing that merely resembles it.

The framework's fields read "12" as a number, `true` as 1, Arabic digits as digits; an interface between registers must
not guess. Text is stored in one form (NFC), without the invisible characters that make two equal words differ.
"""

import datetime as dt
import re
import unicodedata
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

# bidirectional controls and zero-width characters: they change how a text reads and cannot be seen
INVISIBLE = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_BREAKS = re.compile("[\t\n\r\u2028\u2029]")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})"
)
FIRST_YEAR, LAST_YEAR = 2000, 2100


class StrictText(serializers.Field):
    """A string: normalised, trimmed, of bounded length, without invisible characters; one line unless `lines`."""

    default_error_messages = {
        "not_text": _("Give a string."),
        "required": _("This cannot be empty."),
        "too_long": _("Give at most %(most)d characters."),
        "invisible_characters": _("Remove the invisible or control characters."),
        "line_break": _("This is a single line: remove the line break."),
    }

    def __init__(self, *, max_length: int, lines: bool = False, allow_blank: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.max_length, self.lines, self.allow_blank = max_length, lines, allow_blank

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("not_text")
        if len(data) > 2 * self.max_length:
            raise self._too_long()
        text = unicodedata.normalize("NFC", data).strip()
        if INVISIBLE.search(text) or _CONTROLS.search(text):
            self.fail("invisible_characters")
        if not self.lines and _BREAKS.search(text):
            self.fail("line_break")
        if not text and not self.allow_blank:
            self.fail("required")
        if len(text) > self.max_length:
            raise self._too_long()
        return text

    def to_representation(self, value: Any) -> Any:
        return value

    def _too_long(self) -> serializers.ValidationError:
        message = self.error_messages["too_long"] % {"most": self.max_length}
        return serializers.ValidationError(message, code="too_long")


class StrictInteger(serializers.Field):
    """A JSON integer within its bounds: no string, no fraction, no boolean."""

    default_error_messages = {
        "not_integer": _("Give a JSON integer: no text, no fraction, no boolean."),
        "too_small": _("Give at least %(bound)d."),
        "too_large": _("Give at most %(bound)d."),
    }

    def __init__(self, *, min_value: int = 0, max_value: int = 10**12, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.min_value, self.max_value = min_value, max_value

    def to_internal_value(self, data: Any) -> int:
        if type(data) is not int:
            self.fail("not_integer")
        for code, bound, is_beyond in (
            ("too_small", self.min_value, data < self.min_value),
            ("too_large", self.max_value, data > self.max_value),
        ):
            if is_beyond:
                raise serializers.ValidationError(self.error_messages[code] % {"bound": bound}, code=code)
        return int(data)

    def to_representation(self, value: Any) -> Any:
        return value


class StrictBoolean(serializers.Field):
    """`true` or `false`."""

    default_error_messages = {"not_boolean": _("Give true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("not_boolean")
        return bool(data)

    def to_representation(self, value: Any) -> Any:
        return value


class StrictDate(serializers.Field):
    """A date as `2026-06-15`, in a year that an operation can be in."""

    default_error_messages = {"bad_date": _("Give a date of the calendar as YYYY-MM-DD, from 2000 to 2100.")}

    def to_internal_value(self, data: Any) -> dt.date:
        try:
            if not isinstance(data, str) or not _DATE.fullmatch(data):
                raise ValueError(data)
            day = dt.date.fromisoformat(data)
        except ValueError:
            self.fail("bad_date")
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail("bad_date")
        return day

    def to_representation(self, value: Any) -> Any:
        return value.isoformat() if value is not None else None


class StrictMoment(serializers.Field):
    """A moment with its offset, as `2026-06-15T10:00:00+03:00`."""

    default_error_messages = {"bad_moment": _("Give a moment with its offset, as 2026-06-15T10:00:00+03:00.")}

    def to_internal_value(self, data: Any) -> dt.datetime:
        try:
            if not isinstance(data, str) or not _MOMENT.fullmatch(data):
                raise ValueError(data)
            moment = dt.datetime.fromisoformat(data)
        except ValueError:
            self.fail("bad_moment")
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            self.fail("bad_moment")
        return moment

    def to_representation(self, value: Any) -> Any:
        return value.isoformat() if value is not None else None


class StrictChoice(serializers.ChoiceField):
    """One of the listed strings, spelt exactly."""

    default_error_messages = {"invalid_choice": _("Give one of the listed values.")}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", input="")
        return data

    def to_representation(self, value: Any) -> Any:
        return value


class CodeField(serializers.Field):
    """A row of reference data by its code; an unknown code is an error of the field."""

    default_error_messages = {"unknown_code": _("There is no such code.")}

    def __init__(self, rows: type[models.Model] | models.QuerySet, *, code: str = "code", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows, self.code = rows, code

    def to_internal_value(self, data: Any) -> models.Model:
        rows = self.rows.all() if isinstance(self.rows, models.QuerySet) else self.rows._default_manager.all()
        found = rows.filter(**{self.code: data}).first() if isinstance(data, str) and len(data) < 100 else None
        if found is None:
            self.fail("unknown_code")
        return found

    def to_representation(self, value: Any) -> Any:
        return getattr(value, self.code) if value is not None else None
