"""A snapshot as one page that a person can save: everything is inside the file, nothing is fetched when it is
opened."""

from typing import Any

from reports.rendering.document import document_html
from reports.rendering.frames import Copy


def render_html(*, payload: dict[str, Any], approval: dict[str, Any] | None, language: str, copy: Copy) -> bytes:
    """The document as a page, for downloading: its style sheet is inside, which the site's own policy
    forbids."""
    html = document_html(payload=payload, approval=approval, language=language, copy=copy, for_print=False)
    return html.encode()
