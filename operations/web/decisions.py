"""Decisions of all meetings in one list, what is overdue first, and the follow-up of each."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import decisions, meeting_waiting, meetings
from operations.domain.access import refusal, standing, visible_to
from operations.domain.errors import BadInput, NotFound, Stale
from operations.models import Body, Decision, Meeting, MemberState
from operations.web import addresses
from operations.web.drawn_forms import DrawnForm, hidden, lines, radios
from operations.web.meeting_forms import form_page, holds_demonstration, kept_page, revision_in
from operations.web.plan_conflicts import entries_of
from operations.web.returns import reader
from operations.web.tags import label

addresses.register(Decision, lambda row: reverse("operations:decision", args=[row.pk]))
addresses.register_work(meeting_waiting.SIGNATURE, lambda row: reverse("operations:minutes-sign", args=[row.pk]))

PAGE = 30
#: What the register is narrowed to; the first is what it opens with.
STANDINGS: Mapping[str, Any] = {
    "open": gettext_lazy("Not carried out yet"),
    "overdue": gettext_lazy("Overdue"),
    "done": gettext_lazy("Carried out"),
    "dropped": gettext_lazy("Withdrawn"),
    "all": gettext_lazy("All decisions"),
}


@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Decisions by the day they are due, narrowed by how far they are, by body and by responsible state."""
    now = timezone.now()
    chosen = {name: request.GET.get(name, "") for name in ("standing", "body", "state")}
    chosen["standing"] = chosen["standing"] if chosen["standing"] in STANDINGS else "open"
    rows = _narrowed(decisions.register(request.user, at=now), chosen)
    page = Paginator(rows.order_by(F("due_date").asc(nulls_last=True), "pk"), PAGE).get_page(request.GET.get("page"))
    seen = standing(request.user, now)
    keeps = decisions.keeps_records(seen)
    return render(
        request,
        "operations/meetings/decisions.html",
        {
            "page": page,
            "rows": [
                {
                    "decision": row,
                    "is_overdue": decisions.is_overdue(row, at=now),
                    "may_account": keeps or decisions.answers_for(row, seen),
                }
                for row in page
            ],
            "demonstration": holds_demonstration(row.item.meeting for row in page),
            "chosen": chosen,
            "standings": STANDINGS.items(),
            "bodies": Body.objects.filter(kind__in=meetings.MEETING_KINDS),
            "states": MemberState.objects.all(),
            "query": "&" + urlencode({name: value for name, value in chosen.items() if value}),
        },
    )


def _narrowed(rows: QuerySet[Decision], chosen: Mapping[str, str]) -> QuerySet[Decision]:
    """What does not exist narrows to nothing."""
    if chosen["standing"] == "overdue":
        rows = decisions.overdue(rows, at=timezone.now())
    elif chosen["standing"] != "all":
        rows = rows.filter(progress=chosen["standing"])
    if chosen["body"]:
        rows = rows.filter(item__meeting__body__in=_of_code(Body, chosen["body"]))
    if chosen["state"]:
        states = _of_code(MemberState, chosen["state"]).values_list("pk", flat=True)
        rows = decisions.of_states(rows, states)
    return rows


def _of_code(model: Any, code: str) -> Any:
    return model.objects.none() if "\x00" in code else model.objects.filter(code=code)


@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of a decision."""
    seen = visible_to(Meeting, request.user, at=timezone.now())
    row = (
        Decision.objects.filter(pk=pk, item__meeting__in=seen)
        .select_related("item__meeting__body", "item__meeting__operation")
        .first()
    )
    if row is None:
        raise NotFound
    meeting = row.item.meeting
    refused = refusal(meeting, "account", request.user, at=timezone.now(), given={"decision": row})
    if refused is not None:
        raise refused
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields.update(
        {
            "progress": radios(_("How far it is"), Decision.Progress.choices),
            "account_ru": lines(_("Account")),
            "account_en": lines(_("Account")),
            "revision": hidden(),
        }
    )
    form.initial = entries_of(row, form) | {"revision": row.revision}
    page: dict[str, Any] = {
        "heading": _("Follow-up of a decision"),
        "back": reverse("operations:meeting", args=[meeting.pk]),
        "statement": label(row),
        "meeting": meeting,
    }
    if request.method == "POST":
        values = form.typed()
        revision = revision_in(values)
        try:
            meetings.report_on_decision(
                decision=row, revision=revision, values=values, actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
        except Stale as error:
            return kept_page(request, form, current=error.current, **page)
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:meeting", pk=meeting.pk)
    return form_page(request, form, **page)
