"""A forecast as blocks, for page and report alike: the fan with its table, how it was made, and how it did."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from operations.domain.wording import share_text
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both, decimal, missing, number, share, words
from reports.domain.flow_periods import SEASON, Slot
from reports.domain.flow_series import FlowPoint, FlowSeries
from reports.domain.forecasting import LEVELS, Method
from reports.domain.forecasts import Account, account_of, said_by
from reports.domain.texts import date_in_both, indicator_name, state_name, worded
from reports.models import Forecast, Frequency

ACTUAL = both(ru="Факт", en="Actual")
FORECAST = both(ru="Прогноз", en="Forecast")
PERIOD = both(ru="Период", en="Period")
CROSSINGS = both(ru="пересечений границы", en="crossings")
ALL_STATES = both(ru="все государства", en="all states")
_BOUNDS = (("low", both(ru="от", en="from")), ("high", both(ru="до", en="to")))


def place_name(series: FlowSeries | Forecast) -> Text:
    return state_name(series.state) if series.state is not None else ALL_STATES


def fan_block(series: FlowSeries, forecast: Forecast | None, *, id: str, seasons: int | None = None) -> Block | None:
    """The fan: the last `seasons` years before the forecast (or all), and the forecast. None for an empty series."""
    if not series.points:
        return None
    said = dict(said_by(forecast)) if forecast is not None else {}
    came = {point.slot: point for point in series.points}
    slots = sorted({*came, *said})
    if seasons is not None and said:
        first = min(said).after(-seasons * SEASON[Frequency(series.frequency)])
        slots = [slot for slot in slots if slot >= first]
    name, place = indicator_name(series.indicator), place_name(series)
    title = both(ru=f"{name['ru']}, {place['ru']}", en=f"{name['en']}, {place['en']}")
    return blocks.chart(
        id=id,
        kind="fan",
        caption=title,
        alt=_alt(title, slots, forecast),
        unit=CROSSINGS,
        stub=PERIOD,
        categories=[slot.label for slot in slots],
        series=[
            blocks.series(name=ACTUAL, cells=[_came(came.get(slot)) for slot in slots]),
            blocks.series(name=FORECAST, cells=[_said(said.get(slot), "value") for slot in slots]),
            *(
                blocks.series(
                    name=both(ru=f"{level} %, {words['ru']}", en=f"{level} %, {words['en']}"),
                    cells=[_said(said.get(slot), f"{end}{level}") for slot in slots],
                )
                for level in LEVELS
                for end, words in _BOUNDS
            ),
        ],
        marks=_marks(series, slots),
    )


def _alt(title: Text, slots: Sequence[Slot], forecast: Forecast | None) -> Text:
    first, last = slots[0].name, slots[-1].name
    ru = f"{title['ru']}: с {first['ru']} по {last['ru']}"
    en = f"{title['en']}: from {first['en']} to {last['en']}"
    if forecast is not None:
        ru, en = f"{ru}, с прогнозом и интервалами 80 и 95 %", f"{en}, with the forecast and its 80 and 95 % intervals"
    return both(ru=ru, en=en)


def _marks(series: FlowSeries, slots: Sequence[Slot]) -> list[tuple[int, Text]]:
    """Breaks of the series, and the seam where returns follow what was entered."""
    found = [
        (place, words)
        for day, words in series.breaks
        for place, slot in enumerate(slots)
        if slot.start <= day <= slot.end
    ]
    if series.seam is not None and series.seam in slots:
        found.append((slots.index(series.seam), both(ru="далее по отчётам", en="from returns onwards")))
    return found


def _came(point: FlowPoint | None) -> Cell:
    return number(point.value) if point is not None and point.value is not None else missing("not_reported")


def _said(said: dict[str, int] | None, name: str) -> Cell:
    return number(said[name]) if said is not None else missing("blank")


def points_table(account: Account, *, id: str) -> Block:
    """What was said for each month or quarter, its intervals, and what came."""
    headings = [
        FORECAST,
        *(both(ru=f"{level} %, {w['ru']}", en=f"{level} %, {w['en']}") for level in LEVELS for _end, w in _BOUNDS),
        ACTUAL,
        both(ru="Отклонение", en="Difference"),
    ]
    names = ["value", *(f"{end}{level}" for level in LEVELS for end, _words in _BOUNDS)]
    return blocks.table(
        id=id,
        caption=both(ru="Прогноз и факт", en="Forecast and actual"),
        stub=PERIOD,
        columns=[blocks.column(heading=heading) for heading in headings],
        rows=[
            blocks.row(
                header=one.slot.name,
                cells=[
                    *(number(one.said[name]) for name in names),
                    number(one.came) if one.came is not None else missing("not_reported"),
                    number(one.error, signed=True) if one.error is not None else missing("blank"),
                ],
            )
            for one in account.outcomes
        ],
    )


def methods_table(forecast: Forecast, *, id: str) -> Block | None:
    """How the methods did in the backtest; None where the series was too short to try them."""
    tried = forecast.backtest["methods"]
    if not tried:
        return None
    chosen = both(ru="выбран", en="chosen")
    return blocks.table(
        id=id,
        caption=both(ru="Проверка методов на прошлых данных", en="Methods tried on the past"),
        stub=both(ru="Метод", en="Method"),
        columns=[
            blocks.column(heading=both(ru="MASE", en="MASE")),
            *(blocks.column(heading=both(ru=f"В интервале {n} %", en=f"Inside {n} %")) for n in LEVELS),
            blocks.column(heading=both(ru="Выбор", en="Choice"), kind="text"),
        ],
        rows=[
            blocks.row(
                header=worded(Method(method).label),
                cells=[
                    mase_cell(trial["mase"]),
                    *(share(*trial["covered"][str(level)]) for level in LEVELS),
                    words(chosen) if method == forecast.method else missing("blank"),
                ],
            )
            for method, trial in sorted(tried.items(), key=lambda one: Method.values.index(one[0]))
        ],
    )


def mase_cell(text: str | Decimal | None) -> Cell:
    """A scaled error with two decimals."""
    if text is None:
        return missing("blank")
    return decimal(int((Decimal(text) * 100).to_integral_value(ROUND_HALF_UP)), scale=2)


def made_by_text(forecast: Forecast) -> Text:
    """«Метод: … Прогноз составлен 01.03.2027 по 40 наблюдениям …»: what a reader has to know of a forecast."""
    method, made = worded(Method(forecast.method).label), date_in_both(forecast.made_at.date())
    first, last, many = forecast.series[0]["slot"], forecast.series[-1]["slot"], len(forecast.series)
    ru = f"Метод: {method['ru']}. Составлен {made['ru']} по ряду с {first} по {last} (наблюдений: {many})."
    en = f"Method: {method['en']}. Made on {made['en']} from the series {first} to {last} ({many} observations)."
    tried = forecast.backtest["methods"].get(forecast.method)
    if tried is None or tried["mase"] is None:
        ru += " Ряд короток для сравнения методов: взят сезонный наивный."
        en += " The series is too short to compare methods: the seasonal naive one is taken."
    else:
        covered = {level: tried["covered"][str(level)] for level in LEVELS}
        inside = {
            language: "; ".join(f"{level} %: {share_text(*covered[level], language=language)}" for level in LEVELS)
            for language in ("ru", "en")
        }
        mase = tried["mase"]
        ru += f" MASE в проверке на прошлых данных: {mase.replace('.', ',')}; попало в интервалы: {inside['ru']}."
        en += f" MASE in the backtest: {mase}; inside the intervals: {inside['en']}."
    return both(ru=ru, en=en)


def breaks_text(forecast: Forecast) -> Text | None:
    """Breaks within the series that the forecast saw."""
    if not forecast.breaks:
        return None
    return both(
        ru="Разрывы ряда. " + "; ".join(one["ru"] for one in forecast.breaks) + ".",
        en="Breaks of the series. " + "; ".join(one["en"] for one in forecast.breaks) + ".",
    )


def outcome_text(account: Account) -> Text | None:
    """How many of the points that came lay in the intervals."""
    if not account.came:
        return None
    counted = {
        language: [
            share_text(inside, account.came, language=language) for inside in (account.inside80, account.inside95)
        ]
        for language in ("ru", "en")
    }
    (ru80, ru95), (en80, en95) = counted["ru"], counted["en"]
    return both(
        ru=f"Из наступивших значений в интервал 80 % попало {ru80}, в интервал 95 % — {ru95}.",
        en=f"Of the values that came, {en80} lay inside 80 % and {en95} inside 95 %.",
    )


SYNTHETIC = both(
    ru="В ряду есть вымышленные данные демонстрации.", en="The series contains invented figures of the demonstration."
)
NEVER_IN_TOTALS = both(
    ru="Прогноз не является отчётным показателем и ни в какие итоги не входит.",
    en="A forecast is no reported figure and enters no total.",
)


def forecast_blocks(series: FlowSeries, forecast: Forecast, *, stem: str) -> list[Block]:
    """What a report prints of a forecast: the fan, what was said against what came, and how it was made."""
    account = account_of(forecast, series.points)
    fan = fan_block(series, forecast, id=f"chart-{stem}", seasons=3)
    notes = [made_by_text(forecast), breaks_text(forecast), outcome_text(account), NEVER_IN_TOTALS]
    if series.is_demonstration:
        notes.append(SYNTHETIC)
    table = points_table(account, id=f"table-{stem}")
    name, place = indicator_name(forecast.indicator), place_name(forecast)
    caption = both(
        ru=f"{name['ru']}, {place['ru']}: прогноз и факт", en=f"{name['en']}, {place['en']}: forecast and actual"
    )
    methods = methods_table(forecast, id=f"table-{stem}-methods")
    return [
        *([{**fan, "table_shown": False}] if fan is not None else []),
        {**table, "caption": dict(caption)},
        *([methods] if methods is not None else []),
        *(blocks.paragraph(text, style="note") for text in notes if text is not None),
    ]
