"""JSON read as the standard says, and nothing that only looks like it.

Python's own reader takes what the standard does not (NaN, duplicate keys), lets numbers overflow and reads numbers of
any length. Whoever reads JSON here, the interface or an import, reads it by this decoder.
"""

import json
import math
from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Text
from operations.domain.import_rows import printable, said

_LONGEST_NUMBER = 400


class NotStrict(ValueError):
    """The text is JSON to some readers, and not to this one."""

    def __init__(self, code: str, message: Text) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def decoder() -> json.JSONDecoder:
    """A decoder that raises `NotStrict` or `ValueError`, and `RecursionError` where brackets nest too deep."""
    return json.JSONDecoder(
        object_pairs_hook=_without_duplicates, parse_constant=_no_constant, parse_float=_finite, parse_int=_short
    )


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = Counter(name for name, _value in pairs).most_common(1)[0][0]
    text = _("The key “%(key)s” comes twice in one object.")
    raise NotStrict("duplicate_key", said(text, key=printable(twice, 100)))


def broken_at(error: ValueError | RecursionError) -> Text:
    """Where a text stops being JSON, in the reader's language; the decoder's own words are English."""
    if isinstance(error, json.JSONDecodeError):
        return said(_("line %(line)s, column %(column)s"), line=error.lineno, column=error.colno)
    if isinstance(error, RecursionError):
        return _("brackets nest too deep")
    return _("a number or a text cannot be read")


def _no_constant(name: str) -> Any:
    raise NotStrict("not_json", said(_("Not valid JSON: %(name)s is no number of JSON."), name=name))


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotStrict("not_json", _("Not valid JSON: a number is out of range."))
    return number


def _short(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise NotStrict("not_json", _("Not valid JSON: a number has too many digits."))
    return int(text)
