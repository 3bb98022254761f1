"""The cells that a report's tables, charts and cards are made of.

A cell is a small dict that a snapshot keeps for good, so it says everything about itself: a whole number and
how many of its digits are decimals, the currency of an amount, how its source qualified it, or, where there
is no number, which kind of absence that is. Zero, "not reported" and "not applicable" are three different
statements and never look alike. Nothing here knows how a cell is drawn: that is `reports.rendering.cells`.
"""

from collections.abc import Sequence
from typing import Any, TypedDict

Cell = dict[str, Any]


class Text(TypedDict):
    """One text in both languages of the documents."""

    ru: str
    en: str


#: States of a cell without a number. `no_base` is a change that cannot be computed because the year before
#: was zero; `nothing_expected` is a share of nothing; `blank` is an empty place in the layout and says
#: nothing about the data.
MISSING_STATES = (
    "not_reported",
    "not_applicable",
    "not_available",
    "not_published",
    "withheld",
    "suppressed",
    "no_base",
    "nothing_expected",
    "blank",
)
QUALIFIERS = ("eq", "gt", "lt", "approx")


def both(*, ru: str, en: str) -> Text:
    """One text in both languages."""
    return {"ru": ru, "en": en}


def same(text: str) -> Text:
    """A text that reads alike in both languages: a code, a number of a document."""
    return {"ru": text, "en": text}


def number(
    value: int,
    *,
    qualifier: str = "eq",
    signed: bool = False,
    note: Text | None = None,
    sources: Sequence[int] = (),
) -> Cell:
    """A count or a stock. `sources` are numbers in the report's own list of sources, counted from 1."""
    cell: Cell = {"state": "value", "kind": "number", "value": value}
    if signed:
        cell["signed"] = True
    return _with(cell, qualifier=qualifier, note=note, sources=sources)


def decimal(
    value: int, *, scale: int, signed: bool = False, note: Text | None = None, sources: Sequence[int] = ()
) -> Cell:
    """A number with decimals, kept whole: value 125 with scale 1 is 12.5."""
    cell: Cell = {"state": "value", "kind": "number", "value": value, "scale": scale}
    if signed:
        cell["signed"] = True
    return _with(cell, qualifier="eq", note=note, sources=sources)


def money(
    minor: int,
    *,
    currency: str,
    qualifier: str = "eq",
    signed: bool = False,
    note: Text | None = None,
    sources: Sequence[int] = (),
) -> Cell:
    """An amount in minor units of its currency."""
    cell: Cell = {"state": "value", "kind": "money", "value": minor, "currency": currency}
    if signed:
        cell["signed"] = True
    return _with(cell, qualifier=qualifier, note=note, sources=sources)


def percent(tenths: int, *, signed: bool = False, note: Text | None = None) -> Cell:
    """A percentage in tenths of a percent: 123 is 12.3 %."""
    cell: Cell = {"state": "value", "kind": "percent", "value": tenths, "scale": 1}
    if signed:
        cell["signed"] = True
    return _with(cell, qualifier="eq", note=note, sources=())


def share(reported: int, expected: int, *, currency: str = "", note: Text | None = None) -> Cell:
    """«5 из 6». Nothing expected is a dash. Of amounts both are in minor units of the currency."""
    if expected == 0:
        return missing("nothing_expected", note=note)
    cell: Cell = {"state": "value", "kind": "share", "value": reported, "of": expected}
    if currency:
        cell["currency"] = currency
    return _with(cell, qualifier="eq", note=note, sources=())


def words(text: Text, *, note: Text | None = None, sources: Sequence[int] = ()) -> Cell:
    """A cell of words."""
    return _with({"state": "value", "kind": "text", "text": dict(text)}, qualifier="eq", note=note, sources=sources)


def day(iso: str, *, note: Text | None = None) -> Cell:
    """A date (ISO 8601), or a moment, which is then shown by Moscow time."""
    return _with({"state": "value", "kind": "date", "value": iso}, qualifier="eq", note=note, sources=())


def missing(state: str, *, note: Text | None = None, sources: Sequence[int] = ()) -> Cell:
    """A cell that has no number, and says why."""
    if state not in MISSING_STATES:
        raise ValueError(f"a cell cannot be in the state {state!r}")
    return _with({"state": state}, qualifier="eq", note=note, sources=sources)


def blank() -> Cell:
    """An empty place in the layout."""
    return missing("blank")


#: Of a number that nobody gave, its change is not given either.
_NOT_KNOWN = ("not_reported", "not_published")


def changes(*, current: Cell, previous: Cell) -> tuple[Cell, Cell]:
    """The columns ± and % of a year against the one before (АППГ).

    Only exact numbers of one kind and one currency are compared: the difference of two lower bounds is not a
    number. A base of zero has no percentage.
    """
    for cell in (current, previous):
        if cell["state"] != "value":
            absent = missing(cell["state"] if cell["state"] in _NOT_KNOWN else "not_applicable")
            return absent, dict(absent)
    alike = all(current.get(key) == previous.get(key) for key in ("kind", "currency", "scale"))
    exact = "qualifier" not in current and "qualifier" not in previous
    if not alike or not exact or current["kind"] not in ("number", "money"):
        return missing("not_applicable"), missing("not_applicable")
    difference = current["value"] - previous["value"]
    change: Cell = {key: current[key] for key in ("state", "kind", "currency", "scale") if key in current}
    change |= {"value": difference, "signed": True}
    if previous["value"] == 0:
        return change, missing("no_base")
    return change, percent(tenths_of_percent(difference, previous["value"]), signed=True)


def tenths_of_percent(part: int, whole: int) -> int:
    """`part` as tenths of a percent of `whole`, halves away from zero; whole numbers only, so nothing
    drifts."""
    sign = -1 if (part < 0) != (whole < 0) else 1
    part, whole = abs(part), abs(whole)
    return sign * ((2000 * part + whole) // (2 * whole))


def _with(cell: Cell, *, qualifier: str, note: Text | None, sources: Sequence[int]) -> Cell:
    if qualifier not in QUALIFIERS:
        raise ValueError(f"a number cannot be qualified by {qualifier!r}")
    if qualifier != "eq":
        cell["qualifier"] = qualifier
    if note is not None:
        cell["note"] = dict(note)
    if sources:
        cell["sources"] = list(sources)
    return cell
