"""What flags on comments put on "my work": for whoever has to act on one, until somebody settles it.

A flag raised from outside (the head, the headquarters; for a unit an officer of its agency) waits for the officers of
whoever reports. One that these raised themselves waits for whoever decides on the return. Once somebody else has said
something after it in the same thread, it waits for the person who raised it, who settles it or asks on.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import ngettext_lazy

from operations.domain.access import Standing, visible_to
from operations.domain.comments import flagged
from operations.domain.moments import moscow_date
from operations.domain.period_names import return_name
from operations.domain.plan_content import spoken
from operations.domain.submission_workflow import decides_on, is_officer_of
from operations.domain.waiting import WorkItem, provider
from operations.models import Comment, Membership, Return, Role

Posts = frozenset[tuple[int, int | None, int | None]]


@provider
def flags_to_follow_up(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """One line for each return with flags that wait for this person: three queries."""
    if not (seen.agencies or seen.units or seen.headed_states or seen.is_headquarters):
        return
    related = "expected_return__period", "expected_return__agency__kind", "expected_return__unit"
    open_flags = flagged(visible_to(Comment, user, at=at)).order_by("written_at", "pk")
    rows = list(open_flags.select_related(*(f"submission__{name}" for name in related)))
    if not rows:
        return
    answered, posts = _answered(rows), _posts({row.written_by_id for row in rows}, at)
    owed: dict[int, list[Comment]] = {}
    for row in rows:
        if _waits_for(user, row, is_answered=row.pk in answered, posts=posts, at=at):
            owed.setdefault(row.submission.expected_return_id, []).append(row)
    for found in owed.values():
        yield _item(found)


def _waits_for(user: Any, flag: Comment, *, is_answered: bool, posts: Posts, at: dt.datetime) -> bool:
    """Whether the person is the next to act on the flag."""
    if is_answered or flag.written_by_id == user.pk:
        return is_answered and flag.written_by_id == user.pk
    expected_return = flag.submission.expected_return
    if (flag.written_by_id, expected_return.agency_id, expected_return.unit_id) in posts:
        return decides_on(user, expected_return, at)
    return is_officer_of(user, expected_return, at)


def _answered(flags: Iterable[Comment]) -> set[int]:
    """The flags after which somebody else said something in the same thread."""
    rows = list(flags)
    returns = {row.submission.expected_return_id for row in rows}
    said: dict[Any, list[tuple[Any, int]]] = {}
    thread = "submission__expected_return", "indicator", "category"
    for *key, written_at, pk, writer in Comment.objects.filter(submission__expected_return__in=returns).values_list(
        *thread, "written_at", "pk", "written_by"
    ):
        said.setdefault(tuple(key), []).append(((written_at, pk), writer))
    return {
        row.pk
        for row in rows
        for when, writer in said[row.submission.expected_return_id, row.indicator_id, row.category_id]
        if when > (row.written_at, row.pk) and writer != row.written_by_id
    }


def _posts(writers: Iterable[int], at: dt.datetime) -> Posts:
    """Whom the writers report for: person, agency, unit."""
    held = Membership.objects.on(moscow_date(at)).filter(role=Role.AGENCY_OFFICER, user__in=writers)
    return frozenset(held.values_list("user", "agency", "unit"))


def _item(flags: list[Comment]) -> WorkItem:
    expected_return: Return = flags[0].submission.expected_return
    who = expected_return.unit or expected_return.agency
    words = ngettext_lazy("%(count)s comment to follow up", "%(count)s comments to follow up", len(flags))
    return WorkItem(
        kind="comment.flagged",
        title=f"{spoken({'ru': who.name_ru, 'en': who.name_en})}: {return_name(expected_return.period)}",
        subject=flags[0],
        detail=words % {"count": len(flags)},
        since=flags[0].written_at,
    )
