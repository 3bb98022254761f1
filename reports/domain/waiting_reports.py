"""What reports put on the list "my work": a report to decide on, one that came back, one to publish."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.domain import access
from operations.domain.access import Standing
from operations.domain.waiting import WorkItem, provider
from reports.domain.titles import NAMED_BY, title_of
from reports.models import Report

_OFFERS = (
    (Report.Status.SUBMITTED, "approve", _("Report to approve")),
    (Report.Status.RETURNED, "submit", _("Report returned for revision")),
    (Report.Status.APPROVED, "publish", _("Report to publish")),
)


@provider
def reports_waiting(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """Reports whose next step is this person's to take; unmet needs do not hide them."""
    waiting = [status for status, _act, _kind in _OFFERS]
    open_ones = access.visible_to(Report, user, at=at).filter(status__in=waiting)
    for report in open_ones.select_related(*NAMED_BY):
        for status, act, kind in _OFFERS:
            if report.status != status:
                continue
            refused = access.refusal(report, act, user, at=at)
            if refused is None or (refused.code == "unmet" and act == "submit"):
                yield WorkItem(
                    kind=f"report.{act}",
                    title=title_of(report),
                    subject=report,
                    detail=kind,
                    since=report.submitted_at or report.created_at,
                )
