"""Long texts are typed with a few marks of Markdown: paragraphs, lists, emphasis and links to pages of the web.

Everything else stays what it is, text: no HTML, tables or code, and headings only where `headed_parts` is asked for
them. Pictures leave their description behind, and a link that leads anywhere but to http or https leaves its words.
Pages draw the tokens (`operations.web.rich_text`); documents and other places without marks take `plain_text`.
"""

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

DEEPEST = 20
_HEADING = re.compile(r"^#{1,3}[ \t]+(\S.*?)[ \t]*$", re.MULTILINE)
_WEB = re.compile(r"https?://[^\s/?#]", re.IGNORECASE)
#: Without one of these a text is one plain paragraph.
_MARKS = re.compile(r"[*_\[\]\\&\n]|^\s*(?:[-+]|[0-9]{1,9}[.)])\s")
_LISTS = ("bullet_list_open", "ordered_list_open")
_OPENING = {*_LISTS, "em_open", "strong_open"}
_CLOSING = {name.replace("_open", "_close") for name in _OPENING}


def _parser() -> MarkdownIt:
    # the library's own limit lies above ours, so that what is too deep is seen and refused instead of flattened
    parser = MarkdownIt("zero", {"breaks": True, "maxNesting": 100})
    parser.enable(["list", "emphasis", "link", "image", "newline", "escape", "entity"])
    # every link is recognised here and judged by `tokens`: one that is refused later leaves no marks in the text
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


_PARSER = _parser()


def is_plain(text: str) -> bool:
    """Whether the text is one paragraph without any mark; most rows of a plan are."""
    return _MARKS.search(text) is None


def is_too_deep(text: str) -> bool:
    """Whether lists, emphasis or brackets are nested more than twenty deep."""
    # brackets are counted first: the parser takes seconds for thousands that are never closed
    if is_plain(text):
        return False
    return _bracket_depth(text) > DEEPEST or _depth(_PARSER.parse(text)) > DEEPEST


def tokens(text: str) -> list[Token]:
    """The text as block tokens whose `children` hold only text, breaks, emphasis and links to the web."""
    if _bracket_depth(text) > DEEPEST:
        text = text.replace("[", "\\[")
    found = _PARSER.parse(text)
    for token in found:
        if token.children is not None:
            token.children = list(_kept(token.children))
    return found


def refused_addresses(text: str) -> list[str]:
    """Addresses of pictures, and of links that lead anywhere but to the web: what `tokens` leaves out."""
    if is_plain(text):
        return []
    if _bracket_depth(text) > DEEPEST:
        text = text.replace("[", "\\[")
    inner = (child for token in _PARSER.parse(text) for child in token.children or [])
    named = (str(child.attrGet("src") or child.attrGet("href") or "") for child in inner if _is_refused(child))
    return [address for address in named if address]


def plain_text(text: str) -> str:
    """The text without its marks: paragraphs on lines of their own, list items with a dash or their number."""
    return text if is_plain(text) else "\n".join(_lines(tokens(text)))


def headed_parts(text: str) -> Iterator[tuple[bool, str]]:
    """For texts that may have headings, on lines that begin with `##`: (is it a heading?, its words), in order."""
    start = 0
    for match in _HEADING.finditer(text):
        yield from _part(text[start : match.start()])
        yield True, match.group(1)
        start = match.end()
    yield from _part(text[start:])


def _part(text: str) -> Iterator[tuple[bool, str]]:
    if text.strip():
        yield False, text.strip("\n")


def _is_refused(token: Token) -> bool:
    if token.type == "link_open":
        return _WEB.match(str(token.attrGet("href") or "")) is None
    return token.type == "image"


def _bracket_depth(text: str) -> int:
    depth = deepest = 0
    for sign in text:
        if sign == "[":
            depth += 1
            deepest = max(deepest, depth)
        elif sign == "]":
            depth = max(depth - 1, 0)
    return deepest


def _depth(found: Iterable[Token]) -> int:
    """Nested lists, or marks within marks, at the deepest place."""
    depth = deepest = 0
    for token in found:
        depth += (token.type in _OPENING) - (token.type in _CLOSING)
        deepest = max(deepest, depth, _depth(token.children or []))
    return deepest


def _kept(children: list[Token]) -> Iterator[Token]:
    """Inline tokens without pictures and without links that leave the web."""
    dropped: list[bool] = []
    for token in children:
        if token.type == "link_open":
            dropped.append(_WEB.match(str(token.attrGet("href") or "")) is None)
            if dropped[-1]:
                continue
        elif token.type == "link_close" and dropped.pop():
            continue
        if token.type == "image":
            yield Token("text", "", 0, content=token.content)
        else:
            yield token


def _lines(found: list[Token]) -> Iterator[str]:
    bullets: list[int | None] = []
    mark = ""
    for token in found:
        if token.type in _LISTS:
            bullets.append(None if token.type == "bullet_list_open" else int(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            bullets.pop()
        elif token.type == "list_item_open":
            number = bullets[-1]
            mark = "– " if number is None else f"{number}. "
            bullets[-1] = None if number is None else number + 1
        elif token.type == "inline":
            words = "".join(_words(token.children or []))
            yield "  " * max(len(bullets) - 1, 0) + mark + words
            mark = ""


def _words(children: list[Token]) -> Iterator[str]:
    """Text with its breaks; a link is followed by its address, which paper cannot hide behind the words."""
    href, words = "", ""
    for token in children:
        piece = "\n" if token.type in ("softbreak", "hardbreak") else token.content
        if token.type == "link_open":
            href, words = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            if href and href != words:
                yield f" ({href})"
            href = ""
        else:
            words += piece
            yield piece
