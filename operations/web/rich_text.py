"""Long texts on a page: the marks of `operations.domain.rich_text` as HTML.

The markup of `operations.domain.rich_markup`, where every text is escaped, passes an allow-list once more before it is
called safe, so that neither a fault there nor one in the parser reaches a browser.
"""

from functools import lru_cache

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from operations.domain import rich_text
from operations.domain.rich_markup import TAGS, markup

_ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}}
_SCHEMES = {"http", "https"}


def rich(text: str) -> SafeString:
    """The text as paragraphs, lists, emphasis and links."""
    if rich_text.is_plain(text):
        return SafeString(f"<p>{escape(text)}</p>" if text else "")
    return _drawn(text)


@lru_cache(maxsize=2048)
def _drawn(text: str) -> SafeString:
    clean = nh3.clean(
        markup(text, link_class="govuk-link"),
        tags=TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - escaped above, and cleaned by the allow-list
