"""One door to all formats: a snapshot, its approval and the choice of a copy in, the bytes of a file out."""

from collections.abc import Mapping
from typing import Any

from reports.domain.payload import canonical_bytes
from reports.rendering.csv import csv_bytes
from reports.rendering.document import check_approval
from reports.rendering.frames import Copy, Stage, unwatched
from reports.rendering.html import render_html

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "html": "text/html; charset=utf-8",
    "sdmx-csv": "application/vnd.sdmx.data+csv; version=2.0.0",
    "sdmx-ml": "application/vnd.sdmx.structurespecificdata+xml; version=2.1",
}

#: What an approved document is given out in; a file for a word processor is a working copy of a draft.
OFFICIAL_FORMATS = tuple(code for code in CONTENT_TYPES if code != "docx")


def render(
    *,
    format: str,
    payload: dict[str, Any],
    approval: dict[str, Any] | None,
    language: str = "ru",
    edition: str = "full",
    marking: str = "internal",
    copy_number: int | None = None,
    recipients: Mapping[str, str] | None = None,
    stage: Stage = unwatched,
) -> bytes:
    """The file in one of `CONTENT_TYPES`. `json` is the frozen payload itself: its SHA-256 is the approved
    hash.

    `stage` is told how many stages of how many are done.

    The heavy libraries are loaded by the formats that need them, so that a data file costs nothing.
    """
    if format not in CONTENT_TYPES:
        raise ValueError(f"no format {format!r}; there are {', '.join(CONTENT_TYPES)}")
    check_approval(payload=payload, approval=approval)
    copy = Copy(edition=edition, marking=marking, copy_number=copy_number, recipients=recipients)
    if format == "json":
        return canonical_bytes(payload)
    if format == "csv":
        return csv_bytes(payload=payload, language=language)
    if format in ("sdmx-csv", "sdmx-ml"):
        from reports.rendering.sdmx import sdmx_of_payload

        return sdmx_of_payload(payload=payload, format=format, edition=edition)
    if format == "html":
        return render_html(payload=payload, approval=approval, language=language, copy=copy)
    if format == "xlsx":
        from reports.rendering.xlsx import render_xlsx

        return render_xlsx(payload=payload, approval=approval, language=language, copy=copy)
    if format == "docx":
        from reports.rendering.docx import render_docx

        return render_docx(payload=payload, approval=approval, language=language, copy=copy)
    from reports.rendering.pdf import render_pdf

    return render_pdf(
        payload=payload,
        approval=approval,
        language=language,
        edition=edition,
        marking=marking,
        copy_number=copy_number,
        recipients=recipients,
        stage=stage,
    )
