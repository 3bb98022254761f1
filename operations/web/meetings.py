"""Meetings of the Coordination Council and of the International Headquarters: the list, the record, the decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import meetings
from operations.domain.access import may, refusal, visible_to
from operations.domain.errors import BadInput, NotFound, Unmet
from operations.models import Body, Decision, Meeting, MemberState, Operation, User
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, radios, select, tick, ticks
from operations.web.returns import reader
from operations.web.tags import label

addresses.register(Meeting, lambda row: reverse("operations:meeting", args=[row.pk]))


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """All meetings, the latest first."""
    rows = visible_to(Meeting, request.user, at=timezone.now()).select_related("body", "operation")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    may_create = refusal(Meeting(), "create", request.user, at=timezone.now()) is None
    return render(request, "operations/meetings/list.html", {"page": page, "may_create": may_create})


@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting in the order of its minutes."""
    rows = Meeting.objects.select_related("body", "operation", "chaired_by")
    row = row_or_404(rows, request, pk=pk)
    now = timezone.now()
    agenda = row.agenda.prefetch_related("decisions__responsible_states", "decisions__responsible_bodies")
    return render(
        request,
        "operations/meetings/meeting.html",
        {
            "meeting": row,
            "operation": row.operation,
            "agenda": agenda,
            "attendances": row.attendances.select_related("state", "body"),
            "may_write": may(row, "change", request.user, at=now),
            "may_account": may(row, "account", request.user, at=now),
            "may_elect": may(row, "elect_chair", request.user, at=now),
            "offers_signature": row.signed_at is None and row.chaired_by_id == request.user.pk,
        },
    )


@require_http_methods(["GET", "POST"])
def new_meeting(request: HttpRequest) -> HttpResponse:
    refused = refusal(Meeting(), "create", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None, initial={"body": "IHQ"})
    form.fields.update(_meeting_fields())
    if request.method == "POST":
        try:
            row = meetings.create_meeting(values=form.typed(), actor=reader(request), at=timezone.now())
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("The meeting is recorded."))
            return redirect("operations:meeting", pk=row.pk)
    return _form_page(request, form, _("New meeting"), reverse("operations:meetings"))


@require_http_methods(["GET", "POST"])
def change_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(Meeting.objects.select_related("body", "operation", "chaired_by"), request, pk=pk)
    refused = refusal(row, "change", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    fields = _meeting_fields()
    initial = {name: getattr(row, name) for name in fields}
    initial |= {
        "body": row.body.code,
        "operation": row.operation.slug if row.operation else "",
        "revision": row.revision,
    }
    initial["chaired_by"] = row.chaired_by.username if row.chaired_by else ""
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=initial)
    form.fields.update(fields | {"revision": hidden()})
    if request.method == "POST":
        values = form.typed()
        revision = _whole(values.pop("revision"))
        try:
            meetings.change_meeting(
                meeting=row, revision=revision, values=values, actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:meeting", pk=pk)
    return _form_page(request, form, _("Change the meeting"), reverse("operations:meeting", args=[pk]))


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a meeting's record that is added on a page of its own."""

    transition: str
    heading: Any
    fields: Callable[[Meeting], Mapping[str, forms.Field]]
    adds: Callable[..., Any]


@require_http_methods(["GET", "POST"])
def add_part(request: HttpRequest, pk: int, part: str) -> HttpResponse:
    """Adds an item of the agenda, an attendance, a decision, or the election of the chair."""
    row, added = row_or_404(Meeting.objects.select_related("body"), request, pk=pk), PARTS.get(part)
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
    return _form_page(request, form, added.heading, reverse("operations:meeting", args=[pk]))


@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a decision."""
    seen = visible_to(Meeting, request.user, at=timezone.now())
    row = Decision.objects.filter(pk=pk, item__meeting__in=seen).select_related("item__meeting").first()
    if row is None:
        raise NotFound
    meeting_row = row.item.meeting
    refused = refusal(meeting_row, "account", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    names = ("progress", "account_ru", "account_en", "revision")
    form = DrawnForm(
        request.POST if request.method == "POST" else None, initial={name: getattr(row, name) for name in names}
    )
    form.fields.update(
        {
            "progress": radios(_("How far it is"), Decision.Progress.choices),
            "account_ru": lines(_("Account")),
            "account_en": lines(_("Account")),
            "revision": hidden(),
        }
    )
    if request.method == "POST":
        values = form.typed()
        revision = _whole(values.pop("revision"))
        try:
            meetings.report_on_decision(
                decision=row, revision=revision, values=values, actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:meeting", pk=meeting_row.pk)
    back = reverse("operations:meeting", args=[meeting_row.pk])
    return _form_page(request, form, _("Follow-up of a decision"), back, statement=label(row))


def _form_page(request: HttpRequest, form: DrawnForm, heading: Any, back: str, *, statement: str = "") -> HttpResponse:
    context = {"form": form, "heading": heading, "back": back, "statement": statement}
    return render(request, "operations/meetings/form.html", context, status=422 if form.errors else 200)


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _coded(rows: Any) -> list[tuple[str, str]]:
    return [(row.code, label(row)) for row in rows]


def _meeting_fields() -> dict[str, forms.Field]:
    bodies = Body.objects.filter(kind__in=meetings.MEETING_KINDS)
    operations = [(row.slug, label(row, "title")) for row in Operation.objects.filter(origin=Operation.Origin.LIVE)]
    people = [(user.username, label(user)) for user in User.objects.filter(is_active=True, is_system=False)]
    return {
        "body": radios(_("Body"), _coded(bodies)),
        "number": line(_("Number"), required=True, inputmode="numeric"),
        "held_on": date(_("Day"), required=True),
        "operation": select(_("Operation"), operations),
        "place_ru": line(_("Place")),
        "place_en": line(_("Place")),
        "minutes_number": line(_("Number of the minutes")),
        "chaired_by": select(_("Chaired by"), people),
        "is_in_correspondence": tick(_("Held in correspondence")),
    }


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
        "state": select(_("State"), _coded(MemberState.objects.all())),
        "body": select(_("Body"), _coded(Body.objects.all())),
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
        "responsible_states": ticks(_("Responsible states"), _coded(MemberState.objects.all())),
        "responsible_bodies": ticks(_("Responsible bodies"), _coded(Body.objects.all())),
        "due_date": date(_("Due")),
    }


def _election_fields(row: Meeting) -> dict[str, forms.Field]:
    people = [(user.username, label(user)) for user in User.objects.filter(is_active=True, is_system=False)]
    return {
        "holder": select(_("Elected"), people, required=True),
        "state": select(_("State"), _coded(MemberState.objects.all()), required=True),
        "from_date": date(_("First day of the term"), required=True),
        "until_date": date(_("Last day of the term"), required=True),
    }


def _add_decision(row: Meeting, typed: dict[str, Any], **who: Any) -> Decision:
    item = row.agenda.filter(pk=_whole(str(typed.pop("item", "")))).first()
    if item is None:
        raise NotFound
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
