"""Reporting periods: what each covers, and when it opens, falls due and closes."""

from rest_framework import serializers

from operations.api.parameters import Choice, Code, Whole
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.models import Operation, PeriodKind, ReportingPeriod


class PeriodShown(Representation):
    """A period of an operation; interval periods belong to no stage."""

    id = serializers.IntegerField()
    operation = serializers.CharField(source="operation.slug")
    code = serializers.CharField()
    kind = serializers.CharField()
    stage = serializers.IntegerField(source="stage.number", default=None)
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    opens_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    is_official = serializers.BooleanField()


class Periods(Resource):
    """The calendar of reporting, in the order in which periods fall due."""

    queryset = ReportingPeriod.objects.select_related("operation", "stage")
    serializer_class = PeriodShown
    ordering = ("due_at", "id")
    parameters = {
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "kind": Choice(lookup="kind", choices=PeriodKind.values),
        "stage": Whole(lookup="stage__number"),
    }
