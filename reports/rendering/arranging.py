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
#: Where so much of a page is still free, or room for all of it, the first section begins on it.
ROOM_TO_BEGIN = 1 / 3
#: Documents that have no list of contents: a few pages that begin under their head.
WITHOUT_CONTENTS = ("minutes", "press", "return")
_LETTER, _LINE, _AROUND = 2.15, 5.8, 2.5
_HEADING_OF_A_SECTION, _HEADING = 18.0, 12.0
_AROUND_A_TABLE, _NOTE = 26.0, 4.0
_CHART = {"portrait": 105.0, "landscape": 82.0}
#: A key figure: its frame, and the lines of its name, its value and its remarks.
_CARD, _NAME, _VALUE, _REMARK = 7.0, 4.0, 6.4, 3.7
_CARDS_IN_A_ROW, _LETTER_OF_A_NAME = 3, 2.3
#: An entry of the contents by the number of languages, beside each other they are set smaller.
_ENTRY = {1: 6.8, 2: 5.2}
#: The summary, the sources, the approval sheet.
_ENTRIES_OF_EVERY_DOCUMENT = 3
_SIGNATURE = 24.0


def arrange(bodies: Sequence[Body]) -> None:
    """Divides the sections and annexes of a document into runs of one direction, alike in each of its languages."""
    sections = [_Part(views) for views in zip(*(body["sections"] for body in bodies), strict=True)]
    annexes = [_Part(views) for views in zip(*(body["annexes"] for body in bodies), strict=True)]
    summary = _Part(tuple({"blocks": body["summary"]} for body in bodies))
    for parts in ([summary], sections, annexes):
        _turn(parts)
    begun = _begin(bodies, summary=summary, sections=sections)
    _take_along(sections, begun=begun)
    for part in (summary, *sections, *annexes):
        part.divide()
    for body, view in zip(bodies, summary.views, strict=True):
        body["summary"] = view["runs"]
    for place, part in enumerate(annexes):
        follows = bool(place) and annexes[place - 1].ends_in == part.begins_in and part.height() <= SMALL
        for view in part.views:
            view["follows"] = follows
    _finish(bodies, sections, annexes)


def _begin(bodies: Sequence[Body], *, summary: "_Part", sections: list["_Part"]) -> float:
    """What the contents and the summary share, and how high the page is filled on which the first section begins.

    The summary stays in one piece: it follows the contents where all of it finds room below them.
    """
    filled = max(_height_of_contents(body, languages=len(bodies)) for body in bodies) % ROOM["portrait"]
    follows = filled + summary.height() <= ROOM["portrait"]
    if summary.blocks:
        filled = (filled if follows else 0.0) + summary.height()
    needed = min([ROOM_TO_BEGIN * ROOM["portrait"], *(part.height() for part in sections[:1])])
    goes_on = summary.ends_in == "portrait" and filled + needed <= ROOM["portrait"]
    for body in bodies:
        body["summary_follows"] = follows
        body["sections_follow"] = goes_on or body["definition"] in WITHOUT_CONTENTS
    return filled if goes_on else 0.0


def _height_of_contents(body: Body, *, languages: int) -> float:
    if body["definition"] in WITHOUT_CONTENTS:
        return 0.0
    entries = [f"{section['number']} {section['title']}" for section in body["sections"] + body["annexes"]]
    entries += [heading["text"] for section in body["sections"] for heading in section["headings"]]
    lines = sum(_lines(entry, "portrait", share=1 / languages) for entry in entries) + _ENTRIES_OF_EVERY_DOCUMENT
    return _HEADING_OF_A_SECTION + lines * _ENTRY[languages]


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


def _take_along(sections: list[_Part], *, begun: float) -> None:
    """Before each turn to landscape, the blocks that would stand alone on a last page in portrait.

    The first section begins on a page that is filled to `begun` already.
    """
    for place, part in enumerate(sections):
        if part.ends_in == "portrait" or (part.begins_in == "landscape" and not place):
            continue
        if part.begins_in == "landscape" and sections[place - 1].ends_in == "landscape":
            continue
        _take_along_before(sections[: place + 1], begun=begun)


def _take_along_before(sections: list[_Part], *, begun: float) -> None:
    """Of the sections up to the one that turns, the blocks of the last page, where they are few and whole."""
    alone: list[tuple[_Part, int]] = []
    filled = 0.0 if any(part.ends_in == "landscape" for part in sections[:-1]) else begun
    shares_its_page = bool(filled)
    for part, at, height, is_whole in _in_portrait(sections):
        if is_whole and filled + height > ROOM["portrait"]:
            alone, filled, shares_its_page = [], 0.0, False
        alone.append((part, at))
        filled += height
        if filled > ROOM["portrait"]:  # it runs on to the next page, and can't be taken apart
            alone, filled, shares_its_page = [], filled % ROOM["portrait"], False
    if not shares_its_page and filled <= TAIL * ROOM["portrait"]:
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
            return _height_of_cards(
                view["cards"], in_a_row=_CARDS_IN_A_ROW if share == 1 else 2, room=_WIDTH[way] * share
            )
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


def _height_of_cards(cards: Sequence[View], *, in_a_row: int, room: float) -> float:
    """Key figures in rows; the highest of a row gives its height."""
    heights = []
    for card in cards:
        name = math.ceil(len(card["label"]) * _LETTER_OF_A_NAME / (room / in_a_row - _CARD))
        remarks = sum(bool(card.get(key)) for key in ("previous", "share", "note"))
        heights.append(_CARD + name * _NAME + _VALUE + remarks * _REMARK)
    return sum(max(heights[at : at + in_a_row]) for at in range(0, len(heights), in_a_row))
