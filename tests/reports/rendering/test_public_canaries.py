"""Planted small numbers are looked for in every file of a public edition, as a reader with a search would."""

import io
import re
import zipfile

import pikepdf
import pypdfium2
import pytest

from reports.domain import cells as c
from reports.domain.public_numbers import public_payload
from reports.rendering.outputs import CONTENT_TYPES, render
from tests.factories.operations import make_operation
from tests.reports.domain.test_public_numbers import AT, snapshot_of
from tests.reports.rendering.coded_report import report, stage_chart, stage_table, year_table

#: 1 733 is hidden with the planted number, so that neither may appear; both are found in the full edition.
CANARY, COMPANION = 4, 1733
STAGES = {"AM": {"1": CANARY, "2": COMPANION}, "BY": {"1": 20577, "2": 68001}}


def text_of(format: str, data: bytes) -> str:
    """All text that a program can take out of the file: hidden sheets, attachments, outlines and metadata as well."""
    if format == "pdf":
        pages = pypdfium2.PdfDocument(io.BytesIO(data))
        written = [page.get_textpage().get_text_range() for page in pages]
        with pikepdf.open(io.BytesIO(data)) as document:
            about = [str(document.docinfo), document.Root.Metadata.read_bytes().decode()]
            about += [str(one.get("/Alt", "")) for one in document.objects if isinstance(one, pikepdf.Dictionary)]
            files = {name: one.get_file().read_bytes() for name, one in document.attachments.items()}
        attached = [text_of(name.rsplit(".")[-1], content) for name, content in files.items()]
        assert attached, "a PDF carries its data"
        return "\n".join([*written, *about, *attached])
    if format in ("xlsx", "docx"):
        parts = zipfile.ZipFile(io.BytesIO(data))
        return "\n".join(parts.read(name).decode() for name in parts.namelist() if name.endswith((".xml", ".rels")))
    return data.decode("utf-8-sig")


def numbers_in(text: str) -> set[str]:
    joined = re.sub(r"(?<=[0-9])[\u00a0\u202f ,](?=[0-9]{3}(?![0-9]))", "", text)
    return set(re.findall(r"[0-9]+", joined))


@pytest.mark.parametrize("format", CONTENT_TYPES)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_a_planted_number_is_in_no_file_of_the_public_edition(format: str, language: str, reference) -> None:
    whole = report(
        stage_table(STAGES),
        stage_chart({"AM": CANARY, "BY": 20577}),
        year_table("RU", c.number(90001), c.number(80002)),
    )
    snapshot = snapshot_of(whole, make_operation(), approved=False)
    protected = public_payload(snapshot, approval=None, at=AT)
    full = text_of(format, render(format=format, payload=whole, approval=None, language=language))
    public = text_of(
        format, render(format=format, payload=protected, approval=None, language=language, edition="public")
    )
    assert str(COMPANION) in numbers_in(full)
    assert str(COMPANION) not in numbers_in(public)
    assert "90001" in numbers_in(public)
    for hidden in (20577, 68001):
        assert str(hidden) not in numbers_in(public)
