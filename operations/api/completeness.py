"""Whether what was expected came, in time and filled: by state, for one operation."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.parameters import Choice, Code
from operations.api.problems import Refused
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.domain.completeness import Completeness, completeness_by
from operations.models import Operation, Return

GROUPS = {
    "state": lambda row: row.agency.state.code,
    "agency": lambda row: row.agency.code,
    "agency_kind": lambda row: row.agency.kind.code,
    "period": lambda row: row.period.code,
}


class CompletenessShown(Representation):
    """Counts of returns and cells; every share is n of m, with `expected` or `required` as m."""

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


class Completenesses(Resource):
    """Completeness and timeliness of an operation, of returns due by now."""

    queryset = Return.objects.all()
    serializer_class = CompletenessShown
    pagination_class = None  # type: ignore[assignment]  # a handful of rows
    parameters = {
        "operation": Code(lookup="slug", model=Operation, code="slug"),
        "by": Choice(lookup="", choices=tuple(GROUPS)),
    }

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The measures by state, agency, kind of agency or period; `operation` has to be named."""
        if "operation" not in self.asked:
            error = {"code": "required", "detail": str(_("Name the operation.")), "parameter": "operation"}
            raise Refused(400, "bad_parameter", _("A parameter of the address cannot be taken."), errors=[error])
        operation = Operation.objects.get(slug=self.asked["operation"])
        grouped = completeness_by(operation, GROUPS[self.asked.get("by", "state")], at=self.at)
        rows = [_row(key, measures) for key, measures in sorted(grouped.items())]
        return Response({"next": None, "results": CompletenessShown(rows, many=True).data})


def _row(key: str, measures: Completeness) -> dict[str, Any]:
    return {"key": key, **{name: getattr(measures, name) for name in measures.__dataclass_fields__}}
