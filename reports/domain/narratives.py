"""The texts that people write into a report: what they may hold, and how they enter the frozen data.

A text is typed with the marks of `operations.domain.rich_text`, with headings on lines that begin with `##`, and with
figures cited by reference (`reports.domain.citations`). The frozen paragraph keeps the text as it was typed and beside
it the cells that it cites, each with its codes: documents show the cell, and disclosure control protects it like any
cell of a table.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, islice
from typing import Any

from django.utils.translation import gettext as _

from operations.domain import rich_text
from operations.domain.errors import Problem
from operations.domain.transitions import Attempt
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both
from reports.domain.citations import Citation, citations, cited
from reports.domain.cited_figures import Citable, Cited
from reports.domain.coded_cells import coded_cells
from reports.domain.payload import Payload, every_block, source
from reports.domain.places import Place
from reports.domain.source_notes import title_text
from reports.models import Narrative, Report

#: Addresses that no document follows, wherever they stand in a text.
_ADDRESS = re.compile(r"\b(?:file|ftp|javascript|vbscript|data):(?://|[^\s,;)]*[/,(])[^\s)]*", re.IGNORECASE)
_LONGEST_SHOWN = 80
_MOST_NAMED = 20
LONGEST_TEXT = 20_000


# --- what a text may hold ---


def fit_for_a_document(attempt: Attempt) -> Iterable[Problem]:
    """An `asks` of the workflow: marks not too deep, no pictures, addresses of the web alone, citations that exist."""
    citable = Citable(attempt.subject)
    for field in ("text_ru", "text_en"):
        text = str(attempt.given.get(field) or "")
        if len(text) <= LONGEST_TEXT:  # a longer one is refused for that
            yield from text_faults(text, citable, field=field)


def text_faults(text: str, citable: Citable, *, field: str) -> Iterator[Problem]:
    """What is wrong with the form of a text and with what it cites; of very many faults the first are named."""
    yield from islice(chain(form_problems(text, field=field), citable.problems(text, field=field)), _MOST_NAMED)


def form_problems(text: str, *, field: str) -> Iterator[Problem]:
    """What is wrong with a text whatever report it is for."""
    if rich_text.is_too_deep(text):
        yield Problem(
            code="too_deep",
            field=field,
            message=_("Lists or marks are nested more than %(deepest)s deep.") % {"deepest": rich_text.DEEPEST},
        )
        return
    for address in foreign_addresses(text):
        yield Problem(
            code="address_refused",
            field=field,
            message=_(
                "“%(address)s” does not go into a document: nothing is fetched. Pictures are left out, and links lead"
                " to https:// or http:// pages only."
            )
            % {"address": address[:_LONGEST_SHOWN]},
        )


def foreign_addresses(text: str) -> list[str]:
    """Pictures, and links to anything but pages of the web, as the text names them."""
    found = [*rich_text.refused_addresses(text), *(match.group() for match in _ADDRESS.finditer(text))]
    return list(dict.fromkeys(found))


# --- what a text becomes ---


def with_citations(payload: Payload, narratives: Mapping[str, Text], report: Report) -> Payload:
    """The payload with its authors' paragraphs marked as such, each beside the cells that it cites."""
    written = [
        block
        for block in every_block(payload)
        if block["type"] == "paragraph" and any(block["text"] == text for text in narratives.values())
    ]
    wanted = [citation for block in written for citation in _cited_in(block["text"])]
    figures = Citable(report).figures(wanted) if wanted else {}
    shown: dict[Place, Cell] = {one.place: one.cell for one in coded_cells(payload)} if figures else {}
    cells = {reference: _cell(one, shown, payload) for reference, one in figures.items()}
    for block in written:
        _mark(block, figures, cells)
    return payload


def section_block(citable: Citable, texts: Mapping[str, str]) -> Block:
    """One section's paragraph by itself, with the figures that it cites as they stand now: for a preview."""
    block = blocks.paragraph(both(ru=texts["ru"], en=texts["en"]))
    figures = citable.figures(_cited_in(block["text"]))
    _mark(block, figures, {reference: one.cell for reference, one in figures.items()})
    return block


def _mark(block: Block, figures: Mapping[str, Cited], cells: Mapping[str, Cell]) -> None:
    block["marks"] = True
    entries = [
        cited(one, codes=figures[str(one)].codes, cell=cells[str(one)])
        for one in _cited_in(block["text"])
        if str(one) in figures
    ]
    if entries:
        block["cited"] = entries


def _cited_in(text: Text) -> list[Citation]:
    """The figures of both languages, each once."""
    return list(dict.fromkeys([*citations(text["ru"]), *citations(text["en"])]))


def _cell(figure: Cited, shown: Mapping[Place, Cell], payload: Payload) -> Cell:
    """The cell of the report's own tables where they have it, without the notes that stand under them."""
    codes = {key: value for key, value in figure.codes.items() if key != "unit"}
    cell = shown.get(Place(**codes), figure.cell)  # type: ignore[arg-type]
    cell = {key: value for key, value in cell.items() if key != "note"}
    if figure.published is not None and "sources" not in cell:
        cell["sources"] = [_number_of_source(figure, payload)]
    return cell


def _number_of_source(figure: Cited, payload: Payload) -> int:
    """The place of a published figure's source in the report's list, to which it is added when it is new."""
    row: Any = figure.published
    entry = source(title=title_text(row.source_title), url=row.source_url, date=row.source_date)
    if entry not in payload["sources"]:
        payload["sources"].append(entry)
    return int(payload["sources"].index(entry)) + 1


# --- what an author should look at ---


def points_to_look_at(report: Report, titles: Mapping[str, str]) -> Iterator[Problem]:
    """Citations of figures that have no number, and texts that cite other figures than their translation."""
    citable = Citable(report)
    rows = [row for row in report.narratives.all() if row.section in titles]
    found = citable.figures(c for row in rows for text in (row.text_ru, row.text_en) for c in citations(text))
    for row in rows:
        title = titles[row.section]
        russian, english = ({citable.normal(c) for c in _sound(text, found)} for text in (row.text_ru, row.text_en))
        if row.text_ru.strip() and row.text_en.strip() and russian != english:
            message = _("The two languages of “%(section)s” cite different figures.") % {"section": title}
            yield _point(row, "cites_differ", message)
        for citation in dict.fromkeys([*_sound(row.text_ru, found), *_sound(row.text_en, found)]):
            if found[str(citation)].cell["state"] != "value":
                message = _("“%(section)s” cites %(cited)s, which has no number now: a mark is printed in its place.")
                yield _point(row, "cited_without_number", message % {"section": title, "cited": citation})


def _point(row: Narrative, code: str, message: str) -> Problem:
    return Problem(code=code, field=f"narratives.{row.section}", href=f"#section-{row.section}", message=message)


def _sound(text: str, found: Mapping[str, Cited]) -> list[Citation]:
    return [one for one in citations(text) if str(one) in found]
