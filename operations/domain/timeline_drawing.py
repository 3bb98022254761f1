"""The geometry of a timeline: rows of bars on a scale of days, in units of the drawing.

It knows no row of the database, so that the page and the process that draws documents have the very same picture.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from operations.domain import wording

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
        return Bar(x=start, width=width, kind=kind, title=title, first=first, last=last)


def in_parts(drawn: Timeline, *, rows: int) -> list[Timeline]:
    """The same rows as several drawings of the year, none longer than `rows`: for sheets of paper."""
    parts = []
    for start in range(0, len(drawn.lines), rows):
        part = Timeline(year=drawn.year, language=drawn.language, months=drawn.months, today_x=drawn.today_x)
        for line in drawn.lines[start : start + rows]:
            part.add(line.kind, line.label, [(bar.first, bar.last, bar.title) for bar in line.bars], note=line.note)
        parts.append(part)
    return parts


def from_spans(
    year: int, language: str, lines: Iterable[tuple[str, str, Sequence[tuple[dt.date, dt.date | None, str]], str]]
) -> Timeline:
    """The timeline of rows that were kept: kind, label, spans, note. It has no line for today."""
    drawn = Timeline(year=year, language=language)
    add_months(drawn)
    for kind, label, spans, note in lines:
        drawn.add(kind, label, spans, note=note)
    return drawn


def add_months(drawn: Timeline) -> None:
    for month in range(1, 13):
        first = dt.date(drawn.year, month, 1)
        after = dt.date(drawn.year + month // 12, month % 12 + 1, 1)
        x = drawn.x(first)
        drawn.months.append(
            Month(x=x, width=round(drawn.x(after) - x, 1), text=wording.date_format_in(first, "F", drawn.language))
        )
