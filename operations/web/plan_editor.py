"""The editor of a plan's draft: a page that lists its rows with what is wrong, and a small form for each row.

Each form carries the revision of its row. Whoever saves an older one gets both texts side by side and loses neither;
editors of different rows never meet. What was typed is also kept when the row was removed or the plan left drafting
meanwhile. Everything works without script; with it, forms save themselves (`X-Autosave`) and rows are dragged.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from operations.domain import plan_checks, plans
from operations.domain.access import refusal, standing
from operations.domain.errors import BadInput, NotFound, Stale, WrongState
from operations.domain.plan_content import shown_content
from operations.domain.plan_reading import Reading
from operations.domain.plan_rows import KINDS
from operations.domain.plan_skeleton import texts_of
from operations.models import Plan, PlanSection, Role
from operations.web.drawn_forms import DrawnForm
from operations.web.plan_conflicts import differences, entries_of, last_editor
from operations.web.plan_forms import SECTION_HINTS, TITLES, goal_form, row_form, texts_form
from operations.web.plans import offered, origins_of, plan_or_404
from operations.web.returns import reader
from operations.web.tags import reader_language
from operations.workbooks.plan_template import standard_skeleton


def _draft(request: HttpRequest, slug: str, *, keeps: bool = False) -> Plan:
    """The plan, if the reader may edit it now; raises what stands in the way.

    A form that `keeps` what was typed finds out about a plan that has left drafting when it is saved.
    """
    plan = plan_or_404(request, slug)
    refused = refusal(plan, "edit", request.user, at=timezone.now())
    is_planner = Role.HQ_PLANNER in standing(request.user, timezone.now()).roles
    finds_out_later = keeps and request.method == "POST" and is_planner and isinstance(refused, WrongState)
    if refused is not None and not finds_out_later:
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
            "reading": Reading(
                content,
                language=reader_language(),
                origins=origins_of(content, request),
                standing_texts=texts_of(standard_skeleton()),
            ),
            "transitions": [act for act in offered(plan, request) if act["name"] in ("circulate", "discard_amendment")],
            "blockers": [problem for problem in found if problem.blocks],
            "warnings": [problem for problem in found if not problem.blocks],
        },
    )


@require_http_methods(["GET", "POST"])
def goal(request: HttpRequest, slug: str) -> HttpResponse:
    plan = _draft(request, slug, keeps=True)
    form = goal_form(plan, typed=_typed(request))
    if request.method == "POST":
        save = partial(plans.change_goal, plan=plan)
        return _saved(request, plan, form, _Edited(plan, _("Goal"), "goal", "goal"), save)
    return _row_page(request, plan, form, heading=_("Goal"), saves_itself=True)


@require_http_methods(["GET", "POST"])
def section(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    plan = _draft(request, slug, keeps=True)
    if kind not in PlanSection.Kind.values:
        raise NotFound
    row = plan.sections.filter(kind=kind).first() or PlanSection(plan=plan, kind=kind, revision=0)
    words = PlanSection.Kind(kind).label
    form = texts_form("text", words, row=row, typed=_typed(request), rows=14)
    if request.method == "POST":
        save = partial(plans.write_section, plan=plan, kind=kind)
        return _saved(request, plan, form, _Edited(row, words, f"section-{kind}", kind), save, hint=SECTION_HINTS[kind])
    return _row_page(request, plan, form, heading=words, hint=SECTION_HINTS[kind], saves_itself=True)


@require_http_methods(["GET", "POST"])
def new_row(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """A new row; what it belongs to may be named in the address (`?objective=7`)."""
    plan = _draft(request, slug, keeps=True)
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
        except WrongState as error:
            return _kept_page(request, plan, form, heading=TITLES[kind][0], why=error.message)
        else:
            messages.success(request, _("Added."))
            return redirect(_place(slug, f"{kind}-{row.pk}"))
    return _row_page(request, plan, form, heading=TITLES[kind][0], status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def row(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """The form of one row."""
    plan = _draft(request, slug, keeps=True)
    if kind not in KINDS:
        raise NotFound
    found = KINDS[kind].rows(plan).filter(pk=pk).first()
    words = TITLES[kind][1]
    if found is None and request.method == "POST" and plans.was_removed(plan, kind=kind, pk=pk):
        form = row_form(kind, plan, typed=request.POST)
        why = _("Somebody else has removed this since you opened it. Your text is below; it can be added anew.")
        return _kept_page(request, plan, form, heading=words, why=why, anew=kind)
    if found is None:
        raise NotFound
    form = row_form(kind, plan, row=found, typed=_typed(request))
    if request.method == "POST":
        return _saved(
            request, plan, form, _Edited(found, words, f"{kind}-{pk}", kind), partial(plans.change_row, row=found)
        )
    return _row_page(request, plan, form, heading=words, saves_itself=True)


@require_POST
def move(request: HttpRequest, slug: str, kind: str, pk: int) -> HttpResponse:
    """Moves a row up or down among its siblings: `to` is its new place."""
    found = _row(_draft(request, slug), kind, pk)
    plans.move_row(row=found, to=request.POST.get("to", ""), actor=reader(request), at=timezone.now())
    if _is_script(request):
        return HttpResponse(status=204)
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
            plans.remove_row(row=found, revision=revision_of(request), actor=reader(request), at=timezone.now())
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


def _is_script(request: HttpRequest) -> bool:
    """Whether a script asks, which wants to know what happened and no page."""
    return "X-Autosave" in request.headers


def revision_of(request: HttpRequest) -> int:
    """The revision that the form was drawn from; what is none fits no row."""
    given = request.POST.get("revision", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1


def _place(slug: str, name: str) -> str:
    return f"{reverse('operations:plan-edit', args=[slug])}#{name}"


@dataclass(frozen=True)
class _Edited:
    """What is edited: the row, its words, its fragment on the editor's page, its kind in the trail."""

    row: Any
    words: Any
    fragment: str
    kind: str


def _saved(
    request: HttpRequest, plan: Plan, form: DrawnForm, edited: _Edited, save: Callable[..., Any], **more: Any
) -> HttpResponse:
    """Saves what was typed; on a conflict both texts are shown, on bad input the form with what was typed."""
    values = {name: value for name, value in form.typed().items() if name != "revision"}
    if request.POST.get("take") in values:
        return _conflict(request, plan, form, edited, edited.row, taken=request.POST["take"], **more)
    try:
        row = save(revision=revision_of(request), values=values, actor=reader(request), at=timezone.now())
    except BadInput as error:
        if _is_script(request):
            return JsonResponse({"problems": [str(problem.message) for problem in error.problems]}, status=422)
        form.refuse(error)
        return _row_page(request, plan, form, heading=edited.words, status=422, saves_itself=True, **more)
    except WrongState as error:
        return _kept_page(request, plan, form, heading=edited.words, why=error.message)
    except Stale as error:
        if _is_script(request):
            return JsonResponse({"code": error.code}, status=412)
        return _conflict(request, plan, form, edited, error.current, **more)
    if _is_script(request):
        return JsonResponse({"revision": row.revision})
    messages.success(request, _("Saved."))
    return redirect(_place(plan.operation.slug, edited.fragment))


def _conflict(
    request: HttpRequest, plan: Plan, form: DrawnForm, edited: _Edited, current: Any, *, taken: str = "", **more: Any
) -> HttpResponse:
    """Both texts side by side. With `taken`, the other's entry of that field stands in the form; nothing is saved."""
    replaced = {taken: entries_of(current, form)[taken]} if taken else {}
    form.retype(revision=current.revision, **replaced)
    more |= {
        "theirs": differences(current, form),
        "editor": last_editor(plan, kind=edited.kind, row=current),
        "may_take": True,
    }
    return _row_page(request, plan, form, heading=edited.words, status=200 if taken else 409, **more)


def _row_page(
    request: HttpRequest, plan: Plan, form: DrawnForm, *, heading: Any, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"operation": plan.operation, "plan": plan, "form": form, "heading": heading, **more}
    return render(request, "operations/plans/row.html", context, status=status)


def _kept_page(
    request: HttpRequest, plan: Plan, form: DrawnForm, *, heading: Any, why: Any, anew: str = ""
) -> HttpResponse:
    """What was typed can no longer be saved here: it is shown, so that it is not lost."""
    if _is_script(request):
        return JsonResponse({"code": "wrong_state"}, status=409)
    return _row_page(request, plan, form, heading=heading, status=409, why=why, anew=anew)
