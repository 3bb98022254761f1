"""Reminders: after how long, to whom, and never twice on one day."""

import datetime as dt
import json

import pytest

from operations.domain import agreements, plan_reminders, plans
from operations.domain.errors import NotAllowed, Unmet
from operations.domain.moments import moscow_moment
from operations.models import AuditEntry, Membership, MemberState, Notice, OutboxMessage, Plan, User
from operations.tasks import remind_heads
from tests.factories import plans as made
from tests.factories.people import Cast, make_head

pytestmark = pytest.mark.django_db

CIRCULATED = dt.date(2026, 2, 2)


def remind(days: int, hour: int = 10) -> int:
    return plan_reminders.remind(at=moscow_moment(CIRCULATED + dt.timedelta(days=days), hour), after_days=3)


def reminded() -> list[str]:
    return sorted(Notice.objects.filter(topic=plan_reminders.TOPIC).values_list("user__username", flat=True))


def test_heads_are_reminded_when_three_days_have_passed_and_not_before(cast: Cast):
    made.circulated_plan(cast)
    assert remind(2) == 0
    sent = OutboxMessage.objects.filter(topic="notice").count()
    assert remind(3) == 6
    assert reminded() == sorted(head.username for head in cast.heads.values())
    assert OutboxMessage.objects.filter(topic="notice").count() == sent + 6


def test_nobody_is_reminded_twice_on_one_day_and_everybody_again_on_the_next(cast: Cast):
    made.circulated_plan(cast)
    assert [remind(3), remind(3, 15), remind(3, 23), remind(4, 1)] == [6, 0, 0, 6]


def test_whoever_has_answered_or_does_not_take_part_is_left_alone(cast: Cast):
    plan = made.circulated_plan(cast, absent=("TJ",))
    made.agree_all(plan, cast, but=("KZ",))
    assert remind(5) == 1
    assert reminded() == ["head-kz"]
    assert "5" in Notice.objects.get(topic=plan_reminders.TOPIC).subject_en


def test_a_head_is_reminded_of_replies_that_wait_for_a_word(cast: Cast):
    plan = made.circulated_plan(cast)
    made.agree_all(plan, cast, but=("KZ",))
    remarks = [{"place": "1.1", "text": "Уточнить"}]
    answer = {"plan": plan, "answer": "agreed_with_remarks", "remarks": remarks, "actor": cast.heads["KZ"]}
    given = agreements.respond(state=made.state("KZ"), at=made.moment(), **answer)
    assert remind(5) == 0, "it is the planner who is waited for"
    reply = {"disposition": "taken", "reply": "Учтено", "actor": cast.planner}
    agreements.answer_remark(remark=given.remarks.get(), at=made.moment(CIRCULATED + dt.timedelta(days=5)), **reply)
    assert [remind(7), remind(8)] == [0, 1]


def test_the_acting_head_of_that_day_is_reminded_and_a_former_one_is_not(cast: Cast):
    plan = made.circulated_plan(cast)
    made.agree_all(plan, cast, but=("KZ",))
    Membership.objects.filter(user=cast.heads["KZ"]).update(until_date=CIRCULATED)
    make_head(MemberState.objects.get(code="KZ").code, "acting-kz")
    assert remind(3) == 1
    assert reminded() == ["acting-kz"]


def test_a_plan_that_is_withdrawn_waits_for_nobody(cast: Cast):
    plan = made.circulated_plan(cast)
    plans.withdraw_plan(plan=plan, comment="Ошибка", actor=cast.planner, at=made.moment())
    assert remind(9) == 0


def test_the_clock_reminds_with_the_days_of_the_settings(cast: Cast, settings):
    made.circulated_plan(cast)
    settings.PLAN_REMINDER_DAYS = 100_000
    assert remind_heads() == 0
    settings.PLAN_REMINDER_DAYS = 1
    assert [remind_heads(), remind_heads()] == [6, 0]
    names = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "operations.remind_heads" in names


# --- at the word of the headquarters ---


def remind_now(plan: Plan, actor: User, code: str = "", days: int = 0, hour: int = 10) -> None:
    state = MemberState.objects.get(code=code) if code else None
    at = moscow_moment(CIRCULATED + dt.timedelta(days=days), hour)
    agreements.remind_heads(plan=plan, state=state, actor=actor, at=at)


def test_the_headquarters_reminds_one_state_or_all_who_are_waited_for_and_the_trail_says_whom(cast: Cast):
    plan = made.circulated_plan(cast, absent=("TJ",))
    made.agree_all(plan, cast, but=("KZ", "BY", "TJ"))
    remind_now(plan, cast.planner, "KZ")
    assert reminded() == ["head-kz"]
    assert "is awaited" in Notice.objects.get(topic=plan_reminders.TOPIC).subject_en
    remind_now(plan, cast.hq_chair)
    assert reminded() == ["head-by", "head-kz"]
    trail = AuditEntry.objects.filter(act="plan.remind").order_by("sequence")
    assert [json.loads(entry.data)["reminded"] for entry in trail] == [["KZ"], ["BY"]]


def test_no_state_is_reminded_twice_on_one_day_by_hand_or_by_the_clock(cast: Cast):
    plan = made.circulated_plan(cast)
    remind_now(plan, cast.planner, "KZ", days=3)
    with pytest.raises(Unmet) as refused:
        remind_now(plan, cast.hq_chair, "KZ", days=3, hour=23)
    assert [problem.code for problem in refused.value.problems] == ["reminded_today"]
    assert remind(3, 15) == 5, "the clock reminds the others"
    with pytest.raises(Unmet):
        remind_now(plan, cast.planner, days=3, hour=20)
    remind_now(plan, cast.planner, "KZ", days=4)
    assert reminded().count("head-kz") == 2


def test_whoever_is_not_waited_for_and_an_empty_office_are_not_reminded(cast: Cast):
    plan = made.circulated_plan(cast)
    made.agree_all(plan, cast, but=("KZ",))
    Membership.objects.filter(user=cast.heads["KZ"]).update(until_date=CIRCULATED - dt.timedelta(days=1))
    for code, why in (("RU", "not_waited_for"), ("KZ", "nobody_in_office")):
        with pytest.raises(Unmet) as refused:
            remind_now(plan, cast.planner, code)
        assert [problem.code for problem in refused.value.problems] == [why]
    with pytest.raises(NotAllowed):
        remind_now(plan, cast.heads["RU"], "KZ")
    assert not Notice.objects.filter(topic=plan_reminders.TOPIC).exists()
