"""The feed of the registers: every four hours, never from the future, one number for a moment, stale when missed."""

import datetime as dt

import pytest

from operations.domain import registers
from operations.domain.access import visible_to
from operations.domain.errors import BadInput, Conflict, NotAllowed
from operations.models import AuditEntry, RegisterReading, Total
from tests.factories.exchange import noon
from tests.factories.operations import make_interval, make_operation
from tests.factories.people import make_head, make_observer, make_officer, make_planner
from tests.factories.reference import agency_kind, category, indicator, make_agency, state

pytestmark = pytest.mark.django_db
AT = noon(10, 5)


def hours(number: float) -> dt.datetime:
    return AT - dt.timedelta(hours=number)


def keep(persons: int, as_of: dt.datetime, *, code: str = "RU", actor=None, at: dt.datetime = AT):
    actor = actor or make_officer(make_agency(code, "migration_authority"))
    return registers.keep_reading(state=state(code), as_of=as_of, persons=persons, actor=actor, at=at)


def codes(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def test_a_reading_is_kept_once_however_often_it_is_sent(reference):
    before = AuditEntry.objects.count()
    first, is_new = keep(1000, hours(1))
    again, is_new_again = keep(1000, hours(1))
    assert (is_new, is_new_again) == (True, False)
    assert first == again
    assert RegisterReading.objects.count() == 1
    assert AuditEntry.objects.count() == before + 1
    with pytest.raises(Conflict) as refused:
        keep(1001, hours(1))
    assert refused.value.code == "another_value"


def test_a_moment_with_another_offset_is_the_same_moment(reference):
    keep(1000, hours(1))
    elsewhere = hours(1).astimezone(dt.timezone(dt.timedelta(hours=12)))
    assert keep(1000, elsewhere)[1] is False


def test_no_reading_comes_from_the_future_or_from_long_ago(reference):
    keep(1000, AT)
    with pytest.raises(BadInput) as refused:
        keep(1000, AT + dt.timedelta(seconds=1))
    assert codes(refused) == {"in_the_future"}
    keep(1000, AT - registers.OLDEST)
    with pytest.raises(BadInput) as refused:
        keep(1000, AT - registers.OLDEST - dt.timedelta(seconds=1))
    assert codes(refused) == {"too_old"}


def test_a_late_reading_takes_its_place_and_hides_no_newer_one(reference):
    operation = make_operation()
    newest, _is_new = keep(1000, hours(1))
    late, _is_new = keep(900, hours(9))
    assert registers.is_latest(newest)
    assert not registers.is_latest(late)
    found = registers.registers(operation, user=make_planner(), at=AT)
    assert {stock.state.code: stock.reading for stock in found.stocks}["RU"] == newest


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, "fresh"), (4.5, "fresh"), (4.51, "stale"), (24, "stale"), (24.01, "missing")],
)
def test_a_reading_grows_stale_after_four_hours_and_a_half_and_missing_after_a_day(age: float, expected: str):
    assert registers.freshness(hours(age), at=AT) == expected


def test_never_told_is_missing():
    assert registers.freshness(None, at=AT) == "missing"


def test_the_officers_of_authorities_that_report_the_register_and_the_head_send_readings(reference):
    for person in (make_officer(make_agency("RU")), make_head("RU")):
        assert keep(1000, hours(2), actor=person)[0].persons == 1000
    for stranger in (make_officer(make_agency("RU", "rights_body")), make_head("KZ"), make_planner(), make_observer()):
        with pytest.raises(NotAllowed):
            keep(1000, hours(3), actor=stranger)
        with pytest.raises(NotAllowed):
            keep(1000, hours(2), actor=stranger)


def test_a_reading_belongs_to_its_state_and_the_headquarters(reference):
    keep(1000, hours(1))
    for person, count in ((make_head("RU"), 1), (make_planner(), 1), (make_head("KZ"), 0), (make_observer(), 0)):
        assert visible_to(RegisterReading, person, at=AT).count() == count


def test_the_page_says_how_many_states_report_and_adds_up_for_the_headquarters_alone(reference):
    operation = make_operation()
    keep(1000, hours(1))
    keep(500, hours(20), code="KZ")
    keep(70, hours(25), code="TJ")
    found = registers.registers(operation, user=make_planner(), at=AT)
    assert (found.reporting, found.expected, found.total) == (2, 6, 1500)
    marks = {stock.state.code: stock.freshness for stock in found.stocks}
    assert (marks["RU"], marks["KZ"], marks["TJ"], marks["AM"]) == ("fresh", "stale", "missing", "missing")
    own = registers.registers(operation, user=make_head("KZ"), at=AT)
    assert [stock.state.code for stock in own.stocks] == ["KZ"]
    assert (own.reporting, own.expected, own.total) == (2, 6, None)


def test_the_official_stock_of_the_returns_stands_beside_the_reading_of_its_last_day(reference):
    operation = make_operation()
    quarter = make_interval(operation, quarter=3)
    Total.objects.create(
        period=quarter,
        state=state("RU"),
        agency_kind=agency_kind("migration_authority"),
        indicator=indicator("MIG03"),
        category=category(),
        basis=Total.Basis.ACCEPTED,
        value=990,
        returns=1,
    )
    keep(1000, noon(9, 30))
    keep(1003, hours(1))
    [stock] = [one for one in registers.registers(operation, user=make_planner(), at=AT).stocks if one.returned]
    assert (stock.state.code, stock.returned.value, stock.returned.period) == ("RU", 990, quarter)
    assert (stock.returned.reading.persons, stock.returned.difference) == (1000, 10)


def test_the_page_costs_the_same_for_one_state_and_for_six(reference, django_assert_max_num_queries):
    operation, planner = make_operation(), make_planner()
    for code in ("RU", "KZ", "BY", "AM", "KG", "TJ"):
        keep(1000, hours(1), code=code)
    with django_assert_max_num_queries(16):
        registers.registers(operation, user=planner, at=AT)
        registers.recent(operation, user=planner, at=AT)
