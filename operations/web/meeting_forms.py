"""The forms of a meeting's record: one page for all of them, and what it says when somebody else was first."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from operations.models import Meeting
from operations.web.drawn_forms import DrawnForm
from operations.web.plan_conflicts import differences
from operations.web.tags import label


def form_page(
    request: HttpRequest, form: DrawnForm, heading: Any, back: str, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The form, with its errors where there are any; `statement` says what the form is about, `meeting` of which."""
    operation = getattr(more.get("meeting"), "operation", None)
    context = {"form": form, "heading": heading, "back": back, "operation": operation, **more}
    return render(request, "operations/meetings/form.html", context, status=422 if form.errors else status)


def kept_page(
    request: HttpRequest, form: DrawnForm, heading: Any, back: str, current: Any, **more: Any
) -> HttpResponse:
    """Somebody else has saved meanwhile: both texts, field by field, and the form with what was typed."""
    form.retype(revision=current.revision)
    return form_page(request, form, heading, back, status=409, theirs=differences(current, form), **more)


def holds_demonstration(meetings: Iterable[Meeting]) -> bool:
    """Whether a list shows anything of the demonstration, and has to say so."""
    return any(meeting.operation is not None and meeting.operation.is_demonstration for meeting in meetings)


def revision_in(values: dict[str, Any]) -> int:
    """Takes the revision out of what was typed; what is none fits no row."""
    return whole(str(values.pop("revision", "")))


def whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def coded(rows: Any) -> list[tuple[str, str]]:
    return [(row.code, label(row)) for row in rows]
