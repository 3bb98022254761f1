"""Whatever is hidden stays hidden, from a reader who has every release and reckons."""

import random
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.domain.disclosure import Protection, protect
from reports.domain.disclosure_audit import audit, intervals, narrow
from reports.domain.disclosure_tables import Release, Table, table_of
from reports.domain.places import Place
from tests.reports.domain.invented_tables import (
    FACTS,
    LIMITS,
    Reader,
    Shape,
    coarser,
    numbers,
    release,
    required,
    shape_of,
    with_margins,
)

pytestmark = pytest.mark.once


def table(values: Mapping[Place, int], *earlier) -> Table:
    return table_of(release(values), indicators=FACTS, limits=LIMITS, earlier=earlier)


def place(category: str = "", state: str = "", time: str = "", indicator: str = "VIO01") -> Place:
    return Place("illegal-2026", indicator, category, state, time)


def two_by_two(a: int, b: int, c: int, d: int) -> dict[Place, int]:
    """Two states in two stages with all sums."""
    return with_margins(
        {
            place(state="S1", time="stage:1"): a,
            place(state="S1", time="stage:2"): b,
            place(state="S2", time="stage:1"): c,
            place(state="S2", time="stage:2"): d,
        }
    )


def recoverable(values: Mapping[Place, int], found: Protection, *earlier) -> list[Place]:
    """Hidden cells that a reader of everything confines to less than the threshold."""
    shown = {one: value for one, value in values.items() if one not in found.hidden}
    for old in earlier:
        shown |= {one: value for one, value in old.values.items() if one not in old.hidden}
    reader = Reader(shown, {*values, *(one for old in earlier for one in old.values)})
    asked = [one for one in found.hidden - found.limited.keys() if one.vintage == 0]
    return [one for one in asked if reader.width(one) < required(one)]


def attacked(seed: int) -> tuple[int, int, list[Place]]:
    """One random table, in two cases out of three after a coarser release: (hidden, limited, recoverable)."""
    rng = random.Random(seed)
    values = numbers(rng, shape_of(rng))
    earlier = []
    if rng.random() < 0.67:
        before = coarser(rng, values)
        earlier = [release(before, protect(table(before)).hidden)]
    found = protect(table(values, *earlier))
    # only what public numbers say by themselves may confine a hidden cell
    public = {place for old in earlier for place in old.values.keys() - old.hidden}
    widest = intervals(table(values, *earlier), values.keys() - public, of=found.limited)
    assert all(interval.width < required(one) for one, interval in widest.items())
    return len(found.hidden), len(found.limited), recoverable(values, found, *earlier)


@pytest.mark.parametrize("hundred", range(4))
def test_nothing_hidden_in_random_tables_can_be_reckoned(hundred: int) -> None:
    outcomes = [attacked(seed) for seed in range(25 * hundred, 25 * hundred + 25)]
    assert sum(hidden for hidden, _limited, _found in outcomes) > 100
    assert [found for _hidden, _limited, found in outcomes if found] == []


@pytest.mark.deep
@pytest.mark.parametrize("hundred", range(10))
def test_nothing_hidden_in_a_thousand_random_tables_can_be_reckoned(hundred: int) -> None:
    assert [seed for seed in range(1000 + 100 * hundred, 1100 + 100 * hundred) if attacked(seed)[2]] == []


@pytest.mark.parametrize("seed", range(8))
def test_the_attack_succeeds_where_only_small_numbers_are_hidden(seed: int) -> None:
    """The reader is no straw man: without complementary suppression he finds what is hidden."""
    rng = random.Random(seed)
    values = numbers(rng, Shape(states=3, stages=2, categories=2), scale=8)
    found = protect(table(values))
    alone = Protection(hidden=found.primary, primary=found.primary)
    caught = recoverable(values, alone)
    assert caught
    assert set(narrow(table(values), found.primary)) == set(caught)


def test_a_planted_number_is_found_by_the_audit_with_its_exact_value() -> None:
    values = two_by_two(3, 40, 50, 60)
    planted = place(state="S1", time="stage:1")
    caught = audit(table(values), {planted})
    assert (caught[planted].low, caught[planted].high) == (3, 3)


def test_a_small_number_takes_a_row_and_a_column_with_it() -> None:
    values = two_by_two(3, 40, 50, 60)
    found = protect(table(values))
    assert found.primary == {place(state="S1", time="stage:1")}
    assert len(found.hidden) == 4
    assert place(state="S1") not in found.hidden


def test_zero_is_shown_and_so_are_coarse_numbers_however_small() -> None:
    values = two_by_two(0, 3, 0, 0)
    found = protect(table(values))
    assert place(state="S1", time="stage:1") not in found.primary
    assert place(state="S1") not in found.primary
    assert place(state="S1", time="stage:2") in found.primary


def test_citizenship_in_a_state_and_a_stage_is_hidden_below_ten_and_sex_below_five() -> None:
    for breakdown, hidden in (("citizenship_group", True), ("sex", False)):
        values = with_margins(
            {place(f"{breakdown}:A", "S1", "stage:1"): 7, place(f"{breakdown}:B", "S1", "stage:1"): 900}
        )
        assert (place(f"{breakdown}:A", "S1", "stage:1") in protect(table(values)).primary) is hidden


def test_counts_that_are_not_derived_from_persons_are_never_hidden() -> None:
    values = {one._replace(indicator="ACT03"): value for one, value in two_by_two(1, 2, 3, 4).items()}
    assert not protect(table(values)).hidden


def test_a_number_that_is_public_with_a_source_stays_and_its_neighbours_are_protected_without_it() -> None:
    values = two_by_two(3, 40, 50, 60)
    public = place(state="S1", time="stage:2")
    described = table_of(Release(values=values, public=frozenset({public})), indicators=FACTS, limits=LIMITS)
    found = protect(described)
    assert public not in found.hidden
    assert place(state="S1") in found.hidden


def test_what_an_earlier_release_hid_is_not_given_away_by_a_finer_one() -> None:
    before = two_by_two(3, 40, 50, 60)
    hidden = protect(table(before)).hidden
    now = with_margins({place("sex:F", "S1", "stage:1"): 1, place("sex:M", "S1", "stage:1"): 2})
    now = {one: value for one, value in now.items() if one.state and one.time}
    found = protect(table(now, release(before, hidden)))
    assert found.hidden >= now.keys()
    assert recoverable(now, found, release(before, hidden)) == []


def test_a_margin_that_would_give_an_earlier_secret_away_is_hidden() -> None:
    """The first release had two stages of one state without their sum; the second brings the sum."""
    before = {place(state="S1", time="stage:1"): 3, place(state="S1", time="stage:2"): 40}
    first = release(before, protect(table(before)).hidden)
    assert first.hidden == {place(state="S1", time="stage:1")}
    found = protect(table({place(state="S1"): 43}, first))
    assert place(state="S1") in found.hidden


def test_a_revised_number_is_a_cell_of_its_own() -> None:
    before, now = two_by_two(3, 40, 50, 60), two_by_two(4, 40, 50, 60)
    described = table(now, release(before, protect(table(before)).hidden))
    assert described.cells[place(state="S1", time="stage:1")].value == 4
    assert described.cells[place(state="S1", time="stage:1")._replace(vintage=1)].value == 3
    assert recoverable(now, protect(described)) == []


def test_a_cell_that_public_numbers_confine_is_named_and_not_passed_over() -> None:
    values = two_by_two(3, 0, 50, 60)
    earlier = release({place(state="S1"): 3})
    found = protect(table(values, earlier))
    assert found.limited == {place(state="S1", time="stage:1"): 3, place(state="S1", time="stage:2"): 3}


@given(st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_the_audit_agrees_with_a_reader_who_reckons_for_himself(cells: list[int]) -> None:
    values = two_by_two(*cells)
    described = table(values)
    hidden = protect(described).hidden
    reader = Reader({one: value for one, value in values.items() if one not in hidden}, values)
    for one, interval in intervals(described, hidden).items():
        width = reader.width(one)
        assert interval.width == width or (interval.high is None and width == float("inf"))
