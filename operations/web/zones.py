"""Clocks: a deadline by Moscow's clock and the reader's own, and the time zones that a reader may choose."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

from operations.domain import wording

#: The zones of the member states, from UTC+2 to UTC+12, each with the cities that it is known by.
ZONES = {
    "Europe/Kaliningrad": gettext_lazy("Kaliningrad"),
    "Europe/Minsk": gettext_lazy("Minsk"),
    "Europe/Moscow": gettext_lazy("Moscow, Saint Petersburg"),
    "Asia/Yerevan": gettext_lazy("Yerevan"),
    "Europe/Samara": gettext_lazy("Samara, Izhevsk"),
    "Asia/Almaty": gettext_lazy("Astana, Almaty"),
    "Asia/Dushanbe": gettext_lazy("Dushanbe"),
    "Asia/Yekaterinburg": gettext_lazy("Yekaterinburg"),
    "Asia/Bishkek": gettext_lazy("Bishkek"),
    "Asia/Omsk": gettext_lazy("Omsk"),
    "Asia/Novosibirsk": gettext_lazy("Novosibirsk, Krasnoyarsk"),
    "Asia/Irkutsk": gettext_lazy("Irkutsk, Ulan-Ude"),
    "Asia/Yakutsk": gettext_lazy("Yakutsk, Chita"),
    "Asia/Vladivostok": gettext_lazy("Vladivostok, Khabarovsk"),
    "Asia/Magadan": gettext_lazy("Magadan, Yuzhno-Sakhalinsk"),
    "Asia/Kamchatka": gettext_lazy("Petropavlovsk-Kamchatsky, Anadyr"),
}


def offset_text(value: dt.datetime) -> str:
    """How far a moment's clock is from UTC: «UTC+5», “UTC+5:30”."""
    minutes = int((value.utcoffset() or dt.timedelta()).total_seconds()) // 60
    sign = wording.MINUS if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{sign}{hours}:{rest:02}" if rest else f"UTC{sign}{hours}"


def zone_choices(chosen: str, *, at: dt.datetime) -> list[tuple[str, str]]:
    """The zones from west to east as `(name, words)`; a zone that the reader has and nobody else stays among them."""
    words = {name: str(cities) for name, cities in ZONES.items()}
    if chosen and chosen not in words:
        words[chosen] = chosen.rpartition("/")[2].replace("_", " ")
    clocks = {name: at.astimezone(ZoneInfo(name)) for name in words}
    ordered = sorted(words, key=lambda name: (clocks[name].utcoffset() or dt.timedelta(), words[name]))
    return [(name, f"{offset_text(clocks[name])} – {words[name]}") for name in ordered]


def deadline(value: dt.datetime, *, language: str) -> SafeString:
    """For tables: a deadline by Moscow's clock, by which it counts, and under it the reader's where that differs."""
    here, moscow = timezone.localtime(value), value.astimezone(wording.MOSCOW)
    zone = gettext("MSK")
    text = format_html(
        '<time datetime="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        short(moscow, language=language, zone=zone),
    )
    if here.utcoffset() == moscow.utcoffset():
        return text
    own = short(here, language=language, zone=offset_text(here))
    return format_html('{}<br><span class="ops-muted">{}</span>', text, own)


def short(value: dt.datetime, *, language: str, zone: str = "") -> SafeString:
    """A short date and the time, for tables. A narrow column may break between the two, and nowhere within them."""
    date = wording.short_date_text(value.date(), language=language)
    time = f"{value:%H:%M}{wording.NO_BREAK_SPACE}{zone}" if zone else f"{value:%H:%M}"
    return format_html('<span class="ops-whole">{}</span> <span class="ops-whole">{}</span>', date, time)
