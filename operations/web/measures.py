"""The page of one measure: what the plan says of it, where it came from, what shows its effect, and how far it is."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import plan_accounts, plans
from operations.domain.access import refusal, visible_to
from operations.domain.errors import BadInput, NotFound, Stale
from operations.domain.plan_content import measures_of
from operations.domain.plan_reading import Reading
from operations.models import Measure, MeasureAccount, Plan
from operations.web import addresses
from operations.web.drawn_forms import DrawnForm, hidden, lines, radios
from operations.web.plan_conflicts import differences
from operations.web.plan_editor import revision_of
from operations.web.plans import origins_of, plan_or_404
from operations.web.returns import reader
from operations.web.tags import reader_language

addresses.register(Measure, lambda row: reverse("operations:measure", args=[row.objective.plan.operation.slug, row.pk]))


@require_safe
def measure(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The measure as the reader may read it: of the draft, or of the text in force."""
    plan = plan_or_404(request, slug)
    content, _version = plans.readable_content(plan, request.user, at=timezone.now())
    stored = next((one for one in measures_of(content) if one["id"] == pk), None)
    if stored is None:
        raise NotFound
    row = _stored(plan, pk)
    in_force = row is not None and plan_accounts.is_in_force(plan, row)
    far = plan_accounts.how_far_is(row) if row is not None and in_force else None
    reading = Reading(content, language=reader_language(), progress={pk: far} if far is not None else None)
    objective, shown = next(
        (objective, one) for objective in reading.objectives() for one in objective["measures"] if one["id"] == pk
    )
    return render(
        request,
        "operations/plans/measure.html",
        {
            "operation": plan.operation,
            "plan": plan,
            "objective": objective,
            "measure": shown,
            "row": row if in_force else None,
            "accounts": plan_accounts.accounts_of(row) if row and in_force else [],
            "by_side": far.accounts if far is not None else [],
            "came_from": origins_of({"objectives": [{"measures": [stored]}]}, request).get(stored["copied_from"]),
            "later": _copies(pk, request),
            "may_account": row is not None and _refused(plan, row, request) is None,
            "may_edit": row is not None and refusal(plan, "edit", request.user, at=timezone.now()) is None,
        },
    )


@require_http_methods(["GET", "POST"])
def account(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The responsible side says how far the measure is."""
    plan = plan_or_404(request, slug)
    row = _stored(plan, pk)
    content, _version = plans.readable_content(plan, request.user, at=timezone.now())
    stored = next((one for one in measures_of(content) if one["id"] == pk), None)
    if row is None or stored is None:
        raise NotFound
    refused = _refused(plan, row, request)
    if refused is not None:
        raise refused
    own = plan_accounts.own_account(row, request.user, at=timezone.now())
    form = _account_form(request, own)
    shown = {"pk": pk, "number": stored["number"], "text": stored["text"], "side": own.state}
    context: dict[str, Any] = {"operation": plan.operation, "plan": plan, "measure": shown, "form": form}
    status = 200
    if request.method == "POST":
        values = {name: value for name, value in form.typed().items() if name != "revision"}
        try:
            plans.give_account(
                measure=row, revision=revision_of(request), values=values, actor=reader(request), at=timezone.now()
            )
        except BadInput as error:
            form.refuse(error)
            status = 422
        except Stale as error:
            context["theirs"] = differences(error.current, form)
            form.retype(revision=error.current.revision)
            status = 409
        else:
            messages.success(request, _("The account is recorded."))
            return redirect("operations:measure", slug=slug, pk=pk)
    return render(request, "operations/plans/account.html", context, status=status)


def _refused(plan: Plan, row: Measure, request: HttpRequest) -> Any:
    return refusal(plan, "account", request.user, at=timezone.now(), given={"measure": row})


def _stored(plan: Plan, pk: int) -> Measure | None:
    return Measure.objects.filter(objective__plan=plan, pk=pk).select_related("objective__plan__operation").first()


def _account_form(request: HttpRequest, row: MeasureAccount) -> DrawnForm:
    names = ("progress", "account_ru", "account_en", "revision")
    form = DrawnForm(
        request.POST if request.method == "POST" else None, initial={name: getattr(row, name) for name in names}
    )
    form.fields.update(
        {
            "progress": radios(_("How far the measure is"), Measure.Progress.choices),
            "account_ru": lines(_("Short account"), hint=_("Sums and counts only, no names or documents of persons.")),
            "account_en": lines(_("Short account")),
            "revision": hidden(),
        }
    )
    return form


def _copies(pk: int, request: HttpRequest) -> list[Measure]:
    """Measures of later years that were copied from this one."""
    rows = visible_to(Measure, request.user, at=timezone.now()).select_related("objective__plan__operation")
    return list(rows.filter(copied_from=pk).order_by("objective__plan__operation__year"))
