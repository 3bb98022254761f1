"""The digest of an operation's returns as a page: by state, what falls due, is overdue, waits or was sent back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain.access import ANY_HEADQUARTERS, standing
from operations.domain.errors import NotAllowed
from operations.domain.overdue_waiting import ALL_STATES
from operations.domain.returns_digest import counts, digest
from operations.models import Operation
from operations.web import addresses
from operations.web.doors import row_or_404

addresses.register_work(ALL_STATES, lambda row: reverse("operations:returns-digest", args=[row.slug]))


@require_safe
def returns_digest(request: HttpRequest, slug: str) -> HttpResponse:
    """For whoever looks across states: the headquarters, the council chair and the assistant."""
    operation = row_or_404(Operation, request, slug=slug)
    now = timezone.now()
    if not standing(request.user, now).sees_all_states:
        raise NotAllowed.but(ANY_HEADQUARTERS.says)
    found = digest(operation, at=now)
    context = {"operation": operation, "digest": found, "counts": counts(found)}
    return render(request, "operations/calendar/digest.html", context)
