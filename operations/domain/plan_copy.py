"""Starting a plan from last year's: the texts, stages, measures and procedures, with dates moved to the new year.

A date keeps its weekday and goes to the nearest such day of the new year; a stage keeps its length, and what belongs to
it moves with it. Every copied row says which row it came from. Agreements, versions and accounts stay behind.
"""

import datetime as dt
from collections.abc import Iterable

from operations.models import (
    Contact,
    ExchangeProcedure,
    Measure,
    Objective,
    Operation,
    Plan,
    PlanSection,
    Stage,
    StageWindow,
    User,
)

WEEK = dt.timedelta(days=7)
#: What the operation is called in both languages, before the year.
OWN_NAMES = ("Нелегал", "Illegal")
_MEASURE_SETS = (
    "responsible_kinds",
    "responsible_states",
    "responsible_bodies",
    "co_executor_kinds",
    "co_executor_bodies",
    "indicators",
)


def moved_start(day: dt.date, *, year: int) -> dt.date:
    """The same weekday of the new year that is nearest to the same day and month, and lies within that year."""
    last_of_month = (day.month, day.day) == (2, 29)
    same = dt.date(year, 2, 28) if last_of_month else day.replace(year=year)
    offset = (day.weekday() - same.weekday() + 3) % 7 - 3
    moved = same + dt.timedelta(days=offset)
    if moved.year < year:
        return moved + WEEK
    return moved - WEEK if moved.year > year else moved


def moved_range(first: dt.date, last: dt.date, *, year: int) -> tuple[dt.date, dt.date]:
    """Both days moved by whole weeks' weekdays, with the length kept; a range at the year's end stays inside."""
    start = moved_start(first, year=year)
    end = start + (last - first)
    while end.year > year and start - WEEK >= dt.date(year, 1, 1):
        start, end = start - WEEK, end - WEEK
    return start, end


def in_year(text: str, *, old: int, new: int) -> str:
    """The text with the operation's own name in the other year."""
    for name in OWN_NAMES:
        text = text.replace(f"{name}-{old}", f"{name}-{new}")
    return text


def copy(*, source: Plan, operation: Operation, actor: User) -> Plan:
    """The new plan with copies of all working rows of the source."""
    return _Copying(source, operation, actor).carry_out()


class _Copying:
    """One copying: remembers which new row stands for which old one."""

    def __init__(self, source: Plan, operation: Operation, actor: User) -> None:
        self.source, self.operation = source, operation
        self.year = operation.year
        self.old_year = source.operation.year
        self.plan = Plan(operation=operation, created_by=actor, copied_from=source)
        self.stages: dict[int, Stage] = {}
        self.shifts: dict[int, dt.timedelta] = {}

    def carry_out(self) -> Plan:
        self.plan.goal_ru, self.plan.goal_en = self._text(self.source.goal_ru), self._text(self.source.goal_en)
        self.plan.interval = self.source.interval
        self.plan.save()
        for section in self.source.sections.all():
            PlanSection.objects.create(
                plan=self.plan,
                kind=section.kind,
                text_ru=self._text(section.text_ru),
                text_en=self._text(section.text_en),
            )
        self._stages()
        self._objectives()
        for row in self.source.exchange_procedures.all():
            ExchangeProcedure.objects.create(
                plan=self.plan,
                position=row.position,
                text_ru=self._text(row.text_ru),
                text_en=self._text(row.text_en),
                copied_from=row,
            )
        self._contacts()
        return self.plan

    def _text(self, text: str) -> str:
        """The operation's own name takes the new year; other years in a text are the planner's to judge."""
        return in_year(text, old=self.old_year, new=self.year)

    def _stages(self) -> None:
        taking_part = set(self.operation.participations.filter(takes_part=True).values_list("state_id", flat=True))
        for stage in self.source.stages.prefetch_related("windows"):
            start, end = moved_range(stage.start_date, stage.end_date, year=self.year)
            new = Stage.objects.create(
                plan=self.plan,
                number=stage.number,
                kind=stage.kind,
                name_ru=self._text(stage.name_ru),
                name_en=self._text(stage.name_en),
                codename=self._text(stage.codename),
                start_date=start,
                end_date=end,
                copied_from=stage,
            )
            self.stages[stage.pk], self.shifts[stage.pk] = new, start - stage.start_date
            StageWindow.objects.bulk_create(
                StageWindow(
                    stage=new,
                    state_id=window.state_id,
                    codename=self._text(window.codename),
                    start_date=window.start_date + self.shifts[stage.pk],
                    end_date=window.end_date + self.shifts[stage.pk],
                )
                for window in stage.windows.all()
                if window.state_id in taking_part
            )

    def _objectives(self) -> None:
        copies: dict[int, Measure] = {}
        links: list[tuple[int, int]] = []
        for objective in self.source.objectives.prefetch_related("measures__predecessors", *self._prefetched()):
            new = Objective.objects.create(
                plan=self.plan,
                position=objective.position,
                text_ru=self._text(objective.text_ru),
                text_en=self._text(objective.text_en),
                copied_from=objective,
            )
            for measure in objective.measures.all():
                copies[measure.pk] = self._measure(measure, new)
                links += [(measure.pk, before.pk) for before in measure.predecessors.all()]
        for one, before in links:
            if before in copies:
                copies[one].predecessors.add(copies[before])

    @staticmethod
    def _prefetched() -> Iterable[str]:
        return (f"measures__{name}" for name in _MEASURE_SETS)

    def _measure(self, measure: Measure, objective: Objective) -> Measure:
        start, end = self._measure_dates(measure)
        new = Measure.objects.create(
            objective=objective,
            position=measure.position,
            text_ru=self._text(measure.text_ru),
            text_en=self._text(measure.text_en),
            expected_result_ru=self._text(measure.expected_result_ru),
            expected_result_en=self._text(measure.expected_result_en),
            timing=measure.timing,
            stage=self.stages.get(measure.stage_id or 0),
            start_date=start,
            end_date=end,
            copied_from=measure,
        )
        for name in _MEASURE_SETS:
            rows = getattr(measure, name).all()
            if rows:
                getattr(new, name).set(rows)
        return new

    def _measure_dates(self, measure: Measure) -> tuple[dt.date | None, dt.date | None]:
        start, end = measure.start_date, measure.end_date
        shift = self.shifts.get(measure.stage_id or 0)
        if shift is not None:
            moved = [day and day + shift for day in (start, end)]
            if all(day is None or day.year == self.year for day in moved):
                return moved[0], moved[1]
        if start and end:
            return moved_range(start, end, year=self.year)
        return start and moved_start(start, year=self.year), end and moved_start(end, year=self.year)

    def _contacts(self) -> None:
        for contact in self.source.contacts.all():
            fields = ("state", "body", "name_ru", "name_en", "post_ru", "post_en", "telephone", "email")
            Contact.objects.create(plan=self.plan, **{name: getattr(contact, name) for name in fields})
