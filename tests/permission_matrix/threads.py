"""What is said about the own authority's accepted return: a query that is open, one that is answered, a flag."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from operations.domain import comments, queries
from operations.domain.moments import moscow_date
from operations.models import Return, User


def make_threads(users: Mapping[str, User | None], accepted: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """By name, the rows as their doors name them; `accepted` is the return that they are about."""
    owed = Return.objects.get(pk=accepted["pk"])
    planner, officer = users["planner"], users["officer"]
    assert planner is not None and officer is not None
    now = timezone.now()
    due = moscow_date(now) + dt.timedelta(days=5)
    asked = [
        queries.ask_query(expected_return=owed, text="Уточните число проверок", due_date=due, actor=planner, at=now)
        for _one in range(2)
    ]
    answered = queries.answer_query(query=asked[1], text="Число проверок верно", actor=officer, at=now)
    flag = comments.comment_on(
        expected_return=owed, text="Проверить", cell="VIO01.TOTAL", needs_follow_up=True, actor=planner, at=now
    )
    rows = {"query-open": asked[0], "query-answered": answered, "comment-flagged": flag}
    common = {"slug": accepted["slug"], "return": owed.pk, "tomorrow": due.isoformat()}
    found = {name: {**common, "pk": row.pk, "revision": getattr(row, "revision", 0)} for name, row in rows.items()}
    return {**found, "asked-about": {**accepted, **common}}
