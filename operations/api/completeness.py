"""Whether what was expected came, in time and filled: by state, authority, period or month, for one operation."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.parameters import Choice, Code, Whole
from operations.api.problems import Refused
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.domain.completeness_matrix import (
    ALL_OFFICIAL,
    GROUPS,
    STANDINGS,
    Chosen,
    GroupLine,
    counted_rows,
    grouped,
    standings,
)
from operations.domain.information_bank import Delivery, bank_matrix
from operations.models import Agency, AgencyKind, MemberState, Operation, PeriodKind, ReportingPeriod, Return


class CompletenessShown(Representation):
    """Counts of returns and cells; every share is n of m, with `expected` or `required` as m.

    `standings` counts every return, due or not, in exactly one of six; everything else counts what is due.
    """

    key = serializers.CharField()
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    timely = serializers.IntegerField()
    accepted = serializers.IntegerField()
    resubmitted = serializers.IntegerField()
    days_late = serializers.IntegerField()
    required = serializers.IntegerField()  # type: ignore[assignment]  # the base class has something of that name
    filled = serializers.IntegerField()
    status_filled = serializers.IntegerField()
    standings = serializers.DictField(child=serializers.IntegerField())


class DeliveryShown(Representation):
    """Records delivered to the Interstate Information Bank by a state in a period; null is not reported."""

    state = serializers.CharField()
    period = serializers.CharField()
    on_time = serializers.IntegerField(allow_null=True)
    on_time_of = serializers.IntegerField(allow_null=True)
    complete = serializers.IntegerField(allow_null=True)
    complete_of = serializers.IntegerField(allow_null=True)
    reported = serializers.IntegerField()
    expected = serializers.IntegerField()


_NARROWING = {
    "operation": Code(lookup="slug", model=Operation, code="slug"),
    "state": Code(lookup="", model=MemberState),
    "agency_kind": Code(lookup="", model=AgencyKind),
    "agency": Code(lookup="", model=Agency),
    "kind": Choice(lookup="", choices=(ALL_OFFICIAL, *PeriodKind.values)),
    "stage": Whole(lookup=""),
    "period": Code(lookup="", model=ReportingPeriod),
}


class Completenesses(Resource):
    """Completeness and timeliness of an operation, of returns due by now."""

    queryset = Return.objects.all()
    serializer_class = CompletenessShown
    pagination_class = None  # type: ignore[assignment]  # a handful of rows
    parameters = {
        **_NARROWING,
        "standing": Choice(lookup="", choices=STANDINGS),
        "by": Choice(lookup="", choices=GROUPS),
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The measures by state (or what `by` names); `operation` has to be named."""
        operation, chosen, by = _asked(self.asked)
        found = standings(operation, chosen, user=self.actor, at=self.at)
        rows = [_row(line) for line in grouped(counted_rows(found, by=by, chosen=chosen), by=by)]
        return Response({"next": None, "results": CompletenessShown(rows, many=True).data})


class InformationBank(Resource):
    """Delivery to the Interstate Information Bank by state and period, from accepted returns."""

    queryset = Return.objects.all()
    serializer_class = DeliveryShown
    pagination_class = None  # type: ignore[assignment]  # a handful of rows
    parameters = _NARROWING

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Records on time and complete, each of those due; `operation` has to be named."""
        operation, chosen, _by = _asked(self.asked)
        bank = bank_matrix(operation, chosen, user=self.actor, at=self.at)
        rows = [
            _delivery(state.code, period.code, bank.cells[state.pk, period.pk])
            for state in bank.states
            for period in bank.periods
            if (state.pk, period.pk) in bank.cells
        ]
        return Response({"next": None, "results": DeliveryShown(rows, many=True).data})


def _asked(asked: dict[str, Any]) -> tuple[Operation, Chosen, str]:
    if "operation" not in asked:
        error = {"code": "required", "detail": str(_("Name the operation.")), "parameter": "operation"}
        raise Refused(400, "bad_parameter", _("A parameter of the address cannot be taken."), errors=[error])
    narrowing = {name: value for name, value in asked.items() if name not in ("operation", "by")}
    return Operation.objects.get(slug=asked["operation"]), Chosen(**narrowing), asked.get("by", "state")


def _row(line: GroupLine) -> dict[str, Any]:
    measures = {name: getattr(line.measures, name) for name in line.measures.__dataclass_fields__}
    return {"key": line.key, **measures, "standings": {name: line.counts[name] for name in STANDINGS}}


def _delivery(state: str, period: str, found: Delivery) -> dict[str, Any]:
    return {
        "state": state,
        "period": period,
        "on_time": found.on_time if found.on_time_known else None,
        "on_time_of": found.on_time_of if found.on_time_known else None,
        "complete": found.complete if found.complete_known else None,
        "complete_of": found.complete_of if found.complete_known else None,
        "reported": found.reported,
        "expected": found.expected,
    }
