"""Moscow's calendar: deadlines, terms of office and lateness are counted by the Moscow date."""

import datetime as dt
from collections.abc import Container
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


def moscow_date(at: dt.datetime) -> dt.date:
    """The date in Moscow at a moment; the moment must carry its offset."""
    if at.tzinfo is None:
        raise ValueError("a moment carries its offset")
    return at.astimezone(MOSCOW).date()


def moscow_moment(day: dt.date, hour: int = 0, minute: int = 0) -> dt.datetime:
    """The moment of a wall-clock time in Moscow."""
    return dt.datetime.combine(day, dt.time(hour, minute), tzinfo=MOSCOW)


def add_working_days(day: dt.date, count: int, holidays: Container[dt.date] = ()) -> dt.date:
    """The `count`-th working day after `day`: Saturdays, Sundays and `holidays` are left out."""
    while count > 0:
        day += dt.timedelta(days=1)
        if day.weekday() < 5 and day not in holidays:
            count -= 1
    return day
