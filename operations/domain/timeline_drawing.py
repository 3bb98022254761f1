"""The geometry of a timeline: rows of bars on a scale of days, in units of the drawing.

It shows a year, a quarter or a month, wide with the labels beside the bars, or narrow with each label above its bar.
It knows no row of the database, so that the page and the process that draws documents have the very same picture.
"""

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from operations.domain import wording

HEAD_HEIGHT = 30
#: A column narrower than this has no room for its words.
LEAST_COLUMN = 34


@dataclass(frozen=True, kw_only=True)
class Scale:
    """The measures of a drawing. A narrow one gives each row two lines, so that no label is cut off by the bars."""

    name: str = "wide"
    label_width: int = 270
    day_width: float = 2.6
    row_height: int = 24
    text_at: int = 16
    bar_at: int = 5
    longest_label: int = 40


WIDE = Scale()
#: As wide as a telephone's screen leaves room for.
NARROW_WIDTH = 284


@dataclass(frozen=True, kw_only=True)
class Span:
    """The days that are shown; `columns` says what the head is divided into."""

    first: dt.date
    last: dt.date
    columns: str = "months"  # "months", "weeks" or "days"

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


def year_span(year: int) -> Span:
    return Span(first=dt.date(year, 1, 1), last=dt.date(year, 12, 31))


def months_span(year: int, first: int, count: int) -> Span:
    """Whole months: a quarter is divided into weeks, a month into days."""
    after = dt.date(year + (first + count - 1) // 12, (first + count - 1) % 12 + 1, 1)
    columns = "days" if count == 1 else "weeks"
    return Span(first=dt.date(year, first, 1), last=after - dt.timedelta(days=1), columns=columns)


def wide_scale(span: Span) -> Scale:
    """A quarter and a month are drawn about as wide as the year."""
    return WIDE if span.columns == "months" else replace(WIDE, day_width=round(949 / span.days, 1))


def narrow_scale(span: Span) -> Scale:
    width = NARROW_WIDTH / span.days
    return Scale(name="narrow", label_width=0, day_width=width, row_height=42, text_at=15, bar_at=22, longest_label=42)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A stretch of days (`width`), or a point of time when it has none."""

    x: float
    width: float
    kind: str
    title: str
    first: dt.date
    last: dt.date | None


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
    scale: Scale = WIDE

    @property
    def short_label(self) -> str:
        longest = self.scale.longest_label
        return self.label if len(self.label) <= longest else self.label[: longest - 1].rstrip() + "…"

    @property
    def text_y(self) -> int:
        return self.y + self.scale.text_at

    @property
    def bar_y(self) -> int:
        return self.y + self.scale.bar_at

    @property
    def middle(self) -> int:
        return self.bar_y + 7


@dataclass(frozen=True, kw_only=True)
class Month:
    """A column of the head: a month, or a week or a day where less than a year is shown."""

    x: float
    width: float
    text: str

    @property
    def text_x(self) -> float:
        return round(self.x + 4, 1)


@dataclass(kw_only=True)
class Timeline:
    """The drawing: `width` × `height`, columns on top, rows below, today's line where today is among the days."""

    year: int
    language: str
    span: Span
    scale: Scale = WIDE
    months: list[Month] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    today_x: float | None = None

    @property
    def width(self) -> float:
        return round(self.scale.label_width + self.span.days * self.scale.day_width + 10, 1)

    @property
    def height(self) -> int:
        return HEAD_HEIGHT + self.scale.row_height * len(self.lines) + 6

    def x(self, day: dt.date) -> float:
        """Where a day begins; days outside what is shown stop at its edge."""
        offset = (day - self.span.first).days
        return round(self.scale.label_width + min(max(offset, 0), self.span.days) * self.scale.day_width, 1)

    def add(self, kind: str, label: str, spans: Sequence[tuple[dt.date, dt.date | None, str]], note: str = "") -> None:
        """Adds a row; a span without an end is a point of time. Rows without anything in these days are left out.

        Deadlines after the end of a year are marked at its edge: the last return of a year is due in the next one.
        """
        shown = self.span
        inside = [span for span in spans if span[0] <= shown.last and (span[1] or span[0]) >= shown.first]
        is_whole_year = kind == "deadline" and shown.columns == "months"
        later = [span for span in spans if is_whole_year and span[0] > shown.last]
        if not inside and not later:
            return
        bars = (
            *(self._bar(kind, first, last, title) for first, last, title in inside),
            *(self._bar("later", first, None, title) for first, _last, title in later),
        )
        firsts, lasts = [span[0] for span in inside + later], [span[1] or span[0] for span in inside + later]
        self.lines.append(
            Line(
                kind=kind,
                label=label,
                bars=bars,
                y=HEAD_HEIGHT + self.scale.row_height * len(self.lines),
                first=min(firsts),
                last=max(lasts),
                note=note,
                scale=self.scale,
            )
        )

    def _bar(self, kind: str, first: dt.date, last: dt.date | None, title: str) -> Bar:
        start = self.x(first)
        width = 0.0 if last is None else round(self.x(last + dt.timedelta(days=1)) - start, 1)
        if kind == "standing":
            width = max(round(width - 2, 1), 1.0)  # quarters stand beside one another
        return Bar(x=start, width=width, kind=kind, title=title, first=first, last=last)


def in_parts(drawn: Timeline, *, rows: int) -> list[Timeline]:
    """The same rows as several drawings of the same days, none longer than `rows` and all about alike."""
    each = math.ceil(len(drawn.lines) / math.ceil(len(drawn.lines) / rows)) if drawn.lines else rows
    return _cut(drawn, range(each, len(drawn.lines), each))


def on_sheets(drawn: Timeline, *, rows: int, fewest: int) -> list[Timeline]:
    """The same rows as drawings that fill their sheets of paper; below the last, of `fewest` rows or more, stands the
    table."""
    count = len(drawn.lines)
    ends = list(range(rows, count, rows))
    if ends and count - ends[-1] < fewest:
        ends[-1] = count - fewest
    return _cut(drawn, ends)


def _cut(drawn: Timeline, ends: Iterable[int]) -> list[Timeline]:
    """The rows up to each end, as drawings of the same days."""
    parts = []
    for start, end in pairwise([0, *ends, len(drawn.lines)]) if drawn.lines else ():
        part = replace(drawn, lines=[])
        for line in drawn.lines[start:end]:
            part.add(line.kind, line.label, [(bar.first, bar.last, bar.title) for bar in line.bars], note=line.note)
        parts.append(part)
    return parts


def redrawn(drawn: Timeline, scale: Scale) -> Timeline:
    """The same rows and days in other measures."""
    other = empty(drawn.year, drawn.language, span=drawn.span, scale=scale)
    for line in drawn.lines:
        other.add(line.kind, line.label, [(bar.first, bar.last, bar.title) for bar in line.bars], note=line.note)
    if drawn.today_x is not None:
        passed = (drawn.today_x - drawn.scale.label_width) / drawn.scale.day_width
        other.today_x = round(scale.label_width + round(passed) * scale.day_width, 1)
    return other


def from_spans(
    year: int, language: str, lines: Iterable[tuple[str, str, Sequence[tuple[dt.date, dt.date | None, str]], str]]
) -> Timeline:
    """The timeline of rows that were kept: kind, label, spans, note. It has no line for today."""
    drawn = empty(year, language)
    for kind, label, spans, note in lines:
        drawn.add(kind, label, spans, note=note)
    return drawn


def empty(year: int, language: str, *, span: Span | None = None, scale: Scale | None = None) -> Timeline:
    """A drawing with its head and no rows yet."""
    shown = span or year_span(year)
    drawn = Timeline(year=year, language=language, span=shown, scale=scale or wide_scale(shown))
    starts = [day for day in _days(shown) if day == shown.first or _begins(day, _columns(drawn))]
    for first, after in pairwise([*starts, shown.last + dt.timedelta(days=1)]):
        x, width = drawn.x(first), round(drawn.x(after) - drawn.x(first), 1)
        drawn.months.append(Month(x=x, width=width, text=_words(drawn, first, width)))
    return drawn


def _days(span: Span) -> Iterable[dt.date]:
    return (span.first + dt.timedelta(days=number) for number in range(span.days))


def _columns(drawn: Timeline) -> str:
    """A narrow drawing has room for columns of the next larger kind only."""
    if drawn.scale.name == "wide" or drawn.span.columns == "months":
        return drawn.span.columns
    return {"weeks": "months", "days": "weeks"}[drawn.span.columns]


def _begins(day: dt.date, columns: str) -> bool:
    return {"months": day.day == 1, "weeks": day.weekday() == 0, "days": True}[columns]


def _words(drawn: Timeline, first: dt.date, width: float) -> str:
    columns = _columns(drawn)
    if columns == "months":
        name = wording.date_format_in(first, "F", drawn.language)
        return name if width >= 2 * LEAST_COLUMN else name[:1].upper()
    if columns == "weeks" and drawn.scale.name == "wide":
        words = wording.date_format_in(first, "j M", drawn.language) if width >= LEAST_COLUMN else ""
        return words.lower() if drawn.language == "ru" else words
    return str(first.day)
