"""What lists put on "my work": a receipt to confirm, entries to check, figures that the register left behind."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from operations.domain.access import Standing
from operations.domain.derived_figures import differing_returns
from operations.domain.list_workflow import CENTRE, list_states
from operations.domain.lists import OPEN, next_step
from operations.domain.moments import moscow_moment
from operations.domain.period_names import return_name
from operations.domain.plan_content import spoken
from operations.domain.submission_workflow import is_officer_of
from operations.domain.waiting import WorkItem, provider
from operations.models import Indicator, ListVerification, Return, Submission

#: More lists of one operation than this are one line that leads to the register.
MOST_SINGLE = 5
REGISTER = "lists.register"


@provider
def lists_to_check(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For the information centre and the head: lists of other states whose next step is theirs."""
    if not (seen.agencies or seen.headed_states):
        return
    states = list_states(user, at)
    if not states:
        return
    rows = ListVerification.objects.filter(received_by__in=states, status__in=OPEN)
    found = list(rows.select_related("operation", "sent_by", "received_by").order_by("due_date", "pk"))
    by_operation: dict[int, list[ListVerification]] = {}
    for row in found:
        by_operation.setdefault(row.operation_id, []).append(row)
    for owed in by_operation.values():
        yield from _items(owed, at)


def _items(rows: list[ListVerification], at: dt.datetime) -> Iterator[WorkItem]:
    dated = [row for row in rows if row.due_date is not None]
    if len(rows) > MOST_SINGLE:
        words = ngettext_lazy("%(count)s list to check", "%(count)s lists to check", len(rows))
        operation = rows[0].operation
        yield WorkItem(
            kind=REGISTER,
            title=words % {"count": len(rows)},
            subject=operation,
            detail=spoken({"ru": operation.title_ru, "en": operation.title_en}),
            due_at=_due(dated[0]) if dated else None,
            is_late=any(step.is_overdue for row in rows if (step := next_step(row, at=at))),
        )
        return
    for row in rows:
        step = next_step(row, at=at)
        if step is None:
            continue
        name = spoken({"ru": row.sent_by.short_ru, "en": row.sent_by.short_en})
        yield WorkItem(
            kind="list",
            title=_("List No. %(number)s (%(state)s)") % {"number": row.number, "state": name},
            subject=row,
            detail=step.what,
            since=moscow_moment(step.since),
            due_at=_due(row),
            is_late=step.is_overdue,
        )


def _due(row: ListVerification) -> dt.datetime | None:
    return None if row.due_date is None else moscow_moment(row.due_date, 23, 59)


@provider
def derived_figures_left_behind(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For officers of the information centre: accepted returns whose derived figures the register left behind."""
    if not seen.agencies:
        return
    being_corrected = Submission.objects.filter(expected_return=OuterRef("pk"), status__in=Submission.LIVE)
    derived = Indicator.objects.filter(is_derived=True, forms=OuterRef("form"))
    rows = Return.objects.filter(
        Exists(derived),
        ~Exists(being_corrected),
        agency__in=seen.agencies,
        agency__kind__code=CENTRE,
        unit__isnull=True,
        submissions__status=Submission.Status.ACCEPTED,
    )
    for row in differing_returns(rows.select_related("period__operation", "agency")):
        if is_officer_of(user, row, at):
            yield WorkItem(
                kind="return.derived",
                title=_("Correct the return: the register of lists has changed"),
                subject=row,
                detail=return_name(row.period),
            )
