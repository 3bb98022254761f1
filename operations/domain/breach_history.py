"""What a broken rule is about, for people: each side's places with their figures, and how the breach came and went."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from operations.domain.return_layout import CellKey, Layout, UnknownCell
from operations.domain.rule_language import Reference, parse, references
from operations.models import BreachStep, Figure, Return, Rule


@dataclass(frozen=True)
class Place:
    """A figure that a side of a rule reads: the cell on the form, or (`scope`) earlier periods or the whole state.

    `figure` is the return's own; of what lies outside the return, and of an empty cell, there is none.
    """

    reference: Reference
    scope: str
    address: str
    figure: Figure | None
    is_money: bool

    @property
    def name(self) -> str:
        return self.address.removesuffix(".TOTAL") or self.reference.code


@dataclass(frozen=True)
class Side:
    """One side of a rule: its places, and whether what they come to is an amount of money."""

    text: str
    places: tuple[Place, ...]

    @property
    def is_money(self) -> bool:
        return any(place.is_money for place in self.places)


def sides(rule: Rule, layout: Layout, figures: Mapping[CellKey, Figure]) -> tuple[Side, Side]:
    """Both sides of a rule with the return's own figures in their places."""
    left, right = (Side(text, tuple(_places(text, layout, figures))) for text in (rule.left, rule.right))
    return left, right


def is_about_money(text: str, layout: Layout) -> bool:
    """Whether a side of a rule comes to an amount of money, as far as the form knows its indicators."""
    codes = (reference.code for _scope, reference in references(parse(text)))
    return any(code in layout.by_code and layout.by_code[code].indicator.is_money for code in codes)


def _places(text: str, layout: Layout, figures: Mapping[CellKey, Figure]) -> Iterator[Place]:
    for scope, reference in dict.fromkeys(references(parse(text))):
        line = layout.by_code.get(reference.code)
        is_money = line is not None and line.indicator.is_money
        try:
            key = layout.find(reference.code, reference.category, reference.breakdown)
        except UnknownCell:
            yield Place(reference, scope, "", None, is_money)
        else:
            yield Place(reference, scope, layout.address(key), None if scope else figures.get(key), is_money)


def steps_of(expected_return: Return) -> Iterable[BreachStep]:
    """Every step of every breach of a return over all its submissions, the earliest first: one query."""
    return (
        BreachStep.objects.filter(breach__submission__expected_return=expected_return)
        .select_related("breach__rule", "breach__submission", "taken_by")
        .order_by("taken_at", "pk")
    )
