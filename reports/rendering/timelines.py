"""The timeline of a plan in a document: the same drawing as on its page, from the rows that the snapshot kept.

A sheet of paper holds a part of a long year: the drawing is continued on the next sheet under the same scale of months.
The table beside it says the same in words.
"""

import datetime as dt
from typing import Any

from django.template import Template
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import pgettext

from operations.domain import timeline_drawing
from operations.domain.wording import in_language

#: Rows of a drawing that a landscape sheet holds below its heading.
ROWS_PER_SHEET = 26
#: The last drawing has no fewer: a row alone under the months says little.
FEWEST_ROWS = 4


def timeline_svgs(
    block: dict[str, Any], *, template: Template, language: str, font: str, prefix: str
) -> list[SafeString]:
    """The drawings of the block by the page's own template; `font` is empty on a page, which has its own."""
    drawn = timeline_drawing.from_spans(block["year"], language, (_kept(line, language) for line in block["lines"]))
    parts = timeline_drawing.on_sheets(drawn, rows=ROWS_PER_SHEET, fewest=FEWEST_ROWS)
    drawings = []
    for place, part in enumerate(parts, start=1):
        given = {"timeline": part, "title": block["alt"][language], "font": font, "prefix": f"{prefix}{place}-"}
        drawings.append(mark_safe(template.render(Context(given))))  # noqa: S308 - the template escapes every text
    return drawings


def _kept(line: dict[str, Any], language: str) -> Any:
    spans = [
        (_day(one["first"]), _day(one["last"]) if one["last"] else None, one["title"][language])
        for one in line["spans"]
    ]
    return line["kind"], line["label"][language], spans, line["note"][language]


def _day(iso: str) -> dt.date:
    return dt.date.fromisoformat(iso)


def timeline_table(block: dict[str, Any]) -> dict[str, Any]:
    """The rows of the drawing as a table block, in the words of both languages."""
    names = {language: _headings(language) for language in ("ru", "en")}

    def said(place: int) -> dict[str, str]:
        return {language: names[language][place] for language in names}

    headings = [said(place) for place in range(1, 4)]
    return {
        "type": "table",
        "id": f"{block['id']}-table",
        "number": 0,
        "caption": block["caption"],
        "unit": None,
        "stub": said(0),
        "numbered": True,
        "footnotes": [],
        "orientation": "landscape",
        "columns": [{"heading": one, "group": None, "kind": "text", "weight": 1} for one in headings],
        "rows": [_row(line) for line in block["lines"]],
    }


def _headings(language: str) -> tuple[str, str, str, str]:
    with in_language(language):
        return (
            pgettext("timeline", "What"),
            pgettext("timeline", "First day"),
            pgettext("timeline", "Last day"),
            pgettext("timeline", "Details"),
        )


def _row(line: dict[str, Any]) -> dict[str, Any]:
    first = min(one["first"] for one in line["spans"])
    last = max(one["last"] or one["first"] for one in line["spans"])
    note = line["note"] if line["note"]["ru"] else None
    return {
        "header": line["label"],
        "cells": [
            {"state": "value", "kind": "date", "value": first},
            {"state": "value", "kind": "date", "value": last},
            {"state": "value", "kind": "text", "text": note} if note else {"state": "blank"},
        ],
        "unit": None,
        "code": "",
        "level": 0,
        "style": "normal",
        "note": None,
    }
