"""Deadlines and terms of office are counted by Moscow's calendar."""

import datetime as dt

import pytest

from operations.domain.moments import add_working_days, moscow_date, moscow_moment


@pytest.mark.parametrize(
    ("at", "day"),
    [("2026-03-24T20:59:59+00:00", 24), ("2026-03-24T21:00:00+00:00", 25), ("2026-03-25T02:30:00+06:00", 24)],
)
def test_a_day_begins_at_midnight_in_moscow(at: str, day: int):
    assert moscow_date(dt.datetime.fromisoformat(at)).day == day


def test_a_moment_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="offset"):
        moscow_date(dt.datetime(2026, 3, 24, 12))  # noqa: DTZ001


def test_a_wall_clock_time_in_moscow_is_three_hours_before_utc():
    assert moscow_moment(dt.date(2026, 5, 18), 10).astimezone(dt.UTC).hour == 7


def test_working_days_leave_out_weekends_and_holidays():
    wednesday = dt.date(2026, 5, 27)
    assert add_working_days(wednesday, 10) == dt.date(2026, 6, 10)
    assert add_working_days(wednesday, 10, {dt.date(2026, 6, 1)}) == dt.date(2026, 6, 11)
