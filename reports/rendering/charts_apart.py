"""The charts of a document, drawn in a process beside the one that draws the document.

The engine of the chart library takes a hundred megabytes and never gives them back. It is started in a copy of this
process, made before anything of the library is loaded (a fork after it was used hangs), which ends when it has drawn.
Meanwhile this process loads what lays out pages.
"""

import json
import os
import sys
from collections.abc import Iterable
from typing import Any

from reports.domain.payload import every_block
from reports.rendering.charts import chart_svg, remember


class ChartsFailed(RuntimeError):
    """The charts could not be drawn."""


class ChartsApart:
    """Begins to draw when it is made; `collect` waits for the drawings, which `chart_svg` then knows."""

    def __init__(self, payload: dict[str, Any], languages: Iterable[str]) -> None:
        self._wanted = [
            (block, language) for language in languages for block in every_block(payload) if block["type"] == "chart"
        ]
        self._child = 0
        if self._wanted and hasattr(os, "fork") and "vl_convert" not in sys.modules:
            self._reading, writing = os.pipe()
            self._child = os.fork()
            if not self._child:
                # whoever reads is gone when nobody holds that end any more: not even this process
                os.close(self._reading)
                _draw(self._wanted, writing)
            os.close(writing)

    def collect(self) -> None:
        """Raises `ChartsFailed` where the other process broke off."""
        if not self._child:
            return
        with os.fdopen(self._reading, "rb") as pipe:
            said = pipe.read()
        _pid, status = os.waitpid(self._child, 0)
        if status:
            reason = said.decode() or "most likely for want of memory"
            raise ChartsFailed(f"the charts could not be drawn ({status}): {reason}")
        for (block, language), svg in zip(self._wanted, json.loads(said), strict=True):
            remember(svg, block=block, language=language)


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
