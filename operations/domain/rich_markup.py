"""The marks of `operations.domain.rich_text` written as HTML: the one place that does so, for pages and documents.

Every text is escaped where it is written. Whoever shows it in a browser passes it through an allow-list once more.
"""

from collections.abc import Iterator

from django.utils.html import escape
from markdown_it.token import Token

from operations.domain import rich_text

TAGS = {"p", "br", "ul", "ol", "li", "em", "strong", "a"}


def markup(text: str, *, link_class: str = "") -> str:
    """The text as paragraphs, lists, emphasis and links, which have `link_class` where one is given."""
    opening = f'<a class="{escape(link_class)}" href="' if link_class else '<a href="'
    return "".join(_blocks(rich_text.tokens(text), opening))


def _blocks(found: list[Token], opening: str) -> Iterator[str]:
    for token in found:
        if token.type == "inline":
            yield from _inlines(token.children or [], opening)
        elif token.hidden:  # the paragraph of a list item that holds nothing else
            continue
        elif token.type == "ordered_list_open":
            start = int(token.attrGet("start") or 1)
            yield "<ol>" if start == 1 else f'<ol start="{start}">'
        elif token.tag in TAGS:
            yield f"<{'/' if token.nesting < 0 else ''}{token.tag}>"


def _inlines(children: list[Token], opening: str) -> Iterator[str]:
    for token in children:
        if token.type == "link_open":
            yield f'{opening}{escape(token.attrGet("href") or "")}">'
        elif token.type in ("softbreak", "hardbreak"):
            yield "<br>"
        elif token.tag in TAGS:
            yield f"<{'/' if token.nesting < 0 else ''}{token.tag}>"
        else:
            yield str(escape(token.content))
