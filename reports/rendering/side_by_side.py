"""A document in both languages side by side: each text beside its translation, each table under its own.

A reader of either language finds the same place in the other at once. Texts stand in two columns; tables and drawings
take the width of the sheet, so the second language follows the first. Title page and approval sheet are whole pages in
each language.
"""

from collections.abc import Iterator
from typing import Any

from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from operations.domain.wording import in_language
from reports.rendering.arranging import BESIDE, WITHOUT_CONTENTS
from reports.rendering.drawing import engine

Side = dict[str, Any]
Pair = dict[str, Any]


def parts_in_both(*sides: Side) -> list[Side]:
    """The parts of the document from what was drawn in either language, in the order of their pages."""
    first, second = sides
    running = {
        key: f"{first[key]} / {second[key]}" if first[key] != second[key] else first[key]
        for key in ("operation", "marking", "running_mark")
    }
    # both titles would not fit over a page
    running |= {key: first[key] for key in ("title", "is_draft", "is_demonstration")}
    drawn = [(side["language"], _head(side)) for side in sides]
    drawn.append((first["language"], _text(sides)))
    is_brief = first["definition"] in WITHOUT_CONTENTS
    parts = [{**running, "language": language, "html": html, "runs_on": is_brief} for language, html in drawn]
    if first["approval"]:
        sheets = [(side["language"], _rendered("documents/approval_sheet.html", side, part=side)) for side in sides]
        parts += [{**running, "language": language, "html": html, "runs_on": False} for language, html in sheets]
    return parts


def _head(side: Side) -> SafeString:
    name = f"documents/{side['definition']}_head.html"
    template = engine().select_template([name, "documents/title_page.html"])
    with in_language(side["language"]):
        return template.render(Context({"part": side, "language": side["language"]}))


def _rendered(name: str, side: Side, **context: Any) -> SafeString:
    with in_language(side["language"]):
        return engine().get_template(name).render(Context({**context, "language": side["language"]}))


def _text(sides: tuple[Side, ...]) -> SafeString:
    """Contents, sections, signature, annexes and sources, pair by pair."""
    first = sides[0]
    sections: list[dict[str, Any]] = []
    if first["summary"][0]["blocks"]:
        sections = [{"kind": "summary", "follows": first["summary_follows"], "runs": _runs(sides, "summary")}]
    for place in range(len(first["sections"])):
        begins = "" if place or first["sections_follow"] else "begins"
        sections.append({"kind": begins, "runs": _runs(sides, "sections", place)})
    annexes = [
        {"kind": "annex", "follows": annex["follows"], "runs": _runs(sides, "annexes", place)}
        for place, annex in enumerate(sides[0]["annexes"])
    ]
    context = {
        "contents": _contents(sides),
        "sections": sections,
        "signature": _pair(sides, [side["signature"] for side in sides]) if sides[0]["signature"] else None,
        "annexes": annexes,
        "sources": _beside(sides, "sources", "documents/sources.html") if sides[0]["sources"] else None,
    }
    return engine().get_template("documents/side_by_side.html").render(Context(context))


def _contents(sides: tuple[Side, ...]) -> Pair | None:
    if sides[0]["definition"] in WITHOUT_CONTENTS:
        return None
    return _beside(sides, "contents", "documents/contents.html")


def _beside(sides: tuple[Side, ...], kind: str, template: str) -> Pair:
    return {"kind": kind, "sides": [(side["language"], _rendered(template, side, part=side)) for side in sides]}


def _runs(sides: tuple[Side, ...], key: str, place: int | None = None) -> list[dict[str, Any]]:
    """Runs of one orientation with their pairs; the heading of the section stands first in the first of them."""
    found = [side[key] if place is None else side[key][place] for side in sides]
    drawn = found if place is None else [section["runs"] for section in found]
    runs = [
        {
            "orientation": parts[0]["orientation"],
            "pairs": [
                pair
                for blocks in zip(*(part["blocks"] for part in parts), strict=True)
                for pair in _pairs(sides, blocks)
            ],
        }
        for parts in zip(*drawn, strict=True)
    ]
    headings = [
        (side["language"], _summary_heading(side) if place is None else _heading(section, key))
        for side, section in zip(sides, found, strict=True)
    ]
    runs[0]["pairs"].insert(0, {"kind": "heading", "sides": headings})
    return runs


def _summary_heading(side: Side) -> SafeString:
    with in_language(side["language"]):
        return format_html('<h2 id="{}summary">{}</h2>', side["prefix"], pgettext("section", "Summary"))


def _heading(section: Side, key: str) -> SafeString:
    number, title = section["number"], section["title"]
    stop = "." if key == "annexes" else ""
    return format_html('<h2 id="{}">{}{} {}</h2>', section["id"], number, stop, title)


def _pairs(sides: tuple[Side, ...], blocks: tuple[Any, ...]) -> Iterator[Pair]:
    """The block in both languages; a text of as many paragraphs in either is paired paragraph by paragraph."""
    counts = {len(block.get("paragraphs", ())) for block in blocks}
    if len(counts) == 1 and counts != {0}:
        for place in range(counts.pop()):
            yield _pair(sides, [{**block, "paragraphs": [block["paragraphs"][place]]} for block in blocks])
    else:
        yield _pair(sides, list(blocks))


def _pair(sides: tuple[Side, ...], blocks: list[Any]) -> Pair:
    kind = blocks[0]["type"] if blocks[0]["type"] in BESIDE else "stacked"
    drawn = [
        (side["language"], _rendered(block["template"], side, block=block))
        for side, block in zip(sides, blocks, strict=True)
    ]
    return {"kind": kind, "sides": drawn}
