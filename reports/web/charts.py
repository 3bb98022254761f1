"""A chart of the domain as `components/chart.html` takes it: the picture and, always, its numbers."""

import json
from typing import Any

from django.utils.safestring import mark_safe

from reports.domain.blocks import Block
from reports.rendering.cells import shown
from reports.rendering.charts import kept_chart


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
        # drawn here from our own numbers
        "svg": mark_safe(kept_chart(json.dumps({**block, "number": 1}, sort_keys=True), language)),  # noqa: S308
        "columns": columns,
        "rows": rows,
    }
