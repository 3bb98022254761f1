"""The explorer: any official number of the operations by any two sides, as a table or a chart, and what is behind it.

What is shown is in the address alone, so a page can be cited; a file of it takes the same address. An address that asks
for what is not on offer is answered with 400 and the form, which says what would be right.
"""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from operations.domain.access import standing, visible_to
from operations.domain.errors import BadInput, NotFound, Problem
from operations.models import Operation, Total
from operations.web.tags import label, reader_language
from reports.domain.definitions import definition_of
from reports.domain.explorer import Catalogue, Question, View, asked, default_question, read_catalogue
from reports.domain.lineage import lineage as lineage_of
from reports.domain.moved_figures import moved_reports
from reports.domain.pivot import MOST_CELLS, Pivot
from reports.domain.pivot_charts import charts
from reports.domain.public_reading import public_reading
from reports.rendering.pivot_files import CONTENT_TYPES, EXTENSIONS, pivot_bytes
from reports.web.charts import chart_part
from reports.web.explorer_form import DOWNLOADS, ExplorerForm, operations_text
from reports.web.explorer_table import ShownTable, lineage_parts
from reports.web.report_pages import operation_of


@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """The table that the address asks for; without an address, the newest operation with accepted figures."""
    catalogue = _catalogue(request)
    if not catalogue.operations:
        return render(request, "reports/explorer.html", {"nothing": True})
    if not request.GET:
        question = default_question(catalogue, operation=_newest(request, catalogue))
        return redirect(f"{reverse('reports:explorer')}?{urlencode(question.as_pairs())}")
    if any(not text for texts in dict(request.GET.lists()).values() for text in texts):
        return redirect(f"{request.path}?{_without_empty(request.GET)}")
    try:
        question = _asked(request, catalogue)
        pivot = _pivot(request, question, catalogue)
    except BadInput as error:
        return _refused(request, catalogue, error)
    return render(request, "reports/explorer.html", _shown(request, pivot))


@require_safe
def download(request: HttpRequest, format: str) -> HttpResponse:
    """The same table as a file."""
    if format not in CONTENT_TYPES:
        raise NotFound
    catalogue = _catalogue(request)
    try:
        question = _asked(request, catalogue)
        address = request.build_absolute_uri(f"{reverse('reports:explorer')}?{urlencode(question.as_pairs())}")
        pivot = _pivot(request, question, catalogue)
        now = timezone.now()
        content = pivot_bytes(
            pivot,
            format=format,
            language=reader_language(),
            address=address,
            operations=visible_to(Operation, request.user, at=now),
            at=now,
        )
    except BadInput as error:
        return _refused(request, catalogue, error)
    response = HttpResponse(content, content_type=CONTENT_TYPES[format])
    response["Content-Disposition"] = f'attachment; filename="illegal-explorer.{EXTENSIONS[format]}"'
    return response


@require_safe
def lineage(request: HttpRequest) -> HttpResponse:
    """One number: the sums and the submissions that it was put together from, what control found, what was asked."""
    catalogue = _catalogue(request)
    try:
        question = _asked(request, catalogue)
        _check_single(question)
    except BadInput as error:
        return _refused(request, catalogue, error)
    now = timezone.now()
    published = public_reading(request.user, at=now)
    if published is not None and published.holds(question.indicators[0].code):
        raise NotFound
    totals = visible_to(Total, request.user, at=now)
    found = lineage_of(question, catalogue, totals=totals, actor=request.user, at=now)
    parts = lineage_parts(question, catalogue, found, language=reader_language())
    return render(request, "reports/lineage.html", parts)


@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """Where the explorer was before."""
    return redirect("reports:explorer")


@require_safe
def operation_statistics(request: HttpRequest, slug: str) -> HttpResponse:
    """The explorer on one operation; a historical one has its published figures."""
    operation = operation_of(request, slug)
    if operation.is_historical:
        return redirect(f"{reverse('reports:history')}?year={operation.year}")
    if request.GET:
        pairs = [("operation", slug), *((name, text) for name, texts in request.GET.lists() for text in texts)]
        pairs += [("rows", "indicator"), ("columns", "state")]
    else:
        pairs = default_question(_catalogue(request), operation=operation).as_pairs()
    return redirect(f"{reverse('reports:explorer')}?{urlencode(pairs)}")


@require_safe
def state_lineage(request: HttpRequest, slug: str, code: str, state: str) -> HttpResponse:
    """A state's number over the year, by its own address."""
    operation_of(request, slug)
    query = urlencode([("operation", slug), ("indicator", code), ("state", state)])
    return redirect(f"{reverse('reports:explorer-lineage')}?{query}")


def _catalogue(request: HttpRequest) -> Catalogue:
    return read_catalogue(visible_to(Operation, request.user, at=timezone.now()))


def _newest(request: HttpRequest, catalogue: Catalogue) -> Operation:
    """The newest operation with accepted figures, else the newest."""
    totals = visible_to(Total, request.user, at=timezone.now()).filter(basis=Total.Basis.ACCEPTED)
    counted = set(totals.order_by().values_list("period__operation", flat=True).distinct())
    return next((one for one in catalogue.operations if one.pk in counted), catalogue.operations[0])


def _asked(request: HttpRequest, catalogue: Catalogue) -> Question:
    return asked(dict(request.GET.lists()), catalogue, provisional_for=_provisional_for(request))


def _provisional_for(request: HttpRequest) -> frozenset[int] | None:
    """The states whose provisional figures the reader may see; None is all of them."""
    seen = standing(request.user, timezone.now())
    return None if seen.sees_all_states else seen.headed_states | seen.agency_states


def _pivot(request: HttpRequest, question: Question, catalogue: Catalogue) -> Pivot:
    now = timezone.now()
    totals, published = visible_to(Total, request.user, at=now), public_reading(request.user, at=now)
    return Pivot(question, catalogue, totals=totals, published=published)


def _without_empty(given: QueryDict) -> str:
    """A form sends also what was left open; an address that can be cited does not say it."""
    return urlencode([(name, text) for name, texts in given.lists() for text in texts if text])


def _check_single(question: Question) -> None:
    if question.axes or len(question.indicators) != 1:
        message = _("A lineage is of one number: one indicator, and nothing on rows or columns.")
        raise BadInput([Problem(code="not_single", field="indicator", href="indicator", message=message)])


def _refused(request: HttpRequest, catalogue: Catalogue, error: BadInput) -> HttpResponse:
    form = ExplorerForm(
        dict(request.GET.lists()),
        catalogue,
        problems=error.problems,
        with_provisional=_provisional_for(request) != frozenset(),
    )
    context = {"form_parts": form, "problems": error.problems, "most": MOST_CELLS}
    return render(request, "reports/explorer.html", context, status=400)


def _shown(request: HttpRequest, pivot: Pivot) -> dict[str, Any]:
    language, question = reader_language(), pivot.question
    pairs = question.as_pairs()
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    drawn = charts(pivot) if question.view in (View.BAR, View.LINE) else []
    single = question.operations[0] if len(question.operations) == 1 else None
    return {
        "form_parts": ExplorerForm(given, pivot.catalogue, with_provisional=_provisional_for(request) != frozenset()),
        "pivot": pivot,
        "question": question,
        "table": ShownTable(pivot, language),
        "charts": [chart_part(one, language) for one in drawn or ()],
        "is_not_drawn": drawn is None,
        "query": urlencode(pairs),
        "downloads": DOWNLOADS.items(),
        "operations_text": operations_text(question.operations),
        "single_operation": single,
        "moved": [] if single is None else _moved(request, single),
        "title": label(single, "title") if single else operations_text(question.operations),
        "demonstration": any(one.is_demonstration for one in question.operations),
        "most": MOST_CELLS,
        "is_as_published": any(pivot.is_as_published(one) for one in question.indicators),
    }


def _moved(request: HttpRequest, operation: Operation) -> list[dict[str, Any]]:
    """The reports that say something else by now than the figures shown."""
    return [
        {"report": one.report, "name": definition_of(one.report).name, "count": one.moved}
        for one in moved_reports(operation, request.user, at=timezone.now())
    ]
