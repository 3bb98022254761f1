"""The rule language, and the twenty rules of the catalogue: each parses, holds, and breaks where it should."""

from collections.abc import Mapping

import pytest

from operations.domain.rule_language import Reference, RuleSyntaxError, parse, references
from operations.domain.rules import Reading, judge
from operations.models import Rule

V = Reading.VALUE


def look_at(
    now: Mapping[str, object], before: Mapping[str, object] | None = None, state: Mapping[str, object] | None = None
):
    """A lookup over plain numbers; a `Reading` stands for a cell without one, a missing name for an empty cell."""
    scopes = {"": now, "prev": before or {}, "state": state or {}}

    def look(scope: str, reference: Reference):
        value = scopes[scope].get(str(reference), Reading.MISSING)
        return (value, 0) if isinstance(value, Reading) else (V, value)

    return look


def rule(left: str, operator: str, right: str, missing: str = Rule.Missing.SKIP_IF_ANY) -> Rule:
    return Rule(code="R99", severity="block", left=left, operator=operator, right=right, missing=missing)


CRM = {f"CRM0{number}": 1 for number in range(2, 9)}
HOLD_AND_BREAK = {
    "R01": ({"CRM01": 7, **CRM}, {"CRM01": 8, **CRM}),
    "R02": (
        {"VIO01": 6, "VIO02": 1, "VIO04": 2, "VIO07": 3},
        {"VIO01": 5, "VIO02": 1, "VIO04": 2, "VIO07": 3},
    ),
    "R03": ({"VIO03": 2, "VIO06": 3, "VIO02": 5}, {"VIO03": 3, "VIO06": 3, "VIO02": 5}),
    "R04": ({"VIO05": 2, "VIO04": 2}, {"VIO05": 3, "VIO04": 2}),
    "R05": (
        {"ADM01": 1, "ADM02": 1, "ADM03": 1, "VIO01": 3},
        {"ADM01": 2, "ADM02": 1, "ADM03": 1, "VIO01": 3},
    ),
    "R06": (({"ADM05": 5, "ADM04": 3}, {"ADM04": 2}), ({"ADM05": 6, "ADM04": 3}, {"ADM04": 2})),
    "R07": (({"RET02": 5, "RET01": 3}, {"RET01": 2}), ({"RET02": 6, "RET01": 3}, {"RET01": 2})),
    "R08": ({"GRP04": 1, "GRP03": 1}, {"GRP04": 2, "GRP03": 1}),
    "R09": ({"BRD02": 1, "BRD01": 1}, {"BRD02": 2, "BRD01": 1}),
    "R10": ({"INF02": 1, "INF01": 1}, {"INF02": 2, "INF01": 1}),
    "R11": ({"INF03": 1, "INF01": 1}, {"INF03": 2, "INF01": 1}),
    "R12": ({"FIN02": 100, "FIN01": 1}, {"FIN02": 100, "FIN01": 0}),
    "R13": ({"RGT03": 1, "RGT02": 1}, {"RGT03": 2, "RGT02": 1}),
    "R14": (({"RGT02": 5, "RGT01": 3}, {"RGT01": 2}), ({"RGT02": 6, "RGT01": 3}, {"RGT01": 2})),
    "R15": ({"RGT07": 1, "RGT06": 1}, {"RGT07": 2, "RGT06": 1}),
    "R16": ({"PRV02": 1, "PRV01": 1}, {"PRV02": 2, "PRV01": 1}),
    "R17": (({"VIO01": 10}, {"VIO01": 100}), ({"VIO01": 9}, {"VIO01": 100})),
    "R18": (({"VIO01": 100}, {"VIO01": 10}), ({"VIO01": 101}, {"VIO01": 10})),
    "R19": ({"MIG01": 5, "MIG02": 5}, {"MIG01": 5}),
    "R20": (({"CRM01": 5}, {"CRM01": 5}), ({"CRM01": 4}, {"CRM01": 5})),
}


def scoped(example):
    return look_at(*example) if isinstance(example, tuple) else look_at(example)


@pytest.mark.django_db
def test_every_rule_of_the_catalogue_is_covered_here():
    assert sorted(Rule.objects.values_list("code", flat=True)) == sorted(HOLD_AND_BREAK)


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(HOLD_AND_BREAK))
def test_a_rule_of_the_catalogue_holds_and_breaks(code: str):
    known = Rule.objects.get(code=code)
    holds, breaks = HOLD_AND_BREAK[code]
    assert judge(known, scoped(holds)) is None
    assert judge(known, scoped(breaks)) is not None


@pytest.mark.once
def test_a_breach_shows_both_sides_in_whole_numbers_that_contradict_the_rule():
    broken = judge(rule("VIO01", ">=", "0.1 * prev(VIO01)"), look_at({"VIO01": 12}, {"VIO01": 123}))
    assert broken is not None
    assert (broken.left, broken.right) == (12, 13)
    assert broken.places == (Reference("VIO01"),)


@pytest.mark.once
@pytest.mark.parametrize(
    ("missing", "now", "is_broken"),
    [
        (Rule.Missing.SKIP_IF_ANY, {"VIO01": 5}, False),
        (Rule.Missing.SKIP_IF_ANY, {"VIO01": 5, "VIO02": Reading.MISSING}, False),
        (Rule.Missing.AS_ZERO, {"VIO01": 5}, True),
        (Rule.Missing.AS_ZERO, {}, False),
        (Rule.Missing.SKIP_IF_ALL, {}, False),
        (Rule.Missing.SKIP_IF_ALL, {"VIO01": 5}, True),
    ],
)
def test_what_a_missing_value_does_is_the_rules_to_say(missing: str, now: dict, is_broken: bool):
    assert (judge(rule("VIO01", "<=", "VIO02", missing), look_at(now)) is not None) is is_broken


@pytest.mark.once
@pytest.mark.parametrize(
    ("total", "parts", "is_broken"),
    [
        (10, (4, Reading.WITHHELD), False),
        (4, (4, Reading.WITHHELD), False),
        (3, (4, Reading.WITHHELD), True),
        (Reading.WITHHELD, (4, 4), False),
        (10, (4, Reading.NOT_APPLICABLE), True),
        (4, (4, Reading.NOT_APPLICABLE), False),
        (Reading.NOT_APPLICABLE, (4, 4), False),
    ],
)
def test_a_withheld_part_turns_an_equality_into_not_more_than(total, parts, is_broken: bool):
    look = look_at({"VIO01": total, "VIO02": parts[0], "VIO04": parts[1]})
    assert (judge(rule("VIO01", "==", "VIO02 + VIO04"), look) is not None) is is_broken


@pytest.mark.once
def test_an_indicator_that_the_form_does_not_ask_for_counts_as_nothing():
    look = look_at({"ADM05": 6, "ADM04": Reading.NOT_ASKED}, {"ADM04": 5})
    assert judge(rule("ADM05", "<=", "ADM04 + prev(ADM04)"), look) is not None
    nothing = look_at({"ADM05": Reading.NOT_ASKED, "ADM04": Reading.NOT_ASKED})
    assert judge(rule("ADM05", "<=", "ADM04"), nothing) is None


@pytest.mark.once
def test_signs_brackets_categories_and_scopes_are_understood():
    look = look_at({"VIO01": 10, "VIO01[AM]": 3, "VIO01[citizenship_group:BY]": 4}, {"VIO01": 2}, {"VIO01": 100})
    assert judge(rule("VIO01 - VIO01[AM] - VIO01[citizenship_group:BY]", "==", "1.5 * prev(VIO01)"), look) is None
    assert judge(rule("2 * (VIO01 + 40)", "==", "state(VIO01)"), look) is None
    assert [scope for scope, _ in references(parse("VIO01 + prev(VIO02 * 2) - state(VIO04)"))] == ["", "prev", "state"]


@pytest.mark.once
@pytest.mark.parametrize(
    "text",
    [
        "",
        "VIO1",
        "vio01",
        "VIO01 +",
        "+ VIO01",
        "VIO01 VIO02",
        "(VIO01",
        "VIO01)",
        "prev VIO01",
        "prev()",
        "prev(prev(VIO01))",
        "max(VIO01)",
        "VIO01 / 2",
        "VIO01 ** 2",
        "VIO01[]",
        "VIO01[AM",
        "1_000",
        "1e3",
        "__import__('os')",
        "VIO01 == 1",
        "٣",
        "(" * 40 + "1" + ")" * 40,
        "1+" * 400 + "1",
    ],
)
def test_what_is_no_expression_is_refused_with_the_place(text: str):
    with pytest.raises(RuleSyntaxError) as refused:
        parse(text)
    assert str(refused.value.message)
