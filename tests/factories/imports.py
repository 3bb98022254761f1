"""Files of returns as people and systems bring them, and bringing one in the way a program does."""

import hashlib
import io
import json
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

from operations.domain.imports import import_rows
from operations.models import ImportBatch
from operations.workbooks.import_files import open_source
from tests.factories.reporting import Story

PLACE = {"state": "RU", "agency": "internal_affairs", "period": "S1-final"}
COLUMNS = ("state", "agency", "period", "indicator", "category", "value")


def brought_file(story: Story, name: str, content: str | bytes, *, actor: Any = None, **options: Any) -> ImportBatch:
    """Imports (or checks) a file at once, as the story's officer unless somebody else is named."""
    data = content.encode() if isinstance(content, str) else content
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        return import_rows(
            source=open_source(path, name=name, sha256=hashlib.sha256(data).hexdigest(), operation=story.operation),
            operation=story.operation,
            file_name=name,
            actor=actor or story.officer,
            at=story.at,
            **options,
        )


def table(*rows: Sequence[Any], columns: Iterable[str] = COLUMNS) -> str:
    """A CSV file; a row is what follows state, agency and period of the story, or all of its cells."""
    names = tuple(columns)
    whole = ("RU", "internal_affairs", "S1-final")
    lines = [",".join(names)]
    for row in rows:
        cells = row if len(row) == len(names) else (*whole, *row)
        lines.append(",".join(str(cell) for cell in cells))
    return "\n".join(lines) + "\n"


def sheet(*rows: Sequence[Any], columns: Iterable[str] = COLUMNS, more: Any = None) -> bytes:
    """The same as a workbook; `more` may change the workbook and its sheet before it is closed."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet("Данные")
    names = tuple(columns)
    page.write_row(0, 0, names)
    for number, row in enumerate(rows, start=1):
        cells = row if len(row) == len(names) else ("RU", "internal_affairs", "S1-final", *row)
        page.write_row(number, 0, list(cells))
    if more is not None:
        more(book, page)
    book.close()
    return out.getvalue()


def own(*rows: dict[str, Any], **beside: Any) -> str:
    """Rows in the product's own shape of JSON."""
    return json.dumps({"operation": "illegal-2026", "rows": [{**PLACE, **row} for row in rows], **beside})


def dhis2(*values: dict[str, Any], **beside: Any) -> str:
    """Values in the shape of DHIS2's `dataValueSets`."""
    whole = {"dataSet": "illegal-2026", "period": "S1-final", "orgUnit": "ru-internal-affairs", **beside}
    return json.dumps({**whole, "dataValues": list(values)})
