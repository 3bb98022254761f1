"""Plans: their text, their checks, their versions, and every act of their workflow.

The plan's own revision (ETag) is that of its goal; rows have their own (`plan_rows`). A transition names the revision
that the caller saw; the approval also names the hash of the text.
"""

from typing import Any

from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.agreements import AgreementShown, board_shown
from operations.api.concurrency import require_match
from operations.api.fields import CodeField, StrictBoolean, StrictChoice, StrictDate, StrictInteger, StrictText
from operations.api.parameters import Choice, Code
from operations.api.problems import error_of
from operations.api.resources import WorkflowResource
from operations.api.serializers import (
    Commented,
    Nothing,
    Reauthenticated,
    Refusal,
    Representation,
    StrictInput,
    TransitionsField,
)
from operations.domain import machine, plan_checks, plans
from operations.domain.access import visible_to
from operations.domain.errors import BadInput, NotFound, Problem
from operations.domain.plan_content import frozen_content, interval_of
from operations.domain.tokens import TokenScope
from operations.models import (
    Agreement,
    Meeting,
    MemberState,
    Operation,
    Plan,
    PlanSection,
    PlanVersion,
    Remark,
)

MOST_IDS = 10**15


class VersionShown(Representation):
    """A frozen version: agreements and the approval are bound to its hash."""

    number = serializers.IntegerField()
    sha256 = serializers.CharField()
    frozen_at = serializers.DateTimeField()
    lapsed_at = serializers.DateTimeField()
    approved_at = serializers.DateTimeField()


class PlanListed(Representation):
    """A plan in a list."""

    id = serializers.IntegerField()
    operation = serializers.CharField(source="operation.slug")
    status = serializers.CharField()
    revision = serializers.IntegerField()
    current_version = serializers.IntegerField(source="current_version.number", default=None)
    in_force_version = serializers.IntegerField(source="in_force_version.number", default=None)


class PlanShown(PlanListed):
    """A plan with its versions and the acts that the caller may take."""

    goal_ru = serializers.SerializerMethodField()
    goal_en = serializers.SerializerMethodField()
    interval = serializers.SerializerMethodField()
    agreed_at_meeting = serializers.IntegerField(source="agreed_at_meeting_id", allow_null=True)
    versions = serializers.SerializerMethodField()
    transitions = TransitionsField()

    def get_goal_ru(self, plan: Plan) -> str:
        return str(self._content(plan)["goal"]["ru"])

    def get_goal_en(self, plan: Plan) -> str:
        return str(self._content(plan)["goal"]["en"])

    def get_interval(self, plan: Plan) -> str:
        """What periodic returns cover: a quarter or a month."""
        return interval_of(self._content(plan))

    def get_versions(self, plan: Plan) -> list[dict[str, Any]]:
        read = [version for version in plan.versions.all() if self.context["view"].reads(version)]
        return list(VersionShown(read, many=True).data)

    def _content(self, plan: Plan) -> dict[str, Any]:
        """The goal that the caller may read: during an amendment others read the version in force."""
        view = self.context["view"]
        if plans.sees_working_text(view.actor, plan, at=view.at):
            return {"goal": {"ru": plan.goal_ru, "en": plan.goal_en}, "interval": plan.interval}
        return frozen_content(plan.in_force_version) if plan.in_force_version else {"goal": {"ru": "", "en": ""}}


class TextRead(Representation):
    """The whole text of a plan as JSON: codes, both languages, and what the codes were called."""

    version = serializers.IntegerField(allow_null=True)
    sha256 = serializers.CharField(allow_null=True)
    content = serializers.JSONField()


class CheckFound(Refusal):
    """Something that the draft lacks; a warning does not hold up circulation."""

    blocks = serializers.BooleanField()


class GoalInput(StrictInput):
    """The goal in both languages, and what periodic returns cover."""

    goal_ru = StrictText(max_length=20_000, lines=True, allow_blank=True, required=False)
    goal_en = StrictText(max_length=20_000, lines=True, allow_blank=True, required=False)
    interval = StrictChoice(choices=Plan.Interval.choices, required=False)


class SectionInput(StrictInput):
    """A section of the official form; `revision` is 0 for one that nobody has written yet."""

    kind = StrictChoice(choices=PlanSection.Kind.choices)
    revision = StrictInteger(min_value=0, max_value=10**9)
    text_ru = StrictText(max_length=20_000, lines=True, allow_blank=True, required=False)
    text_en = StrictText(max_length=20_000, lines=True, allow_blank=True, required=False)


class SectionShown(Representation):
    """A section as it stands."""

    kind = serializers.CharField()
    revision = serializers.IntegerField()
    text_ru = serializers.CharField()
    text_en = serializers.CharField()


class RemarkInput(StrictInput):
    """One remark and the place it is about."""

    place = StrictText(max_length=200, allow_blank=True, required=False)
    text = StrictText(max_length=5000, lines=True)


class AnswerInput(StrictInput):
    """The answer of a state to the version in agreement."""

    state = CodeField(MemberState)
    answer = StrictChoice(choices=Agreement.Answer.choices)
    comment = StrictText(max_length=5000, lines=True, allow_blank=True, required=False)
    remarks = RemarkInput(many=True, required=False)


class LetterInput(AnswerInput):
    """An answer that came by letter or on paper."""

    method = StrictChoice(choices=Agreement.Method.choices)
    letter_number = StrictText(max_length=60)
    letter_date = StrictDate()


class AgreementNamed(StrictInput):
    """The recorded letter that is confirmed."""

    agreement = StrictInteger(min_value=1, max_value=MOST_IDS)


class RemarkNamed(StrictInput):
    """The remark whose reply is confirmed."""

    remark = StrictInteger(min_value=1, max_value=MOST_IDS)


class ReplyInput(RemarkNamed):
    """The reply to a remark."""

    disposition = StrictChoice(choices=Remark.Disposition.choices)
    reply = StrictText(max_length=5000, lines=True)


class MeetingNamed(StrictInput):
    """The meeting that recorded the agreement, or `in_correspondence`."""

    meeting = StrictInteger(min_value=1, max_value=MOST_IDS, required=False, allow_null=True)
    in_correspondence = StrictBoolean(required=False)


class Approval(Reauthenticated):
    """The hash of the text that the approver was shown."""

    sha256 = StrictText(max_length=64)


class RemindInput(StrictInput):
    """The state whose head is reminded; without one, all who are waited for."""

    state = CodeField(MemberState, required=False)


_NAMED: dict[str, Any] = {"agreement": Agreement, "remark": Remark, "meeting": Meeting}


class Plans(WorkflowResource):
    """Plans of operations. Their rows are at `objectives`, `measures`, `stages` and the like."""

    queryset = Plan.objects.select_related("operation", "current_version", "in_force_version").prefetch_related(
        Prefetch("versions", PlanVersion.objects.defer("content"))
    )
    serializer_class = PlanShown
    ordering = ("-id",)
    parameters = {
        "operation": Code(lookup="operation__slug", model=Operation, code="slug"),
        "status": Choice(lookup="status", choices=Plan.Status.values),
    }
    write_scope = TokenScope.PLANS
    is_revised = True
    transitions = {
        "circulate": Nothing,
        "respond": AnswerInput,
        "record_letter": LetterInput,
        "confirm_letter": AgreementNamed,
        "answer_remark": ReplyInput,
        "confirm_remark": RemarkNamed,
        "remind": RemindInput,
        "withdraw": Commented,
        "record_agreement": MeetingNamed,
        "submit": Nothing,
        "approve": Approval,
        "return": Commented,
        "amend": Commented,
        "discard_amendment": Nothing,
        "close": Nothing,
    }
    inputs = {"partial_update": GoalInput, "section": SectionInput}
    outputs = {
        "list": PlanListed,
        "text": TextRead,
        "checks": CheckFound,
        "agreement": AgreementShown,
        "section": SectionShown,
    }

    def get_serializer_class(self) -> Any:
        return PlanListed if self.action == "list" else PlanShown

    def reads(self, version: PlanVersion) -> bool:
        """Everybody who sees a plan reads what was approved; what was only circulated is for those who agree it."""
        return version.approved_at is not None or plans.takes_part_in_agreeing(self.actor, at=self.at)

    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Writes the goal."""
        plan = self.get_object()
        revision = require_match(request, plan)
        values = self.input(GoalInput)
        plans.change_goal(plan=plan, revision=revision, values=values, actor=self.actor, at=self.at)
        return self.answer(self.get_object())

    @action(detail=True, methods=["post"], url_path="section")
    def section(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Writes a section of the official form."""
        given = self.input(SectionInput)
        row = plans.write_section(
            plan=self.get_object(),
            kind=given.pop("kind"),
            revision=given.pop("revision"),
            values=given,
            actor=self.actor,
            at=self.at,
        )
        return Response(SectionShown(row).data)

    @action(detail=True, methods=["get"])
    def text(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The text that the caller may read: the draft, or the version that it was frozen into."""
        content, version = plans.readable_content(self.get_object(), self.actor, at=self.at)
        shown = {
            "version": version.number if version else None,
            "sha256": version.sha256 if version else None,
            "content": content,
        }
        return Response(shown)

    @action(detail=True, methods=["get"])
    def checks(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What the text lacks: blockers first, then warnings."""
        content, _version = plans.readable_content(self.get_object(), self.actor, at=self.at)
        return Response([{**error_of(one), "blocks": one.blocks} for one in plan_checks.problems(content)])

    @action(detail=True, methods=["get"])
    def board(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Where each state stands, and for whom it waits since when."""
        row = self.get_object()
        agrees = plans.takes_part_in_agreeing(self.actor, at=self.at)
        if not agrees and not plans.sees_working_text(self.actor, row, at=self.at):
            raise NotFound
        return Response(board_shown(row, self.actor, at=self.at))

    def carry_out(self, row: Plan, name: str, given: dict[str, Any]) -> None:
        for member, model in _NAMED.items():
            if given.get(member) is not None:
                given[member] = self._named(row, member, model, given[member])
        if name == "record_agreement":
            given.setdefault("meeting", None)
        machine.perform(row, name, actor=self.actor, at=self.at, **given)

    def _named(self, plan: Plan, member: str, model: Any, pk: int) -> Any:
        """The row with this id, if the caller may see it; of another plan it is as good as missing."""
        found = visible_to(model, self.actor, at=self.at).filter(pk=pk).first()
        if found is None:
            raise BadInput([Problem(code="unknown", field=member, message=_("There is no such row."))])
        if member == "meeting":
            return found
        version = found.version if member == "agreement" else found.agreement.version
        if version.plan_id != plan.pk:
            raise NotFound
        return found
