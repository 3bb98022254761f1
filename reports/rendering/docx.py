"""The working copy of a draft for a word processor, since ministries comment in Word.

It holds the same blocks as the PDF, marked as a draft on every page. It is made of drafts alone: what was approved
leaves as a PDF that can be verified. Pictures stay in the PDF; their tables are here. The file says nothing of who made
it or when, so that the same draft gives the same bytes.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Callable, Iterable
from typing import Any

from django.utils.translation import gettext, pgettext
from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from operations.domain.wording import in_language
from reports.domain.payload import sha256_of
from reports.rendering.frames import LANGUAGES, SHORT_HASH, Copy, marking_text, running_mark
from reports.rendering.narrative import narrative_lines
from reports.rendering.tables import PrintedTable, chart_table, printed_table
from reports.rendering.timelines import timeline_table

FACE = "Times New Roman"
_TIME = (1980, 1, 1, 0, 0, 0)
#: Characters that XML cannot hold; what people typed may carry them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class NoDraft(ValueError):
    """A working copy was asked for of something that is approved already."""


def render_docx(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy) -> bytes:
    """The draft as a DOCX in one language, or in both one after the other. Raises `NoDraft`."""
    if approval is not None:
        raise NoDraft("a working copy is made of a draft alone")
    file = Document()
    _set_up(file, payload)
    for place, one in enumerate(LANGUAGES[language]):
        if place:
            file.add_section()
        with in_language(one):
            _Writer(file, payload, language=one, copy=copy).write()
    return _packed(file)


def _set_up(file: Any, payload: dict[str, Any]) -> None:
    style = file.styles["Normal"]
    style.font.name, style.font.size = FACE, Pt(12)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FACE)
    for level, size in ((1, 14), (2, 12), (3, 12)):
        heading = file.styles[f"Heading {level}"]
        heading.font.name, heading.font.size, heading.font.bold = FACE, Pt(size), True
        heading.font.color.rgb = None
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            heading.element.rPr.rFonts.attrib.pop(qn(f"w:{theme}"), None)
    facts = file.core_properties
    facts.author, facts.last_modified_by, facts.comments = "", "", ""
    facts.title = payload["title"]["ru"]
    facts.created = facts.modified = dt.datetime.fromisoformat(payload["as_of"]).astimezone(dt.UTC).replace(tzinfo=None)
    page = file.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin, page.right_margin, page.top_margin, page.bottom_margin = Mm(25), Mm(15), Mm(20), Mm(20)


class _Writer:
    """One language's part, block after block."""

    def __init__(self, file: Any, payload: dict[str, Any], *, language: str, copy: Copy) -> None:
        self.file, self.payload, self.language, self.copy = file, payload, language, copy

    def write(self) -> None:
        self._running_texts()
        self._title()
        self._blocks(self.payload["summary"])
        for section in self.payload["sections"]:
            self._section(section, section["number"])
        if self.payload["signature"]:
            self._signature(self.payload["signature"])
        for annex in self.payload["annexes"]:
            self.file.add_page_break()
            self._section(annex, gettext("Annex %(number)s") % {"number": annex["number"]} + ".")

    def said(self, text: dict[str, str] | None) -> str:
        return _UNPRINTABLE.sub("", text[self.language]) if text else ""

    def _running_texts(self) -> None:
        """DRAFT and the marking at the head of every page; the version and the hash of the data at its foot."""
        page = self.file.sections[-1]
        page.header.is_linked_to_previous = page.footer.is_linked_to_previous = False
        marking = marking_text(self.copy, language=self.language)
        words = [pgettext("watermark", "DRAFT"), *([marking] if marking else [])]
        _fill(page.header.paragraphs[0], " · ".join(words), bold=True, align=WD_ALIGN_PARAGRAPH.RIGHT)
        mark = running_mark(payload=self.payload, approval=None, language=self.language)
        _fill(page.footer.paragraphs[0], f"{mark} · SHA-256 {sha256_of(self.payload)[:SHORT_HASH]}… · ")
        _page_number(page.footer.paragraphs[0])

    def _title(self) -> None:
        stamps = self.payload["stamps"]
        if stamps is not None:
            self._stamps(stamps)
        _fill(self.file.add_paragraph(), self.said(self.payload["title"]).upper(), bold=True, size=16, align=_MIDDLE)
        _fill(self.file.add_paragraph(), self.said(self.payload["subtitle"]), bold=True, size=13, align=_MIDDLE)
        if self.payload["period"]:
            _fill(self.file.add_paragraph(), self.said(self.payload["period"]), align=_MIDDLE)

    def _stamps(self, stamps: dict[str, Any]) -> None:
        agreed = [pgettext("stamp", "AGREED"), self.said(stamps["agreed_by"]), self.said(stamps["agreed_on"])]
        approves = [
            pgettext("stamp, to be signed", "FOR APPROVAL"),
            self.said(stamps["post"]),
            self.said(stamps["rank"]),
            f"____________ {self.said(stamps['name'])}",
            pgettext("stamp", "“___” ______________ %(year)s") % {"year": self.payload["operation"]["year"]},
        ]
        table = self.file.add_table(rows=1, cols=2)
        for cell, lines in zip(table.rows[0].cells, (agreed if stamps["agreed_by"] else [], approves), strict=True):
            cell.text = "\n".join(line for line in lines if line)
        self.file.add_paragraph()

    def _section(self, section: dict[str, Any], number: str) -> None:
        self.file.add_heading(f"{number} {self.said(section['title'])}".strip(), level=1)
        self._blocks(section["blocks"])

    def _blocks(self, blocks: Iterable[dict[str, Any]]) -> None:
        for block in blocks:
            writer: Callable[[dict[str, Any]], None] = getattr(self, f"_{block['type']}")
            writer(block)

    def _paragraph(self, block: dict[str, Any]) -> None:
        if block.get("marks"):
            for is_heading, words in narrative_lines(block, language=self.language):
                if is_heading:
                    self.file.add_heading(_UNPRINTABLE.sub("", words), level=2)
                else:
                    _fill(self.file.add_paragraph(), _UNPRINTABLE.sub("", words), size=12)
            return
        for text in re.split(r"\n\s*\n", self.said(block["text"]).strip()):
            paragraph = _fill(self.file.add_paragraph(), text.strip(), size=10 if block["style"] == "note" else 12)
            if block["style"] in ("body", "lead"):
                paragraph.paragraph_format.first_line_indent = Mm(10)

    def _heading(self, block: dict[str, Any]) -> None:
        self.file.add_heading(f"{block['number']} {self.said(block['text'])}".strip(), level=2)

    def _list(self, block: dict[str, Any]) -> None:
        """Numbers are written out: a list of Word's own would go on counting where the one before it ended."""
        for place, item in enumerate(block["items"], start=1):
            sign = f"{place}." if block["ordered"] else "–"
            paragraph = self.file.add_paragraph(f"{sign} {self.said(item)}")
            paragraph.paragraph_format.left_indent = Mm(5)

    def _key_figures(self, block: dict[str, Any]) -> None:
        from reports.rendering.cells import shown

        for card in block["cards"]:
            value = shown(card["cell"], language=self.language).whole
            self.file.add_paragraph(f"{self.said(card['label'])}: {value} {self.said(card['unit'])}".strip())

    def _chart(self, block: dict[str, Any]) -> None:
        self._write_table(printed_table(chart_table(block), language=self.language), wide=False)

    def _timeline(self, block: dict[str, Any]) -> None:
        self._write_table(printed_table(timeline_table(block), language=self.language), wide=False)

    def _table(self, block: dict[str, Any]) -> None:
        wide = block["orientation"] == "landscape"
        if wide:
            self._turn(landscape=True)
        self._write_table(printed_table(block, language=self.language), wide=wide)
        if wide:
            self._turn(landscape=False)

    def _turn(self, *, landscape: bool) -> None:
        page = self.file.add_section()
        page.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
        page.page_width, page.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))

    def _write_table(self, table: PrintedTable, *, wide: bool) -> None:
        number = gettext("Table %(number)s") % {"number": table.number} if table.number else ""
        caption = ". ".join(part for part in (number, table.caption) if part)
        heading = _fill(self.file.add_paragraph(), _UNPRINTABLE.sub("", caption), bold=True, align=_MIDDLE)
        heading.paragraph_format.keep_with_next = True
        drawn = self.file.add_table(rows=1, cols=table.width)
        drawn.style = "Table Grid"
        size = 10 if wide or table.width <= 5 else 8
        _fill_row(drawn.rows[0], table.flat_headings, bold=True, size=size)
        _repeat_on_every_page(drawn.rows[0])
        for row in table.rows:
            cells = drawn.add_row()
            if row.style == "group":
                merged = cells.cells[0].merge(cells.cells[-1])
                _fill(merged.paragraphs[0], _UNPRINTABLE.sub("", row.header), bold=True, size=size, align=_MIDDLE)
                continue
            texts = [row.number] if table.numbered else []
            texts += [row.header, *([row.unit] if table.has_units else []), *(cell.shown.whole for cell in row.cells)]
            _fill_row(cells, texts, size=size, bold=row.style == "total")
        for mark, note in table.notes:
            _fill(self.file.add_paragraph(), _UNPRINTABLE.sub("", f"{mark} {note}".strip()), size=9)
        self.file.add_paragraph()

    def _signature(self, block: dict[str, Any]) -> None:
        who = ", ".join(text for text in (self.said(block["post"]), self.said(block["rank"])) if text)
        self.file.add_paragraph(f"{who}  ____________  {self.said(block['name'])}")


_MIDDLE = WD_ALIGN_PARAGRAPH.CENTER


def _fill(paragraph: Any, text: str, *, bold: bool = False, size: int | None = None, align: Any = None) -> Any:
    for place, line in enumerate(text.split("\n")):
        run = paragraph.add_run()
        if place:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)
        run.bold = bold or None
        if size is not None:
            run.font.size = Pt(size)
    if align is not None:
        paragraph.alignment = align
    return paragraph


def _fill_row(row: Any, texts: list[str], *, bold: bool = False, size: int) -> None:
    for cell, text in zip(row.cells, texts, strict=True):
        _fill(cell.paragraphs[0], _UNPRINTABLE.sub("", text), bold=bold, size=size)


def _repeat_on_every_page(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def _page_number(paragraph: Any) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _packed(file: Any) -> bytes:
    """The file with its parts under one fixed date, so that the same content is the same bytes."""
    written, packed = io.BytesIO(), io.BytesIO()
    file.save(written)
    with zipfile.ZipFile(written) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        for name in parts.namelist():
            out.writestr(zipfile.ZipInfo(name, _TIME), parts.read(name), zipfile.ZIP_DEFLATED)
    return packed.getvalue()
