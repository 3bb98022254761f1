"""The consolidated annual report («Сводный отчёт»): the headquarters' account of one operation, for the chair.

Sections and annexes follow the official form. An operation known from published sources alone has a shorter one, which
makes up no workflow: it lists what sources say of that year.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.statistics import source_submissions
from operations.models import IndicatorGroup, Operation
from reports.domain import annual_basis, annual_quality, annual_results, annual_shares, blocks, report_parts
from reports.domain.annual_forecasts import situation_forecasts
from reports.domain.annual_historical import build_historical
from reports.domain.annual_methodology import methodology
from reports.domain.annual_queries import queries
from reports.domain.annual_rights import complaints_balance, rights_problem, rights_statement
from reports.domain.blocks import Block
from reports.domain.capacities import capacity_to_approve
from reports.domain.cells import Text, both
from reports.domain.definitions import Definition, Draft, NarrativeSection, register
from reports.domain.editions import internal
from reports.domain.extents import Extent
from reports.domain.history import Sources, figures_until
from reports.domain.payload import Payload, assembled, stamps
from reports.domain.published_context import reconciliations
from reports.domain.published_tables import periods_table
from reports.domain.results import Results, YearBefore, results_of, source_entries
from reports.domain.signatures import signature_of_headquarters
from reports.domain.writing import none_unless_written, numbered, text, written
from reports.models import Report

TITLE = both(
    ru="Сводный отчёт о результатах проведения региональной операции",
    en="Consolidated annual report on the results of the regional operation",
)
Group = IndicatorGroup
#: Section 4, in the order of forms; the other groups have sections of their own.
RESULT_GROUPS = (
    Group.ACTIVITY,
    Group.VIOLATIONS,
    Group.ACCOUNTABILITY,
    Group.RETURN,
    Group.CRIMINAL_CASES,
    Group.ORGANISED_CRIME,
    Group.WANTED,
    Group.BORDER,
    Group.FINANCE,
    Group.PREVENTION,
)

NARRATIVE = (
    report_parts.SUMMARY,
    NarrativeSection(key="basis", title=both(ru="Основание и организация", en="Basis and organisation")),
    NarrativeSection(
        key="situation",
        title=both(ru="Миграционная обстановка", en="Migration situation"),
        hint=_("How the situation developed, and how the forecast compares with it."),
    ),
    NarrativeSection(key="forces", title=both(ru="Силы и средства", en="Forces and means")),
    NarrativeSection(key="results", title=both(ru="Результаты по направлениям", en="Results by group")),
    NarrativeSection(key="exchange", title=both(ru="Информационный обмен, сверка", en="Information exchange")),
    report_parts.RIGHTS,
    NarrativeSection(key="execution", title=both(ru="Выполнение плана и решений", en="Plan and decisions carried out")),
    NarrativeSection(key="quality", title=both(ru="Качество данных, уточнения", en="Data quality and revisions")),
    report_parts.PROBLEMS,
    report_parts.CONCLUSIONS,
)
TITLES = {section.key: section.title for section in NARRATIVE}


def build(draft: Draft) -> Payload:
    """The payload of a live operation; that of a historical one lists what was published."""
    operation: Operation = draft.report.operation
    if operation.is_historical:
        return build_historical(draft, title=TITLE)
    sources = Sources()
    results = results_of(operation, day=moscow_date(draft.at))
    before = YearBefore(results, sources)
    summary = [
        *text(draft, "summary"),
        annual_results.headline_cards(results, before),
        annual_quality.overall_sentence(Extent(operation), at=draft.at),
    ]
    parts = ((key, TITLES[key], content) for key, content in _sections(draft, results, before))
    sections = numbered(draft, parts)
    annexes = list(_annexes(draft, results, before, sources))
    return assembled(
        definition="annual",
        operation=report_parts.facts_of(operation),
        title=TITLE,
        subtitle=report_parts.title_of(operation),
        period=report_parts.year_of(operation),
        as_of=draft.at.isoformat(),
        summary=summary,
        sections=sections,
        annexes=annexes,
        sources=source_entries(sources),
        stamps=stamps(post=capacity_to_approve(draft.report)),
        signature=signature_of_headquarters(draft.at),
        source_submissions=source_submissions(operation),
    )


def _sections(draft: Draft, results: Results, before: YearBefore) -> Iterator[tuple[str, list[Block]]]:
    operation, at = draft.report.operation, draft.at
    yield "basis", _basis(operation)
    yield "situation", [*_group(results, before, Group.MIGRATION_FLOWS), *situation_forecasts(operation)]
    yield "forces", report_parts.forces(results, before)
    yield "results", list(report_parts.under_headings(RESULT_GROUPS, lambda group: _group(results, before, group)))
    yield (
        "exchange",
        [
            *_group(results, before, Group.INFORMATION_EXCHANGE),
            *annual_shares.shares_table(
                results,
                annual_shares.EXCHANGE_SHARES,
                id="table-exchange-shares",
                caption=both(ru="Своевременность и полнота обмена", en="Timeliness and completeness of the exchange"),
            ),
        ],
    )
    yield (
        "rights",
        [*rights_statement(Extent(operation)), *_group(results, before, Group.RIGHTS), *complaints_balance(operation)],
    )
    plan = annual_basis.plan_of(operation)
    measures = annual_basis.measures_table(plan) if plan is not None else []
    yield "execution", [*measures, *annual_basis.decisions_table(operation)]
    yield "quality", [*annual_quality.completeness_tables(Extent(operation), at=at), *queries(Extent(operation))]
    yield "problems", none_unless_written(draft, "problems")
    yield "conclusions", none_unless_written(draft, "conclusions")


def _basis(operation: Operation) -> list[Block]:
    plan = annual_basis.plan_of(operation)
    from_plan: list[Block] = []
    if plan is not None:
        from_plan = [
            *annual_basis.approval_paragraphs(plan),
            *annual_basis.goal_paragraphs(plan),
            *annual_basis.agreement_table(plan),
        ]
    return [
        *from_plan,
        *annual_basis.stages_and_participants(operation, plan),
        *annual_basis.meetings_table(operation),
    ]


def _group(results: Results, before: YearBefore, group: str) -> list[Block]:
    """A group's matrix, its money, and its chart with the table of the same cells."""
    members, name = report_parts.members_of(results, group), annual_results.group_name(group)
    is_interval = group in (Group.INFORMATION_EXCHANGE, Group.MIGRATION_FLOWS, Group.PREVENTION)
    chart = annual_results.interval_chart if is_interval else annual_results.stage_chart
    return [
        *report_parts.matrix_of(results, before, group),
        *report_parts.beside_the_matrix(results, group),
        *chart(results, members, id=f"chart-{group}", title=name),
    ]


def _annexes(draft: Draft, results: Results, before: YearBefore, sources: Sources) -> Iterator[Block]:
    operation, at = draft.report.operation, draft.at
    figures = figures_until(operation.year - 1)
    parts: list[tuple[str, Text, list[Block], bool]] = [
        ("master", both(ru="Сводная таблица", en="Master table"), annual_results.master_table(results, before), False),
        ("stages", both(ru="По этапам", en="By stage"), annual_results.stages_table(results), False),
        (
            "states",
            both(ru="По государствам", en="By state"),
            list(annual_results.state_tables(results, before)),
            False,
        ),
        (
            "history",
            both(ru="Многолетние данные", en="History"),
            [*periods_table(figures, sources), *reconciliations(operation.year - 1, sources)],
            False,
        ),
        ("methodology", both(ru="Методология", en="Methodology"), methodology(results.indicators), False),
        (
            "breaches",
            both(ru="Замечания контроля и обоснования", en="Breaches and waivers"),
            annual_quality.breaches(Extent(operation)),
            True,
        ),
        (
            "corrections",
            both(ru="Опоздания и уточнения", en="Late returns and corrections"),
            [
                *annual_quality.late_and_missing(Extent(operation), at=at),
                *annual_quality.corrections(Extent(operation)),
            ],
            True,
        ),
    ]
    for number, (key, title, content, is_internal) in enumerate((part for part in parts if part[2]), start=1):
        section = blocks.section(id=f"annex-{key}", number=str(number), title=title, blocks=content)
        yield internal(section) if is_internal else section


def _checklist(report: Report, at: dt.datetime) -> Iterable[Problem]:
    operation = report.operation
    if operation.is_historical:
        yield Problem(
            code="historical", message=_("This operation is known from published sources: it has no approval here.")
        )
        return
    yield from annual_quality.open_points(Extent(operation), at=at)
    yield from rights_problem(Extent(operation), written(report))


register(
    Definition(
        code="annual",
        name=_("Consolidated annual report"),
        title=TITLE,
        narrative=NARRATIVE,
        build=build,
        checklist=_checklist,
    )
)
