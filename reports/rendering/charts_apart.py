"""The charts of a document, drawn in a process beside the one that draws the document.

The engine of the chart library takes a hundred megabytes and never gives them back. It is started in a copy of this
process, made before anything of the library is loaded (a fork after it was used hangs), which ends when it has drawn.
Meanwhile this process loads what lays out pages, and writes the data that the document encloses.
"""

import json
import os
import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

from reports.domain.payload import every_block
from reports.rendering.charts import chart_svg, take_from


class ChartsFailed(RuntimeError):
    """The charts could not be drawn."""


def draw_charts_apart(payload: dict[str, Any], languages: Iterable[str]) -> None:
    """Begins to draw; `chart_svg` waits for all drawings when the first is wanted, and raises `ChartsFailed` where the
    other process broke off."""
    wanted = [(block, language) for language in languages for block in every_block(payload) if block["type"] == "chart"]
    if not wanted or not hasattr(os, "fork") or "vl_convert" in sys.modules:
        return
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        # whoever reads is gone when nobody holds that end any more: not even this process
        os.close(reading)
        _draw(wanted, writing)
    os.close(writing)
    take_from(partial(_collected, wanted, child, reading))


def _collected(wanted: list[tuple[dict[str, Any], str]], child: int, reading: int) -> dict[tuple[str, str], str]:
    """What the other process has drawn, by id and language, when it has."""
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if status:
        reason = said.decode() or "most likely for want of memory"
        raise ChartsFailed(f"the charts could not be drawn ({status}): {reason}")
    return {(block["id"], language): svg for (block, language), svg in zip(wanted, json.loads(said), strict=True)}


def _draw(wanted: list[tuple[dict[str, Any], str]], writing: int) -> None:
    """The other process, which never returns: it has a copy of everything and must touch none of it.

    It says the drawings, or why there are none; where not even that was possible, nothing.
    """
    status = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            try:
                drawn = [chart_svg(block, language=language, for_document=True) for block, language in wanted]
                pipe.write(json.dumps(drawn).encode())
                status = 0
            except Exception as error:
                # told to whoever asked for the document, as the last line of the failure
                pipe.write(f"{type(error).__name__}: {error}".encode())
    finally:
        os._exit(status)
