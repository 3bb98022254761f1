"""A selection has one code, whoever asks for it and in whatever order, and no two selections share one."""

import itertools
import re

from reports.domain.statistical_codes import TOTAL, selection_code
from tests.factories.reference import STATES

AN_IDENTIFIER = re.compile(r"[A-Za-z0-9_@$-]+")
KINDS = ("internal_affairs", "migration_authority", "state_security", "border_service", "financial_intelligence")


def test_the_code_is_made_of_the_members_in_any_order() -> None:
    assert selection_code(["RU", "AM", "KZ"]) == selection_code(["AM", "KZ", "RU"]) == "AM__KZ__RU"


def test_no_two_selections_share_a_code_and_each_is_an_identifier_of_the_standard() -> None:
    for members in (STATES, KINDS, tuple(f"illegal-{year}" for year in range(2026, 2036))):
        chosen = [one for size in range(2, len(members) + 1) for one in itertools.combinations(members, size)]
        codes = [selection_code(one) for one in chosen]
        assert len(set(codes)) == len(chosen)
        assert not {*members, TOTAL} & set(codes)
        assert all(AN_IDENTIFIER.fullmatch(one) and len(one) <= 100 for one in codes)


def test_what_is_too_long_for_other_systems_is_a_hash_of_its_members() -> None:
    years = [f"illegal-{year}" for year in range(2026, 2040)]
    assert re.fullmatch("SEL-[0-9a-f]{24}", selection_code(years))
    assert selection_code(years) == selection_code(reversed(years)) != selection_code(years[1:])
