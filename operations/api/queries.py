"""Queries of the headquarters on accepted returns: asked, answered, settled or asked again, with all that was said."""

from collections.abc import Callable, Mapping
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import StrictDate, StrictInteger, StrictText
from operations.api.parameters import Choice, Code, Day, Whole
from operations.api.resources import WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain import queries
from operations.domain.access import visible_to
from operations.domain.errors import NotFound
from operations.domain.query_workflow import Status
from operations.domain.return_layout import cell_address
from operations.domain.thread_words import LONGEST
from operations.domain.tokens import TokenScope
from operations.models import AgencyKind, MemberState, Operation, Query, Return

MOST_RETURNS = 10**15


class TurnShown(Representation):
    """What was said: a question with its due date, an answer, the words with which it was settled."""

    kind = serializers.CharField()
    text = serializers.CharField()
    due_date = serializers.DateField(allow_null=True)
    said_by = serializers.CharField(source="said_by.username")
    said_at = serializers.DateTimeField()


class QueryShown(Representation):
    """A query: what it is about, the newest question and answer, every turn, and what can be done with it."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    operation = serializers.CharField(source="expected_return.period.operation.slug")
    period = serializers.CharField(source="expected_return.period.code")
    state = serializers.CharField(source="expected_return.agency.state.code")
    agency = serializers.CharField(source="expected_return.agency.code")
    expected_return = serializers.IntegerField(source="expected_return_id")
    cell = serializers.SerializerMethodField()
    status = serializers.CharField()
    text = serializers.CharField()
    due_date = serializers.DateField()
    is_overdue = serializers.SerializerMethodField()
    asked_by = serializers.CharField(source="asked_by.username")
    asked_at = serializers.DateTimeField()
    answer = serializers.CharField()
    answered_by = serializers.CharField(source="answered_by.username", default=None)
    answered_at = serializers.DateTimeField(allow_null=True)
    settled_by = serializers.CharField(source="settled_by.username", default=None)
    settled_at = serializers.DateTimeField(allow_null=True)
    turns = TurnShown(many=True)
    transitions = TransitionsField()

    def get_cell(self, row: Query) -> str | None:
        """The address of the cell (`VIO01.TOTAL`), or null for the return as a whole."""
        if row.indicator is None or row.category is None:
            return None
        return cell_address(row.indicator, row.category)

    def get_is_overdue(self, row: Query) -> bool:
        return queries.is_overdue(row, at=self.context["view"].at)


class QueryInput(StrictInput):
    """A question on an accepted return, or on one of its cells by address, with the day by which the answer is due."""

    expected_return = StrictInteger(min_value=1, max_value=MOST_RETURNS)
    cell = StrictText(max_length=100, required=False, allow_blank=True)
    text = StrictText(max_length=LONGEST, lines=True)
    due_date = StrictDate()
    screening_reason = StrictText(max_length=300, required=False)


class QueryAnswerInput(StrictInput):
    """The answer of the agency, or of the head of its state."""

    text = StrictText(max_length=LONGEST, lines=True)
    screening_reason = StrictText(max_length=300, required=False)


class SettledInput(StrictInput):
    """Closing words; needed where nobody has answered."""

    text = StrictText(max_length=LONGEST, lines=True, allow_blank=True, required=False)
    screening_reason = StrictText(max_length=300, required=False)


class AskedAgainInput(QueryAnswerInput):
    """The next question with its own day."""

    due_date = StrictDate()


class Queries(WorkflowResource):
    """Queries on the returns that the caller sees, those due first at the top."""

    queryset = Query.objects.select_related(
        "expected_return__period__operation",
        "expected_return__agency__state",
        "expected_return__agency__kind",
        "indicator",
        "category__breakdown",
        "asked_by",
        "answered_by",
        "settled_by",
    ).prefetch_related("turns__said_by")
    serializer_class = QueryShown
    ordering = ("due_date", "id")
    parameters = {
        "operation": Code(lookup="expected_return__period__operation__slug", model=Operation, code="slug"),
        "state": Code(lookup="expected_return__agency__state__code", model=MemberState),
        "agency_kind": Code(lookup="expected_return__agency__kind__code", model=AgencyKind),
        "expected_return": Whole(lookup="expected_return"),
        "status": Choice(lookup="status", choices=Status.values),
        "due_before": Day(lookup="due_date__lt"),
    }
    write_scope = TokenScope.RETURNS
    is_revised = True
    transitions = {"answer": QueryAnswerInput, "settle": SettledInput, "ask_again": AskedAgainInput}
    inputs = {"create": QueryInput}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Sends a query; the agency and the head of its state are told."""
        given = self.input(QueryInput)
        row = queries.ask_query(
            expected_return=seen_return(self, given.pop("expected_return")), actor=self.actor, at=self.at, **given
        )
        return self.answer(self._again(row), status=201, Location=f"{request.path}{row.pk}/")

    def carry_out(self, row: Query, name: str, given: dict[str, Any]) -> None:
        _VERBS[name](query=row, revision=row.revision, actor=self.actor, at=self.at, **given)

    def _again(self, row: Query) -> Query:
        found: Query = self.get_queryset().get(pk=row.pk)
        return found


_VERBS: Mapping[str, Callable[..., Query]] = {
    "answer": queries.answer_query,
    "settle": queries.settle_query,
    "ask_again": queries.ask_again,
}


def seen_return(view: Any, pk: int) -> Return:
    """The return that the caller sees; any other is not there."""
    rows = visible_to(Return.objects.select_related("form", "agency__kind"), view.request.user, at=view.at)
    found: Return | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found
