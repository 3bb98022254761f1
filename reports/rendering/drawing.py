"""The blocks of a payload as the templates of documents read them, in one language."""

import json
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
from reports.rendering.charts import chart_svg, kept_chart
from reports.rendering.fonts import SANS
from reports.rendering.narrative import narrative_html
from reports.rendering.passages import foreign_language
from reports.rendering.tables import chart_table, printed_table
from reports.rendering.timelines import timeline_svgs, timeline_table

#: Drawings by the names under which a document refers to them.
Pictures = dict[str, bytes]


def body(
    *, payload: dict[str, Any], language: str, for_document: bool, pictures: Pictures | None = None
) -> dict[str, Any]:
    """Summary, sections, annexes and sources as the templates want them, before `arrange` puts them on sheets."""
    prefix = f"{language}-"
    draw = Drawing(language=language, prefix=prefix, for_document=for_document, pictures=pictures)
    return {
        "definition": payload["definition"],
        "prefix": prefix,
        "summary": draw.blocks(payload["summary"]),
        "sections": [draw.section(one) for one in payload["sections"]],
        "annexes": [draw.section(one, annex=True) for one in payload["annexes"]],
        "sources": [draw.source(one) for one in payload["sources"]],
        "signature": draw.block(payload["signature"]) if payload["signature"] else None,
    }


class Drawing:
    """Turns the blocks of a payload into what the templates read, in one language."""

    def __init__(self, *, language: str, prefix: str, for_document: bool, pictures: Pictures | None) -> None:
        self.language = language
        self.prefix = prefix
        self.for_document = for_document
        self.pictures = pictures

    def section(self, section: dict[str, Any], *, annex: bool = False) -> dict[str, Any]:
        """A section or an annex with its blocks."""
        number = section["number"]
        if annex:
            with in_language(self.language):
                number = gettext("Annex %(number)s") % {"number": number}
        drawn = self.blocks(section["blocks"])
        return {
            "id": self.prefix + section["id"],
            "number": number,
            "title": section["title"][self.language],
            "blocks": drawn,
            "headings": [block for block in drawn if block["type"] == "heading"],
        }

    def blocks(self, blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [self.block(block) for block in blocks]

    def block(self, block: dict[str, Any]) -> dict[str, Any]:
        """One block, with the template that writes it."""
        view = getattr(self, f"_{block['type']}")(block)
        return {
            "type": block["type"],
            "template": f"documents/blocks/{block['type']}.html",
            "is_wide": block.get("orientation") == "landscape",
            **view,
        }

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
        if self.for_document:
            svg = chart_svg(block, language=self.language, for_document=True)
        else:
            svg = kept_chart(json.dumps(block, sort_keys=True), self.language)
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


@lru_cache(maxsize=1)
def engine() -> Engine:
    """Templates of documents only, with the tags of translation and nothing of any application."""
    return Engine(
        dirs=[str(Path(settings.BASE_DIR) / "templates")],
        autoescape=True,
        libraries={"i18n": "django.templatetags.i18n", "l10n": "django.templatetags.l10n"},
        string_if_invalid="",
    )
