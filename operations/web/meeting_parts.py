"""The parts of a meeting's record on pages of their own: added, corrected, moved, taken out until it is signed."""

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
from django.views.decorators.http import require_http_methods, require_POST

from operations.domain import meeting_record, meetings
from operations.domain.access import refusal
from operations.domain.errors import BadInput, NotFound, Problem, Stale, Unmet
from operations.models import Body, Decision, Meeting, MemberState, User
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, select, ticks
from operations.web.meeting_forms import coded, form_page, kept_page, revision_in, whole
from operations.web.plan_conflicts import entries_of
from operations.web.returns import reader
from operations.web.tags import label


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a meeting's record: the act that adds it, the page's words, and its fields."""

    transition: str
    heading: Any
    fields: Callable[[Meeting], Mapping[str, forms.Field]]
    adds: Callable[..., Any]


@require_http_methods(["GET", "POST"])
def add_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Adds an item of the agenda, an attendance, a decision, or the election of the chair."""
    row, added = _meeting(request, pk), PARTS.get(part)
    if added is None:
        raise NotFound
    refused = refusal(row, added.transition, request.user, at=timezone.now())
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None, initial={"item": request.GET.get("item", "")})
    form.fields.update(added.fields(row))
    if request.method == "POST":
        try:
            added.adds(row, form.typed(), actor=reader(request), at=timezone.now())
        except (BadInput, Unmet) as error:
            form.refuse(error)
        else:
            messages.success(request, _("Recorded."))
            return redirect("operations:meeting", pk=pk)
    return form_page(request, form, added.heading, _back(pk), meeting=row)


@require_http_methods(["GET", "POST"])
def change_part(request: HttpRequest, pk: int, part: str, number: int) -> HttpResponse:
    """Corrects a part; whoever saves an older one gets both texts side by side."""
    row, kind = _meeting(request, pk), _kind(part)
    refused = refusal(row, "change_part", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    found = _found(kind, row, number)
    form = DrawnForm(request.POST if request.method == "POST" else None)
    names = [entry.name for entry in kind.entries]
    fields = PARTS[part].fields(row)
    form.fields.update({name: fields[name] for name in names} | {"revision": hidden()})
    form.initial = entries_of(found, form) | {"revision": found.revision}
    page: dict[str, Any] = {"heading": PARTS[part].heading, "back": _back(pk)}
    if request.method == "POST":
        values = form.typed()
        given: dict[str, Any] = {"kind": part, "row": number, "revision": revision_in(values), "values": values}
        try:
            meetings.correct_part(meeting=row, actor=reader(request), at=timezone.now(), **given)
        except (BadInput, Unmet) as error:
            form.refuse(error)
        except Stale as error:
            return kept_page(request, form, **page, current=error.current, meeting=row)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:meeting", pk=pk)
    return form_page(request, form, **page, meeting=row)


@require_POST
def move_part(request: HttpRequest, pk: int, part: str, number: int) -> HttpResponse:
    """Puts an item of the agenda, or a decision of its item, at the place `to` among its siblings."""
    row, kind = _meeting(request, pk), _kind(part)
    found = _found(kind, row, number)
    to = request.POST.get("to", "")
    meetings.move_part(meeting=row, kind=part, row=found.pk, to=to, actor=reader(request), at=timezone.now())
    if "X-Autosave" in request.headers:
        return HttpResponse(status=204)
    return redirect(f"{_back(pk)}#{part}-{number}")


@require_http_methods(["GET", "POST"])
def remove_part(request: HttpRequest, pk: int, part: str, number: int) -> HttpResponse:
    """Asks first, then takes the part out of the record."""
    row, kind = _meeting(request, pk), _kind(part)
    refused = refusal(row, "remove_part", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    found = _found(kind, row, number)
    form = DrawnForm(request.POST if request.method == "POST" else None)
    is_stale = False
    if request.method == "POST":
        given: dict[str, Any] = {"kind": part, "row": number, "revision": revision_in(request.POST.dict())}
        try:
            meetings.remove_part(meeting=row, actor=reader(request), at=timezone.now(), **given)
        except (BadInput, Unmet) as error:
            form.refuse(error)
        except Stale:
            is_stale = True
        else:
            messages.success(request, _("Removed."))
            return redirect("operations:meeting", pk=pk)
    context = {
        "meeting": row,
        "operation": row.operation,
        "row": found,
        "part": part,
        "form": form,
        "is_stale": is_stale,
        "back": _back(pk),
    }
    status = 409 if is_stale else 422 if form.errors else 200
    return render(request, "operations/meetings/remove.html", context, status=status)


def _meeting(request: HttpRequest, pk: int) -> Meeting:
    found: Meeting = row_or_404(Meeting.objects.select_related("body", "operation"), request, pk=pk)
    return found


def _kind(part: str) -> meeting_record.PartKind:
    kind = meeting_record.KINDS.get(part)
    if kind is None:
        raise NotFound
    return kind


def _found(kind: meeting_record.PartKind, meeting: Meeting, number: int) -> Any:
    row = kind.rows(meeting).filter(pk=number).first() if number < 2**63 else None
    if row is None:
        raise NotFound
    return row


def _back(pk: int) -> str:
    return reverse("operations:meeting", args=[pk])


# --- fields ---


def _item_fields(row: Meeting) -> dict[str, forms.Field]:
    return {
        "title_ru": line(_("Title"), required=True),
        "title_en": line(_("Title")),
        "heard_ru": lines(_("Heard")),
        "heard_en": lines(_("Heard")),
        "spoke_ru": lines(_("Spoke")),
        "spoke_en": lines(_("Spoke")),
    }


def _attendance_fields(row: Meeting) -> dict[str, forms.Field]:
    return {
        "state": select(_("State"), coded(MemberState.objects.all())),
        "body": select(_("Body"), coded(Body.objects.all())),
        "name_ru": line(_("Name"), required=True),
        "name_en": line(_("Name")),
        "post_ru": line(_("Post")),
        "post_en": line(_("Post")),
    }


def _decision_fields(row: Meeting) -> dict[str, forms.Field]:
    items = [(item.pk, f"{item.position}. {label(item)}") for item in row.agenda.all()]
    return {
        "item": select(_("Item of the agenda"), items, required=True),
        "text_ru": lines(_("Decision"), required=True),
        "text_en": lines(_("Decision")),
        "responsible_states": ticks(_("Responsible states"), coded(MemberState.objects.all())),
        "responsible_bodies": ticks(_("Responsible bodies"), coded(Body.objects.all())),
        "due_date": date(_("Due")),
    }


def _election_fields(row: Meeting) -> dict[str, forms.Field]:
    people = [(user.username, label(user)) for user in User.objects.filter(is_active=True, is_system=False)]
    return {
        "holder": select(_("Elected"), people, required=True),
        "state": select(_("State"), coded(MemberState.objects.all()), required=True),
        "from_date": date(_("First day of the term"), required=True),
        "until_date": date(_("Last day of the term"), required=True),
    }


def _add_decision(row: Meeting, typed: dict[str, Any], **who: Any) -> Decision:
    item = row.agenda.filter(pk=whole(str(typed.pop("item", "")))).first()
    if item is None:
        raise BadInput([Problem(code="required", field="item", message=_("Choose an item of this meeting's agenda."))])
    return meetings.record_decision(item=item, values=typed, **who)


PARTS: dict[str, Part] = {
    "item": Part(
        transition="add_item",
        heading=gettext_lazy("Item of the agenda"),
        fields=_item_fields,
        adds=lambda row, typed, **who: meetings.add_agenda_item(meeting=row, values=typed, **who),
    ),
    "attendance": Part(
        transition="add_attendance",
        heading=gettext_lazy("Present at the meeting"),
        fields=_attendance_fields,
        adds=lambda row, typed, **who: meetings.record_attendance(meeting=row, values=typed, **who),
    ),
    "decision": Part(
        transition="decide", heading=gettext_lazy("Decision"), fields=_decision_fields, adds=_add_decision
    ),
    "election": Part(
        transition="elect_chair",
        heading=gettext_lazy("Election of the chair of the Coordination Council"),
        fields=_election_fields,
        adds=lambda row, typed, **who: meetings.elect_chair(meeting=row, values=typed, **who),
    ),
}
