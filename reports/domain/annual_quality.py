"""Quality of the data in the annual report: completeness, timeliness, corrections, breaches; and its checklist.

Everything is n of m. A correction is shown beside what it replaced; a breach that was let through is printed with the
reason that was given for it.
"""

import datetime as dt
import re
from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from operations.domain.completeness import Completeness, completeness_by
from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.reporting_calendar import came_before_the_end, delay, is_timely
from operations.domain.statistics import participating_states
from operations.models import Breach, Query, Rule, Submission
from reports.domain import blocks
from reports.domain.cells import Cell, Text, both, missing, money, number, percent, share, tenths_of_percent, words
from reports.domain.extents import Extent
from reports.domain.texts import date_in_both, of_row, period_name, state_name, worded

STATE = both(ru="Государство", en="State")
AGENCY = both(ru="Орган", en="Authority")
PERIOD = both(ru="Период", en="Period")
#: The indicators of money, as the rules name them.
_MONEY = re.compile(r"\b(?:ADM04|ADM05|FIN02)\b")
#: A list longer than this is counted, not printed.
LONGEST_LIST = 300


def completeness_tables(extent: Extent, *, at: dt.datetime) -> Iterator[blocks.Block]:
    """Completeness and timeliness by state (of one state: by kind of authority) and by period."""
    yield from by_kind(extent, at=at) if extent.state is not None else by_state(extent, at=at)
    yield from by_period(extent, at=at)


def by_state(extent: Extent, *, at: dt.datetime) -> Iterator[blocks.Block]:
    measured = completeness_by(extent.operation, lambda row: row.agency.state_id, at=at, returns=extent.official())
    yield from measures(
        [
            (state_name(state), measured.get(state.pk, Completeness()))
            for state in participating_states(extent.operation)
        ],
        id="table-completeness-states",
        caption=both(ru="Полнота и своевременность по государствам", en="Completeness and timeliness by state"),
        stub=STATE,
    )


def by_kind(extent: Extent, *, at: dt.datetime) -> Iterator[blocks.Block]:
    measured = completeness_by(extent.operation, lambda row: row.agency.kind, at=at, returns=extent.official())
    ordered = sorted(measured.items(), key=lambda pair: pair[0].pk)
    yield from measures(
        [(of_row(kind, "name"), found) for kind, found in ordered],
        id="table-completeness-kinds",
        caption=both(
            ru="Полнота и своевременность по видам органов", en="Completeness and timeliness by kind of authority"
        ),
        stub=AGENCY,
    )


def by_period(extent: Extent, *, at: dt.datetime) -> Iterator[blocks.Block]:
    measured = completeness_by(extent.operation, lambda row: row.period, at=at, returns=extent.official())
    ordered = sorted(measured.items(), key=lambda pair: (pair[0].start_date, pair[0].due_at))
    yield from measures(
        [(period_name(period), found) for period, found in ordered],
        id="table-completeness-periods",
        caption=both(ru="Полнота и своевременность по периодам", en="Completeness and timeliness by period"),
        stub=PERIOD,
    )


def overall(extent: Extent, *, at: dt.datetime) -> Completeness:
    """The measures of all official returns together."""
    found = completeness_by(extent.operation, lambda row: True, at=at, returns=extent.official())
    return found.get(True, Completeness())


def overall_sentence(extent: Extent, *, at: dt.datetime) -> blocks.Block:
    """One line for the summary page."""
    found = overall(extent, at=at)
    return blocks.paragraph(
        both(
            ru=f"Представлено донесений: {found.received} из {found.expected}; в срок: {found.timely} из "
            f"{found.expected}; заполнено обязательных ячеек: {found.filled} из {found.required}.",
            en=f"Returns received: {found.received} of {found.expected}; on time: {found.timely} of {found.expected}; "
            f"required cells filled: {found.filled} of {found.required}.",
        ),
        style="note",
    )


def measures(rows: list[tuple[Text, Completeness]], *, id: str, caption: Text, stub: Text) -> Iterator[blocks.Block]:
    """n of m, days late, coverage and status filled of each group, and of all together."""
    if not rows:
        return
    lines = [blocks.row(header=name, cells=_measure_cells(found)) for name, found in rows]
    total = sum((found for _name, found in rows), Completeness())
    lines.append(blocks.row(header=both(ru="Всего", en="Total"), cells=_measure_cells(total), style="total"))
    yield blocks.table(
        id=id,
        caption=caption,
        stub=stub,
        columns=[
            blocks.column(heading=both(ru="Представлено", en="Received")),
            blocks.column(heading=both(ru="В срок", en="On time")),
            blocks.column(heading=both(ru="Принято", en="Accepted")),
            blocks.column(heading=both(ru="Повторно", en="Resubmitted")),
            blocks.column(heading=both(ru="Дней опоздания", en="Days late")),
            blocks.column(heading=both(ru="Заполнено, %", en="Coverage, %")),
            blocks.column(heading=both(ru="С отметкой, %", en="Status filled, %")),
        ],
        rows=lines,
        footnotes=[
            both(
                ru="«Заполнено» — обязательные ячейки с числом или «х»; «с отметкой» — также «нет данных» и "
                "«не раскрывается».",
                en="Coverage: required cells with a number or x; status filled: also those not available or not "
                "disclosed.",
            )
        ],
    )


def _measure_cells(found: Completeness) -> list[Cell]:
    return [
        share(found.received, found.expected),
        share(found.timely, found.expected),
        share(found.accepted, found.expected),
        number(found.resubmitted),
        number(found.days_late),
        _percent(found.filled, found.required),
        _percent(found.status_filled, found.required),
    ]


def _percent(part: int, whole: int) -> Cell:
    return missing("nothing_expected") if whole == 0 else percent(tenths_of_percent(part, whole))


def late_and_missing(extent: Extent, *, at: dt.datetime) -> list[blocks.Block]:
    """Each official return that came late or not at all."""
    rows = (
        extent.official()
        .filter(due_at__lte=at)
        .select_related("period__stage", "agency__state")
        .order_by("agency__state__short_ru", "agency__code", "due_at")
    )
    late = [(row, delay(row)) for row in rows]
    lines = [
        blocks.row(
            header=of_row(row.agency, "name"),
            cells=[
                words(period_name(row.period)),
                words(date_in_both(moscow_date(row.due_at))),
                words(date_in_both(moscow_date(row.first_submitted_at)))
                if row.first_submitted_at
                else words(both(ru="не представлено", en="not received")),
                missing("not_applicable") if days is None else number(days),
            ],
        )
        for row, days in late
        if not is_timely(row)
    ]
    return _table_or_words(
        lines,
        id="table-late",
        caption=both(
            ru="Донесения, поступившие с опозданием или не поступившие", en="Returns that came late or not at all"
        ),
        nothing=both(ru="Все донесения поступили в срок.", en="All returns came on time."),
        columns=[
            blocks.column(heading=PERIOD, kind="text", weight=2),
            blocks.column(heading=both(ru="Срок", en="Due"), kind="text"),
            blocks.column(heading=both(ru="Поступило", en="Received"), kind="text"),
            blocks.column(heading=both(ru="Дней опоздания", en="Days late")),
        ],
    )


def corrections(extent: Extent) -> list[blocks.Block]:
    """Corrections that were accepted: what was replaced stays on record."""
    rows = (
        extent.submissions()
        .filter(is_correction=True, status=Submission.Status.ACCEPTED)
        .select_related("expected_return__agency__state", "expected_return__period__stage")
        .order_by("expected_return__agency__state__short_ru", "decided_at")
    )
    lines = [
        blocks.row(
            header=of_row(row.expected_return.agency, "name"),
            cells=[
                words(period_name(row.expected_return.period)),
                words(date_in_both(moscow_date(row.decided_at))) if row.decided_at else missing("blank"),
                words(both(ru=row.reason, en=row.reason)) if row.reason else missing("blank"),
            ],
        )
        for row in rows
    ]
    return _table_or_words(
        lines,
        id="table-corrections",
        caption=both(ru="Уточнённые данные", en="Corrections"),
        nothing=both(ru="Уточнений не было.", en="There were no corrections."),
        columns=[
            blocks.column(heading=PERIOD, kind="text"),
            blocks.column(heading=both(ru="Принято", en="Accepted"), kind="text"),
            blocks.column(heading=both(ru="Причина", en="Reason"), kind="text", weight=3),
        ],
    )


def breaches(extent: Extent) -> list[blocks.Block]:
    """Breaches of validation rules in accepted returns, with the explanation or the waiver that let each through."""
    rows = (
        extent.breaches()
        .filter(submission__status=Submission.Status.ACCEPTED)
        .select_related(
            "rule", "submission__expected_return__agency__state", "submission__expected_return__period__stage"
        )
        .order_by("submission__expected_return__agency__state__short_ru", "rule__code", "pk")
    )
    lines = [
        blocks.row(
            header=of_row(row.submission.expected_return.agency, "name"),
            code=row.rule.code,
            cells=[
                words(period_name(row.submission.expected_return.period)),
                words(_rule(row.rule)),
                _side(row, row.rule.left, row.left_value),
                _side(row, row.rule.right, row.right_value),
                words(worded(Breach.Status(row.status).label)),
                words(both(ru=row.reason, en=row.reason)) if row.reason else missing("blank"),
            ],
        )
        for row in rows
    ]
    return _table_or_words(
        lines,
        id="table-breaches",
        caption=both(ru="Замечания контроля и обоснования", en="Breaches of validation rules and their reasons"),
        nothing=both(ru="В принятых донесениях замечаний контроля нет.", en="The accepted returns break no rule."),
        columns=[
            blocks.column(heading=PERIOD, kind="text", weight=2),
            blocks.column(heading=both(ru="Контрольное соотношение", en="Rule"), kind="text", weight=3),
            blocks.column(heading=both(ru="Левая часть", en="Left side")),
            blocks.column(heading=both(ru="Правая часть", en="Right side")),
            blocks.column(heading=both(ru="Решение", en="Answer"), kind="text"),
            blocks.column(heading=both(ru="Обоснование", en="Reason"), kind="text", weight=3),
        ],
        orientation="landscape",
    )


def _side(row: Breach, text: str, value: int) -> Cell:
    """One side of a broken rule; a side that names money comes to an amount in the state's currency."""
    if _MONEY.search(text):
        return money(value, currency=row.submission.expected_return.agency.state.currency)
    return number(value)


def _rule(rule: Rule) -> Text:
    text = of_row(rule, "message")
    return both(ru=f"{rule.code}: {text['ru']}", en=f"{rule.code}: {text['en']}")


def _table_or_words(
    lines: list[blocks.Block],
    *,
    id: str,
    caption: Text,
    nothing: Text,
    columns: list[blocks.Block],
    orientation: str = "",
) -> list[blocks.Block]:
    if not lines:
        return [blocks.paragraph(nothing)]
    left_out = len(lines) - LONGEST_LIST
    footnotes = [both(ru=f"И ещё строк: {left_out}.", en=f"And {left_out} more rows.")] if left_out > 0 else []
    return [
        blocks.table(
            id=id,
            caption=caption,
            stub=AGENCY,
            columns=columns,
            rows=lines[:LONGEST_LIST],
            footnotes=footnotes,
            orientation=orientation,
        )
    ]


# --- the checklist before submission ---


def open_points(extent: Extent, *, at: dt.datetime) -> Iterator[Problem]:
    """Returns missing, not yet accepted or sent before their period ended; breaches and queries still open."""
    found = overall(extent, at=at)
    asked = extent.queries()
    unanswered, unsettled = (asked.filter(status=one).count() for one in (Query.Status.OPEN, Query.Status.ANSWERED))
    counting = (Submission.Status.SUBMITTED, Submission.Status.ACCEPTED)
    open_breaches = extent.breaches().filter(status=Breach.Status.OPEN, submission__status__in=counting).count()
    waiting = found.received - found.accepted
    if found.expected == 0:
        yield Problem(
            code="nothing_expected", message=_("No return has been expected yet: there is nothing to report.")
        )
    if found.missing:
        yield _point(
            "returns_missing",
            ngettext("%(n)s return is missing.", "%(n)s returns are missing.", found.missing),
            found.missing,
        )
    if waiting > 0:
        yield _point(
            "returns_not_accepted",
            ngettext("%(n)s return is not accepted yet.", "%(n)s returns are not accepted yet.", waiting),
            waiting,
        )
    if early := _sent_early(extent):
        yield _point(
            "returns_early",
            ngettext(
                "%(n)s accepted return was submitted before its period ended.",
                "%(n)s accepted returns were submitted before their periods ended.",
                early,
            ),
            early,
        )
    if open_breaches:
        yield _point(
            "breaches_open", ngettext("%(n)s breach is open.", "%(n)s breaches are open.", open_breaches), open_breaches
        )
    if unanswered:
        yield _point(
            "queries_open",
            ngettext("%(n)s query is unanswered.", "%(n)s queries are unanswered.", unanswered),
            unanswered,
        )
    if unsettled:
        yield _point(
            "queries_unsettled",
            ngettext("%(n)s answer to a query is not settled.", "%(n)s answers to queries are not settled.", unsettled),
            unsettled,
        )


def _sent_early(extent: Extent) -> int:
    """How many returns count with figures that were sent while their period still had days to come."""
    accepted = Submission.objects.filter(expected_return__in=extent.official(), status=Submission.Status.ACCEPTED)
    return sum(map(came_before_the_end, accepted.select_related("expected_return__period")))


def _point(code: str, message: str, count: int) -> Problem:
    return Problem(code=code, message=message % {"n": count})
