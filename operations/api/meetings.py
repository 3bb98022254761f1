"""Meetings of the Coordination Council and of the International Headquarters, with what they decided."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.concurrency import require_match
from operations.api.fields import StrictBoolean, StrictChoice, StrictDate, StrictInteger, StrictText
from operations.api.parameters import Choice, Code, Whole
from operations.api.resources import WorkflowResource
from operations.api.serializers import CodesField, Reauthenticated, Representation, StrictInput, TransitionsField
from operations.domain import meetings
from operations.domain.errors import NotFound
from operations.domain.tokens import TokenScope
from operations.models import AgendaItem, Body, Decision, Meeting, Operation

MOST_IDS = 10**15


def _text() -> StrictText:
    return StrictText(max_length=20_000, lines=True, allow_blank=True, required=False)


def _line(longest: int, *, required: bool = False) -> StrictText:
    return StrictText(max_length=longest, allow_blank=not required, required=required)


def _codes() -> serializers.ListField:
    return serializers.ListField(child=StrictText(max_length=40), max_length=50, required=False)


class DecisionShown(Representation):
    """A decision with its follow-up."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    position = serializers.IntegerField()
    text_ru = serializers.CharField()
    text_en = serializers.CharField()
    responsible_states = CodesField()
    responsible_bodies = CodesField()
    due_date = serializers.DateField()
    progress = serializers.CharField()
    account_ru = serializers.CharField()
    account_en = serializers.CharField()


class ItemShown(Representation):
    """An item of the agenda."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    position = serializers.IntegerField()
    title_ru = serializers.CharField()
    title_en = serializers.CharField()
    heard_ru = serializers.CharField()
    heard_en = serializers.CharField()
    spoke_ru = serializers.CharField()
    spoke_en = serializers.CharField()
    decisions = DecisionShown(many=True)


class AttendanceShown(Representation):
    """Who was present, of which state or body."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    state = serializers.CharField(source="state.code", default=None)
    body = serializers.CharField(source="body.code", default=None)
    name_ru = serializers.CharField()
    name_en = serializers.CharField()
    post_ru = serializers.CharField()
    post_en = serializers.CharField()


class MeetingShown(Representation):
    """A meeting in the order of its minutes."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    body = serializers.CharField(source="body.code")
    operation = serializers.CharField(source="operation.slug", default=None)
    number = serializers.IntegerField()
    held_on = serializers.DateField()
    place_ru = serializers.CharField()
    place_en = serializers.CharField()
    minutes_number = serializers.CharField()
    is_in_correspondence = serializers.BooleanField()
    chaired_by = serializers.CharField(source="chaired_by.username", default=None)
    signed_by = serializers.CharField(source="signed_by.username", default=None)
    signed_at = serializers.DateTimeField()
    signed_instead_because = serializers.CharField()
    attendances = AttendanceShown(many=True)
    agenda = ItemShown(many=True)
    transitions = TransitionsField()


class MeetingInput(StrictInput):
    """A meeting of the Council or of the International Headquarters."""

    body = _line(20)
    operation = StrictText(max_length=40, required=False, allow_null=True)
    number = StrictInteger(min_value=1, max_value=9999, required=False)
    held_on = StrictDate(required=False)
    place_ru = _line(200)
    place_en = _line(200)
    minutes_number = _line(60)
    is_in_correspondence = StrictBoolean(required=False)
    chaired_by = StrictText(max_length=150, required=False, allow_null=True)


class ItemInput(StrictInput):
    """An item of the agenda."""

    title_ru = _line(500, required=True)
    title_en = _line(500)
    heard_ru = _text()
    heard_en = _text()
    spoke_ru = _text()
    spoke_en = _text()


class AttendanceInput(StrictInput):
    """Somebody present: of a state or of a body."""

    state = StrictText(max_length=2, required=False, allow_null=True)
    body = StrictText(max_length=20, required=False, allow_null=True)
    name_ru = _line(150, required=True)
    name_en = _line(150)
    post_ru = _line(300)
    post_en = _line(300)


class DecisionInput(StrictInput):
    """A decision on an item of the agenda."""

    item = StrictInteger(min_value=1, max_value=MOST_IDS)
    text_ru = StrictText(max_length=20_000, lines=True)
    text_en = _text()
    responsible_states = _codes()
    responsible_bodies = _codes()
    due_date = StrictDate(required=False, allow_null=True)


class DecisionAccountInput(StrictInput):
    """How far a decision is; `revision` is that of the decision."""

    decision = StrictInteger(min_value=1, max_value=MOST_IDS)
    revision = StrictInteger(min_value=1, max_value=10**9)
    progress = StrictChoice(choices=Decision.Progress.choices)
    account_ru = _text()
    account_en = _text()


class ElectionInput(StrictInput):
    """The elected chair of the Coordination Council and the term of office."""

    holder = StrictText(max_length=150)
    state = StrictText(max_length=2)
    from_date = StrictDate()
    until_date = StrictDate()


class Signature(Reauthenticated):
    """The signature of the minutes; whoever signs instead of the chair of the meeting says on what ground."""

    comment = _line(300)


class Meetings(WorkflowResource):
    """Meetings, the latest first. What their record is made of is corrected at addresses of its own."""

    queryset = Meeting.objects.select_related("body", "operation", "chaired_by", "signed_by").prefetch_related(
        "attendances__state",
        "attendances__body",
        "agenda__decisions__responsible_states",
        "agenda__decisions__responsible_bodies__states",
    )
    serializer_class = MeetingShown
    ordering = ("-held_on", "-id")
    parameters = {
        "body": Code(lookup="body__code", model=Body),
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "number": Whole(lookup="number"),
        "kind": Choice(lookup="body__kind", choices=meetings.MEETING_KINDS),
    }
    write_scope = TokenScope.PLANS
    is_revised = True
    transitions = {
        "add_item": ItemInput,
        "add_attendance": AttendanceInput,
        "decide": DecisionInput,
        "account": DecisionAccountInput,
        "elect_chair": ElectionInput,
        "sign": Signature,
    }
    inputs = {"create": MeetingInput, "partial_update": MeetingInput}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Records a meeting."""
        row = meetings.create_meeting(values=self.input(MeetingInput), actor=self.actor, at=self.at)
        return self.answer(row, status=201)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes what is given and keeps the rest."""
        row = self.get_object()
        revision = require_match(request, row)
        values = self.input(MeetingInput)
        meetings.change_meeting(meeting=row, revision=revision, values=values, actor=self.actor, at=self.at)
        return self.answer(self.get_object())

    def carry_out(self, row: Meeting, name: str, given: dict[str, Any]) -> None:
        who: dict[str, Any] = {"actor": self.actor, "at": self.at}
        if name == "add_item":
            meetings.add_agenda_item(meeting=row, values=given, **who)
        elif name == "add_attendance":
            meetings.record_attendance(meeting=row, values=given, **who)
        elif name == "elect_chair":
            meetings.elect_chair(meeting=row, values=given, **who)
        elif name == "sign":
            meetings.sign_minutes(meeting=row, **given, **who)
        elif name == "decide":
            item = AgendaItem.objects.filter(meeting=row, pk=given.pop("item")).first()
            meetings.record_decision(item=_there(item), values=given, **who)
        else:
            decision = Decision.objects.filter(item__meeting=row, pk=given.pop("decision")).first()
            revision = given.pop("revision")
            meetings.report_on_decision(decision=_there(decision), revision=revision, values=given, **who)


def _there(row: Any) -> Any:
    if row is None:
        raise NotFound
    return row
