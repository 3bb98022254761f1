"""The first pages: what waits for the reader, the list of operations, one operation's overview."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain import plans
from operations.domain.access import refusal, visible_to
from operations.domain.plan_reading import Reading
from operations.domain.waiting import waiting_for
from operations.models import ContextEvent, Notice, Operation, Plan, PublishedStage
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.tags import reader_language

addresses.register(Operation, lambda row: reverse("operations:operation", args=[row.slug]))


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, late things first, and my latest notices."""
    now = timezone.now()
    items = [{"item": item, "url": addresses.address_of(item.subject)} for item in waiting_for(request.user, at=now)]
    notices = visible_to(Notice, request.user, at=now)[:10]
    operations = visible_to(Operation, request.user, at=now).filter(origin=Operation.Origin.LIVE)
    return render(
        request,
        "operations/my_work.html",
        {"items": items, "notices": notices, "operations": operations.select_related("plan")[:5]},
    )


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """All operations: those planned here, and those known from published sources."""
    rows = visible_to(Operation, request.user, at=timezone.now()).select_related("plan")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    may_create = refusal(Operation(), "create", request.user, at=timezone.now()) is None
    # how far a plan is that the reader may not see is not said either
    seen_plans = set(visible_to(Plan, request.user, at=timezone.now()).values_list("pk", flat=True))
    context = {"page": page, "may_create": may_create, "seen_plans": seen_plans}
    return render(request, "operations/operations.html", context)


def _stages(plan: Plan | None, request: HttpRequest) -> list[dict[str, Any]]:
    """The stages as the reader may read them: of an amendment's draft nobody else sees anything."""
    if plan is None:
        return []
    content, _version = plans.readable_content(plan, request.user, at=timezone.now())
    return Reading(content, language=reader_language()).stages()


@require_safe
def operation(request: HttpRequest, slug: str) -> HttpResponse:
    """One operation: how far it is, its stages, who takes part; a historical one shows what sources say."""
    row = row_or_404(Operation.objects.select_related("plan"), request, slug=slug)
    now = timezone.now()
    plan = visible_to(Plan, request.user, at=now).filter(operation=row).first()
    return render(
        request,
        "operations/operation.html",
        {
            "operation": row,
            "plan": plan,
            "stages": _stages(plan, request),
            "published_stages": PublishedStage.objects.filter(operation=row).select_related("state"),
            "participations": row.participations.select_related("state"),
            "events": ContextEvent.objects.filter(starts_on__year=row.year),
        },
    )
