"""The figures that a report cites in its texts, as one table for its data files.

A text may cite what no table of the report holds: a category, another year. Whoever works with the data finds it here,
by the reference under which it was cited.
"""

from typing import Any

from reports.domain.payload import every_block


def cited_table(payload: dict[str, Any]) -> dict[str, Any] | None:
    """Each cited figure once, in the order of the text; None where nothing is cited."""
    entries = {one["reference"]: one for block in every_block(payload) for one in block.get("cited", ())}
    if not entries:
        return None
    names = _names(payload)
    return {
        "type": "table",
        "id": "cited-figures",
        "number": 0,
        "caption": {"ru": "Показатели, приведённые в тексте", "en": "Figures cited in the text"},
        "unit": None,
        "stub": {"ru": "Показатель и ссылка", "en": "Indicator and reference"},
        "numbered": False,
        "footnotes": [],
        "orientation": "portrait",
        "columns": [{"heading": {"ru": "Значение", "en": "Figure"}, "group": None, "kind": "number", "weight": 1}],
        "rows": [
            {
                "header": _header(reference, names.get(one["codes"].get("indicator", ""))),
                "cells": [one["cell"]],
                "unit": None,
                "code": one["codes"].get("indicator", ""),
                "level": 0,
                "style": "normal",
                "note": None,
            }
            for reference, one in entries.items()
        ],
    }


def _names(payload: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The names of indicators, by code, as the rows of the report's own tables give them."""
    rows = (row for block in every_block(payload) for row in block.get("rows", ()))
    return {row["code"]: row["header"] for row in rows if row["code"]}


def _header(reference: str, name: dict[str, str] | None) -> dict[str, str]:
    return {language: f"{name[language]} ({reference})" if name else reference for language in ("ru", "en")}
