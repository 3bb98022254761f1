"""Pages of a plan: its text in the order of the official form, its start, and what can be done with it now."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain import (
    machine,
    operations,
    plan_accounts,
    plan_checks,
    plan_earlier,
    plan_waiting,
    plans,
)
from operations.domain.access import may, refusal, standing, visible_to
from operations.domain.errors import BadInput, NotFound
from operations.domain.plan_content import Content, measures_of
from operations.domain.plan_reading import Reading
from operations.models import Measure, Operation, Plan, PlanVersion
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, line, radios
from operations.web.returns import reader
from operations.web.tags import reader_language
from operations.workbooks.plan_template import standard_skeleton

addresses.register(Plan, lambda row: reverse("operations:plan", args=[row.operation.slug]))
addresses.register_work(plan_waiting.AGREEMENT, lambda row: reverse("operations:agreement", args=[row.operation.slug]))
addresses.register(
    PlanVersion, lambda row: reverse("operations:plan-version", args=[row.plan.operation.slug, row.number])
)

#: What the form for starting a plan sends for the standard skeleton; no address of an operation has a colon.
SKELETON = "skeleton:standard"
_PLANS = Plan.objects.select_related("operation", "current_version", "in_force_version", "agreed_at_meeting__body")
#: Acts that are offered beside the plan, in the order of its life, and the page on which each is done.
_OFFERED = (
    *("circulate", "respond", "record_agreement", "submit", "approve", "return", "withdraw"),
    *("amend", "discard_amendment", "close"),
)
_PAGES = {"respond": "operations:agreement-answer", "approve": "operations:plan-approval"}


def plan_or_404(request: HttpRequest, slug: str) -> Plan:
    """The plan of an operation, if the reader may see it."""
    found: Plan = row_or_404(_PLANS, request, operation__slug=slug)
    return found


@require_safe
def plan(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan as the reader may read it; an operation without one offers the planner to start it."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    row = visible_to(_PLANS, request.user, at=now).filter(operation=operation).first()
    if row is None:
        return _without_plan(request, operation)
    content, version = plans.readable_content(row, request.user, at=now)
    edits = may(row, "edit", request.user, at=now)
    found = plan_checks.problems(content) if edits else []
    seen = plan_earlier.seen_before(version, user=request.user) if version else None
    if version is not None:
        plan_earlier.remember(version, user=request.user, at=now)
    return render(
        request,
        "operations/plans/plan.html",
        {
            "operation": operation,
            "plan": row,
            "version": version,
            "reading": Reading(content, language=reader_language(), progress=_progress(row)),
            "transitions": offered(row, request),
            "may_edit": edits,
            "blockers": [problem for problem in found if problem.blocks],
            "warnings": [problem for problem in found if not problem.blocks],
            "seen": seen if seen and (seen.version.approved_at or _agrees(request)) else None,
            "versions": readable_versions(row, request),
            "acts": plans.acts_of(row) if _agrees(request) else [],
            "is_superseded_text": version is not None and version.pk != row.current_version_id,
        },
    )


def readable_versions(row: Plan, request: HttpRequest) -> list[PlanVersion]:
    """Everybody who sees the plan reads what was approved; what was only circulated is for those who agree it."""
    found, agrees = row.versions.select_related("frozen_by", "approved_by"), _agrees(request)
    return [one for one in found if agrees or one.approved_at is not None]


def _progress(row: Plan) -> dict[int, plan_accounts.HowFar]:
    """How far each measure is, once the plan has been in force."""
    return {} if row.in_force_version_id is None else plan_accounts.how_far(row)


def origins_of(content: Content, request: HttpRequest) -> dict[int, Measure]:
    """The measures that those of the plan were copied from, as far as the reader may see them."""
    named = {measure["copied_from"] for measure in measures_of(content)} - {None}
    rows = visible_to(Measure, request.user, at=timezone.now()).select_related("objective__plan__operation")
    return rows.in_bulk(named) if named else {}


def offered(row: Plan, request: HttpRequest) -> list[dict[str, Any]]:
    """The acts that the reader may do with the plan now, each with its page and what still stands in the way."""
    shown = []
    for offer in machine.available(row, request.user, at=timezone.now(), only=_OFFERED):
        name = offer.transition.name
        if name == "discard_amendment" and row.in_force_version_id is None:
            continue
        page = _PAGES.get(name)
        shown.append(
            {
                "name": name,
                "label": offer.transition.label,
                "url": reverse(page, args=[row.operation.slug])
                if page
                else reverse("operations:plan-act", args=[row.operation.slug, name.replace("_", "-")]),
                "allowed": offer.is_allowed,
                "refusal": offer.refusal,
            }
        )
    return shown


def _without_plan(request: HttpRequest, operation: Operation) -> HttpResponse:
    """A plan that is not there and one that is not the reader's to see look the same."""
    may_start = may(operation, "start_plan", request.user, at=timezone.now())
    sources = Plan.objects.none()
    if may_start:
        sources = visible_to(Plan, request.user, at=timezone.now()).select_related("operation")
    elif standing(request.user, timezone.now()).is_headquarters is False:
        raise NotFound
    return render(
        request,
        "operations/plans/start.html",
        {"operation": operation, "may_start": may_start, "sources": sources, "skeleton": SKELETON},
    )


@require_POST
def start(request: HttpRequest, slug: str) -> HttpResponse:
    """Starts the plan of an operation: empty, from the standard skeleton, or copied from an earlier one."""
    operation = row_or_404(Operation, request, slug=slug)
    now, chosen = timezone.now(), request.POST.get("source", "")
    if chosen == SKELETON:
        skeleton = standard_skeleton()
        operations.start_plan(operation=operation, skeleton=skeleton, actor=reader(request), at=now)
    elif chosen:
        source = row_or_404(_PLANS, request, operation__slug=chosen)
        operations.copy_plan(operation=operation, source=source, actor=reader(request), at=now)
    else:
        operations.start_plan(operation=operation, actor=reader(request), at=now)
    messages.success(request, _("The plan is started as a draft."))
    return redirect("operations:plan-edit", slug=operation.slug)


@require_http_methods(["GET", "POST"])
def new_operation(request: HttpRequest) -> HttpResponse:
    """Sets up an operation of a year; its plan is started on the next page."""
    refused = refusal(Operation(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None, initial={"kind": "annual"})
    form.fields.update(
        {
            "year": line(_("Year"), required=True, inputmode="numeric"),
            "kind": radios(_("Kind"), Operation.Kind.choices),
            "slug": line(_("Address"), required=True, hint=_("Small Latin letters, digits and hyphens: illegal-2028.")),
            "title_ru": line(_("Title"), required=True),
            "title_en": line(_("Title"), required=True),
        }
    )
    if request.method == "POST":
        try:
            row = operations.create_operation(values=form.typed(), actor=reader(request), at=timezone.now())
        except BadInput as error:
            form.refuse(error)
        else:
            return redirect("operations:plan", slug=row.slug)
    status = 422 if form.errors else 200
    return render(request, "operations/plans/new_operation.html", {"form": form}, status=status)


def _agrees(request: HttpRequest) -> bool:
    return plans.takes_part_in_agreeing(request.user, at=timezone.now())
