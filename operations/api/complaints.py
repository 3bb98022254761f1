"""Accounts of complaints by subject and receiving channel, for the rights body and the headquarters."""

from dataclasses import replace
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictChoice, StrictInteger, StrictText
from operations.api.parameters import Choice, Code
from operations.api.resources import Resource
from operations.api.serializers import Representation, StrictInput
from operations.domain import complaints
from operations.domain.errors import BadInput, NotFound, Problem
from operations.domain.tokens import TokenScope
from operations.models import Agency, ComplaintAccount, Operation, ReportingPeriod

MOST_ROWS = 200


class ComplaintAccountShown(Representation):
    """The complaints of one subject that came by one channel in a period."""

    operation = serializers.CharField(source="period.operation.slug")
    period = serializers.CharField(source="period.code")
    agency = serializers.CharField(source="agency.code")
    subject = serializers.CharField(source="category.code")
    channel = serializers.CharField()
    carried_over = serializers.IntegerField()
    received = serializers.IntegerField()
    examined = serializers.IntegerField()
    pending = serializers.IntegerField()


class AccountsKept(Representation):
    """The whole account of a period, and the revision that the next change names."""

    revision = serializers.IntegerField()
    accounts = ComplaintAccountShown(many=True)


class RowInput(StrictInput):
    """One row: carried over + received = examined + pending."""

    subject = StrictText(max_length=30)
    channel = StrictChoice(choices=ComplaintAccount.Channel.choices)
    carried_over = StrictInteger(max_value=complaints.MOST)
    received = StrictInteger(max_value=complaints.MOST)
    examined = StrictInteger(max_value=complaints.MOST)
    pending = StrictInteger(max_value=complaints.MOST)


class AccountsInput(StrictInput):
    """The whole account of an agency for a period: a row that is not listed is not reported.

    `revision` is 0 for the first account, afterwards the one last answered.
    """

    operation = CodeField(Operation.objects.filter(origin=Operation.Origin.LIVE), code="slug")
    agency = StrictText(max_length=40)
    period = StrictText(max_length=20)
    revision = StrictInteger(max_value=10**9)
    accounts = serializers.ListField(child=RowInput(), min_length=1, max_length=MOST_ROWS)
    explanation = StrictText(max_length=2000, lines=True, allow_blank=True, required=False)
    screening_reason = StrictText(max_length=300, required=False)


class ComplaintAccounts(Resource):
    """Accounts of complaints, in the order in which they were first entered."""

    queryset = ComplaintAccount.objects.select_related("period__operation", "agency", "category")
    serializer_class = ComplaintAccountShown
    ordering = ("id",)
    parameters = {
        "operation": Code(lookup="period__operation__slug", model=Operation, code="slug"),
        "period": Code(lookup="period__code", model=ReportingPeriod),
        "agency": Code(lookup="agency__code", model=Agency),
        "channel": Choice(lookup="channel", choices=ComplaintAccount.Channel.values),
    }
    write_scope = TokenScope.EXCHANGE
    inputs = {"create": AccountsInput}
    outputs = {"create": AccountsKept}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keeps the account of a period as a whole."""
        given = self.input(AccountsInput)
        operation, code = given.pop("operation"), given.pop("period")
        agency = complaints.found_body(operation, given.pop("agency"), self.actor, at=self.at)
        period = ReportingPeriod.objects.filter(operation=operation, code=code).select_related("operation").first()
        if period is None:
            raise NotFound
        rows, places = _rows(given.pop("accounts"))
        try:
            kept = complaints.keep_accounts(
                agency=agency, period=period, rows=rows, actor=self.actor, at=self.at, **given
            )
        except BadInput as error:
            raise BadInput([replace(one, field=_place(one.field, places)) for one in error.problems]) from error
        shown = {"revision": complaints.revision_of(agency, period), "accounts": kept}
        return Response(AccountsKept(shown).data)


def _rows(given: list[dict[str, Any]]) -> tuple[dict[complaints.Key, dict[str, Any]], dict[complaints.Key, int]]:
    """The rows by subject and channel, and the place of each in the body; a row that comes twice is refused."""
    rows: dict[complaints.Key, dict[str, Any]] = {}
    places: dict[complaints.Key, int] = {}
    problems = []
    for index, row in enumerate(given):
        key = (row["subject"], row["channel"])
        if key in rows:
            message = complaints.TWICE
            problems.append(Problem(code="duplicate", field=f"accounts.{index}", message=message))
        rows[key] = {name: row[name] for name in complaints.FIELDS}
        places[key] = index
    if problems:
        raise BadInput(problems)
    return rows, places


def _place(field: str, places: dict[complaints.Key, int]) -> str:
    """The pointer into the body for a problem of the domain: `FORCE.ombudsman.received` → `accounts.3.received`."""
    subject, _dot, rest = field.partition(".")
    channel, _dot, column = rest.partition(".")
    index = places.get((subject, channel))
    return field if index is None else ".".join(part for part in ("accounts", str(index), column) if part)
