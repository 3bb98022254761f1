"""Changing a validation rule: every fault of a proposal at once, a trial before it takes effect, versions that stay."""

import datetime as dt

import pytest

from operations.domain import jobs, rule_versions
from operations.domain.checks import applicable_rules
from operations.domain.errors import BadInput, NotAllowed, Unmet, WrongState
from operations.domain.moments import moscow_moment
from operations.domain.return_layout import layout_of
from operations.models import AuditEntry, Job, Rule
from tests.factories.people import Cast
from tests.factories.reference import load_reference
from tests.factories.reports import make_results

pytestmark = pytest.mark.django_db
AT = moscow_moment(dt.date(2026, 11, 20), 12)
#: In the results of the factory VIO01 is 30, times the state's place from 1 to 6, times the stage's number.
STRICTER = {
    "severity": "warn",
    "left": "VIO01",
    "operator": "<=",
    "right": "100",
    "missing": "skip_if_any",
    "applies_to": ["final"],
    "message_ru": "Нарушений обычно не более ста",
    "message_en": "There are rarely more than a hundred violations",
    "reason": "Решение штаба",
}


def propose(cast: Cast, **changed: object) -> Rule:
    return rule_versions.propose_rule(code="R05", values={**STRICTER, **changed}, actor=cast.planner, at=AT)


def tried(rule: Rule) -> Rule:
    job = Job.objects.filter(kind=rule_versions.TRIAL_JOB).latest("created_at")
    assert jobs.run(job.pk).status == Job.Status.DONE
    rule.refresh_from_db()
    return rule


def test_a_trial_counts_what_the_version_finds_beside_the_one_in_force(cast: Cast):
    make_results()
    rule = tried(propose(cast))
    assert (rule.version, rule.is_active, rule.tried_at) == (2, False, AT)
    assert (rule.trial["judged"], rule.trial["broken"], rule.trial["broken_now"]) == (12, 8, 0)
    assert [row["left"] for row in rule.trial["found"]] == [120, 150, 180, 120, 180, 240, 300, 360]
    assert {row["right"] for row in rule.trial["found"]} == {100}


def test_a_version_takes_effect_only_after_its_trial_and_by_the_chair_of_the_headquarters(cast: Cast):
    operation = make_results()
    rule = propose(cast)
    with pytest.raises(NotAllowed):
        rule_versions.put_in_force(rule=rule, actor=cast.planner, at=AT)
    with pytest.raises(Unmet):
        rule_versions.put_in_force(rule=rule, actor=cast.hq_chair, at=AT)
    rule_versions.put_in_force(rule=tried(rule), actor=cast.hq_chair, at=AT)
    first, second = Rule.objects.filter(code="R05").order_by("version")
    assert (first.is_active, first.retired_at, second.is_active, second.effective_at) == (False, AT, True, AT)
    form = operation.periods.first().returns.first().form
    assert second in applicable_rules("final", layout_of(form))
    assert first not in applicable_rules("final", layout_of(form))
    assert AuditEntry.objects.filter(act="rule.put_in_force").count() == 1


def test_reference_data_loaded_again_leave_the_version_of_the_headquarters_in_force(cast: Cast):
    rule = rule_versions.put_in_force(rule=tried(propose(cast)), actor=cast.hq_chair, at=AT)
    load_reference()
    rule.refresh_from_db()
    assert (rule.is_active, rule.right) == (True, "100")
    assert not Rule.objects.get(code="R05", version=1).is_active


def test_one_version_is_proposed_at_a_time_and_a_withdrawn_one_makes_room(cast: Cast):
    rule = propose(cast)
    with pytest.raises(WrongState):
        propose(cast)
    rule_versions.withdraw_proposal(rule=rule, actor=cast.planner, at=AT)
    assert propose(cast).version == 3
    with pytest.raises(WrongState):
        rule_versions.put_in_force(rule=rule, actor=cast.hq_chair, at=AT)


def test_a_version_that_is_in_force_is_changed_no_more(cast: Cast):
    with pytest.raises(WrongState):
        rule_versions.withdraw_proposal(rule=Rule.objects.get(code="R01"), actor=cast.planner, at=AT)


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"left": ""}, "left", "required"),
        ({"left": "VIO01 +"}, "left", "rule_syntax"),
        ({"left": "__import__('os')"}, "left", "rule_syntax"),
        ({"left": "(" * 400}, "left", "rule_syntax"),
        ({"left": "1" * 10_000}, "left", "rule_syntax"),
        ({"right": "XXX99"}, "right", "unknown_code"),
        ({"right": "VIO01[NOBODY]"}, "right", "unknown_code"),
        ({"operator": "<"}, "operator", "unknown_choice"),
        ({"severity": "shout"}, "severity", "unknown_choice"),
        ({"applies_to": []}, "applies_to", "required"),
        ({"applies_to": ["hourly"]}, "applies_to", "required"),
        ({"message_ru": " "}, "message_ru", "required"),
        ({"message_en": "x" * 301}, "message_en", "too_long"),
        ({"reason": ""}, "reason", "required"),
        ({"reason": "паспорт 4509 123456"}, "reason", "personal_data"),
    ],
)
def test_a_faulty_proposal_is_refused_with_its_field(cast: Cast, changed, field, code):
    with pytest.raises(BadInput) as caught:
        propose(cast, **changed)
    assert (field, code) in {(problem.field, problem.code) for problem in caught.value.problems}
    assert Rule.objects.filter(code="R05").count() == 1


def test_all_faults_are_told_at_once(cast: Cast):
    with pytest.raises(BadInput) as caught:
        propose(cast, left="", right="XXX99", message_ru="", applies_to=[])
    assert {problem.field for problem in caught.value.problems} == {"left", "right", "message_ru", "applies_to"}
