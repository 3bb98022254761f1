"""Task forces of two states, and the accounts of the questions before them."""

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.concurrency import require_match
from operations.api.fields import CodeField, StrictDate, StrictInteger, StrictText
from operations.api.parameters import Code
from operations.api.resources import Resource
from operations.api.serializers import CodesField, Representation, StrictInput
from operations.domain import task_forces
from operations.domain.errors import NotFound
from operations.domain.tokens import TokenScope
from operations.models import Body, Operation, TaskForceAccount


def _note() -> StrictText:
    return StrictText(max_length=2000, lines=True, allow_blank=True, required=False)


def _count(*, required: bool = True) -> StrictInteger:
    return StrictInteger(max_value=task_forces.MOST, required=required)


class TaskForceShown(Representation):
    """A task force; its meetings are found under `/meetings/?body=CODE`."""

    code = serializers.CharField()
    name_ru = serializers.CharField()
    name_en = serializers.CharField()
    short_ru = serializers.CharField()
    short_en = serializers.CharField()
    states = CodesField()


class TaskForceInput(StrictInput):
    """A new task force of two states."""

    name_ru = StrictText(max_length=300)
    name_en = StrictText(max_length=300)
    short_ru = StrictText(max_length=60, allow_blank=True, required=False)
    short_en = StrictText(max_length=60, allow_blank=True, required=False)
    states = serializers.ListField(child=StrictText(max_length=2), min_length=2, max_length=2)


class TaskForceChange(StrictInput):
    """Other names of a task force; its states stay."""

    name_ru = StrictText(max_length=300, required=False)
    name_en = StrictText(max_length=300, required=False)
    short_ru = StrictText(max_length=60, allow_blank=True, required=False)
    short_en = StrictText(max_length=60, allow_blank=True, required=False)


class TaskForces(Resource):
    """The task forces of the own state, all of them for the headquarters."""

    queryset = Body.objects.prefetch_related("states")
    serializer_class = TaskForceShown
    ordering = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[0-9A-Za-z-]{1,20}"
    write_scope = TokenScope.EXCHANGE
    inputs = {"create": TaskForceInput, "partial_update": TaskForceChange}

    def get_queryset(self) -> QuerySet[Body]:
        return super().get_queryset().filter(pk__in=task_forces.task_forces(self.request.user, at=self.at).values("pk"))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Creates a task force; its code is made of its states."""
        row = task_forces.create_task_force(values=self.input(TaskForceInput), actor=self.actor, at=self.at)
        return self.answer(row, status=201, Location=f"{request.path}{row.code}/")

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Renames it."""
        row = self.get_object()
        task_forces.rename_task_force(body=row, values=self.input(TaskForceChange), actor=self.actor, at=self.at)
        return self.answer(self.get_object())


class TaskForceAccountShown(Representation):
    """What was before a task force between two days: carried over + taken up = settled + still open."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    task_force = serializers.CharField(source="body.code")
    operation = serializers.CharField(source="operation.slug")
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    carried_over = serializers.IntegerField()
    taken_up = serializers.IntegerField()
    settled = serializers.IntegerField()
    still_open = serializers.IntegerField()
    note_ru = serializers.CharField()
    note_en = serializers.CharField()


class TaskForceAccountInput(StrictInput):
    """A new account; what was still open before is carried over, or the note explains the difference."""

    task_force = StrictText(max_length=20)
    operation = CodeField(Operation.objects.filter(origin=Operation.Origin.LIVE), code="slug")
    start_date = StrictDate()
    end_date = StrictDate()
    carried_over = _count()
    taken_up = _count()
    settled = _count()
    still_open = _count()
    note_ru = _note()
    note_en = _note()


class TaskForceAccountChange(StrictInput):
    """What is corrected of an account."""

    start_date = StrictDate(required=False)
    end_date = StrictDate(required=False)
    carried_over = _count(required=False)
    taken_up = _count(required=False)
    settled = _count(required=False)
    still_open = _count(required=False)
    note_ru = _note()
    note_en = _note()


class TaskForceAccounts(Resource):
    """Accounts of task forces, the latest first."""

    queryset = TaskForceAccount.objects.select_related("body", "operation")
    serializer_class = TaskForceAccountShown
    ordering = ("-start_date", "-id")
    parameters = {
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "task_force": Code(lookup="body__code", model=Body),
    }
    write_scope = TokenScope.EXCHANGE
    is_revised = True
    inputs = {"create": TaskForceAccountInput, "partial_update": TaskForceAccountChange}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Accounts for some days of a task force."""
        given = self.input(TaskForceAccountInput)
        code = given.pop("task_force")
        body = task_forces.task_forces(self.actor, at=self.at).filter(code=code).first()
        if body is None:
            raise NotFound
        operation = given.pop("operation")
        row = task_forces.account_for_task_force(
            body=body, operation=operation, values=given, actor=self.actor, at=self.at
        )
        return self.answer(row, status=201, Location=f"{request.path}{row.pk}/")

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes what is given and keeps the rest."""
        row = self.get_object()
        revision = require_match(request, row)
        values = self.input(TaskForceAccountChange)
        task_forces.change_task_force_account(
            account=row, revision=revision, values=values, actor=self.actor, at=self.at
        )
        return self.answer(self.get_object())
