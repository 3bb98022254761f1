"""Meetings of the Coordination Council and of the International Headquarters: the list, the record, the chairs."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import chair_terms, decisions, meetings
from operations.domain.access import may, refusal, standing, visible_to
from operations.domain.errors import BadInput, Stale
from operations.domain.minutes_signature import chair_has_left, signs_instead
from operations.domain.moments import moscow_date
from operations.models import Body, ChairTerm, Decision, Meeting, Operation, User
from operations.web import addresses
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, date, hidden, line, lines, radios, select, tick
from operations.web.meeting_forms import coded, form_page, holds_demonstration, kept_page, revision_in
from operations.web.plan_conflicts import entries_of
from operations.web.returns import reader
from operations.web.tags import days, label

addresses.register(Meeting, lambda row: reverse("operations:meeting", args=[row.pk]))


@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """All meetings, the latest first."""
    rows = visible_to(Meeting, request.user, at=timezone.now()).select_related("body", "operation")
    page = Paginator(rows, 30).get_page(request.GET.get("page"))
    may_create = refusal(Meeting(), "create", request.user, at=timezone.now()) is None
    context = {"page": page, "may_create": may_create, "demonstration": holds_demonstration(page)}
    return render(request, "operations/meetings/list.html", context)


@require_safe
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """One meeting in the order of its minutes."""
    rows = Meeting.objects.select_related("body", "operation", "chaired_by", "signed_by")
    row = row_or_404(rows, request, pk=pk)
    now = timezone.now()
    agenda = row.agenda.prefetch_related("decisions__responsible_states", "decisions__responsible_bodies__states")
    decided = [decision for item in agenda for decision in item.decisions.all()]
    return render(
        request,
        "operations/meetings/meeting.html",
        {
            "meeting": row,
            "operation": row.operation,
            "agenda": agenda,
            "attendances": row.attendances.select_related("state", "body"),
            "elected": ChairTerm.objects.filter(elected_at=row).select_related("holder", "state"),
            "overdue": {decision.pk for decision in decided if decisions.is_overdue(decision, at=now)},
            "own_decisions": _own(decided, request),
            "may_write": may(row, "change", request.user, at=now),
            "may_elect": may(row, "elect_chair", request.user, at=now),
            "offers_signature": row.signed_at is None and _signs(row, request),
            "signature_words": _signature_words(row, request),
        },
    )


def _signs(row: Meeting, request: HttpRequest) -> bool:
    return row.chaired_by_id == request.user.pk or signs_instead(row, request.user, at=timezone.now())


def _signature_words(row: Meeting, request: HttpRequest) -> str:
    """Whose signature the minutes wait for, and what to do where nobody could give it."""
    if row.signed_at is not None:
        return ""
    if row.chaired_by is None:
        return _("Not signed. Nobody can sign until the record says who chaired the meeting.")
    who = label(row.chaired_by)
    if not chair_has_left(row, at=timezone.now()):
        return _("Not signed yet. To be signed by %(who)s.") % {"who": who}
    if row.body.kind == Body.Kind.COUNCIL:
        office = _("the chair of the Coordination Council in office")
    else:
        office = _("the chair of the International Headquarters in office")
    words = _("Not signed yet. %(who)s has left office: %(office)s signs instead and says on what ground.")
    return words % {"who": who, "office": office}


def _own(decided: list[Decision], request: HttpRequest) -> set[int]:
    """The decisions that the reader may follow up."""
    seen = standing(request.user, timezone.now())
    keeps = decisions.keeps_records(seen)
    return {decision.pk for decision in decided if keeps or decisions.answers_for(decision, seen)}


@require_safe
def chairs(request: HttpRequest) -> HttpResponse:
    """Who chaired the Coordination Council and until when, the latest first; on these days alone the right holds."""
    now = timezone.now()
    terms = visible_to(ChairTerm, request.user, at=now).select_related("holder", "state", "elected_at")
    shown = [{"term": term, "may_end": may(term, "end", request.user, at=now)} for term in terms.order_by("-from_date")]
    return render(request, "operations/meetings/chairs.html", {"terms": shown, "today": moscow_date(now)})


@require_http_methods(["GET", "POST"])
def end_term(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day of a chair who leaves office before the term is over."""
    term = row_or_404(ChairTerm.objects.select_related("holder", "state"), request, pk=pk)
    refused = refusal(term, "end", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields.update(
        {
            "until_date": date(_("Last day of the term"), required=True),
            "comment": lines(_("Why the term ends early"), required=True, rows=3),
            "revision": hidden(),
        }
    )
    form.initial = {"revision": term.revision}
    heading, back = _("End the term early"), reverse("operations:chairs")
    if request.method == "POST":
        values = form.typed()
        revision, at = revision_in(values), timezone.now()
        try:
            chair_terms.end_term(term=term, revision=revision, values=values, actor=reader(request), at=at)
        except BadInput as error:
            form.refuse(error)
        except Stale as error:
            return kept_page(request, form, heading, back, error.current)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:chairs")
    statement = f"{label(term.holder)}: {days(term.from_date, term.until_date)}"
    return form_page(request, form, heading, back, statement=statement)


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
    return form_page(request, form, _("New meeting"), reverse("operations:meetings"))


@require_http_methods(["GET", "POST"])
def change_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    row = row_or_404(Meeting.objects.select_related("body", "operation", "chaired_by"), request, pk=pk)
    refused = refusal(row, "change", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    heading, back = _("Change the meeting"), reverse("operations:meeting", args=[pk])
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields.update(_meeting_fields() | {"revision": hidden()})
    form.initial = entries_of(row, form) | {"revision": row.revision}
    if request.method == "POST":
        values = form.typed()
        revision = revision_in(values)
        try:
            meetings.change_meeting(
                meeting=row, revision=revision, values=values, actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
        except Stale as error:
            return kept_page(request, form, heading, back, error.current, meeting=row)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:meeting", pk=pk)
    return form_page(request, form, heading, back, meeting=row)


def _meeting_fields() -> dict[str, forms.Field]:
    bodies = Body.objects.filter(kind__in=meetings.MEETING_KINDS)
    operations = [(row.slug, label(row, "title")) for row in Operation.objects.filter(origin=Operation.Origin.LIVE)]
    people = [(user.username, label(user)) for user in User.objects.filter(is_active=True, is_system=False)]
    fields: dict[str, Any] = {
        "body": radios(_("Body"), coded(bodies)),
        "number": line(_("Number"), required=True, inputmode="numeric"),
        "held_on": date(_("Day"), required=True),
        "operation": select(_("Operation"), operations),
        "place_ru": line(_("Place")),
        "place_en": line(_("Place")),
        "minutes_number": line(_("Number of the minutes")),
        "chaired_by": select(_("Chaired by"), people),
        "is_in_correspondence": tick(_("Held in correspondence")),
    }
    return fields
