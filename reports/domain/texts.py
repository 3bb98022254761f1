"""Texts in both languages from rows and from the catalogue of translations, as a snapshot keeps them."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from operations.domain.errors import Text as Message
from operations.domain.wording import date_format_in, in_language, short_date_text
from operations.models import Indicator, MemberState, PeriodKind, ReportingPeriod, Stage
from reports.domain.cells import Text, both, same

_ROMAN = {1: "I", 2: "II", 3: "III", 4: "IV", 5: "V", 6: "VI", 7: "VII", 8: "VIII"}


def worded(message: Message) -> Text:
    """A translated message in both languages."""
    with in_language("ru"):
        russian = str(message)
    with in_language("en"):
        return both(ru=russian, en=str(message))


def of_row(row: Any, stem: str) -> Text:
    """`<stem>_ru` and `<stem>_en` of a row; where one is empty the other stands in for it."""
    russian, english = getattr(row, f"{stem}_ru"), getattr(row, f"{stem}_en")
    return both(ru=russian or english, en=english or russian)


def of_content(texts: dict[str, str]) -> Text:
    """The same for the texts of a frozen plan."""
    return both(ru=texts["ru"] or texts["en"], en=texts["en"] or texts["ru"])


def joined(texts: Iterable[Text], *, by: str = ", ") -> Text:
    found = list(texts)
    return both(ru=by.join(one["ru"] for one in found), en=by.join(one["en"] for one in found))


def state_name(state: MemberState) -> Text:
    return both(ru=state.short_ru, en=state.short_en)


def indicator_name(indicator: Indicator) -> Text:
    return both(ru=indicator.name_ru, en=indicator.name_en)


def roman(number: int) -> str:
    return _ROMAN.get(number, str(number))


def stage_name(stage: Stage | int) -> Text:
    """«I этап», stage 1."""
    number = stage if isinstance(stage, int) else stage.number
    return both(ru=f"{roman(number)} этап", en=f"stage {number}")


def days_text(start: dt.date, end: dt.date | None) -> Text:
    """A stretch of days in short dates."""

    def one(language: str) -> str:
        last = short_date_text(end, language=language) if end else "…"
        return f"{short_date_text(start, language=language)} – {last}"

    return both(ru=one("ru"), en=one("en"))


def period_name(period: ReportingPeriod) -> Text:
    """A stage's period by its stage and kind, a quarter or a month by its name, else by its days."""
    if period.stage is not None:
        return joined([stage_name(period.stage), worded(PeriodKind(period.kind).label)])
    start, end = period.start_date, period.end_date
    months = (end.year - start.year) * 12 + end.month - start.month + 1
    if months == 3 and start.day == 1 and start.month % 3 == 1:
        quarter = start.month // 3 + 1
        return both(ru=f"{roman(quarter)} кв.", en=f"Q{quarter}")
    if months == 1 and start.day == 1:
        return both(ru=date_format_in(start, "F", "ru"), en=date_format_in(start, "F", "en"))
    return days_text(start, end)


def date_in_both(day: dt.date) -> Text:
    return both(ru=short_date_text(day, language="ru"), en=short_date_text(day, language="en"))


def number_sign(number: str) -> Text:
    """«№ 3», No. 3."""
    return both(ru=f"№ {number}", en=f"No. {number}")


NOTHING = same("—")
