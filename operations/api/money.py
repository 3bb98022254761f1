"""Exchange rates, and the money of an operation in its own currencies or converted."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import StrictDate, StrictText
from operations.api.parameters import Code, Day, Parameter
from operations.api.problems import Refused
from operations.api.resources import Resource, WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain import exchange_rates
from operations.domain.money import IndicatorMoney, money_of, targets
from operations.domain.tokens import TokenScope
from operations.models import ExchangeRate, Operation


class RateShown(Representation):
    """How many units of a currency one US dollar bought on a day; a corrected rate is superseded and stays."""

    id = serializers.IntegerField()
    currency = serializers.CharField()
    day = serializers.DateField()
    units_per_usd = serializers.DecimalField(max_digits=14, decimal_places=6)
    source = serializers.CharField()  # type: ignore[assignment]  # the base class has something of that name
    added_at = serializers.DateTimeField()
    is_superseded = serializers.BooleanField()
    transitions = TransitionsField()


class RateCorrection(StrictInput):
    """The right rate, as a string with a decimal point, and its source."""

    units_per_usd = StrictText(max_length=20)
    source = StrictText(max_length=300)  # type: ignore[assignment]  # the base class has something of that name


class RateInput(RateCorrection):
    """A rate of a day."""

    currency = StrictText(max_length=3)
    day = StrictDate()


class ExchangeRates(WorkflowResource):
    """Exchange rates, the newest day first; corrected ones are among them."""

    queryset = ExchangeRate.objects.all()
    serializer_class = RateShown
    ordering = ("-day", "-id")
    parameters = {
        "currency": Parameter(lookup="currency"),
        "from": Day(lookup="day__gte"),
        "to": Day(lookup="day__lte"),
    }
    write_scope = TokenScope.REPORTS
    transitions = {"correct": RateCorrection}
    inputs = {"create": RateInput}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enters a rate with its source."""
        row = exchange_rates.add_rate(values=self.input(RateInput), actor=self.actor, at=self.at)
        return self.answer(row, status=201, Location=f"{request.path}{row.pk}/")

    def carry_out(self, row: Any, name: str, given: dict[str, Any]) -> None:
        exchange_rates.correct_rate(rate=row, values=given, actor=self.actor, at=self.at)


class _MoneyInState(serializers.Serializer):
    state = serializers.CharField()
    currency = serializers.CharField()
    minor = serializers.IntegerField(allow_null=True)
    converted = serializers.IntegerField(allow_null=True)


class MoneyShown(Representation):
    """An indicator's money in minor units. `converted` and `region` are null without `currency`, or without a rate."""

    indicator = serializers.CharField()
    states = _MoneyInState(many=True)
    by_currency = serializers.DictField(child=serializers.IntegerField())
    currency = serializers.CharField(allow_null=True)
    region = serializers.IntegerField(allow_null=True)
    missing_rates = serializers.ListField(child=serializers.CharField())
    rates = serializers.ListField(child=serializers.IntegerField())
    reporting = serializers.IntegerField()
    expected = serializers.IntegerField()


class _Target(Parameter):
    def read(self, text: str) -> str:
        if text not in targets():
            raise ValueError(_("Give one of: %(choices)s.") % {"choices": ", ".join(targets())})
        return text


class Moneys(Resource):
    """The accepted money of an operation: `operation` has to be named, `currency` converts it."""

    queryset = ExchangeRate.objects.all()
    serializer_class = MoneyShown
    pagination_class = None  # type: ignore[assignment]  # a handful of rows
    parameters = {
        "operation": Code(lookup="", model=Operation, code="slug"),
        "currency": _Target(lookup=""),
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """By indicator of money: by state, by currency, and converted where that was asked for."""
        if "operation" not in self.asked:
            error = {"code": "required", "detail": str(_("Name the operation.")), "parameter": "operation"}
            raise Refused(400, "bad_parameter", _("A parameter of the address cannot be taken."), errors=[error])
        found = money_of(Operation.objects.get(slug=self.asked["operation"]), to=self.asked.get("currency", ""))
        rows = [_shown(row, found.to) for row in found.rows]
        return Response({"next": None, "results": MoneyShown(rows, many=True).data})


def _shown(row: IndicatorMoney, to: str) -> dict[str, Any]:
    region = row.region
    return {
        "indicator": row.indicator.code,
        "states": [
            {
                "state": one.state.code,
                "currency": one.state.currency,
                "minor": one.minor,
                "converted": one.converted.minor if one.converted is not None else None,
            }
            for one in row.states
        ],
        "by_currency": row.by_currency,
        "currency": to or None,
        "region": region.minor if region is not None else None,
        "missing_rates": list(region.missing) if region is not None else [],
        "rates": [rate.pk for rate in region.rates] if region is not None else [],
        "reporting": row.reporting,
        "expected": row.expected,
    }
