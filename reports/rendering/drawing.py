"""The blocks of a payload as the templates of documents read them, in one language."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.template import Engine
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from operations.domain.wording import in_language
from reports.rendering.cells import shown
from reports.rendering.charts import chart_svg
from reports.rendering.fonts import SANS
from reports.rendering.narrative import narrative_html
from reports.rendering.passages import foreign_language
from reports.rendering.tables import SHORT, chart_table, printed_table
from reports.rendering.timelines import timeline_svgs, timeline_table

#: Drawings by the names under which a document refers to them.
Pictures = dict[str, bytes]
#: So many letters of a section may stand in the long lines of a page in landscape.
SHORT_TEXT = 900


def body(
    *, payload: dict[str, Any], language: str, for_document: bool, pictures: Pictures | None = None
) -> dict[str, Any]:
    """Summary, sections, annexes and sources as the templates want them."""
    prefix = f"{language}-"
    draw = Drawing(language=language, prefix=prefix, for_document=for_document, pictures=pictures)
    sections = draw.sections(payload["sections"])
    annexes = [draw.section(one, annex=True) for one in payload["annexes"]]
    return {
        "prefix": prefix,
        "summary": draw.runs(payload["summary"]),
        "sections": sections,
        "annexes": annexes,
        "sources": [draw.source(one) for one in payload["sources"]],
        "signature": draw.block(payload["signature"]) if payload["signature"] else None,
        "signed_on": sections[-1]["runs"][-1]["orientation"] if sections else "portrait",
    }


class Drawing:
    """Turns the blocks of a payload into what the templates read, in one language."""

    def __init__(self, *, language: str, prefix: str, for_document: bool, pictures: Pictures | None) -> None:
        self.language = language
        self.prefix = prefix
        self.for_document = for_document
        self.pictures = pictures

    def sections(self, sections: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The sections in their order. A short one stays in the landscape that it follows, rather than turn the page
        for a few lines."""
        drawn: list[dict[str, Any]] = []
        for section in sections:
            view = self.section(section)
            follows_landscape = bool(drawn) and drawn[-1]["runs"][-1]["orientation"] == "landscape"
            if follows_landscape and is_short(section["blocks"], language=self.language):
                view["runs"] = [{**run, "orientation": "landscape"} for run in view["runs"]]
            drawn.append(view)
        return drawn

    def section(self, section: dict[str, Any], *, annex: bool = False) -> dict[str, Any]:
        """A section with its blocks in runs of one orientation."""
        title = section["title"][self.language]
        number = section["number"]
        if annex:
            with in_language(self.language):
                number = gettext("Annex %(number)s") % {"number": number}
        runs = self.runs(section["blocks"])
        headings = [block for run in runs for block in run["blocks"] if block["type"] == "heading"]
        return {
            "id": self.prefix + section["id"],
            "number": number,
            "title": title,
            "runs": runs,
            "headings": headings,
        }

    def runs(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Blocks in portrait, then, from the first wide table (or the heading just before it) on, in
        landscape.

        A section does not turn back: a page for every change of direction would leave half of them empty.
        """
        drawn = [self.block(block) for block in blocks]
        wide = next((place for place, block in enumerate(blocks) if block.get("orientation") == "landscape"), None)
        if wide is None:
            return [{"orientation": "portrait", "blocks": drawn}]
        while wide and blocks[wide - 1]["type"] in ("heading", "paragraph", "list"):
            wide -= 1
        runs = [{"orientation": "portrait", "blocks": drawn[:wide]}] if wide else []
        return [*runs, {"orientation": "landscape", "blocks": drawn[wide:]}]

    def block(self, block: dict[str, Any]) -> dict[str, Any]:
        """One block, with the template that writes it."""
        view = getattr(self, f"_{block['type']}")(block)
        return {"type": block["type"], "template": f"documents/blocks/{block['type']}.html", **view}

    def source(self, source: dict[str, Any]) -> dict[str, Any]:
        """An entry of the list of sources."""
        note = source["note"][self.language] if source["note"] else ""
        is_link = source["url"].startswith(("https://", "http://"))
        said = {
            key: self.passage(text)
            for key, text in (
                ("title", source["title"][self.language]),
                ("publisher", source["publisher"]),
                ("date", source["date"]),
                ("note", note),
            )
            if text
        }
        return {"url": source["url"], "is_link": is_link, **said}

    def passage(self, text: str) -> dict[str, str]:
        """A text with its language, where that is not the document's."""
        return {"text": text, "foreign": foreign_language(text, language=self.language)}

    def _paragraph(self, block: dict[str, Any]) -> dict[str, Any]:
        text = block["text"][self.language].strip()
        if block.get("marks"):
            foreign = foreign_language(text, language=self.language)
            return {"style": block["style"], "html": narrative_html(block, language=self.language), "foreign": foreign}
        paragraphs = [self.passage(one.strip()) for one in re.split(r"\n\s*\n", text) if one.strip()]
        return {"style": block["style"], "paragraphs": paragraphs}

    def _heading(self, block: dict[str, Any]) -> dict[str, Any]:
        return {
            "id": self.prefix + block["id"],
            "number": block["number"],
            **self.passage(block["text"][self.language]),
        }

    def _list(self, block: dict[str, Any]) -> dict[str, Any]:
        return {"ordered": block["ordered"], "items": [self.passage(item[self.language]) for item in block["items"]]}

    def _key_figures(self, block: dict[str, Any]) -> dict[str, Any]:
        cards = []
        for card in block["cards"]:
            view = {key: card[key][self.language] if card[key] else "" for key in ("label", "unit", "note")}
            for key in ("cell", "share", "previous", "change", "percent"):
                if card.get(key):
                    view[key] = shown(card[key], language=self.language)
            cards.append(view)
        return {"cards": cards}

    def _table(self, block: dict[str, Any]) -> dict[str, Any]:
        table = printed_table(block, language=self.language)
        return {"table": table, "anchor": self.prefix + table.id, "language": self.language}

    def _chart(self, block: dict[str, Any]) -> dict[str, Any]:
        svg = chart_svg(block, language=self.language, for_document=self.for_document)
        return {
            "anchor": self.prefix + block["id"],
            "number": block["number"],
            "caption": block["caption"][self.language],
            "picture": self.picture(svg, name=f"{self.prefix}{block['id']}", alt=block["alt"][self.language]),
            "table": printed_table(chart_table(block), language=self.language) if block["table_shown"] else None,
        }

    def _timeline(self, block: dict[str, Any]) -> dict[str, Any]:
        with in_language(self.language):
            drawings = timeline_svgs(
                block,
                template=engine().get_template("operations/_timeline_svg.html"),
                language=self.language,
                font=SANS if self.for_document else "",
                prefix=self.prefix,
            )
        return {
            "anchor": self.prefix + block["id"],
            "number": block["number"],
            "caption": block["caption"][self.language],
            "drawings": [
                self.picture(svg, name=f"{self.prefix}{block['id']}-{place}", alt=block["alt"][self.language])
                for place, svg in enumerate(drawings, start=1)
            ],
            "table": printed_table(timeline_table(block), language=self.language),
        }

    def picture(self, svg: str, *, name: str, alt: str) -> SafeString:
        """A drawing in the text, or a reference to where it was put: the text's styles cost it time."""
        if self.pictures is None:
            return mark_safe(svg)  # noqa: S308 - drawn here; every text in it is escaped
        self.pictures[f"{name}.svg"] = svg.encode()
        return format_html('<img src="app:pictures/{}.svg" alt="{}">', name, alt)

    def _signature(self, block: dict[str, Any]) -> dict[str, Any]:
        return {key: block[key][self.language] if block[key] else "" for key in ("post", "rank", "name")}


def is_short(blocks: list[dict[str, Any]], *, language: str) -> bool:
    """Whether a section is a few lines and small tables at most."""
    letters = sum(len(block["text"][language]) for block in blocks if block["type"] == "paragraph")
    rows = sum(len(block["rows"]) for block in blocks if block["type"] == "table")
    known = all(block["type"] in ("paragraph", "heading", "table") for block in blocks)
    return known and letters <= SHORT_TEXT and rows <= SHORT


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Templates of documents only, with the tags of translation and nothing of any application."""
    return Engine(
        dirs=[str(Path(settings.BASE_DIR) / "templates")],
        autoescape=True,
        libraries={"i18n": "django.templatetags.i18n", "l10n": "django.templatetags.l10n"},
        string_if_invalid="",
    )
