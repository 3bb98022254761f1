"""Agreeing a version: which answers count, who is waited for, letters confirmed by a second person."""

import datetime as dt

import pytest

from operations.domain import agreements, meetings, plans
from operations.domain.errors import BadInput, NotAllowed, NotFound, Unmet, WrongState
from operations.models import Agreement, ChairTerm, Plan, Remark, Role
from tests.factories import plans as made
from tests.factories.people import Cast, make_head, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(cast: Cast) -> Plan:
    return made.circulated_plan(cast)


def answer(plan: Plan, cast: Cast, code: str, answer: str, **fields: object) -> Agreement:
    return agreements.respond(
        plan=plan, state=made.state(code), answer=answer, actor=cast.heads[code], at=made.moment(hour=13), **fields
    )


def waits(plan: Plan) -> dict[str, str]:
    return {row.state.code: row.waits_for for row in agreements.board(Plan.objects.get(pk=plan.pk)) if row.waits_for}


def record(plan: Plan, cast: Cast, **fields: object) -> Plan:
    return plans.record_agreement(
        plan=plan, actor=cast.hq_chair, at=made.moment(hour=15), **(fields or {"in_correspondence": True})
    )


def test_every_state_that_takes_part_is_waited_for_since_the_circulation(cast: Cast) -> None:
    plan = made.circulated_plan(cast, absent=("TJ",))
    assert waits(plan) == dict.fromkeys(("AM", "BY", "KZ", "KG", "RU"), "head")
    assert all(row.since == plan.current_version.frozen_at for row in agreements.board(plan) if row.takes_part)
    absent = next(row for row in agreements.board(plan) if not row.takes_part)
    assert (absent.state.code, absent.waits_for, absent.counts) == ("TJ", "", False)


def test_a_plain_agreement_and_a_reservation_count_at_once(plan: Plan, cast: Cast) -> None:
    answer(plan, cast, "AM", "agreed")
    answer(plan, cast, "KZ", "agreed_with_reservation", comment="Особое мнение")
    assert set(waits(plan)) == {"BY", "KG", "RU", "TJ"}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"answer": "objected"}, "comment"),
        ({"answer": "agreed_with_reservation", "comment": " "}, "comment"),
        ({"answer": "agreed_with_remarks"}, "remarks"),
        ({"answer": "agreed_with_remarks", "remarks": [{"place": "1.1", "text": ""}]}, "remarks.0.text"),
        ({"answer": "agreed", "remarks": [{"text": "Но"}]}, "remarks"),
        ({"answer": "maybe"}, "answer"),
        ({"answer": ""}, "answer"),
    ],
)
def test_an_answer_says_what_it_has_to_say(plan: Plan, cast: Cast, given: dict[str, object], field: str) -> None:
    with pytest.raises(BadInput) as caught:
        answer(plan, cast, "AM", **given)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not Agreement.objects.exists()


def test_remarks_count_once_each_is_answered_and_the_head_has_confirmed(plan: Plan, cast: Cast) -> None:
    made.agree_all(plan, cast, but=("KG",))
    remarks = [{"place": "1.1", "text": "Уточнить"}, {"place": "", "text": "Сократить"}]
    answer(plan, cast, "KG", "agreed_with_remarks", remarks=remarks)
    assert waits(plan) == {"KG": "planner"}
    for remark in Remark.objects.all():
        agreements.answer_remark(
            remark=remark, disposition="taken", reply="Учтено", actor=cast.planner, at=made.moment(hour=14)
        )
    assert waits(plan) == {"KG": "head"}
    with pytest.raises(Unmet):
        record(plan, cast)
    with pytest.raises(NotAllowed):
        agreements.confirm_remark(remark=Remark.objects.first(), actor=cast.heads["AM"], at=made.moment(hour=14))
    for remark in Remark.objects.all():
        agreements.confirm_remark(remark=remark, actor=cast.heads["KG"], at=made.moment(hour=15))
    assert waits(plan) == {}
    assert record(plan, cast).status == Plan.Status.AGREED


def test_a_new_reply_has_to_be_confirmed_again(plan: Plan, cast: Cast) -> None:
    answer(plan, cast, "KG", "agreed_with_remarks", remarks=[{"text": "Уточнить"}])
    remark = Remark.objects.get()
    with pytest.raises(BadInput):
        agreements.confirm_remark(remark=remark, actor=cast.heads["KG"], at=made.moment())
    reply = {"remark": remark, "disposition": "declined", "actor": cast.planner, "at": made.moment()}
    agreements.answer_remark(reply="Нет", **reply)
    agreements.confirm_remark(remark=remark, actor=cast.heads["KG"], at=made.moment())
    again = agreements.answer_remark(reply="Всё же нет", **reply)
    assert again.confirmed_at is None


def test_an_objection_blocks_until_the_state_answers_anew(plan: Plan, cast: Cast) -> None:
    made.agree_all(plan, cast, but=("BY",))
    answer(plan, cast, "BY", "objected", comment="Сроки неприемлемы")
    with pytest.raises(Unmet) as caught:
        record(plan, cast)
    assert [problem.code for problem in caught.value.problems] == ["waits_for_objection"]
    answer(plan, cast, "BY", "agreed")
    assert record(plan, cast).status == Plan.Status.AGREED
    assert Agreement.objects.filter(state__code="BY").count() == 2
    assert Agreement.objects.get(state__code="BY", is_current=True).answer == "agreed"


def test_a_head_answers_for_the_own_state_only(plan: Plan, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        agreements.respond(plan=plan, state=made.state("AM"), answer="agreed", actor=cast.heads["RU"], at=made.moment())


def test_the_head_of_an_absent_state_does_not_answer(cast: Cast) -> None:
    plan = made.circulated_plan(cast, absent=("TJ",))
    with pytest.raises(NotAllowed):
        answer(plan, cast, "TJ", "agreed")


def test_an_acting_head_answers_on_the_days_of_the_appointment_only(plan: Plan, cast: Cast) -> None:
    acting = make_user(
        "acting", Role.NATIONAL_HEAD, state_code="AM", from_date=dt.date(2026, 2, 1), until_date=dt.date(2026, 2, 5)
    )
    respond = {"plan": plan, "state": made.state("AM"), "answer": "agreed", "actor": acting}
    with pytest.raises(NotFound):
        agreements.respond(at=made.moment(dt.date(2026, 2, 6)), **respond)
    assert agreements.respond(at=made.moment(dt.date(2026, 2, 5)), **respond).given_by == acting


def test_a_letter_counts_when_somebody_else_has_confirmed_it(plan: Plan, cast: Cast) -> None:
    made.agree_all(plan, cast, but=("TJ",))
    letter = agreements.record_letter(
        plan=plan,
        state=made.state("TJ"),
        answer="agreed",
        method="letter",
        letter_number="12/345",
        letter_date="2026-02-01",
        actor=cast.planner,
        at=made.moment(),
    )
    assert waits(plan) == {"TJ": "confirmation"}
    with pytest.raises(NotAllowed):
        agreements.confirm_letter(agreement=letter, actor=cast.planner, at=made.moment())
    agreements.confirm_letter(agreement=letter, actor=cast.hq_chair, at=made.moment())
    assert waits(plan) == {}


def test_a_letter_has_a_number_and_a_date_that_is_not_in_the_future(plan: Plan, cast: Cast) -> None:
    given = {"plan": plan, "state": made.state("TJ"), "answer": "agreed", "actor": cast.planner, "at": made.moment()}
    with pytest.raises(BadInput) as caught:
        agreements.record_letter(method="letter", letter_number="", letter_date="", **given)
    assert {problem.field for problem in caught.value.problems} == {"letter_number", "letter_date"}
    with pytest.raises(BadInput) as caught:
        agreements.record_letter(method="system", letter_number="1", letter_date="2026-03-01", **given)
    assert {problem.field for problem in caught.value.problems} == {"method", "letter_date"}


def test_recording_names_a_meeting_of_the_headquarters_or_correspondence(plan: Plan, cast: Cast) -> None:
    made.agree_all(plan, cast)
    council = meetings.create_meeting(
        values={"body": "COUNCIL", "number": 28, "held_on": "2026-02-10"}, actor=cast.planner, at=made.moment()
    )
    for meeting in (None, council):
        with pytest.raises(BadInput):
            record(plan, cast, meeting=meeting)
    assert record(plan, cast, meeting=made.hq_meeting(plan, cast)).agreed_at_meeting.number == 1


def test_nothing_is_answered_before_circulation_or_after_agreement(cast: Cast) -> None:
    plan = made.agreed_plan(cast)
    with pytest.raises(WrongState):
        answer(plan, cast, "AM", "objected", comment="Поздно")


def test_the_election_of_a_chair_makes_a_term_that_overlaps_no_other(cast: Cast) -> None:
    ChairTerm.objects.all().delete()
    council = meetings.create_meeting(
        values={"body": "COUNCIL", "number": 28, "held_on": "2026-02-10"}, actor=cast.assistant, at=made.moment()
    )
    head = make_head("KG")
    values = {"holder": head.username, "state": "KG", "from_date": "2026-03-01", "until_date": "2027-02-28"}
    for person in (cast.planner, cast.assistant):
        with pytest.raises(NotAllowed):
            meetings.elect_chair(meeting=council, values=values, actor=person, at=made.moment())
    term = meetings.elect_chair(meeting=council, values=values, actor=cast.hq_chair, at=made.moment())
    assert (term.holder, term.elected_at) == (head, council)
    with pytest.raises(BadInput) as caught:
        meetings.elect_chair(meeting=council, values=values, actor=cast.hq_chair, at=made.moment())
    assert [problem.code for problem in caught.value.problems] == ["overlap"]
