"""How the parts of a document are arranged on its sheets: which stand in landscape, and which annexes share a page.

Decided from reckoned heights before anything is laid out, for all languages of a document at once. A section turns to
landscape at its first wide table and does not turn back; what would leave most of a page empty just before the turn is
taken along. A reckoning that is somewhat wrong costs room on a page and nothing else. Lengths are millimetres on A4.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

View = dict[str, Any]
#: The texts of a document in one language, as `reports.rendering.drawing` makes them.
Body = dict[str, Any]

ROOM = {"portrait": 250.0, "landscape": 168.0}
_WIDTH = {"portrait": 170.0, "landscape": 262.0}
#: Blocks that stand beside their translation; all others follow each other.
BESIDE = ("paragraph", "heading", "list", "key_figures", "signature")
#: Blocks that never run from one page to the next.
_UNBROKEN = ("heading", "chart", "signature")
#: What fills no more of a last page in portrait is taken along to the landscape that follows.
TAIL = 0.4
#: An annex of this height, or a list of sources, follows on the page of the annex before it.
SMALL = 115.0
#: A list of contents with so many entries leaves room for more on its page.
BRIEF = 16
_LETTER, _LINE, _AROUND = 2.15, 5.8, 2.5
_HEADING_OF_A_SECTION, _HEADING = 18.0, 12.0
_AROUND_A_TABLE, _NOTE = 26.0, 4.0
_CHART = {"portrait": 105.0, "landscape": 82.0}
_CARD, _CARDS_IN_A_ROW = 34.0, 3
_SIGNATURE = 24.0


def arrange(bodies: Sequence[Body]) -> None:
    """Divides the sections and annexes of a document into runs of one direction, alike in each of its languages."""
    sections = [_Part(views) for views in zip(*(body["sections"] for body in bodies), strict=True)]
    annexes = [_Part(views) for views in zip(*(body["annexes"] for body in bodies), strict=True)]
    summary = _Part(tuple({"blocks": body["summary"]} for body in bodies))
    for parts in ([summary], sections, annexes):
        _turn(parts)
    _take_along(sections)
    for part in (summary, *sections, *annexes):
        part.divide()
    for body, view in zip(bodies, summary.views, strict=True):
        body["summary"] = view["runs"]
    for place, part in enumerate(annexes):
        follows = bool(place) and annexes[place - 1].ends_in == part.begins_in and part.height() <= SMALL
        for view in part.views:
            view["follows"] = follows
    _finish(bodies, sections, annexes)
    is_brief = summary.height() <= SMALL
    for body in bodies:
        body["contents_are_short"] = sum(1 + len(one["headings"]) for one in body["sections"]) + len(annexes) <= BRIEF
        body["summary_is_brief"] = is_brief and (bool(summary.blocks) or body["contents_are_short"])


def _finish(bodies: Sequence[Body], sections: list["_Part"], annexes: list["_Part"]) -> None:
    """The signature stands where the last section ends, a short list of sources on the page of the last annex."""
    for body in bodies:
        body["signed_on"] = sections[-1].ends_in if sections else "portrait"
        listed = sum(_lines(source["title"]["text"], "portrait") + 1 for source in body["sources"]) * _LINE
        body["sources_follow"] = bool(annexes) and annexes[-1].ends_in == "portrait" and listed <= SMALL


class _Part:
    """A section or an annex in every language of the document, and the block with which it turns to landscape."""

    def __init__(self, views: tuple[View, ...]) -> None:
        self.views = views
        self.blocks = list(zip(*(view["blocks"] for view in views), strict=True))
        self.turns_at = len(self.blocks)

    @property
    def begins_in(self) -> str:
        return "portrait" if self.turns_at else "landscape"

    @property
    def ends_in(self) -> str:
        return "portrait" if self.turns_at == len(self.blocks) else "landscape"

    def divide(self) -> None:
        """Into a run in portrait and one in landscape; a table is fitted to the sheet that it comes to lie on."""
        for views in self.blocks[self.turns_at :]:
            for block in views:
                if block["type"] == "table" and block["table"].orientation == "portrait":
                    block["table"].lie("landscape")
        for view in self.views:
            halves = (("portrait", view["blocks"][: self.turns_at]), ("landscape", view["blocks"][self.turns_at :]))
            runs = [{"orientation": way, "blocks": blocks} for way, blocks in halves if blocks]
            view["runs"] = runs or [{"orientation": "portrait", "blocks": []}]

    def height(self) -> float:
        """About how high the whole of it is, where all of it lies in one direction."""
        ways = ["portrait" if place < self.turns_at else "landscape" for place in range(len(self.blocks))]
        return _HEADING_OF_A_SECTION + sum(_height(one, way) for one, way in zip(self.blocks, ways, strict=True))

    @property
    def is_small(self) -> bool:
        """Whether it is a few lines and small tables, which may lie in either direction."""
        kinds = {block["type"] for views in self.blocks for block in views}
        return kinds <= {"paragraph", "heading", "list", "table"} and self.height() <= SMALL


def _turn(parts: list[_Part]) -> None:
    """Each turns with its first wide block and what introduces it; a small one stays in the landscape it follows."""
    for place, part in enumerate(parts):
        wide = next((at for at, views in enumerate(part.blocks) if views[0]["is_wide"]), None)
        if wide is not None:
            while wide and part.blocks[wide - 1][0]["type"] in ("heading", "paragraph", "list"):
                wide -= 1
            part.turns_at = wide
        elif place and parts[place - 1].ends_in == "landscape" and part.is_small:
            part.turns_at = 0


def _take_along(sections: list[_Part]) -> None:
    """Before each turn to landscape, the blocks that would stand alone on a last page in portrait."""
    for place, part in enumerate(sections):
        if part.ends_in == "portrait" or (part.begins_in == "landscape" and not place):
            continue
        if part.begins_in == "landscape" and sections[place - 1].ends_in == "landscape":
            continue
        _take_along_before(sections[: place + 1])


def _take_along_before(sections: list[_Part]) -> None:
    """Of the sections up to the one that turns, the blocks of the last page, where they are few and whole."""
    alone: list[tuple[_Part, int]] = []
    filled = 0.0
    for part, at, height, is_whole in _in_portrait(sections):
        if is_whole and filled + height > ROOM["portrait"]:
            alone, filled = [], 0.0
        alone.append((part, at))
        filled += height
        if filled > ROOM["portrait"]:  # it runs on to the next page, and can't be taken apart
            alone, filled = [], filled % ROOM["portrait"]
    is_first_page = alone and alone[0] == next((part, at) for part, at, *_rest in _in_portrait(sections))
    if not is_first_page and filled <= TAIL * ROOM["portrait"]:
        for part, at in reversed(alone):
            part.turns_at = min(part.turns_at, at)


def _in_portrait(sections: list[_Part]) -> Iterator[tuple[_Part, int, float, bool]]:
    """The blocks of the last stretch of pages in portrait, with their heights; those that can't be torn are marked."""
    begin = max((place + 1 for place, part in enumerate(sections[:-1]) if part.ends_in == "landscape"), default=0)
    for part in sections[begin:]:
        for at, views in enumerate(part.blocks[: part.turns_at]):
            heading = 0.0 if at else _HEADING_OF_A_SECTION
            yield part, at, heading + _height(views, "portrait"), _is_whole(views[0])


def _is_whole(view: View) -> bool:
    return view["type"] in _UNBROKEN or (view["type"] == "table" and view["table"].is_short)


def _height(views: tuple[View, ...], way: str) -> float:
    """A block in all languages: beside its translation, or one under the other."""
    if len(views) > 1 and views[0]["type"] in BESIDE:
        return max(_alone(view, way, share=0.5) for view in views)
    return sum(_alone(view, way) for view in views)


def _alone(view: View, way: str, *, share: float = 1.0) -> float:
    match view["type"]:
        case "heading":
            return _HEADING
        case "paragraph":
            texts = [one["text"] for one in view["paragraphs"]] if "paragraphs" in view else [str(view["html"])]
            return sum(_lines(text, way, share=share) * _LINE + _AROUND for text in texts)
        case "list":
            return sum(_lines(one["text"], way, share=share) * _LINE for one in view["items"]) + _AROUND
        case "key_figures":
            return math.ceil(len(view["cards"]) / (_CARDS_IN_A_ROW if share == 1 else 2)) * _CARD
        case "table":
            table = view["table"]
            notes = sum(_lines(text, way) for _mark, text in table.notes) + bool(table.legend)
            rows = table.height or len(table.rows) * 2 * _LINE
            return float(rows * _WIDTH[table.orientation] / _WIDTH[way] + _AROUND_A_TABLE + notes * _NOTE)
        case "signature":
            return _SIGNATURE
        case "chart":
            return _CHART[way]
    return ROOM[way]


def _lines(text: str, way: str, *, share: float = 1.0) -> int:
    return max(math.ceil(len(text) * _LETTER / (_WIDTH[way] * share)), 1)
