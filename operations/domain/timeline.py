"""The timeline of an operation's year or of a part of it: rows of bars on a scale of days, the same as a table.

Stages, national windows, measures, deadlines of returns, meetings and context events, with today's line. What is done
all year or each quarter has a bar of its own kind, so that nobody takes it for a date.
Pages and documents draw them by attributes alone. No query is made here.
"""

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext as _

from operations.domain import wording
from operations.domain.period_names import period_name
from operations.domain.plan_reading import Reading, day_of
from operations.domain.timeline_drawing import Span, Timeline, empty, months_span
from operations.models import ContextEvent, Measure, Meeting, PeriodKind, ReportingPeriod

#: What is done all year or each quarter, and has no dates of its own.
STANDING = (Measure.Timing.PERMANENT, Measure.Timing.QUARTERLY)


def build(
    reading: Reading,
    *,
    year: int,
    today: dt.date,
    periods: Iterable[ReportingPeriod] = (),
    meetings: Iterable[Meeting] = (),
    events: Iterable[ContextEvent] = (),
    span: Span | None = None,
) -> Timeline:
    """The timeline of the year, or of a part of it, in the reading's language; meetings come with their body."""
    drawn = empty(year, reading.language, span=span)
    with wording.in_language(reading.language):
        _stages(drawn, reading)
        _measures(drawn, reading)
        _deadlines(drawn, periods)
        _meetings(drawn, reading, meetings)
        _events(drawn, reading, events)
    if drawn.span.first <= today <= drawn.span.last:
        drawn.today_x = drawn.x(today)
    return drawn


def _stages(drawn: Timeline, reading: Reading) -> None:
    for stage in reading.stages():
        label = f"{stage['number']}. {stage['name']}"
        drawn.add("stage", label, [(stage["start"], stage["end"], label)], note=stage["kind"])
        for window in stage["windows"]:
            title = _("%(state)s, stage %(number)s") % {"state": window["state"], "number": stage["number"]}
            drawn.add("window", title, [(window["start"], window["end"], title)], note=window["codename"])


def _measures(drawn: Timeline, reading: Reading) -> None:
    """Measures by their dates or those of their stage; what is done all year or each quarter fills the year."""
    words = {m["id"]: m for objective in reading.objectives() for m in objective["measures"]}
    stages = {stage["id"]: (stage["start"], stage["end"]) for stage in reading.stages()}
    for objective in reading.content["objectives"]:
        for measure in objective["measures"]:
            shown = words[measure["id"]]
            label, notes = f"{shown['number']} {shown['text']}", [", ".join(shown["responsible"])]
            if measure["timing"] != Measure.Timing.DATES:
                notes = [shown["timing"], *notes]
            if measure["timing"] in STANDING:
                spans = [(first, last, label) for first, last in _stretches(drawn.year, measure["timing"])]
                drawn.add("standing", label, spans, note="; ".join(notes))
                continue
            first, last = day_of(measure["start"]), day_of(measure["end"])
            if measure["timing"] == Measure.Timing.DURING_STAGE:
                first, last = stages.get(measure["stage"], (None, None))
            start, end = first or last, last if first else None
            if start:
                drawn.add("measure", label, [(start, end, label)], note="; ".join(notes))


def _stretches(year: int, timing: str) -> list[tuple[dt.date, dt.date]]:
    """The whole year, or its quarters."""
    months = 12 if timing == Measure.Timing.PERMANENT else 3
    spans = [months_span(year, first, months) for first in range(1, 13, months)]
    return [(span.first, span.last) for span in spans]


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
