"""Operations: the years of the work, who takes part in each, and the start of its plan."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictBoolean, StrictChoice, StrictInteger, StrictText
from operations.api.parameters import Choice, Whole
from operations.api.resources import WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain import operations
from operations.domain.access import visible_to
from operations.domain.entry import FIRST_YEAR, LAST_YEAR
from operations.domain.errors import BadInput, Problem
from operations.domain.tokens import TokenScope
from operations.models import MemberState, Operation, Plan
from operations.workbooks.plan_template import standard_skeleton


class ParticipationShown(Representation):
    """A state's part in an operation."""

    state = serializers.CharField(source="state.code")
    takes_part = serializers.BooleanField()
    absence_reason_ru = serializers.CharField()
    absence_reason_en = serializers.CharField()


class OperationShown(Representation):
    """An operation; a historical one is known from published sources alone."""

    slug = serializers.CharField()
    kind = serializers.CharField()
    origin = serializers.CharField()
    year = serializers.IntegerField()
    title_ru = serializers.CharField()
    title_en = serializers.CharField()
    is_demonstration = serializers.BooleanField()
    data_version = serializers.IntegerField()
    participations = ParticipationShown(many=True)
    transitions = TransitionsField()


class AbsenceInput(StrictInput):
    """A state that does not take part, and why."""

    state = CodeField(MemberState)
    ru = StrictText(max_length=300)
    en = StrictText(max_length=300, allow_blank=True, required=False)


class OperationInput(StrictInput):
    """A new operation of the states that take part."""

    slug = StrictText(max_length=40)
    kind = StrictChoice(choices=Operation.Kind.choices)
    year = StrictInteger(min_value=FIRST_YEAR, max_value=LAST_YEAR)
    title_ru = StrictText(max_length=200)
    title_en = StrictText(max_length=200)
    absent = AbsenceInput(many=True, required=False)


class StartInput(StrictInput):
    """Where the plan starts from: nothing, the standard skeleton, or the plan of another operation."""

    from_skeleton = StrictBoolean(required=False)
    copy_of = StrictText(max_length=40, required=False, allow_null=True)


class ParticipationInput(StrictInput):
    """Whether a state takes part, and if not, why."""

    state = CodeField(MemberState)
    takes_part = StrictBoolean()
    absence_reason_ru = StrictText(max_length=300, allow_blank=True, required=False)
    absence_reason_en = StrictText(max_length=300, allow_blank=True, required=False)


class Operations(WorkflowResource):
    """Operations of all years."""

    queryset = Operation.objects.prefetch_related("participations__state")
    serializer_class = OperationShown
    ordering = ("-year", "slug")
    lookup_field = "slug"
    lookup_value_regex = "[a-z0-9-]{1,40}"
    parameters = {
        "year": Whole(lookup="year"),
        "kind": Choice(lookup="kind", choices=Operation.Kind.values),
        "origin": Choice(lookup="origin", choices=Operation.Origin.values),
    }
    write_scope = TokenScope.PLANS
    transitions = {"start_plan": StartInput, "change_participation": ParticipationInput}
    inputs = {"create": OperationInput}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sets an operation up; its plan is started by `start-plan`."""
        values = self.input(OperationInput)
        absent = {row["state"].code: {"ru": row["ru"], "en": row.get("en", "")} for row in values.pop("absent", [])}
        row = operations.create_operation(values=values, absent=absent, actor=self.actor, at=self.at)
        return self.answer(row, status=201)

    def carry_out(self, row: Operation, name: str, given: dict[str, Any]) -> None:
        who: dict[str, Any] = {"actor": self.actor, "at": self.at}
        if name == "change_participation":
            operations.change_participation(operation=row, state=given.pop("state"), values=given, **who)
        elif given.get("copy_of") and given.get("from_skeleton"):
            both = _("A plan starts from the skeleton or from another plan, not from both.")
            raise BadInput([Problem(code="both", field="copy_of", message=both)])
        elif given.get("copy_of"):
            operations.copy_plan(operation=row, source=self._source(given["copy_of"]), **who)
        else:
            skeleton = standard_skeleton() if given.get("from_skeleton") else None
            operations.start_plan(operation=row, skeleton=skeleton, **who)

    def _source(self, slug: str) -> Plan:
        plans = visible_to(Plan, self.actor, at=self.at).select_related("operation")
        source: Plan | None = plans.filter(operation__slug=slug).first()
        if source is None:
            raise BadInput([Problem(code="unknown", field="copy_of", message=_("There is no such plan."))])
        return source
