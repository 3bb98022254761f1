"""The verification of lists between states: counts and days of each list, and its steps."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.concurrency import require_match
from operations.api.fields import CodeField, StrictDate, StrictInteger, StrictText
from operations.api.parameters import Choice, Code
from operations.api.resources import WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain import lists
from operations.domain.errors import BadInput, Problem
from operations.domain.list_workflow import MOST_ENTRIES, outcome_categories
from operations.domain.tokens import TokenScope
from operations.models import ListVerification, MemberState, Operation


class ListShown(Representation):
    """A list: how many entries, where it stands, and its outcomes as of the newest day."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    operation = serializers.CharField(source="operation.slug")
    sent_by = serializers.CharField(source="sent_by.code")
    received_by = serializers.CharField(source="received_by.code")
    number = serializers.CharField()
    entries = serializers.IntegerField()
    status = serializers.CharField()
    sent_on = serializers.DateField()
    due_date = serializers.DateField(allow_null=True)
    received_on = serializers.DateField(allow_null=True)
    answered_on = serializers.DateField(allow_null=True)
    outcomes_as_of = serializers.SerializerMethodField()
    outcomes = serializers.SerializerMethodField()
    waits_for = serializers.SerializerMethodField()
    waits_since = serializers.SerializerMethodField()
    is_overdue = serializers.SerializerMethodField()
    transitions = TransitionsField()

    def _newest(self, row: ListVerification) -> lists.Outcomes:
        """From what was read with the list."""
        told: dict[Any, dict[str, int]] = {}
        for outcome in row.outcomes.all():
            told.setdefault(outcome.as_of, {})[outcome.category.code] = outcome.entries
        newest = max(told, default=None)
        return lists.Outcomes(row.entries, newest, told.get(newest, {}))

    def get_outcomes_as_of(self, row: ListVerification) -> str | None:
        as_of = self._newest(row).as_of
        return None if as_of is None else as_of.isoformat()

    def get_outcomes(self, row: ListVerification) -> dict[str, int]:
        return dict(self._newest(row).counts)

    def get_waits_for(self, row: ListVerification) -> str | None:
        """The state that owes the next step."""
        step = lists.next_step(row, at=self.context["view"].at)
        return None if step is None else step.state.code

    def get_waits_since(self, row: ListVerification) -> str | None:
        step = lists.next_step(row, at=self.context["view"].at)
        return None if step is None else step.since.isoformat()

    def get_is_overdue(self, row: ListVerification) -> bool:
        step = lists.next_step(row, at=self.context["view"].at)
        return step is not None and step.is_overdue


class ListInput(StrictInput):
    """A list that was sent. `sent_by` may be left out by whoever keeps the lists of one state."""

    operation = CodeField(Operation.objects.filter(origin=Operation.Origin.LIVE), code="slug")
    sent_by = CodeField(MemberState, required=False)
    received_by = StrictText(max_length=2)
    number = StrictText(max_length=60)
    entries = StrictInteger(min_value=1, max_value=MOST_ENTRIES)
    sent_on = StrictDate()
    due_date = StrictDate(required=False, allow_null=True)


class ListChange(StrictInput):
    """What is corrected of a list before its receipt is confirmed."""

    received_by = StrictText(max_length=2, required=False)
    number = StrictText(max_length=60, required=False)
    entries = StrictInteger(min_value=1, max_value=MOST_ENTRIES, required=False)
    sent_on = StrictDate(required=False)
    due_date = StrictDate(required=False, allow_null=True)


class ReceiptInput(StrictInput):
    """The day on which the list came."""

    received_on = StrictDate()


class _Explained(StrictInput):
    reason = StrictText(max_length=2000, lines=True, allow_blank=True, required=False)
    screening_reason = StrictText(max_length=300, required=False)


class OutcomesInput(_Explained):
    """All entries by outcome as of a day, `PENDING` included: they add up to the entries of the list."""

    as_of = StrictDate()
    outcomes = serializers.DictField(child=StrictInteger(min_value=0, max_value=MOST_ENTRIES))


class ListAnswerInput(_Explained):
    """The day of the answer; entries that are still being checked are explained."""

    answered_on = StrictDate()


class WithdrawalInput(_Explained):
    """Why the sender takes the list back."""


class Lists(WorkflowResource):
    """Lists between states, the latest first: those of the own state, all of them for the headquarters."""

    queryset = ListVerification.objects.select_related("operation", "sent_by", "received_by").prefetch_related(
        "outcomes__category"
    )
    serializer_class = ListShown
    ordering = ("-sent_on", "-id")
    parameters = {
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "sent_by": Code(lookup="sent_by__code", model=MemberState),
        "received_by": Code(lookup="received_by__code", model=MemberState),
        "status": Choice(lookup="status", choices=ListVerification.Status.values),
    }
    write_scope = TokenScope.EXCHANGE
    is_revised = True
    transitions = {
        "confirm_receipt": ReceiptInput,
        "record_outcomes": OutcomesInput,
        "answer": ListAnswerInput,
        "withdraw": WithdrawalInput,
    }
    inputs = {"create": ListInput, "partial_update": ListChange}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Records a list that was sent; the other state is told."""
        given = self.input(ListInput)
        row = lists.send_list(
            operation=given.pop("operation"),
            sent_by=given.pop("sent_by", None),
            values=given,
            actor=self.actor,
            at=self.at,
        )
        return self.answer(row, status=201, Location=f"{request.path}{row.pk}/")

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes what is given and keeps the rest, until the receipt is confirmed."""
        row = self.get_object()
        revision = require_match(request, row)
        values = self.input(ListChange)
        lists.change_list(verification=row, revision=revision, values=values, actor=self.actor, at=self.at)
        return self.answer(self.get_object())

    def carry_out(self, row: ListVerification, name: str, given: dict[str, Any]) -> None:
        who: dict[str, Any] = {"verification": row, "actor": self.actor, "at": self.at, "revision": row.revision}
        if name == "record_outcomes":
            lists.record_outcomes(counts=_known(given.pop("outcomes")), **given, **who)
        elif name == "confirm_receipt":
            lists.confirm_receipt(**given, **who)
        elif name == "answer":
            lists.answer_list(**given, **who)
        else:
            lists.withdraw_list(**{"reason": "", **given}, **who)


def _known(outcomes: dict[str, int]) -> dict[str, int]:
    """The counts by outcome; an outcome that is not in the catalogue is an error at its own pointer."""
    codes = {category.code for category in outcome_categories()}
    unknown = [
        Problem(code="unknown_code", field=f"outcomes.{code[:40]}", message=_("There is no such code."))
        for code in outcomes
        if code not in codes
    ]
    if unknown:
        raise BadInput(unknown)
    return outcomes
