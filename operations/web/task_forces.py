"""Pages of the task forces of two states: the list, one of them with its accounts and decisions, and the forms."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import task_forces
from operations.domain.access import may, refusal, visible_to
from operations.domain.decisions import is_overdue
from operations.domain.errors import BadInput, NotFound, Stale
from operations.domain.moments import moscow_date
from operations.domain.statistics import participating_states
from operations.models import Body, Decision, Operation, TaskForceAccount
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, ticks
from operations.web.exchange import STALE, TASK_FORCES, count_line, frame, live_operation
from operations.web.returns import reader
from operations.web.tags import label


@require_safe
def task_force_list(request: HttpRequest, slug: str) -> HttpResponse:
    """The task forces that the reader sees, with the newest account of each in this operation."""
    operation = live_operation(request, slug)
    now = timezone.now()
    bodies = list(task_forces.task_forces(request.user, at=now).prefetch_related("states"))
    last = task_forces.last_accounts(bodies, operation)
    open_decisions = task_forces.open_decisions(bodies)
    return render(
        request,
        "operations/task_forces/list.html",
        {
            **frame(request, operation, TASK_FORCES),
            "rows": [
                {"body": body, "last": last.get(body.pk), "open_decisions": open_decisions.get(body.pk, 0)}
                for body in bodies
            ],
            "may_create": refusal(Body(), "create", request.user, at=now) is None,
        },
    )


@require_safe
def task_force(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One task force: its accounts, its meetings, and what became of what they decided."""
    operation, body = _found(request, slug, pk)
    now = timezone.now()
    decisions = list(task_forces.decisions_of(body))
    return render(
        request,
        "operations/task_forces/task_force.html",
        {
            **frame(request, operation, TASK_FORCES),
            "body": body,
            "accounts": task_forces.accounts_of(body, operation).select_related("entered_by"),
            "meetings": body.meetings.order_by("-held_on"),
            "decisions": [{"decision": one, "is_overdue": is_overdue(one, at=now)} for one in decisions],
            "counted": {
                words: sum(one.progress == code for one in decisions) for code, words in Decision.Progress.choices
            },
            "may_account": _account_refusal(request, body, operation) is None,
            "may_rename": may(body, "change", request.user, at=now),
        },
    )


def _found(request: HttpRequest, slug: str, pk: int) -> tuple[Operation, Body]:
    operation = live_operation(request, slug)
    rows = task_forces.task_forces(request.user, at=timezone.now())
    body = rows.filter(pk=pk).prefetch_related("states").first() if pk < 2**15 else None
    if body is None:
        raise NotFound
    return operation, body


def _account_refusal(request: HttpRequest, body: Body, operation: Operation) -> Any:
    return refusal(TaskForceAccount(body=body, operation=operation), "create", request.user, at=timezone.now())


# --- forms ---


@require_http_methods(["GET", "POST"])
def new_task_force(request: HttpRequest, slug: str) -> HttpResponse:
    operation = live_operation(request, slug)
    refused = refusal(Body(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    states = [(state.code, label(state)) for state in participating_states(operation)]
    fields = {**_name_fields(), "states": ticks(_("States"), states, hint=_("Two states."))}
    return _filled_in(
        request,
        operation,
        fields,
        initial={},
        caption=label(operation, "title"),
        heading=_("New task force"),
        back=reverse("operations:task-forces", args=[slug]),
        takes=lambda values, **who: task_forces.create_task_force(values=values, **who),
        leads_to=lambda body: redirect("operations:task-force", slug=slug, pk=body.pk),
    )


@require_http_methods(["GET", "POST"])
def change_task_force(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    operation, body = _found(request, slug, pk)
    refused = refusal(body, "change", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    fields = _name_fields()
    return _filled_in(
        request,
        operation,
        fields,
        initial={name: getattr(body, name) for name in fields},
        caption=label(body),
        heading=_("Rename the task force"),
        back=reverse("operations:task-force", args=[slug, pk]),
        takes=lambda values, **who: task_forces.rename_task_force(body=body, values=values, **who),
        leads_to=lambda row: redirect("operations:task-force", slug=slug, pk=pk),
    )


@require_http_methods(["GET", "POST"])
def new_account(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    operation, body = _found(request, slug, pk)
    refused = _account_refusal(request, body, operation)
    if refused is not None:
        raise refused
    return _filled_in(
        request,
        operation,
        _account_fields(),
        initial={
            "end_date": moscow_date(timezone.now()),
            "carried_over": task_forces.last_open(body, operation),
        },
        caption=label(body),
        heading=_("Account of the task force"),
        back=reverse("operations:task-force", args=[slug, pk]),
        takes=lambda values, **who: task_forces.account_for_task_force(
            body=body, operation=operation, values=values, **who
        ),
        leads_to=lambda row: redirect("operations:task-force", slug=slug, pk=pk),
    )


@require_http_methods(["GET", "POST"])
def change_account(request: HttpRequest, slug: str, pk: int, number: int) -> HttpResponse:
    operation, body = _found(request, slug, pk)
    rows = visible_to(TaskForceAccount, request.user, at=timezone.now()).filter(body=body, operation=operation)
    row = rows.filter(pk=number).select_related("body").first()
    if row is None:
        raise NotFound
    refused = refusal(row, "change", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    fields = {**_account_fields(), "revision": hidden()}

    def take(values: dict[str, Any], **who: Any) -> TaskForceAccount:
        revision = _whole(values.pop("revision"))
        return task_forces.change_task_force_account(account=row, revision=revision, values=values, **who)

    return _filled_in(
        request,
        operation,
        fields,
        initial={name: getattr(row, name) for name in fields},
        caption=label(body),
        heading=_("Correct the account of the task force"),
        back=reverse("operations:task-force", args=[slug, pk]),
        takes=take,
        leads_to=lambda _row: redirect("operations:task-force", slug=slug, pk=pk),
    )


def _filled_in(
    request: HttpRequest,
    operation: Operation,
    fields: Mapping[str, forms.Field],
    *,
    initial: Mapping[str, Any],
    caption: str,
    heading: str,
    back: str,
    takes: Callable[..., Any],
    leads_to: Callable[[Any], HttpResponse],
) -> HttpResponse:
    """Shows a form and takes it; what the domain refuses is shown at its field with what was typed."""
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=dict(initial))
    form.fields.update(fields)
    status = 422
    if request.method == "POST":
        try:
            row = takes(form.typed(), actor=reader(request), at=timezone.now())
        except BadInput as error:
            form.refuse(error)
        except Stale as error:
            form.add_error(None, str(STALE))
            form.retype(revision=error.current.revision)
            status = 409
        else:
            messages.success(request, _("Saved."))
            return leads_to(row)
    context = {
        **frame(request, operation, TASK_FORCES),
        "form": form,
        "caption": caption,
        "heading": heading,
        "back": back,
        "button": _("Save"),
    }
    return render(request, "operations/exchange_form.html", context, status=status if form.errors else 200)


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _name_fields() -> dict[str, forms.Field]:
    return {
        "name_ru": line(_("Name"), required=True),
        "name_en": line(_("Name"), required=True),
        "short_ru": line(_("Short name")),
        "short_en": line(_("Short name")),
    }


def _account_fields() -> dict[str, forms.Field]:
    return {
        "start_date": date(_("First day"), required=True),
        "end_date": date(_("Last day"), required=True),
        "carried_over": count_line(_("Questions carried over")),
        "taken_up": count_line(_("Taken up")),
        "settled": count_line(_("Settled")),
        "still_open": count_line(_("Still open")),
        "note_ru": lines(_("Note"), rows=3),
        "note_en": lines(_("Note"), rows=3),
    }
