"""The texts that people write into a report, as a definition puts them among its sections."""

from collections.abc import Iterable, Iterator, Sequence

from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.cells import Text, both
from reports.domain.definitions import Draft
from reports.models import Report

#: A part of a report: its key, its title, what stands in it.
Part = tuple[str, Text, list[Block]]


def text(draft: Draft, key: str) -> list[Block]:
    """The section's text, or nothing where nobody wrote one."""
    return [blocks.paragraph(draft.narratives[key])] if key in draft.narratives else []


def none_unless_written(draft: Draft, key: str) -> list[Block]:
    """Sections that are text alone stand in the report also when nobody had anything to say."""
    return [] if key in draft.narratives else [blocks.paragraph(both(ru="Нет.", en="None."))]


def written(report: Report) -> dict[str, Text]:
    """The sections in which something is written, in whichever language."""
    return {
        row.section: both(ru=row.text_ru, en=row.text_en)
        for row in report.narratives.all()
        if row.text_ru.strip() or row.text_en.strip()
    }


def numbered(draft: Draft, parts: Iterable[Part]) -> list[Block]:
    """The sections that hold anything, numbered from 1: first what people wrote, then what the data say."""
    whole = [(key, title, [*text(draft, key), *content]) for key, title, content in parts]
    return [
        blocks.section(id=key, number=str(number), title=title, blocks=content)
        for number, (key, title, content) in enumerate((part for part in whole if part[2]), start=1)
    ]


def annexes(parts: Iterable[Part], *, internal: Sequence[str] = ()) -> Iterator[Block]:
    """The annexes that hold anything, numbered by themselves; those named `internal` stay in the house."""
    held = (part for part in parts if part[2])
    for number, (key, title, content) in enumerate(held, start=1):
        section = blocks.section(id=f"annex-{key}", number=str(number), title=title, blocks=content)
        yield {**section, "internal": True} if key in internal else section
