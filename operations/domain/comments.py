"""Comments on figures: the verbs, who sees them, the threads of a return, and what waits for a follow-up."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import Count, Q, QuerySet

from operations.domain import (
    comment_workflow,  # noqa: F401 - the table that the verbs carry out
    creation,
    machine,
)
from operations.domain.access import EVERYTHING, Standing, refusal, return_gate, scope, visible_to
from operations.domain.errors import NotFound, WrongState
from operations.domain.return_layout import CellKey
from operations.models import Comment, Return, Submission, User


@scope(Comment)
def _comments(seen: Standing, user: Any) -> Q:
    """Whoever sees a return reads what was said about it."""
    return EVERYTHING if seen.is_system else return_gate(seen, "submission__expected_return__")


@dataclass(frozen=True)
class Thread:
    """What was said about one cell, or (`key` None) about the return as a whole, the earliest first."""

    key: CellKey | None
    comments: tuple[Comment, ...]

    @property
    def flagged(self) -> int:
        """How many of the comments wait for a follow-up."""
        return sum(is_flagged(comment) for comment in self.comments)


def comment_on(
    *,
    expected_return: Return,
    text: str,
    actor: User,
    at: dt.datetime,
    cell: str = "",
    needs_follow_up: bool = False,
    screening_reason: str = "",
) -> Comment:
    """Says something about the newest submission of a return, or about one of its cells by address.

    Raises `NotFound` for a return that the actor does not see, `WrongState` where nothing is entered yet, `NotAllowed`,
    and `BadInput` with every problem of what was given.
    """
    if not visible_to(Return, actor, at=at).filter(pk=expected_return.pk).exists():
        raise NotFound
    newest = newest_submission(expected_return)
    if newest is None:
        raise WrongState(code="not_started")
    given = {"text": text, "cell": cell, "needs_follow_up": needs_follow_up, "screening_reason": screening_reason}
    return creation.create(Comment(submission=newest), actor=actor, at=at, **given)


def settle_comment(
    *, comment: Comment, actor: User, at: dt.datetime, note: str = "", screening_reason: str = ""
) -> Comment:
    """Takes the follow-up flag down; the comment and the note stay to be read."""
    given = {"note": note, "screening_reason": screening_reason}
    return cast(Comment, machine.perform(comment, "settle", actor=actor, at=at, **given))


def may_comment(expected_return: Return, user: Any, *, at: dt.datetime) -> bool:
    """Whether there is something to comment on and the person takes part."""
    newest = newest_submission(expected_return)
    return newest is not None and refusal(Comment(submission=newest), "create", user, at=at) is None


def newest_submission(expected_return: Return) -> Submission | None:
    found = expected_return.submissions.order_by("-number").first()
    if found is not None:
        found.expected_return = expected_return
    return found


def is_flagged(comment: Comment) -> bool:
    return comment.needs_follow_up and comment.settled_at is None


def flagged(rows: QuerySet[Comment]) -> QuerySet[Comment]:
    """The comments that wait for a follow-up."""
    return rows.filter(needs_follow_up=True, settled_at__isnull=True)


def threads_of(expected_return: Return) -> dict[CellKey | None, Thread]:
    """Every thread of a return over all its submissions: one query."""
    rows = Comment.objects.filter(submission__expected_return=expected_return).select_related(
        "submission", "written_by", "settled_by"
    )
    found: Mapping[CellKey | None, list[Comment]] = defaultdict(list)
    for row in rows.order_by("written_at", "pk"):
        row.submission.expected_return = expected_return
        key = None if row.indicator_id is None or row.category_id is None else (row.indicator_id, row.category_id)
        found[key].append(row)
    return {key: Thread(key, tuple(comments)) for key, comments in found.items()}


def flagged_by_return(returns: Iterable[int]) -> dict[int, int]:
    """By return, how many comments wait for a follow-up; returns without any are left out."""
    rows = flagged(Comment.objects.filter(submission__expected_return__in=list(returns))).order_by()
    return dict(rows.values_list("submission__expected_return").annotate(count=Count("pk")))
