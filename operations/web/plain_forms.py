"""A page with one form: it is shown, taken by the domain, and shown again with what was typed where that is refused."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from operations.domain.errors import ListedProblems
from operations.web.drawn_forms import DrawnForm
from operations.web.returns import reader


def plain_form(
    request: HttpRequest,
    fields: Mapping[str, forms.Field],
    *,
    heading: str,
    takes: Callable[..., Any],
    back: str,
    back_name: str,
    initial: Mapping[str, Any] | None = None,
    says: str = "",
    button: str = "",
    leads_to: Callable[[Any], str] | None = None,
    done: str = "",
) -> HttpResponse:
    """`takes` is the domain's verb with the values, `actor` and `at`; afterwards the reader is led `back`, or where
    `leads_to` says."""
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=dict(initial or {}))
    form.fields.update(fields)
    if request.method == "POST":
        try:
            row = takes(form.typed(), actor=reader(request), at=timezone.now())
        except ListedProblems as error:
            form.refuse(error)
        else:
            messages.success(request, done or _("Saved."))
            return redirect(back if leads_to is None else leads_to(row))
    context = {
        "form": form,
        "heading": heading,
        "says": says,
        "back": back,
        "back_name": back_name,
        "button": button or _("Save"),
    }
    return render(request, "operations/plain_form.html", context, status=422 if form.errors else 200)
