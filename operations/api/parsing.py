"""Reads a JSON body, and nothing that only looks like one.

Python's own reader takes what the standard does not (NaN, duplicate keys), overflows on deep nesting, and hands on text
that no database can store. Everything of that kind ends here, with 400, before a serializer sees it.
"""

import re
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from operations.api.problems import Refused, pointer
from operations.workbooks.strict_json import NotStrict, broken_at, decoder

DEEPEST = 20
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """`application/json` in UTF-8: no duplicate keys, no NaN, no overflow, no more than 20 levels, no NUL."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> Any:
        _check_charset((parser_context or {}).get("request"))
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        raw = stream.read(most + 1)
        if len(raw) > most:
            raise Refused(413, "too_large", _("The body is too large."))
        return parse_json(raw)


def parse_json(raw: bytes) -> Any:
    """The value of a JSON text; raises `Refused` (400) for everything that the standard or a database refuses."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(400, "not_utf8", _("The body is not UTF-8.")) from error
    if _depth(text) > DEEPEST:
        raise Refused(400, "too_deep", _("The body is nested more than 20 levels deep."))
    try:
        value = decoder().decode(text)
    except NotStrict as error:
        raise Refused(400, error.code, error.message) from error
    except (ValueError, RecursionError) as error:
        raise Refused(
            400, "not_json", _("The body is not valid JSON: %(reason)s") % {"reason": broken_at(error)}
        ) from error
    wrong = [
        {
            "code": "unstorable_text",
            "detail": str(_("NUL and lone surrogates are not text.")),
            "pointer": pointer(where),
        }
        for where in _unstorable(value, ())
    ]
    if wrong:
        raise Refused(400, "unstorable_text", _("The body holds characters that are not text."), errors=wrong)
    return value


def _check_charset(request: Any) -> None:
    charset = "utf-8" if request is None else request._request.content_params.get("charset", "utf-8")
    if charset.strip("\"'").lower() not in {"utf-8", "utf8"}:
        raise Refused(415, "unsupported_charset", _("Send the body in UTF-8."))


def _depth(text: str) -> int:
    """How deep the brackets outside strings nest; looked at before reading, because the reader recurses."""
    deepest = depth = 0
    for sign in _STRINGS.sub("", text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                return deepest
        elif sign in "]}":
            depth -= 1
    return deepest


def _unstorable(value: Any, where: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, str):
        if _UNSTORABLE.search(value):
            yield where
    elif isinstance(value, Mapping):
        for key, below in value.items():
            if _UNSTORABLE.search(key):
                yield where
            yield from _unstorable(below, (*where, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from _unstorable(below, (*where, index))
