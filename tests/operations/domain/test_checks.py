"""What contradicts itself on the face of a form, all of it found in one pass."""

import pytest

from operations.domain.checks import check_return
from operations.domain.returns import save_draft
from operations.models import Rule, Submission
from tests.factories.reporting import figures, make_draft, make_story

pytestmark = pytest.mark.django_db
BODIES = ("COURT", "INTERNAL_AFFAIRS", "MIGRATION", "BORDER", "SECURITY", "OTHER")


def problems(values: dict, **options) -> list[tuple[str, str]]:
    """What is wrong with a return of these figures; asked again, with the figures of the same draft replaced."""
    draft = Submission.objects.first()
    if draft is None:
        draft = make_draft(make_story(), values, **options)
    else:
        inputs = figures(draft.expected_return, values, **options)
        at = draft.expected_return.period.due_at
        draft = save_draft(
            submission=draft, figures=inputs, revision=None, actor=draft.entered_by, at=at, is_whole=True
        )
    return [(problem.code, problem.field) for problem in check_return(draft).problems]


def bodies(**values: int | str) -> dict:
    given = dict.fromkeys(BODIES, 0) | values
    return {f"RET01.decision_body:{code}": value for code, value in given.items()}


def test_a_return_of_zeros_contradicts_nothing():
    assert problems({}) == []


def test_every_empty_total_is_named_and_no_cell_of_a_breakdown():
    found = problems({"VIO01": 1}, rest=None)
    assert ("required", "VIO02.TOTAL") in found
    assert all(field.endswith(".TOTAL") for _code, field in found)


def test_categories_that_are_all_given_add_up_to_the_total():
    assert problems({"RET01": 5, **bodies(COURT=5)}) == []
    assert problems({"RET01": 5, **bodies(COURT=4)}) == [("breakdown_sum", "RET01.TOTAL")]


def test_some_categories_alone_may_come_to_less_but_never_to_more():
    assert problems({"RET01": 5, "RET01.decision_body:COURT": 4}) == []
    assert problems({"RET01": 5, "RET01.decision_body:COURT": 6}) == [("breakdown_sum", "RET01.TOTAL")]


def test_a_withheld_category_leaves_room_and_an_inapplicable_one_does_not():
    assert problems({"RET01": 5, **bodies(COURT=4, OTHER="withheld")}) == []
    assert problems({"RET01": 5, **bodies(COURT=4, OTHER="not_applicable")}) == [("breakdown_sum", "RET01.TOTAL")]


def test_a_part_above_its_whole_is_an_error_on_both_cells():
    values = {"VIO01": 9, "VIO02": 9, "VIO01.citizenship_group:AM": 2, "VIO02.citizenship_group:AM": 3}
    assert set(problems(values)) == {
        ("part_exceeds_whole", "VIO02.citizenship_group:AM"),
        ("part_exceeds_whole", "VIO01.citizenship_group:AM"),
    }


def test_totals_of_parts_are_left_to_the_rule_that_speaks_of_them():
    draft = make_draft(make_story(), {"GRP03": 1, "GRP04": 2})
    assert check_return(draft).problems == ()
    assert [broken.rule.code for broken in check_return(draft).broken] == ["R08"]
    Rule.objects.filter(code="R08").update(is_active=False)
    findings = check_return(draft)
    assert {problem.field for problem in findings.problems} == {"GRP03.TOTAL", "GRP04.TOTAL"}
    assert findings.broken == ()


def test_all_problems_and_breaches_come_at_once():
    draft = make_draft(make_story(), {"CRM01": 5, "ADM01": 5, "RET01": 1, "RET01.decision_body:COURT": 2})
    findings = check_return(draft)
    assert [broken.rule.code for broken in findings.broken] == ["R01", "R05"]
    assert [problem.code for problem in findings.problems] == ["breakdown_sum"]


def test_checking_takes_a_constant_number_of_queries(django_assert_max_num_queries):
    draft = make_draft(make_story(), {"RET01": 5, **bodies(COURT=5)})
    with django_assert_max_num_queries(14):
        check_return(draft)
