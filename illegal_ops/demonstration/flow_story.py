"""The flows of the demonstration: seven invented years by quarter, and what was forecast of them.

The years before the returns are entered as if from a source, marked as demonstration; a forecast is made when the year
begins and another when three quarters of it have come.
"""

import datetime as dt
from dataclasses import dataclass

from illegal_ops.demonstration.numbers import SIZES, WEIGHTS, chance
from illegal_ops.demonstration.story import People, Story
from operations.models import Indicator
from reports.domain.flow_observations import enter_observations
from reports.domain.flow_series import INDICATORS
from reports.domain.forecasts import make_forecast
from reports.models import Frequency

YEARS = range(2019, 2026)
#: Per mille of a usual quarter: more in spring and summer, least in winter.
SEASONS = (820, 1080, 1170, 930)
#: What a break left of a quarter, per mille; everything else is as usual.
BROKEN = {
    (2020, 2): 220, (2020, 3): 310, (2020, 4): 420, (2021, 1): 560, (2021, 2): 700, (2021, 3): 800, (2021, 4): 860,
    (2022, 1): 900, (2022, 2): 760, (2022, 3): 820, (2022, 4): 880,
}  # fmt: skip
SOURCE = "Демонстрация: вымышленные данные"


@dataclass(frozen=True)
class FlowStory:
    """Whoever tells what flows were before the returns, and what was expected of them."""

    story: Story
    people: People

    def tell(self) -> None:
        self.story.on(dt.date(2026, 1, 26), 11, self._enter)
        self.story.on(dt.date(2026, 1, 26), 12, self._forecast)
        self.story.on(dt.date(2026, 11, 9), 12, self._forecast)

    def _enter(self, at: dt.datetime) -> None:
        for code in INDICATORS:
            for state, weight in WEIGHTS.items():
                lines = [
                    f"{year}-Q{quarter} {_flow(code, state, weight, year, quarter)}"
                    for year in YEARS
                    for quarter in range(1, 5)
                ]
                values = {
                    "indicator": code,
                    "state": state,
                    "frequency": Frequency.QUARTER,
                    "lines": "\n".join(lines),
                    "source_title": SOURCE,
                }
                enter_observations(values=values, actor=self.people["planner"], at=at, is_demonstration=True)

    def _forecast(self, at: dt.datetime) -> None:
        for indicator in Indicator.objects.filter(code__in=INDICATORS):
            make_forecast(
                indicator=indicator, state=None, frequency=Frequency.QUARTER, actor=self.people["planner"], at=at
            )


def _flow(code: str, state: str, weight: int, year: int, quarter: int) -> int:
    usual = SIZES[code] * weight * SEASONS[quarter - 1] // 1000
    noise = 960 + chance("flow", code, state, year, quarter) * 80 // 1_000_000
    return usual * BROKEN.get((year, quarter), 1000) // 1000 * noise // 1000
