"""The reporting units of agencies: who they are; their returns are read and written among the returns."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictBoolean, StrictText
from operations.api.parameters import Code, Flag
from operations.api.resources import WorkflowResource
from operations.api.serializers import Nothing, Representation, StrictInput, TransitionsField
from operations.domain import units
from operations.domain.tokens import TokenScope
from operations.models import Agency, MemberState, Unit


class UnitShown(Representation):
    """A unit below an agency, or the line of its central office."""

    id = serializers.IntegerField()
    agency = serializers.CharField(source="agency.code")
    code = serializers.CharField()
    name_ru = serializers.CharField()
    name_en = serializers.CharField()
    is_central_office = serializers.BooleanField()
    is_active = serializers.BooleanField()
    transitions = TransitionsField()


class UnitInput(StrictInput):
    """One new unit."""

    code = StrictText(max_length=40)
    name_ru = StrictText(max_length=200)
    name_en = StrictText(max_length=200, required=False, allow_blank=True)
    is_central_office = StrictBoolean(required=False)


class UnitsInput(StrictInput):
    """Units that are added together: all of them or none. The first bring the central office with them."""

    agency = CodeField(Agency.objects.all())
    units = serializers.ListField(child=UnitInput(), min_length=1, max_length=units.MOST_UNITS)


class UnitsAdded(Representation):
    """The units that were added."""

    results = UnitShown(many=True)


class NamesInput(StrictInput):
    """The names of a unit; its code stays."""

    name_ru = StrictText(max_length=200, required=False)
    name_en = StrictText(max_length=200, required=False, allow_blank=True)


class Units(WorkflowResource):
    """Units, agency by agency."""

    queryset = Unit.objects.select_related("agency__state", "agency__kind")
    serializer_class = UnitShown
    ordering = ("agency_id", "code", "id")
    parameters = {
        "agency": Code(lookup="agency__code", model=Agency),
        "state": Code(lookup="agency__state__code", model=MemberState),
        "is_active": Flag(lookup="is_active"),
    }
    write_scope = TokenScope.RETURNS
    is_revised = False
    transitions = {"retire": Nothing, "restore": Nothing}
    inputs = {"create": UnitsInput, "partial_update": NamesInput}
    outputs = {"create": UnitsAdded}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Adds units; every fault of every one is reported at once, and then none is added."""
        given = self.input(UnitsInput)
        added = units.add_units(agency=given["agency"], units=given["units"], actor=self.actor, at=self.at)
        rows = self.get_queryset().filter(pk__in=[row.pk for row in added]).order_by("code")
        return Response({"results": self.get_serializer(rows, many=True).data}, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Renames a unit."""
        row = self.get_object()
        units.rename_unit(unit=row, values=self.input(NamesInput), actor=self.actor, at=self.at)
        return self.answer(self.get_object())
