"""The maintained sums, and how complete they are: what official numbers are read from."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.parameters import Choice, Code, Parameter
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.models import (
    AgencyKind,
    Category,
    Indicator,
    MemberState,
    Operation,
    PeriodKind,
    ReportingPeriod,
    Total,
)


class TotalShown(Representation):
    """The sum over the agencies of a kind in a state; money in minor units of `currency`."""

    operation = serializers.CharField(source="period.operation.slug")
    period = serializers.CharField(source="period.code")
    period_kind = serializers.CharField(source="period.kind")
    state = serializers.CharField(source="state.code")
    agency_kind = serializers.CharField(source="agency_kind.code")
    indicator = serializers.CharField(source="indicator.code")
    breakdown = serializers.CharField(source="category.breakdown.code", default=None)
    category = serializers.CharField(source="category.code")
    basis = serializers.SerializerMethodField()
    value = serializers.IntegerField()
    currency = serializers.SerializerMethodField()
    returns = serializers.IntegerField()

    def get_basis(self, row: Total) -> str:
        return BASES[row.basis]

    def get_currency(self, row: Total) -> str | None:
        return row.state.currency if row.indicator.is_money else None


BASES = {Total.Basis.ACCEPTED.value: "accepted", Total.Basis.PROVISIONAL.value: "provisional"}


class Basis(Choice):
    """The basis by its word."""

    def read(self, text: str) -> str:
        word = super().read(text)
        return next(code for code, name in BASES.items() if name == word)


class Totals(Resource):
    """Sums by period, state, kind of agency, indicator and category. A row that is not there was not reported."""

    queryset = Total.objects.select_related(
        "period__operation", "state", "agency_kind", "indicator", "category__breakdown"
    )
    serializer_class = TotalShown
    ordering = ("period_id", "state_id", "agency_kind_id", "indicator_id", "category_id", "basis")
    parameters = {
        "operation": Code(lookup="period__operation__slug", model=Operation, code="slug"),
        "period": Code(lookup="period__code", model=ReportingPeriod),
        "period_kind": Choice(lookup="period__kind", choices=PeriodKind.values),
        "state": Code(lookup="state__code", model=MemberState),
        "agency_kind": Code(lookup="agency_kind__code", model=AgencyKind),
        "indicator": Code(lookup="indicator__code", model=Indicator),
        "breakdown": Parameter(lookup="category__breakdown__code"),
        "category": Code(lookup="category__code", model=Category),
        "basis": Basis(lookup="basis", choices=tuple(BASES.values())),
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of sums; without `basis` the accepted ones."""
        self.asked.setdefault("basis", Total.Basis.ACCEPTED.value)
        return super().list(request, *args, **kwargs)
