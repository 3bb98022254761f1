"""The grid of a return: what each row shows, and what a posted form says.

A cell's address (`VIO01.TOTAL`, `VIO01.citizenship_group:AM`) names its input; `<address>.status` and `<address>.note`
go with it. Numbers are written into inputs the way they may be typed back in the page's language.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from operations.domain.breakdowns import breakdown_name, unit_name
from operations.domain.figures import BadNumber, FigureInput, Language, cell_input, parse_value
from operations.domain.return_layout import CellKey, Layout, Line
from operations.domain.standing_figures import Beside
from operations.domain.vintages import changed_cells
from operations.domain.wording import NO_BREAK_SPACE, minor_digits
from operations.models import CellState, Figure, Indicator, IndicatorGroup, Submission
from operations.web.tags import label, reader_language

Texts = tuple[str, str, str]
STATUSES = [(code, words) for code, words in CellState.choices if code != CellState.VALUE]


@dataclass
class GridRow:
    """One row: an indicator's own value, the heading of a breakdown, or one category of it."""

    name: str
    address: str = ""
    code: str = ""
    unit: str = ""
    depth: int = 0
    kind: str = "count"
    text: str = ""
    status: str = ""
    note: str = ""
    figure: Figure | None = None
    before: Figure | None = None
    year_before: Figure | None = None
    error: str = ""
    currency: str | None = None
    # a category belongs to `part`, the key under which its breakdown is opened and summed; `whole` is the total's input
    part: str = ""
    whole: str = ""
    is_heading: bool = False
    is_filled: bool = False
    has_error: bool = False
    is_derived: bool = False
    # what is stored, where the row shows something else that was typed
    stored: Texts | None = None
    # the row heads parts that make it up: the key under which they are summed
    parts: str = ""
    # the keys of the sums that the row belongs to
    sums: str = ""


@dataclass(frozen=True)
class GridGroup:
    """The rows under one heading of the catalogue."""

    name: str
    rows: list[GridRow]


@dataclass
class Posted:
    """A posted grid: the cells that can be taken, the errors of the others, and the texts as they were typed.

    `before` holds what stood in a cell when it was typed over. A script says so of each cell that it sends; a form
    without script sends every cell and, as `shown`, what stood in all of them, so that untouched ones are left alone.
    """

    figures: list[FigureInput] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, Texts] = field(default_factory=dict)
    before: dict[CellKey, FigureInput] = field(default_factory=dict)


def read_posted(data: QueryDict, layout: Layout, *, currency: str) -> Posted:
    """The cells of a posted form; cells that the form does not name are left alone."""
    posted, shown = Posted(), _shown(data)
    for key, address in layout.addresses.items():
        if address not in data:
            continue
        texts = _texts(data, address)
        was = _texts(data, address, ".was") if address + ".was" in data else None
        if was is None and shown is not None:
            was = shown.get(address, ("", "", ""))
            if texts == was:
                continue
        posted.typed[address] = texts
        indicator = layout.by_id[key[0]].indicator
        try:
            posted.figures.append(_figure(key, posted.typed[address], indicator, currency))
        except BadNumber as error:
            posted.errors[address] = str(error.message)
        if was is not None:
            with suppress(BadNumber):  # a page never shows what it would not take: then nothing is known of it
                posted.before[key] = _figure(key, was, indicator, currency)
    return posted


def _texts(data: QueryDict, address: str, suffix: str = "") -> Texts:
    text, status, note = (str(data.get(f"{address}{end}{suffix}", "")) for end in ("", ".status", ".note"))
    return text, status, note


def _shown(data: QueryDict) -> dict[str, Texts] | None:
    """What stood in the cells when the form was made, by address; None where the form does not say so."""
    try:
        found = json.loads(data.get("shown", ""))
        return {str(address): (str(text), str(status), str(note)) for address, (text, status, note) in found.items()}
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _figure(key: CellKey, texts: Texts, indicator: Indicator, currency: str) -> FigureInput:
    text, status, note = texts
    language: Language = "en" if reader_language() == "en" else "ru"
    return cell_input(
        key=key,
        status=status,
        note=note.strip(),
        number=lambda: parse_value(text, indicator=indicator, currency=currency, language=language),
    )


def conflicts(posted: Posted, layout: Layout, current: Submission) -> dict[str, Figure | None]:
    """The posted cells that somebody else changed meanwhile, by address, as they are stored now.

    That is where neither what is given is stored nor what stood there when it was typed.
    """
    stored = {(row.indicator_id, row.category_id): row for row in Figure.objects.filter(submission=current)}
    given = {figure.key: figure for figure in posted.figures}
    found = {}
    for address in posted.typed:
        key = layout.keys[address]
        known = [_content(figure) for figure in (given.get(key), posted.before.get(key)) if figure is not None]
        if _content(stored.get(key)) not in known:
            found[address] = stored.get(key)
    return found


def typed_number(value: int, *, currency: str | None, language: str) -> str:
    """A stored value as it may be typed: digits grouped by no-break spaces, decimals in the way of the language."""
    digits = minor_digits(currency) if currency else 0
    major, minor = divmod(value, 10**digits)
    text = f"{major:,}".replace(",", NO_BREAK_SPACE)
    if not minor:
        return text
    return f"{text}{'.' if language == 'en' else ','}{minor:0{digits}}"


class Grid:
    """The rows of one submission, with the errors and typed texts of a refused save where there are any."""

    def __init__(
        self,
        layout: Layout,
        submission: Submission | None,
        *,
        currency: str,
        beside: Beside | None = None,
        posted: Posted | None = None,
        errors: Mapping[str, str] | None = None,
    ) -> None:
        self.layout, self.currency, self.beside = layout, currency, beside
        self.posted = posted or Posted()
        self.errors = {**self.posted.errors, **(errors or {})}
        rows = Figure.objects.filter(submission=submission) if submission is not None else []
        self.figures = {(row.indicator_id, row.category_id): row for row in rows}
        self.language = reader_language()

    def groups(self) -> list[GridGroup]:
        return [
            GridGroup(str(IndicatorGroup(group).label), [row for line in lines for row in self._rows(line)])
            for group, lines in self.layout.groups()
        ]

    def shown(self) -> str:
        """What is stored in the cells, for a form that is sent without a script: empty cells are left out."""
        texts = {}
        for key, figure in self.figures.items():
            line = self.layout.by_id.get(key[0])
            if line is not None and key in self.layout.addresses:
                currency = self.currency if line.indicator.is_money else None
                texts[self.layout.address(key)] = self._stored_texts(figure, currency)
        return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))

    def _rows(self, line: Line) -> Iterator[GridRow]:
        indicator = line.indicator
        total = self._row(line, (indicator.pk, self.layout.total.pk), str(label(indicator)))
        total.code, total.depth, total.is_derived = indicator.code, line.depth, not line.is_entered
        total.unit = self.currency if indicator.is_money else unit_name(indicator.unit)
        total.parts, total.sums = self._sums_of(line)
        yield total
        for dimension in line.dimensions if line.is_entered else ():
            part = f"{indicator.code}-{dimension.breakdown.code}"
            parts = []
            for category in dimension.categories:
                row = self._row(line, (indicator.pk, category.pk), str(label(category)))
                row.part, row.sums, row.depth = part, part, line.depth
                parts.append(row)
            yield GridRow(
                name=breakdown_name(dimension.breakdown.code),
                part=part,
                whole=total.address,
                kind=total.kind,
                depth=line.depth,
                is_heading=True,
                is_filled=any(row.is_filled for row in parts),
                has_error=any(row.error for row in parts),
            )
            yield from parts

    def _sums_of(self, line: Line) -> tuple[str, str]:
        """The key under which the parts of the line are summed, and the one under which the line itself is a part."""
        whole = self.layout.by_id.get(line.indicator.part_of_id or 0)
        has_parts = line.indicator.pk in self._made_of_parts
        is_part = line.is_entered and whole is not None and whole.indicator.pk in self._made_of_parts
        is_part = is_part and line.indicator.part_kind == Indicator.PartKind.EXHAUSTIVE
        return (
            f"{line.indicator.code}-parts" if has_parts else "",
            f"{whole.indicator.code}-parts" if is_part and whole is not None else "",
        )

    @cached_property
    def _made_of_parts(self) -> set[int | None]:
        """The indicators that are the sum of other lines of the form."""
        lines = (line.indicator for line in self.layout.lines if line.is_entered)
        return {row.part_of_id for row in lines if row.part_kind == Indicator.PartKind.EXHAUSTIVE} - {None}

    def _row(self, line: Line, key: CellKey, name: str) -> GridRow:
        address = self.layout.address(key)
        figure = self.figures.get(key)
        currency = self.currency if line.indicator.is_money else None
        row = GridRow(
            name=name,
            address=address,
            kind="money" if currency else "count",
            currency=currency,
            figure=figure,
            before=self.beside.figures.get(key) if self.beside else None,
            year_before=self.beside.year_before_figures.get(key) if self.beside else None,
            error=self.errors.get(address, ""),
        )
        row.text, row.status, row.note = self._stored_texts(figure, currency)
        if address in self.posted.typed:
            row.stored = (row.text, row.status, row.note)
            row.text, row.status, row.note = self.posted.typed[address]
        row.is_filled = bool(row.text or row.status)
        return row

    def _stored_texts(self, figure: Figure | None, currency: str | None) -> Texts:
        if figure is None:
            return "", "", ""
        text = "" if figure.value is None else typed_number(figure.value, currency=currency, language=self.language)
        return text, "" if figure.state == CellState.VALUE else figure.state, figure.note


@dataclass(frozen=True)
class Change:
    """A cell that differs between two submissions of a return."""

    name: str
    address: str
    before: Figure | None
    after: Figure | None
    currency: str | None


def changes(layout: Layout, before: Submission, after: Submission, *, currency: str) -> list[Change]:
    """The cells that differ, in the order of the form."""
    found = []
    for change in changed_cells(layout, before, after):
        is_money = layout.by_id[change.key[0]].indicator.is_money
        name = cell_name(layout, change.key)
        found.append(Change(name, change.address, change.before, change.after, currency if is_money else None))
    return found


def unsaved(layout: Layout, posted: Posted) -> list[tuple[str, str]]:
    """What was typed into a form that cannot be saved any more, cell by cell in words, so that it is not lost."""
    states = dict(STATUSES)
    rows = ((layout.keys[address], texts) for address, texts in posted.typed.items())
    return [
        (cell_name(layout, key), ", ".join(str(part) for part in (text, states.get(status, status), note) if part))
        for key, (text, status, note) in rows
        if text or status or note
    ]


def cell_name(layout: Layout, key: CellKey) -> str:
    """A cell in words: its indicator, and the category where it is not the indicator's own value."""
    name = str(label(layout.by_id[key[0]].indicator))
    if key[1] == layout.total.pk:
        return name
    return _("%(indicator)s: %(category)s") % {"indicator": name, "category": label(layout.categories[key[1]])}


def _content(figure: Figure | FigureInput | None) -> Any:
    """What a cell holds; an emptied cell is one that is not there."""
    return None if figure is None or figure.state is None else (figure.state, figure.value, figure.note)
