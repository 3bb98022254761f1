"""The cumulative report: what was published about the operation since 2008, under the reading rules.

Published totals of 2008–2017 stand beside those of later years. Nothing is added up over overlapping periods, over
places or over units; a year inside a longer period is indented under it; every figure cites its source.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.models import Operation, PublishedFigure
from reports.domain import blocks, report_parts
from reports.domain.capacities import capacity_to_approve
from reports.domain.cells import Text, both
from reports.domain.definitions import Definition, Draft, NarrativeSection, register
from reports.domain.history import Sources, figures_until
from reports.domain.payload import Payload, assembled, source, stamps
from reports.domain.published_context import events, reconciliations, stage_dates
from reports.domain.published_tables import (
    by_state,
    by_year,
    context_figures,
    differing,
    headline_cards,
    other_operations,
    periods_table,
    violations_chart,
)
from reports.domain.signatures import signature_of_headquarters
from reports.domain.source_notes import title_text
from reports.models import Report

TITLE = both(
    ru="Сводные данные о результатах проведения региональной операции «Нелегал»",
    en="Cumulative report on the results of the regional operation “Illegal”",
)
RULES = (
    both(
        ru="Каждое значение приведено так, как его указывает источник: «более», «менее», «около» сохраняются.",
        en="Each figure is given as its source states it: “more than”, “less than” and “about” are kept.",
    ),
    both(
        ru="Складываются только итоги по одной территории, в одной единице и за непересекающиеся периоды; часть, "
        "повтор, данные иной операции и справочные данные не складываются.",
        en="Only totals of one place, in one unit and over periods that do not overlap are added up; a part, a "
        "repeated figure, another operation's figure or a context figure never is.",
    ),
    both(
        ru="Общего итога по пересекающимся периодам нет: год, входящий в более длинный период, показан под ним с "
        "отступом.",
        en="There is no grand total over overlapping periods: a year inside a longer period is indented under it.",
    ),
    both(
        ru="Значение в единице, отличной от единицы показателя, показано с пометкой и не складывается.",
        en="A figure in another unit than its indicator's is shown with a remark and is not added up.",
    ),
    both(
        ru="Знак «…» означает, что опубликованного значения нет; ноль так не обозначается.",
        en="The mark “…” means that nothing was published; it never stands for zero.",
    ),
)


def build(draft: Draft) -> Payload:
    """The payload of the years up to the operation's own."""
    operation: Operation = draft.report.operation
    sources = Sources()
    figures = figures_until(operation.year)
    first = min((one.year_from for one in figures), default=operation.year)
    # the order of building is the order of reading: it numbers the sources
    summary = [*_text(draft, "summary"), *headline_cards(figures, sources)]
    sections = list(_sections(draft, figures, sources))
    annexes = [
        blocks.section(
            id="annex-events",
            number="1",
            title=both(ru="События, поясняющие данные", en="Events that explain the figures"),
            blocks=events(operation.year, sources),
        ),
        blocks.section(
            id="annex-stages",
            number="2",
            title=both(ru="Сроки этапов по опубликованным данным", en="Stage dates as published"),
            blocks=stage_dates(operation.year),
        ),
    ]
    return assembled(
        definition="cumulative",
        operation=report_parts.facts_of(operation),
        title=TITLE,
        subtitle=both(
            ru=f"за {first}–{operation.year} годы, по опубликованным данным",
            en=f"{first}–{operation.year}, from published figures",
        ),
        period=both(ru=f"{first}–{operation.year} гг.", en=f"{first}–{operation.year}"),
        as_of=draft.at.isoformat(),
        summary=summary,
        sections=[one for one in sections if one["blocks"]],
        annexes=annexes,
        sources=[source(title=title_text(title), url=url, date=date) for title, url, date in sources.entries()],
        stamps=stamps(post=capacity_to_approve(draft.report)),
        signature=None if operation.is_historical else signature_of_headquarters(draft.at),
    )


def _sections(draft: Draft, figures: list[PublishedFigure], sources: Sources) -> Iterator[blocks.Block]:
    parts: list[tuple[str, Text, list[blocks.Block]]] = [
        (
            "rules",
            both(ru="Правила чтения данных", en="How to read the figures"),
            [blocks.listing(RULES)],
        ),
        (
            "periods",
            both(
                ru="Итоги за 2008–2017 годы и за последующие годы",
                en="Totals of 2008–2017 beside those of later years",
            ),
            [*periods_table(figures, sources), *violations_chart(figures, sources)],
        ),
        (
            "regional",
            both(ru="Данные по ОДКБ в целом", en="Figures of the whole Organisation"),
            by_year(figures, sources),
        ),
        ("states", both(ru="Данные государств", en="Figures of the states"), by_state(figures, sources)),
        (
            "reconciliation",
            both(ru="Сходимость итогов и частей", en="Whether totals and parts agree"),
            [*reconciliations(draft.report.operation.year, sources), *differing(figures, sources)],
        ),
        ("other", both(ru="Иные операции", en="Other operations"), other_operations(figures, sources)),
        ("context", both(ru="Справочные данные", en="Context figures"), context_figures(figures, sources)),
        ("conclusions", both(ru="Выводы", en="Conclusions"), _text(draft, "conclusions")),
    ]
    for number, (key, title, content) in enumerate((part for part in parts if part[2]), start=1):
        yield blocks.section(id=key, number=str(number), title=title, blocks=content)


def _text(draft: Draft, key: str) -> list[blocks.Block]:
    return [blocks.paragraph(draft.narratives[key])] if key in draft.narratives else []


def _checklist(report: Report, at: dt.datetime) -> Iterable[Problem]:
    """A report of nothing is none. Totals and parts that do not agree are flagged in print and block nothing."""
    if not PublishedFigure.objects.standing().filter(year_to__lte=report.operation.year).exists():
        yield Problem(code="no_figures", message=_("No published figure is known up to this year."))


register(
    Definition(
        code="cumulative",
        name=_("Cumulative report"),
        title=TITLE,
        narrative=(
            NarrativeSection(
                key="summary",
                title=both(ru="Краткие итоги", en="Summary"),
                hint=_("What a reader with one minute has to know."),
            ),
            NarrativeSection(
                key="conclusions",
                title=both(ru="Выводы", en="Conclusions"),
                hint=_("What follows from the figures, and what they do not say."),
            ),
        ),
        build=build,
        checklist=_checklist,
    )
)
