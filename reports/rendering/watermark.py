"""The light words across every page of a document that must not be taken for an approved one with real
figures."""

import html
from collections.abc import Iterable
from typing import Any

from django.utils.translation import pgettext

from operations.domain.wording import in_language
from reports.rendering.fonts import SANS

_SIDE = 560
_LINE = 46


def watermark_svg(*, payload: dict[str, Any], approval: dict[str, Any] | None, languages: Iterable[str]) -> bytes:
    """A picture with the words, turned upwards; an empty one where the document needs none."""
    words: list[str] = []
    for language in languages:
        with in_language(language):
            if payload["operation"]["demonstration"]:
                words.append(pgettext("watermark", "DEMONSTRATION DATA"))
            if approval is None and not payload["operation"]["historical"] and not payload.get("working_paper"):
                words.append(pgettext("watermark", "DRAFT"))
    middle = _SIDE / 2
    lines = "".join(
        f'<text x="{middle}" y="{middle + _LINE * 1.4 * (place - (len(words) - 1) / 2):.1f}" text-anchor="middle"'
        f' font-family="{html.escape(SANS)}" font-size="{_LINE}" font-weight="700" fill="#ececec">'
        f"{html.escape(word)}</text>"
        for place, word in enumerate(words)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIDE}" height="{_SIDE}" viewBox="0 0 {_SIDE} {_SIDE}">'
        f'<g transform="rotate(-40 {middle} {middle})">{lines}</g></svg>'
    ).encode()
