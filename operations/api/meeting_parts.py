"""The parts of a meeting's record, each with a revision of its own, and the terms of the council's chairs.

Parts are added through the transitions of their meeting (`operations/api/meetings.py`). Until the minutes are signed
they are corrected, moved and taken out here, over the same verbs as the pages.
"""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.concurrency import require_match
from operations.api.fields import StrictDate, StrictText
from operations.api.meetings import AttendanceShown, DecisionShown, ItemShown
from operations.api.parameters import Code, Whole
from operations.api.plan_rows import Moved
from operations.api.resources import Resource, WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain import chair_terms, meetings
from operations.domain.tokens import TokenScope
from operations.models import AgendaItem, Attendance, ChairTerm, Decision, MemberState


def _text() -> StrictText:
    return StrictText(max_length=20_000, lines=True, allow_blank=True, required=False)


def _line(longest: int) -> StrictText:
    return StrictText(max_length=longest, allow_blank=True, required=False)


def _codes() -> serializers.ListField:
    return serializers.ListField(child=StrictText(max_length=40), max_length=50, required=False)


class ItemRow(ItemShown):
    """An item of the agenda of a meeting."""

    meeting = serializers.IntegerField(source="meeting_id")


class AttendanceRow(AttendanceShown):
    """Somebody present at a meeting."""

    meeting = serializers.IntegerField(source="meeting_id")


class DecisionRow(DecisionShown):
    """A decision on an item of a meeting's agenda."""

    meeting = serializers.IntegerField(source="item.meeting_id")
    item = serializers.IntegerField(source="item_id")


class ItemChange(StrictInput):
    """What is corrected of an item; the rest is kept."""

    title_ru = _line(500)
    title_en = _line(500)
    heard_ru = _text()
    heard_en = _text()
    spoke_ru = _text()
    spoke_en = _text()


class AttendanceChange(StrictInput):
    """What is corrected of somebody present; the rest is kept."""

    state = StrictText(max_length=2, required=False, allow_null=True)
    body = StrictText(max_length=20, required=False, allow_null=True)
    name_ru = _line(150)
    name_en = _line(150)
    post_ru = _line(300)
    post_en = _line(300)


class DecisionChange(StrictInput):
    """What is corrected of a decision; the rest is kept."""

    text_ru = _text()
    text_en = _text()
    responsible_states = _codes()
    responsible_bodies = _codes()
    due_date = StrictDate(required=False, allow_null=True)


class MeetingParts(Resource):
    """One kind of part of the record. Set: `kind` (of `meeting_record.KINDS`), `queryset`, its shapes."""

    kind: ClassVar[str]
    meeting_path: ClassVar[str] = "meeting"
    change: ClassVar[type[StrictInput]]
    write_scope = TokenScope.PLANS
    is_revised = True
    ordering = ("id",)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "kind" in cls.__dict__:
            cls.inputs = {"partial_update": cls.change, "move": Moved}
            cls.parameters = {"meeting": Whole(lookup=cls.meeting_path)}

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Changes what is given and keeps the rest, until the minutes are signed."""
        row = self.get_object()
        revision = require_match(request, row)
        values = self.input(self.change)
        meetings.correct_part(**self._named(row), revision=revision, values=values, actor=self.actor, at=self.at)
        return self.answer(self.get_object())

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Takes the part out of the record; an item on which something is decided stays."""
        row = self.get_object()
        revision = require_match(request, row)
        meetings.remove_part(**self._named(row), revision=revision, actor=self.actor, at=self.at)
        return Response(status=204)

    def _named(self, row: Any) -> dict[str, Any]:
        meeting = row.item.meeting if isinstance(row, Decision) else row.meeting
        return {"meeting": meeting, "kind": self.kind, "row": row.pk}


class OrderedParts(MeetingParts):
    """Parts that are numbered among their siblings."""

    @action(detail=True, methods=["post"])
    def move(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Moves the part to a place among its siblings."""
        row = self.get_object()
        require_match(request, row)
        meetings.move_part(**self._named(row), to=self.input(Moved)["to"], actor=self.actor, at=self.at)
        return self.answer(self.get_object())


class AgendaItems(OrderedParts):
    """Items of the agendas of meetings."""

    kind = "item"
    queryset = AgendaItem.objects.select_related("meeting").prefetch_related(
        "decisions__responsible_states", "decisions__responsible_bodies__states"
    )
    serializer_class = ItemRow
    change = ItemChange


class Attendances(MeetingParts):
    """Who was present at meetings."""

    kind = "attendance"
    queryset = Attendance.objects.select_related("meeting", "state", "body")
    serializer_class = AttendanceRow
    change = AttendanceChange


class Decisions(OrderedParts):
    """Decisions of meetings, with their follow-up."""

    kind = "decision"
    meeting_path = "item__meeting"
    queryset = Decision.objects.select_related("item__meeting").prefetch_related(
        "responsible_states", "responsible_bodies__states"
    )
    serializer_class = DecisionRow
    change = DecisionChange


class ChairTermShown(Representation):
    """A term of office of the chair of the Coordination Council; both days are days in office."""

    id = serializers.IntegerField()
    revision = serializers.IntegerField()
    holder = serializers.CharField(source="holder.username")
    state = serializers.CharField(source="state.code")
    elected_at = serializers.IntegerField(source="elected_at_id", allow_null=True)
    from_date = serializers.DateField()
    until_date = serializers.DateField()
    transitions = TransitionsField()


class EndInput(StrictInput):
    """The last day of a chair who leaves office early, and why."""

    until_date = StrictDate()
    comment = StrictText(max_length=2000, lines=True)


class ChairTerms(WorkflowResource):
    """Terms of the chairs of the Coordination Council, the latest first; an election makes one (`meetings`)."""

    queryset = ChairTerm.objects.select_related("holder", "state")
    serializer_class = ChairTermShown
    ordering = ("-from_date", "-id")
    parameters = {"state": Code(lookup="state__code", model=MemberState)}
    write_scope = TokenScope.PLANS
    is_revised = True
    transitions = {"end": EndInput}

    def carry_out(self, row: ChairTerm, name: str, given: dict[str, Any]) -> None:
        chair_terms.end_term(term=row, revision=row.revision, values=given, actor=self.actor, at=self.at)
