"""The annual report of a year that is known from published sources alone.

No stage, return, approval or signature is made up: what was published of that year is listed with its sources, and what
nobody published is not mentioned as if it were zero.
"""

from operations.models import Operation
from reports.domain import blocks, report_parts
from reports.domain.blocks import Block
from reports.domain.cells import Text, both
from reports.domain.definitions import Draft
from reports.domain.history import Sources, figures_until
from reports.domain.payload import Payload, assembled
from reports.domain.published_context import events, reconciliations, stage_dates
from reports.domain.published_tables import by_state, by_year, context_figures, differing, other_operations
from reports.domain.results import source_entries


def build_historical(draft: Draft, *, title: Text) -> Payload:
    """The payload of a historical operation."""
    operation: Operation = draft.report.operation
    year = operation.year
    sources = Sources()
    figures = [one for one in figures_until(year) if one.year_from == year]
    parts: list[tuple[str, Text, list[Block]]] = [
        ("stages", both(ru="Сроки этапов", en="Stage dates"), stage_dates(year, since=year)),
        (
            "regional",
            both(ru="Данные по ОДКБ в целом", en="Figures of the whole Organisation"),
            by_year(figures, sources),
        ),
        ("states", both(ru="Данные государств", en="Figures of the states"), by_state(figures, sources)),
        (
            "reconciliation",
            both(ru="Сходимость итогов и частей", en="Whether totals and parts agree"),
            [*reconciliations(year, sources, since=year), *differing(figures, sources)],
        ),
        ("other", both(ru="Иные операции", en="Other operations"), other_operations(figures, sources)),
        ("context", both(ru="Справочные данные", en="Context figures"), context_figures(figures, sources)),
        ("events", both(ru="События года", en="Events of the year"), events(year, sources, since=year)),
        *(
            (f"text-{key}", title_of, [blocks.paragraph(draft.narratives[key])])
            for key, title_of in _WRITTEN
            if key in draft.narratives
        ),
    ]
    shown = [part for part in parts if part[2]]
    return assembled(
        definition="annual",
        operation=report_parts.facts_of(operation),
        title=title,
        subtitle=report_parts.title_of(operation),
        period=report_parts.year_of(operation),
        as_of=draft.at.isoformat(),
        summary=[_statement(len(figures))],
        sections=[
            blocks.section(id=key, number=str(number), title=heading, blocks=content)
            for number, (key, heading, content) in enumerate(shown, start=1)
        ],
        sources=source_entries(sources),
    )


_WRITTEN = (
    ("problems", both(ru="Проблемные вопросы", en="Problems")),
    ("conclusions", both(ru="Выводы", en="Conclusions")),
)


def _statement(count: int) -> Block:
    return blocks.paragraph(
        both(
            ru=f"За этот год в открытых источниках найдено значений: {count}. Каждое приведено так, как его указывает "
            "источник; отсутствие значения не означает нуля.",
            en=f"Figures of this year found in open sources: {count}. Each is given as its source states it; where "
            f"there "
            "is none, that does not mean zero.",
        )
    )
