"""Published figures that headquarters add with their source, and correct.

A figure is kept as its source states it: with its qualifier, in the source's unit, over the source's dates, which may
be open. What it is part of, and what it repeats, is said with it, so that it never enters a sum twice. Figures of the
reference data are corrected there; one that headquarters added wrongly is replaced by a new one: the old one stays, is
shown struck out with what replaced it, and counts nowhere.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit, creation, entry, machine
from operations.domain.access import ANY_HEADQUARTERS
from operations.domain.entry import Entry, Refused
from operations.domain.errors import BadInput, Problem
from operations.domain.moments import moscow_date
from operations.domain.transitions import Attempt, Transition, Workflow
from operations.models import Indicator, MemberState, PublishedFigure, Qualifier, User
from reports.domain.units import UNITS

Kind, Scope, Coverage = PublishedFigure.PeriodKind, PublishedFigure.Scope, PublishedFigure.Coverage
ORGANISATION = {"ru": "ОДКБ", "en": "CSTO"}
REGION_CODE = "CSTO"
FIRST_YEAR = 1992
CURRENCY = "currency"
_VALUE = re.compile(r"([0-9]{1,16})(?:[.,]([0-9]{1,2}))?")
_GROUPS = re.compile(r"[0-9]{1,3}(?:[  \u202f][0-9]{3})+(?:[.,][0-9]{1,2})?")
_AMBIGUOUS = re.compile(r"[0-9]{1,3}[.,][0-9]{3}")
_CURRENCY = re.compile(r"[A-Z]{3}")


def _value(value: Any) -> Decimal | None:
    """A number that is not negative, with two decimals at most; groups of three may stand apart."""
    if value in (None, ""):
        return None
    typed = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if _AMBIGUOUS.fullmatch(typed):
        raise Refused("ambiguous_number", _("This could be two numbers. Write thousands with a space: 1 234."))
    if _GROUPS.fullmatch(typed):
        typed = re.sub(r"[  \u202f]", "", typed)
    if not _VALUE.fullmatch(typed):
        raise Refused("bad_number", _("Enter a number as the source states it, for example 1 234 or 0.5."))
    return Decimal(typed.replace(",", "."))


def _unit(value: Any) -> str:
    if value in (None, ""):
        return ""
    if value not in UNITS:
        raise Refused("unknown_choice", _("This is not one of the choices."))
    return str(value)


def _currency(value: Any) -> str:
    if value in (None, ""):
        return ""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value.strip()):
        raise Refused("unknown_currency", _("Give the code of a currency, for example RUB or USD."))
    return value.strip()


_YEAR = entry.whole(least=FIRST_YEAR, most=entry.LAST_YEAR)
_FIGURE = entry.row_of(PublishedFigure.objects.standing)


def _line(longest: int) -> entry.Taker:
    return entry.text(longest=longest, single_line=True)


ENTRIES = (
    Entry(name="indicator", take=entry.row_of(Indicator.objects.all)),
    Entry(name="label_ru", take=_line(300), is_required=True),
    Entry(name="label_en", take=_line(300), is_required=True),
    Entry(name="qualifier", take=entry.choice(Qualifier), is_required=True),
    Entry(name="value", take=_value, is_required=True),
    Entry(name="unit", take=_unit, is_required=True),
    Entry(name="currency", take=_currency),
    Entry(name="scope", take=entry.choice(Scope), is_required=True),
    Entry(name="state", take=entry.row_of(MemberState.objects.all)),
    Entry(name="place_ru", take=_line(120)),
    Entry(name="place_en", take=_line(120)),
    Entry(name="period_kind", take=entry.choice(Kind), is_required=True),
    Entry(name="year_from", take=_YEAR, is_required=True),
    Entry(name="year_to", take=_YEAR),
    Entry(name="date_from", take=entry.day),
    Entry(name="date_to", take=entry.day),
    Entry(name="period_ru", take=_line(100)),
    Entry(name="period_en", take=_line(100)),
    Entry(name="coverage", take=entry.choice(Coverage), is_required=True),
    Entry(name="part_of", take=_FIGURE),
    Entry(name="duplicate_of", take=_FIGURE),
    Entry(name="status", take=entry.choice(PublishedFigure.Status)),
    Entry(name="source_title", take=_line(300), is_required=True),
    Entry(name="source_url", take=entry.web_address),
    Entry(name="source_date", take=_line(100)),
    Entry(name="note", take=entry.text(longest=2000)),
)
NAMES = tuple(one.name for one in ENTRIES)
_NULLABLE = frozenset({"indicator", "state", "year_to", "date_from", "date_to", "part_of", "duplicate_of"})


def _filled(columns: dict[str, Any]) -> dict[str, Any]:
    """What follows from the rest is filled in: the last year, the words for a whole year, the name of a state."""
    row = {**columns, "year_to": columns.get("year_to") or columns["year_from"]}
    row["status"] = row.get("status") or PublishedFigure.Status.PUBLISHED
    first, last, state = row["year_from"], row["year_to"], row.get("state")
    whole = {Kind.YEAR: str(first), Kind.MULTI_YEAR: f"{first}–{last}"}.get(row["period_kind"], "")
    place = ORGANISATION if row["scope"] == Scope.REGIONAL else {"ru": "", "en": ""}
    if row["scope"] == Scope.NATIONAL and state is not None:
        place = {"ru": state.short_ru, "en": state.short_en}
    for language in ("ru", "en"):
        row[f"period_{language}"] = row.get(f"period_{language}") or whole
        row[f"place_{language}"] = row.get(f"place_{language}") or place[language]
    row["region_code"] = "" if state is not None else REGION_CODE
    return row


# --- the rules of a figure ---


def _problems(row: Mapping[str, Any], *, itself: PublishedFigure | None, today: dt.date) -> Iterator[Problem]:
    yield from _period_problems(row, today)
    yield from _place_problems(row)
    if (row["unit"] == CURRENCY) != bool(row.get("currency")):
        message = _("Money has the unit “currency units” and the code of its currency; anything else has none.")
        yield Problem(code="currency", field="currency", message=message)
    if row.get("indicator") is None and row["coverage"] != Coverage.CONTEXT:
        message = _("Without an indicator a figure tells of the circumstances: its coverage is “Context”.")
        yield Problem(code="required", field="indicator", message=message)
    yield from _link_problems(row, itself)


def _period_problems(row: Mapping[str, Any], today: dt.date) -> Iterator[Problem]:
    first, last, kind = row["year_from"], row["year_to"], row["period_kind"]
    start, end = row.get("date_from"), row.get("date_to")
    if last < first:
        yield Problem(code="years", field="year_to", message=_("The last year is not before the first."))
    elif kind == Kind.MULTI_YEAR and first == last:
        yield Problem(code="years", field="year_to", message=_("Several years have a first and a last one."))
    elif kind not in (Kind.MULTI_YEAR, Kind.AS_OF) and first != last:
        yield Problem(code="years", field="year_to", message=_("This period lies within one year."))
    if last > today.year or (end is not None and end > today) or (start is not None and start > today):
        yield Problem(code="in_the_future", field="year_to", message=_("This period is still to come."))
    if start is not None and end is not None and end < start:
        yield Problem(code="dates", field="date_to", message=_("The last day is not before the first."))
    for name, day in (("date_from", start), ("date_to", end)):
        if day is not None and not first <= day.year <= max(first, last):
            yield Problem(code="dates", field=name, message=_("This day lies outside the years of the figure."))
    for language in ("ru", "en"):
        if not row[f"period_{language}"]:
            wanted = _("Say what the period is in the words of the source, for example “stage 2”.")
            yield Problem(code="required", field=f"period_{language}", message=wanted)


def _place_problems(row: Mapping[str, Any]) -> Iterator[Problem]:
    scope, state = row["scope"], row.get("state")
    if scope == Scope.REGIONAL and state is not None:
        yield Problem(code="scope", field="state", message=_("A regional figure is of no single state."))
    if scope in (Scope.NATIONAL, Scope.SUBNATIONAL, Scope.CITY) and state is None:
        yield Problem(code="required", field="state", message=_("Name the state that the figure is of."))
    for language in ("ru", "en"):
        if not row[f"place_{language}"] and not (scope == Scope.NATIONAL and state is None):
            yield Problem(code="required", field=f"place_{language}", message=_("Name the place."))


def _link_problems(row: Mapping[str, Any], itself: PublishedFigure | None) -> Iterator[Problem]:
    part_of, repeats = row.get("part_of"), row.get("duplicate_of")
    if part_of is not None and repeats is not None:
        message = _("A figure is part of another or repeats another, not both.")
        yield Problem(code="links", field="duplicate_of", message=message)
    for name, other in (("part_of", part_of), ("duplicate_of", repeats)):
        if other is None:
            continue
        if itself is not None and itself.pk in (other.pk, other.part_of_id, other.duplicate_of_id):
            yield Problem(code="links", field=name, message=_("This figure refers back to the one at hand."))
        elif other.indicator_id != getattr(row.get("indicator"), "pk", None) and name == "duplicate_of":
            message = _("A figure that repeats another is of the same indicator.")
            yield Problem(code="links", field=name, message=message)
    if repeats is None:
        same = _same_figure(row, itself)
        if same is not None:
            found = _("%(code)s says the same: name it as the figure that this one repeats.") % {"code": same.code}
            yield Problem(code="taken", field="duplicate_of", message=found)


def _same_figure(row: Mapping[str, Any], itself: PublishedFigure | None) -> PublishedFigure | None:
    names = ("indicator", "state", "scope", "place_ru", "year_from", "year_to", "period_kind", "value", "unit")
    found = PublishedFigure.objects.standing().filter(**{name: row.get(name) for name in names})
    found = found if itself is None else found.exclude(pk=itself.pk)
    return found.filter(date_from=row.get("date_from"), date_to=row.get("date_to")).order_by("code").first()


# --- entering and correcting ---


def _add(attempt: Attempt) -> None:
    row: PublishedFigure = attempt.subject
    row.added_by = attempt.actor
    row.save(force_insert=True)


def _was_added(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.added_by_id is None:
        message = _("This figure came with the reference data: it is corrected there.")
        yield Problem(code="reference_data", message=message)


def _stands(attempt: Attempt) -> Iterable[Problem]:
    if attempt.subject.replaced_by_id is not None:
        yield Problem(code="superseded", message=_("This has been corrected already: correct the newer one."))


def _right(attempt: Attempt) -> Iterable[Problem]:
    row: PublishedFigure = attempt.subject
    try:
        columns, _sets = entry.take(ENTRIES, attempt.given["values"], is_new=True)
    except BadInput as error:
        yield from error.problems
        return
    if not _changed(row, _whole(columns)):
        yield Problem(code="unchanged", message=_("Nothing differs from what is stored: change what was wrong."))
    yield from _problems(_filled(columns), itself=row, today=moscow_date(attempt.at))


def _whole(columns: dict[str, Any]) -> dict[str, Any]:
    """Every column of a figure: what was left out is empty, or follows from the rest."""
    empty = {name: None if name in _NULLABLE else "" for name in NAMES if name not in columns}
    return _filled({**empty, **columns})


def _changed(row: PublishedFigure, said: Mapping[str, Any]) -> dict[str, list[str]]:
    """By column what the figure said and what it is to say."""
    return {
        name: [_plain(getattr(row, name)), _plain(value)] for name, value in said.items() if getattr(row, name) != value
    }


def _replace(attempt: Attempt) -> PublishedFigure:
    """The new figure takes the old one's place, also as the whole or the original of others."""
    old: PublishedFigure = attempt.subject
    columns, _sets = entry.take(ENTRIES, attempt.given["values"], is_new=True)
    said = _whole(columns)
    audit.take_chain_lock()  # from here on nobody else takes the next code
    fresh = PublishedFigure(code=_next_code(), added_by=attempt.actor, **said)
    fresh.save(force_insert=True)
    old.replaced_by = fresh
    old.save(update_fields=["replaced_by"])
    for link in ("part_of", "duplicate_of"):
        PublishedFigure.objects.standing().filter(**{link: old}).update(**{link: fresh})
    attempt.noted.update(changed=_changed(old, said), by=fresh.code)
    return fresh


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


WORKFLOW = Workflow(
    PublishedFigure,
    Transition(name="create", label=_("Add a published figure"), who=ANY_HEADQUARTERS, effect=_add),
    Transition(
        name="correct",
        label=_("Correct the published figure"),
        who=ANY_HEADQUARTERS,
        needs=(_was_added, _stands),
        asks=(_right,),
        effect=_replace,
    ),
    status_field="",
)


def add_figure(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> PublishedFigure:
    """Adds a figure under the next code of headquarters (H001, …). `values` by `NAMES`; `NotAllowed`, `BadInput`."""
    creation.ensure_allowed(PublishedFigure(), actor=actor, at=at)
    columns, _sets = entry.take(ENTRIES, values, is_new=True)
    row = _filled(columns)
    problems = list(_problems(row, itself=None, today=moscow_date(at)))
    if problems:
        raise BadInput(problems)
    with transaction.atomic():
        audit.take_chain_lock()  # from here on nobody else takes the next code
        figure = PublishedFigure(code=_next_code(), **row)
        said = {name: _plain(value) for name, value in row.items()}
        return creation.create(figure, actor=actor, at=at, **said)


def correct_figure(
    *, figure: PublishedFigure, values: Mapping[str, Any], actor: User, at: dt.datetime
) -> PublishedFigure:
    """The figure that takes the place of one that headquarters added wrongly. `values` as for `add_figure`."""
    fresh: PublishedFigure = machine.perform(figure, "correct", actor=actor, at=at, values=dict(values))
    return fresh


def _next_code() -> str:
    codes = PublishedFigure.objects.filter(code__startswith="H").values_list("code", flat=True)
    return f"H{max((int(code[1:]) for code in codes), default=0) + 1:03}"
