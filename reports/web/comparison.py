"""The comparison of an operation with another, or of its stages: a page and the same as a file.

What is compared is in the address; an address that names what is not on offer is answered with 400 and what would be
right, as in the explorer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from operations.domain.access import visible_to
from operations.domain.errors import BadInput, NotFound, Problem
from operations.models import Indicator, IndicatorGroup, MemberState, Operation
from operations.web.tags import label, reader_language
from operations.workbooks.plain_tables import (
    CSV_TYPE,
    XLSX_TYPE,
    PlainTable,
    Value,
    csv_bytes,
    of_a_demonstration,
    xlsx_bytes,
)
from reports.domain.annual_results import year_unit
from reports.domain.cells import Cell
from reports.domain.comparison import (
    AS_STATED,
    DAYS_DIFFER,
    STATES_DIFFER,
    Compared,
    Comparison,
    compare,
    previous_of,
    side_of,
    stage_numbers,
)
from reports.domain.public_reading import PublicReading, public_reading
from reports.domain.units import unit_text
from reports.rendering.cells import exact_value, legend, shown
from reports.web.report_pages import operation_of

PARAMETERS = ("with", "stage", "with_stage", "state", "group")
FLAGS = {
    DAYS_DIFFER: gettext_lazy("the stage days differ"),
    STATES_DIFFER: gettext_lazy("the reporting states differ"),
    AS_STATED: gettext_lazy("as the source states it, not exact"),
}


@dataclass(frozen=True)
class Asked:
    """What the address asks for, and what it could ask for."""

    operation: Operation
    other: Operation
    stage: int | None
    other_stage: int | None
    place: MemberState | None
    group: str
    others: list[Operation]
    stages: list[int]
    other_stages: list[int]
    states: list[MemberState]

    def pairs(self) -> list[tuple[str, str]]:
        found = [
            ("with", self.other.slug),
            ("stage", str(self.stage or "")),
            ("with_stage", str(self.other_stage or "")),
        ]
        found += [("state", self.place.code if self.place else ""), ("group", self.group)]
        return [(name, text) for name, text in found if text]


@require_safe
def comparison(request: HttpRequest, slug: str) -> HttpResponse:
    """The page; without a word of the other side it is the operation of the year before."""
    operation = operation_of(request, slug)
    if any(not text for _name, text in request.GET.items()):
        pairs = [(name, text) for name, text in request.GET.items() if text]
        return redirect(f"{request.path}?{urlencode(pairs)}")
    try:
        asked = _asked(request, operation)
    except BadInput as error:
        return render(
            request, "reports/wrong_address.html", {"operation": operation, "problems": error.problems}, status=400
        )
    published = public_reading(request.user, at=timezone.now())
    found = _found(asked, published)
    language = reader_language()
    rows = [_row(one, language) for one in found.rows]
    cells = [cell for one in found.rows for cell in (one.now, one.before, one.change, one.percent, *one.per_day)]
    return render(
        request,
        "reports/comparison.html",
        {
            "operation": operation,
            "asked": asked,
            "found": found,
            "sides": [(side, label(side.name)) for side in (found.now, found.before)],
            "is_year_before": asked.other == previous_of(operation) and asked.stage == asked.other_stage,
            "now_name": label(found.now.name),
            "before_name": label(found.before.name),
            "rows": rows,
            "legend": [{"text": mark, "meaning": meaning} for mark, meaning in legend(cells, language=language)],
            "groups": IndicatorGroup.choices,
            "query": urlencode(asked.pairs()),
            "is_regional": asked.place is None,
            "is_as_published": published is not None,
            "has_flags": any(one.flags for one in found.rows),
        },
    )


@require_safe
def comparison_file(request: HttpRequest, slug: str, format: str) -> HttpResponse:
    """The same as CSV or XLSX."""
    operation = operation_of(request, slug)
    if format not in ("csv", "xlsx"):
        raise NotFound
    try:
        asked = _asked(request, operation)
    except BadInput as error:
        return render(
            request, "reports/wrong_address.html", {"operation": operation, "problems": error.problems}, status=400
        )
    table = _table(_found(asked, public_reading(request.user, at=timezone.now())), reader_language())
    content, kind = (csv_bytes(table), CSV_TYPE) if format == "csv" else (xlsx_bytes([table]), XLSX_TYPE)
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="comparison-{slug}-{asked.other.slug}.{format}"'
    return response


# --- the address ---


def _refused(request: HttpRequest, operation: Operation, error: BadInput) -> HttpResponse:
    context = {"operation": operation, "problems": error.problems}
    return render(request, "reports/wrong_address.html", context, status=400)


def _asked(request: HttpRequest, operation: Operation) -> Asked:
    """Raises `BadInput` with what is on offer."""
    problems: list[Problem] = []
    known = ", ".join(PARAMETERS)
    for name, texts in request.GET.lists():
        if name not in PARAMETERS:
            message = _("There is no parameter “%(name)s”. Known: %(known)s.") % {"name": name[:40], "known": known}
            problems.append(Problem(code="bad_parameter", message=message))
        elif len(texts) > 1:
            problems.append(Problem(code="bad_parameter", message=_("“%(name)s” may be said once.") % {"name": name}))
    others = list(visible_to(Operation, request.user, at=timezone.now()).order_by("-year", "slug"))
    default = previous_of(operation) or operation
    by_slug = {one.slug: one for one in others}
    other = _one(request, "with", by_slug, problems) or default
    stages, other_stages = stage_numbers(operation), stage_numbers(other)
    states = list(MemberState.objects.order_by("short_ru"))
    asked = Asked(
        operation=operation,
        other=other,
        stage=_one(request, "stage", {str(one): one for one in stages}, problems),
        other_stage=_one(request, "with_stage", {str(one): one for one in other_stages}, problems),
        place=_one(request, "state", {one.code: one for one in states}, problems),
        group=_one(request, "group", {code: code for code in IndicatorGroup.values}, problems) or "",
        others=others,
        stages=stages,
        other_stages=other_stages,
        states=states,
    )
    if problems:
        raise BadInput(problems)
    return asked


def _one(request: HttpRequest, name: str, on_offer: Mapping[str, Any], problems: list[Problem]) -> Any:
    text = request.GET.get(name, "")
    if text and text not in on_offer:
        parts = {"text": text[:40], "name": name, "known": ", ".join(on_offer) or "—"}
        message = _("“%(text)s” is not among the values of “%(name)s”. On offer: %(known)s.") % parts
        problems.append(Problem(code="bad_parameter", message=message))
    return on_offer.get(text)


def _found(asked: Asked, published: PublicReading | None) -> Comparison:
    rows = Indicator.objects.order_by("position")
    indicators = list(rows.filter(group=asked.group) if asked.group else rows)
    of: dict[str, Any] = {"place": asked.place, "indicators": indicators, "published": published}
    now = side_of(asked.operation, stage=asked.stage, **of)
    before = side_of(asked.other, stage=asked.other_stage, **of)
    return compare(now, before, indicators=indicators, place=asked.place)


# --- the page and the file ---


def _row(one: Compared, language: str) -> dict[str, Any]:
    def text(cell: Cell | None) -> str:
        return "" if cell is None else shown(cell, language=language).whole

    return {
        "indicator": one.indicator,
        "unit": _unit(one),
        "now": text(one.now),
        "before": text(one.before),
        "change": text(one.change),
        "percent": text(one.percent),
        "per_day": [text(cell) for cell in one.per_day],
        "states": [text(cell) for cell in one.states],
        "figures": one.figures,
        "flags": [FLAGS[flag] for flag in one.flags],
        "group": IndicatorGroup(one.indicator.group).label,
    }


def _unit(one: Compared) -> Any:
    return unit_text("currency", one.currency) if one.indicator.is_money else year_unit(one.indicator)


def _table(found: Comparison, language: str) -> PlainTable:
    """A column for every column of the page; a number that is exact is a number, any other a word."""
    now, before = found.now.name[language], found.before.name[language]  # type: ignore[literal-required]
    headings = [_("Code"), _("Indicator"), _("Unit"), now, before, "±", "%"]
    headings += [_("%(side)s, per day") % {"side": now}, _("%(side)s, per day") % {"side": before}]
    headings += [_("%(side)s, states") % {"side": now}, _("%(side)s, states") % {"side": before}, _("To note")]
    rows: list[list[Value]] = []
    for one in found.rows:
        cells = [one.now, one.before, one.change, one.percent, *one.per_day, *one.states]
        flags = "; ".join(str(FLAGS[flag]) for flag in one.flags)
        name, unit = label(one.indicator), label(_unit(one))
        rows.append([one.indicator.code, name, unit, *(_value(cell, language) for cell in cells), flags])
    table = PlainTable(_("Comparison"), headings, rows)
    return of_a_demonstration(table) if found.now.operation.is_demonstration else table


def _value(cell: Cell | None, language: str) -> Value:
    if cell is None:
        return None
    is_number = cell["state"] == "value" and cell["kind"] in ("number", "percent") and "qualifier" not in cell
    if not is_number:
        return shown(cell, language=language).whole
    return exact_value(cell)
