"""A chart of the domain as `components/chart.html` takes it: the picture and, always, its numbers."""

import json
from functools import lru_cache
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from reports.domain.blocks import Block
from reports.rendering.cells import shown
from reports.rendering.charts import chart_svg


def chart_part(block: Block, language: str) -> dict[str, Any]:
    """What the component takes; the first column of its table names the categories."""
    columns = [block["stub"][language], *(one["name"][language] for one in block["series"])]
    rows = [
        [category[language], *(shown(one["cells"][place], language=language).whole for one in block["series"])]
        for place, category in enumerate(block["categories"])
    ]
    return {
        "id": block["id"],
        "title": f"{block['caption'][language]}, {block['unit'][language]}",
        "svg": _picture(json.dumps({**block, "number": 1}, ensure_ascii=False, sort_keys=True), language),
        "columns": columns,
        "rows": rows,
    }


@lru_cache(maxsize=128)
def _picture(block: str, language: str) -> SafeString:
    """The same numbers give the same picture: it is drawn once."""
    return mark_safe(chart_svg(json.loads(block), language=language))  # noqa: S308 - drawn here from our own numbers
