"""The series of a flow: what was entered from sources for the time before the returns, and the returns after it.

One series for a state and one for all states, by month or by quarter. Where an accepted return says what a month or a
quarter was, it is read from `Total` and stands before anything entered; three months make a quarter, a quarter never
makes months. The sum of the states exists where every state that has a series at all has a number: a sum over fewer
states would look like a fall. A gap stays a gap. Nothing here is ever added into a total.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Sum

from operations.models import Indicator, MemberState, PeriodKind, Total
from reports.domain.cells import Text, both
from reports.domain.flow_periods import Slot, slots_between
from reports.models import FlowObservation, Frequency

#: What has flows: arrivals and departures of third-country nationals.
INDICATORS = ("MIG01", "MIG02")
#: Since when the series may not continue what was before: marked, never smoothed away.
BREAKS: tuple[tuple[dt.date, Text], ...] = (
    (
        dt.date(2020, 3, 1),
        both(ru="2020: границы закрыты из-за пандемии", en="2020: borders closed because of the pandemic"),
    ),
    (
        dt.date(2022, 3, 1),
        both(ru="2022: направления потоков изменились", en="2022: the directions of flows changed"),
    ),
)


class Origin(Enum):
    """Where a number of a series comes from."""

    ENTERED = "entered"
    RETURNED = "returned"


@dataclass(frozen=True)
class Reading:
    """What one state's month or quarter was."""

    value: int
    origin: Origin
    is_demonstration: bool = False
    observations: tuple[int, ...] = ()


@dataclass(frozen=True)
class FlowPoint:
    """A month or quarter of a series; `value` None is a gap. `reporting` of `expected` states have a number."""

    slot: Slot
    value: int | None
    origin: Origin | None
    reporting: int
    expected: int
    is_demonstration: bool = False
    observations: tuple[int, ...] = ()


@dataclass(frozen=True)
class FlowSeries:
    """A series without holes in its time: from the first number to the last, gaps in between included."""

    indicator: Indicator
    state: MemberState | None
    frequency: str
    points: tuple[FlowPoint, ...]

    @property
    def unbroken(self) -> tuple[FlowPoint, ...]:
        """The points after the last gap: what a forecast rests on."""
        first = len(self.points)
        while first and self.points[first - 1].value is not None:
            first -= 1
        return self.points[first:]

    @property
    def seam(self) -> Slot | None:
        """The first month or quarter from returns after what was entered from sources."""
        entered = False
        for point in self.points:
            if point.origin is Origin.RETURNED and entered:
                return point.slot
            entered = entered or point.origin is Origin.ENTERED
        return None

    @property
    def is_demonstration(self) -> bool:
        return any(point.is_demonstration for point in self.points)

    @property
    def breaks(self) -> list[tuple[dt.date, Text]]:
        """Those breaks that lie within the series."""
        if not self.points:
            return []
        first, last = self.points[0].slot.start, self.points[-1].slot.end
        return [(day, words) for day, words in BREAKS if first < day <= last]


Readings = dict[int, dict[Slot, Reading]]


def flow_series(indicator: Indicator, *, state: MemberState | None, frequency: str) -> FlowSeries:
    """The series of one state, or of all (`state` None). Two queries."""
    by_state = _by_state(indicator, frequency)
    if state is not None:
        own = by_state.get(state.pk, {})
        points = [_point(slot, [own.get(slot)]) for slot in _timeline(own)]
        return FlowSeries(indicator, state, frequency, tuple(points))
    everything = {slot for own in by_state.values() for slot in own}
    points = [_point(slot, [own.get(slot) for own in by_state.values()]) for slot in _timeline(everything)]
    return FlowSeries(indicator, None, frequency, tuple(points))


def _timeline(slots: Sequence[Slot] | set[Slot] | dict[Slot, Reading]) -> list[Slot]:
    return slots_between(min(slots), max(slots)) if slots else []


def _point(slot: Slot, found: list[Reading | None]) -> FlowPoint:
    given = [one for one in found if one is not None]
    is_whole = len(given) == len(found)
    is_returned = any(one.origin is Origin.RETURNED for one in given)
    return FlowPoint(
        slot=slot,
        value=sum(one.value for one in given) if is_whole else None,
        origin=(Origin.RETURNED if is_returned else Origin.ENTERED) if is_whole else None,
        reporting=len(given),
        expected=len(found),
        is_demonstration=any(one.is_demonstration for one in given),
        observations=tuple(pk for one in given for pk in one.observations),
    )


def _by_state(indicator: Indicator, frequency: str) -> Readings:
    entered, returned = _entered(indicator), _returned(indicator)
    found: Readings = {}
    for state in entered.keys() | returned.keys():
        both_kinds = entered.get(state, {}) | returned.get(state, {})
        own = _quarters(both_kinds) if frequency == Frequency.QUARTER else _months(both_kinds)
        if own:
            found[state] = own
    return found


def _months(readings: dict[Slot, Reading]) -> dict[Slot, Reading]:
    return {slot: one for slot, one in readings.items() if slot.months == 1}


def _quarters(readings: dict[Slot, Reading]) -> dict[Slot, Reading]:
    """Quarters as they are stated; a quarter of which only the months are known is their sum."""
    stated = {slot: one for slot, one in readings.items() if slot.months == 3}
    months: dict[Slot, list[Reading]] = defaultdict(list)
    for slot, one in _months(readings).items():
        months[slot.quarter].append(one)
    for quarter, parts in months.items():
        if len(parts) < 3 or (quarter in stated and stated[quarter].origin is Origin.RETURNED):
            continue
        is_returned = any(one.origin is Origin.RETURNED for one in parts)
        if quarter in stated and not is_returned:
            continue
        stated[quarter] = Reading(
            value=sum(one.value for one in parts),
            origin=Origin.RETURNED if is_returned else Origin.ENTERED,
            is_demonstration=any(one.is_demonstration for one in parts),
            observations=tuple(pk for one in parts for pk in one.observations),
        )
    return stated


def _entered(indicator: Indicator) -> Readings:
    found: Readings = defaultdict(dict)
    rows = FlowObservation.objects.filter(indicator=indicator, is_superseded=False)
    for row in rows.order_by("state", "start_date"):
        slot = Slot.of(row.start_date, row.end_date)
        if slot is not None:
            found[row.state_id][slot] = Reading(row.value, Origin.ENTERED, row.is_demonstration, (row.pk,))
    return found


def _returned(indicator: Indicator) -> Readings:
    found: Readings = defaultdict(dict)
    rows = Total.objects.filter(
        indicator=indicator,
        basis=Total.Basis.ACCEPTED,
        category__breakdown__isnull=True,
        period__kind=PeriodKind.INTERVAL,
    )
    names = "state_id", "period__start_date", "period__end_date", "period__operation__is_demonstration"
    for state, start, end, is_demonstration, value in rows.values_list(*names).annotate(sum=Sum("value")):
        slot = Slot.of(start, end)
        if slot is not None:
            found[state][slot] = Reading(value, Origin.RETURNED, is_demonstration)
    return found
