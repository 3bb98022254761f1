"""What the page of completeness shows, as plain tables for a file: groups, single returns, delivery to the Bank."""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext as _

from operations.domain.completeness_matrix import STANDINGS, GroupLine, ReturnStanding
from operations.domain.information_bank import BankMatrix
from operations.domain.moments import MOSCOW
from operations.domain.period_names import period_name
from operations.domain.wording import date_format_in
from operations.models import Operation
from operations.web.signs import WORDS
from operations.web.tags import label, reader_language
from operations.workbooks.plain_tables import PlainTable, Value


def group_table(lines: Iterable[GroupLine], heading: str) -> PlainTable:
    """The counts and measures of the groups; every share stands as its two numbers."""
    headings = [
        _("Code"),
        heading,
        _("Expected"),
        _("Received"),
        _("On time, of the received"),
        *(str(WORDS[name]) for name in STANDINGS),
        _("Accepted"),
        _("Resubmitted"),
        _("Days late in all"),
        _("Required cells"),
        _("Cells with a value or not applicable"),
        _("Cells with any status"),
    ]
    return PlainTable(_("Completeness"), headings, [_group_row(line) for line in lines])


def _group_row(line: GroupLine) -> list[Value]:
    measures = line.measures
    return [
        line.key,
        group_name(line),
        measures.expected,
        measures.received,
        measures.timely,
        *(line.counts[name] for name in STANDINGS),
        measures.accepted,
        measures.resubmitted,
        measures.days_late,
        measures.required,
        measures.filled,
        measures.status_filled,
    ]


def group_name(line: GroupLine) -> str:
    """What people call a group: a state, an authority, a period, a month."""
    if line.of is None:
        return _("All")
    if isinstance(line.of, dt.date):
        return date_format_in(line.of, "F Y", reader_language())
    if hasattr(line.of, "opens_at"):
        return period_name(line.of)
    return label(line.of)


def return_table(found: Iterable[ReturnStanding]) -> PlainTable:
    """One line for each return that the reader may see."""
    headings = [
        _("State"),
        _("Authority"),
        _("Code"),
        _("Period"),
        _("Name of the period"),
        _("Due, Moscow time"),
        _("First submitted, Moscow time"),
        _("Standing"),
        _("Days late"),
        _("Hours late"),
        _("Required cells"),
        _("Cells with a value or not applicable"),
        _("Cells with any status"),
    ]
    return PlainTable(_("Returns"), headings, [_return_row(one) for one in found])


def about_table(operation: Operation, *, at: dt.datetime, address: str) -> PlainTable:
    """What the file is of, and the moment at which it was so."""
    rows: list[list[Value]] = [
        [_("Operation"), label(operation)],
        [_("As of, Moscow time"), _moment(at)],
        [_("Address"), address],
    ]
    if operation.is_demonstration:
        rows.append([_("Origin"), _("Demonstration data")])
    return PlainTable(_("About this file"), [_("What"), _("Value")], rows)


def _return_row(one: ReturnStanding) -> list[Value]:
    row = one.row
    is_due = one.measures.expected > 0
    return [
        label(row.agency.state),
        label(row.agency),
        row.agency.code,
        row.period.code,
        period_name(row.period),
        _moment(row.due_at),
        _moment(row.first_submitted_at) if row.first_submitted_at else None,
        str(WORDS[one.standing]),
        None if one.is_in_hours else one.delay,
        one.delay if one.is_in_hours else None,
        one.measures.required if is_due else None,
        one.measures.filled if is_due else None,
        one.measures.status_filled if is_due else None,
    ]


def _moment(value: dt.datetime) -> str:
    return f"{value.astimezone(MOSCOW):%Y-%m-%d %H:%M:%S}"


def bank_table(found: BankMatrix) -> PlainTable:
    """Delivery to the Interstate Information Bank: one line for each state and period."""
    headings = [
        _("State"),
        _("Period"),
        _("Name of the period"),
        _("Records on time"),
        _("of records due"),
        _("Records complete"),
        _("of records due, where complete is reported"),
        _("Returns with the figures"),
        _("Returns expected"),
    ]
    rows: list[list[Value]] = []
    for state in found.states:
        for period in found.periods:
            cell = found.cells.get((state.pk, period.pk))
            if cell is not None:
                on_time: list[Value] = [cell.on_time, cell.on_time_of] if cell.on_time_known else [None, None]
                complete: list[Value] = [cell.complete, cell.complete_of] if cell.complete_known else [None, None]
                names = [label(state), period.code, period_name(period)]
                rows.append([*names, *on_time, *complete, cell.reported, cell.expected])
    return PlainTable(_("Information Bank"), headings, rows)
