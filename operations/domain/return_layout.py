"""What a return's form asks for: its lines in the order of the catalogue, and the cells that each line has.

A form keeps the catalogue under which a return was filled. The indicator's own value (category `TOTAL`) is required;
cells of breakdowns are optional. Indicators derived from registers are shown and never entered.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from operations.models import Breakdown, Category, Indicator, IndicatorGroup, ReturnForm

CellKey = tuple[int, int]


@dataclass(frozen=True)
class Dimension:
    """A breakdown of a line with its categories in order."""

    breakdown: Breakdown
    categories: tuple[Category, ...]


@dataclass(frozen=True)
class Line:
    """An indicator on the form; `depth` is how far down it is a part of what stands above it."""

    indicator: Indicator
    depth: int
    dimensions: tuple[Dimension, ...]

    @property
    def is_entered(self) -> bool:
        return not self.indicator.is_derived


class UnknownCell(LookupError):
    """No such cell on the form. `choices` names the categories between which an ambiguous code leaves open."""

    def __init__(self, what: str, choices: tuple[str, ...] = ()) -> None:
        super().__init__(what)
        self.what = what
        self.choices = choices


class Layout:
    """The cells of a form. Addresses of cells read `VIO01.TOTAL` and `VIO01.citizenship_group:AM`."""

    def __init__(self, form: ReturnForm, lines: tuple[Line, ...], total: Category) -> None:
        self.form = form
        self.lines = lines
        self.total = total

    @cached_property
    def by_code(self) -> dict[str, Line]:
        return {line.indicator.code: line for line in self.lines}

    @cached_property
    def by_id(self) -> dict[int, Line]:
        return {line.indicator.pk: line for line in self.lines}

    @cached_property
    def categories(self) -> dict[int, Category]:
        known = {self.total.pk: self.total}
        for line in self.lines:
            for dimension in line.dimensions:
                known.update((category.pk, category) for category in dimension.categories)
        return known

    @cached_property
    def addresses(self) -> dict[CellKey, str]:
        """Every cell that may be entered, with its address."""
        return {key: address for line in self.lines if line.is_entered for key, address in self._cells(line)}

    @cached_property
    def required(self) -> tuple[CellKey, ...]:
        """The cells that need a value or a status before the return can be submitted."""
        return tuple((line.indicator.pk, self.total.pk) for line in self.lines if line.is_entered)

    @cached_property
    def keys(self) -> dict[str, CellKey]:
        return {address: key for key, address in self.addresses.items()}

    def address(self, key: CellKey) -> str:
        """The address of a cell, also of one that is derived and not entered."""
        line = self.by_id[key[0]]
        return self.addresses.get(key) or dict(self._cells(line))[key]

    def named(self, address: str) -> CellKey:
        """The cell of an address, also one that is derived and only read."""
        key = self.keys.get(address)
        if key is not None:
            return key
        code, _dot, _rest = address.partition(".")
        line = self.by_code.get(code)
        for known, text in self._cells(line) if line is not None else ():
            if text == address:
                return known
        raise UnknownCell(address)

    def find(self, code: str, category: str = "", breakdown: str = "") -> CellKey:
        """The cell of an indicator and a category, `breakdown:CATEGORY` where the category alone is ambiguous."""
        line = self.by_code.get(code)
        if line is None or not line.is_entered:
            raise UnknownCell(code)
        if ":" in category:
            breakdown, _colon, category = category.partition(":")
        if category in ("", Category.TOTAL):
            return (line.indicator.pk, self.total.pk)
        found = [
            (dimension, known)
            for dimension in line.dimensions
            if breakdown in ("", dimension.breakdown.code)
            for known in dimension.categories
            if known.code == category
        ]
        if len(found) != 1:
            raise UnknownCell(
                f"{code}[{category}]", tuple(f"{dimension.breakdown.code}:{known.code}" for dimension, known in found)
            )
        return (line.indicator.pk, found[0][1].pk)

    def groups(self) -> Iterator[tuple[IndicatorGroup, list[Line]]]:
        """Lines under the headings of the catalogue, in its order."""
        grouped: dict[str, list[Line]] = {}
        for line in self.lines:
            grouped.setdefault(line.indicator.group, []).append(line)
        for group in IndicatorGroup:
            if group in grouped:
                yield group, grouped[group]

    def _cells(self, line: Line) -> Iterator[tuple[CellKey, str]]:
        code = line.indicator.code
        yield (line.indicator.pk, self.total.pk), f"{code}.{Category.TOTAL}"
        for dimension in line.dimensions:
            for category in dimension.categories:
                yield (line.indicator.pk, category.pk), f"{code}.{dimension.breakdown.code}:{category.code}"


def cell_address(indicator: Indicator, category: Category) -> str:
    """The address of a cell whose form is not at hand; the category's breakdown is read with it."""
    breakdown = category.breakdown
    return f"{indicator.code}.{category.code if breakdown is None else f'{breakdown.code}:{category.code}'}"


def layout_of(form: ReturnForm) -> Layout:
    """The layout of a form: four queries, however long the form is."""
    indicators = list(form.indicators.order_by("position").prefetch_related("breakdowns__categories"))
    total = Category.objects.get(breakdown__isnull=True)
    by_id = {indicator.pk: indicator for indicator in indicators}
    lines = tuple(
        Line(
            indicator=indicator,
            depth=_depth(indicator, by_id),
            dimensions=tuple(
                Dimension(breakdown, tuple(sorted(breakdown.categories.all(), key=lambda row: row.position)))
                for breakdown in sorted(indicator.breakdowns.all(), key=lambda row: row.pk)
            ),
        )
        for indicator in indicators
    )
    return Layout(form, lines, total)


def _depth(indicator: Indicator, by_id: Mapping[int, Indicator]) -> int:
    depth, part_of = 0, indicator.part_of_id
    while part_of is not None and part_of in by_id and depth < len(by_id):
        depth, part_of = depth + 1, by_id[part_of].part_of_id
    return depth
