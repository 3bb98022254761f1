"""A snapshot and its approval laid out as a document: title page, contents, sections, annexes, approval
sheet.

`document_html` writes the whole file that the PDF is made of (and the page that somebody saves);
`report_page_html` and `report_body_html` only contents and sections, for a page of the site. All use the
language they are given and none looks at the reader's.
"""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.template.context import Context
from django.utils.safestring import SafeString, mark_safe

from operations.domain.wording import in_language
from reports.domain.payload import SCHEMA, sha256_of
from reports.rendering.arranging import arrange
from reports.rendering.drawing import Pictures, body, engine
from reports.rendering.fonts import SANS, SERIF, font_css
from reports.rendering.frames import LANGUAGES, Copy, frame_texts
from reports.rendering.side_by_side import parts_in_both


class ApprovalOfAnotherSnapshot(ValueError):
    """The approval names another hash than the payload has: no document may show them together."""


def document_html(
    *,
    payload: dict[str, Any],
    approval: dict[str, Any] | None,
    language: str,
    copy: Copy,
    for_print: bool = True,
    pictures: Pictures | None = None,
) -> str:
    """The whole document in one language, or in both side by side. Raises `ApprovalOfAnotherSnapshot`.

    Drawings go into `pictures` and are referred to there; without it they stand in the text.
    """
    check_approval(payload=payload, approval=approval)
    drawn: list[dict[str, Any]] = [
        part(payload=payload, approval=approval, language=one, copy=copy, for_print=for_print, pictures=pictures)
        for one in LANGUAGES[language]
    ]
    arrange(drawn)
    parts = parts_in_both(*drawn) if len(drawn) == 2 else [{**one, "html": _whole(one)} for one in drawn]
    frame = {
        "language": LANGUAGES[language][0],
        "parts": parts,
        "style": style_sheet(for_print=for_print),
        "created": payload["as_of"],
        "title": f"{drawn[0]['title']} {drawn[0]['subtitle']}",
        "author": drawn[0]["author"],
    }
    return engine().get_template("documents/frame.html").render(Context(frame))


def report_page_html(*, payload: dict[str, Any], language: str) -> tuple[SafeString, SafeString]:
    """Contents, and summary, sections and annexes, for a page of the site: no style attribute, addresses
    inside the page only."""
    with in_language(language):
        drawn = body(payload=payload, language=language, for_document=False)
        arrange([drawn])
        context = {"part": drawn, "language": language}
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
    *,
    payload: dict[str, Any],
    approval: dict[str, Any] | None,
    language: str,
    copy: Copy,
    for_print: bool,
    pictures: Pictures | None,
) -> dict[str, Any]:
    """One language's part as its templates read it: what stands on its pages, and the running texts."""
    with in_language(language):
        texts = body(payload=payload, language=language, for_document=for_print, pictures=pictures)
        texts |= frame_texts(payload=payload, approval=approval, language=language, copy=copy)
        return {**texts, "language": language}


def _whole(drawn: dict[str, Any]) -> SafeString:
    """All pages of a document in one language."""
    name = f"documents/{drawn['definition']}.html"
    with in_language(drawn["language"]):
        template = engine().select_template([name, "documents/report.html"])
        return template.render(Context({"part": drawn, "language": drawn["language"]}))


def style_sheet(*, for_print: bool) -> SafeString:
    """The style sheets in one text, with the typefaces' names filled in."""
    folder = Path(settings.BASE_DIR) / "illegal_ops" / "static" / "documents"
    sheets = [folder / "blocks.css", folder / ("print.css" if for_print else "saved.css")]
    css = "\n".join(sheet.read_text("utf-8") for sheet in sheets)
    if for_print:
        css += "".join(f"\n.doc-w{percent} {{ width: {percent}%; }}" for percent in range(1, 101))
        css = f"{font_css()}\n{css}".replace("var(--doc-serif)", SERIF).replace("var(--doc-sans)", SANS)
    return mark_safe(css)  # noqa: S308 - files of the project
