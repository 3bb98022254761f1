"""What stands beside a return for whoever reads it: comments, queries, unusual figures, the history of breaches."""

import datetime as dt
from typing import Any

from django.utils import timezone

from operations.domain import queries
from operations.domain.comments import may_comment, threads_of
from operations.domain.outlier_history import Unusual, unusual_figures
from operations.domain.return_layout import Layout
from operations.models import Query, Return, Submission
from operations.web.breaches import breach_steps
from operations.web.unusual_words import methods


def said_about(user: Any, expected_return: Return, submission: Submission | None, layout: Layout) -> dict[str, Any]:
    """The counts of the threads, cell by cell, the queries with their marks, what is unusual, the steps of breaches."""
    now = timezone.now()
    threads = threads_of(expected_return)
    asked = Query.objects.filter(expected_return=expected_return).select_related("indicator")
    unusual = Unusual(is_compared=False) if submission is None else unusual_figures(submission)
    currency = expected_return.agency.state.currency
    return {
        "said": {layout.address(key): len(thread.comments) for key, thread in threads.items() if key is not None},
        "comments": sum(len(thread.comments) for thread in threads.values()),
        "flagged": sum(thread.flagged for thread in threads.values()),
        "may_comment": may_comment(expected_return, user, at=now),
        "queries": [{"query": row, "is_overdue": queries.is_overdue(row, at=now)} for row in asked],
        "may_ask": queries.may_ask(expected_return, user, at=now),
        "unusual": unusual,
        "currency": currency,
        "breach_steps": breach_steps(expected_return, layout, currency),
        "moved_since": _moved_since(expected_return),
        **methods(),
    }


def _moved_since(expected_return: Return) -> dt.datetime | None:
    """When figures were accepted that the approved report does not know; the report itself never changes."""
    reported = expected_return.reported_at
    if reported is None:
        return None
    accepted = expected_return.submissions.filter(status=Submission.Status.ACCEPTED, decided_at__gt=reported).first()
    return None if accepted is None else accepted.decided_at
