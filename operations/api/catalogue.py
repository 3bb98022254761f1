"""States, agencies and indicators: the codes that every other resource speaks in."""

from rest_framework import serializers

from operations.api.parameters import Choice, Code, Flag
from operations.api.resources import Resource
from operations.api.serializers import CodesField, Representation
from operations.models import Agency, AgencyKind, Breakdown, Indicator, IndicatorGroup, MemberState


class Coded(Representation):
    """A code with its name in both languages."""

    code = serializers.CharField()
    name_en = serializers.CharField()
    name_ru = serializers.CharField()


class StateShown(Representation):
    """A member state of the Organisation; amounts of its agencies are in `currency`."""

    code = serializers.CharField()
    alpha3 = serializers.CharField()
    short_en = serializers.CharField()
    short_ru = serializers.CharField()
    official_en = serializers.CharField()
    official_ru = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()


class States(Resource):
    """The member states."""

    queryset = MemberState.objects.all()
    serializer_class = StateShown
    ordering = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[A-Z]{2}"


class AgencyShown(Coded):
    """A competent authority of a state."""

    state = serializers.CharField(source="state.code")
    kind = serializers.CharField(source="kind.code")
    is_active = serializers.BooleanField()


class Agencies(Resource):
    """The competent authorities that report."""

    queryset = Agency.objects.select_related("state", "kind")
    serializer_class = AgencyShown
    ordering = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9-]{1,40}"
    parameters = {
        "state": Code(lookup="state__code", model=MemberState),
        "kind": Code(lookup="kind__code", model=AgencyKind),
        "is_active": Flag(lookup="is_active"),
    }


class CategoryShown(Coded):
    """A category of a breakdown."""


class BreakdownShown(Representation):
    """A breakdown with its categories in their order."""

    code = serializers.CharField()
    categories = CategoryShown(many=True)


class IndicatorShown(Coded):
    """An indicator of the catalogue: how it is counted, who reports it, and how it may be summed."""

    group = serializers.CharField()
    unit = serializers.CharField()
    kind = serializers.CharField()
    over_time = serializers.CharField()
    over_space = serializers.CharField()
    direction = serializers.CharField()
    part_of = serializers.CharField(source="part_of.code", default=None)
    part_kind = serializers.CharField()
    is_operational = serializers.BooleanField()
    is_follow_up = serializers.BooleanField()
    is_derived = serializers.BooleanField()
    reported_by = CodesField()
    breakdowns = BreakdownShown(many=True)
    definition_en = serializers.CharField()
    definition_ru = serializers.CharField()


class Indicators(Resource):
    """The catalogue of indicators, in the order in which forms list them."""

    queryset = Indicator.objects.select_related("part_of").prefetch_related("reported_by", "breakdowns__categories")
    serializer_class = IndicatorShown
    ordering = ("position", "code")
    lookup_field = "code"
    lookup_value_regex = "[A-Z]{3}[0-9]{2}"
    parameters = {
        "group": Choice(lookup="group", choices=IndicatorGroup.values),
        "kind": Choice(lookup="kind", choices=Indicator.Kind.values),
        "agency_kind": Code(lookup="reported_by__code", model=AgencyKind),
        "breakdown": Code(lookup="breakdowns__code", model=Breakdown),
    }
