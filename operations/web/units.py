"""Pages on which an agency's units are kept: the list, adding many at once, renaming, retiring and restoring."""

from collections import defaultdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from operations.domain import units as verbs
from operations.domain.access import may, refusal, visible_to
from operations.domain.errors import BadInput, DomainError, NotAllowed, NotFound, Problem
from operations.domain.moments import moscow_date
from operations.models import Agency, Membership, Role, Unit, User
from operations.web import addresses
from operations.web.controls import Problem as ListedProblem
from operations.web.doors import row_or_404
from operations.web.drawn_forms import DrawnForm, line, lines
from operations.web.returns import reader
from operations.workbooks.csv_units import UnitLine, read_units

addresses.register(Unit, lambda row: reverse("operations:unit", args=[row.pk]))
addresses.register(Agency, lambda row: reverse("operations:agency-units", args=[row.code]))

ACTS = {
    "retire": (
        verbs.retire_unit,
        gettext_lazy("The unit owes no return any more that is not due yet. What it reported stays."),
        gettext_lazy("The unit is retired."),
    ),
    "restore": (
        verbs.restore_unit,
        gettext_lazy("The unit owes the returns of every period that has not closed."),
        gettext_lazy("The unit is restored."),
    ),
}


@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """The authorities whose units the reader keeps or may look at; a single one opens by itself."""
    rows = list(
        verbs.agencies_with_units(request.user, at=timezone.now()).order_by("state__short_ru", "kind_id", "code")
    )
    if len(rows) == 1:
        return redirect("operations:agency-units", code=rows[0].code)
    return render(request, "operations/units/agencies.html", {"agencies": rows})


@require_safe
def agency_units(request: HttpRequest, code: str) -> HttpResponse:
    """The units of one authority, those that are retired last."""
    agency, now = _agency(request, code), timezone.now()
    rows = visible_to(Unit, request.user, at=now).filter(agency=agency)
    ordered = list(rows.order_by("-is_active", "is_central_office", "code"))
    officers = _officers(agency)
    return render(
        request,
        "operations/units/units.html",
        {
            "agency": agency,
            "rows": [{"unit": unit, "officers": officers[unit.pk]} for unit in ordered],
            "active": sum(unit.is_active and not unit.is_central_office for unit in ordered),
            "may_keep": may(agency, "add_units", request.user, at=now),
            "has_several": verbs.agencies_with_units(request.user, at=now).count() > 1,
        },
    )


def _officers(agency: Agency) -> dict[int, list[User]]:
    held = Membership.objects.on(moscow_date(timezone.now())).filter(
        role=Role.AGENCY_OFFICER, agency=agency, unit__isnull=False, user__is_active=True
    )
    found: dict[int, list[User]] = defaultdict(list)
    for membership in held.select_related("user").order_by("user__username"):
        found[membership.unit_id or 0].append(membership.user)
    return found


@require_http_methods(["GET", "POST"])
def add_units(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a pasted list of units: all of it or, with every fault named, nothing."""
    agency = _agency(request, code)
    _let_in(refusal(agency, "add_units", request.user, at=timezone.now()))
    form = DrawnForm(request.POST if request.method == "POST" else None)
    form.fields["units"] = lines(
        _("Units, a line for each: code; name in Russian; name in English"),
        required=True,
        rows=12,
        hint=_("For example: 0201; Управление по городу; City department. A block copied from a spreadsheet will do."),
    )
    problems: list[ListedProblem] = []
    if request.method == "POST":
        try:
            added = _added(request, agency, form.typed()["units"])
        except BadInput as error:
            problems = [ListedProblem(text=str(problem.message), href="#id_units") for problem in error.problems]
        else:
            words = ngettext("%(count)s unit is added.", "%(count)s units are added.", len(added))
            messages.success(request, words % {"count": len(added)})
            return redirect("operations:agency-units", code=agency.code)
    context = {"agency": agency, "form": form, "problems": problems}
    return render(request, "operations/units/add.html", context, status=422 if problems else 200)


def _added(request: HttpRequest, agency: Agency, text: str) -> list[Unit]:
    rows = read_units(text)
    try:
        values = [row.values for row in rows]
        return verbs.add_units(agency=agency, units=values, actor=reader(request), at=timezone.now())
    except BadInput as error:
        raise BadInput([_at_line(problem, rows) for problem in error.problems]) from error


def _at_line(problem: Problem, rows: list[UnitLine]) -> Problem:
    """The fault of a row, said with the number of the line that was pasted."""
    _units, _dot, rest = problem.field.partition(".")
    place, _dot, _field = rest.partition(".")
    if not place.isdigit():
        return problem
    words = _("Line %(line)s: %(message)s") % {"line": rows[int(place)].line, "message": problem.message}
    return Problem(code=problem.code, field=problem.field, message=words)


@require_http_methods(["GET", "POST"])
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: its names, which may be changed, and whether it is retired."""
    row, now = _unit(request, pk), timezone.now()
    refused = refusal(row, "rename", request.user, at=now)
    names = {"name_ru": row.name_ru, "name_en": row.name_en}
    form = DrawnForm(request.POST if request.method == "POST" else None, initial=names)
    form.fields.update({"name_ru": line(_("Name"), required=True), "name_en": line(_("Name"))})
    status = 200
    if request.method == "POST":
        _let_in(refused)
        try:
            verbs.rename_unit(unit=row, values=form.typed(), actor=reader(request), at=now)
        except BadInput as error:
            form.refuse(error)
            status = 422
        else:
            messages.success(request, _("Saved."))
            return redirect("operations:agency-units", code=row.agency.code)
    act = "retire" if row.is_active else "restore"
    context = {
        "unit": row,
        "form": form if refused is None else None,
        "act": act,
        "act_refusal": refusal(row, act, request.user, at=now),
    }
    return render(request, "operations/units/unit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def unit_act(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Retires or restores a unit, after a page that says what follows."""
    row = _unit(request, pk)
    if act not in ACTS:
        raise NotFound
    verb, statement, done = ACTS[act]
    if request.method == "POST":
        verb(unit=row, actor=reader(request), at=timezone.now())
        messages.success(request, done)
        return redirect("operations:agency-units", code=row.agency.code)
    _let_in(refusal(row, act, request.user, at=timezone.now()))
    context = {"unit": row, "act": act, "statement": statement}
    return render(request, "operations/units/act.html", context)


def _agency(request: HttpRequest, code: str) -> Agency:
    """The agency whose units the reader may see; of another one the reader is told that this is not for him."""
    agency: Agency = row_or_404(Agency.objects.select_related("state", "kind"), request, code=code)
    now = timezone.now()
    if not (verbs.reads_units_of(request.user, agency, now) or verbs.keeps_units_of(request.user, agency, now)):
        raise NotAllowed
    return agency


def _unit(request: HttpRequest, pk: int) -> Unit:
    found: Unit = row_or_404(Unit.objects.select_related("agency__state", "agency__kind"), request, pk=pk)
    return found


def _let_in(refused: DomainError | None) -> None:
    """Raises the refusal of an act before its page is shown."""
    if refused is not None:
        raise refused
