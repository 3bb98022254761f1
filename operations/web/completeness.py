"""The page that says what came, what came in time and what is filled: by state, authority, period and month.

What is shown is in the address, which a file of the same page takes too. A code that is not there is a wrong address:
400, as in the programming interface.
"""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from operations.domain.access import standing
from operations.domain.completeness_matrix import (
    ALL_OFFICIAL,
    GROUPS,
    STANDINGS,
    Chosen,
    GroupLine,
    ReturnStanding,
    counted_rows,
    grouped,
    standings,
    whole,
    with_silent_states,
)
from operations.domain.errors import NotFound
from operations.domain.information_bank import BankMatrix, Delivery, bank_matrix
from operations.models import Agency, AgencyKind, MemberState, Operation, PeriodKind, ReportingPeriod, Stage
from operations.web.completeness_files import (
    about_table,
    bank_table,
    group_name,
    group_table,
    return_table,
)
from operations.web.doors import row_or_404
from operations.web.returns import reader
from operations.web.signs import WORDS
from operations.workbooks.plain_tables import CSV_TYPE, XLSX_TYPE, csv_bytes, of_a_demonstration, xlsx_bytes

#: What each group is called, as the head of its column.
HEADINGS = {
    "state": gettext_lazy("State"),
    "agency_kind": gettext_lazy("Kind of authority"),
    "agency": gettext_lazy("Authority"),
    "period": gettext_lazy("Period"),
    "month": gettext_lazy("Month in which it is due"),
}
#: `kind` of the address: the official ones unless it says otherwise.
EVERY_KIND = "all"
PARAMETERS = ("state", "agency_kind", "agency", "kind", "stage", "period", "standing", "by")
TABLES = ("groups", "returns", "bank")


@dataclass(frozen=True)
class Page:
    """What the address asks for, and what was found."""

    operation: Operation
    chosen: Chosen
    by: str
    found: list[ReturnStanding]
    lines: list[GroupLine]
    whole: GroupLine
    bank: BankMatrix

    @property
    def visible(self) -> list[ReturnStanding]:
        return [one for one in self.found if one.is_visible]


@require_safe
def completeness(request: HttpRequest, slug: str) -> HttpResponse:
    """Completeness and timeliness of an operation, narrowed and grouped by the address."""
    operation = row_or_404(Operation, request, slug=slug)
    page = _page(request, operation)
    periods = sorted({one.row.period for one in page.visible}, key=lambda row: (row.due_at, row.pk))
    counted = counted_rows(page.found, by="period", chosen=page.chosen)
    by_period = {line.key: line for line in grouped(counted, by="period")}
    query = urlencode({name: request.GET[name] for name in PARAMETERS if request.GET.get(name)})
    return render(
        request,
        "operations/completeness/page.html",
        {
            "operation": operation,
            "page": page,
            "heading": HEADINGS[page.by],
            "lines": [(group_name(line), line, _counts(line)) for line in page.lines],
            "whole_counts": _counts(page.whole),
            "standings": [(name, WORDS[name]) for name in STANDINGS],
            "groups": list(HEADINGS.items()),
            "periods": [(period, by_period[period.code]) for period in periods],
            "rows": _matrix(page.visible, periods),
            "bank_rows": _bank_rows(page.bank),
            "choices": _choices(operation, request.GET.get("kind", "")),
            "query": query,
            "sees_all_states": standing(request.user, timezone.now()).sees_all_states,
        },
    )


@require_safe
def completeness_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """The same as a file: XLSX with all three tables, CSV with the one that `table` names."""
    operation = row_or_404(Operation, request, slug=slug)
    if name not in ("csv", "xlsx"):
        raise NotFound
    page = _page(request, operation, also=("table",))
    tables = {
        "groups": group_table([*page.lines, page.whole], str(HEADINGS[page.by])),
        "returns": return_table(page.visible),
        "bank": bank_table(page.bank),
    }
    if operation.is_demonstration:
        tables = {key: of_a_demonstration(each) for key, each in tables.items()}
    table = request.GET.get("table", "groups")
    if table not in tables:
        raise BadRequest("table")
    if name == "csv":
        response = HttpResponse(csv_bytes(tables[table]), content_type=CSV_TYPE)
        response["Content-Disposition"] = f'attachment; filename="completeness-{slug}-{table}.csv"'
    else:
        query = request.GET.urlencode()
        address = reverse("operations:completeness", args=[slug]) + (f"?{query}" if query else "")
        about = about_table(operation, at=timezone.now(), address=request.build_absolute_uri(address))
        response = HttpResponse(xlsx_bytes([*tables.values(), about]), content_type=XLSX_TYPE)
        response["Content-Disposition"] = f'attachment; filename="completeness-{slug}.xlsx"'
    return response


def _page(request: HttpRequest, operation: Operation, *, also: tuple[str, ...] = ()) -> Page:
    """Raises `BadRequest` for a parameter or a code that is not there."""
    chosen, by = _asked(request, operation, also)
    now, user = timezone.now(), reader(request)
    found = standings(operation, chosen, user=user, at=now)
    counted = counted_rows(found, by=by, chosen=chosen)
    lines = grouped(counted, by=by)
    if by == "state" and chosen in (Chosen(kind=chosen.kind), Chosen()):
        lines = with_silent_states(lines, operation)
    bank = bank_matrix(operation, replace(chosen, standing=""), user=user, at=now)
    return Page(operation, chosen, by, found, lines, whole(counted), bank)


def _asked(request: HttpRequest, operation: Operation, also: tuple[str, ...]) -> tuple[Chosen, str]:
    for name in request.GET:
        if name not in (*PARAMETERS, *also) or len(request.GET.getlist(name)) > 1:
            raise BadRequest(name)
    given = {name: request.GET.get(name, "") for name in PARAMETERS}
    periods = ReportingPeriod.objects.filter(operation=operation)
    for name, rows in (("state", MemberState.objects.all()), ("agency_kind", AgencyKind.objects.all())):
        _known(name, given[name], rows)
    _known("agency", given["agency"], Agency.objects.all())
    _known("period", given["period"], periods)
    for name, words in (("kind", (*PeriodKind.values, EVERY_KIND)), ("standing", STANDINGS), ("by", GROUPS)):
        if given[name] and given[name] not in words:
            raise BadRequest(name)
    kind = {"": ALL_OFFICIAL, EVERY_KIND: ""}.get(given["kind"], given["kind"])
    if given["period"] and not given["kind"]:
        kind = ""  # a period is of one kind anyway
    return (
        Chosen(
            state=given["state"],
            agency_kind=given["agency_kind"],
            agency=given["agency"],
            kind=kind,
            stage=_stage(given["stage"], operation),
            period=given["period"],
            standing=given["standing"],
        ),
        given["by"] or "state",
    )


def _known(name: str, code: str, rows: Any) -> None:
    if code and ("\x00" in code or not rows.filter(code=code).exists()):
        raise BadRequest(name)


def _stage(given: str, operation: Operation) -> int | None:
    if not given:
        return None
    if not (given.isascii() and given.isdigit() and len(given) < 4):
        raise BadRequest("stage")
    if not Stage.objects.filter(plan__operation=operation, number=int(given)).exists():
        raise BadRequest("stage")
    return int(given)


def _choices(operation: Operation, kind: str) -> dict[str, Any]:
    """What the selects of the filter offer."""
    periods = ReportingPeriod.objects.filter(operation=operation).order_by("due_at", "pk")
    return {
        "states": MemberState.objects.filter(participations__operation=operation, participations__takes_part=True),
        "agency_kinds": AgencyKind.objects.all(),
        "kinds": PeriodKind.choices,
        "stages": sorted({row.stage.number for row in periods.select_related("stage") if row.stage is not None}),
        "periods": [row for row in periods if row.is_official or kind in (EVERY_KIND, PeriodKind.OPERATIONAL)],
    }


def _counts(line: GroupLine) -> list[tuple[str, int]]:
    """By standing, in the order of the columns."""
    return [(name, line.counts[name]) for name in STANDINGS]


@dataclass(frozen=True)
class MatrixRow:
    """An agency with its cells in the order of the periods; None where nothing is expected of it."""

    agency: Agency
    cells: list[ReturnStanding | None]


def _matrix(found: list[ReturnStanding], periods: list[ReportingPeriod]) -> list[MatrixRow]:
    by_agency: dict[int, dict[int, ReturnStanding]] = {}
    agencies: dict[int, Agency] = {}
    for one in found:
        agencies[one.row.agency_id] = one.row.agency
        by_agency.setdefault(one.row.agency_id, {})[one.row.period_id] = one
    return [MatrixRow(agencies[key], [cells.get(period.pk) for period in periods]) for key, cells in by_agency.items()]


def _bank_rows(bank: BankMatrix) -> list[tuple[MemberState | None, list[Delivery | None], Delivery]]:
    """The states with their cells and their sum; the last row is all states together."""
    rows: list[tuple[MemberState | None, list[Delivery | None], Delivery]] = [
        (state, [bank.cells.get((state.pk, period.pk)) for period in bank.periods], bank.of_state(state))
        for state in bank.states
    ]
    if rows:
        rows.append((None, [bank.of_period(period) for period in bank.periods], bank.whole()))
    return rows
