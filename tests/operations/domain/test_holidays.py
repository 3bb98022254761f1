"""Holidays: days typed one or several at once, what they move and what they leave, and the look at it before."""

import datetime as dt

import pytest

from operations.domain import holidays
from operations.domain.errors import BadInput, NotAllowed
from operations.domain.moments import MOSCOW, moscow_moment
from operations.models import Agency, AuditEntry, Holiday, ReportingPeriod, Return
from tests.factories import plans as made
from tests.factories.people import Cast, make_cast, make_hq_chair
from tests.factories.reference import load_reference, make_agency, state

pytestmark = pytest.mark.django_db
SPRING = moscow_moment(dt.date(2026, 3, 2), 12)


@pytest.fixture
def cast() -> Cast:
    load_reference()
    make_agency("RU")
    make_agency("KZ")
    cast = make_cast()
    made.approved_plan(cast)
    return cast


def due(code: str, agency: Agency) -> str:
    return f"{Return.objects.get(period__code=code, agency=agency).due_at.astimezone(MOSCOW):%Y-%m-%d %H:%M:%S}"


def common(code: str) -> str:
    return f"{ReportingPeriod.objects.get(code=code).due_at.astimezone(MOSCOW):%Y-%m-%d}"


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("2026-07-06", ["2026-07-06"]),
        ("2026-07-06, 2026-07-07\n2026-07-06", ["2026-07-06", "2026-07-07"]),
        ("2026-12-31 – 2027-01-02", ["2026-12-31", "2027-01-01", "2027-01-02"]),
        ("2026-12-31 - 2027-01-01", ["2026-12-31", "2027-01-01"]),
        ([dt.date(2026, 7, 6)], ["2026-07-06"]),
        ("", []),
        (None, []),
    ],
)
def test_days_are_typed_one_by_one_or_as_a_range(typed: object, days: list[str]):
    assert [day.isoformat() for day in holidays.typed_days(typed)] == days


@pytest.mark.parametrize(
    "typed", ["30.02.2026", "2026-13-01", "2026-07-06 – ", "2026-07-08 – 2026-07-06", "x", "1999-01-01"]
)
def test_what_is_no_day_is_refused(cast: Cast, typed: str):
    with pytest.raises(BadInput) as refused:
        holidays.add_holidays(state=state("KZ"), values={"days": typed}, actor=cast.planner, at=SPRING)
    assert refused.value.problems[0].field == "days"
    assert not Holiday.objects.exists()


def test_a_holiday_of_a_state_moves_the_final_returns_of_that_state_alone(cast: Cast):
    moved = holidays.add_holidays(
        state=state("KZ"),
        values={"days": "2026-07-06\n2026-07-07", "name_ru": "День столицы"},
        actor=cast.planner,
        at=SPRING,
    )
    assert due("S1-FINAL", make_agency("KZ")) == "2026-07-10 23:59:59"
    assert due("S1-FINAL", make_agency("RU")) == "2026-07-08 23:59:59"
    assert common("S1-FINAL") == "2026-07-08"
    assert (len(moved.returns), len(moved.periods)) == (1, 0)
    entry = AuditEntry.objects.get(act="memberstate.add_holidays")
    assert (entry.object_id, '"returns_moved":1' in entry.data) == (str(state("KZ").pk), True)


def test_russias_holidays_move_the_common_moments_too(cast: Cast):
    moved = holidays.add_holidays(state=state("RU"), values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING)
    assert (common("S1-FINAL"), due("S1-FINAL", make_agency("RU"))) == ("2026-07-09", "2026-07-09 23:59:59")
    assert due("S1-FINAL", make_agency("KZ")) == "2026-07-08 23:59:59"
    assert (len(moved.returns), len(moved.periods)) == (1, 1)


def test_a_removed_holiday_moves_them_back(cast: Cast):
    holidays.add_holidays(state=state("KZ"), values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING)
    holidays.remove_holidays(state=state("KZ"), days=["2026-07-06"], actor=make_hq_chair(), at=SPRING)
    assert due("S1-FINAL", make_agency("KZ")) == "2026-07-08 23:59:59"
    assert not Holiday.objects.exists()


def test_a_holiday_entered_after_the_deadline_makes_no_late_return_timely(cast: Cast):
    at = moscow_moment(dt.date(2026, 7, 9), 9)
    moved = holidays.add_holidays(state=state("KZ"), values={"days": "2026-07-06"}, actor=cast.planner, at=at)
    assert moved.is_nothing
    assert due("S1-FINAL", make_agency("KZ")) == "2026-07-08 23:59:59"


def test_a_removed_holiday_moves_no_deadline_into_the_past(cast: Cast):
    holidays.add_holidays(state=state("KZ"), values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING)
    at = moscow_moment(dt.date(2026, 7, 9), 12)  # due by the end of this day; without the holiday it was yesterday
    assert holidays.remove_holidays(state=state("KZ"), days=["2026-07-06"], actor=cast.planner, at=at).is_nothing
    assert due("S1-FINAL", make_agency("KZ")) == "2026-07-09 23:59:59"


def test_an_adjusted_period_stays_where_it_was_put(cast: Cast):
    ReportingPeriod.objects.filter(code="S1-FINAL").update(adjusted_at=SPRING)
    moved = holidays.add_holidays(state=state("RU"), values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING)
    assert moved.is_nothing


def test_a_preview_tells_what_would_move_and_moves_nothing(cast: Cast):
    entries = AuditEntry.objects.count()
    seen = holidays.preview(
        state=state("KZ"), name="add_holidays", values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING
    )
    move = seen.returns[0]
    assert (move.after.due_at - move.before.due_at, len(seen.returns)) == (dt.timedelta(days=1), 1)
    assert due("S1-FINAL", make_agency("KZ")) == "2026-07-08 23:59:59"
    assert (Holiday.objects.count(), AuditEntry.objects.count()) == (0, entries)


def test_a_day_that_is_there_is_not_entered_twice_and_one_that_is_not_is_not_removed(cast: Cast):
    holidays.add_holidays(state=state("KZ"), values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING)
    with pytest.raises(BadInput) as twice:
        holidays.add_holidays(state=state("KZ"), values={"days": "2026-07-06"}, actor=cast.planner, at=SPRING)
    with pytest.raises(BadInput) as unknown:
        holidays.remove_holidays(state=state("RU"), days=["2026-07-06"], actor=cast.planner, at=SPRING)
    assert [error.value.problems[0].code for error in (twice, unknown)] == ["taken", "unknown"]


def test_only_headquarters_enter_holidays(cast: Cast):
    with pytest.raises(NotAllowed):
        holidays.add_holidays(state=state("KZ"), values={"days": "2026-07-06"}, actor=cast.heads["KZ"], at=SPRING)
