"""Rounded numbers add up, are near, and leave enough possible values for what they protect."""

import itertools
import random

import pytest

from reports.domain.disclosure import NotProtected
from reports.domain.disclosure_rounding import base_of, round_table
from reports.domain.disclosure_tables import Release, table_of
from reports.domain.places import Place
from tests.reports.domain.invented_tables import FACTS, LIMITS, Shape, numbers, shape_of, with_margins

pytestmark = pytest.mark.once


def described(values: dict[Place, int], public: frozenset[Place] = frozenset()):
    return table_of(Release(values, public=public), indicators=FACTS, limits=LIMITS)


def test_rounded_numbers_are_multiples_that_add_up_near_the_true_ones() -> None:
    refused = 0
    for seed in range(30):
        rng = random.Random(seed)
        table = described(numbers(rng, shape_of(rng)))
        try:
            found = round_table(table, base=5)
        except NotProtected:
            refused += 1
            continue
        assert all(value % 5 == 0 and value >= 0 for value in found.shown.values())
        assert all(abs(value - table.cells[one].value) < found.off_by_less_than for one, value in found.shown.items())
        sums = [one for one in table.relations if one.is_exact and one.total in found.shown]
        assert all(found.shown[one.total] == sum(found.shown[part] for part in one.parts) for one in sums)
        assert not table.must_hide() - found.shown.keys()
    # tables whose sums would give a rounded number away are refused, and hidden instead
    assert refused <= 6


def test_a_rounding_that_a_sum_gives_away_is_refused() -> None:
    """Two stages of 1 are each shown as 0; whoever knows that they come to 2 is not five values away from either."""
    values = with_margins({Place("illegal-2026", "VIO01", state="S1", time=f"stage:{number}"): 1 for number in (1, 2)})
    total = Place("illegal-2026", "VIO01", state="S1")
    with pytest.raises(NotProtected):
        round_table(described(values, frozenset({total, total._replace(state="")})))


def test_rounding_leaves_a_number_of_citizenship_as_uncertain_as_hiding_would() -> None:
    """Base 5 leaves five values possible; where ten are due, the whole part is rounded to ten, small or not."""

    def inner(indicator: str, breakdown: str) -> dict[Place, int]:
        return {
            Place("illegal-2026", indicator, f"{breakdown}:{code}", state, f"stage:{stage}"): value
            for (code, state, stage), value in zip(
                itertools.product("AB", ("S1", "S2"), (1, 2)), (3, 41, 57, 62, 38, 77, 46, 94), strict=True
            )
        }

    for breakdown, base in (("citizenship_group", 10), ("sex", 5)):
        table = described(with_margins(inner("VIO01", breakdown)))
        found = round_table(table, base=5)
        assert found.shown.keys() == table.cells.keys()
        assert all(value % base == 0 for value in found.shown.values())
        assert any(value % 10 for value in found.shown.values()) == (base == 5)
        assert found.off_by_less_than in (base, 2 * base)


@pytest.mark.parametrize(("base", "widest"), [(5, 10), (4, 12), (10, 10), (15, 15)])
def test_the_base_is_the_next_multiple_not_below_the_widest_threshold(base: int, widest: int) -> None:
    place = Place("illegal-2026", "VIO01", "citizenship_group:A", "S1", "stage:1")
    assert base_of(described(with_margins({place: 70})), [place], base=base) == widest


def test_a_table_with_nothing_small_is_left_exact() -> None:
    table = described({one: value + 100 for one, value in numbers(random.Random(1), Shape(2, 2, 0)).items()})
    assert round_table(table).shown == {}


def test_a_public_number_stays_exact_and_its_sum_is_given_up_and_listed() -> None:
    one, other = (Place("illegal-2026", "VIO01", state="S1", time=f"stage:{number}") for number in (1, 2))
    total = Place("illegal-2026", "VIO01", state="S1")
    found = round_table(described({**with_margins({one: 3, other: 41}), total: 44}, frozenset({total})))
    assert total not in found.shown
    assert {relation.total for relation in found.not_additive} >= {total}
