"""What several kinds of report have in common: their operation's facts, sections that all of them write, and results by
group. A definition says only what is its own.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from operations.models import Indicator, Operation
from reports.domain import annual_results, annual_shares, blocks
from reports.domain.blocks import Block
from reports.domain.cells import Text, both
from reports.domain.definitions import NarrativeSection
from reports.domain.payload import operation_facts
from reports.domain.results import Results, YearBefore

#: Forces and means, which have a section of their own and stand in no group.
FORCES = ("ACT01", "ACT02")
SUMMARY = NarrativeSection(
    key="summary",
    title=both(ru="Краткие итоги", en="Summary"),
    hint=_("What a reader with one minute has to know."),
)
RIGHTS = NarrativeSection(
    key="rights",
    title=both(ru="Соблюдение прав, жалобы", en="Rights and complaints"),
    hint=_("What the figures say; without figures, why nothing was collected."),
)
PROBLEMS = NarrativeSection(key="problems", title=both(ru="Проблемные вопросы", en="Problems"))
CONCLUSIONS = NarrativeSection(key="conclusions", title=both(ru="Выводы и предложения", en="Conclusions and proposals"))


def title_of(operation: Operation) -> Text:
    return both(ru=operation.title_ru, en=operation.title_en)


def year_of(operation: Operation) -> Text:
    return both(ru=f"{operation.year} год", en=str(operation.year))


def facts_of(operation: Operation) -> dict[str, Any]:
    """What a document says about its operation on every page."""
    return operation_facts(
        slug=operation.slug,
        year=operation.year,
        title=title_of(operation),
        demonstration=operation.is_demonstration,
        historical=operation.is_historical,
    )


def forces(results: Results, before: YearBefore) -> list[Block]:
    """Forces and means by state."""
    shown = [one for one in results.indicators if one.code in FORCES]
    caption = both(ru="Силы и средства по государствам", en="Forces and means by state")
    return annual_results.group_matrix(results, before, shown, id="table-forces", caption=caption)


def members_of(results: Results, group: str) -> list[Indicator]:
    return [one for one in results.group(group) if one.code not in FORCES]


def matrix_of(results: Results, before: YearBefore, group: str) -> list[Block]:
    """Indicator × state of a group."""
    name = annual_results.group_name(group)
    members = members_of(results, group)
    return annual_results.group_matrix(results, before, members, id=f"table-{group}", caption=name)


def beside_the_matrix(results: Results, group: str) -> list[Block]:
    """What a matrix can't hold: money, and levels, which are not added up."""
    members = members_of(results, group)
    return [
        *annual_shares.money_of_group(results, group),
        *annual_results.levels_table(results, members, id=f"table-levels-{group}"),
    ]


def under_headings(groups: Iterable[str], content: Callable[[str], list[Block]]) -> Iterator[Block]:
    """The groups that hold anything, each under its name."""
    for group in groups:
        found = content(group)
        if found:
            yield blocks.heading(annual_results.group_name(group), id=f"group-{group}")
            yield from found
