"""The steps of a list, each on a page of its own: recording what was sent, receipt, outcomes, answer, withdrawal."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from operations.domain import lists
from operations.domain.access import refusal
from operations.domain.derived_figures import PENDING
from operations.domain.errors import BadInput, NotAllowed, NotFound, Problem, Stale
from operations.domain.list_workflow import SENDER, list_states, outcome_categories
from operations.domain.moments import moscow_date
from operations.domain.statistics import participating_states
from operations.domain.wording import number_text
from operations.models import ListVerification, MemberState, Operation
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, radios
from operations.web.exchange import LISTS, STALE, count_line, frame, live_operation
from operations.web.lists import found_list
from operations.web.returns import reader
from operations.web.tags import label, reader_language

# --- sending ---


@require_http_methods(["GET", "POST"])
def new_list(request: HttpRequest, slug: str) -> HttpResponse:
    operation = live_operation(request, slug)
    senders = _senders(operation, request)
    if not senders:
        raise NotAllowed.but(SENDER.says)
    fields = _sending_fields(operation, senders)
    initial = {"sent_on": moscow_date(timezone.now()), "sent_by": senders[0].code}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.update(fields)
    if request.method == "POST":
        values = form.typed()
        given = values.pop("sent_by", "")
        sent_by = next((state for state in senders if state.code == given), senders[0] if len(senders) == 1 else None)
        try:
            if sent_by is None:
                raise BadInput([Problem(code="required", field="sent_by", message=_("Name the state that sends it."))])
            row = lists.send_list(
                operation=operation, sent_by=sent_by, values=values, actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The list is recorded; the other state is told."))
            return redirect("operations:list", pk=row.pk)
    context = {
        **frame(request, operation, LISTS),
        "form": form,
        "caption": label(operation, "title"),
        "heading": _("List sent for checking"),
        "says": _(
            "Only the number of entries is kept here. The list itself goes by the channel agreed, never by this site."
        ),
        "back": reverse("operations:lists", args=[slug]),
        "button": _("Record"),
    }
    return render(request, "operations/exchange_form.html", context, status=422 if form.errors else 200)


def _senders(operation: Operation, request: HttpRequest) -> list[MemberState]:
    own = list_states(request.user, timezone.now())
    return [state for state in participating_states(operation) if state.pk in own]


def _sending_fields(operation: Operation, senders: list[MemberState]) -> dict[str, forms.Field]:
    partners = [state for state in participating_states(operation) if [state] != senders]
    fields = {
        "received_by": radios(_("State that checks it"), [(state.code, label(state)) for state in partners]),
        **_entry_fields(),
    }
    if len(senders) > 1:
        fields = {"sent_by": radios(_("Sent by"), [(state.code, label(state)) for state in senders]), **fields}
    return fields


def _entry_fields() -> dict[str, forms.Field]:
    return {
        "number": line(_("Number"), required=True, hint=_("Registration number, as 12/345-2026. No name.")),
        "entries": count_line(_("Number of entries")),
        "sent_on": date(_("Sent on"), required=True),
        "due_date": date(_("Answer due by")),
    }


# --- the steps ---


@dataclass(frozen=True, kw_only=True)
class Act:
    """A step on a page of its own: its fields, what they begin with, and the verb."""

    heading: Any
    button: Any
    done: Any
    fields: Callable[[ListVerification], Mapping[str, forms.Field]]
    takes: Callable[..., Any]
    initial: Callable[[ListVerification], Mapping[str, Any]] = lambda row: {}
    says: Any = ""
    is_warning: bool = False


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """A step of a list: what it asks for, and then the step."""
    row, name = found_list(request, pk), act.replace("-", "_")
    step = ACTS.get(name)
    if step is None:
        raise NotFound
    refused = refusal(row, name, request.user, at=timezone.now())
    if refused is not None:
        raise refused
    initial = {"revision": row.revision, **step.initial(row)}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.update({**step.fields(row), "revision": hidden()})
    if "screening_reason" in request.POST:
        form.fields["screening_reason"] = _screening_field()
    status = 422
    if request.method == "POST":
        values = form.typed()
        revision = _whole(values.pop("revision"))
        try:
            step.takes(row, values, revision=revision, actor=reader(request), at=timezone.now())
        except BadInput as error:
            if any(problem.code == "looks_personal" for problem in error.problems):
                form.fields["screening_reason"] = _screening_field()
            form.refuse(error)
        except Stale as error:
            form.add_error(None, str(STALE))
            form.retype(revision=error.current.revision)
            status = 409
        else:
            messages.success(request, step.done)
            return redirect("operations:list", pk=pk)
    context = {
        **frame(request, row.operation, LISTS),
        "form": form,
        "caption": _caption(row),
        "heading": step.heading,
        "says": step.says,
        "button": step.button,
        "is_warning": step.is_warning,
        "back": reverse("operations:list", args=[pk]),
    }
    return render(request, "operations/exchange_form.html", context, status=status if form.errors else 200)


def _caption(row: ListVerification) -> str:
    facts = {"number": row.number, "entries": number_text(row.entries, language=reader_language())}
    states = f"{label(row.sent_by)} – {label(row.received_by)}"
    words = _("list No. %(number)s, entries: %(entries)s") % facts
    return f"{states}, {words}"


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _reason(words: Any, *, hint: Any = "", required: bool = False) -> forms.Field:
    return lines(words, hint=hint, rows=3, required=required)


def _screening_field() -> forms.Field:
    return line(_("Why this is no personal data of a person who was checked"))


def _screening(values: dict[str, Any]) -> dict[str, Any]:
    return {name: values.pop(name, "") for name in ("reason", "screening_reason")}


def _take_outcomes(row: ListVerification, values: dict[str, Any], **who: Any) -> None:
    words = _screening(values)
    as_of = values.pop("as_of", "")
    lists.record_outcomes(verification=row, as_of=as_of, counts=values, **words, **who)


def _take_answer(row: ListVerification, values: dict[str, Any], **who: Any) -> None:
    words = _screening(values)
    lists.answer_list(verification=row, answered_on=values.get("answered_on", ""), **words, **who)


def _take_withdrawal(row: ListVerification, values: dict[str, Any], **who: Any) -> None:
    lists.withdraw_list(verification=row, **_screening(values), **who)


def _take_receipt(row: ListVerification, values: dict[str, Any], **who: Any) -> None:
    lists.confirm_receipt(verification=row, received_on=values.get("received_on", ""), **who)


def _outcome_fields(row: ListVerification) -> dict[str, forms.Field]:
    counted = {category.code: count_line(label(category)) for category in outcome_categories()}
    reason = _reason(_("Reason"), hint=_("Needed when outcomes of this day, or the answer, were recorded before."))
    return {"as_of": date(_("As of"), required=True), **counted, "reason": reason}


def _outcomes_so_far(row: ListVerification) -> dict[str, Any]:
    """The newest outcomes to go on from; at first everything is being checked."""
    newest = lists.newest_outcomes([row])[row.pk]
    counted = {category.code: newest.counts.get(category.code, 0) for category in outcome_categories()}
    return {"as_of": moscow_date(timezone.now()), **counted, PENDING: newest.pending}


def _today(name: str) -> Callable[[ListVerification], Mapping[str, Any]]:
    return lambda row: {name: moscow_date(timezone.now())}


ACTS: dict[str, Act] = {
    "change": Act(
        heading=gettext_lazy("Correct the entry of a list"),
        button=gettext_lazy("Save"),
        done=gettext_lazy("Saved."),
        fields=lambda row: _entry_fields(),
        initial=lambda row: {name: getattr(row, name) for name in ("number", "entries", "sent_on", "due_date")},
        takes=lambda row, values, **who: lists.change_list(verification=row, values=values, **who),
    ),
    "confirm_receipt": Act(
        heading=gettext_lazy("Confirm the receipt of a list"),
        button=gettext_lazy("Confirm the receipt"),
        done=gettext_lazy("The receipt is confirmed."),
        fields=lambda row: {"received_on": date(_("Received on"), required=True)},
        initial=_today("received_on"),
        takes=_take_receipt,
    ),
    "record_outcomes": Act(
        heading=gettext_lazy("Outcomes of checking a list"),
        button=gettext_lazy("Record the outcomes"),
        done=gettext_lazy("The outcomes are recorded."),
        says=gettext_lazy(
            "All entries of the list as they stand on the day: the outcomes and those still being checked add up to "
            "the number of entries."
        ),
        fields=_outcome_fields,
        initial=_outcomes_so_far,
        takes=_take_outcomes,
    ),
    "answer": Act(
        heading=gettext_lazy("Answer a list"),
        button=gettext_lazy("Answer"),
        done=gettext_lazy("The list is answered; the other state is told."),
        fields=lambda row: {
            "answered_on": date(_("Answered on"), required=True),
            "reason": _reason(_("Explanation"), hint=_("Needed while entries are still being checked.")),
        },
        initial=_today("answered_on"),
        takes=_take_answer,
    ),
    "withdraw": Act(
        heading=gettext_lazy("Withdraw a list"),
        button=gettext_lazy("Withdraw the list"),
        done=gettext_lazy("The list is withdrawn; the other state is told."),
        says=gettext_lazy("A withdrawn list counts no more, also not in figures of past periods."),
        fields=lambda row: {"reason": _reason(_("Reason"), required=True)},
        takes=_take_withdrawal,
        is_warning=True,
    ),
}
