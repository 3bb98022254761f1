"""What the pages of a report have in common: the row, its title, what may be done with it, its content as a page."""

import datetime as dt
from functools import lru_cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from operations.domain import access, machine
from operations.models import Job, Operation, User
from operations.web import addresses
from operations.web.doors import row_or_404
from reports.domain.documents import RENDER_JOB
from reports.domain.reports import has_successor
from reports.domain.snapshots import payload_of
from reports.domain.titles import NAMED_BY, full_title_of, title_of
from reports.models import Report, Snapshot
from reports.rendering.document import report_page_html

addresses.register(Report, lambda row: reverse("reports:report", args=[row.pk]))


def _report_of_job(job: Job, user: Any, at: dt.datetime) -> tuple[str, str] | None:
    """The report whose document a job draws."""
    rows = access.visible_to(Report, user, at=at).filter(snapshots=job.arguments.get("snapshot_id"))
    report = rows.select_related(*NAMED_BY).first()
    return None if report is None else (full_title_of(report), reverse("reports:report", args=[report.pk]))


addresses.register_job(RENDER_JOB, _report_of_job)


def actor_of(request: HttpRequest) -> User:
    """Who acts: whoever has no account was turned away at the door."""
    user: Any = request.user
    found: User = user
    return found


def found_report(request: HttpRequest, pk: int) -> Report:
    """The report that the reader may see; raises `NotFound`."""
    rows = Report.objects.select_related(*NAMED_BY, "composed_by", "submitted_by", "published_by")
    report: Report = row_or_404(rows, request, pk=pk)
    return report


def acts_of(report: Report, request: HttpRequest) -> list[dict[str, Any]]:
    """The transitions for `components/transitions.html`; writing has a page of its own."""
    offered = machine.available(report, request.user, at=timezone.now())
    acts = []
    for offer in offered:
        name = offer.transition.name
        if name == "unclear":  # on the page where figures are cleared
            continue
        if name == "edit":
            url = reverse("reports:compose", args=[report.pk])
        elif name == "send":
            url = reverse("reports:distribution", args=[report.pk])
        elif name == "clear":
            url = reverse("reports:cleared-figures", args=[report.pk])
        else:
            url = reverse("reports:act", args=[report.pk, name])
        # an open checklist does not bar the way: the page behind the button asks for the explanation
        allowed = offer.is_allowed or name == "submit"
        label, refusal = offer.transition.label, offer.refusal
        acts.append({"name": name, "label": label, "url": url, "allowed": allowed, "refusal": refusal})
    return acts


def may_supersede(report: Report, request: HttpRequest) -> bool:
    """Whether the reader may open a newer report in the place of a decided one."""
    if report.status not in (Report.Status.APPROVED, Report.Status.PUBLISHED) or has_successor(report):
        return False
    blank = Report(
        definition=report.definition,
        operation=report.operation,
        stage=report.stage,
        state=report.state,
        status=Report.Status.DRAFT,
    )
    return access.may(blank, "edit", request.user, at=timezone.now())


def with_names(reports: Any) -> list[dict[str, Any]]:
    """Reports with what they are called, for lists."""
    return [{"report": report, "name": title_of(report)} for report in reports]


SECTIONS, ANNEXES = "sections", "annexes"
LEFT_OUT: dict[str, dict[str, Any]] = {
    SECTIONS: {"annexes": [], "sources": []},
    ANNEXES: {"summary": [], "sections": [], "signature": None},
}


def part_of(request: HttpRequest) -> str:
    """Which part of the text the reader asked for."""
    return ANNEXES if request.GET.get("part") == ANNEXES else SECTIONS


def body_of(snapshot: Snapshot, *, part: str, language: str) -> tuple[SafeString, SafeString]:
    """Contents and text of the sections or annexes for a page; a snapshot never changes, so they are drawn once."""
    return _body(snapshot.pk, snapshot.sha256, part, language)


@lru_cache(maxsize=32)
def _body(pk: int, sha256: str, part: str, language: str) -> tuple[SafeString, SafeString]:
    payload = {**payload_of(Snapshot.objects.get(pk=pk)), **LEFT_OUT[part]}
    return report_page_html(payload=payload, language=language)


def operation_of(request: HttpRequest, slug: str) -> Operation:
    operation: Operation = row_or_404(Operation, request, slug=slug)
    return operation
