"""Acts on a plan: one page for each that says what it does, asks for what it needs, and carries it out.

The approval has a page of its own: summary, changes, approve. The hash on that page is bound to the approval.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from operations.domain import plan_earlier, plans, wording
from operations.domain.access import may, refusal, standing, visible_to
from operations.domain.agreements import board
from operations.domain.errors import BadInput, ListedProblems, NotFound, Unmet
from operations.domain.plan_content import Content, frozen_content
from operations.domain.plan_reading import Reading
from operations.models import Body, Meeting, Plan, PlanVersion
from operations.web.doors import reauthenticated
from operations.web.drawn_forms import DrawnForm, line, lines, select, tick
from operations.web.plan_changes import Comparison
from operations.web.plan_versions import since_last_year, since_version
from operations.web.plans import plan_or_404
from operations.web.returns import reader
from operations.web.tags import reader_language


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a page says of an act, what it asks for, and the verb that does it."""

    does: Callable[..., Plan]
    heading: Any
    says: Any
    button: Any
    done: Any
    fields: Callable[[Plan], Mapping[str, forms.Field]] = lambda plan: {}
    is_warning: bool = False


def _comment(words: Any) -> Callable[[Plan], Mapping[str, forms.Field]]:
    return lambda plan: {"comment": lines(words, required=True)}


def _meeting_fields(plan: Plan) -> Mapping[str, forms.Field]:
    return {
        "meeting": select(_("Meeting of the International Headquarters"), _meetings(plan)),
        "in_correspondence": tick(_("In correspondence, without a meeting")),
    }


def _meetings(plan: Plan) -> list[tuple[int, str]]:
    """Those at which the agreement can have been reached: of the headquarters, on this operation or on none by name."""
    rows = Meeting.objects.filter(body__kind=Body.Kind.HEADQUARTERS)
    rows = rows.filter(Q(operation=plan.operation_id) | Q(operation__isnull=True))
    language = reader_language()
    return [(row.pk, f"№ {row.number}, {wording.short_date_text(row.held_on, language=language)}") for row in rows]


ACTS: dict[str, Act] = {
    "circulate": Act(
        does=plans.circulate_plan,
        heading=_("Circulate for agreement"),
        says=_("The text is frozen as a version, and the head of every participating state is asked to agree to it."),
        button=_("Circulate for agreement"),
        done=_("The plan is circulated. Nobody can change it while it is being agreed."),
    ),
    "withdraw": Act(
        does=plans.withdraw_plan,
        heading=_("Withdraw from agreement"),
        says=_("The plan becomes a draft again. The agreements that the states gave to this version lapse."),
        button=_("Withdraw from agreement"),
        done=_("The plan is withdrawn and can be edited."),
        fields=_comment(_("Why it is withdrawn")),
        is_warning=True,
    ),
    "record-agreement": Act(
        does=plans.record_agreement,
        heading=_("Record the agreement"),
        says=_(
            "Every participating state has agreed. Name the meeting that recorded it, or say that it was by letters."
        ),
        button=_("Record the agreement"),
        done=_("The agreement of all states is recorded."),
        fields=_meeting_fields,
    ),
    "submit": Act(
        does=plans.submit_plan,
        heading=_("Submit for approval"),
        says=_("The agreed plan goes to the chair of the Coordination Council."),
        button=_("Submit for approval"),
        done=_("The plan is submitted for approval."),
    ),
    "return": Act(
        does=plans.return_plan,
        heading=_("Return for revision"),
        says=_("The plan goes back to the International Headquarters and has to be agreed again."),
        button=_("Return for revision"),
        done=_("The plan is returned for revision."),
        fields=_comment(_("What has to be revised")),
        is_warning=True,
    ),
    "amend": Act(
        does=plans.amend_plan,
        heading=_("Amend the plan"),
        says=_(
            "A draft of the amendment is opened. The approved version stays in force until the next one is approved."
        ),
        button=_("Open the amendment"),
        done=_("The amendment is open for drafting."),
        fields=_comment(_("Reason of the amendment")),
    ),
    "discard-amendment": Act(
        does=plans.discard_amendment,
        heading=_("Discard the amendment"),
        says=_("Everything that was drafted since goes; the text is again what the version in force says."),
        button=_("Discard the amendment"),
        done=_("The amendment is discarded. The approved version stays in force."),
        is_warning=True,
    ),
    "close": Act(
        does=plans.close_plan,
        heading=_("Close the plan"),
        says=_("The annual report is approved. A closed plan is changed no more."),
        button=_("Close the plan"),
        done=_("The plan is closed."),
    ),
}


@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The page of an act; what it still lacks is listed instead of a form."""
    described_act = ACTS.get(name)
    if described_act is None:
        raise NotFound
    row, now = plan_or_404(request, slug), timezone.now()
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields.update(described_act.fields(row))
    failed: ListedProblems | None = None
    if request.method == "POST":
        try:
            described_act.does(plan=row, actor=reader(request), at=now, **_given(request, form))
        except (BadInput, Unmet) as error:
            form.refuse(error)
            failed = error
        else:
            messages.success(request, str(described_act.done))
            return redirect("operations:plan", slug=slug)
    refused = refusal(row, name.replace("-", "_"), request.user, at=now)
    if refused is not None and not isinstance(refused, Unmet):
        raise refused
    context = {
        "operation": row.operation,
        "plan": row,
        "act": described_act,
        "name": name,
        "form": form,
        "refusal": refused,
        "editor": reverse("operations:plan-edit", args=[slug]) if name == "circulate" else "",
    }
    return render(request, "operations/plans/act.html", context, status=422 if failed else 200)


def _given(request: HttpRequest, form: DrawnForm) -> dict[str, Any]:
    given = form.typed()
    if "meeting" in given:
        chosen = given["meeting"]
        rows = visible_to(Meeting, request.user, at=timezone.now())
        given["meeting"] = rows.filter(pk=int(chosen)).first() if chosen.isascii() and chosen.isdigit() else None
        given["in_correspondence"] = given["in_correspondence"] == "on"
    return given


@require_http_methods(["GET", "POST"])
def approval(request: HttpRequest, slug: str) -> HttpResponse:
    """Summary, changes, approve: for the chair; headquarters and assistant see the page without the form."""
    row, now = plan_or_404(request, slug), timezone.now()
    if not standing(request.user, now).sees_all_states or row.current_version is None:
        raise NotFound
    form = _identity_form(request)
    failed = False
    if request.method == "POST":
        try:
            plans.approve_plan(
                plan=row,
                sha256=request.POST.get("hash", ""),
                reauthenticated=reauthenticated(request),
                actor=reader(request),
                at=now,
            )
        except BadInput as error:
            form.refuse(error)
            failed = True
        else:
            messages.success(request, str(_("The plan is approved. Reporting periods and expected returns are made.")))
            return redirect("operations:plan", slug=slug)
    return render(request, "operations/plans/approval.html", _page(request, row, form), status=422 if failed else 200)


def _identity_form(request: HttpRequest) -> DrawnForm:
    form = DrawnForm(request.POST if request.method == "POST" else None)
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    form.fields["password"] = forms.CharField(label=_("Your password"), required=True, widget=widget)
    form.fields["code"] = line(_("Or a code of your second factor"), autocomplete="one-time-code", inputmode="numeric")
    return form


def _page(request: HttpRequest, row: Plan, form: DrawnForm) -> dict[str, Any]:
    version, now = row.current_version, timezone.now()
    if version is None:
        raise NotFound
    content = frozen_content(version)
    comparisons = _comparisons(request, row, version, content)
    plan_earlier.remember(version, user=request.user, at=now)
    answers = board(row)
    return {
        "operation": row.operation,
        "plan": row,
        "version": version,
        "reading": Reading(content, language=reader_language()),
        "answers": answers,
        "remarks": [{"state": answer.state, "remark": remark} for answer in answers for remark in answer.remarks],
        "comparisons": comparisons,
        "refusal": refusal(row, "approve", request.user, at=now),
        "may_return": may(row, "return", request.user, at=now),
        "form": form,
    }


def _comparisons(request: HttpRequest, row: Plan, version: PlanVersion, content: Content) -> list[Comparison]:
    """What changed since the version that the reader saw last, since the one in force, and since last year."""
    now, found, told = timezone.now(), [], set()
    seen = plan_earlier.seen_before(version, user=request.user)
    if seen is not None:
        told.add(seen.version_id)
        heading = _("Changes since version %(number)s, which you saw last") % {"number": seen.version.number}
        found.append(since_version(seen.version, content, heading))
    in_force = row.in_force_version
    before = in_force or row.versions.filter(number__lt=version.number).last()
    if before is not None and before.number < version.number and before.pk not in told:
        words = (
            _("Changes since version %(number)s, which is in force")
            if in_force
            else _("Changes since version %(number)s")
        )
        found.append(since_version(before, content, words % {"number": before.number}))
    last_year = plan_earlier.last_years_version(row, user=request.user, at=now)
    return [*found, since_last_year(last_year, content)] if last_year else found
