"""Flows of third-country nationals: what was, entered and corrected with its source, and what is forecast of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import StrictChoice, StrictInteger, StrictText
from operations.api.parameters import Choice, Code
from operations.api.problems import Refused
from operations.api.resources import Resource, WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain.tokens import TokenScope
from operations.models import Indicator, MemberState
from reports.domain.flow_observations import correct_observation, enter_observation
from reports.domain.flow_series import INDICATORS, flow_series
from reports.models import FlowObservation, Forecast, Frequency


class FlowShown(Representation):
    """A month (`2026-05`) or quarter (`2026-Q2`) of a series; `value` null is a gap.

    `origin` is `entered` (from a source) or `returned` (from accepted returns); `reporting` of `expected` states.
    """

    period = serializers.CharField()
    value = serializers.IntegerField(allow_null=True)
    origin = serializers.CharField(allow_null=True)
    reporting = serializers.IntegerField()
    expected = serializers.IntegerField()
    is_demonstration = serializers.BooleanField()


class Flows(Resource):
    """The series of one flow, of one state or of all of them: `indicator` has to be named."""

    queryset = FlowObservation.objects.all()
    serializer_class = FlowShown
    pagination_class = None  # type: ignore[assignment]  # one series
    parameters = {
        "indicator": Choice(lookup="", choices=INDICATORS),
        "state": Code(lookup="", model=MemberState),
        "frequency": Choice(lookup="", choices=Frequency.values),
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The series from its first number to its last; quarters, unless `frequency` says months."""
        if "indicator" not in self.asked:
            error = {"code": "required", "detail": str(_("Name the flow.")), "parameter": "indicator"}
            raise Refused(400, "bad_parameter", _("A parameter of the address cannot be taken."), errors=[error])
        series = flow_series(
            Indicator.objects.get(code=self.asked["indicator"]),
            state=MemberState.objects.filter(code=self.asked.get("state", "")).first(),
            frequency=self.asked.get("frequency", Frequency.QUARTER),
        )
        rows = [
            {
                "period": point.slot.code,
                "value": point.value,
                "origin": point.origin.value if point.origin is not None else None,
                "reporting": point.reporting,
                "expected": point.expected,
                "is_demonstration": point.is_demonstration,
            }
            for point in series.points
        ]
        return Response({"next": None, "results": FlowShown(rows, many=True).data})


class FlowObservationShown(Representation):
    """A number from before the returns, with its source; a corrected one is superseded and stays."""

    id = serializers.IntegerField()
    indicator = serializers.CharField(source="indicator.code")
    state = serializers.CharField(source="state.code")
    frequency = serializers.CharField()
    start_date = serializers.DateField()
    end_date = serializers.DateField()
    value = serializers.IntegerField()
    source_title = serializers.CharField()
    source_url = serializers.CharField()
    source_date = serializers.CharField()
    is_demonstration = serializers.BooleanField()
    is_superseded = serializers.BooleanField()
    entered_at = serializers.DateTimeField()
    transitions = TransitionsField()


class FlowObservationCorrection(StrictInput):
    """The right number with its source."""

    value = StrictInteger()
    source_title = StrictText(max_length=300)
    source_url = StrictText(max_length=500, allow_blank=True, required=False)
    source_date = StrictText(max_length=100, allow_blank=True, required=False)


class FlowObservationInput(FlowObservationCorrection):
    """The number of a month (`2019-05`) or a quarter (`2019-Q2`) that is over."""

    indicator = StrictChoice(choices=INDICATORS)
    state = StrictText(max_length=2)
    frequency = StrictChoice(choices=Frequency.choices)
    period = StrictText(max_length=10)


class FlowObservations(WorkflowResource):
    """What was entered from sources, the corrected ones included."""

    queryset = FlowObservation.objects.select_related("indicator", "state")
    serializer_class = FlowObservationShown
    ordering = ("-start_date", "-id")
    write_scope = TokenScope.REPORTS
    transitions = {"correct": FlowObservationCorrection}
    inputs = {"create": FlowObservationInput}
    parameters = {
        "indicator": Choice(lookup="indicator__code", choices=INDICATORS),
        "state": Code(lookup="state__code", model=MemberState),
        "frequency": Choice(lookup="frequency", choices=Frequency.values),
    }

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enters the number of one month or quarter; one that is entered already is corrected instead."""
        row = enter_observation(values=self.input(FlowObservationInput), actor=self.actor, at=self.at)
        return self.answer(row, status=201, Location=f"{request.path}{row.pk}/")

    def carry_out(self, row: Any, name: str, given: dict[str, Any]) -> None:
        correct_observation(observation=row, values=given, actor=self.actor, at=self.at)


class ForecastPoint(serializers.Serializer):
    """What was said of a month or quarter, with the bounds of its 80 and 95 % intervals."""

    slot = serializers.CharField()
    value = serializers.IntegerField()
    low80 = serializers.IntegerField()
    high80 = serializers.IntegerField()
    low95 = serializers.IntegerField()
    high95 = serializers.IntegerField()


class ForecastShown(Representation):
    """A forecast as it was made; it is never changed, and enters no total.

    `backtest` names for each method its MASE and how many outcomes lay in the intervals, as [inside, of]; it is empty
    where the series was too short to try methods. `state` null is the sum of the states.
    """

    id = serializers.IntegerField()
    indicator = serializers.CharField(source="indicator.code")
    state = serializers.CharField(source="state.code", default=None)
    frequency = serializers.CharField()
    method = serializers.CharField()
    origin_date = serializers.DateField()
    made_at = serializers.DateTimeField()
    series = serializers.JSONField()
    breaks = serializers.JSONField()
    backtest = serializers.JSONField()
    points = ForecastPoint(many=True)


class Forecasts(Resource):
    """All forecasts that were made, the newest first."""

    queryset = Forecast.objects.select_related("indicator", "state")
    serializer_class = ForecastShown
    ordering = ("-made_at", "-id")
    parameters = {
        "indicator": Choice(lookup="indicator__code", choices=INDICATORS),
        "state": Code(lookup="state__code", model=MemberState),
        "frequency": Choice(lookup="frequency", choices=Frequency.values),
    }
