"""The page of the registers of controlled persons: each state's stock, how fresh it is, what the returns say."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from operations.domain import registers
from operations.web.exchange import REGISTER, frame, live_operation


@require_safe
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """The latest readings of the states that take part, as far as the reader may see them."""
    operation = live_operation(request, slug)
    now = timezone.now()
    return render(
        request,
        "operations/registers/register.html",
        {
            **frame(request, operation, REGISTER),
            "registers": registers.registers(operation, user=request.user, at=now),
            "recent": registers.recent(operation, user=request.user, at=now),
            "at": now,
        },
    )
