"""Signing the minutes of a meeting: by whoever chaired it or signs instead, with the password given again."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from operations.domain import meetings
from operations.domain.access import refusal
from operations.domain.errors import BadInput, ListedProblems, Unmet
from operations.domain.minutes_signature import signs_instead
from operations.models import Meeting
from operations.web.doors import reauthenticated, row_or_404
from operations.web.drawn_forms import DrawnForm, line
from operations.web.returns import reader

_GROUND = gettext_lazy(
    "For example the number and date of the order on the appointment. It is shown with the signature."
)


@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """What is signed, what it still lacks, and the form; afterwards the record is changed no more."""
    rows = Meeting.objects.select_related("body", "operation", "chaired_by")
    meeting: Meeting = row_or_404(rows, request, pk=pk)
    form = DrawnForm(request.POST if request.method == "POST" else None)
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    instead = signs_instead(meeting, request.user, at=timezone.now())
    if instead:
        form.fields["comment"] = line(_("On what ground you sign"), required=True, hint=_GROUND)
    form.fields["password"] = forms.CharField(label=_("Your password"), required=True, widget=widget)
    form.fields["code"] = line(_("Or a code of your second factor"), autocomplete="one-time-code", inputmode="numeric")
    failed: ListedProblems | None = None
    if request.method == "POST":
        try:
            meetings.sign_minutes(
                meeting=meeting,
                reauthenticated=reauthenticated(request),
                comment=request.POST.get("comment", ""),
                actor=reader(request),
                at=timezone.now(),
            )
        except (BadInput, Unmet) as error:
            form.refuse(error)
            failed = error
        else:
            messages.success(request, _("The minutes are signed. Their document is being drawn."))
            return redirect("operations:meeting", pk=pk)
    refused = refusal(meeting, "sign", request.user, at=timezone.now())
    if refused is not None and not isinstance(refused, Unmet):
        raise refused
    context = {
        "meeting": meeting,
        "operation": meeting.operation,
        "form": form,
        "refusal": refused,
        "instead": instead,
        "agenda": meeting.agenda.prefetch_related("decisions"),
    }
    return render(request, "operations/meetings/sign.html", context, status=422 if failed else 200)
