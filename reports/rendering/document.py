"""A snapshot and its approval laid out as a document: title page, contents, sections, annexes, approval
sheet.

`document_html` writes the whole file that the PDF is made of (and the page that somebody saves);
`report_page_html` and `report_body_html` only contents and sections, for a page of the site. All use the
language they are given and none looks at the reader's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import segno
from django.conf import settings
from django.template import Engine
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext

from operations.domain.wording import date_text, in_language, moment_text, short_date_text
from reports.domain.payload import SCHEMA, sha256_of
from reports.rendering.cells import shown
from reports.rendering.charts import chart_svg
from reports.rendering.fonts import SANS, SERIF, font_css
from reports.rendering.tables import chart_table, printed_table
from reports.rendering.timelines import timeline_svgs, timeline_table

LANGUAGES = {"ru": ("ru",), "en": ("en",), "both": ("ru", "en")}
SHORT_HASH = 16


class ApprovalOfAnotherSnapshot(ValueError):
    """The approval names another hash than the payload has: no document may show them together."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Which copy of the document is drawn: edition and marking, and for whom."""

    edition: str = "full"
    marking: str = "internal"
    copy_number: int | None = None
    recipients: Mapping[str, str] | None = None


def document_html(
    *, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy, for_print: bool = True
) -> str:
    """The whole document in one language, or in both one after the other. Raises
    `ApprovalOfAnotherSnapshot`."""
    check_approval(payload=payload, approval=approval)
    parts = [
        part(payload=payload, approval=approval, language=one, copy=copy, for_print=for_print)
        for one in LANGUAGES[language]
    ]
    frame = {
        "language": LANGUAGES[language][0],
        "parts": parts,
        "style": style_sheet(for_print=for_print),
        "created": payload["as_of"],
        "title": f"{parts[0]['title']} {parts[0]['subtitle']}",
        "author": parts[0]["author"],
    }
    return engine().get_template("documents/frame.html").render(Context(frame))


def report_page_html(*, payload: dict[str, Any], language: str) -> tuple[SafeString, SafeString]:
    """Contents, and summary, sections and annexes, for a page of the site: no style attribute, addresses
    inside the page only."""
    with in_language(language):
        context = {"part": body(payload=payload, language=language, for_document=False), "language": language}
        contents, text = (
            engine().get_template(f"documents/{name}.html").render(Context(context)) for name in ("contents", "body")
        )
    return contents, text


def report_body_html(*, payload: dict[str, Any], language: str) -> SafeString:
    """Summary, sections and annexes without the contents."""
    return report_page_html(payload=payload, language=language)[1]


def check_approval(*, payload: dict[str, Any], approval: dict[str, Any] | None) -> None:
    """An approval belongs to one hash; so does a schema to one renderer."""
    if payload["schema"] != SCHEMA:
        raise ValueError(f"this renderer draws schema {SCHEMA}, not {payload['schema']}")
    if approval is not None and approval["snapshot_sha256"] != sha256_of(payload):
        raise ApprovalOfAnotherSnapshot(approval["snapshot_sha256"])


def part(
    *, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy, for_print: bool
) -> dict[str, Any]:
    """One language's part, rendered: `html` with all that stands on its pages, and the running texts."""
    with in_language(language):
        texts = body(payload=payload, language=language, for_document=for_print)
        texts |= frame_texts(payload=payload, approval=approval, language=language, copy=copy)
        name = f"documents/{payload['definition']}.html"
        template = engine().select_template([name, "documents/report.html"])
        html = template.render(Context({"part": texts, "language": language}))
        return {**texts, "html": html, "language": language}


def body(*, payload: dict[str, Any], language: str, for_document: bool) -> dict[str, Any]:
    """Summary, sections, annexes and sources as the templates want them."""
    prefix = f"{language}-"
    draw = Drawing(language=language, prefix=prefix, for_document=for_document)
    sections = [draw.section(one) for one in payload["sections"]]
    annexes = [draw.section(one, annex=True) for one in payload["annexes"]]
    return {
        "prefix": prefix,
        "summary": draw.runs(payload["summary"]),
        "sections": sections,
        "annexes": annexes,
        "sources": [draw.source(one) for one in payload["sources"]],
        "signature": draw.block(payload["signature"]) if payload["signature"] else None,
    }


def frame_texts(
    *, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy
) -> dict[str, Any]:
    """Title page, stamps, running heads, notices and the approval sheet."""
    operation = payload["operation"]
    digest = sha256_of(payload)
    return {
        "operation": operation["title"][language],
        "title": payload["title"][language],
        "subtitle": payload["subtitle"][language],
        "period": payload["period"][language] if payload["period"] else "",
        "as_of": moment_text(payload["as_of"], language=language),
        "year": operation["year"],
        "author": "" if operation["historical"] else gettext("International Headquarters of the operation"),
        "edition": gettext("Public edition") if copy.edition == "public" else gettext("Full edition"),
        "marking": marking_text(copy, language=language),
        "copy_number": copy.copy_number,
        "is_open": copy.marking == "open",
        "is_draft": approval is None and not operation["historical"] and not payload.get("working_paper"),
        "is_demonstration": operation["demonstration"],
        "is_historical": operation["historical"],
        "running_mark": running_mark(payload=payload, approval=approval, language=language),
        "stamps": stamp_texts(payload=payload, approval=approval, language=language),
        "approval": approval_sheet(approval, language=language) if approval else None,
        "registration": registration_text(approval, language=language),
        "is_signed": payload["definition"] == "minutes",
        "origin_sha256": payload.get("origin", {}).get("sha256", ""),
        "sha256": digest,
        "short_hash": digest[:SHORT_HASH],
    }


def marking_text(copy: Copy, *, language: str) -> str:
    """The words at the top right of every page; nothing on an open document."""
    if copy.marking == "open":
        return ""
    if copy.marking == "named":
        recipients = copy.recipients[language] if copy.recipients else ""
        return gettext("Only for: %(recipients)s") % {"recipients": recipients} if recipients else gettext("By list")
    return gettext("For official use only")


def running_mark(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str) -> str:
    """What every page says at its foot about the standing of the document."""
    said = []
    if payload.get("origin"):
        said.append(payload["origin"]["label"][language])
    if payload["operation"]["demonstration"]:
        said.append(gettext("Demonstration data"))
    if payload["operation"]["historical"]:
        said.append(gettext("Compiled from open sources; not an official document"))
    elif approval is None and not payload.get("working_paper"):
        is_signed = payload["definition"] == "minutes"
        said.append(gettext("Draft, not signed") if is_signed else gettext("Draft, not approved"))
    return " · ".join(said)


def stamp_texts(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str) -> dict[str, Any] | None:
    """The stamps of the first page: by whom approved or to be approved, and with whom agreed."""
    stamps = payload["stamps"]
    if stamps is None:
        return None
    texts: dict[str, Any] = {
        key: stamps[key][language] if stamps[key] else "" for key in ("post", "rank", "name", "agreed_by", "agreed_on")
    }
    texts["known"] = stamps["known"][language] if stamps["known"] else ""
    if approval is not None:
        texts |= {
            "post": approval["post"][language] if approval.get("post") else approval["capacity"][language],
            "rank": approval["rank"][language] if approval.get("rank") else "",
            "name": approval["name"][language],
            "date": date_text(approval["approved_at"], language=language),
            "meeting": approval["meeting"][language] if approval.get("meeting") else "",
        }
    return texts


def approval_sheet(approval: dict[str, Any], *, language: str) -> dict[str, Any]:
    """Who decided what, when and in which capacity; the hash; the address where the document can be
    verified."""
    acts = [
        {
            "what": act["what"][language],
            "name": act["name"][language],
            "post": act["post"][language] if act.get("post") else "",
            "capacity": act["capacity"][language],
            "at": moment_text(act["at"], language=language),
        }
        for act in approval["acts"]
    ]
    url = approval["verification_url"]
    return {
        "acts": acts,
        "name": approval["name"][language],
        "capacity": approval["capacity"][language],
        "approved_at": moment_text(approval["approved_at"], language=language),
        "meeting": approval["meeting"][language] if approval.get("meeting") else "",
        "audit_head": approval["audit_head"],
        "url": url,
        "qr": qr_svg(url, title=gettext("QR code with the address where this document can be verified")),
    }


def registration_text(approval: dict[str, Any] | None, *, language: str) -> str:
    """«Рег. № … от …», or lines to fill in by hand."""
    if approval and approval.get("registration_number"):
        return pgettext("registration", "Reg. No. %(number)s of %(date)s") % {
            "number": approval["registration_number"],
            "date": short_date_text(approval["registered_on"], language=language),
        }
    return pgettext("registration", "Reg. No. ____________ of ____________")


def qr_svg(url: str, *, title: str) -> SafeString:
    """The address as a QR code, black on white, without a style attribute."""
    code = segno.make(url, error="m", micro=False)
    svg = code.svg_inline(scale=3, border=2, title=title, svgclass="qr", lineclass=None, omitsize=False)
    return mark_safe(svg)  # noqa: S308 - made here from an address, with its title escaped by the library


class Drawing:
    """Turns the blocks of a payload into what the templates read, in one language."""

    def __init__(self, *, language: str, prefix: str, for_document: bool) -> None:
        self.language = language
        self.prefix = prefix
        self.for_document = for_document

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
        return {**source, "title": source["title"][self.language], "note": note, "is_link": is_link}

    def _paragraph(self, block: dict[str, Any]) -> dict[str, Any]:
        text = block["text"][self.language].strip()
        return {
            "style": block["style"],
            "paragraphs": [one.strip() for one in re.split(r"\n\s*\n", text) if one.strip()],
        }

    def _heading(self, block: dict[str, Any]) -> dict[str, Any]:
        return {"id": self.prefix + block["id"], "number": block["number"], "text": block["text"][self.language]}

    def _list(self, block: dict[str, Any]) -> dict[str, Any]:
        return {"ordered": block["ordered"], "items": [item[self.language] for item in block["items"]]}

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
            "svg": mark_safe(svg),  # noqa: S308 - drawn here; every text in it is escaped
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
            "drawings": drawings,
            "table": printed_table(timeline_table(block), language=self.language),
        }

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


def style_sheet(*, for_print: bool) -> SafeString:
    """The style sheets in one text, with the typefaces' names filled in."""
    folder = Path(settings.BASE_DIR) / "illegal_ops" / "static" / "documents"
    sheets = [folder / "blocks.css", folder / ("print.css" if for_print else "saved.css")]
    css = "\n".join(sheet.read_text("utf-8") for sheet in sheets)
    if for_print:
        css = f"{font_css()}\n{css}".replace("var(--doc-serif)", SERIF).replace("var(--doc-sans)", SANS)
    return mark_safe(css)  # noqa: S308 - files of the project
