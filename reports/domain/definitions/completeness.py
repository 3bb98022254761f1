"""The report on completeness and timeliness: whether what was expected came, came in time, and is filled.

Approved by the chair of the International Headquarters. Everything is n of m; coverage stands beside status filled, so
that "not available" everywhere does not look complete.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from operations.domain.completeness_matrix import ReturnStanding
from operations.domain.errors import Problem
from reports.domain import annual_quality, blocks, completeness_exchange, completeness_tables, report_parts
from reports.domain.blocks import Block
from reports.domain.capacities import capacity_to_approve
from reports.domain.cells import both
from reports.domain.definitions import Definition, Draft, NarrativeSection, Office, live_ones, register
from reports.domain.extents import Extent
from reports.domain.payload import Payload, assembled, stamps
from reports.domain.signatures import signature_of_headquarters
from reports.domain.writing import Part, annexes, none_unless_written, numbered, text
from reports.models import Report

TITLE = both(
    ru="Отчёт о полноте и своевременности представления отчётности",
    en="Report on the completeness and timeliness of returns",
)
NARRATIVE = (
    report_parts.SUMMARY,
    NarrativeSection(key="states", title=both(ru="По государствам", en="By state")),
    NarrativeSection(key="kinds", title=both(ru="По видам органов", en="By kind of authority")),
    NarrativeSection(key="time", title=both(ru="По периодам", en="Over time")),
    NarrativeSection(key="situation", title=both(ru="Оперативные донесения", en="Situation reports")),
    NarrativeSection(
        key="bank", title=both(ru="Межгосударственный информационный банк", en="Interstate Information Bank")
    ),
    NarrativeSection(key="queries", title=both(ru="Запросы на уточнение", en="Queries")),
    NarrativeSection(key="lists", title=both(ru="Сверка списков", en="Verification of lists")),
    report_parts.PROBLEMS,
    report_parts.CONCLUSIONS,
)
TITLES = {section.key: section.title for section in NARRATIVE}
INTERNAL_ANNEXES = ("late",)


def build(draft: Draft) -> Payload:
    """The payload of the operation, as its returns stand."""
    operation = draft.report.operation
    found = completeness_tables.official(operation, at=draft.at)
    return assembled(
        definition="completeness",
        operation=report_parts.facts_of(operation),
        title=TITLE,
        subtitle=report_parts.title_of(operation),
        period=report_parts.year_of(operation),
        as_of=draft.at.isoformat(),
        summary=[
            *text(draft, "summary"),
            completeness_tables.cards(found),
            annual_quality.overall_sentence(Extent(operation), at=draft.at),
        ],
        sections=numbered(draft, ((key, TITLES[key], content) for key, content in _sections(draft, found))),
        annexes=list(annexes(_annexes(draft), internal=INTERNAL_ANNEXES)),
        stamps=stamps(post=capacity_to_approve(draft.report)),
        signature=signature_of_headquarters(draft.at),
    )


def _sections(draft: Draft, found: list[ReturnStanding]) -> Iterator[tuple[str, list[Block]]]:
    operation, at = draft.report.operation, draft.at
    yield "states", list(completeness_tables.by_state(found, operation))
    yield "kinds", list(completeness_tables.by_kind(found))
    yield "time", [*completeness_tables.by_period(found), *completeness_tables.over_time(found)]
    daily = completeness_tables.situation_reports(operation, at=at)
    yield "situation", list(completeness_tables.of_situation_reports(daily, operation))
    yield "bank", list(completeness_exchange.bank(operation, at=at))
    yield "queries", list(completeness_exchange.queries(Extent(operation), at=at))
    yield "lists", list(completeness_exchange.verification(operation, at=at))
    yield "problems", none_unless_written(draft, "problems")
    yield "conclusions", none_unless_written(draft, "conclusions")


def _annexes(draft: Draft) -> Iterator[Part]:
    extent = Extent(draft.report.operation)
    yield (
        "late",
        both(ru="Опоздания и уточнения", en="Late returns and corrections"),
        [*annual_quality.late_and_missing(extent, at=draft.at), *annual_quality.corrections(extent)],
    )
    yield "measures", both(ru="Как считаются показатели", en="How the measures are counted"), [blocks.listing(RULES)]


RULES = (
    both(
        ru="«Ожидалось» — донесения участвующих органов, срок которых наступил; «представлено» — поступившие и не "
        "отозванные.",
        en="Expected are the returns of participating authorities that are due; received are those submitted and not "
        "recalled.",
    ),
    both(
        ru="Своевременность определяется по первому представлению, которое не отозвано, по часам сервера; "
        "повторное представление показано отдельно.",
        en="Timeliness is judged by the first submission that was not recalled, by the server's clock; a resubmission "
        "is shown apart.",
    ),
    both(
        ru="Дни опоздания — разность дат по московскому времени, по оперативным донесениям — часов.",
        en="Days late are the difference of dates in Moscow; for situation reports, of hours.",
    ),
    both(
        ru="«Заполнено» — доля обязательных ячеек с числом или «х»; рядом — доля ячеек с любой отметкой.",
        en="Coverage is the share of required cells with a number or x; beside it stands the share with any mark.",
    ),
    both(
        ru="Проценты — отношения сумм, не средние. Где ничего не ожидалось, стоит прочерк.",
        en="Percentages are ratios of sums, never averages. Where nothing was expected there is a dash.",
    ),
)


def _checklist(report: Report, at: dt.datetime) -> Iterable[Problem]:
    yield from annual_quality.open_points(Extent(report.operation), at=at)


register(
    Definition(
        code="completeness",
        name=_("Report on completeness and timeliness"),
        title=TITLE,
        narrative=NARRATIVE,
        build=build,
        checklist=_checklist,
        approved_by=Office.HQ_CHAIR,
        unsuited=live_ones,
    )
)
