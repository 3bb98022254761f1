"""Agreements of the states to versions of plans, with their remarks; given through the transitions of the plan."""

import datetime as dt
from typing import Any

from rest_framework import serializers

from operations.api.parameters import Choice, Code, Whole
from operations.api.resources import Resource
from operations.api.serializers import Representation
from operations.domain import agreements
from operations.domain.access import standing
from operations.models import Agreement, MemberState, Operation, Plan


class RemarkShown(Representation):
    """A remark, the reply to it, and whether the head took the reply as an answer."""

    id = serializers.IntegerField()
    place = serializers.CharField()
    text = serializers.CharField()
    disposition = serializers.CharField()
    reply = serializers.CharField()
    replied_at = serializers.DateTimeField()
    confirmed_at = serializers.DateTimeField()


class AgreementShown(Representation):
    """A state's answer to a version; the current one counts, the others stay on record."""

    id = serializers.IntegerField()
    plan = serializers.IntegerField(source="version.plan_id")
    version = serializers.IntegerField(source="version.number")
    state = serializers.CharField(source="state.code")
    answer = serializers.CharField()
    method = serializers.CharField()
    letter_number = serializers.CharField()
    letter_date = serializers.DateField()
    comment = serializers.CharField()
    given_by = serializers.CharField(source="given_by.username")
    given_at = serializers.DateTimeField()
    confirmed_by = serializers.CharField(source="confirmed_by.username", default=None)
    confirmed_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()
    remarks = RemarkShown(many=True)


class Agreements(Resource):
    """Answers of the states: the headquarters see all, a head those of the state."""

    queryset = Agreement.objects.select_related("version", "state", "given_by", "confirmed_by").prefetch_related(
        "remarks"
    )
    serializer_class = AgreementShown
    ordering = ("id",)
    parameters = {
        "plan": Whole(lookup="version__plan"),
        "operation": Code(lookup="version__plan__operation__slug", model=Operation, code="slug"),
        "version": Whole(lookup="version__number"),
        "state": Code(lookup="state__code", model=MemberState),
        "answer": Choice(lookup="answer", choices=Agreement.Answer.values),
    }


def board_shown(plan: Plan, user: Any, *, at: dt.datetime) -> list[dict[str, Any]]:
    """The board of a plan; that a state has answered is everybody's who agrees, its words are its own."""
    seen = standing(user, at)
    shown = []
    for row in agreements.board(plan):
        reads = seen.sees_all_states or row.state.pk in seen.headed_states
        shown.append(
            {
                "state": row.state.code,
                "takes_part": row.takes_part,
                "answer": row.agreement.answer if row.agreement else None,
                "counts": row.counts,
                "waits_for": row.waits_for or None,
                "since": row.since.isoformat() if row.since else None,
                "agreement": row.agreement.pk if row.agreement and reads else None,
            }
        )
    return shown
