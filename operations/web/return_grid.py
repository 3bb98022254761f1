"""The grid of a return: what each row shows, and what a posted form says.

A cell's address (`VIO01.TOTAL`, `VIO01.citizenship_group:AM`) names its input; `<address>.status` and `<address>.note`
go with it. Numbers are written into inputs the way they may be typed back in the page's language.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from operations.domain.breakdowns import breakdown_name, unit_name
from operations.domain.figures import BadNumber, FigureInput, Language, cell_input, parse_value
from operations.domain.return_layout import CellKey, Layout, Line
from operations.domain.wording import NO_BREAK_SPACE, minor_digits
from operations.models import CellState, Figure, IndicatorGroup, Submission
from operations.web.tags import label, reader_language

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


@dataclass(frozen=True)
class GridGroup:
    """The rows under one heading of the catalogue."""

    name: str
    rows: list[GridRow]


@dataclass
class Posted:
    """A posted grid: the cells that can be taken, the errors of the others, and the texts as they were typed."""

    figures: list[FigureInput] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    typed: dict[str, tuple[str, str, str]] = field(default_factory=dict)


def read_posted(data: QueryDict, layout: Layout, *, currency: str) -> Posted:
    """The cells of a posted form; cells that the form does not name are left alone."""
    posted = Posted()
    language: Language = "en" if reader_language() == "en" else "ru"
    for key, address in layout.addresses.items():
        if address not in data:
            continue
        text, status, note = (str(data.get(address + end, "")) for end in ("", ".status", ".note"))
        posted.typed[address] = (text, status, note)
        indicator = layout.by_id[key[0]].indicator
        try:
            posted.figures.append(
                cell_input(
                    key=key,
                    status=status,
                    note=note.strip(),
                    number=lambda text=text, indicator=indicator: parse_value(  # type: ignore[misc]
                        text, indicator=indicator, currency=currency, language=language
                    ),
                )
            )
        except BadNumber as error:
            posted.errors[address] = str(error.message)
    return posted


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
        beside: tuple[Mapping[CellKey, Figure], Mapping[CellKey, Figure]],
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

    def _rows(self, line: Line) -> Iterator[GridRow]:
        indicator = line.indicator
        total = self._row(line, (indicator.pk, self.layout.total.pk), str(label(indicator)))
        total.code, total.depth, total.is_derived = indicator.code, line.depth, not line.is_entered
        total.unit = self.currency if indicator.is_money else unit_name(indicator.unit)
        yield total
        for dimension in line.dimensions if line.is_entered else ():
            part = f"{indicator.code}-{dimension.breakdown.code}"
            parts = []
            for category in dimension.categories:
                row = self._row(line, (indicator.pk, category.pk), str(label(category)))
                row.part, row.depth = part, line.depth
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
            before=self.beside[0].get(key),
            year_before=self.beside[1].get(key),
            error=self.errors.get(address, ""),
        )
        if address in self.posted.typed:
            row.text, row.status, row.note = self.posted.typed[address]
        elif figure is not None:
            if figure.value is not None:
                row.text = typed_number(figure.value, currency=currency, language=self.language)
            row.status = "" if figure.state == CellState.VALUE else figure.state
            row.note = figure.note
        row.is_filled = bool(row.text or row.status)
        return row


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
    figures: dict[int, dict[CellKey, Figure]] = {before.pk: {}, after.pk: {}}
    for figure in Figure.objects.filter(submission__in=[before.pk, after.pk]):
        figures[figure.submission_id][figure.indicator_id, figure.category_id] = figure
    found = []
    for key, address in layout.addresses.items():
        old, new = figures[before.pk].get(key), figures[after.pk].get(key)
        if _content(old) == _content(new):
            continue
        is_money = layout.by_id[key[0]].indicator.is_money
        found.append(Change(cell_name(layout, key), address, old, new, currency if is_money else None))
    return found


def cell_name(layout: Layout, key: CellKey) -> str:
    """A cell in words: its indicator, and the category where it is not the indicator's own value."""
    name = str(label(layout.by_id[key[0]].indicator))
    if key[1] == layout.total.pk:
        return name
    return _("%(indicator)s: %(category)s") % {"indicator": name, "category": label(layout.categories[key[1]])}


def _content(figure: Figure | None) -> Any:
    return None if figure is None else (figure.state, figure.value, figure.note)
