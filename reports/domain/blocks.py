"""The blocks that a report's sections are composed of.

A definition (`reports.domain.definitions`) says what an annual or a cumulative report contains by calling
these functions; each answers a plain dict that goes into the snapshot as it is. The renderer knows these few
types and nothing of any definition, so a new report needs no new template, and PDF, spreadsheet, CSV and page
show the same cells. The whole shape is described in docs/snapshot.md.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from reports.domain.cells import Cell, Text, both, changes, missing, words

Block = dict[str, Any]
#: What a number is of, for machines: part of the place of `reports.domain.coded_cells`.
Codes = Mapping[str, str]

#: A table with more columns than this does not fit a portrait page in a readable size.
PORTRAIT_COLUMNS = 6
CHART_KINDS = ("bar", "line", "fan")
PARAGRAPH_STYLES = ("body", "lead", "warning", "note")


def paragraph(text: Text, *, style: str = "body") -> Block:
    """Running text; an empty line in it starts a new paragraph. `lead`: larger; `warning`: framed; `note`:
    small."""
    if style not in PARAGRAPH_STYLES:
        raise ValueError(f"no paragraph style {style!r}")
    return {"type": "paragraph", "text": dict(text), "style": style}


def heading(text: Text, *, id: str, number: str = "") -> Block:
    """A heading inside a section; it appears in the contents and among the bookmarks."""
    return {"type": "heading", "id": id, "number": number, "text": dict(text)}


def listing(items: Sequence[Text], *, ordered: bool = False) -> Block:
    """A list of short texts."""
    return {"type": "list", "ordered": ordered, "items": [dict(item) for item in items]}


def card(
    *,
    label: Text,
    cell: Cell,
    unit: Text | None = None,
    previous: Cell | None = None,
    share: Cell | None = None,
    note: Text | None = None,
    codes: Codes | None = None,
    previous_codes: Codes | None = None,
) -> Block:
    """One figure of the summary page, with the year before (its change is computed) and "N of M states"."""
    block: Block = {
        "label": dict(label),
        "cell": cell,
        "unit": _copy(unit),
        "note": _copy(note),
        "share": share,
    }
    if previous is not None:
        change, percentage = changes(current=cell, previous=previous)
        block |= {"previous": previous, "change": change, "percent": percentage}
    return _coded(block, codes=codes, previous_codes=previous_codes)


def key_figures(cards: Sequence[Block]) -> Block:
    """The figures that a reader with one minute has to see."""
    return {"type": "key_figures", "cards": list(cards)}


def column(
    *, heading: Text, group: Text | None = None, kind: str = "number", weight: int = 1, codes: Codes | None = None
) -> Block:
    """A column. Neighbours with the same `group` stand under one heading; `weight` widens it against the
    others.

    `codes` says that the column holds data (empty: the margin); without it, what is derived from data or words.
    """
    if kind not in ("number", "text"):
        raise ValueError(f"no column of the kind {kind!r}")
    return _coded({"heading": dict(heading), "group": _copy(group), "kind": kind, "weight": weight}, codes=codes)


def row(
    *,
    header: Text,
    cells: Sequence[Cell],
    unit: Text | None = None,
    code: str = "",
    level: int = 0,
    style: str = "normal",
    note: Text | None = None,
    codes: Codes | None = None,
) -> Block:
    """A row. `level` indents a part under its total; `style` is normal, total, or group (a heading across the
    table)."""
    if style not in ("normal", "total", "group"):
        raise ValueError(f"no row style {style!r}")
    block: Block = {
        "header": dict(header),
        "cells": list(cells),
        "unit": _copy(unit),
        "code": code,
        "level": level,
        "style": style,
        "note": _copy(note),
    }
    return _coded(block, codes=codes)


def group_row(header: Text) -> Block:
    """A heading across the whole table, for the rows that follow."""
    return row(header=header, cells=(), style="group")


def table(
    *,
    id: str,
    caption: Text,
    stub: Text,
    columns: Sequence[Block],
    rows: Sequence[Block],
    unit: Text | None = None,
    orientation: str = "",
    numbered: bool = True,
    footnotes: Sequence[Text] = (),
    codes: Codes | None = None,
) -> Block:
    """A table. `stub` heads its first column; `numbered` gives № п/п; a wide table chooses landscape by
    itself.

    Either the whole table has one `unit`, or each row has its own and a column «Ед. изм.» appears.
    """
    if orientation not in ("", "portrait", "landscape"):
        raise ValueError(f"no orientation {orientation!r}")
    for line in rows:
        if line["style"] != "group" and len(line["cells"]) != len(columns):
            raise ValueError(
                f"table {id}: row {line['header']['en']!r} has {len(line['cells'])} of {len(columns)} cells"
            )
    width = len(columns) + (1 if any(line["unit"] for line in rows) else 0)
    block: Block = {
        "type": "table",
        "id": id,
        "caption": dict(caption),
        "stub": dict(stub),
        "columns": list(columns),
        "rows": list(rows),
        "unit": _copy(unit),
        "numbered": numbered,
        "footnotes": [dict(note) for note in footnotes],
        "orientation": orientation or ("landscape" if width > PORTRAIT_COLUMNS else "portrait"),
    }
    return _coded(block, codes=codes)


def year_columns(*, year: int, before: str = "") -> list[Block]:
    """«отчётный год | АППГ | ± | %». `before` is the short name of the operation of the year before."""
    return [
        column(heading=both(ru=f"{year}\u00a0г.", en=str(year)), codes={}),
        column(heading=both(ru="АППГ", en=f"{year - 1}"), codes={"operation": before} if before else None),
        column(heading=both(ru="±", en="±")),
        column(heading=both(ru="%", en="%")),
    ]


def matrix(
    *,
    id: str,
    caption: Text,
    year: int,
    states: Sequence[Mapping[str, str]],
    rows: Sequence[Block],
    footnotes: Sequence[Text] = (),
    state_codes: Sequence[str] = (),
    codes: Codes | None = None,
    before: str = "",
) -> Block:
    """Indicator × state, with "N of M states", the total and the year before; `rows` come from `matrix_row`.

    `states` are given in the order that they are printed: Russian alphabetical order, for neutrality.
    """
    group = both(ru="Государства", en="States")
    coded: list[Codes | None] = [{"state": code} for code in state_codes] or [None] * len(states)
    columns = [
        column(heading=both(ru=state["ru"], en=state["en"]), group=group, codes=place)
        for state, place in zip(states, coded, strict=True)
    ]
    columns.append(column(heading=both(ru="Представили", en="Reported")))
    return table(
        id=id,
        caption=caption,
        stub=both(ru="Показатель", en="Indicator"),
        columns=columns + year_columns(year=year, before=before),
        rows=rows,
        orientation="landscape",
        footnotes=footnotes,
        codes=codes,
    )


def matrix_row(
    *,
    header: Text,
    code: str,
    unit: Text,
    states: Sequence[Cell],
    share: Cell,
    total: Cell,
    previous: Cell | None,
    level: int = 0,
    note: Text | None = None,
    codes: Codes | None = None,
) -> Block:
    """A row of `matrix`; without a comparable year before, its three columns say so."""
    if previous is None:
        after = [missing("not_applicable") for _ in range(3)]
    else:
        after = [previous, *changes(current=total, previous=previous)]
    cells = [*states, share, total, *after]
    return row(header=header, code=code, unit=unit, cells=cells, level=level, note=note, codes=codes)


def series(*, name: Text, cells: Sequence[Cell], codes: Codes | None = None) -> Block:
    """One series of a chart: a cell for each category."""
    return _coded({"name": dict(name), "cells": list(cells)}, codes=codes)


def chart(
    *,
    id: str,
    kind: str,
    caption: Text,
    alt: Text,
    unit: Text,
    categories: Sequence[Text],
    series: Sequence[Block],
    stub: Text,
    table_shown: bool = True,
    codes: Codes | None = None,
    category_codes: Sequence[Codes] | None = None,
    marks: Sequence[tuple[int, Text]] = (),
) -> Block:
    """A chart and its table, which is drawn from the same cells.

    Categories keep the order in which they are given and are never sorted by value: states are not ranked. A
    cell without an exact or qualified number leaves a gap; a qualified one is drawn at its bound and says so
    in the table. `table_shown=False` only where the table beside it holds the very same numbers. A `fan` has the six
    series of `reports.rendering.fan_chart`; `marks` are words at the place of a category, of a fan or of lines.
    """
    if kind not in CHART_KINDS:
        raise ValueError(f"no chart of the kind {kind!r}")
    for one in series:
        if len(one["cells"]) != len(categories):
            raise ValueError(
                f"chart {id}: series {one['name']['en']!r} has {len(one['cells'])} of {len(categories)} cells"
            )
    block: Block = {
        "type": "chart",
        "id": id,
        "kind": kind,
        "caption": dict(caption),
        "alt": dict(alt),
        "unit": dict(unit),
        "stub": dict(stub),
        "categories": [dict(one) for one in categories],
        "series": list(series),
        "table_shown": table_shown,
    }
    if marks:
        block["marks"] = [{"place": place, "words": dict(text)} for place, text in marks]
    if category_codes is not None:
        block["category_codes"] = [dict(one) for one in category_codes]
    return _coded(block, codes=codes)


def timeline(*, id: str, caption: Text, alt: Text, year: int, lines: Sequence[Block]) -> Block:
    """The year as rows of bars, and the same as a table; `lines` come from `timeline_line`."""
    return {
        "type": "timeline",
        "id": id,
        "caption": dict(caption),
        "alt": dict(alt),
        "year": year,
        "lines": list(lines),
        "orientation": "landscape",
    }


def timeline_line(*, kind: str, label: Text, note: Text, spans: Sequence[tuple[str, str | None, Text]]) -> Block:
    """A row of `timeline`: stretches of days (ISO 8601), or points of time, which have no end."""
    return {
        "kind": kind,
        "label": dict(label),
        "note": dict(note),
        "spans": [{"first": first, "last": last, "title": dict(title)} for first, last, title in spans],
    }


def remarks(*, id: str, caption: Text, entries: Sequence[tuple[Text, Text, Text]]) -> Block:
    """Сводка замечаний: who said what, and what was answered."""
    return table(
        id=id,
        caption=caption,
        stub=both(ru="Государство", en="State"),
        columns=[
            column(heading=both(ru="Замечание, предложение", en="Remark or proposal"), kind="text", weight=3),
            column(heading=both(ru="Ответ", en="Answer"), kind="text", weight=3),
        ],
        rows=[row(header=who, cells=[words(said), words(answer)]) for who, said, answer in entries],
    )


def signature(*, post: Text, rank: Text | None = None, name: Text | None = None) -> Block:
    """A line for a signature: post and rank at the left, room to sign, the name at the right."""
    return {"type": "signature", "post": dict(post), "rank": _copy(rank), "name": _copy(name)}


def section(*, id: str, number: str, title: Text, blocks: Sequence[Block]) -> Block:
    """A numbered section, or an annex (then `number` counts the annexes)."""
    return {"id": id, "number": number, "title": dict(title), "blocks": list(blocks)}


def _coded(block: Block, **given: Codes | None) -> Block:
    """The block with the codes that were given; one without is what it was before there were any."""
    return block | {name: dict(codes) for name, codes in given.items() if codes is not None}


def _copy(text: Text | None) -> dict[str, str] | None:
    return None if text is None else {"ru": text["ru"], "en": text["en"]}
