"""The template library `ops`: numbers, money, moments, names and the small parts that pages are built from.

Formatting itself is `operations.domain.wording`, which documents share; here it takes the reader's language
and time zone. Parts with markup of their own render a template of `templates/components/`, so that their
looks stay with the other templates. What they take is documented at the top of each component.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext

from operations.domain import jobs, period_names, wording
from operations.domain.marks import MARKS
from operations.domain.rich_text import plain_text
from operations.domain.transitions import workflows
from operations.models import Job
from operations.web import controls, rich_text, zones
from operations.web.signs import WORDS, sign_of

register = template.Library()

#: What the trail adds to the name of an act that was refused.
REFUSED = ".refused"
_TEXT_FIELDS = ("name", "title", "short", "text", "subject")


def reader_language() -> str:
    """The language the page is shown in; anything that is not English is Russian."""
    return "en" if (translation.get_language() or "ru").startswith("en") else "ru"


# --- numbers ---


@register.filter
def number(value: int | None) -> str:
    """1234567 → «1 234 567» or “1,234,567”; nothing for nothing."""
    return "" if value is None else wording.number_text(int(value), language=reader_language())


@register.filter
def signed(value: int | None) -> str:
    """A change with its direction: +5, −5, 0."""
    return "" if value is None else wording.number_text(int(value), language=reader_language(), signed=True)


@register.filter
def tenths(value: int | None, sign: str = "signed") -> str:
    """A score counted in tenths, with its sign: 35 → «+3,5»; `|tenths:"plain"` → «3,5»."""
    is_signed = sign == "signed"
    return "" if value is None else wording.number_text(value, language=reader_language(), scale=1, signed=is_signed)


@register.filter
def at(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What a mapping holds under a key that a row names; nothing where it holds nothing."""
    return mapping.get(key)


@register.filter
def money(minor: int | None, currency: str | None = None) -> str:
    """An amount in minor units: `{{ 123450|money:"RUB" }}` → «1 234,50 RUB»."""
    if minor is None:
        return ""
    return wording.money_text(int(minor), currency=currency, language=reader_language())


@register.simple_tag
def qualified(value: int, qualifier: str = "eq", currency: str | None = None) -> str:
    """A number as its source states it: «более 84 000 000 USD»."""
    language = reader_language()
    if currency:
        text = wording.money_text(int(value), currency=currency, language=language)
    else:
        text = wording.number_text(int(value), language=language)
    return wording.qualified_text(qualifier, text, language=language)


@register.simple_tag
def n_of_m(reported: int, expected: int) -> SafeString:
    """«5 из 6»; a dash where nothing was expected."""
    text = wording.share_text(int(reported), int(expected), language=reader_language())
    return format_html('<span class="ops-nm">{}</span>', text)


@register.simple_tag
def percent(part: int, whole: int) -> SafeString:
    """«5 из 6 (83,3 %)». The share is never shown without what it is a share of."""
    language = reader_language()
    text = wording.share_text(int(part), int(whole), language=language)
    if whole:
        share = wording.percent_text(_tenths(int(part), int(whole)), language=language)
        text = f"{text} ({share}{wording.NO_BREAK_SPACE}%)"
    return format_html('<span class="ops-nm">{}</span>', text)


def _tenths(part: int, whole: int) -> int:
    """Tenths of a percent, halves away from zero, in whole numbers only."""
    return (2000 * part + whole) // (2 * whole)


@register.simple_tag
def cell(value: int | None, state: str | None = None, currency: str | None = None) -> SafeString | str:
    """What a table's cell shows: the number, or the mark of why there is none, with its meaning in words."""
    if state in (None, "", "value"):
        # a template hands over "" for the attribute of a row that is not there
        if value not in (None, ""):
            return money(value, currency) if currency else number(value)
        state = "not_reported"
    mark = MARKS[str(state)]
    return format_html(
        '<abbr class="ops-mark" title="{}"><span aria-hidden="true">{}</span>'
        '<span class="govuk-visually-hidden">{}</span></abbr>',
        mark.meaning,
        mark.text(reader_language()),
        mark.meaning,
    )


# --- plural forms ---

_NOUNS = {
    "return": lambda n: ngettext("%(number)s return", "%(number)s returns", n),
    "state": lambda n: ngettext("%(number)s state", "%(number)s states", n),
    "measure": lambda n: ngettext("%(number)s measure", "%(number)s measures", n),
    "objective": lambda n: ngettext("%(number)s objective", "%(number)s objectives", n),
    "stage": lambda n: ngettext("%(number)s stage", "%(number)s stages", n),
    "figure": lambda n: ngettext("%(number)s figure", "%(number)s figures", n),
    "indicator": lambda n: ngettext("%(number)s indicator", "%(number)s indicators", n),
    "remark": lambda n: ngettext("%(number)s remark", "%(number)s remarks", n),
    "breach": lambda n: ngettext("%(number)s breach of a rule", "%(number)s breaches of rules", n),
    "query": lambda n: ngettext("%(number)s query", "%(number)s queries", n),
    "report": lambda n: ngettext("%(number)s report", "%(number)s reports", n),
    "source": lambda n: ngettext("%(number)s source", "%(number)s sources", n),
    "row": lambda n: ngettext("%(number)s row", "%(number)s rows", n),
    "error": lambda n: ngettext("%(number)s error", "%(number)s errors", n),
    "day": lambda n: ngettext("%(number)s day", "%(number)s days", n),
    "session": lambda n: ngettext("%(number)s session", "%(number)s sessions", n),
}


@register.filter
def counted(count: int, noun: str) -> str:
    """`{{ 5|counted:"return" }}` → «5 донесений»."""
    return _NOUNS[noun](int(count)) % {"number": wording.number_text(int(count), language=reader_language())}


# --- dates and moments ---


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """«15 ноября 2026 г.»; a moment by its Moscow date."""
    return "" if value is None else wording.date_text(value, language=reader_language())


@register.filter
def short_day(value: dt.date | dt.datetime | str | None) -> str:
    """«15.11.2026» or “2026-11-15”, for tables; also of a day, month or year as a source writes it."""
    return "" if value is None else wording.short_date_text(value, language=reader_language())


@register.simple_tag
def days(first: dt.date | None, last: dt.date | None) -> str:
    """A stretch of days, without saying a month or a year twice: «12–18 октября 2026 г.»."""
    if first is None or last is None:
        known = first or last
        return day(known) if known else ""
    if first == last:
        return day(first)
    language = reader_language()
    end = wording.date_text(last, language=language)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    if first.year == last.year:
        pattern = "j E" if language == "ru" else "j F"
        return f"{wording.date_format_in(first, pattern, language)} – {end}"
    return f"{wording.date_text(first, language=language)} – {end}"


@register.simple_tag
def moment(value: dt.datetime | None) -> SafeString | str:
    """A moment in the reader's zone, with Moscow time beside it where the two differ."""
    if value is None:
        return ""
    language = reader_language()
    here = timezone.localtime(value)
    moscow = value.astimezone(wording.MOSCOW)
    date = wording.date_text(here.date(), language=language)
    zone = gettext("Moscow time")
    if here.utcoffset() == moscow.utcoffset():
        text = f"{date}, {here:%H:%M} ({zone})"
    elif here.date() == moscow.date():
        text = f"{date}, {here:%H:%M} ({moscow:%H:%M} {zone})"
    else:
        moscow_date = wording.date_text(moscow.date(), language=language)
        text = f"{date}, {here:%H:%M} ({moscow_date}, {moscow:%H:%M} {zone})"
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text)


@register.simple_tag
def short_moment(value: dt.datetime | None) -> SafeString | str:
    """A moment for tables: short date and time by the reader's clock; the column's head names the zone."""
    if value is None:
        return ""
    text = zones.short(timezone.localtime(value), language=reader_language())
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), text)


@register.simple_tag
def deadline(value: dt.datetime | None) -> SafeString | str:
    """A deadline for tables, by Moscow's clock and the reader's own."""
    return "" if value is None else zones.deadline(value, language=reader_language())


# --- names in the reader's language ---


@register.filter
def label(thing: Any, field: str = "") -> str:
    """The text of `thing` in the reader's language: `{{ state|label }}`, `{{ operation|label:"title" }}`.

    Looks at `<field>_ru` / `<field>_en`, without a field at the usual names in turn, or at the keys of a
    mapping {"ru": …, "en": …}. A text that exists in one language only is shown rather than nothing.
    """
    if thing is None:
        return ""
    language = reader_language()
    other = "ru" if language == "en" else "en"
    if isinstance(thing, Mapping):
        return str(thing.get(language) or thing.get(other) or "")
    for stem in (field,) if field else _TEXT_FIELDS:
        if hasattr(thing, f"{stem}_{language}") or hasattr(thing, f"{stem}_{other}"):
            return str(getattr(thing, f"{stem}_{language}", "") or getattr(thing, f"{stem}_{other}", ""))
    if field:
        raise template.TemplateSyntaxError(f"{type(thing).__name__} has no {field}_{language}")
    return str(thing)


@register.filter
def period_name(period: Any) -> str:
    """«Этап 1, день 3» for a reporting period."""
    return period_names.period_name(period)


@register.filter
def return_name(period: Any) -> str:
    """«Итоговое донесение за этап 1» for the returns of a reporting period."""
    return period_names.return_name(period)


@register.filter
def act_label(act: str) -> str:
    """The words of an act of the audit trail, where a workflow names it: `plan.approve` → «Утвердить»."""
    name, is_refused = act.removesuffix(REFUSED), act.endswith(REFUSED)
    for workflow in workflows():
        for transition in workflow:
            if workflow.act_name(transition) == name:
                words = str(transition.label)
                return gettext("Refused: %(act)s") % {"act": words} if is_refused else words
    return act


@register.filter
def job_title(job: Job) -> str:
    """What people call a background job, with what tells it from others of its kind."""
    return jobs.title_of(job)


# --- long texts ---


@register.filter
def rich(text: str | None) -> SafeString:
    """A long text with its paragraphs, lists, emphasis and links; whatever else was typed is shown as text."""
    return rich_text.rich(text or "")


@register.filter
def plain(text: str | None) -> str:
    """A long text without its marks, for headings and for texts that are cut short."""
    return plain_text(text or "")


# --- parts with markup ---


@register.simple_tag
def icon(name: str) -> SafeString:
    """A symbol of icons.svg. It says nothing to a screen reader: words stand beside it."""
    return format_html(
        '<svg class="ops-icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons/icons.svg"),
        name,
    )


@register.simple_tag
def state_tag(code: str, words: str = "") -> str:
    """The tag of a state code; `words` defaults to the wording for states that follow from dates."""
    code = str(code)
    sign = sign_of(code)
    text = words or WORDS.get(code, code)
    return render_to_string("components/state.html", {"tone": sign.tone, "icon": sign.icon, "text": text})


@register.simple_tag
def state(subject: Any) -> str:
    """The tag of an object with a `status` (plan, submission, report, job, breach)."""
    return state_tag(subject.status, subject.get_status_display())


@register.simple_tag
def breadcrumbs(*parts: Any) -> str:
    """Pairs of label and address; a last label alone is this page: `{% breadcrumbs "Plan" url title %}`."""
    items = [
        {"label": label(parts[place]), "url": parts[place + 1] if place + 1 < len(parts) else ""}
        for place in range(0, len(parts), 2)
    ]
    return render_to_string("components/breadcrumbs.html", {"items": items})


@register.simple_block_tag
def table_region(content: str, label: str, tall: bool = False) -> SafeString:
    """A wide table scrolls inside a region that the keyboard can reach; `tall` also bounds its height."""
    return format_html(
        '<div class="ops-scroll{}" role="region" tabindex="0" aria-label="{}">{}</div>',
        " ops-scroll--tall" if tall else "",
        label,
        content,
    )


@register.simple_tag
def marks(*names: str) -> str:
    """The legend under a table: `{% marks "not_reported" "no_base" %}`, or the three usual marks."""
    chosen = names or ("not_reported", "not_applicable", "suppressed")
    return render_to_string("components/marks.html", {"marks": _legend(chosen)})


def _legend(names: Iterable[str]) -> list[dict[str, Any]]:
    language = reader_language()
    return [{"text": MARKS[name].text(language), "meaning": MARKS[name].meaning} for name in names]


@register.simple_tag
def short_hash(value: str, length: int = 12) -> str:
    """A short hash whose whole text opens on demand."""
    return render_to_string("components/hash.html", {"hash": value, "short": value[:length]})


@register.filter
def svg_only(markup: str) -> SafeString:
    """Our own server-drawn SVG without its XML declaration, so that it can stand inside a page."""
    start = markup.find("<svg")
    return mark_safe(markup[start:] if start >= 0 else "")  # noqa: S308 - drawn by the server, never by a user


# --- forms ---


@register.simple_tag
def control(field: BoundField, width: str = "", described_by: str = "") -> SafeString:
    """The input of a form field, with the classes and references that its kind needs."""
    return controls.control(field, width=width, described_by=described_by)


@register.filter
def control_kind(field: BoundField) -> str:
    return controls.kind(field)


@register.filter
def choices(field: BoundField) -> list[Any]:
    """The radios or checkboxes of a group, each with its classes."""
    return controls.choices(field)


@register.simple_tag(takes_context=True)
def problem_list(context: template.Context) -> list[controls.Problem]:
    """Every problem of the page's `form`, `forms`, `formset` and `problems`, for the error summary."""
    return controls.page_problems(context)


@register.filter
def title_prefix(problems: list[Any]) -> str:
    """What a page's title begins with when something has to be mended."""
    return pgettext("page title", "Error: ") if problems else ""
