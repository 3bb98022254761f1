"""Reference rows known from published sources: figures, reconciliations, stage dates, events, historical operations.

Nothing is made up: a historical operation exists for a year that a source attributes figures or stage dates to, and
has no plan, period or return.
"""

import datetime as dt
import re
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from operations.domain.reference_catalogue import Known
from operations.domain.reference_rows import Cells
from operations.domain.reference_store import Record, Table
from operations.models import (
    ContextEvent,
    Operation,
    PublishedFigure,
    PublishedStage,
    Qualifier,
    Reconciliation,
)

FIGURES = Table(PublishedFigure, lambda row: row.code)
EVENTS = Table(ContextEvent, lambda row: row.code)

# what a source file writes where a figure concerns the Organisation as a whole
REGIONAL = "CSTO"
# figures that a source does not attribute to the operation say nothing about whether there was one
_ATTRIBUTED = frozenset({PublishedFigure.Coverage.TOTAL, PublishedFigure.Coverage.PART})
_OPEN_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


def operations_table() -> Table:
    """Annual operations by year. An operation that is planned here is never touched by reference data."""
    return Table(Operation, lambda row: row.year if row.kind == Operation.Kind.ANNUAL else row.slug)


def stages_table() -> Table:
    """A stage is recognised by the year of its operation, its number and its state."""
    years = dict(Operation.objects.values_list("pk", "year"))
    states = dict(PublishedStage.objects.filter(state__isnull=False).values_list("state_id", "state__code"))
    return Table(PublishedStage, lambda row: (years[row.operation_id], row.number, states.get(row.state_id)))


def reconciliations_table() -> Table:
    codes = dict(Reconciliation.objects.values_list("pk", "total__code"))
    return Table(Reconciliation, lambda row: codes[row.pk])


def read_figure(cells: Cells, known: Known) -> Record:
    code = cells.name("id")
    state = _state_or_region(cells, "state", known)
    start, end = cells.date("date_from"), cells.date("date_to")
    years = cells.integer("year_from"), cells.integer("year_to")
    if start and end and end < start:
        cells.fault(_("date_to is before date_from"))
    if years[1] < years[0]:
        cells.fault(_("year_to is before year_from"))
    values = {
        "code": code,
        "date_from": start,
        "date_to": end,
        "period_kind": cells.choice("period_kind", PublishedFigure.PeriodKind),
        "year_from": years[0],
        "year_to": years[1],
        "region_code": "" if state else cells.text("state"),
        "scope": cells.choice("scope", PublishedFigure.Scope),
        "qualifier": cells.choice("qualifier", Qualifier),
        "value": cells.decimal("value"),
        "unit": cells.name("unit"),
        "currency": cells.text("currency", required=cells.text("unit") == "currency"),
        "coverage": cells.choice("coverage", PublishedFigure.Coverage),
        "status": cells.choice("status", PublishedFigure.Status),
        **{f"{name}_{language}": cells.name(f"{name}_{language}") for name in _NAMES for language in ("en", "ru")},
        **_source(cells),
    }
    links = {
        "state": state,
        "indicator": cells.code("indicator", known.indicators),
        "part_of": cells.code("part_of_id", known.figures),
        "duplicate_of": cells.code("duplicate_of", known.figures),
    }
    if code and code in {links["part_of"], links["duplicate_of"]}:
        cells.fault(_("the figure refers to itself"))
    return Record(key=code, values=values, links=links)


_NAMES = ("period", "place", "label")


def read_reconciliation(cells: Cells, known: Known) -> Record:
    total = cells.code("total_id", known.figures, required=True)
    parts = cells.codes("part_ids", known.figures)
    if not parts:
        cells.fault(_("no known parts are named"))
    values = {"expected": cells.choice("expected", Reconciliation.Expected), "what_en": cells.name("what")}
    return Record(key=total, values=values, links={"total": total}, sets={"parts": parts})


def read_stage(cells: Cells, known: Known) -> Record:
    year, number = cells.integer("year"), cells.integer("stage")
    state = _state_or_region(cells, "scope", known)
    start, end = cells.date("start", required=True), cells.date("end")
    if start and end and end < start:
        cells.fault(_("the stage ends before it starts"))
    values = {
        "number": number,
        "start_date": start,
        "end_date": end,
        "codename": cells.text("codename"),
        "source": cells.name("source"),
    }
    return Record(key=(year, number, state), values=values, links={"operation": year, "state": state})


def read_event(cells: Cells, known: Known) -> Record:
    code = cells.name("id")
    values = {
        "date_text": cells.text("date"),
        "starts_on": _first_day(cells, "date"),
        **{
            f"{name}_{language}": cells.name(f"{name}_{language}")
            for name in ("place", "event")
            for language in ("en", "ru")
        },
        **_source(cells),
    }
    return Record(key=code, values={"code": code, **values})


def historical_operations(
    figures: Iterable[Record], stages: Iterable[Record], *, existing_years: Iterable[int]
) -> list[Record]:
    """An operation for every year with attributed figures of that year alone, or with stage dates."""
    years = {int(str(record.links["operation"])) for record in stages}
    years |= {
        record.values["year_from"]
        for record in figures
        if record.values["year_from"] == record.values["year_to"]
        and record.values["coverage"] in _ATTRIBUTED
        and record.values["period_kind"] != PublishedFigure.PeriodKind.MULTI_YEAR
    }
    return [_historical_operation(year) for year in sorted(years - set(existing_years))]


def _historical_operation(year: int) -> Record:
    values = {
        "slug": f"illegal-{year}",
        "kind": Operation.Kind.ANNUAL,
        "origin": Operation.Origin.HISTORICAL,
        "year": year,
        "title_ru": f"Операция «Нелегал-{year}»",
        "title_en": f"Operation “Illegal-{year}”",
    }
    return Record(key=year, values=values)


def _state_or_region(cells: Cells, column: str, known: Known) -> str | None:
    """The code of a state, or None for a figure of the whole Organisation or of several states."""
    value = cells.text(column)
    if value in {"", REGIONAL}:
        return None
    return cells.code(column, known.states)


def _first_day(cells: Cells, column: str) -> dt.date | None:
    """A date of which the month or the day may be unknown: its first possible day."""
    match = _OPEN_DATE.fullmatch(cells.text(column, required=True))
    try:
        if match is None:
            raise ValueError(column)
        year, month, day = match.groups()
        return dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        cells.fault(_("%(column)s is not a date: %(value)s") % {"column": column, "value": cells.text(column)})
        return None


def _source(cells: Cells) -> dict[str, str]:
    return {
        "source_title": cells.name("source_title"),
        "source_url": cells.text("source_url"),
        "source_date": cells.text("source_date"),
        "note": cells.text("note"),
    }
