"""What every resource of the programming interface does alike; a noun's own file says only what is special to it.

A `Resource` reads: rows through the one row gate, declared parameters, pages by cursor, an ETag where the row has a
revision. A `WorkflowResource` also offers the transitions of the row's workflow and takes each at an address of its
own, `POST …/<id>/<transition>/`, over the same `perform` that the pages call. Whatever is refused leaves as a problem
(`operations/api/problems.py`). How to add a noun is told in `docs/api.md`.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from operations.api import idempotency
from operations.api.concurrency import etag, is_revised, require_match
from operations.api.paging import CursorPages
from operations.api.parameters import Parameter, read_parameters
from operations.api.problems import error_of
from operations.api.serializers import StrictInput
from operations.domain import machine
from operations.domain.access import visible_to
from operations.domain.errors import ListedProblems, NotFound
from operations.domain.identity import proves_identity
from operations.domain.transitions import workflow_of
from operations.models import IdempotencyKey, User


class Replayed(Exception):
    """The request was carried out before; its answer is given again."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class Resource(GenericViewSet):
    """Rows of one noun that the caller may see.

    Attributes to set: `queryset`, `serializer_class` (a `Representation`), `ordering` (total, without NULLs),
    `parameters` of the list, `write_scope` (without it a token cannot write here). `at` is the moment of the request.
    """

    ordering: Sequence[str] = ("pk",)
    parameters: ClassVar[Mapping[str, Parameter]] = {}
    write_scope: str | None = None
    lookup_value_regex = "[0-9]{1,15}"
    pagination_class = CursorPages
    metadata_class = None
    filter_backends = []
    # what is kept of the answer to a POST with an Idempotency-Key
    storable: Callable[[Any], Any] = staticmethod(idempotency.unchanged)
    # inputs of POST, PUT and PATCH by action, for the description of the interface
    inputs: ClassVar[Mapping[str, type[BaseSerializer]]] = {}
    # what an action answers, where that is not `serializer_class`
    outputs: ClassVar[Mapping[str, type[BaseSerializer]]] = {}

    _kept: IdempotencyKey | None = None

    # --- the frame of a request ---

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        self.at = timezone.now()
        key = idempotency.key_of(request) if request.method == "POST" else None
        if key is not None:
            # read before anything reads it as a form, after which it could not be compared
            _ = request._request.body
        super().initial(request, *args, **kwargs)
        also = CursorPages.parameters if self.action == "list" else ()
        self.asked = read_parameters(request.query_params, self._declared(), also=also)
        if key is not None:
            begun = idempotency.begin(request, key, at=self.at)
            if isinstance(begun, Response):
                raise Replayed(begun)
            self._kept = begun

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Replayed):
            return exc.response
        try:
            return super().handle_exception(exc)
        except Exception:
            if self._kept is not None:
                self._kept.delete()
            raise

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        if self._kept is not None:
            kept, self._kept = self._kept, None
            idempotency.finish(kept, response, storable=self.storable)
        return super().finalize_response(request, response, *args, **kwargs)

    def _declared(self) -> Mapping[str, Parameter]:
        """The parameters of this action: the list's, unless the action brings its own."""
        own = getattr(getattr(self, self.action or "", None), "parameters", None)
        if own is not None:
            return own
        return self.parameters if self.action == "list" else {}

    @property
    def actor(self) -> User:
        """Who acts; whoever has no account was turned away before."""
        user: Any = self.request.user
        return user

    # --- rows ---

    def get_queryset(self) -> models.QuerySet:
        rows = visible_to(super().get_queryset(), self.request.user, at=self.at)
        if self.action != "list":
            return rows
        return rows.filter(**{self.parameters[name].lookup: value for name, value in self.asked.items()})

    def get_object(self) -> Any:
        """The row of the address; a missing one and one that is not the caller's are the same `NotFound`."""
        row = self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if row is None:
            raise NotFound
        return row

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())

    def answer(self, row: Any, *, status: int = 200, **headers: str) -> Response:
        """The representation of a row, with its ETag where it has a revision."""
        if is_revised(row):
            headers["ETag"] = etag(row)
        return Response(self.get_serializer(row).data, status=status, headers=headers)

    def input(self, serializer: type[BaseSerializer]) -> dict[str, Any]:
        """The checked input of the request; raises the framework's ValidationError with every fault."""
        data = self.request.data
        given = serializer(data={} if data in (None, "") else data, context=self.get_serializer_context())
        given.is_valid(raise_exception=True)
        return dict(given.validated_data)


class WorkflowResource(Resource):
    """A resource whose rows have a workflow.

    `transitions` lists what is offered here, each with the serializer of its input. Every one gets an address and an
    action of its own; a transition that is not listed has no door in the interface.
    """

    transitions: ClassVar[Mapping[str, type[StrictInput]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name in cls.__dict__.get("transitions", {}):
            if _method(name) not in cls.__dict__:
                setattr(cls, _method(name), _action(name))

    def workflow_subject(self, row: Any) -> Any:
        """The row that carries the workflow: the row itself, unless the noun shows it under another (a return)."""
        return row

    def carry_out(self, row: Any, name: str, given: dict[str, Any]) -> None:
        """Takes the transition; a noun whose domain verb does more than `perform` overrides this."""
        machine.perform(self.workflow_subject(row), name, actor=self.actor, at=self.at, **given)

    def offered(self, row: Any) -> list[dict[str, Any]]:
        """The transitions that start in the present state and are the caller's to take."""
        subject = self.workflow_subject(row)
        if subject is None:
            return []
        known = set(workflow_of(type(subject)).names())
        names = [name for name in self.transitions if name in known]
        return [
            {
                "name": offer.transition.name,
                "label": str(offer.transition.label),
                "href": self.href(row, offer.transition.name),
                "allowed": offer.is_allowed,
                "problems": [error_of(one) for one in offer.refusal.problems]
                if isinstance(offer.refusal, ListedProblems)
                else [],
            }
            for offer in machine.available(subject, self.actor, at=self.at, only=names)
        ]

    def href(self, row: Any, name: str) -> str:
        """Where the transition is POSTed."""
        return reverse(f"{self.basename}-{_slug(name)}", kwargs={self.lookup_field: getattr(row, self.lookup_field)})

    def take(self, name: str) -> Response:
        """Checks revision and input, takes the transition and answers the row as it is afterwards."""
        row = self.get_object()
        subject = self.workflow_subject(row)
        if is_revised(subject):
            require_match(self.request, subject)
        given = self.input(self.transitions[name])
        if {"password", "code"} & set(self.transitions[name]().fields):
            given["reauthenticated"] = proves_identity(
                self.actor, password=given.pop("password", ""), code=given.pop("code", ""), at=self.at
            )
        self.carry_out(row, name, given)
        row = self.get_queryset().filter(pk=row.pk).first()
        return Response(status=204) if row is None else self.answer(row)

    def answer(self, row: Any, *, status: int = 200, **headers: str) -> Response:
        subject = self.workflow_subject(row)
        if is_revised(subject):
            headers["ETag"] = etag(subject)
        return super().answer(row, status=status, **headers)


def _slug(name: str) -> str:
    return name.replace("_", "-")


def _method(name: str) -> str:
    return f"take_{name}"


def _action(name: str) -> Any:
    """The action of one transition, at `…/<id>/<transition>/`."""

    def take(self: WorkflowResource, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.take(name)

    take.__name__ = _method(name)
    take.__doc__ = f"Takes the transition `{name}`."
    return action(detail=True, methods=["post"], url_path=_slug(name), url_name=_slug(name))(take)
