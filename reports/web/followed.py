"""Documents of a plan and of a meeting's minutes: what there is to fetch, and asking for another language or format.

They follow the approval of their object. Whoever may read the approved text as a whole fetches its document here; a
draft, as a PDF or as a working copy for a word processor, is for those who work on the text.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from operations.domain.access import standing, visible_to
from operations.domain.errors import NotAllowed
from operations.models import Job, Meeting, Operation, Plan
from operations.web.doors import row_or_404
from reports.domain.documents import RENDER_JOB, DocumentKind, ask_for
from reports.domain.following import (
    follow_minutes,
    follow_plan,
    minutes_to_draw,
    number_of_readable,
    operation_of_minutes,
    plan_to_draw,
)
from reports.domain.gates import reads_whole
from reports.domain.origins import MINUTES, PLAN
from reports.models import Approval, Document, Report, Snapshot
from reports.tasks import ready_document
from reports.web.report_pages import actor_of

Source = tuple[Snapshot, Approval | None]
_LANGUAGES = (
    ("ru", gettext_lazy("Russian")),
    ("en", gettext_lazy("English")),
    ("both", gettext_lazy("Both languages")),
)
_APPROVED_FORMATS = (("pdf", "PDF"), ("xlsx", "XLSX"), ("csv", "CSV"), ("json", "JSON"), ("html", "HTML"))
_DRAFT_FORMATS = (("docx", gettext_lazy("DOCX, working copy")), ("pdf", "PDF"))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What may be asked for on the page: the approved document, or the draft."""

    name: str
    heading: str | Promise
    formats: tuple[tuple[str, str | Promise], ...]
    source: Callable[[], Source]


class WantedForm(forms.Form):
    """One of the documents in a format and a language."""

    format = forms.ChoiceField(label=gettext_lazy("Format"))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=_LANGUAGES)

    def __init__(self, data: Any = None, *, wanted: Wanted) -> None:
        super().__init__(data, prefix=wanted.name)
        self.fields["format"].choices = wanted.formats  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def plan_documents(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan's documents: of the version in force, and of the draft for those who write it."""
    rows = Plan.objects.select_related("operation", "in_force_version", "current_version")
    plan: Plan = row_or_404(rows, request, operation__slug=slug)
    now, offered = timezone.now(), []
    seen, in_force = standing(request.user, now), plan.in_force_version
    if in_force is not None and (seen.sees_all_states or seen.headed_states or seen.agency_states):
        heading = _("Version in force, No. %(number)s") % {"number": in_force.number}
        source: Callable[[], Source] = partial(follow_plan, in_force, at=now)
        offered.append(Wanted(name="approved", heading=heading, formats=_APPROVED_FORMATS, source=source))
    number = number_of_readable(plan)
    if seen.sees_all_states and (in_force is None or number != in_force.number):
        heading = _("Draft, version No. %(number)s") % {"number": number}
        source = partial(plan_to_draw, plan, actor=actor_of(request), at=now, as_working_copy=True)
        offered.append(Wanted(name="draft", heading=heading, formats=_DRAFT_FORMATS, source=source))
    return _page(
        request,
        offered=offered,
        reports=Report.objects.filter(definition=PLAN, operation=plan.operation),
        here=reverse("reports:plan-documents", args=[slug]),
        context={
            "operation": plan.operation,
            "heading": _("Documents of the plan"),
            "back": reverse("operations:plan", args=[slug]),
            "back_label": _("Plan"),
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
def minutes_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """The minutes of a meeting: signed, for all who take part; as a draft, for those who keep the record."""
    meeting: Meeting = row_or_404(Meeting.objects.select_related("body", "operation"), request, pk=pk)
    now, offered = timezone.now(), []
    seen = standing(request.user, now)
    operation: Operation | None = operation_of_minutes(meeting)
    if meeting.signed_at is not None:
        if seen.sees_all_states or seen.headed_states or seen.agency_states:
            source: Callable[[], Source] = partial(follow_minutes, meeting, at=now)
            heading = _("Signed minutes")
            offered.append(Wanted(name="approved", heading=heading, formats=_APPROVED_FORMATS, source=source))
    elif seen.sees_all_states and operation is not None:
        source = partial(minutes_to_draw, meeting, actor=actor_of(request), at=now)
        offered.append(Wanted(name="draft", heading=_("Draft minutes"), formats=_DRAFT_FORMATS, source=source))
    return _page(
        request,
        offered=offered,
        reports=Report.objects.filter(definition=MINUTES, meeting=meeting),
        here=reverse("reports:minutes-documents", args=[pk]),
        context={
            "operation": operation,
            "heading": _("Minutes of meeting No. %(number)s") % {"number": meeting.number},
            "back": reverse("operations:meeting", args=[pk]),
            "back_label": _("Meeting"),
        },
    )


def _page(
    request: HttpRequest, *, offered: list[Wanted], reports: Any, here: str, context: dict[str, Any]
) -> HttpResponse:
    bound = _asked(request, offered)
    if bound is not None:
        wanted, form = bound
        if form.is_valid():
            return _request_document(request, wanted, form, here=here)
    found = list(reports)
    own_jobs, others = _open_jobs(request, found)
    documents = visible_to(Document, request.user, at=timezone.now()).filter(snapshot__report__in=found)
    shown = {
        **context,
        "documents": documents.select_related("snapshot", "approval")
        .defer("snapshot__content")
        .order_by("-snapshot__report__number", "-snapshot__number", "format", "language"),
        "jobs": own_jobs,
        "being_drawn": others,
        "forms": [
            {"wanted": one, "form": bound[1] if bound and bound[0] is one else WantedForm(wanted=one)}
            for one in offered
        ],
    }
    return render(request, "reports/followed.html", shown, status=422 if bound else 200)


def _asked(request: HttpRequest, offered: list[Wanted]) -> tuple[Wanted, WantedForm] | None:
    """What was posted; a person to whom nothing is offered is refused."""
    if request.method != "POST":
        return None
    if not offered:
        raise NotAllowed
    wanted = next((one for one in offered if one.name == request.POST.get("wanted")), offered[0])
    return wanted, WantedForm(request.POST, wanted=wanted)


def _request_document(request: HttpRequest, wanted: Wanted, form: WantedForm, *, here: str) -> HttpResponse:
    """Offers the file that exists already, else sets its drawing going."""
    snapshot, approval = wanted.source()
    now = timezone.now()
    if approval is not None and not reads_whole(request.user, snapshot, at=now):
        raise NotAllowed
    kind = DocumentKind(**form.cleaned_data)
    known = ready_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is not None:
        return redirect("reports:document", pk=known.pk)
    with transaction.atomic():
        ask_for(snapshot=snapshot, approval=approval, kind=kind, actor=actor_of(request), at=now)
    messages.success(request, _("The document is being drawn. It appears in the list when it is ready."))
    return redirect(here)


def _open_jobs(request: HttpRequest, reports: Iterable[Report]) -> tuple[list[Job], int]:
    """Jobs that the reader asked for and that are not done, and how many others are drawing for these reports."""
    snapshots = set(Snapshot.objects.filter(report__in=list(reports)).values_list("pk", flat=True))
    rows = Job.objects.filter(kind=RENDER_JOB).exclude(status__in=[Job.Status.DONE, Job.Status.CANCELLED])
    drawing = [job for job in rows[:200] if job.arguments.get("snapshot_id") in snapshots]
    own = set(visible_to(rows, request.user, at=timezone.now()).values_list("pk", flat=True))
    others = [job for job in drawing if job.pk not in own and job.status != Job.Status.FAILED]
    return [job for job in drawing if job.pk in own], len(others)
