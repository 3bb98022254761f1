"""A person's calendar as a file of RFC 5545, which every calendar program reads."""

import datetime as dt
from collections.abc import Iterable

from icalendar import Calendar, Event

from operations.domain.calendar_feed import CalendarEntry

CONTENT_TYPE = "text/calendar; charset=utf-8"
#: How often a program should ask again.
REFRESHED_EVERY = dt.timedelta(hours=6)


def calendar_bytes(entries: Iterable[CalendarEntry], *, name: str, language: str, host: str, at: dt.datetime) -> bytes:
    """The calendar. Every entry keeps its UID for good, so that a moved stage moves in the reader's calendar too."""
    calendar = Calendar()
    calendar.add("prodid", f"-//{host}//illegal-ops//{language.upper()}")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESHED_EVERY, parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(_event(entry, language=language, host=host, at=at))
    written: bytes = calendar.to_ical()
    return written


def _event(entry: CalendarEntry, *, language: str, host: str, at: dt.datetime) -> Event:
    event = Event()
    event.add("uid", f"{entry.key}@{host}")
    event.add("dtstamp", at.astimezone(dt.UTC))
    if entry.due is not None:
        event.add("dtstart", entry.due.astimezone(dt.UTC))
    elif entry.first is not None and entry.last is not None:
        event.add("dtstart", entry.first)
        # the end of whole days is the day after the last of them
        event.add("dtend", entry.last + dt.timedelta(days=1))
    said = {"LANGUAGE": language}
    event.add("summary", entry.title, parameters=said)
    if entry.details:
        event.add("description", entry.details, parameters=said)
    if entry.place:
        event.add("location", entry.place, parameters=said)
    event.add("class", "PRIVATE")
    # nobody is busy because a deadline is near
    event.add("transp", "TRANSPARENT")
    return event
