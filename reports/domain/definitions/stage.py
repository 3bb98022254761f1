"""The report on one stage: the headquarters' account of it, approved by the council chair.

It has the order of the annual report, for the stage alone: its dates in each state, its results beside the same stage
of last year and per day, and the completeness of its own returns.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.statistics import source_submissions
from operations.models import IndicatorGroup
from reports.domain import (
    annual_basis,
    annual_quality,
    annual_results,
    report_parts,
    stage_facts,
)
from reports.domain.annual_methodology import methodology
from reports.domain.annual_rights import rights_problem, rights_statement
from reports.domain.blocks import Block
from reports.domain.capacities import capacity_to_approve
from reports.domain.cells import both
from reports.domain.definitions import Definition, Draft, NarrativeSection, live_ones, register
from reports.domain.extents import Extent
from reports.domain.history import Sources
from reports.domain.payload import Payload, assembled, stamps
from reports.domain.results import INTERVAL_GROUPS, Results, YearBefore, results_of, source_entries
from reports.domain.signatures import signature_of_headquarters
from reports.domain.texts import days_text, roman
from reports.domain.writing import Part, annexes, none_unless_written, numbered, text, written
from reports.models import Report

TITLE = both(
    ru="Отчёт о результатах этапа региональной операции",
    en="Report on the results of a stage of the regional operation",
)
INTERNAL_ANNEXES = ("late",)

NARRATIVE = (
    report_parts.SUMMARY,
    NarrativeSection(key="basis", title=both(ru="Основание и сроки", en="Basis and dates")),
    NarrativeSection(key="forces", title=both(ru="Участники, силы и средства", en="Participants, forces and means")),
    NarrativeSection(key="results", title=both(ru="Результаты по направлениям", en="Results by group")),
    NarrativeSection(key="exchange", title=both(ru="Информационный обмен, сверка", en="Information exchange")),
    report_parts.RIGHTS,
    NarrativeSection(key="quality", title=both(ru="Полнота и своевременность", en="Completeness and timeliness")),
    NarrativeSection(
        key="breaches", title=both(ru="Замечания контроля и обоснования", en="Breaches of rules and waivers")
    ),
    NarrativeSection(key="corrections", title=both(ru="Уточнённые данные", en="Corrections")),
    report_parts.PROBLEMS,
    report_parts.CONCLUSIONS,
)
TITLES = {section.key: section.title for section in NARRATIVE}


def build(draft: Draft) -> Payload:
    """The payload of the report's stage."""
    report = draft.report
    operation, stage = report.operation, report.stage
    sources = Sources()
    results = results_of(operation, day=moscow_date(draft.at), stage=stage)
    before = YearBefore(results, sources)
    extent = Extent(operation, stage=stage)
    summary = [
        *text(draft, "summary"),
        annual_results.headline_cards(results, before),
        annual_quality.overall_sentence(extent, at=draft.at),
    ]
    parts = [(key, TITLES[key], content) for key, content in _sections(draft, results, before, extent)]
    return assembled(
        definition="stage",
        operation=report_parts.facts_of(operation),
        title=both(
            ru=f"Отчёт о результатах {roman(stage.number)} этапа региональной операции",
            en=f"Report on the results of stage {stage.number} of the regional operation",
        ),
        subtitle=report_parts.title_of(operation),
        period=days_text(stage.start_date, stage.end_date),
        as_of=draft.at.isoformat(),
        summary=summary,
        sections=numbered(draft, parts),
        annexes=list(annexes(_annexes(draft, results, before, extent), internal=INTERNAL_ANNEXES)),
        sources=source_entries(sources),
        stamps=stamps(post=capacity_to_approve(report)),
        signature=signature_of_headquarters(draft.at),
        source_submissions=source_submissions(operation, stage=stage),
    )


def _sections(draft: Draft, results: Results, before: YearBefore, extent: Extent) -> Iterator[tuple[str, list[Block]]]:
    yield "basis", [*_basis(results)]
    yield "forces", [*stage_facts.participants(results), *report_parts.forces(results, before)]
    groups = [group for group in IndicatorGroup.values if group not in (*INTERVAL_GROUPS, IndicatorGroup.RIGHTS)]
    yield (
        "results",
        [
            *report_parts.under_headings(groups, lambda group: _group(results, before, group)),
            *stage_facts.per_day_table(results, before),
        ],
    )
    yield "exchange", [*stage_facts.exchange(results, at=draft.at)]
    yield (
        "rights",
        [*rights_statement(extent), *_group(results, before, IndicatorGroup.RIGHTS)],
    )
    yield (
        "quality",
        [
            *annual_quality.completeness_tables(extent, at=draft.at),
            *stage_facts.situation_reports(extent, at=draft.at),
        ],
    )
    yield "breaches", [*_kept_in(annual_quality.breaches(extent))]
    yield "corrections", [*_kept_in(annual_quality.corrections(extent))]
    yield "problems", none_unless_written(draft, "problems")
    yield "conclusions", none_unless_written(draft, "conclusions")


def _kept_in(content: list[Block]) -> list[Block]:
    """What concerns single authorities is left out of a public edition."""
    return [{**block, "internal": True} for block in content]


def _basis(results: Results) -> list[Block]:
    plan = annual_basis.plan_of(results.operation)
    approved = [] if plan is None else [*annual_basis.approval_paragraphs(plan)]
    return [*approved, *stage_facts.dates(results)]


def _group(results: Results, before: YearBefore, group: str) -> list[Block]:
    members, name = report_parts.members_of(results, group), annual_results.group_name(group)
    return [
        *report_parts.matrix_of(results, before, group),
        *annual_results.year_chart(results, before, members, id=f"chart-{group}", title=name),
        *report_parts.beside_the_matrix(results, group),
    ]


def _annexes(draft: Draft, results: Results, before: YearBefore, extent: Extent) -> Iterator[Part]:
    yield "master", both(ru="Сводная таблица", en="Master table"), annual_results.master_table(results, before)
    yield "states", both(ru="По государствам", en="By state"), list(annual_results.state_tables(results, before))
    yield "methodology", both(ru="Методология", en="Methodology"), methodology(results.indicators)
    yield (
        "late",
        both(ru="Опоздания", en="Late and missing returns"),
        annual_quality.late_and_missing(extent, at=draft.at),
    )


def _checklist(report: Report, at: dt.datetime) -> Iterable[Problem]:
    extent = Extent(report.operation, stage=report.stage)
    if report.stage is not None and moscow_date(at) <= report.stage.end_date:
        yield Problem(code="stage_not_over", message=_("The stage is not over yet."))
    yield from annual_quality.open_points(extent, at=at)
    yield from rights_problem(extent, written(report))


register(
    Definition(
        code="stage",
        name=_("Report on a stage"),
        title=TITLE,
        narrative=NARRATIVE,
        build=build,
        checklist=_checklist,
        scope=("stage",),
        unsuited=live_ones,
    )
)
