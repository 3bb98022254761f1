"""What overdue returns put on the list "my work" of those who wait for them: heads and the headquarters."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import ngettext_lazy

from operations.domain.access import RIGHTS_BODY, Standing
from operations.domain.period_names import return_name
from operations.domain.plan_content import spoken
from operations.domain.waiting import WorkItem, provider
from operations.models import Return

#: Work of the headquarters: its page is the digest of the operation.
ALL_STATES = "returns.overdue"


@provider
def overdue_returns(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For heads one line for each period, for the headquarters one for each operation; none of what has closed."""
    rows = Return.objects.filter(
        first_submitted_at__isnull=True,
        due_at__lt=at,
        closes_at__gte=at,
        unit__isnull=True,
        agency__state__participations__operation=F("period__operation"),
        agency__state__participations__takes_part=True,
    ).select_related("period__operation", "agency__state")
    if seen.is_headquarters:
        yield from _by_operation(rows)
    elif seen.headed_states:
        own = Q(agency__state__in=seen.headed_states) & ~Q(agency__kind__code=RIGHTS_BODY)
        yield from _by_period(rows.filter(own))


def _by_operation(rows: QuerySet[Return]) -> Iterator[WorkItem]:
    found: dict[int, list[Return]] = defaultdict(list)
    for row in rows.order_by("due_at", "pk"):
        found[row.period.operation_id].append(row)
    for late in found.values():
        operation = late[0].period.operation
        title = spoken({"ru": operation.title_ru, "en": operation.title_en})
        yield _item(ALL_STATES, title, operation, late)


def _by_period(rows: QuerySet[Return]) -> Iterator[WorkItem]:
    found: dict[int, list[Return]] = defaultdict(list)
    for row in rows.order_by("due_at", "pk"):
        found[row.period_id].append(row)
    for late in found.values():
        period = late[0].period
        name = spoken({"ru": period.operation.title_ru, "en": period.operation.title_en})
        yield _item("return.overdue", f"{return_name(period)}, {name}", period, late)


def _item(kind: str, title: str, subject: Any, late: list[Return]) -> WorkItem:
    count = ngettext_lazy("%(count)s return overdue", "%(count)s returns overdue", len(late))
    return WorkItem(
        kind=kind,
        title=title,
        subject=subject,
        detail=count % {"count": len(late)},
        due_at=late[0].due_at,
        is_late=True,
    )
