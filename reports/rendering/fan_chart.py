"""The fan of a forecast: what was, what is said of the time to come, and the two bands in which it is expected to lie.

A block of the kind `fan` has six series in this order: what was, the forecast, and the lower and upper bound of the
inner and of the outer band. `marks` are thin lines across time with their words over the plot: breaks of the series,
and the seam between what was entered and what was returned.
"""

from typing import Any

from reports.rendering.cells import drawn_value

#: More names than this would run into each other on the axis: every so many is written.
_MOST_NAMES = 10
_HEIGHT = 210
#: Each mark has a line of its own over the plot for its words, which therefore never run into the series.
_LINE_OF_WORDS = 14
#: From this part of the width on, words stand to the left of their line, or they would leave the chart.
_RIGHT_PART = 0.6


def fan(
    *, block: dict[str, Any], categories: list[str], names: list[str], language: str, ink: str, colours: tuple[str, ...]
) -> dict[str, Any]:
    """The parts of the specification that are the fan's own: its data, axes and layers."""
    drawn = [[drawn_value(cell) for cell in one["cells"]] for one in block["series"]]
    was, said, low80, high80, low95, high95 = drawn
    points = [
        {
            "category": category,
            "was": was[place],
            "said": said[place],
            "low80": low80[place],
            "high80": high80[place],
            "low95": low95[place],
            "high95": high95[place],
        }
        for place, category in enumerate(categories)
    ]
    step = -(-len(categories) // _MOST_NAMES)
    time = {
        "field": "category",
        "type": "ordinal",
        "sort": categories,
        "title": None,
        "axis": {"labelAngle": 0, "values": categories[::step], "labelLimit": 120},
        "scale": {"type": "point", "padding": 0.4, "domain": categories},
    }
    outer, inner = (f"{level} %" for level in (95, 80))
    keys = [names[0], names[1], inner, outer]
    scale = {"domain": keys, "range": [ink, colours[0], colours[1], "#dbe6f0"]}
    legend = {"orient": "top", "title": None, "direction": "horizontal", "labelLimit": 280, "columns": 4}
    legend["offset"] = 8 + _LINE_OF_WORDS * len(block.get("marks", ()))
    key = {"type": "nominal", "scale": scale, "legend": legend}
    layers = [
        _band("low95", "high95", outer, key, block["unit"][language]),
        _band("low80", "high80", inner, key, block["unit"][language]),
        _line("said", names[1], key, dash=[6, 3]),
        _line("was", names[0], key, dash=[1, 0]),
        *_marks(block, categories, language=language, ink=ink),
    ]
    return {"height": _HEIGHT, "data": {"values": points}, "encoding": {"x": time}, "layer": layers}


def _band(low: str, high: str, name: str, key: dict[str, Any], unit: str) -> dict[str, Any]:
    return {
        "mark": {"type": "area", "opacity": 1, "invalid": "break-paths-filter-domains"},
        "encoding": {
            "y": {
                "field": low,
                "type": "quantitative",
                "title": unit,
                "scale": {"zero": True},
                "axis": {"format": ",~r", "grid": True, "tickCount": 6, "domain": False, "ticks": False},
            },
            "y2": {"field": high},
            "color": {"datum": name, **key},
        },
    }


def _line(field: str, name: str, key: dict[str, Any], *, dash: list[int]) -> dict[str, Any]:
    point = {"filled": True, "size": 22, "shape": "circle" if field == "was" else "diamond"}
    return {
        "mark": {
            "type": "line",
            "strokeWidth": 1.75,
            "strokeDash": dash,
            "point": point,
            "invalid": "break-paths-filter-domains",
        },
        "encoding": {"y": {"field": field, "type": "quantitative"}, "color": {"datum": name, **key}},
    }


def _marks(block: dict[str, Any], categories: list[str], *, language: str, ink: str) -> list[dict[str, Any]]:
    """Lines across time, each with its words over the plot, so that the fan needs no second legend."""
    marks = sorted(block.get("marks", ()), key=lambda one: one["place"])
    at = {"field": "category", "type": "ordinal"}
    layers = []
    for number, one in enumerate(marks):
        # the first stands highest: the lines of those after it end below its words
        top = -_LINE_OF_WORDS * (len(marks) - number) + 4
        is_right = one["place"] > _RIGHT_PART * len(categories)
        data = {"values": [{"category": categories[one["place"]], "words": one["words"][language]}]}
        rule = {"type": "rule", "color": ink, "strokeWidth": 1, "strokeDash": [2, 3], "y": top - 5, "y2": _HEIGHT}
        words = {"type": "text", "align": "right" if is_right else "left", "baseline": "middle", "fontSize": 10}
        words |= {"dx": -5 if is_right else 5, "fill": ink, "y": top}
        layers.append({"data": data, "mark": rule, "encoding": {"x": at}})
        layers.append({"data": data, "mark": words, "encoding": {"x": at, "text": {"field": "words"}}})
    return layers
