"""Lists that states check for each other: their steps, who takes them, who sees them, and what they come to."""

import datetime as dt

import pytest

from operations.domain import (
    list_waiting,  # noqa: F401 - registers what waits for people
    lists,
)
from operations.domain.access import visible_to
from operations.domain.errors import BadInput, NotAllowed, NotFound, Stale, Unmet, WrongState
from operations.domain.waiting import waiting_for
from operations.domain.wording import in_language
from operations.models import AuditEntry, ListVerification, Notice
from tests.factories.exchange import Exchange, counts, day, noon
from tests.factories.people import make_head, make_observer, make_officer
from tests.factories.reference import make_agency, state

pytestmark = pytest.mark.django_db
AT = noon(12, 20)
Status = ListVerification.Status


@pytest.fixture
def exchange(reference) -> Exchange:
    return Exchange()


def problems(refused) -> set[tuple[str, str]]:
    return {(problem.code, problem.field) for problem in refused.value.problems}


def test_a_list_goes_its_whole_way_and_every_step_keeps_its_day(exchange: Exchange):
    row = exchange.send(due_date="2026-06-30")
    assert (row.status, row.sent_on) == (Status.SENT, day(5, 10))
    row = lists.confirm_receipt(verification=row, received_on="2026-05-12", actor=exchange.partner, at=AT)
    row = exchange.record(row, day(6, 1), counts(LEFT=60, PENDING=40))
    row = exchange.record(row, day(6, 20), counts(LEFT=70, NOT_FOUND=30))
    row = lists.answer_list(verification=row, answered_on=day(6, 25), actor=exchange.partner_head, at=AT)
    assert (row.status, row.received_on, row.answered_on) == (Status.ANSWERED, day(5, 12), day(6, 25))
    with in_language("en"):
        told = [(str(step.label), step.day) for step in lists.steps(row)]
    assert (told[0][0], told[-1][0]) == ("The list was recorded as sent", "The list was answered")
    assert [step_day for _label, step_day in told] == [day(5, 10), day(5, 12), day(6, 1), day(6, 20), day(6, 25)]
    assert lists.newest_outcomes([row])[row.pk].established == 100
    assert lists.next_step(row, at=AT) is None


@pytest.mark.parametrize("given", [{"LEFT": 60, "PENDING": 41}, {"LEFT": 60, "PENDING": 39}, {"LEFT": 0}])
def test_outcomes_that_do_not_add_up_to_the_entries_are_refused(exchange: Exchange, given):
    row = exchange.received()
    with pytest.raises(BadInput) as refused:
        exchange.record(row, day(6, 1), counts(**given))
    assert problems(refused) == {("does_not_add_up", "outcomes")}
    assert not row.outcomes.exists()


def test_an_outcome_that_is_left_empty_is_not_taken_for_zero(exchange: Exchange):
    row = exchange.received()
    with pytest.raises(BadInput) as refused:
        exchange.record(row, day(6, 1), {**counts(LEFT=100), "ERROR": ""})
    assert problems(refused) == {("required", "ERROR")}


def test_no_step_lies_in_the_future_or_before_the_one_that_it_follows(exchange: Exchange):
    with pytest.raises(BadInput) as refused:
        exchange.send(on=dt.date(2026, 12, 21), due_date="2026-12-20")
    assert problems(refused) == {("in_the_future", "sent_on"), ("due_before_sent", "due_date")}
    row = exchange.send()
    with pytest.raises(BadInput) as refused:
        lists.confirm_receipt(verification=row, received_on=day(5, 9), actor=exchange.partner, at=AT)
    assert problems(refused) == {("before_previous_step", "received_on")}
    row = lists.confirm_receipt(verification=row, received_on=day(5, 12), actor=exchange.partner, at=AT)
    with pytest.raises(BadInput) as refused:
        exchange.record(row, day(5, 11), counts(LEFT=100))
    assert problems(refused) == {("before_previous_step", "as_of")}
    row = exchange.record(row, day(6, 1), counts(LEFT=100))
    with pytest.raises(BadInput) as refused:
        lists.answer_list(verification=row, answered_on=day(5, 31), actor=exchange.partner, at=AT)
    assert problems(refused) == {("before_previous_step", "answered_on")}


@pytest.mark.parametrize(
    "number", ["Иванов И.И. 12", "паспорт № 4510 123456", "abc", "<b>1</b>", "12\n13", "гр. Петров А.Б. 1", ""]
)
def test_the_number_of_a_list_is_a_registration_number_and_no_name(exchange: Exchange, number: str):
    with pytest.raises(BadInput) as refused:
        exchange.send(number)
    assert {field for _code, field in problems(refused)} == {"number"}


def test_a_state_numbers_its_lists_once_and_sends_them_to_another_state_that_takes_part(exchange: Exchange):
    exchange.send("7")
    with pytest.raises(BadInput) as refused:
        exchange.send("7")
    assert problems(refused) == {("taken", "number")}
    with pytest.raises(BadInput) as refused:
        exchange.send("8", received_by="KZ")
    assert problems(refused) == {("own_state", "received_by")}
    exchange.operation.participations.filter(state=state("TJ")).delete()
    with pytest.raises(BadInput) as refused:
        exchange.send("8", received_by="TJ")
    assert problems(refused) == {("not_taking_part", "received_by")}


def test_each_side_takes_its_own_steps_and_never_the_other_sides(exchange: Exchange):
    row = exchange.send()
    for stranger in (exchange.sender, exchange.sender_head, exchange.planner):
        with pytest.raises(NotAllowed):
            lists.confirm_receipt(verification=row, received_on=day(5, 12), actor=stranger, at=AT)
    with pytest.raises(NotAllowed):
        lists.withdraw_list(verification=row, reason="Ошибка", actor=exchange.partner, at=AT)
    police = make_officer(make_agency("RU"))
    with pytest.raises(NotAllowed):
        lists.confirm_receipt(verification=row, received_on=day(5, 12), actor=police, at=AT)
    elsewhere = make_officer(make_agency("TJ", "information_centre"))
    with pytest.raises(NotFound):
        lists.confirm_receipt(verification=row, received_on=day(5, 12), actor=elsewhere, at=AT)


def test_a_list_is_seen_by_its_two_states_and_the_headquarters_alone(exchange: Exchange):
    row = exchange.send()
    seen = [exchange.sender, exchange.partner_head, exchange.planner, make_officer(make_agency("RU"))]
    for person in seen:
        assert visible_to(ListVerification, person, at=AT).get() == row
    for person in (make_head("TJ"), make_observer()):
        assert not visible_to(ListVerification, person, at=AT).exists()


def test_a_list_with_entries_still_being_checked_is_answered_with_an_explanation(exchange: Exchange):
    row = exchange.received()
    with pytest.raises(Unmet):
        lists.answer_list(verification=row, answered_on=day(6, 25), actor=exchange.partner, at=AT)
    row = exchange.record(row, day(6, 1), counts(LEFT=60, PENDING=40))
    with pytest.raises(BadInput) as refused:
        lists.answer_list(verification=row, answered_on=day(6, 25), actor=exchange.partner, at=AT)
    assert problems(refused) == {("pending_unexplained", "reason")}
    row = lists.answer_list(
        verification=row, answered_on=day(6, 25), reason="Ответ третьей стороны ждём", actor=exchange.partner, at=AT
    )
    assert row.status == Status.ANSWERED
    assert lists.steps(row)[-1].words == "Ответ третьей стороны ждём"
    with pytest.raises(BadInput):
        exchange.record(row, day(7, 1), counts(LEFT=100))
    exchange.record(row, day(7, 1), counts(LEFT=100), reason="Поступил ответ")
    assert lists.newest_outcomes([row])[row.pk].pending == 0


def test_the_sender_withdraws_a_list_with_a_reason_until_it_is_answered(exchange: Exchange):
    row = exchange.received()
    with pytest.raises(BadInput):
        lists.withdraw_list(verification=row, reason=" ", actor=exchange.sender, at=AT)
    row = lists.withdraw_list(verification=row, reason="Список направлен повторно", actor=exchange.sender, at=AT)
    assert row.status == Status.WITHDRAWN
    with pytest.raises(WrongState):
        exchange.record(row, day(6, 1), counts(LEFT=100))


def test_a_wrong_entry_is_corrected_until_the_receipt_is_confirmed(exchange: Exchange):
    row = exchange.send()
    changed = lists.change_list(
        verification=row, revision=row.revision, values={"entries": "1 250"}, actor=exchange.sender, at=AT
    )
    assert changed.entries == 1250
    with pytest.raises(Stale):
        lists.change_list(verification=row, revision=row.revision, values={"entries": 9}, actor=exchange.sender, at=AT)
    lists.confirm_receipt(verification=row, received_on=day(5, 12), actor=exchange.partner, at=AT)
    with pytest.raises(WrongState):
        lists.change_list(verification=row, revision=3, values={"entries": 9}, actor=exchange.sender, at=AT)


def test_outcomes_told_again_for_the_same_day_need_a_reason(exchange: Exchange):
    row = exchange.record(exchange.received(), day(6, 1), counts(LEFT=60, PENDING=40))
    with pytest.raises(BadInput) as refused:
        exchange.record(row, day(6, 1), counts(LEFT=61, PENDING=39))
    assert problems(refused) == {("required", "reason")}
    exchange.record(row, day(6, 1), counts(LEFT=61, PENDING=39), reason="Описка")
    assert lists.newest_outcomes([row])[row.pk].counts["LEFT"] == 61


def test_whoever_owes_the_next_step_has_it_among_the_work_and_late_after_the_day_set(exchange: Exchange):
    row = exchange.send(due_date="2026-06-30")
    [item] = [item for item in waiting_for(exchange.partner, at=noon(6, 30)) if item.kind == "list"]
    assert (item.subject, item.is_late) == (row, False)
    [item] = [item for item in waiting_for(exchange.partner_head, at=noon(7, 1)) if item.kind == "list"]
    assert item.is_late
    step = lists.next_step(row, at=noon(7, 1))
    assert step is not None
    assert (step.state.code, step.since, step.is_overdue) == ("RU", day(5, 10), True)
    assert not [item for item in waiting_for(exchange.sender, at=noon(7, 1)) if item.kind == "list"]


def test_every_step_writes_one_entry_and_tells_the_other_side(exchange: Exchange):
    before = AuditEntry.objects.count()
    row = exchange.send()
    assert AuditEntry.objects.count() == before + 1
    told = set(Notice.objects.filter(topic="list.sent").values_list("user__username", flat=True))
    assert told == {exchange.partner.username, exchange.partner_head.username}
    assert AuditEntry.objects.latest("sequence").object_id == str(row.pk)


def test_the_register_sums_up_by_pair_of_states_in_two_queries(exchange: Exchange, django_assert_num_queries):
    for number in range(4):
        row = exchange.received(f"1/{number}", entries=10)
        exchange.record(row, day(6, 1), counts(LEFT=4, PENDING=6))
    exchange.send("1/9", entries=5, due_date="2026-06-30")
    withdrawn = exchange.send("1/10", entries=500)
    lists.withdraw_list(verification=withdrawn, reason="Ошибка", actor=exchange.sender, at=AT)
    with django_assert_num_queries(2):
        [pair] = lists.pair_sums(ListVerification.objects.all(), at=AT)
    assert (pair.lists, pair.entries, pair.received) == (5, 45, 40)
    assert (pair.checked, pair.pending, pair.counts["LEFT"], pair.overdue) == (16, 29, 16, 1)
