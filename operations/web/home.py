"""The first pages: what waits for the reader, and the list of operations."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain.access import refusal, standing, visible_to
from operations.domain.return_waiting import coming_returns
from operations.domain.waiting import waiting_for
from operations.models import Notice, Operation, Plan
from operations.web import addresses

addresses.register(Operation, lambda row: reverse("operations:operation", args=[row.slug]))


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """What waits for me, late things first, and my latest notices."""
    now = timezone.now()
    items = [{"item": item, "url": addresses.address_of_work(item)} for item in waiting_for(request.user, at=now)]
    notices = visible_to(Notice, request.user, at=now)[:10]
    operations = visible_to(Operation, request.user, at=now).filter(origin=Operation.Origin.LIVE)
    return render(
        request,
        "operations/my_work.html",
        {
            "items": items,
            "coming": coming_returns(standing(request.user, now), at=now),
            "notices": notices,
            "operations": operations.select_related("plan")[:5],
            "seen_plans": _seen_plans(request),
        },
    )


@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """All operations: those planned here, and those known from published sources."""
    rows = visible_to(Operation, request.user, at=timezone.now()).select_related("plan")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    may_create = refusal(Operation(), "create", request.user, at=timezone.now()) is None
    context = {"page": page, "may_create": may_create, "seen_plans": _seen_plans(request)}
    return render(request, "operations/operations.html", context)


def _seen_plans(request: HttpRequest) -> set[int]:
    """How far a plan is that the reader may not see is not said either."""
    return set(visible_to(Plan, request.user, at=timezone.now()).values_list("pk", flat=True))
