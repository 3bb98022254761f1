"""Pages by cursor: the place after the last row, signed, so that nobody can make one up.

A page that is read while rows are added repeats and skips nothing. A page size beyond the maximum is clamped; a cursor
that was not given out here is an address that does not exist (404).
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.problems import Refused
from operations.domain.errors import NotFound

DEFAULT_SIZE = 50
MOST = 200
_SALT = "operations.api.paging"


class CursorPages(BasePagination):
    """Pages in the order of the view's `ordering`, whose last field makes it total; no field of it may be NULL."""

    parameters = ("cursor", "page_size")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.ordering: Sequence[str] = view.ordering
        size = page_size(request.query_params.get("page_size"))
        cursor = request.query_params.get("cursor")
        rows = queryset.order_by(*self.ordering)
        if cursor is not None:
            rows = rows.filter(_after(self.ordering, self._place(cursor, queryset.model)))
        found = list(rows[: size + 1])
        self.last = found[size - 1] if len(found) > size else None
        return found[:size]

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {
                "next": {"type": ["string", "null"], "format": "uri", "description": "Address of the next page."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "cursor",
                "in": "query",
                "description": str(_("Where the page starts; taken from `next`.")),
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "description": str(_("Rows on a page; clamped to 200.")),
                "schema": {"type": "integer", "minimum": 1, "default": DEFAULT_SIZE},
            },
        ]

    def _next(self) -> str | None:
        if self.last is None:
            return None
        place = [_plain(_value(self.last, name)) for name in self.ordering]
        cursor = signing.dumps([list(self.ordering), place], salt=_SALT, compress=True)
        kept = [(key, value) for key, value in self.request.query_params.items() if key != "cursor"]
        return self.request.build_absolute_uri(f"{self.request.path}?{urlencode([*kept, ('cursor', cursor)])}")

    def _place(self, cursor: str, model: type[models.Model]) -> list[Any]:
        try:
            ordering, place = signing.loads(cursor, salt=_SALT)
        except (signing.BadSignature, ValueError) as error:
            raise NotFound from error
        if ordering != list(self.ordering):
            raise NotFound
        return list(place)


def page_size(given: str | None) -> int:
    """The rows on a page: 50 unless said otherwise, never more than 200; 400 for what is no whole number."""
    if given is None:
        return DEFAULT_SIZE
    if not (given.isascii() and given.isdigit()) or not given.strip("0"):
        error = {"code": "bad_parameter", "detail": str(_("Give a whole number from 1.")), "parameter": "page_size"}
        raise Refused(400, "bad_parameter", _("A parameter of the address cannot be taken."), errors=[error])
    return min(int(given[:9]), MOST)


def _after(ordering: Sequence[str], place: Sequence[Any]) -> Q:
    """Rows behind the place: greater in the first field, or equal there and greater in the next, and so on."""
    behind = Q(pk__in=[])
    equal = Q()
    for name, value in zip(ordering, place, strict=True):
        field = name.removeprefix("-")
        behind |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return behind


def _value(row: Any, name: str) -> Any:
    for part in name.removeprefix("-").split("__"):
        row = getattr(row, part)
    return row


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, dt.date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
