"""Forms of returns on paper and as an empty workbook; and a return as it stands, to be printed and signed."""

import tempfile
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from operations.domain.access import visible_to
from operations.domain.errors import NotFound, WrongState
from operations.models import Operation, PeriodKind, Return, ReturnForm, Submission
from operations.web.doors import row_or_404
from operations.web.tags import reader_language
from reports.domain.payload import Payload
from reports.domain.printed_forms import empty_form, filled_form, form_number
from reports.rendering.outputs import CONTENT_TYPES
from reports.rendering.process import RenderingFailed, render_to_file

#: A form is a few pages; whoever waits for it waits for the answer.
TIME_LIMIT = 60.0
FORMATS = ("pdf", "xlsx")


@require_safe
def return_forms(request: HttpRequest) -> HttpResponse:
    """The forms in use, by kind of authority and of return, each to be printed empty."""
    rows = visible_to(ReturnForm, request.user, at=timezone.now()).select_related("agency_kind")
    shown = [
        {"form": row, "period": PeriodKind(row.period_kind).label, "number": form_number(row)}
        for row in rows.order_by("agency_kind", "period_kind", "-version")
    ]
    return render(request, "reports/return_forms.html", {"forms": shown})


@require_safe
def empty(request: HttpRequest, pk: int, format: str) -> HttpResponse:
    """The empty form as a file, for the newest operation that is reported here."""
    form: ReturnForm = row_or_404(ReturnForm.objects.select_related("agency_kind"), request, pk=pk)
    operation = visible_to(Operation, request.user, at=timezone.now()).filter(origin=Operation.Origin.LIVE).first()
    if format not in FORMATS or operation is None:
        raise NotFound
    return _drawn(
        empty_form(form, operation=operation, at=timezone.now()),
        format,
        name=f"form-{form_number(form).replace('/', '-')}",
    )


@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The return with its newest figures as PDF; `submission` names another vintage by its number."""
    rows = Return.objects.select_related(
        "agency__state", "agency__kind", "unit", "period__operation", "period__stage", "form__agency_kind"
    )
    expected: Return = row_or_404(rows, request, pk=pk)
    submission = _submission(expected, request.GET.get("submission", ""))
    payload = filled_form(expected, submission, at=timezone.now())
    number = f"-{submission.number}" if submission is not None else ""
    return _drawn(payload, "pdf", name=f"{expected.period.code}-{expected.agency.code}{number}".lower())


def _submission(expected: Return, number: str) -> Submission | None:
    rows = expected.submissions.select_related("submitted_by", "on_behalf_of").order_by("-number")
    if not number:
        return rows.first()
    found = (
        rows.filter(number=int(number)).first() if number.isascii() and number.isdigit() and len(number) < 5 else None
    )
    if found is None:
        raise NotFound
    return found


def _drawn(payload: Payload, format: str, *, name: str) -> HttpResponse:
    language = reader_language()
    with tempfile.TemporaryDirectory(prefix="form-") as folder:
        target = Path(folder) / "form"
        asked: dict[str, Any] = {"format": format, "payload": payload, "approval": None, "language": language}
        try:
            render_to_file(target=target, time_limit=TIME_LIMIT, **asked)
        except RenderingFailed as error:
            raise WrongState(_("The form could not be drawn now. Try again later.")) from error
        answer = HttpResponse(target.read_bytes(), content_type=CONTENT_TYPES[format])
    answer["Content-Disposition"] = f'attachment; filename="{name}-{language}.{format}"'
    return answer
