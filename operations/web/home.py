"""The first pages: what waits for the reader, the list of operations, one operation's overview."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain.access import visible_to
from operations.domain.waiting import waiting_for
from operations.models import ContextEvent, Notice, Operation, Plan, PublishedStage, Stage
from operations.web import addresses
from operations.web.doors import row_or_404

addresses.register(Operation, lambda row: reverse("operations:operation", args=[row.slug]))


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, late things first, and my latest notices."""
    now = timezone.now()
    items = [
        {"item": item, "url": addresses.address_of(item.subject)} for item in waiting_for(request.user, at=now)
    ]
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
    return render(request, "operations/operations.html", {"page": page})


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
            "stages": visible_to(Stage, request.user, at=now).filter(plan__operation=row),
            "published_stages": PublishedStage.objects.filter(operation=row).select_related("state"),
            "participations": row.participations.select_related("state"),
            "events": ContextEvent.objects.filter(starts_on__year=row.year),
        },
    )
