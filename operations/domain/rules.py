"""Validation rules («контрольные соотношения»): what each side of a rule comes to, and whether the rule holds.

Readings of a cell, and what they do in a rule:

- a value counts; *not applicable* counts as nothing, and a side of nothing else skips the rule;
- an empty cell and *not available* are missing: the rule says what then happens (skip_if_any, skip_if_all, as_zero);
- *withheld* is some amount that nobody sees: an equality becomes "not more than", and a comparison that such an amount
  could still satisfy is skipped;
- an indicator that the form does not ask for counts as nothing; a rule of which the form asks nothing is skipped.

`prev(X)` is the sum over the earlier official periods of the operation; in a situation report, whose figures are
cumulative, it is the latest earlier report of the stage. Where there is none it is missing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from operations.domain.return_layout import CellKey
from operations.domain.rule_language import Node, Number, Product, Reference, Scoped, Sum, parse, references
from operations.models import Rule

Scale = Callable[[Fraction], int]


class Reading(Enum):
    VALUE = "value"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    WITHHELD = "withheld"
    NOT_ASKED = "not_asked"


Cell = tuple[Reading, int]
Lookup = Callable[[str, Reference], Cell]


@dataclass(frozen=True)
class Side:
    """What a side of a rule comes to, and which readings it met on the way."""

    value: Fraction
    met: Mapping[Reading, int] = field(default_factory=dict)
    is_bounded: bool = True  # a withheld amount under a minus sign leaves no bound

    def count(self, reading: Reading) -> int:
        return self.met.get(reading, 0)

    @property
    def is_only_inapplicable(self) -> bool:
        return self.count(Reading.NOT_APPLICABLE) > 0 and not any(
            self.count(reading) for reading in (Reading.VALUE, Reading.MISSING, Reading.WITHHELD)
        )


@dataclass(frozen=True)
class Broken:
    """A rule that does not hold, with both sides' values in whole units and the cells of both places."""

    rule: Rule
    left: int
    right: int
    places: tuple[Reference, ...]


def judge(rule: Rule, look: Lookup) -> Broken | None:
    """The breach of the rule by these figures, or None when it holds or does not apply."""
    left, right = (_evaluate(parse(text), look, "") for text in (rule.left, rule.right))
    if _is_skipped(rule, left, right) or _holds(rule.operator, left, right):
        return None
    to_left, to_right = _scales(rule.operator)
    return Broken(rule, to_left(left.value), to_right(right.value), tuple(places(rule)))


def places(rule: Rule) -> list[Reference]:
    """The cells of the return itself that the rule names, left side first."""
    named = [reference for text in (rule.left, rule.right) for scope, reference in references(parse(text)) if not scope]
    return list(dict.fromkeys(named))


def needs_scope(rules: Iterable[Rule], scope: str) -> bool:
    """Whether any of the rules looks at earlier periods (prev) or at the whole state (state)."""
    return any(
        found == scope for rule in rules for text in (rule.left, rule.right) for found, _ref in references(parse(text))
    )


def _evaluate(node: Node, look: Lookup, scope: str) -> Side:
    if isinstance(node, Number):
        return Side(node.value)
    if isinstance(node, Reference):
        reading, value = look(scope, node)
        return Side(Fraction(value if reading is Reading.VALUE else 0), {reading: 1})
    if isinstance(node, Scoped):
        return _evaluate(node.inner, look, node.scope)
    left, right = _evaluate(node.left, look, scope), _evaluate(node.right, look, scope)
    met = {reading: left.count(reading) + right.count(reading) for reading in Reading}
    is_bounded = left.is_bounded and right.is_bounded
    if isinstance(node, Product):
        return Side(left.value * right.value, met, is_bounded)
    assert isinstance(node, Sum)  # noqa: S101 - closes the union for the type checker
    if node.is_difference:
        is_bounded = is_bounded and not right.count(Reading.WITHHELD)
        return Side(left.value - right.value, met, is_bounded)
    return Side(left.value + right.value, met, is_bounded)


def _is_skipped(rule: Rule, left: Side, right: Side) -> bool:
    asked = sum(
        side.count(reading) for side in (left, right) for reading in Reading if reading is not Reading.NOT_ASKED
    )
    missing = left.count(Reading.MISSING) + right.count(Reading.MISSING)
    if asked == 0 or not (left.is_bounded and right.is_bounded):
        return True
    if left.is_only_inapplicable or right.is_only_inapplicable:
        return True
    if rule.missing == Rule.Missing.SKIP_IF_ANY:
        return missing > 0
    return missing == asked and rule.missing == Rule.Missing.SKIP_IF_ALL


def _holds(operator: str, left: Side, right: Side) -> bool:
    left_open, right_open = (bool(side.count(Reading.WITHHELD)) for side in (left, right))
    if operator == "requires":
        return left.value <= 0 or right.value > 0 or right_open
    if operator == "<=":
        return right_open or left.value <= right.value
    if operator == ">=":
        return left_open or left.value >= right.value
    if left_open and right_open:
        return True
    if right_open:
        return right.value <= left.value
    if left_open:
        return left.value <= right.value
    return left.value == right.value


def _scales(operator: str) -> tuple[Scale, Scale]:
    """How fractions are rounded, so that the whole numbers shown still contradict the rule."""
    if operator == ">=":
        return floor, ceil
    return ceil, floor


def cell_lookup(
    *,
    keys: Callable[[Reference], CellKey | None],
    asked: Callable[[Reference], bool],
    scopes: Mapping[str, Mapping[CellKey, Cell]],
) -> Lookup:
    """A lookup over the cells of each scope; `keys` answers None for a code that nobody knows."""

    def look(scope: str, reference: Reference) -> Cell:
        if not scope and not asked(reference):
            return (Reading.NOT_ASKED, 0)
        key = keys(reference)
        if key is None:
            return (Reading.NOT_ASKED, 0)
        return scopes.get(scope, {}).get(key, (Reading.MISSING, 0))

    return look
