"""The rows that a plan is written in: objectives, measures, stages, national windows, procedures, contacts.

Each kind is a resource of its own over the same domain verbs as the editor. Whoever may not read the draft of a plan
sees its rows only while they are what was circulated or is in force.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.concurrency import require_match
from operations.api.fields import StrictChoice, StrictDate, StrictInteger, StrictText
from operations.api.parameters import Code, Whole
from operations.api.resources import Resource
from operations.api.serializers import CodesField, Representation, StrictInput
from operations.domain import plans
from operations.domain.access import plan_text_gate, standing, visible_to
from operations.domain.errors import BadInput, Problem
from operations.domain.tokens import TokenScope
from operations.models import (
    Contact,
    ExchangeProcedure,
    Measure,
    Objective,
    Operation,
    Plan,
    Stage,
    StageWindow,
)

MOST_IDS = 10**15


def _text(**kwargs: Any) -> StrictText:
    return StrictText(max_length=20_000, lines=True, allow_blank=True, required=False, **kwargs)


def _line(longest: int) -> StrictText:
    return StrictText(max_length=longest, allow_blank=True, required=False)


def _id(**kwargs: Any) -> StrictInteger:
    return StrictInteger(min_value=1, max_value=MOST_IDS, required=False, **kwargs)


def _day() -> StrictDate:
    return StrictDate(required=False, allow_null=True)


def _codes() -> serializers.ListField:
    return serializers.ListField(child=StrictText(max_length=40), max_length=200, required=False)


class PlanNamed(StrictInput):
    """A new row names its plan; a change cannot move a row to another one."""

    plan = StrictInteger(min_value=1, max_value=MOST_IDS)


class IdsField(serializers.ListField):
    """The ids of the rows behind a relation of many."""

    child = serializers.IntegerField()

    def to_representation(self, related: Any) -> list[int]:
        return [row.pk for row in related.all()]


class TextShown(Representation):
    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    revision = serializers.IntegerField()
    position = serializers.IntegerField()
    text_ru = serializers.CharField()
    text_en = serializers.CharField()


class TextInput(StrictInput):
    """A text in both languages."""

    text_ru = _text()
    text_en = _text()


class StageShown(Representation):
    """A stage; its codename is not for the public."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    revision = serializers.IntegerField()
    number = serializers.IntegerField()
    kind = serializers.CharField()
    name_ru = serializers.CharField()
    name_en = serializers.CharField()
    codename = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()


class StageInput(StrictInput):
    """A stage within the year of the operation; stages do not overlap."""

    number = StrictInteger(min_value=1, max_value=99, required=False)
    kind = StrictChoice(choices=Stage.Kind.choices, required=False)
    name_ru = _line(200)
    name_en = _line(200)
    codename = _line(100)
    start_date = _day()
    end_date = _day()


class WindowShown(Representation):
    """A state's own dates inside a stage."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="stage.plan_id")
    revision = serializers.IntegerField()
    stage = serializers.IntegerField(source="stage_id")
    state = serializers.CharField(source="state.code")
    codename = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()


class WindowInput(StrictInput):
    """Dates of a state that takes part, inside the stage."""

    stage = _id()
    state = _line(2)
    codename = _line(100)
    start_date = _day()
    end_date = _day()


class AccountShown(Representation):
    """How far a measure is, as one responsible side says: a state, or the headquarters for the bodies (null)."""

    state = serializers.CharField(source="state.code", default=None)
    progress = serializers.CharField()
    account_ru = serializers.CharField()
    account_en = serializers.CharField()
    given_at = serializers.DateTimeField()


class MeasureShown(Representation):
    """A measure: what, when, by whom, after what, and which indicators show its effect."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="objective.plan_id")
    revision = serializers.IntegerField()
    objective = serializers.IntegerField(source="objective_id")
    position = serializers.IntegerField()
    text_ru = serializers.CharField()
    text_en = serializers.CharField()
    expected_result_ru = serializers.CharField()
    expected_result_en = serializers.CharField()
    timing = serializers.CharField()
    stage = serializers.IntegerField(source="stage_id", allow_null=True)
    start_date = serializers.DateField(allow_null=True)
    end_date = serializers.DateField(allow_null=True)
    responsible_kinds = CodesField()
    responsible_states = CodesField()
    responsible_bodies = CodesField()
    co_executor_kinds = CodesField()
    co_executor_bodies = CodesField()
    predecessors = IdsField()
    indicators = CodesField()
    copied_from = serializers.IntegerField(source="copied_from_id", allow_null=True)
    accounts = AccountShown(many=True)


class MeasureInput(StrictInput):
    """A measure of an objective of the plan."""

    objective = _id()
    text_ru = _text()
    text_en = _text()
    expected_result_ru = _text()
    expected_result_en = _text()
    timing = StrictChoice(choices=Measure.Timing.choices, required=False)
    stage = _id(allow_null=True)
    start_date = _day()
    end_date = _day()
    responsible_kinds = _codes()
    responsible_states = _codes()
    responsible_bodies = _codes()
    co_executor_kinds = _codes()
    co_executor_bodies = _codes()
    predecessors: serializers.ListField = serializers.ListField(
        child=StrictInteger(min_value=1, max_value=MOST_IDS), max_length=500, required=False
    )
    indicators = _codes()


class MeasureAccountInput(StrictInput):
    """How far the measure is, with a short account; one that is over needs the account."""

    progress = StrictChoice(choices=Measure.Progress.choices)
    account_ru = _text()
    account_en = _text()


class ContactShown(Representation):
    """A duty contact; never for the public."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan_id")
    revision = serializers.IntegerField()
    state = serializers.CharField(source="state.code", default=None)
    body = serializers.CharField(source="body.code", default=None)
    name_ru = serializers.CharField()
    name_en = serializers.CharField()
    post_ru = serializers.CharField()
    post_en = serializers.CharField()
    telephone = serializers.CharField()
    email = serializers.CharField()


class ContactInput(StrictInput):
    """A duty contact of a state or a body."""

    state = _line(2)
    body = _line(20)
    name_ru = _line(150)
    name_en = _line(150)
    post_ru = _line(300)
    post_en = _line(300)
    telephone = _line(60)
    email = _line(254)


class Moved(StrictInput):
    """The new place among the siblings, counted from 1."""

    to = StrictInteger(min_value=1, max_value=9999)


def readable_plans(user: Any, *, at: Any) -> QuerySet[Plan]:
    """Plans whose working rows are the text that the person may read."""
    rows: QuerySet[Plan] = visible_to(Plan, user, at=at)
    return rows.filter(plan_text_gate(standing(user, at), ""))


class PlanRows(Resource):
    """One kind of row of a plan. Set: `kind`, `plan_path`, `rows`, `serializer_class`, `row_input`."""

    kind: ClassVar[str]
    rows: ClassVar[QuerySet[Any]]
    plan_path: ClassVar[str] = "plan"
    row_input: ClassVar[type[StrictInput]]
    more_inputs: ClassVar[Mapping[str, type[StrictInput]]] = {}
    write_scope = TokenScope.PLANS
    is_revised = True
    ordering = ("id",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        named = type(f"New{cls.__name__}Input", (PlanNamed, cls.row_input), {"__doc__": cls.row_input.__doc__})
        cls.inputs = {"create": named, "partial_update": cls.row_input, "move": Moved, **cls.more_inputs}
        cls.parameters = {
            "plan": Whole(lookup=cls.plan_path),
            "operation": Code(lookup=f"{cls.plan_path}__operation__slug", model=Operation, code="slug"),
        }

    def get_queryset(self) -> QuerySet[Any]:
        plans_read = readable_plans(self.request.user, at=self.at)
        rows: QuerySet[Any] = self.rows.all().filter(**{f"{self.plan_path}__in": plans_read})
        if self.action != "list":
            return rows
        return rows.filter(**{self.parameters[name].lookup: value for name, value in self.asked.items()})

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Adds a row at the end of its list."""
        values = self.input(self.inputs["create"])
        plan = visible_to(Plan, self.actor, at=self.at).filter(pk=values.pop("plan")).first()
        if plan is None:
            raise BadInput([Problem(code="unknown", field="plan", message=plans.NO_SUCH_PLAN)])
        row = plans.add_row(plan=plan, kind=self.kind, values=values, actor=self.actor, at=self.at)
        return self.answer(row, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes what is given and keeps the rest."""
        row = self.get_object()
        revision = require_match(request, row)
        values = self.input(self.row_input)
        plans.change_row(row=row, revision=revision, values=values, actor=self.actor, at=self.at)
        return self.answer(self.get_object())

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Removes the row, unless something hangs on it."""
        row = self.get_object()
        revision = require_match(request, row)
        plans.remove_row(row=row, revision=revision, actor=self.actor, at=self.at)
        return Response(status=204)


class Ordered(PlanRows):
    """Rows that have a place among their siblings."""

    row_input: ClassVar[type[StrictInput]] = TextInput

    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Moves the row to a place among its siblings."""
        row = self.get_object()
        require_match(request, row)
        plans.move_row(row=row, to=self.input(Moved)["to"], actor=self.actor, at=self.at)
        return self.answer(self.get_object())


class Objectives(Ordered):
    """Objectives («задачи») of plans."""

    kind = "objective"
    rows = Objective.objects.all()
    serializer_class = TextShown
    row_input = TextInput


class Procedures(Ordered):
    """Procedures of cooperation and exchange of information."""

    kind = "procedure"
    rows = ExchangeProcedure.objects.all()
    serializer_class = TextShown
    row_input = TextInput


class Measures(Ordered):
    """Measures («мероприятия») of plans."""

    kind = "measure"
    plan_path = "objective__plan"
    rows = Measure.objects.select_related("objective").prefetch_related(
        "responsible_kinds",
        "responsible_states",
        "responsible_bodies",
        "co_executor_kinds",
        "co_executor_bodies",
        "predecessors",
        "indicators",
        "accounts__state",
    )
    serializer_class = MeasureShown
    row_input = MeasureInput
    more_inputs: ClassVar[Mapping[str, type[StrictInput]]] = {"account": MeasureAccountInput}

    @action(detail=True, methods=["post"])
    def account(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The responsible side says how far the measure is, while the plan is in force."""
        row = self.get_object()
        require_match(request, row)
        values = self.input(MeasureAccountInput)
        plans.give_account(measure=row, revision=None, values=values, actor=self.actor, at=self.at)
        return self.answer(self.get_object())


class Stages(PlanRows):
    """Stages of operations."""

    kind = "stage"
    rows = Stage.objects.all()
    serializer_class = StageShown
    row_input = StageInput


class Windows(PlanRows):
    """National windows: a state's own dates inside a stage."""

    kind = "window"
    plan_path = "stage__plan"
    rows = StageWindow.objects.select_related("stage", "state")
    serializer_class = WindowShown
    row_input = WindowInput


class Contacts(PlanRows):
    """Duty contacts printed with a plan."""

    kind = "contact"
    rows = Contact.objects.select_related("state", "body")
    serializer_class = ContactShown
    row_input = ContactInput


#: By the address at which each kind stands.
RESOURCES: Mapping[str, type[PlanRows]] = {
    "objectives": Objectives,
    "measures": Measures,
    "stages": Stages,
    "stage-windows": Windows,
    "exchange-procedures": Procedures,
    "contacts": Contacts,
}
