"""The press release: a page or two of text around the figures that were cleared for the public.

It holds regional numbers alone, each cleared by the headquarters' chair, and compares and ranks no states. Until the
annual report of the operation is approved, all of it is preliminary, and says so. Future dates never leave the house.
"""

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.moments import moscow_date
from operations.domain.statistics import participating_states, source_submissions
from operations.models import Operation
from reports.domain import blocks, report_parts
from reports.domain.annual_results import codes_of, year_unit
from reports.domain.blocks import Block
from reports.domain.capacities import capacity_to_approve
from reports.domain.cells import Text, both
from reports.domain.clearance import cleared_figures, open_points, uncleared_citations
from reports.domain.definitions import Definition, Draft, NarrativeSection, live_ones, register
from reports.domain.payload import Payload, assembled, stamps
from reports.domain.subjects import reported_stages
from reports.domain.texts import days_text, indicator_name, joined, stage_name, state_name
from reports.domain.writing import text
from reports.models import Report

TITLE = both(ru="Пресс-релиз", en="Press release")
NARRATIVE = (
    NarrativeSection(
        key="lead",
        title=both(ru="Главное", en="The main point"),
        hint=_("One paragraph that a newspaper could print as it is. Cite cleared figures alone."),
    ),
    NarrativeSection(
        key="results",
        title=both(ru="Об итогах", en="On the results"),
        hint=_("The text around the figures. Cite cleared figures alone; compare no states."),
    ),
    NarrativeSection(key="rights", title=both(ru="О соблюдении прав", en="On rights")),
    NarrativeSection(
        key="contacts",
        title=both(ru="Контакты для прессы", en="Contact for the press"),
        hint=_("An office and its public address; no person's own telephone."),
    ),
)
#: Sections that stand behind the figures, in their order.
AFTER = ("results", "rights")


def build(draft: Draft) -> Payload:
    """The payload of the operation's press release, as the cleared figures stand."""
    operation = draft.report.operation
    sections = [
        blocks.section(id=part.key, number="", title=part.title, blocks=text(draft, part.key))
        for part in NARRATIVE
        if part.key in AFTER and part.key in draft.narratives
    ]
    sections.append(
        blocks.section(
            id="about",
            number="",
            title=both(ru="Об операции", en="About the operation"),
            blocks=_about(operation, draft.at),
        )
    )
    contacts = next(part for part in NARRATIVE if part.key == "contacts")
    if "contacts" in draft.narratives:
        sections.append(blocks.section(id="contacts", number="", title=contacts.title, blocks=text(draft, "contacts")))
    lead = [{**block, "style": "lead"} for block in text(draft, "lead")]
    return assembled(
        definition="press",
        operation=report_parts.facts_of(operation),
        title=TITLE,
        subtitle=_subject(operation),
        as_of=draft.at.isoformat(),
        summary=[*_preliminary(operation), *lead, *_figures(draft.report)],
        sections=sections,
        stamps=stamps(post=capacity_to_approve(draft.report)),
        source_submissions=source_submissions(operation),
    )


def _subject(operation: Operation) -> Text:
    return both(
        ru=f"О результатах проведения региональной операции: {operation.title_ru}",
        en=f"On the results of the regional operation: {operation.title_en}",
    )


def _preliminary(operation: Operation) -> list[Block]:
    """The word that everything may still change; it goes with the approval of the annual report."""
    if operation.annual_report_approved_at is not None:
        return []
    return [
        blocks.paragraph(
            both(
                ru="Предварительные данные. Сводный отчёт об операции ещё не утверждён; сведения могут быть уточнены.",
                en="Preliminary. The annual report on the operation is not approved yet; the figures may still change.",
            ),
            style="warning",
        )
    ]


def _figures(report: Report) -> list[Block]:
    """The cleared figures, each with the number of states behind it."""
    place = {"operation": report.operation.slug}
    cards = [
        blocks.card(
            label=indicator_name(one.indicator),
            cell=one.cell,
            unit=year_unit(one.indicator),
            share=one.share,
            codes={**place, **codes_of(one.indicator)},
        )
        for one in cleared_figures(report)
    ]
    if not cards:
        return []
    note = both(
        ru="Показатели приведены в целом по региону. Государства не сопоставляются и не ранжируются.",
        en="The figures are of the whole region. States are neither compared nor ranked.",
    )
    return [blocks.key_figures(cards), blocks.paragraph(note, style="note")]


def _about(operation: Operation, at: dt.datetime) -> list[Block]:
    """Who takes part and when the stages were that are over: dates to come are not for the public."""
    states = joined([state_name(state) for state in participating_states(operation)])
    told = [
        blocks.paragraph(
            both(
                ru="Региональная операция «Нелегал» проводится государствами – членами Организации Договора о "
                f"коллективной безопасности для противодействия незаконной миграции. Участвуют: {states['ru']}.",
                en="The regional operation “Illegal” is carried out by the member states of the Collective Security "
                f"Treaty Organization to counter illegal migration. Taking part: {states['en']}.",
            )
        )
    ]
    over = list(reported_stages(operation).filter(end_date__lt=moscow_date(at)))
    if over:
        spans = [(stage_name(stage), days_text(stage.start_date, stage.end_date)) for stage in over]
        told.append(
            blocks.paragraph(
                both(
                    ru="Проведено: " + "; ".join(f"{name['ru']}, {span['ru']}" for name, span in spans) + ".",
                    en="Carried out: " + "; ".join(f"{name['en']}, {span['en']}" for name, span in spans) + ".",
                )
            )
        )
    return told


def _checklist(report: Report, at: dt.datetime) -> Iterable[Problem]:
    yield from open_points(report)


def _barriers(report: Report, at: dt.datetime) -> Iterable[Problem]:
    yield from uncleared_citations(report)


register(
    Definition(
        code="press",
        name=_("Press release"),
        title=TITLE,
        narrative=NARRATIVE,
        build=build,
        checklist=_checklist,
        barriers=_barriers,
        clears_figures=True,
        binds_returns=False,
        unsuited=live_ones,
    )
)
