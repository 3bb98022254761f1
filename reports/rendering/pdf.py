"""A snapshot as one PDF that is PDF/A-3a and PDF/UA-1 at once, with its data inside, and the same bytes every
time.

The archive standard keeps the file readable for decades, the accessibility standard lets a screen reader
follow its tables, and equal bytes let anybody check a stored document by drawing it again. WeasyPrint writes
either standard, not both: the second identification is added to the metadata here, and header cells are told
what they head.
"""

import datetime as dt
import hashlib
import io
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from weasyprint import HTML, Attachment
from weasyprint.text.fonts import FontConfiguration

from reports.domain.payload import canonical_bytes
from reports.rendering.csv import csv_bytes
from reports.rendering.document import document_html
from reports.rendering.fetcher import BundledFilesOnly
from reports.rendering.frames import LANGUAGES, Copy, Stage, unwatched
from reports.rendering.tagging import Tagging
from reports.rendering.watermark import watermark_svg
from reports.rendering.xlsx import render_xlsx

VARIANT = "pdf/a-3a"
#: Data enclosed, texts and pictures drawn, pages laid out, file written.
STAGES = 4

_UA_NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
    'xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" '
    'xmlns:ext="http://www.aiim.org/pdfa/ns/extension/" '
    'xmlns:schema="http://www.aiim.org/pdfa/ns/schema#" '
    'xmlns:property="http://www.aiim.org/pdfa/ns/property#"'
)
#: PDF/A wants every property outside its own list declared, so the identification brings its declaration.
_UA_IDENTIFICATION = f"""
<rdf:Description rdf:about="" {_UA_NAMESPACES}>
  <pdfuaid:part>1</pdfuaid:part>
  <ext:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
    <schema:schema>PDF/UA identification</schema:schema>
    <schema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</schema:namespaceURI>
    <schema:prefix>pdfuaid</schema:prefix>
    <schema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
      <property:name>part</property:name>
      <property:valueType>Integer</property:valueType>
      <property:category>internal</property:category>
      <property:description>Part of ISO 14289</property:description>
    </rdf:li></rdf:Seq></schema:property>
  </rdf:li></rdf:Bag></ext:schemas>
</rdf:Description>
"""


@dataclass(frozen=True, kw_only=True)
class Enclosure:
    """A file inside the PDF; `relationship` is Data, Source, Alternative or Supplement (PDF/A-3)."""

    name: str
    description: str
    content: bytes
    relationship: str = "Data"


def render_pdf(
    *,
    payload: dict[str, Any],
    approval: dict[str, Any] | None,
    language: str = "ru",
    edition: str = "full",
    marking: str = "internal",
    copy_number: int | None = None,
    recipients: Mapping[str, str] | None = None,
    attachments: Iterable[Enclosure] = (),
    stage: Stage = unwatched,
) -> bytes:
    """The document of a snapshot and its approval; without an approval it is marked as a draft on every page.

    `language` is ru, en, or both. Beside `attachments` the file holds its data as `data.csv` and `data.xlsx` (every
    cell) and as `payload.json` (the very bytes whose hash was approved). Raises `ApprovalOfAnotherSnapshot`, and
    `RefusedAddress` when the document asks for anything that is not part of it.
    """
    copy = Copy(edition=edition, marking=marking, copy_number=copy_number, recipients=recipients)
    stage(0, STAGES)
    # first what needs no chart: a drawing process waits for those that it has drawn beside it
    enclosed = [*_data(payload=payload, approval=approval, language=language, copy=copy), *attachments]
    stage(1, STAGES)
    pictures = {"watermark.svg": watermark_svg(payload=payload, approval=approval, languages=LANGUAGES[language])}
    html = document_html(payload=payload, approval=approval, language=language, copy=copy, pictures=pictures)
    return html_to_pdf(
        html=html,
        pictures=pictures,
        enclosed=enclosed,
        as_of=dt.datetime.fromisoformat(payload["as_of"]),
        stage=stage,
    )


def _data(
    *, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy
) -> Iterator[Enclosure]:
    """The data of a document as the files that it encloses."""
    yield Enclosure(
        name="data.csv",
        description="All cells of all tables, one in a line",
        content=csv_bytes(payload=payload, language=language),
    )
    yield Enclosure(
        name="data.xlsx",
        description="The tables as they are printed, and all their cells",
        content=render_xlsx(payload=payload, approval=approval, language=language, copy=copy),
    )
    yield Enclosure(
        name="payload.json",
        description="The frozen data that the approval is bound to",
        content=canonical_bytes(payload),
        relationship="Source",
    )


def html_to_pdf(
    *,
    html: str,
    pictures: dict[str, bytes],
    enclosed: Iterable[Enclosure],
    as_of: dt.datetime,
    stage: Stage = unwatched,
) -> bytes:
    """HTML with its enclosures as PDF; identifier and dates come from the content, none from the clock."""
    enclosed = list(enclosed)
    fetcher = BundledFilesOnly(pictures=pictures)
    faults = _Faults()
    # Given to one of the two calls only, the variant yields an untagged file without a word.
    options = {"pdf_variant": VARIANT, "pdf_identifier": _identifier(html, pictures, enclosed)}
    source = HTML(string=html, base_url="app:", url_fetcher=fetcher)
    drawings = [ElementTree.fromstring(one) for one in pictures.values()]  # noqa: S314 - drawn by ourselves
    for root in (source.etree_element, *drawings):
        fetcher.look_over(root)
    fetcher.insist()
    logging.getLogger("weasyprint").addHandler(faults)
    try:
        stage(2, STAGES)
        document = source.render(font_config=FontConfiguration(), **options)
        stage(3, STAGES)
        document.metadata.attachments = [_attached(one, as_of) for one in enclosed]
        plain = document.metadata.generate_rdf_metadata
        document.metadata.generate_rdf_metadata = lambda *given: plain(*given).replace(
            b"</rdf:RDF>", _UA_IDENTIFICATION.encode() + b"</rdf:RDF>"
        )
        with Tagging() as tagging:
            pdf: bytes = document.write_pdf(finisher=tagging.finish, **options)
    finally:
        # A refused address derives from BaseException in the library, and a picture may even swallow it.
        logging.getLogger("weasyprint").removeHandler(faults)
        fetcher.insist()
    if faults.messages:
        raise IncompleteDocument("; ".join(faults.messages))
    stage(STAGES, STAGES)
    return pdf


class IncompleteDocument(RuntimeError):
    """The library left something out and only logged it: a picture, a style sheet, a description."""


class _Faults(logging.Handler):
    """Collects what the library logs as an error instead of raising it."""

    def __init__(self) -> None:
        super().__init__(level=logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _identifier(html: str, pictures: dict[str, bytes], enclosed: list[Enclosure]) -> bytes:
    digest = hashlib.sha256(html.encode())
    for name, content in sorted(pictures.items()):
        digest.update(name.encode() + b"\0" + content)
    for one in enclosed:
        digest.update(one.name.encode() + b"\0" + one.content)
    return digest.digest()[:16]


def _attached(enclosure: Enclosure, as_of: dt.datetime) -> Attachment:
    return Attachment(
        file_obj=io.BytesIO(enclosure.content),
        name=enclosure.name,
        description=enclosure.description,
        relationship=enclosure.relationship,
        created=as_of,
        modified=as_of,
    )
