"""What every page does at its door: find the row by the one row gate, and turn a domain failure into the right page.

A view lets `DomainError` fly: wrong state and conflict become 409, not allowed 403, not found 404 (another state's
object looks exactly the same), unmet needs and bad input 422. A view with a form of its own catches the last two and
shows the form again with what was typed.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from operations.domain.access import visible_to
from operations.domain.errors import DomainError, ListedProblems, NotAllowed, NotFound
from operations.domain.identity import proves_identity
from operations.models import User

PAGES: Mapping[int, str] = {403: "403.html", 404: "404.html", 409: "409.html", 422: "422.html"}


def row_or_404(rows: type[models.Model] | models.QuerySet, request: HttpRequest, **lookup: Any) -> Any:
    """The one row that the reader may see; raises `NotFound` otherwise."""
    seen = visible_to(rows, request.user, at=timezone.now()).filter(**lookup)
    row = seen.first()
    if row is None:
        raise NotFound
    return row


def announced_length(request: HttpRequest) -> int:
    """How many bytes of a body the browser says it sends, before any of them is read; 0 where it says nothing."""
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


def problems_by_field(error: ListedProblems) -> dict[str, list[Any]]:
    """The problems of an error in the order in which they were found, by the name of the field."""
    fields: dict[str, list[Any]] = {}
    for problem in error.problems:
        fields.setdefault(problem.field, []).append(problem)
    return fields


def status_of(error: DomainError) -> int:
    """The HTTP status of a page that shows the failure."""
    if isinstance(error, ListedProblems):
        return 422
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, NotAllowed):
        return 403
    return 409


def reauthenticated(request: HttpRequest) -> bool:
    """Whether the posted password, or code of the second factor, is the signed-in person's own."""
    if not isinstance(request.user, User):
        return False
    return proves_identity(
        request.user,
        password=request.POST.get("password", ""),
        code=request.POST.get("code", ""),
        at=timezone.now(),
    )


class DomainErrorPages:
    """Middleware: the page for a domain failure that a view did not show itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        status = status_of(exception)
        context = {"error": exception, "problems": getattr(exception, "problems", ())}
        if status == 404:  # byte for byte the page of an address that does not exist
            context = {}
        return render(request, PAGES[status], context, status=status)
