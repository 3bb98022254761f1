"""A POST that is sent twice with the same `Idempotency-Key` is carried out once and answered twice alike.

The key belongs to its caller and to one request: with another address or body it is refused (422), while the first is
still being carried out it is a conflict (409). Only success is kept: a refused request may be mended and sent again
under its key. Answers are kept for a day.
"""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.problems import Refused
from operations.models import IdempotencyKey

HEADER = "Idempotency-Key"
KEPT_FOR = dt.timedelta(days=1)
# a caller whose first request died with its process may take the key over after this
ABANDONED_AFTER = dt.timedelta(minutes=10)
_KEY = re.compile(r"[\x21-\x7e]{1,100}")
_KEPT_HEADERS = ("Location", "ETag")


def key_of(request: Request) -> str | None:
    """The key of the request, if it has one."""
    given = request.headers.get(HEADER)
    if given is None:
        return None
    if not _KEY.fullmatch(given):
        detail = _("Give 1 to 100 visible ASCII characters.")
        errors = [{"code": "bad_header", "detail": str(detail), "header": HEADER}]
        raise Refused(400, "bad_header", _("A header cannot be taken."), errors=errors)
    return given


def begin(request: Request, key: str, *, at: dt.datetime) -> IdempotencyKey | Response:
    """Takes the key for this request, or answers what was answered before."""
    user: Any = request.user
    IdempotencyKey.objects.filter(user=user, created_at__lt=at - KEPT_FOR).delete()
    IdempotencyKey.objects.filter(
        user=user, key=key, status_code__isnull=True, created_at__lt=at - ABANDONED_AFTER
    ).delete()
    digest = _digest(request)
    kept, is_new = IdempotencyKey.objects.get_or_create(
        user=user, key=key, defaults={"request_hash": digest, "created_at": at}
    )
    if is_new:
        return kept
    if kept.request_hash != digest:
        raise Refused(422, "key_reused", _("This Idempotency-Key was used for another request."))
    if kept.status_code is None:
        raise Refused(
            409, "key_in_flight", _("The first request with this Idempotency-Key is still being carried out.")
        )
    body = json.loads(kept.body) if kept.body else None
    return Response(body, status=kept.status_code, headers={**kept.headers, "Idempotency-Replayed": "true"})


def finish(kept: IdempotencyKey, response: Response, *, storable: Callable[[Any], Any]) -> None:
    """Keeps the answer of a request that succeeded; gives the key free after one that did not."""
    if not 200 <= response.status_code < 300:
        kept.delete()
        return
    kept.status_code = response.status_code
    kept.body = "" if response.data is None else json.dumps(storable(response.data), ensure_ascii=False, default=str)
    kept.headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    kept.save(update_fields=["status_code", "body", "headers"])


def unchanged(data: Any) -> Any:
    """Stores an answer as it was given."""
    return data


def without(*names: str) -> Callable[[Any], Any]:
    """Leaves members out of the stored answer: a secret is shown once."""

    def storable(data: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in data.items() if name not in names}

    return storable


def _digest(request: Request) -> str:
    raw = request._request.body
    head = f"{request.method} {request.get_full_path()} {request.content_type}\n".encode()
    return hashlib.sha256(head + raw).hexdigest()
