"""The reporting calendar by month: which periods open, fall due and close on each day, and whose days off it has.

Days are Moscow's, by which deadlines count. Of the daily situation reports only the deadline is shown, since each opens
on its own day; a deadline that some states have for themselves stands on its own day and names them.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from operations.domain.calendar_overview import ShownPeriod
from operations.domain.moments import moscow_date
from operations.models import Holiday, MemberState, PeriodKind

#: In this order what happens at one moment is told.
KINDS = ("opens", "due", "closes")


@dataclass(frozen=True)
class Happening:
    """Something that happens to a period; `states` are those for which alone it is at this moment, none: for all."""

    kind: str
    at: dt.datetime
    shown: ShownPeriod
    states: tuple[MemberState, ...] = ()

    @property
    def day(self) -> dt.date:
        return moscow_date(self.at)


@dataclass(frozen=True)
class Day:
    """A day of the sheet; those before and after the month fill its weeks and stay empty."""

    date: dt.date
    is_within: bool
    is_today: bool
    happenings: Sequence[Happening] = ()
    days_off: Sequence[Holiday] = ()

    @property
    def is_empty(self) -> bool:
        return not self.happenings and not self.days_off


def happenings_of(shown: ShownPeriod) -> Iterator[Happening]:
    """What happens to one period: its common moments, and the states' own deadlines where they are others."""
    period = shown.period
    is_daily = period.kind == PeriodKind.OPERATIONAL
    for kind in ("due",) if is_daily else KINDS:
        yield Happening(kind, getattr(period, f"{kind}_at"), shown)
    own: dict[tuple[str, dt.datetime], list[MemberState]] = defaultdict(list)
    for line in shown.differing:
        for kind in ("due",) if is_daily else ("due", "closes"):
            own[kind, getattr(line.deadline, f"{kind}_at")].append(line.state)
    for (kind, at), states in own.items():
        yield Happening(kind, at, shown, tuple(dict.fromkeys(states)))


def months_of(happenings: Iterable[Happening]) -> tuple[dt.date, dt.date] | None:
    """The first days of the first and of the last month in which something happens; None where nothing does."""
    days = [one.day for one in happenings]
    return (min(days).replace(day=1), max(days).replace(day=1)) if days else None


def weeks_of(
    month: dt.date, happenings: Iterable[Happening], *, days_off: Iterable[Holiday], today: dt.date
) -> list[list[Day]]:
    """The sheet of a month (given by its first day): whole weeks from Monday on."""
    happens: dict[dt.date, list[Happening]] = defaultdict(list)
    for one in sorted(happenings, key=lambda one: (one.at, KINDS.index(one.kind), one.shown.period.code)):
        happens[one.day].append(one)
    off: dict[dt.date, list[Holiday]] = defaultdict(list)
    for holiday in days_off:
        off[holiday.day].append(holiday)
    return [
        [_day(date, month, happens, off, today) for date in week]
        for week in calendar.Calendar().monthdatescalendar(month.year, month.month)
    ]


def _day(
    date: dt.date,
    month: dt.date,
    happens: dict[dt.date, list[Happening]],
    off: dict[dt.date, list[Holiday]],
    today: dt.date,
) -> Day:
    if date.month != month.month:
        return Day(date, is_within=False, is_today=False)
    return Day(date, True, date == today, happens.get(date, ()), off.get(date, ()))
