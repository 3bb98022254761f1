"""The description of the interface: OpenAPI 3.1 at `/api/v1/schema/`, and a page made of it at `/api/v1/docs/`.

What a resource declares (parameters, inputs, transitions) is what it checks, so the description is drawn from the same
attributes and cannot drift. The page is a template of ours: strict CSP rules out the usual viewers.
"""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from drf_spectacular.extensions import OpenApiAuthenticationExtension, OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from operations.api import fields
from operations.api.parameters import read_parameters
from operations.api.problems import MEDIA_TYPE
from operations.api.schema_page import groups_of

_IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="ETag of the revision that is changed."
)
_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Sent again with the same request, nothing is done twice.",
)


class ProblemError(serializers.Serializer):
    """One of several faults, with its place."""

    code = serializers.CharField()
    detail = serializers.CharField()
    pointer = serializers.CharField(required=False, help_text="JSON pointer into the body.")
    parameter = serializers.CharField(required=False, help_text="Parameter of the address.")
    header = serializers.CharField(required=False)


class ProblemShown(serializers.Serializer):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="For people, in the language of the caller.")
    errors = ProblemError(many=True, required=False)  # type: ignore[assignment]  # the base class has something of that name


class ResourceSchema(AutoSchema):
    """Describes a `Resource` from what it declares."""

    def get_tags(self) -> list[str]:
        basename = getattr(self.view, "basename", None) or "api"
        return [basename.removeprefix("api-")]

    def get_operation_id(self) -> str:
        action = getattr(self.view, "action", None) or self.method.lower()
        return f"{self.get_tags()[0]}_{action}".replace("-", "_")

    def get_override_parameters(self) -> list[Any]:
        found: list[Any] = [
            OpenApiParameter(name, dict(one.schema), OpenApiParameter.QUERY, description=str(one.description))
            for name, one in self._declared().items()
        ]
        if self.method == "POST":
            found.append(_KEY)
        if self._changes_a_revision():
            found.append(_IF_MATCH)
        return found

    def get_request_serializer(self) -> Any:
        if self.method in {"GET", "DELETE"}:
            return None
        return self._input() or super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        problem = {(status, MEDIA_TYPE): ProblemShown for status in self._refusals()}
        own = getattr(self.view, "outputs", {}).get(self._action())
        if self.method == "DELETE" and own is None:
            return {204: None, **problem}
        success = 201 if self._action() == "create" else 200
        shown = own or super().get_response_serializers()
        return {success: shown, **problem}

    def _action(self) -> str:
        return getattr(self.view, "action", None) or ""

    def _declared(self) -> dict[str, Any]:
        declared = getattr(self.view, "_declared", None)
        return dict(declared()) if declared is not None else {}

    def _transition(self) -> str | None:
        name = self._action().removeprefix("take_")
        return name if name in getattr(self.view, "transitions", {}) else None

    def _input(self) -> Any:
        name = self._transition()
        if name is not None:
            return getattr(self.view, "transitions", {})[name]
        return getattr(self.view, "inputs", {}).get(self._action())

    def _changes_a_revision(self) -> bool:
        is_revised = getattr(self.view, "is_revised", self._transition() is not None)
        return is_revised and (self.method in {"PUT", "PATCH", "DELETE"} or self._transition() is not None)

    def _refusals(self) -> list[int]:
        found = [400, 401, 403, 429]
        if self._action() != "list" and self._action() != "create":
            found.append(404)
        if self.method != "GET":
            found += [409, 415, 422]
        if self._changes_a_revision():
            found += [412, 428]
        return sorted(found)


class _TokenScheme(OpenApiAuthenticationExtension):
    target_class = "operations.api.callers.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": "`Token …`"}


def _described(target: type, describe: Any) -> None:
    """Registers how an input field of ours reads in the description."""
    members = {
        "target_class": target,
        "match_subclasses": True,
        "map_serializer_field": lambda self, auto_schema, direction: describe(self.target),
    }
    type(f"{target.__name__}Described", (OpenApiSerializerFieldExtension,), members)


_described(
    fields.StrictText,
    lambda one: {"type": "string", "maxLength": one.max_length, **({} if one.allow_blank else {"minLength": 1})},
)
_described(fields.StrictInteger, lambda one: {"type": "integer", "minimum": one.min_value, "maximum": one.max_value})
_described(fields.StrictBoolean, lambda one: {"type": "boolean"})
_described(fields.StrictDate, lambda one: {"type": "string", "format": "date"})
_described(fields.StrictMoment, lambda one: {"type": "string", "format": "date-time"})
_described(fields.CodeField, lambda one: {"type": "string", "maxLength": 100})


class ApiSchema(APIView):
    """The description itself."""

    schema = None
    metadata_class = None
    write_scope = None

    def get(self, request: Request) -> Response:
        read_parameters(request.query_params, {})
        return Response(described(get_language() or "ru"))


@require_safe
def api_docs(request: HttpRequest) -> HttpResponse:
    """The description as a page."""
    described_now = described(get_language() or "ru")
    return render(request, "api/docs.html", {"info": described_now["info"], "groups": groups_of(described_now)})


@lru_cache(maxsize=4)
def described(language: str) -> dict[str, Any]:
    """The description in a language; made once, because addresses do not change while the site runs."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))
