"""Every failure of the programming interface as `application/problem+json` (RFC 9457).

A body has `type`, `title`, `status`, `code` (stable, for programs), `detail` (for people, in the caller's language)
and, where several things are wrong, `errors`: each with `code`, `detail` and where it is: `pointer` into the body,
`parameter` of the address, or `header`. Domain failures are translated here and nowhere else.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from operations.domain.errors import (
    BadInput,
    Conflict,
    DomainError,
    ListedProblems,
    NotAllowed,
    NotFound,
    Problem,
    Stale,
    Text,
    Unmet,
    WrongState,
)

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[type[DomainError], int] = {
    WrongState: 409,
    Conflict: 409,
    NotAllowed: 403,
    NotFound: 404,
    Stale: 412,
    Unmet: 422,
    BadInput: 400,
}


class Refused(exceptions.APIException):
    """A request that is refused before the domain sees it; `errors` say where the fault is."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: Text,
        *,
        errors: Sequence[Mapping[str, Any]] = (),
        wait: float | None = None,
    ) -> None:
        super().__init__(detail=str(detail), code=code)
        self.status_code = status
        self.code = code
        self.errors = tuple(errors)
        self.wait = wait


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """The answer to an exception; None for what nobody foresaw, which becomes a 500 and is logged."""
    if isinstance(error, DomainError):
        return problem(_status_of(error), error.code, error.message, errors=listed(error))
    if isinstance(error, Http404):
        return exception_handler(NotFound(), context)
    if isinstance(error, PermissionDenied):
        return exception_handler(NotAllowed(), context)
    if isinstance(error, RequestDataTooBig):
        return problem(413, "too_large", _("The body is too large."))
    if isinstance(error, TooManyFieldsSent):
        return problem(400, "too_many_fields", _("The form has too many fields."))
    if isinstance(error, exceptions.ValidationError):
        errors = list(_flattened(error.get_full_details(), ""))
        return problem(400, BadInput.code, BadInput.message, errors=errors)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    return None


def problem(
    status: int,
    code: str,
    detail: Text,
    *,
    errors: Iterable[Mapping[str, Any]] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """A problem as the framework's response."""
    body = problem_body(status, code, detail, errors=errors)
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def problem_body(status: int, code: str, detail: Text, *, errors: Iterable[Mapping[str, Any]] = ()) -> dict[str, Any]:
    """The members of a problem; the address is left out, so that two refusals never differ by what was asked for."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": sentence(detail),
    }
    shown = [{**error, "detail": sentence(error["detail"])} for error in errors]
    if shown:
        body["errors"] = shown
    return body


def sentence(text: Text) -> str:
    """The words of a problem as a whole sentence: what begins as a phrase gets its capital and its full stop.

    What is no word of a language, such as the name of a parameter, keeps its spelling.
    """
    words = str(text).strip()
    first = _FIRST_WORD.match(words)
    if first is not None:
        words = first.group()[:1].upper() + words[1:]
    return words if not words or words.endswith(_ENDS) else f"{words}."


_FIRST_WORD = re.compile(r"[a-zа-яё][a-zа-яё’-]*(?=[\s,:;.!?]|$)")
#: How a sentence ends, also inside quotation marks or brackets.
_ENDS = (".", "!", "?", "…", ".”", ".»", ".)")


@csrf_exempt
@login_not_required
def no_such_address(request: HttpRequest, **kwargs: Any) -> JsonResponse:
    """The end of the interface's addresses: the same answer as for an object that is missing."""
    body = problem_body(404, NotFound.code, NotFound.message)
    return JsonResponse(body, status=404, content_type=MEDIA_TYPE, json_dumps_params=_COMPACT)


# as the framework's renderer writes it, so that the two answers are equal byte for byte
_COMPACT = {"ensure_ascii": False, "separators": (",", ":")}


def listed(error: DomainError) -> list[dict[str, Any]]:
    """The problems of a domain failure, each with the pointer of its field."""
    return [error_of(one) for one in error.problems] if isinstance(error, ListedProblems) else []


def error_of(one: Problem) -> dict[str, Any]:
    shown: dict[str, Any] = {"code": one.code, "detail": sentence(one.message)}
    if one.field:
        shown["pointer"] = pointer(one.field.split("."))
    return shown


def pointer(parts: Iterable[Any]) -> str:
    """A JSON pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _status_of(error: DomainError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 400)


def _of_framework(error: exceptions.APIException) -> Response:
    challenge, wait = getattr(error, "auth_header", None), getattr(error, "wait", None)
    headers = {}
    if challenge:
        headers["WWW-Authenticate"] = challenge
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    code = getattr(error, "code", "") or str(error.get_codes())
    return problem(error.status_code, code, str(error.detail), errors=getattr(error, "errors", ()), headers=headers)


def _flattened(details: Any, where: str) -> Iterable[dict[str, Any]]:
    """The framework's nested errors as a flat list with pointers."""
    if isinstance(details, Mapping) and set(details) == {"message", "code"} and isinstance(details["code"], str):
        yield {"code": str(details["code"]), "detail": str(details["message"]), "pointer": where}
    elif isinstance(details, Mapping):
        for key, value in details.items():
            below = where if key == "non_field_errors" else where + pointer([key])
            yield from _flattened(value, below)
    elif isinstance(details, list):
        for index, value in enumerate(details):
            is_error = isinstance(value, Mapping) and set(value) == {"message", "code"}
            yield from _flattened(value, where if is_error else f"{where}/{index}")
