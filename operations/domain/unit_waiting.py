"""What units' returns put on the list "my work" of their agency's officers: those that wait for a second officer."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Min, Q
from django.utils.translation import ngettext_lazy

from operations.domain.access import Standing
from operations.domain.period_names import return_name
from operations.domain.waiting import WorkItem, provider
from operations.models import Return, Submission


@provider
def unit_returns_to_decide(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """One line for each period, which leads to the agency's chase list; never for what the officer sent himself."""
    if not seen.agencies:
        return
    waiting = (
        Submission.objects.filter(
            status=Submission.Status.SUBMITTED,
            expected_return__agency__in=seen.agencies,
            expected_return__unit__isnull=False,
        )
        .exclude(Q(entered_by=user) | Q(submitted_by=user))
        .values("expected_return__agency", "expected_return__period")
        .annotate(count=Count("pk"), since=Min("submitted_at"))
    )
    found = {(row["expected_return__agency"], row["expected_return__period"]): row for row in waiting.order_by()}
    owed = Return.objects.filter(
        unit__isnull=True, agency__in={key[0] for key in found}, period__in={key[1] for key in found}
    )
    for row in owed.select_related("period"):
        group = found.get((row.agency_id, row.period_id))
        if group is None:
            continue
        count = ngettext_lazy(
            "%(count)s return of a unit to decide on", "%(count)s returns of units to decide on", group["count"]
        )
        yield WorkItem(
            kind="unit.decide",
            title=return_name(row.period),
            subject=row,
            detail=count % {"count": group["count"]},
            since=group["since"],
        )
