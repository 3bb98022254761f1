"""Reconciliations as the reference data states them: nine totals, one of which its named parts exceed."""

import pytest

from operations.models import Reconciliation
from reports.domain.published_context import finding
from reports.domain.reconciliation import all_checks, check

pytestmark = pytest.mark.django_db

STATED = {
    "F153": ("equal", 13_061, "eq", False),
    "F158": ("equal", 822, "eq", False),
    "F085": ("equal", 12_659, "eq", False),
    "F103": ("equal", 266, "eq", False),
    "F042": ("about", 97_000, "approx", False),
    "F066": ("at_least", 143_000, "gt", False),
    "F112": ("about", 45_000, "gt", False),
    "F134": ("at_least", 128_000, "gt", False),
    "F077": ("parts_exceed_total", 6_548, "eq", True),
}


def test_every_stated_total_reconciles_as_it_is_stated():
    found = {one.total.code: (one.expected, int(one.sum), one.qualifier, one.is_flagged) for one in all_checks()}
    assert found == STATED
    assert all(one.holds for one in all_checks())


def test_parts_that_exceed_the_total_are_said_in_words():
    [flagged] = [one for one in all_checks() if one.is_flagged]
    assert "exceed the stated total" in finding(flagged)["en"]
    assert "превышают" in finding(flagged)["ru"]


def test_an_expectation_that_fails_is_flagged():
    row = Reconciliation.objects.get(total__code="F153")
    parts = list(row.parts.all())
    parts[0].value += 1
    broken = check(total=row.total, parts=parts, expected="equal")
    assert not broken.holds
    assert broken.is_flagged


def test_later_totals_are_left_out_of_an_earlier_year():
    assert {one.total.code for one in all_checks(until=2018)} == {"F085", "F042", "F066", "F077"}
