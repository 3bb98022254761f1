"""The timeline of an operation's year as data: rows of bars on a scale of days, and the same as a table.

Stages, national windows, measures with dates, deadlines of returns, meetings and context events, with today's line. All
positions are in units of the drawing; pages and documents draw them by attributes alone. No query is made here.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.utils.translation import gettext as _

from operations.domain import wording
from operations.domain.period_names import period_name
from operations.domain.plan_reading import Reading, day_of
from operations.models import ContextEvent, Meeting, PeriodKind, ReportingPeriod

LABEL_WIDTH = 270
DAY_WIDTH = 2.6
HEAD_HEIGHT = 30
ROW_HEIGHT = 24
LONGEST_LABEL = 40


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch of days (`width`), or a point of time when it has none."""

    x: float
    width: float
    kind: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row of the drawing, and of the table beside it."""

    kind: str
    label: str
    bars: tuple[Bar, ...]
    y: int
    first: dt.date | None = None
    last: dt.date | None = None
    note: str = ""

    @property
    def short_label(self) -> str:
        return self.label if len(self.label) <= LONGEST_LABEL else self.label[: LONGEST_LABEL - 1].rstrip() + "…"

    @property
    def text_y(self) -> int:
        return self.y + 16

    @property
    def bar_y(self) -> int:
        return self.y + 5

    @property
    def middle(self) -> int:
        return self.y + 12


@dataclass(frozen=True, kw_only=True)
class Month:
    x: float
    width: float
    text: str

    @property
    def text_x(self) -> float:
        return round(self.x + 4, 1)


@dataclass(kw_only=True)
class Timeline:
    """The drawing: `width` × `height`, months on top, rows below, today's line where today is in the year."""

    year: int
    language: str
    months: list[Month] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    today_x: float | None = None

    @property
    def width(self) -> float:
        return round(LABEL_WIDTH + self.days * DAY_WIDTH + 10, 1)

    @property
    def height(self) -> int:
        return HEAD_HEIGHT + ROW_HEIGHT * len(self.lines) + 6

    @property
    def days(self) -> int:
        return (dt.date(self.year + 1, 1, 1) - dt.date(self.year, 1, 1)).days

    def x(self, day: dt.date) -> float:
        """Where a day begins; days outside the year stop at its edge."""
        offset = (day - dt.date(self.year, 1, 1)).days
        return round(LABEL_WIDTH + min(max(offset, 0), self.days) * DAY_WIDTH, 1)

    def add(self, kind: str, label: str, spans: Sequence[tuple[dt.date, dt.date | None, str]], note: str = "") -> None:
        """Adds a row; a span without an end is a point of time. Rows without anything in the year are left out."""
        inside = [span for span in spans if span[0].year <= self.year <= (span[1] or span[0]).year]
        if not inside:
            return
        bars = tuple(self._bar(kind, first, last, title) for first, last, title in inside)
        firsts, lasts = [span[0] for span in inside], [span[1] or span[0] for span in inside]
        self.lines.append(
            Line(
                kind=kind,
                label=label,
                bars=bars,
                y=HEAD_HEIGHT + ROW_HEIGHT * len(self.lines),
                first=min(firsts),
                last=max(lasts),
                note=note,
            )
        )

    def _bar(self, kind: str, first: dt.date, last: dt.date | None, title: str) -> Bar:
        start = self.x(first)
        width = 0.0 if last is None else round(self.x(last + dt.timedelta(days=1)) - start, 1)
        return Bar(x=start, width=width, kind=kind, title=title)


def build(
    reading: Reading,
    *,
    year: int,
    today: dt.date,
    periods: Iterable[ReportingPeriod] = (),
    meetings: Iterable[Meeting] = (),
    events: Iterable[ContextEvent] = (),
) -> Timeline:
    """The timeline of the year in the reading's language; meetings come with their body."""
    drawn = Timeline(year=year, language=reading.language)
    with wording.in_language(reading.language):
        _months(drawn)
        _stages(drawn, reading)
        _measures(drawn, reading)
        _deadlines(drawn, periods)
        _meetings(drawn, reading, meetings)
        _events(drawn, reading, events)
    if today.year == year:
        drawn.today_x = drawn.x(today)
    return drawn


def _months(drawn: Timeline) -> None:
    for month in range(1, 13):
        first = dt.date(drawn.year, month, 1)
        after = dt.date(drawn.year + month // 12, month % 12 + 1, 1)
        x = drawn.x(first)
        drawn.months.append(
            Month(x=x, width=round(drawn.x(after) - x, 1), text=wording.date_format_in(first, "F", drawn.language))
        )


def _stages(drawn: Timeline, reading: Reading) -> None:
    for stage in reading.stages():
        label = f"{stage['number']}. {stage['name']}"
        drawn.add("stage", label, [(stage["start"], stage["end"], label)], note=stage["kind"])
        for window in stage["windows"]:
            title = _("%(state)s, stage %(number)s") % {"state": window["state"], "number": stage["number"]}
            drawn.add("window", title, [(window["start"], window["end"], title)], note=window["codename"])


def _measures(drawn: Timeline, reading: Reading) -> None:
    """Measures with dates of their own; what lasts the whole year or a whole stage is in the plan's table."""
    words = {m["id"]: m for objective in reading.objectives() for m in objective["measures"]}
    for objective in reading.content["objectives"]:
        for measure in objective["measures"]:
            start, end = day_of(measure["start"]), day_of(measure["end"])
            first, last = start or end, end if start else None
            if first and measure["timing"] == "dates":
                shown = words[measure["id"]]
                label = f"{shown['number']} {shown['text']}"
                drawn.add("measure", label, [(first, last, label)], note=", ".join(shown["responsible"]))


def _deadlines(drawn: Timeline, periods: Iterable[ReportingPeriod]) -> None:
    """One row for each kind of official period, a point for each deadline."""
    dated = sorted((p for p in periods if p.kind != PeriodKind.OPERATIONAL), key=lambda p: (p.kind, p.due_at))
    for kind, group in groupby(dated, key=lambda period: period.kind):
        spans = []
        for period in group:
            due = period.due_at.astimezone(wording.MOSCOW).date()
            title = f"{period_name(period)} ({period.code}): {wording.short_date_text(due, language=drawn.language)}"
            spans.append((due, None, title))
        label = _("Deadline: %(kind)s") % {"kind": PeriodKind(kind).label}
        drawn.add("deadline", label, spans, note="; ".join(title for _first, _last, title in spans))


def _meetings(drawn: Timeline, reading: Reading, meetings: Iterable[Meeting]) -> None:
    for meeting in meetings:
        body = reading.text({"ru": meeting.body.short_ru, "en": meeting.body.short_en}) or meeting.body.code
        label = _("Meeting № %(number)s, %(body)s") % {"number": meeting.number, "body": body}
        drawn.add("meeting", label, [(meeting.held_on, None, label)])


def _events(drawn: Timeline, reading: Reading, events: Iterable[ContextEvent]) -> None:
    for event in events:
        label = reading.text({"ru": event.event_ru, "en": event.event_en})
        drawn.add("event", label, [(event.starts_on, None, label)])
