"""Charts as SVG, drawn from the same cells as the table beside them, alike on a page and in a PDF.

Vega-Lite describes a chart, `vl_convert` draws it without a browser and always in the same way. States and
years keep the order of the payload: nothing is sorted by value, no colour means good or bad. Series differ in
lightness, and lines in dash and point as well, so a grey print and a colour-blind reader lose nothing.

The library starts threads of its own: never call this in a process that forks afterwards.
"""

import html
import json
import re
import textwrap
import threading
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, Literal

from operations.domain.wording import in_language
from reports.rendering.cells import drawn_value, shown
from reports.rendering.fan_chart import fan
from reports.rendering.fonts import MEASURED, SANS, measuring_folder

WIDTH = 620
#: That of bars without a table beside them, which have the page for themselves.
WIDE = 900
INK = "#1d1d1b"
#: From dark to light; the last ones are told apart by lightness in grey print.
COLOURS = ("#1c4e80", "#9dbfdd", "#d98a1f", "#6d6e71", "#0f7b6c")
DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4])
POINTS = ("circle", "square", "triangle-up", "diamond", "cross")
#: The typeface on pages; documents name theirs subset by subset.
PAGE_FONT = '"Noto Sans", sans-serif'

_LOCALES: dict[str, Literal["ru-RU", "en-US"]] = {"ru": "ru-RU", "en": "en-US"}
#: Letters in a line of a name beside a bar, and the room for it: in a chart beside its table, in one without a table.
_LABELS = {True: (44, 330), False: (72, 480)}
_LABEL_WIDTH = 34
#: A bar and the room around the bars of a category; the closer ones where the first would be higher in all than this:
#: a document makes a higher one smaller, letters and all.
_ROOMY, _CLOSE, _HIGHEST = (14, 8), (12, 2), 330
#: How much further than the longest bar the axis goes, so that its number is not cut off.
_ROOM_FOR_NUMBERS = 1.16
_drawing = threading.Lock()
#: Waits for the charts, by id and language, that another process draws for the one document of this one.
_apart: list[Callable[[], Mapping[tuple[str, str], str]]] = []


def chart_svg(block: dict[str, Any], *, language: str, for_document: bool = False) -> str:
    """The chart of a payload's block as an SVG element with its title; no style attribute, no script."""
    if for_document and _apart and (drawn := _apart[0]().get((block["id"], language))):
        return drawn
    import vl_convert

    with _drawing:
        _register_fonts()
        svg = vl_convert.vegalite_to_svg(
            specification(block, language=language),
            format_locale=_LOCALES[language],
            time_format_locale=_LOCALES[language],
        )
    return _finished(svg, block=block, language=language, font=SANS if for_document else PAGE_FONT)


@lru_cache(maxsize=256)
def kept_chart(block: str, language: str) -> str:
    """The chart of a block (as JSON) for a page of the site: the same numbers give the same picture, drawn once."""
    return chart_svg(json.loads(block), language=language)


def take_from(drawn_apart: Callable[[], Mapping[tuple[str, str], str]]) -> None:
    """Documents take their charts, by id and language, from there; it is asked once, when the first is wanted."""
    _apart[:] = [cache(drawn_apart)]


def specification(block: dict[str, Any], *, language: str) -> dict[str, Any]:
    """The Vega-Lite specification of a block."""
    is_bars = block["kind"] == "bar"
    letters, room = _LABELS[block["table_shown"]] if is_bars else (_LABEL_WIDTH, 0)
    categories = [_wrapped(one[language], letters) for one in block["categories"]]
    names = [one["name"][language] for one in block["series"]]
    points = _points(block, categories=categories, names=names, language=language)
    largest: float = max((point["start"] for point in points), default=0)
    specification = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": None,
        "padding": 2,
        "width": WIDE if is_bars and not block["table_shown"] else WIDTH,
        "autosize": {"type": "fit-x", "contains": "padding"},
        "data": {"values": points},
        "config": _config(),
    }
    if block["kind"] == "fan":
        return specification | fan(
            block=block, categories=categories, names=names, language=language, ink=INK, colours=COLOURS
        )
    given: dict[str, Any] = {"categories": categories, "names": names, "unit": block["unit"][language]}
    drawn = _bars(**given, largest=largest, room=room) if is_bars else _lines(**given)
    drawn["layer"] += [_mark(categories[one["place"]], one["words"][language]) for one in block.get("marks", ())]
    return specification | drawn


@lru_cache(maxsize=1)
def _register_fonts() -> None:
    import vl_convert

    vl_convert.register_font_directory(measuring_folder())


def _points(block: dict[str, Any], *, categories: list[str], names: list[str], language: str) -> list[dict[str, Any]]:
    return [
        {
            "category": category,
            "series": name,
            "value": drawn_value(cell),
            "start": drawn_value(cell) or 0,
            "label": shown(cell, language=language).text,
        }
        for name, one in zip(names, block["series"], strict=True)
        for category, cell in zip(categories, one["cells"], strict=True)
    ]


def _bars(*, categories: list[str], names: list[str], unit: str, largest: float, room: int) -> dict[str, Any]:
    """Horizontal bars, for names of states and indicators need room; each bar carries its number."""
    # all bands are as high as the longest name needs, and the axis ends where the longest bar's number does
    bar, around = _ROOMY if (_ROOMY[0] * len(names) + _ROOMY[1]) * len(categories) <= _HIGHEST else _CLOSE
    band = max((max(bar * len(names) + around, 13 * (one.count("\n") + 1) + 6) for one in categories), default=0)
    lines = band * len(categories)
    offset = {"field": "series", "type": "nominal", "sort": names} if len(names) > 1 else None
    position: dict[str, Any] = {
        "y": {
            "field": "category",
            "type": "nominal",
            "sort": categories,
            "title": None,
            "axis": {
                "labelExpr": "split(datum.label, '\\n')",
                "ticks": False,
                "labelLimit": room,
                "labelPadding": 6,
            },
            "scale": {"paddingInner": 0.22, "paddingOuter": 0.1},
        }
    }
    if offset:
        position["yOffset"] = offset
    amount = {
        "field": "value",
        "type": "quantitative",
        "title": unit,
        "axis": {"format": ",~r", "grid": True, "tickCount": 6, "domain": False, "ticks": False, "labelFlush": False},
        "scale": {"zero": True, "domainMax": largest * _ROOM_FOR_NUMBERS or 1},
    }
    bars = {
        "mark": {"type": "bar", "stroke": INK, "strokeWidth": 0.5},
        "encoding": {"x": amount, "color": _colour(names)},
    }
    label = {
        "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 4, "fontSize": 11, "fill": INK},
        "encoding": {"x": {"field": "start", "type": "quantitative"}, "text": {"field": "label"}},
    }
    return {"height": lines, "encoding": position, "layer": [bars, label]}


def _lines(*, categories: list[str], names: list[str], unit: str) -> dict[str, Any]:
    """Lines over time; a gap stays a gap."""
    position: dict[str, Any] = {
        "x": {
            "field": "category",
            "type": "ordinal",
            "sort": categories,
            "title": None,
            "axis": {"labelAngle": 0, "labelExpr": "split(datum.label, '\\n')", "labelLimit": 120},
            "scale": {"type": "point", "padding": 0.4},
        },
        "y": {
            "field": "value",
            "type": "quantitative",
            "title": unit,
            "scale": {"zero": True},
            "axis": {
                "format": ",~r",
                "grid": True,
                "tickCount": 6,
                "domain": False,
                "ticks": False,
                "labelFlush": False,
            },
        },
        "color": _colour(names),
    }
    dash = {
        "field": "series",
        "sort": names,
        "legend": None,
        "scale": {"domain": names, "range": DASHES[: len(names)]},
    }
    shape: dict[str, Any] = {
        "field": "series",
        "sort": names,
        "scale": {"domain": names, "range": POINTS[: len(names)]},
    }
    shape["legend"] = _legend() if len(names) > 1 else None
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "line", "strokeWidth": 2, "invalid": "break-paths-filter-domains"},
            "encoding": {"strokeDash": dash},
        },
        {"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": {"shape": shape}},
    ]
    if len(names) == 1:
        layers.append(
            {
                "mark": {"type": "text", "dy": -11, "fontSize": 11, "fill": INK},
                "encoding": {"text": {"field": "label"}},
            }
        )
    return {"height": 200, "encoding": position, "layer": layers}


def _mark(category: str, text: str) -> dict[str, Any]:
    """A mark across a chart of lines where something happened, with a short word: a number in a list beside it."""
    # the place along the axis is that of the lines; their height and colour are not the mark's
    rule = {
        "mark": {"type": "rule", "strokeDash": [2, 3], "stroke": INK},
        "encoding": {"y": None, "color": None},
    }
    words = {
        "mark": {"type": "text", "fontSize": 11, "fill": INK, "align": "left", "dx": 4, "fontWeight": "bold"},
        "encoding": {"y": {"value": 8}, "color": None, "text": {"field": "text"}},
    }
    return {"data": {"values": [{"category": category, "text": text}]}, "layer": [rule, words]}


def _colour(names: list[str]) -> dict[str, Any]:
    return {
        "field": "series",
        "type": "nominal",
        "sort": names,
        "scale": {"domain": names, "range": [COLOURS[place % len(COLOURS)] for place in range(len(names))]},
        "legend": _legend() if len(names) > 1 else None,
    }


def _legend() -> dict[str, Any]:
    return {"orient": "top", "title": None, "direction": "horizontal", "labelLimit": 280, "columns": 2}


def _config() -> dict[str, Any]:
    return {
        "aria": False,
        "font": MEASURED,
        "view": {"stroke": None},
        "axis": {
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
            "labelColor": INK,
            "titleColor": INK,
            "gridColor": "#d9d9d9",
            "domainColor": INK,
            "tickColor": INK,
        },
        "legend": {"labelFontSize": 11, "labelColor": INK, "symbolStrokeWidth": 1.5, "symbolSize": 90},
    }


def _wrapped(label: str, letters: int) -> str:
    return "\n".join(textwrap.wrap(label, letters, break_long_words=False))


def _finished(svg: str, *, block: dict[str, Any], language: str, font: str) -> str:
    """Name the chart for those who cannot see it, drop labels that were left out, keep ids apart between
    charts."""
    svg = re.sub(r'<text[^>]* opacity="0"[^>]*>[^<]*</text>', "", svg)
    svg = re.sub(r"<\?xml[^>]*\?>", "", svg).replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    # the picture is one image with one name: its parts say nothing of their own
    svg = re.sub(r' (?:role="graphics-[a-z]+"|aria-roledescription="[^"]*")', "", svg)
    prefix = re.sub(r"[^A-Za-z0-9_-]", "-", f"{block['id']}-{language}")
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{prefix}-\1"', svg)
    svg = re.sub(r"url\(#([^)]+)\)", rf"url(#{prefix}-\1)", svg)
    svg = svg.replace(f'font-family="{MEASURED}"', f'font-family="{html.escape(font)}"')
    with in_language(language):
        title = html.escape(block["alt"][language])
    head, _, rest = svg.partition(">")
    head = head.replace('class="marks"', f'class="chart" role="img" lang="{language}"')
    return f"{head}><title>{title}</title>{rest}"
