"""A table of the explorer as a file: CSV, XLSX, JSON and SDMX hold the numbers that the page shows, and no others.

CSV has a line for each number with the codes of its place, so that nothing is lost and nothing has to be guessed from
headings; the workbook has the table as it is shown as well. SDMX knows codes alone (`pivot_sdmx`).
"""

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

from operations.domain.exchange_rates import DOLLAR
from operations.models import Operation
from operations.workbooks.plain_tables import PlainTable, Value, csv_bytes, of_a_demonstration, xlsx_bytes
from reports.domain.cells import Cell
from reports.domain.pivot import Pivot, PivotCell
from reports.domain.pivot_sides import Line
from reports.domain.texts import of_row
from reports.rendering.cells import exact_value, shown
from reports.rendering.pivot_sdmx import pivot_sdmx

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
    "sdmx-csv": "application/vnd.sdmx.data+csv; version=2.0.0",
    "sdmx-ml": "application/vnd.sdmx.structurespecificdata+xml; version=2.1",
    "sdmx-structure": "application/vnd.sdmx.structure+xml; version=2.1",
}
EXTENSIONS = {
    "csv": "csv",
    "xlsx": "xlsx",
    "json": "json",
    "sdmx-csv": "sdmx.csv",
    "sdmx-ml": "sdmx.xml",
    "sdmx-structure": "structure.xml",
}


def pivot_bytes(
    pivot: Pivot, *, format: str, language: str, address: str, operations: Iterable[Operation], at: dt.datetime
) -> bytes:
    """The file in one of the formats of `CONTENT_TYPES`; `operations` are those that the reader may see."""
    if format == "csv":
        return csv_bytes(_of_its_origin(_long_table(pivot, language), pivot))
    if format == "xlsx":
        tables = [_of_its_origin(one, pivot) for one in (_shown_table(pivot, language), _long_table(pivot, language))]
        sheets = [*tables, _facts(pivot, address)]
        return xlsx_bytes([*sheets, _rates(pivot)] if pivot.question.currency else sheets)
    if format == "json":
        return json.dumps(_as_json(pivot, address), ensure_ascii=False, indent=1).encode()
    return pivot_sdmx(pivot, format=format, address=address, operations=operations, at=at)


def cell_text(found: PivotCell, *, language: str) -> str:
    """A cell as the page shows it: the number, amounts by currency, or n of m."""
    if found.share is not None:
        return shown(found.share, language=language).whole
    return "; ".join(shown(one, language=language).whole for one in found.amounts)


def line_text(line: Line, *, language: str) -> str:
    return ", ".join(name[language] for name in line.names)  # type: ignore[literal-required]


def _of_its_origin(table: PlainTable, pivot: Pivot) -> PlainTable:
    return of_a_demonstration(table) if _is_demonstration(pivot) else table


def _is_demonstration(pivot: Pivot) -> bool:
    return any(one.is_demonstration for one in pivot.question.operations)


# --- as it is shown ---


def _shown_table(pivot: Pivot, language: str) -> PlainTable:
    """The table of the page; a cell that is exactly one number is a number."""
    heads = [str(one.label) for one in pivot.question.rows] or [""]
    columns = [line_text(one, language=language) or _("Value") for one in pivot.columns]
    rows: list[list[Value]] = []
    for row, cells in pivot.table():
        names: list[Value] = [name[language] for name in row.names] or [""]  # type: ignore[literal-required]
        rows.append([*names, *(_value(one, language) for one in cells)])
    return PlainTable(_("Table"), [*heads, *columns], rows)


def _value(found: PivotCell, language: str) -> Value:
    cell = found.amounts[0]
    is_number = found.share is None and len(found.amounts) == 1 and cell["state"] == "value"
    if not is_number:
        return cell_text(found, language=language)
    return exact_value(cell)


# --- a line for each number ---


def _long_table(pivot: Pivot, language: str) -> PlainTable:
    dimensions = pivot.question.axes
    headings = [heading for one in dimensions for heading in (f"{one.value}_code", str(one.label))]
    headings += [
        "indicator",
        _("Indicator"),
        _("Unit"),
        _("Value"),
        _("Currency"),
        _("Status of the figure"),
        _("As shown"),
    ]
    headings += [_("States that reported"), _("of states")]
    if pivot.question.currency:
        headings += [_("Rates used")]
    if pivot.question.view == "share":
        headings += [_("Part"), _("of whole")]
    return PlainTable(_("Data"), headings, list(_long_rows(pivot, language)))


def _long_rows(pivot: Pivot, language: str) -> Iterator[list[Value]]:
    for row, cells in pivot.table():
        for column, found in zip(pivot.columns, cells, strict=True):
            place: list[Value] = []
            for line in (row, column):
                for (_dimension, member), name in zip(line.place, line.names, strict=True):
                    place += [member.code, name[language]]  # type: ignore[literal-required]
            indicator = found.indicator
            place += [indicator.code, of_row(indicator, "name")[language], pivot.unit_of(indicator)[language]]  # type: ignore[literal-required]
            for cell in found.amounts:
                rates = [_rates_text(found)] if pivot.question.currency else []
                shares = _share_values(found) if pivot.question.view == "share" else []
                yield [*place, *_cell_values(cell, language), *_states(found), *rates, *shares]


def _cell_values(cell: Cell, language: str) -> list[Value]:
    number = exact_value(cell) if cell["state"] == "value" else None
    return [number, cell.get("currency", ""), cell["state"], shown(cell, language=language).whole]


def _states(found: PivotCell) -> list[Value]:
    return [found.reporting, found.expected] if found.expected else [None, None]


def _share_values(found: PivotCell) -> list[Value]:
    share = found.share
    if share is None or share["state"] != "value":
        return [None, None]
    return [exact_value({**found.cell, "value": share[name]}) for name in ("value", "of")]


def _rates_text(found: PivotCell) -> str:
    """The rates behind an amount; what could not be converted says for which currency one is missing."""
    if found.converted is None:
        return ""
    if found.converted.missing:
        return _("no rate: %(codes)s") % {"codes": ", ".join(found.converted.missing)}
    return "; ".join(
        f"{one.day}: 1 {DOLLAR} = {one.units_per_usd.normalize():f} {one.currency}" for one in found.converted.rates
    )


def _rates(pivot: Pivot) -> PlainTable:
    """The rates of all conversions with their sources."""
    heads = [_("Currency"), _("Day"), _("Units for one US dollar"), _("Source")]
    rows: list[list[Value]] = [
        [one.currency, one.day.isoformat(), f"{one.units_per_usd.normalize():f}", one.source]
        for one in pivot.exchange.rates
    ]
    return PlainTable(_("Rates used"), heads, rows)


def _facts(pivot: Pivot, address: str) -> PlainTable:
    """What was asked, so that a sheet on its own can be asked again."""
    question = pivot.question
    basis = _("provisional") if question.is_provisional else _("accepted")
    rows: list[list[Value]] = [[_("Basis"), basis], [_("Address"), address]]
    rows += [[name, code] for name, code in question.as_pairs()]
    rows += [[f"data_version {one.slug}", one.data_version] for one in question.operations]
    return PlainTable(_("Question"), [_("What"), _("Value")], rows)


# --- JSON ---


def _as_json(pivot: Pivot, address: str) -> dict[str, Any]:
    """Codes and both languages; money in minor units of its currency."""
    question = pivot.question
    return {
        **({"exchange": _exchange_json(pivot)} if question.currency else {}),
        "address": address,
        "basis": "provisional" if question.is_provisional else "accepted",
        "is_demonstration": _is_demonstration(pivot),
        "data_versions": {one.slug: one.data_version for one in question.operations},
        "rows": [_line_json(one) for one in pivot.rows],
        "columns": [_line_json(one) for one in pivot.columns],
        "indicators": [
            {"code": one.code, "name": dict(of_row(one, "name")), "unit": dict(pivot.unit_of(one))}
            for one in question.indicators
        ],
        "cells": [[_cell_json(one) for one in cells] for _row, cells in pivot.table()],
    }


def _exchange_json(pivot: Pivot) -> dict[str, Any]:
    """What money was converted to, by which rates; `missing` currencies stayed as they were reported."""
    rates = [
        {
            "currency": one.currency,
            "day": one.day.isoformat(),
            "units_per_usd": f"{one.units_per_usd.normalize():f}",
            "source": one.source,
        }
        for one in pivot.exchange.rates
    ]
    return {"currency": pivot.question.currency, "rates": rates, "missing": list(pivot.exchange.missing)}


def _line_json(line: Line) -> dict[str, Any]:
    return {
        "is_subtotal": line.is_subtotal,
        "place": {
            dimension.value: {"code": member.code or None, "name": dict(name)}
            for (dimension, member), name in zip(line.place, line.names, strict=True)
        },
    }


def _cell_json(found: PivotCell) -> dict[str, Any]:
    shape: dict[str, Any] = {
        "indicator": found.indicator.code,
        "amounts": [{key: one[key] for key in ("state", "value", "currency") if key in one} for one in found.amounts],
    }
    if found.expected:
        shape["states"] = {"reported": found.reporting, "expected": found.expected}
    if found.share is not None:
        share = found.share
        shape["share"] = {"part": share["value"], "whole": share["of"]} if share["state"] == "value" else None
    return shape
