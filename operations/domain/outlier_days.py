"""What a day of a stage added, so that situation reports can be compared with each other.

A situation report is cumulative from the start of its stage: its figures follow from how many days have passed. What is
compared is the day: the figure less that of the day before, on the first day of a stage the figure itself.
A day without a report the day before adds something unknown and is in no history. An indicator that is no flow (a
stock, a level) is compared as it stands. A day counts as it was reported, also before anybody has accepted it: the
figures of a stage that is under way are provisional all of them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Case, Q, When

from operations.domain.return_layout import CellKey
from operations.domain.standing_figures import STANDS
from operations.models import CellState, Figure, PeriodKind, ReportingPeriod, Submission

#: Whose figures: the agency, and the unit where it is one.
Whose = tuple[int, int | None]
#: A day of a stage.
Day = tuple[int, dt.date]


@dataclass(frozen=True)
class Days:
    """The reported days of one agency or unit before a day: by cell, each with the stage that it belongs to."""

    values: Mapping[CellKey, Mapping[Day, int]]
    starts: Mapping[int, dt.date]

    def added(self, key: CellKey, value: int, *, period: ReportingPeriod, is_flow: bool) -> int | None:
        """What this day adds by its report; None where there is nothing to take it from."""
        if period.stage_id is None:
            return None
        return self._added(key, (period.stage_id, period.end_date), value, period.start_date, is_flow=is_flow)

    def earlier(self, key: CellKey, *, is_flow: bool) -> list[int]:
        """What the earlier days added, in the order of time."""
        found = (
            self._added(key, day, value, self.starts[day[0]], is_flow=is_flow)
            for day, value in self.values.get(key, {}).items()
        )
        return [value for value in found if value is not None]

    def _added(self, key: CellKey, day: Day, value: int, start: dt.date, *, is_flow: bool) -> int | None:
        stage, date = day
        if not is_flow or date == start:
            return value
        before = self.values.get(key, {}).get((stage, date - dt.timedelta(days=1)))
        return None if before is None else value - before


def days_before(period: ReportingPeriod, whose: Iterable[Whose]) -> dict[Whose, Days]:
    """The days that these agencies and units reported before this one, of whatever stage: one query."""
    wanted = list(whose)
    here = "submission__expected_return__"
    of_agencies = Q(**{f"{here}agency__in": {agency for agency, unit in wanted if unit is None}})
    of_units = Q(**{f"{here}unit__in": {unit for _agency, unit in wanted if unit is not None}})
    rows = (
        Figure.objects.filter(
            (of_agencies & Q(**{f"{here}unit__isnull": True})) | of_units,
            submission__status__in=STANDS,
            submission__expected_return__period__kind=PeriodKind.OPERATIONAL,
            submission__expected_return__period__end_date__lt=period.end_date,
            state=CellState.VALUE,
        )
        .annotate(is_accepted=Case(When(submission__status=Submission.Status.ACCEPTED, then=1), default=0))
        .order_by("submission__expected_return__period__end_date", "-is_accepted", "submission_id")
        .values_list(
            f"{here}agency_id",
            f"{here}unit_id",
            f"{here}period__stage_id",
            f"{here}period__start_date",
            f"{here}period__end_date",
            "submission_id",
            "indicator_id",
            "category_id",
            "value",
        )
    )
    values: dict[Whose, dict[CellKey, dict[Day, int]]] = defaultdict(lambda: defaultdict(dict))
    starts: dict[int, dt.date] = {}
    standing: dict[tuple[Whose, Day], int] = {}
    for agency, unit, stage, start, end, submission, indicator, category, value in rows:
        who, day = (agency, unit), (stage, end)
        # of a day with two submissions the accepted one stands, which comes first
        if standing.setdefault((who, day), submission) == submission:
            values[who][indicator, category][day] = value
            starts[stage] = start
    return {who: Days(values[who], starts) for who in wanted}
