"""What is said about returns and their cells, and the flags that wait for a follow-up. Nothing said is changed."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api.fields import StrictBoolean, StrictInteger, StrictText
from operations.api.parameters import Code, Flag, Whole
from operations.api.queries import MOST_RETURNS, seen_return
from operations.api.resources import WorkflowResource
from operations.api.serializers import Representation, StrictInput, TransitionsField
from operations.domain import comments
from operations.domain.return_layout import cell_address
from operations.domain.thread_words import LONGEST
from operations.domain.tokens import TokenScope
from operations.models import Comment, MemberState, Operation


class CommentShown(Representation):
    """A comment on a submission, or on one of its cells; `is_flagged` while it waits for a follow-up."""

    id = serializers.IntegerField()
    operation = serializers.CharField(source="submission.expected_return.period.operation.slug")
    expected_return = serializers.IntegerField(source="submission.expected_return_id")
    submission = serializers.IntegerField(source="submission.number")
    cell = serializers.SerializerMethodField()
    text = serializers.CharField()
    needs_follow_up = serializers.BooleanField()
    is_flagged = serializers.SerializerMethodField()
    written_by = serializers.CharField(source="written_by.username")
    written_at = serializers.DateTimeField()
    settled_by = serializers.CharField(source="settled_by.username", default=None)
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_note = serializers.CharField()
    transitions = TransitionsField()

    def get_cell(self, row: Comment) -> str | None:
        """The address of the cell (`VIO01.TOTAL`), or null for the return as a whole."""
        if row.indicator is None or row.category is None:
            return None
        return cell_address(row.indicator, row.category)

    def get_is_flagged(self, row: Comment) -> bool:
        return comments.is_flagged(row)


class CommentInput(StrictInput):
    """What is said about the newest submission of a return, or about one of its cells by address."""

    expected_return = StrictInteger(min_value=1, max_value=MOST_RETURNS)
    cell = StrictText(max_length=100, required=False, allow_blank=True)
    text = StrictText(max_length=LONGEST, lines=True)
    needs_follow_up = StrictBoolean(required=False)
    screening_reason = StrictText(max_length=300, required=False)


class SettledFlag(StrictInput):
    """A word on what came of the follow-up."""

    note = StrictText(max_length=LONGEST, lines=True, allow_blank=True, required=False)
    screening_reason = StrictText(max_length=300, required=False)


class Settled(Flag):
    """Whether the follow-up is settled."""

    def read(self, text: str) -> bool:
        return not super().read(text)


class Comments(WorkflowResource):
    """Comments on the returns that the caller sees, the earliest first."""

    queryset = Comment.objects.select_related(
        "submission__expected_return__period__operation",
        "submission__expected_return__agency__kind",
        "indicator",
        "category__breakdown",
        "written_by",
        "settled_by",
    )
    serializer_class = CommentShown
    ordering = ("written_at", "id")
    parameters = {
        "operation": Code(lookup="submission__expected_return__period__operation__slug", model=Operation, code="slug"),
        "state": Code(lookup="submission__expected_return__agency__state__code", model=MemberState),
        "expected_return": Whole(lookup="submission__expected_return"),
        "needs_follow_up": Flag(lookup="needs_follow_up"),
        "settled": Settled(lookup="settled_at__isnull"),
    }
    write_scope = TokenScope.RETURNS
    transitions = {"settle": SettledFlag}
    inputs = {"create": CommentInput}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Says something; those who answer for the figures are told of a flag."""
        given = self.input(CommentInput)
        row = comments.comment_on(
            expected_return=seen_return(self, given.pop("expected_return")), actor=self.actor, at=self.at, **given
        )
        return self.answer(self.get_queryset().get(pk=row.pk), status=201, Location=f"{request.path}{row.pk}/")

    def carry_out(self, row: Comment, name: str, given: dict[str, Any]) -> None:
        comments.settle_comment(comment=row, actor=self.actor, at=self.at, **given)
