"""Long texts on a page: the marks of `operations.domain.rich_text` as HTML.

The markup is written here from tokens, with every text escaped, and passes an allow-list once more before it is called
safe, so that neither a fault here nor one in the parser reaches a browser.
"""

from collections.abc import Iterator
from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it.token import Token

from operations.domain import rich_text

_TAGS = {"p", "br", "ul", "ol", "li", "em", "strong", "a"}
_ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}}
_SCHEMES = {"http", "https"}


def rich(text: str) -> SafeString:
    """The text as paragraphs, lists, emphasis and links."""
    if rich_text.is_plain(text):
        return SafeString(f"<p>{escape(text)}</p>" if text else "")
    return _drawn(text)


@lru_cache(maxsize=2048)
def _drawn(text: str) -> SafeString:
    markup = "".join(_blocks(rich_text.tokens(text)))
    clean = nh3.clean(
        markup, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    )
    return mark_safe(clean)  # noqa: S308 - escaped above, and cleaned by the allow-list


def _blocks(found: list[Token]) -> Iterator[str]:
    for token in found:
        if token.type == "inline":
            yield from _inlines(token.children or [])
        elif token.hidden:  # the paragraph of a list item that holds nothing else
            continue
        elif token.type == "ordered_list_open":
            start = int(token.attrGet("start") or 1)
            yield "<ol>" if start == 1 else f'<ol start="{start}">'
        elif token.tag in _TAGS:
            yield f"<{'/' if token.nesting < 0 else ''}{token.tag}>"


def _inlines(children: list[Token]) -> Iterator[str]:
    for token in children:
        if token.type == "link_open":
            yield f'<a class="govuk-link" href="{escape(token.attrGet("href") or "")}">'
        elif token.type in ("softbreak", "hardbreak"):
            yield "<br>"
        elif token.tag in _TAGS:
            yield f"<{'/' if token.nesting < 0 else ''}{token.tag}>"
        else:
            yield escape(token.content)
