"""Cells: what a report may say in place of a number, and how two years are compared."""

import pytest

from reports.domain import cells as c

pytestmark = pytest.mark.once


def test_a_change_is_the_difference_and_its_share_of_the_year_before() -> None:
    change, percentage = c.changes(current=c.number(90), previous=c.number(120))
    assert (change["value"], change["signed"]) == (-30, True)
    assert (percentage["value"], percentage["kind"]) == (-250, "percent")


def test_a_base_of_zero_has_a_change_but_no_percentage() -> None:
    change, percentage = c.changes(current=c.number(7), previous=c.number(0))
    assert change["value"] == 7
    assert percentage["state"] == "no_base"


def test_lower_bounds_are_not_compared() -> None:
    compared = c.changes(current=c.number(9, qualifier="gt"), previous=c.number(7))
    assert [cell["state"] for cell in compared] == ["not_applicable", "not_applicable"]


def test_amounts_in_two_currencies_are_not_compared() -> None:
    compared = c.changes(current=c.money(900, currency="RUB"), previous=c.money(700, currency="USD"))
    assert [cell["state"] for cell in compared] == ["not_applicable", "not_applicable"]


def test_a_missing_year_leaves_the_change_missing() -> None:
    compared = c.changes(current=c.number(9), previous=c.missing("not_reported"))
    assert [cell["state"] for cell in compared] == ["not_reported", "not_reported"]


@pytest.mark.parametrize(
    ("part", "whole", "tenths"), [(1, 3, 333), (2, 3, 667), (1, 2000, 1), (-1, 2000, -1), (1, 2001, 0)]
)
def test_percentages_round_halves_away_from_zero(part: int, whole: int, tenths: int) -> None:
    assert c.tenths_of_percent(part, whole) == tenths


def test_a_share_of_nothing_expected_is_no_number() -> None:
    assert c.share(0, 0)["state"] == "nothing_expected"


def test_an_unknown_state_or_qualifier_is_refused() -> None:
    with pytest.raises(ValueError, match="lost"):
        c.missing("lost")
    with pytest.raises(ValueError, match="roughly"):
        c.number(1, qualifier="roughly")
