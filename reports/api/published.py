"""Published figures with their sources, as stated."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import StrictChoice, StrictDate, StrictInteger, StrictText
from operations.api.parameters import Choice, Code, Whole
from operations.api.resources import WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain.tokens import TokenScope
from operations.models import Indicator, MemberState, PublishedFigure, Qualifier
from reports.domain.published_figures import add_figure, correct_figure


class PublishedFigureShown(Representation):
    """A figure as its source states it. `value` is a decimal string in major units; `state` null is the region.

    One that names another in `replaced_by` was entered wrongly and counts nowhere.
    """

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
    replaced_by = serializers.CharField(source="replaced_by.code", default=None)
    source_title = serializers.CharField()
    source_url = serializers.CharField()
    source_date = serializers.CharField()
    note = serializers.CharField()
    transitions = TransitionsField()


class PublishedFigureInput(StrictInput):
    """A figure as its source states it; `value` is a string, as “1234.50”, in the unit of the source.

    What follows from the rest may be left out: `year_to` of one year, the words for a whole year, the place of a state.
    """

    indicator = StrictText(max_length=10, allow_blank=True, required=False)
    label_ru = StrictText(max_length=300)
    label_en = StrictText(max_length=300)
    qualifier = StrictChoice(choices=Qualifier.choices)
    value = StrictText(max_length=25)
    unit = StrictText(max_length=20)
    currency = StrictText(max_length=3, allow_blank=True, required=False)
    scope = StrictChoice(choices=PublishedFigure.Scope.choices)
    state = StrictText(max_length=2, allow_blank=True, required=False)
    place_ru = StrictText(max_length=120, allow_blank=True, required=False)
    place_en = StrictText(max_length=120, allow_blank=True, required=False)
    period_kind = StrictChoice(choices=PublishedFigure.PeriodKind.choices)
    year_from = StrictInteger(max_value=2100)
    year_to = StrictInteger(max_value=2100, required=False)
    date_from = StrictDate(required=False, allow_null=True)
    date_to = StrictDate(required=False, allow_null=True)
    period_ru = StrictText(max_length=100, allow_blank=True, required=False)
    period_en = StrictText(max_length=100, allow_blank=True, required=False)
    coverage = StrictChoice(choices=PublishedFigure.Coverage.choices)
    part_of = StrictText(max_length=10, allow_blank=True, required=False)
    duplicate_of = StrictText(max_length=10, allow_blank=True, required=False)
    status = StrictChoice(choices=PublishedFigure.Status.choices, required=False)
    source_title = StrictText(max_length=300)
    source_url = StrictText(max_length=500, allow_blank=True, required=False)
    source_date = StrictText(max_length=100, allow_blank=True, required=False)
    note = StrictText(max_length=2000, lines=True, allow_blank=True, required=False)


class PublishedFigures(WorkflowResource):
    """What was published about the operation since 2008. A part, a repetition or a context figure is never added up."""

    queryset = PublishedFigure.objects.select_related("state", "indicator", "part_of", "duplicate_of", "replaced_by")
    serializer_class = PublishedFigureShown
    ordering = ("code",)
    lookup_field = "code"
    lookup_value_regex = "[A-Z][0-9]{1,9}"
    write_scope = TokenScope.REPORTS
    transitions = {"correct": PublishedFigureInput}
    inputs = {"create": PublishedFigureInput}
    parameters = {
        "indicator": Code(lookup="indicator__code", model=Indicator),
        "state": Code(lookup="state__code", model=MemberState),
        "scope": Choice(lookup="scope", choices=PublishedFigure.Scope.values),
        "coverage": Choice(lookup="coverage", choices=PublishedFigure.Coverage.values),
        "year_from": Whole(lookup="year_from__gte"),
        "year_to": Whole(lookup="year_to__lte"),
    }

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Adds a figure with its source; what would be right is said at each member."""
        row = add_figure(values=self.input(PublishedFigureInput), actor=self.actor, at=self.at)
        return self.answer(row, status=201, Location=f"{request.path}{row.code}/")

    def carry_out(self, row: Any, name: str, given: dict[str, Any]) -> None:
        correct_figure(figure=row, values=given, actor=self.actor, at=self.at)
