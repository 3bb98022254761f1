"""Published figures with their sources, as stated."""

from rest_framework import serializers

from operations.api.parameters import Choice, Code, Whole
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.models import Indicator, MemberState, PublishedFigure


class PublishedFigureShown(Representation):
    """A figure as its source states it. `value` is a decimal string in major units; `state` null is the region."""

    code = serializers.CharField()
    date_from = serializers.DateField(allow_null=True)
    date_to = serializers.DateField(allow_null=True)
    period_kind = serializers.CharField()
    period_en = serializers.CharField()
    period_ru = serializers.CharField()
    year_from = serializers.IntegerField()
    year_to = serializers.IntegerField()
    state = serializers.CharField(source="state.code", default=None)
    scope = serializers.CharField()
    place_en = serializers.CharField()
    place_ru = serializers.CharField()
    indicator = serializers.CharField(source="indicator.code", default=None)
    label_en = serializers.CharField()
    label_ru = serializers.CharField()
    qualifier = serializers.CharField()
    value = serializers.DecimalField(max_digits=18, decimal_places=2)
    unit = serializers.CharField()
    currency = serializers.CharField()
    coverage = serializers.CharField()
    part_of = serializers.CharField(source="part_of.code", default=None)
    duplicate_of = serializers.CharField(source="duplicate_of.code", default=None)
    status = serializers.CharField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()
    source_date = serializers.CharField()
    note = serializers.CharField()


class PublishedFigures(Resource):
    """What was published about the operation since 2008. A part, a repetition or a context figure is never added up."""

    queryset = PublishedFigure.objects.select_related("state", "indicator", "part_of", "duplicate_of")
    serializer_class = PublishedFigureShown
    ordering = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[A-Z][0-9]{1,9}"
    parameters = {
        "indicator": Code(lookup="indicator__code", model=Indicator),
        "state": Code(lookup="state__code", model=MemberState),
        "scope": Choice(lookup="scope", choices=PublishedFigure.Scope.values),
        "coverage": Choice(lookup="coverage", choices=PublishedFigure.Coverage.values),
        "year_from": Whole(lookup="year_from__gte"),
        "year_to": Whole(lookup="year_to__lte"),
    }
