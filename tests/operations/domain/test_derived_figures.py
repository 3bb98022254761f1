"""INF04 and INF05 come from the register of lists: exactly, never negative, and with the totals in step."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from operations.domain import (
    list_waiting,  # noqa: F401 - registers what waits for people
    lists,
)
from operations.domain.completeness import completeness
from operations.domain.derived_figures import ListRegister, derived_account, differing_returns
from operations.domain.errors import BadInput, DomainError
from operations.domain.figures import FigureInput
from operations.domain.returns import (
    accept_submission,
    correct_return,
    nil_return,
    recall_submission,
    return_submission,
    save_draft,
    start_return,
    submit_return,
)
from operations.domain.totals import mismatches
from operations.domain.waiting import waiting_for
from operations.models import AuditEntry, Category, Figure, ListVerification, Return, Submission, Total
from tests.factories.exchange import OUTCOMES, Exchange, counts, day, noon
from tests.factories.reference import category, indicator
from tests.factories.reporting import figures

pytestmark = pytest.mark.django_db
AT = noon(12, 20)


@pytest.fixture
def exchange(reference) -> Exchange:
    return Exchange()


def submit(exchange: Exchange, expected: Return, *, nil: bool = False) -> Submission:
    at = expected.period.due_at - dt.timedelta(days=1)
    draft = start_return(expected_return=expected, actor=exchange.partner, at=at)
    if nil:
        draft = nil_return(submission=draft, revision=None, actor=exchange.partner, at=at)
    else:
        draft = save_draft(submission=draft, figures=figures(expected), revision=None, actor=exchange.partner, at=at)
    return submit_return(submission=draft, actor=exchange.partner, at=at)


def accept(exchange: Exchange, submission: Submission) -> Submission:
    return accept_submission(
        submission=submission, actor=exchange.partner_head, at=submission.submitted_at + dt.timedelta(hours=1)
    )


def value(submission: Submission, code: str, outcome: str = "") -> int | None:
    cell = category(outcome, "list_outcome") if outcome else category()
    return Figure.objects.get(submission=submission, indicator=indicator(code), category=cell).value


def total(code: str) -> int | None:
    row = Total.objects.filter(indicator=indicator(code), category=category(), basis=Total.Basis.ACCEPTED).first()
    return None if row is None else row.value


def test_a_quarter_counts_what_came_and_what_was_established_in_it(exchange: Exchange):
    early = exchange.received("1", entries=40, on=day(3, 20))
    exchange.record(early, day(3, 25), counts(LEFT=10, PENDING=30))
    exchange.record(early, day(5, 25), counts(LEFT=25, NOT_FOUND=5, PENDING=10))
    late = exchange.received("2", entries=100, on=day(6, 30))
    exchange.record(late, day(7, 1), counts(LEFT=100))
    exchange.send("3", entries=1000, on=day(5, 1))
    submission = accept(exchange, submit(exchange, exchange.expected(2)))
    assert (value(submission, "INF05"), value(submission, "INF04")) == (100, 20)
    assert (value(submission, "INF04", "LEFT"), value(submission, "INF04", "NOT_FOUND")) == (15, 5)
    assert value(submission, "INF04", "PENDING") is None
    assert (total("INF05"), total("INF04")) == (100, 20)
    assert not mismatches()


def test_the_trail_names_the_lists_that_stand_behind_the_figures(exchange: Exchange):
    row = exchange.received(entries=40)
    submit(exchange, exchange.expected(2))
    entry = AuditEntry.objects.filter(act="submission.submit").latest("sequence")
    assert f'"list":{row.pk},"received":40' in entry.data


def test_the_derived_figures_are_never_entered_by_hand(exchange: Exchange):
    expected = exchange.expected(2)
    draft = start_return(expected_return=expected, actor=exchange.partner, at=expected.period.opens_at)
    typed = [FigureInput(indicator("INF05").pk, category().pk, state="value", value=5)]
    with pytest.raises(BadInput):
        save_draft(submission=draft, figures=typed, revision=None, actor=exchange.partner, at=expected.period.opens_at)


def test_a_nil_return_is_none_when_the_register_knows_of_lists(exchange: Exchange):
    assert submit(exchange, exchange.expected(1), nil=True).is_nil
    exchange.received(on=day(5, 12))
    submission = submit(exchange, exchange.expected(2), nil=True)
    assert not submission.is_nil
    assert value(submission, "INF05") == 100


def test_derived_figures_fill_no_cell_that_somebody_had_to_enter(exchange: Exchange):
    expected = exchange.expected(2)
    submit(exchange, expected)
    measured = completeness(exchange.operation, at=expected.period.closes_at)
    assert (measured.required, measured.filled) == (3, 3)


def test_when_the_register_moves_the_accepted_figure_stands_until_it_is_corrected(exchange: Exchange):
    row = exchange.received(entries=40)
    exchange.record(row, day(5, 20), counts(NOT_FOUND=30, PENDING=10))
    expected = exchange.expected(2)
    accept(exchange, submit(exchange, expected))
    assert differing_returns(Return.objects.select_related("period", "agency")) == []
    exchange.record(row, day(8, 10), counts(LEFT=20, NOT_FOUND=10, PENDING=10))
    account = derived_account(expected, expected.submissions.last())
    assert account is not None
    assert account.differs
    assert {(cell.indicator.code, cell.category.code, cell.now) for cell in account.cells if cell.differs} == {
        ("INF04", "TOTAL", 10),
        ("INF04", "NOT_FOUND", 10),
    }
    assert total("INF04") == 30
    assert [row.pk for row in differing_returns(Return.objects.select_related("period", "agency"))] == [expected.pk]
    [item] = [item for item in waiting_for(exchange.partner, at=AT) if item.kind == "return.derived"]
    assert item.subject.pk == expected.pk
    draft = correct_return(expected_return=expected, reason="Сверка уточнена", actor=exchange.partner, at=AT)
    assert not [item for item in waiting_for(exchange.partner, at=AT) if item.kind == "return.derived"]
    accept(exchange, submit_return(submission=draft, actor=exchange.partner, at=AT))
    assert total("INF04") == 10
    assert differing_returns(Return.objects.select_related("period", "agency")) == []
    assert not mismatches()


def test_a_withdrawn_list_counts_for_nothing(exchange: Exchange):
    row = exchange.received()
    expected = exchange.expected(2)
    accept(exchange, submit(exchange, expected))
    lists.withdraw_list(verification=row, reason="Список отменён", actor=exchange.sender, at=AT)
    account = derived_account(expected, expected.submissions.last())
    assert account is not None
    assert account.differs
    assert account.derived.is_nothing


def test_asking_which_returns_are_left_behind_costs_the_same_for_one_and_for_many(
    exchange: Exchange, django_assert_max_num_queries
):
    row = exchange.received()
    exchange.record(row, day(6, 1), counts(LEFT=100))
    for quarter in (1, 2, 3):
        accept(exchange, submit(exchange, exchange.expected(quarter)))
    with django_assert_max_num_queries(7):
        assert differing_returns(Return.objects.select_related("period", "agency")) == []


# --- properties ---

SHARES = st.lists(st.integers(0, 20), min_size=6, max_size=6).filter(lambda shares: sum(shares) <= 60)
RECORDS = st.lists(st.tuples(st.integers(1, 365), SHARES), min_size=1, max_size=6, unique_by=lambda record: record[0])


def on_day(number: int) -> dt.date:
    return dt.date(2026, 1, 1) + dt.timedelta(days=number - 1)


def full(shares: list[int]) -> dict[str, int]:
    return dict(zip(OUTCOMES, [*shares, 60 - sum(shares)], strict=True))


@contextmanager
def taken_back() -> Iterator[Exchange]:
    """The next example begins with the same names and the same year."""
    with transaction.atomic():
        yield Exchange()
        transaction.set_rollback(True)


@given(records=RECORDS)
def test_outcomes_always_add_up_and_the_quarters_add_up_to_the_newest(reference, records):
    """Whatever is told in whatever order: the stored outcomes of a day make up the entries, no quarter is negative."""
    with taken_back() as exchange:
        row = exchange.received(entries=60, on=day(1, 1))
        for number, shares in records:
            lists.record_outcomes(
                verification=row, as_of=on_day(number), counts=full(shares), actor=exchange.partner, at=noon(12, 31)
            )
        for _as_of, stored in lists.outcome_history(row):
            assert sum(stored.values()) == row.entries
        register = ListRegister([exchange.operation.pk])
        state_id = exchange.centre.state_id
        quarters = [register.derived(state_id=state_id, period=exchange.quarter(number)) for number in range(1, 5)]
        assert all(count >= 0 for quarter in quarters for count in quarter.checked.values())
        newest = lists.newest_outcomes([row])[row.pk]
        for outcome in Category.objects.filter(breakdown__code="list_outcome").exclude(code="PENDING"):
            assert sum(quarter.checked.get(outcome.pk, 0) for quarter in quarters) == newest.counts[outcome.code]
        assert sum(sum(quarter.checked.values()) for quarter in quarters) == newest.established


@given(counted=st.lists(st.integers(0, 30), min_size=7, max_size=7))
def test_outcomes_are_taken_exactly_when_they_add_up(reference, counted):
    with taken_back() as exchange:
        row = exchange.received(entries=60)
        given = dict(zip(OUTCOMES, counted, strict=True))
        try:
            exchange.record(row, day(6, 1), given)
        except BadInput:
            assert sum(counted) != 60
            assert not row.outcomes.exists()
        else:
            assert sum(counted) == 60


ACTS = st.lists(st.sampled_from(["outcome", "list", "submit", "recall", "return", "accept", "correct"]), max_size=14)


@given(acts=ACTS, shares=st.lists(SHARES, min_size=14, max_size=14))
def test_totals_stay_in_step_whatever_happens_to_the_register_and_the_return(reference, acts, shares):
    with taken_back() as exchange:
        expected = exchange.expected(2)
        row = exchange.received(entries=60)
        for place, act in enumerate(acts):
            with suppress(DomainError):  # an act that is refused at its place changes nothing
                carry_out(exchange, expected, row, act, place, shares[place])
            assert not mismatches()
            for submission in expected.submissions.filter(status__in=("submitted", "accepted")):
                outcomes = Figure.objects.filter(
                    submission=submission, indicator=indicator("INF04"), category__breakdown__isnull=False
                )
                assert sum(figure.value or 0 for figure in outcomes) == value(submission, "INF04")


def carry_out(
    exchange: Exchange, expected: Return, row: ListVerification, act: str, place: int, shares: list[int]
) -> None:
    at = expected.period.due_at - dt.timedelta(days=1)
    newest = expected.submissions.order_by("-number").first()
    if act == "outcome":
        exchange.record(row, on_day(140 + 3 * place), full(shares), reason="Уточнено")
    elif act == "list":
        exchange.received(f"20/{place}", entries=7)
    elif act == "submit" and newest is None:
        submit(exchange, expected)
    elif act == "submit":
        submit_return(submission=newest, actor=exchange.partner, at=at)
    elif newest is None:
        return
    elif act == "recall":
        recall_submission(submission=newest, actor=exchange.partner, at=at)
    elif act == "return":
        return_submission(submission=newest, comment="Проверьте", actor=exchange.partner_head, at=at)
    elif act == "accept":
        accept_submission(submission=newest, actor=exchange.partner_head, at=at)
    else:
        correct_return(expected_return=expected, reason="Сверка", actor=exchange.partner, at=at)
