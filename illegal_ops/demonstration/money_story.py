"""Exchange rates of the demonstration: invented ones for the last day of every month, and one that was corrected."""

import datetime as dt
from calendar import monthrange
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from illegal_ops.demonstration.numbers import chance
from illegal_ops.demonstration.story import People, Story
from operations.domain.exchange_rates import add_rate, correct_rate
from operations.models import ExchangeRate

YEAR, MONTHS = 2026, range(1, 11)
#: About how many units one US dollar buys in the demonstration.
UNITS = {"AMD": 390, "BYN": 3, "KGS": 87, "KZT": 510, "RUB": 80, "TJS": 11}
SOURCE = "Демонстрация: вымышленный курс"


@dataclass(frozen=True)
class MoneyStory:
    """Whoever tells which rates were entered, and which one had to be corrected."""

    story: Story
    people: People

    def tell(self) -> None:
        for month in MONTHS:
            day = dt.date(YEAR, month, monthrange(YEAR, month)[1])
            self.story.on(day + dt.timedelta(days=3), 9, partial(self._enter, day))
        self.story.on(dt.date(YEAR, 8, 12), 10, self._correct)

    def _enter(self, day: dt.date, at: dt.datetime) -> None:
        for currency, about in UNITS.items():
            values = {"currency": currency, "day": day, "units_per_usd": _rate(currency, about, day), "source": SOURCE}
            add_rate(values=values, actor=self.people["planner"], at=at)

    def _correct(self, at: dt.datetime) -> None:
        rate = ExchangeRate.objects.get(currency="KZT", day=dt.date(YEAR, 6, 30), is_superseded=False)
        values = {"units_per_usd": rate.units_per_usd + Decimal("1.5"), "source": f"{SOURCE}, уточнено"}
        correct_rate(rate=rate, values=values, actor=self.people["planner"], at=at)


def _rate(currency: str, about: int, day: dt.date) -> Decimal:
    """Up to three percent to each side of the usual, in four decimals."""
    share = Decimal(970_000 + chance("rate", currency, day) * 60_000 // 1_000_000) / 1_000_000
    return (about * share).quantize(Decimal("0.0001"))
