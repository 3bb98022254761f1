"""The editor of a plan's draft: a page that lists its rows with what is wrong, and a small form for each row.

Each form carries the revision of its row. Whoever saves an older one gets both texts and loses neither; editors of
different rows never meet. Everything works without script.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain import plan_checks, plans
from operations.domain.access import refusal
from operations.domain.errors import BadInput, NotFound, Stale
from operations.domain.plan_content import shown_content
from operations.domain.plan_reading import Reading
from operations.domain.plan_rows import KINDS
from operations.models import Plan, PlanSection
from operations.web.drawn_forms import DrawnForm
from operations.web.plan_forms import TITLES, row_form, texts_form
from operations.web.plans import offered, plan_or_404
from operations.web.returns import reader
from operations.web.tags import reader_language


def _draft(request: HttpRequest, slug: str) -> Plan:
    """The plan, if the reader may edit it now; raises what stands in the way."""
    plan = plan_or_404(request, slug)
    refused = refusal(plan, "edit", request.user, at=timezone.now())
    if refused is not None:
        raise refused
    return plan


@require_safe
def editor(request: HttpRequest, slug: str) -> HttpResponse:
    """All rows of the draft in the order of the form, each with its link, and the list of what is wrong."""
    plan = _draft(request, slug)
    content = shown_content(plan)
    found = plan_checks.problems(content)
    return render(
        request,
        "operations/plans/editor.html",
        {
            "operation": plan.operation,
            "plan": plan,
            "reading": Reading(content, language=reader_language()),
            "transitions": [act for act in offered(plan, request) if act["name"] in ("circulate", "discard_amendment")],
            "blockers": [problem for problem in found if problem.blocks],
            "warnings": [problem for problem in found if not problem.blocks],
        },
    )


@require_http_methods(["GET", "POST"])
def goal(request: HttpRequest, slug: str) -> HttpResponse:
    plan = _draft(request, slug)
    form = texts_form("goal", _("Goal of the operation"), row=plan, typed=_typed(request), rows=5)
    if request.method == "POST":
        save = partial(plans.change_goal, plan=plan)
        return _saved(request, plan, form, _("Goal"), "goal", save)
    return _row_page(request, plan, form, heading=_("Goal"))


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    plan = _draft(request, slug)
    if kind not in PlanSection.Kind.values:
        raise NotFound
    row = plan.sections.filter(kind=kind).first() or PlanSection(plan=plan, kind=kind, revision=0)
    words = PlanSection.Kind(kind).label
    form = texts_form("text", words, row=row, typed=_typed(request), rows=14)
    if request.method == "POST":
        save = partial(plans.write_section, plan=plan, kind=kind)
        return _saved(request, plan, form, words, f"section-{kind}", save)
    return _row_page(request, plan, form, heading=words)


@require_http_methods(["GET", "POST"])
def new_row(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A new row; what it belongs to may be named in the address (`?objective=7`)."""
    plan = _draft(request, slug)
    if kind not in KINDS:
        raise NotFound
    chosen = {name: request.GET[name] for name in ("objective", "stage") if name in request.GET}
    defaults = {"kind": "active"} if kind == "stage" else {"timing": "during_stage"} if kind == "measure" else {}
    form = row_form(kind, plan, typed=_typed(request), initial=defaults | chosen)
    if request.method == "POST":
        values = {name: value for name, value in form.typed().items() if name != "revision"}
        try:
            row = plans.add_row(plan=plan, kind=kind, values=values, actor=reader(request), at=timezone.now())
        except BadInput as error:
            form.refuse(error)
        else:
            messages.success(request, _("Added."))
            return redirect(_place(slug, f"{kind}-{row.pk}"))
    return _row_page(request, plan, form, heading=TITLES[kind][0], status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """The form of one row."""
    plan = _draft(request, slug)
    found = _row(plan, kind, pk)
    form = row_form(kind, plan, row=found, typed=_typed(request))
    if request.method == "POST":
        save = partial(plans.change_row, row=found)
        return _saved(request, plan, form, TITLES[kind][1], f"{kind}-{pk}", save)
    return _row_page(request, plan, form, heading=TITLES[kind][1])


@require_POST
def move(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Moves a row up or down among its siblings: `to` is its new place."""
    found = _row(_draft(request, slug), kind, pk)
    plans.move_row(row=found, to=request.POST.get("to", ""), actor=reader(request), at=timezone.now())
    return redirect(_place(slug, f"{kind}-{pk}"))


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Asks first, then removes the row."""
    plan = _draft(request, slug)
    found = _row(plan, kind, pk)
    form = DrawnForm(request.POST if request.method == "POST" else None)
    stale = False
    if request.method == "POST":
        try:
            plans.remove_row(row=found, revision=_revision(request), actor=reader(request), at=timezone.now())
        except BadInput as error:
            form.refuse(error)
        except Stale:
            stale = True
        else:
            messages.success(request, _("Removed."))
            return redirect(_place(slug, f"{kind}s"))
    context = {"operation": plan.operation, "plan": plan, "row": found, "kind": kind, "form": form, "stale": stale}
    status = 409 if stale else 422 if form.errors else 200
    return render(request, "operations/plans/remove.html", context, status=status)


def _row(plan: Plan, kind: str, pk: int) -> Any:
    found = KINDS[kind].rows(plan).filter(pk=pk).first() if kind in KINDS else None
    if found is None:
        raise NotFound
    return found


def _typed(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _place(slug: str, name: str) -> str:
    return f"{reverse('operations:plan-edit', args=[slug])}#{name}"


def _saved(
    request: HttpRequest, plan: Plan, form: DrawnForm, words: Any, place: str, save: Callable[..., Any]
) -> HttpResponse:
    """Saves what was typed; on a conflict both texts are shown, on bad input the form with what was typed."""
    values = {name: value for name, value in form.typed().items() if name != "revision"}
    try:
        save(revision=_revision(request), values=values, actor=reader(request), at=timezone.now())
    except BadInput as error:
        form.refuse(error)
        return _row_page(request, plan, form, heading=words, status=422)
    except Stale as error:
        theirs = _as_typed(error.current, form)
        form.retype(revision=error.current.revision)
        return _row_page(request, plan, form, heading=words, status=409, theirs=theirs)
    messages.success(request, _("Saved."))
    return redirect(_place(plan.operation.slug, place))


def _as_typed(current: Any, form: DrawnForm) -> list[dict[str, Any]]:
    """The fields of the row as it stands that differ from what was typed; texts and dates, in words."""
    differing = []
    for name, field in form.fields.items():
        value = getattr(current, name, None)
        if name == "revision" or hasattr(value, "all") or hasattr(value, "pk"):
            continue
        if str(value if value is not None else "") != str(form.data.get(name, "")):
            differing.append({"label": field.label, "value": value if value is not None else "", "name": name})
    return differing


def _row_page(
    request: HttpRequest, plan: Plan, form: DrawnForm, *, heading: Any, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"operation": plan.operation, "plan": plan, "form": form, "heading": heading, **more}
    return render(request, "operations/plans/row.html", context, status=status)
