"""Two long texts as one on a page: what went is struck through, what came is underlined, and both are said in words.

Lines far from any change are left out and counted. The markup is written from words, each escaped, and passes the same
kind of allow-list as every rich text.
"""

from collections.abc import Iterable, Iterator, Sequence

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from operations.domain.text_compare import ComparedLine, Piece, Word, compared_texts

_TAGS = {"p", "ul", "ol", "li", "em", "strong", "br", "del", "ins", "span"}
_ATTRIBUTES = {"li": {"value"}, "span": {"class"}, "p": {"class"}}
#: Up to so many lines in a row that stayed are shown; of more, the first and the last.
_MOST_UNCHANGED = 3


def drawn_changes(before: str, after: str, *, is_rich: bool = True) -> SafeString:
    """The two texts as paragraphs and lists with their differences."""
    markup = "".join(_Page().drawn(compared_texts(before, after, is_rich=is_rich)))
    clean = nh3.clean(markup, tags=_TAGS, attributes=_ATTRIBUTES)
    return mark_safe(clean)  # noqa: S308 - escaped below, and cleaned by the allow-list


class _Page:
    """The lists that are open while lines are written one after another."""

    def __init__(self) -> None:
        self.open: list[str] = []

    def drawn(self, lines: Sequence[ComparedLine]) -> Iterator[str]:
        for kept in _shortened(lines):
            if isinstance(kept, int):
                yield from self._closed(0)
                yield f'<p class="ops-muted">{escape(_left_out(kept))}</p>'
            else:
                yield from self._line(kept)
        yield from self._closed(0)

    def _line(self, line: ComparedLine) -> Iterator[str]:
        shape = line.shape
        yield from self._closed(shape.depth)
        if shape.is_item:
            tag = "ol" if shape.is_ordered else "ul"
            if len(self.open) == shape.depth and self.open[-1] == tag:
                yield "</li>"
            else:
                yield from self._closed(shape.depth - 1)
                yield from self._opened(tag, shape.depth)
            yield f'<li value="{line.number}">' if line.number is not None else "<li>"
        yield f"<p>{''.join(map(_piece, line.pieces))}</p>"

    def _opened(self, tag: str, depth: int) -> Iterator[str]:
        while len(self.open) < depth:
            if len(self.open) < depth - 1:  # the item around it was left out or is not in this text
                yield f"<{tag}><li>"
            else:
                yield f"<{tag}>"
            self.open.append(tag)

    def _closed(self, depth: int) -> Iterator[str]:
        while len(self.open) > max(depth, 0):
            yield f"</li></{self.open.pop()}>"


def _shortened(lines: Sequence[ComparedLine]) -> Iterator[ComparedLine | int]:
    """The lines, with a number in place of those that were left out."""
    same: list[ComparedLine] = []

    def told() -> Iterator[ComparedLine | int]:
        if len(same) <= _MOST_UNCHANGED or len(same) == len(lines):
            yield from same
        else:
            yield same[0]
            yield len(same) - 2
            yield same[-1]
        same.clear()

    for line in lines:
        if line.fate == "same":
            same.append(line)
            continue
        yield from told()
        yield line
    yield from told()


def _left_out(count: int) -> str:
    text = ngettext("… %(count)s paragraph without changes …", "… %(count)s paragraphs without changes …", count)
    return text % {"count": count}


def _piece(piece: Piece) -> str:
    words = _words(piece.words)
    if piece.fate == "same":
        return words
    tag, said = ("del", _("was")) if piece.fate == "gone" else ("ins", _("is now"))
    return f'<{tag}><span class="govuk-visually-hidden">{escape(said)} </span>{words}</{tag}>'


def _words(words: Iterable[Word]) -> str:
    """Words with their emphasis; neighbours of the same emphasis share one element."""
    found: list[str] = []
    marks: tuple[str, ...] = ()
    for word in words:
        if word.marks != marks:
            found += [f"</{mark}>" for mark in reversed(marks)]
            found += [f"<{mark}>" for mark in word.marks]
            marks = word.marks
        found.append(escape(word.text).replace("\n", "<br>"))
    found += [f"</{mark}>" for mark in reversed(marks)]
    return "".join(found)
