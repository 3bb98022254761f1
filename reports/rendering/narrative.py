"""An author's paragraph as it is printed: its headings, lists and emphasis, with each cited figure in its place.

A figure is put in after the text has been read, so that neither the digits of a number nor the marks beside it can be
taken for a mark of the text. Every text is escaped; nothing in it is ever fetched.
"""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from operations.domain import rich_text
from operations.domain.rich_markup import markup
from operations.domain.wording import in_language
from reports.domain.citations import cells_of, citations, replaced
from reports.rendering.cells import legend, shown

#: Signs that no text has, around the number of a cited figure while the text is read.
_OPEN, _CLOSE = "\ue000", "\ue001"
_PLACE = re.compile(f"{_OPEN}([0-9]+){_CLOSE}")


def narrative_html(block: Mapping[str, Any], *, language: str) -> SafeString:
    """The paragraph as HTML for a document or a page, with the legend of the marks that its figures use."""
    figures = {reference: escape(number) for reference, number in _figures(block, language=language).items()}
    text = _held(block["text"][language], figures)
    written = "".join(
        f"<h3>{_filled(escape(words), figures)}</h3>" if is_heading else _filled(markup(words), figures)
        for is_heading, words in rich_text.headed_parts(text)
    )
    notes = "; ".join(f"{escape(sign)} — {escape(meaning)}" for sign, meaning in _legend(block, language=language))
    if notes:
        written += f'<p class="doc-text__legend">{notes}</p>'
    return mark_safe(written)  # noqa: S308 - every text in it is escaped where it is written


def narrative_lines(block: Mapping[str, Any], *, language: str) -> list[tuple[bool, str]]:
    """The same for files without marks: (is it a heading?, its words), the legend last."""
    figures = _figures(block, language=language)
    text = _held(block["text"][language], figures)
    lines = [
        (is_heading, _filled(words if is_heading else rich_text.plain_text(words), figures))
        for is_heading, words in rich_text.headed_parts(text)
    ]
    notes = "; ".join(f"{sign} — {meaning}" for sign, meaning in _legend(block, language=language))
    return [*lines, (False, notes)] if notes else lines


def _figures(block: Mapping[str, Any], *, language: str) -> dict[str, str]:
    """What is printed for each reference."""
    return {entry["reference"]: _printed(entry["cell"], language=language) for entry in block.get("cited", ())}


def _printed(cell: Mapping[str, Any], *, language: str) -> str:
    sources = ", ".join(str(number) for number in cell.get("sources", ()))
    return shown(dict(cell), language=language).whole + (f"\u00a0[{sources}]" if sources else "")


def _legend(block: Mapping[str, Any], *, language: str) -> list[tuple[str, str]]:
    used = {str(citation) for citation in citations(block["text"][language])}
    cells = cells_of(entry for entry in block.get("cited", ()) if entry["reference"] in used)
    notes = legend(cells, language=language)
    if any(cell.get("sources") for cell in cells):
        with in_language(language):
            notes.append(("[1]", pgettext("footnote", "number in the list of sources")))
    return notes


def _held(text: str, figures: Mapping[str, str]) -> str:
    """The text with a held place for each cited figure."""
    plain = text.replace(_OPEN, "").replace(_CLOSE, "").strip()
    places = {reference: f"{_OPEN}{number}{_CLOSE}" for number, reference in enumerate(figures)}
    return replaced(plain, places)


def _filled(text: str, figures: Mapping[str, str]) -> str:
    values = list(figures.values())
    return _PLACE.sub(lambda match: values[int(match.group(1))], text)
