"""The registers of controlled persons: the feed of readings, sent by the states' systems every four hours."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import CodeField, StrictInteger, StrictMoment
from operations.api.parameters import Code, Day
from operations.api.resources import Resource
from operations.api.serializers import Representation, StrictInput
from operations.domain import registers
from operations.domain.tokens import TokenScope
from operations.models import MemberState, RegisterReading


class ReadingShown(Representation):
    """How many persons a state's register held at a moment."""

    id = serializers.IntegerField()
    state = serializers.CharField(source="state.code")
    persons = serializers.IntegerField()
    as_of = serializers.DateTimeField()
    received_at = serializers.DateTimeField()


class ReadingKept(ReadingShown):
    """A reading as it is kept; `is_latest` is false for one that came later than a newer one."""

    is_latest = serializers.SerializerMethodField()

    def get_is_latest(self, row: RegisterReading) -> bool:
        return registers.is_latest(row)


class ReadingInput(StrictInput):
    """A reading. `state` may be left out by whoever reports the register of one state."""

    state = CodeField(MemberState, required=False)
    persons = StrictInteger(max_value=registers.MOST_PERSONS)
    as_of = StrictMoment()


class RegisterReadings(Resource):
    """Readings of the registers, the latest first: of the own state, of all of them for the headquarters."""

    queryset = RegisterReading.objects.select_related("state")
    serializer_class = ReadingShown
    ordering = ("-as_of", "-id")
    parameters = {
        "state": Code(lookup="state__code", model=MemberState),
        "from": Day(lookup="as_of__date__gte"),
        "to": Day(lookup="as_of__date__lte"),
    }
    write_scope = TokenScope.REGISTERS
    inputs = {"create": ReadingInput}
    outputs = {"create": ReadingKept}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keeps a reading: 201 when it is new, 200 when the same one is kept already, 409 for another number."""
        given = self.input(ReadingInput)
        row, is_new = registers.keep_reading(
            state=given.get("state"), as_of=given["as_of"], persons=given["persons"], actor=self.actor, at=self.at
        )
        shown = ReadingKept(row, context=self.get_serializer_context()).data
        return Response(shown, status=201 if is_new else 200, headers={"Location": f"{request.path}{row.pk}/"})
