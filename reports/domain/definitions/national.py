"""The report of one state: its national headquarters' account of the operation, approved by its head.

An officer of the state composes it. It holds the state's own results, measures and returns and compares with no other
state; the returns of rights bodies, which go straight to the International Headquarters, are not told of.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.statistics import source_submissions
from operations.models import MemberState
from reports.domain import (
    annual_basis,
    annual_quality,
    annual_results,
    blocks,
    national_plan,
    national_results,
    report_parts,
)
from reports.domain.annual_methodology import methodology
from reports.domain.annual_queries import queries
from reports.domain.annual_rights import rights_problem, rights_statement
from reports.domain.blocks import Block
from reports.domain.capacities import capacity_to_approve
from reports.domain.cells import both
from reports.domain.definitions import Definition, Draft, NarrativeSection, Office, live_ones, register
from reports.domain.extents import Extent
from reports.domain.history import Sources
from reports.domain.payload import Payload, assembled, stamps
from reports.domain.results import Results, YearBefore, results_of, source_entries
from reports.domain.writing import Part, annexes, none_unless_written, numbered, text, written
from reports.models import Report

TITLE = both(
    ru="Отчёт Национального штаба о проведении региональной операции",
    en="Report of the national headquarters on the regional operation",
)
INTERNAL_ANNEXES = ("quality",)
NARRATIVE = (
    report_parts.SUMMARY,
    NarrativeSection(key="basis", title=both(ru="Основание и сроки", en="Basis and dates")),
    NarrativeSection(key="results", title=both(ru="Результаты по видам органов", en="Results by kind of authority")),
    NarrativeSection(key="exchange", title=both(ru="Информационный обмен, сверка", en="Information exchange")),
    report_parts.RIGHTS,
    NarrativeSection(key="execution", title=both(ru="Выполнение мероприятий плана", en="Measures of the plan")),
    NarrativeSection(
        key="quality", title=both(ru="Полнота собственной отчётности", en="Completeness of the state's own returns")
    ),
    report_parts.PROBLEMS,
    NarrativeSection(key="proposals", title=both(ru="Предложения", en="Proposals")),
)
TITLES = {section.key: section.title for section in NARRATIVE}


def build(draft: Draft) -> Payload:
    """The payload of the report's state."""
    report = draft.report
    operation, state = report.operation, report.state
    sources = Sources()
    results = replace(results_of(operation, day=moscow_date(draft.at)), states=[state])
    before = YearBefore(results, sources)
    extent = Extent(operation, state=state)
    headquarters = both(
        ru=f"Национальный штаб {state.genitive_ru}", en=f"National headquarters of the {state.official_en}"
    )
    return assembled(
        definition="national",
        operation=report_parts.facts_of(operation),
        title=both(
            ru=f"Отчёт Национального штаба {state.genitive_ru} о проведении региональной операции",
            en=f"Report of the national headquarters of the {state.official_en} on the regional operation",
        ),
        subtitle=report_parts.title_of(operation),
        period=report_parts.year_of(operation),
        as_of=draft.at.isoformat(),
        summary=[
            *text(draft, "summary"),
            national_results.headline_cards(results, before, state),
            annual_quality.overall_sentence(extent, at=draft.at),
        ],
        sections=numbered(
            draft, ((key, TITLES[key], content) for key, content in _sections(draft, results, state, extent))
        ),
        annexes=list(annexes(_annexes(draft, results, before, extent), internal=INTERNAL_ANNEXES)),
        sources=source_entries(sources),
        stamps=stamps(post=capacity_to_approve(report)),
        source_submissions=source_submissions(operation, state=state),
        author=headquarters,
    )


def _sections(draft: Draft, results: Results, state: MemberState, extent: Extent) -> Iterator[tuple[str, list[Block]]]:
    plan = annual_basis.plan_of(results.operation)
    from_plan: list[Block] = []
    if plan is not None:
        from_plan = [
            *annual_basis.approval_paragraphs(plan),
            *national_plan.agreement(plan, state),
            *national_plan.stages(plan, state),
        ]
    yield "basis", from_plan
    yield "results", list(national_results.by_kind(results, state))
    yield "exchange", list(national_results.exchange(results, state, at=draft.at))
    yield "rights", [*rights_statement(extent), *national_results.rights(results, state)]
    yield "execution", national_plan.measures(plan, state) if plan is not None else []
    yield (
        "quality",
        [
            *annual_quality.completeness_tables(extent, at=draft.at),
            *queries(extent),
            _without_rights_bodies(),
        ],
    )
    yield "problems", none_unless_written(draft, "problems")
    yield "proposals", none_unless_written(draft, "proposals")


def _without_rights_bodies() -> Block:
    return blocks.paragraph(
        both(
            ru="Донесения правозащитных органов направляются непосредственно в Международный штаб и здесь не "
            "учитываются.",
            en="Returns of rights bodies go straight to the International Headquarters and are not counted here.",
        ),
        style="note",
    )


def _annexes(draft: Draft, results: Results, before: YearBefore, extent: Extent) -> Iterator[Part]:
    # of the one state there is one table, under the title of the annex
    own = [one for one in annual_results.state_tables(results, before) if one["type"] != "heading"]
    yield "year", both(ru="Показатели за год", en="Figures of the year"), own
    yield "methodology", both(ru="Методология", en="Methodology"), methodology(results.indicators)
    yield (
        "quality",
        both(ru="Замечания контроля, опоздания и уточнения", en="Breaches of rules, late returns and corrections"),
        [
            *annual_quality.breaches(extent),
            *annual_quality.late_and_missing(extent, at=draft.at),
            *annual_quality.corrections(extent),
        ],
    )


def _checklist(report: Report, at: dt.datetime) -> Iterable[Problem]:
    extent = Extent(report.operation, state=report.state)
    yield from annual_quality.open_points(extent, at=at)
    yield from rights_problem(extent, written(report))


register(
    Definition(
        code="national",
        name=_("National report"),
        title=TITLE,
        narrative=NARRATIVE,
        build=build,
        checklist=_checklist,
        scope=("state",),
        approved_by=Office.NATIONAL_HEAD,
        unsuited=live_ones,
    )
)
