"""Two long texts as one: which lines and which words stayed, went and came, without any mark of Markdown.

A line is a paragraph or an item of a list. Lines are paired first, so that a paragraph put in front of others does not
make them all look rewritten; paired lines are then compared word by word. A link is compared as a reader sees it on
paper: its words, followed by its address.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from markdown_it.token import Token

from operations.domain import rich_text

Fate = Literal["same", "gone", "new"]
#: Above this many words a line is shown whole before and whole after: to find the words would take too long.
LONGEST = 3000
#: Above this many pairs of lines that differ, lines are not paired by likeness.
_MOST_PAIRS = 4000
_ALIKE = 0.25
_MARKS = {"strong_open": "strong", "em_open": "em"}
_TOKENS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True)
class Word:
    """A word or the room between two, with its emphasis ("strong", "em")."""

    text: str
    marks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shape:
    """What kind of line it is: how deep in lists, whether the item is numbered, whether it opens an item."""

    depth: int = 0
    is_ordered: bool = False
    is_item: bool = False


@dataclass(frozen=True)
class Line:
    """A paragraph or an item of a list; `number` is that of a numbered item and says nothing of what it says."""

    words: tuple[Word, ...]
    shape: Shape = Shape()
    number: int | None = None


@dataclass(frozen=True)
class Piece:
    """A stretch of words of one fate."""

    fate: Fate
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)


@dataclass(frozen=True)
class ComparedLine:
    """A line of either text, or of both, as the pieces it is made of."""

    pieces: tuple[Piece, ...]
    shape: Shape
    number: int | None = None

    @property
    def fate(self) -> Fate | Literal["changed"]:
        """The line's own, where all of it has the same."""
        fates = {piece.fate for piece in self.pieces}
        return fates.pop() if len(fates) == 1 else "changed"


def compared_texts(before: str, after: str, *, is_rich: bool = True) -> list[ComparedLine]:
    """Both texts in the order of the newer one; what went stands where it stood, before what came in its place."""
    older, newer = lines(before, is_rich=is_rich), lines(after, is_rich=is_rich)
    matcher = SequenceMatcher(None, [_key(line) for line in older], [_key(line) for line in newer], autojunk=False)
    found: list[ComparedLine] = []
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            found += [_whole("same", line) for line in newer[start:end]]
        else:
            found += _replaced(older[first:last], newer[start:end])
    return found


def lines(text: str, *, is_rich: bool = True) -> list[Line]:
    """The text line by line. Without `is_rich` only its line breaks mean anything."""
    if not text.strip():
        return []
    if not is_rich or rich_text.is_plain(text):
        return [Line(_split(one)) for one in text.split("\n") if one.strip()]
    return list(_rich_lines(rich_text.tokens(text)))


def pieces(older: Sequence[Word], newer: Sequence[Word]) -> tuple[Piece, ...]:
    """Two lines as one, word by word. Two that share next to nothing stand whole: scattered words only confuse."""
    whole = tuple(Piece(fate, tuple(words)) for fate, words in _fates(older, newer) if words)
    if not older or not newer or len(older) + len(newer) > LONGEST:
        return whole
    matcher = SequenceMatcher(None, older, newer, autojunk=False)
    kept = sum(
        not word.text.isspace()
        for first, _start, size in matcher.get_matching_blocks()
        for word in older[first : first + size]
    )
    if kept * 5 < sum(not word.text.isspace() for word in older):
        return whole
    return tuple(_joined(matcher.get_opcodes(), older, newer))


def _joined(
    codes: Iterable[tuple[str, int, int, int, int]], older: Sequence[Word], newer: Sequence[Word]
) -> Iterator[Piece]:
    """Neighbouring changes with only a space between them are one change: «два слова» for «три иных»."""
    gone: list[Word] = []
    new: list[Word] = []
    held: tuple[Word, ...] = ()

    def told() -> Iterator[Piece]:
        for fate, words in _fates(gone, new):
            if words:
                yield Piece(fate, tuple(words))
        gone.clear()
        new.clear()

    for tag, first, last, start, end in codes:
        if tag == "equal":
            same = tuple(newer[start:end])
            if (gone or new) and all(word.text.isspace() for word in same):
                held = same
                continue
            yield from told()
            yield Piece("same", held + same)
            held = ()
            continue
        if held and gone and new:
            gone.extend(held)
            new.extend(held)
        elif held:
            yield from told()
            yield Piece("same", held)
        held = ()
        gone.extend(older[first:last])
        new.extend(newer[start:end])
    yield from told()
    if held:
        yield Piece("same", held)


def _fates(gone: Sequence[Word], new: Sequence[Word]) -> tuple[tuple[Fate, Sequence[Word]], ...]:
    return ("gone", gone), ("new", new)


def _replaced(older: Sequence[Line], newer: Sequence[Line]) -> Iterator[ComparedLine]:
    """Lines that differ: those that are likest each other are compared, in their order; the rest went or came."""
    done_old = done_new = 0
    for first, second in [*_pairs(older, newer), (len(older), len(newer))]:
        for line in older[done_old:first]:
            yield _whole("gone", line)
        for line in newer[done_new:second]:
            yield _whole("new", line)
        if first < len(older):
            line = newer[second]
            yield ComparedLine(pieces(older[first].words, line.words), line.shape, line.number)
        done_old, done_new = first + 1, second + 1


def _pairs(older: Sequence[Line], newer: Sequence[Line]) -> list[tuple[int, int]]:
    """The pairs that together are likest, each line once and never crosswise (the longest common subsequence)."""
    if len(older) == len(newer) == 1:
        return [(0, 0)] if older[0].shape == newer[0].shape else []
    if len(older) * len(newer) > _MOST_PAIRS:
        return []
    best = [[0.0] * (len(newer) + 1) for _ in range(len(older) + 1)]
    likeness = [[_likeness(old, new) for new in newer] for old in older]
    for row in range(len(older) - 1, -1, -1):
        for place in range(len(newer) - 1, -1, -1):
            together = likeness[row][place] + best[row + 1][place + 1] if likeness[row][place] else 0.0
            best[row][place] = max(together, best[row + 1][place], best[row][place + 1])
    found, row, place = [], 0, 0
    while row < len(older) and place < len(newer):
        if likeness[row][place] and best[row][place] == likeness[row][place] + best[row + 1][place + 1]:
            found.append((row, place))
            row, place = row + 1, place + 1
        elif best[row][place] == best[row + 1][place]:
            row += 1
        else:
            place += 1
    return found


def _likeness(older: Line, newer: Line) -> float:
    """The share of words in common; nothing below a quarter, and nothing between a paragraph and an item."""
    if older.shape != newer.shape:
        return 0.0
    first, second = (Counter(word.text for word in line.words if not word.text.isspace()) for line in (older, newer))
    share = 2 * (first & second).total() / max(first.total() + second.total(), 1)
    return share if share >= _ALIKE else 0.0


def _key(line: Line) -> tuple[Shape, tuple[Word, ...]]:
    return line.shape, line.words


def _whole(fate: Fate, line: Line) -> ComparedLine:
    return ComparedLine((Piece(fate, line.words),), line.shape, line.number)


def _split(text: str, marks: tuple[str, ...] = ()) -> tuple[Word, ...]:
    return tuple(Word(part, marks) for part in _TOKENS.findall(text))


def _rich_lines(found: Iterable[Token]) -> Iterator[Line]:
    lists: list[int | None] = []
    opens: tuple[bool, int | None] = (False, None)
    for token in found:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(None if token.type == "bullet_list_open" else int(token.attrGet("start") or 1))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            opens = (True, number)
            lists[-1] = None if number is None else number + 1
        elif token.type == "inline":
            is_item, number = opens
            shape = Shape(len(lists), bool(lists) and lists[-1] is not None, is_item)
            yield Line(tuple(_inline(token.children or [])), shape, number)
            opens = (False, None)


def _inline(children: Iterable[Token]) -> Iterator[Word]:
    marks: list[str] = []
    href, words = "", ""
    for token in children:
        if token.type in _MARKS:
            marks.append(_MARKS[token.type])
        elif token.type in ("strong_close", "em_close"):
            marks.pop()
        elif token.type == "link_open":
            href, words = str(token.attrGet("href") or ""), ""
        elif token.type == "link_close":
            if href and href != words:
                yield from _split(f" ({href})", tuple(marks))
            href = ""
        else:
            piece = "\n" if token.type in ("softbreak", "hardbreak") else token.content
            words += piece
            yield from _split(piece, tuple(marks))
