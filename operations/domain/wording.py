"""How a number, a sum of money, a share or a date reads in a given language.

A page follows the reader's language, a document follows its own: an English edition drawn up by a
Russian-speaking officer still has English numbers. So every function here takes the language as an argument
and none looks at the active one. Pages, charts, spreadsheets and PDF all call these, which is why one figure
never has two spellings.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext, pgettext

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"
MOSCOW = ZoneInfo("Europe/Moscow")

_GROUP = {"ru": NO_BREAK_SPACE, "en": ","}
_DECIMAL = {"ru": ",", "en": "."}

#: Digits after the decimal point in a currency's minor unit (ISO 4217); every other currency here has two.
_MINOR_DIGITS = {"JPY": 0, "KRW": 0}


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Translate everything inside into the document's language, whatever the reader's is."""
    with translation.override(language):
        yield


def number_text(value: int, *, language: str, scale: int = 0, signed: bool = False) -> str:
    """An integer with its digits in groups; `scale` of its digits stand after the decimal point.

    Four-digit numbers are grouped too: the columns of a table have to line up. With `signed` a change shows
    its direction: +5, −5, 0.
    """
    digits = str(abs(value)).rjust(scale + 1, "0")
    whole, fraction = (digits[:-scale], digits[-scale:]) if scale else (digits, "")
    text = f"{int(whole):,}".replace(",", _GROUP[language])
    if fraction:
        text = f"{text}{_DECIMAL[language]}{fraction}"
    if value < 0:
        return f"{MINUS}{text}"
    return f"+{text}" if signed and value > 0 else text


def minor_digits(currency: str | None) -> int:
    """How many digits of an amount in minor units stand after the decimal point."""
    return _MINOR_DIGITS.get(currency or "", 2)


def money_text(minor: int, *, currency: str | None, language: str, signed: bool = False) -> str:
    """An amount given in minor units, with its currency's code: «1 234,50 RUB».

    A round amount is written without its empty decimals, as the sources write it; the code stands after the
    amount in both languages because a column may hold several currencies.
    """
    scale = minor_digits(currency)
    unit = 10**scale
    if scale and minor % unit == 0:
        minor, scale = minor // unit, 0
    text = number_text(minor, language=language, scale=scale, signed=signed)
    return f"{text}{NO_BREAK_SPACE}{currency}" if currency else text


def percent_text(tenths: int, *, language: str, signed: bool = False) -> str:
    """A percentage given in tenths of a percent, without the sign: «12,3»."""
    return number_text(tenths, language=language, scale=1, signed=signed)


def qualified_text(qualifier: str, text: str, *, language: str) -> str:
    """A number as its source states it: more than, less than, about, or exactly (`eq`)."""
    with in_language(language):
        if qualifier == "gt":
            return pgettext("number", "more than %(number)s") % {"number": text}
        if qualifier == "lt":
            return pgettext("number", "less than %(number)s") % {"number": text}
        if qualifier == "approx":
            return pgettext("number", "about %(number)s") % {"number": text}
    return text


def share_text(reported: int, expected: int, *, language: str, currency: str = "") -> str:
    """«5 из 6», and a dash where nothing was expected: nothing of nothing is no share. Amounts are in minor units."""
    if expected == 0:
        return "—"
    if currency:
        part = money_text(reported, currency=None, language=language)
        whole = money_text(expected, currency=currency, language=language)
    else:
        part, whole = number_text(reported, language=language), number_text(expected, language=language)
    with in_language(language):
        return pgettext("share", "%(reported)s of %(expected)s") % {"reported": part, "expected": whole}


def date_text(value: dt.date | dt.datetime | str, *, language: str) -> str:
    """«15 ноября 2026 г.» or “15 November 2026”; a moment is dated by Moscow, whose date decides here."""
    day = _moment(value)
    if isinstance(day, dt.datetime):
        day = day.astimezone(MOSCOW).date() if day.tzinfo else day.date()
    if language == "ru":
        return f"{date_format_in(day, 'j E Y', language)}{NO_BREAK_SPACE}г."
    return date_format_in(day, "j F Y", language)


def moment_text(value: dt.datetime | str, *, language: str) -> str:
    """A date with the Moscow time: «15 ноября 2026 г., 14:05 (МСК)»."""
    moment = _moment(value)
    if not isinstance(moment, dt.datetime):
        return date_text(moment, language=language)
    if moment.tzinfo is None:
        raise ValueError("a moment without an offset has no Moscow time")
    with in_language(language):
        zone = gettext("Moscow time")
    return f"{date_text(moment, language=language)}, {moment.astimezone(MOSCOW):%H:%M} ({zone})"


def short_date_text(value: dt.date | dt.datetime | str, *, language: str) -> str:
    """«15.11.2026» in Russian, “2026-11-15” in English: no reader mistakes the month for the day.

    Of a month or a year that a source names without the day, no more is said: «12.2024», “2024”.
    """
    if isinstance(value, str) and len(value) <= len("2024-12"):
        return ".".join(reversed(value.split("-"))) if language == "ru" else value
    day = _moment(value)
    if isinstance(day, dt.datetime):
        day = day.astimezone(MOSCOW).date() if day.tzinfo else day.date()
    return f"{day:%d.%m.%Y}" if language == "ru" else day.isoformat()


def date_format_in(day: dt.date, pattern: str, language: str) -> str:
    """Django's date pattern with the month named in `language` (E: the genitive that Russian dates want)."""
    with translation.override(language):
        return date_format(day, pattern, use_l10n=False)


def _moment(value: dt.date | dt.datetime | str) -> dt.date | dt.datetime:
    if not isinstance(value, str):
        return value
    return dt.datetime.fromisoformat(value) if "T" in value else dt.date.fromisoformat(value)
