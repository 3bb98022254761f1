"""Months and quarters as the flows count them: their first and last days, how they are written, what comes next."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Self

from operations.domain.wording import date_format_in
from reports.domain.cells import Text, both, same
from reports.domain.texts import roman
from reports.models import Frequency

#: How many of them make a year, the season of a series.
SEASON = {Frequency.MONTH: 12, Frequency.QUARTER: 4}
_WRITTEN = re.compile(r"([0-9]{4})-(?:([0-9]{2})|[QqКк]([1-4]))")


@dataclass(frozen=True, order=True)
class Slot:
    """A month or a quarter: its first day, and how many months it has."""

    start: dt.date
    months: int

    @classmethod
    def of(cls, start: dt.date, end: dt.date) -> Self | None:
        """The month or quarter that these days are; None for any other stretch."""
        for months in (1, 3):
            slot = cls(start, months)
            if start.day == 1 and (start.month - 1) % months == 0 and slot.end == end:
                return slot
        return None

    @classmethod
    def written(cls, text: str, frequency: str) -> Self | None:
        """`2024-05` of a monthly series, `2024-Q2` of a quarterly one; None for anything else."""
        found = _WRITTEN.fullmatch(text.strip())
        if found is None:
            return None
        year, month, quarter = int(found[1]), found[2], found[3]
        if not 1990 <= year <= 2100 or (frequency == Frequency.MONTH) != (month is not None):
            return None
        if month is not None:
            return cls(dt.date(year, int(month), 1), 1) if 1 <= int(month) <= 12 else None
        return cls(dt.date(year, 3 * int(quarter) - 2, 1), 3)

    @property
    def end(self) -> dt.date:
        return self.after(1).start - dt.timedelta(days=1)

    @property
    def quarter(self) -> "Slot":
        """The quarter that a month lies in."""
        return Slot(dt.date(self.start.year, self.start.month - (self.start.month - 1) % 3, 1), 3)

    @property
    def code(self) -> str:
        """`2024-05`, `2024-Q2`: as it is typed and as the interface writes it."""
        if self.months == 1:
            return f"{self.start:%Y-%m}"
        return f"{self.start.year}-Q{(self.start.month + 2) // 3}"

    @property
    def name(self) -> Text:
        """«май 2024», «II кв. 2024»."""
        year = self.start.year
        if self.months == 1:
            month = {language: date_format_in(self.start, "F", language) for language in ("ru", "en")}
            return both(ru=f"{month['ru']} {year}", en=f"{month['en']} {year}")
        quarter = (self.start.month + 2) // 3
        return both(ru=f"{roman(quarter)} кв. {year}", en=f"Q{quarter} {year}")

    @property
    def label(self) -> Text:
        """What stands on an axis: short, and alike in both languages for a month."""
        if self.months == 1:
            return same(f"{self.start:%m.%Y}")
        return self.name

    def after(self, steps: int) -> "Slot":
        month = self.start.year * 12 + self.start.month - 1 + steps * self.months
        return Slot(dt.date(month // 12, month % 12 + 1, 1), self.months)


def slots_between(first: Slot, last: Slot) -> list[Slot]:
    """All of them from the first to the last."""
    found = [first]
    while found[-1] < last:
        found.append(found[-1].after(1))
    return found
