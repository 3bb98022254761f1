"""The first page of an operation: how far it is on its way, what comes next, and where everything is.

A newcomer reads here in which order the work goes: plan, agreement, approval, returns, report. Each step says in
numbers how far it is and leads to its page.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from operations.domain import plans
from operations.domain.access import may, visible_to
from operations.domain.agreement_answers import board
from operations.domain.completeness import completeness
from operations.domain.moments import moscow_date
from operations.domain.plan_reading import Reading
from operations.domain.wording import date_text, share_text
from operations.models import (
    ContextEvent,
    Operation,
    Plan,
    PublishedStage,
    ReportingPeriod,
    Return,
)
from operations.web.doors import row_or_404
from operations.web.plans import offered
from operations.web.tags import counted, reader_language

NEXT_PERIODS = 4
Status = Plan.Status
#: How many of the steps plan, agreement, approval are behind a plan of each status.
_BEHIND = {
    Status.DRAFT: 0,
    Status.RETURNED: 0,
    Status.IN_AGREEMENT: 1,
    Status.AGREED: 2,
    Status.SUBMITTED: 2,
    Status.APPROVED: 3,
    Status.CLOSED: 3,
}


@dataclass(frozen=True)
class Step:
    """One step of the operation's way: done, current or ahead."""

    title: str
    url: str
    detail: str
    standing: str


@dataclass(frozen=True)
class ShownStage:
    """A stage with where it stands today."""

    stage: dict[str, Any]
    standing: str
    days_to: int


@require_safe
def operation(request: HttpRequest, slug: str) -> HttpResponse:
    """One operation: how far it is, its stages, who takes part; a historical one shows what sources say."""
    row = row_or_404(Operation.objects.select_related("plan"), request, slug=slug)
    now = timezone.now()
    plan = visible_to(Plan, request.user, at=now).select_related("current_version").filter(operation=row).first()
    # the text as this reader may read it: of an amendment's draft nobody else sees anything
    content = plans.readable_content(plan, request.user, at=now)[0] if plan is not None else None
    reading = Reading(content, language=reader_language()) if content is not None else None
    periods = ReportingPeriod.objects.filter(operation=row, due_at__gte=now)
    return render(
        request,
        "operations/operation.html",
        {
            "operation": row,
            "plan": plan,
            "steps": [] if row.is_historical else _steps(row, plan, reading, request),
            "transitions": offered(plan, request) if plan is not None else [],
            "may_edit": plan is not None and may(plan, "edit", request.user, at=now),
            "stages": _stages(reading, now),
            "periods": periods.order_by("due_at", "code")[:NEXT_PERIODS],
            "published_stages": PublishedStage.objects.filter(operation=row).select_related("state"),
            "participations": row.participations.select_related("state"),
            "events": ContextEvent.objects.filter(starts_on__year=row.year),
        },
    )


def _stages(reading: Reading | None, now: dt.datetime) -> list[ShownStage]:
    today = moscow_date(now)
    shown = []
    for stage in reading.stages() if reading is not None else ():
        standing = "ahead" if today < stage["start"] else "past" if today > stage["end"] else "under_way"
        shown.append(ShownStage(stage, standing, (stage["start"] - today).days))
    return shown


def _steps(row: Operation, plan: Plan | None, reading: Reading | None, request: HttpRequest) -> list[Step]:
    """The five steps; the first that is not done is the current one."""
    now = timezone.now()
    titles = (_("Plan"), _("Agreement of the states"), _("Approval of the plan"), _("Returns"), _("Annual report"))
    pages = ("operations:plan", "operations:agreement", "operations:plan", "operations:returns")
    urls = [reverse(page, args=[row.slug]) for page in (*pages, "reports:operation-reports")]
    reported_at = row.annual_report_approved_at
    behind = 0 if plan is None else _BEHIND[Status(plan.status)]
    if plan is not None and plan.in_force_version_id is not None:
        behind = 3
    done = [behind > 0, behind > 1, behind > 2, reported_at is not None, reported_at is not None]
    details = (*_of_plan(plan, reading, request), _received(row, request, now), _on(reported_at))
    current = done.index(False) if False in done else len(done)
    standings = ["done" if is_done else "current" if at == current else "ahead" for at, is_done in enumerate(done)]
    return [Step(*parts) for parts in zip(titles, urls, details, standings, strict=True)]


def _of_plan(plan: Plan | None, reading: Reading | None, request: HttpRequest) -> tuple[str, str, str]:
    """In numbers: what the plan holds, who has agreed, since when it is in force."""
    if plan is None or reading is None:
        return "", "", ""
    objectives = reading.objectives()
    measures = sum(len(objective["measures"]) for objective in objectives)
    content = f"{counted(len(objectives), 'objective')}, {counted(measures, 'measure')}"
    # what is circulated is between those who draw it up and those who agree it
    agrees = plan.current_version_id and plans.takes_part_in_agreeing(request.user, at=timezone.now())
    answers = [answer for answer in board(plan) if answer.takes_part] if agrees else []
    agreed = sum(answer.counts for answer in answers)
    of_all = share_text(agreed, len(answers), language=reader_language()) if answers else ""
    version: Any = plan.in_force_version
    return content, of_all, _on(version.approved_at if version is not None else None)


def _received(row: Operation, request: HttpRequest, now: dt.datetime) -> str:
    measures = completeness(row, at=now, returns=visible_to(Return, request.user, at=now).filter(period__operation=row))
    if not measures.expected:
        return ""
    share = share_text(measures.received, measures.expected, language=reader_language())
    return _("%(share)s received of what is due") % {"share": share}


def _on(moment: dt.datetime | None) -> str:
    return date_text(moment, language=reader_language()) if moment is not None else ""
