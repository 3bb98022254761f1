"""Published figures under the reading rules: what may be added up, what stands beside what, and what is kept apart.

A published figure is shown as its source states it. It enters a sum only together with figures of the same scope and
place, the same indicator in the indicator's own unit and one currency, over periods that do not overlap, and only as a
total: never a part, a repetition, another operation's or a context figure. A sum is as vague as its vaguest addend.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

from operations.models import ContextEvent, PublishedFigure, Qualifier
from reports.domain.cells import Cell, Text, both, decimal, money, number
from reports.domain.source_notes import note_text
from reports.domain.units import unit_text

Coverage = PublishedFigure.Coverage
Status = PublishedFigure.Status


class WhyNot(models.TextChoices):
    """Why figures cannot be added up."""

    NOTHING = "nothing", _("There is nothing to add up.")
    SCOPE = "scope", _("The figures concern different places.")
    INDICATOR = "indicator", _("The figures are of different indicators.")
    UNIT = "unit", _("The figures are stated in different units.")
    COVERAGE = "coverage", _("A part, a repeated figure, a context figure or another operation's is never added.")
    OVERLAP = "overlap", _("The periods overlap.")
    SOURCES_DIFFER = "sources_differ", _("The sources differ on one of the figures.")


@dataclass(frozen=True, kw_only=True)
class QualifiedSum:
    """A sum with the weakest qualifier of its addends."""

    value: Decimal
    qualifier: str
    figures: tuple[PublishedFigure, ...]


def weakest(qualifiers: Iterable[str]) -> str:
    """ "More than" and exact give "more than"; mixed directions, or one "about", give "about"."""
    found = set(qualifiers) - {Qualifier.EQ}
    if not found:
        return Qualifier.EQ
    return found.pop() if len(found) == 1 else Qualifier.APPROX


def span(figure: PublishedFigure) -> tuple[dt.date, dt.date] | None:
    """The days that a figure covers; None where its source leaves them open inside a year.

    A whole year or several are known by their years; a stage without dates could be any part of its year.
    """
    if figure.date_from is not None and figure.date_to is not None:
        return figure.date_from, figure.date_to
    if figure.period_kind in (PublishedFigure.PeriodKind.YEAR, PublishedFigure.PeriodKind.MULTI_YEAR):
        return dt.date(figure.year_from, 1, 1), dt.date(figure.year_to, 12, 31)
    return None


def _possible_span(figure: PublishedFigure) -> tuple[dt.date, dt.date]:
    """The longest stretch that the figure could cover: open dates count as the whole of its years."""
    return span(figure) or (dt.date(figure.year_from, 1, 1), dt.date(figure.year_to, 12, 31))


def overlap(one: PublishedFigure, other: PublishedFigure) -> bool:
    """Whether two periods have, or could have, a day in common."""
    (start, end), (other_start, other_end) = _possible_span(one), _possible_span(other)
    return start <= other_end and other_start <= end


def is_contained(inner: PublishedFigure, outer: PublishedFigure) -> bool:
    """Whether the inner period lies inside the outer and is shorter."""
    (start, end), (outer_start, outer_end) = _possible_span(inner), _possible_span(outer)
    return outer_start <= start and end <= outer_end and (start, end) != (outer_start, outer_end)


def why_not_summed(figures: Sequence[PublishedFigure]) -> WhyNot | None:
    """The first reading rule that forbids the sum, or None."""
    if not figures:
        return WhyNot.NOTHING
    if len({(one.scope, one.state_id, one.region_code, one.place_en) for one in figures}) > 1:
        return WhyNot.SCOPE
    if len({one.indicator_id for one in figures}) > 1 or figures[0].indicator_id is None:
        return WhyNot.INDICATOR
    if len({(one.unit, one.currency) for one in figures}) > 1 or not all(one.has_indicators_unit for one in figures):
        return WhyNot.UNIT
    if any(one.coverage != Coverage.TOTAL or one.part_of_id or one.duplicate_of_id for one in figures):
        return WhyNot.COVERAGE
    if any(one.status == Status.SOURCES_DIFFER for one in figures):
        return WhyNot.SOURCES_DIFFER
    ordered = list(figures)
    if any(overlap(one, other) for place, one in enumerate(ordered) for other in ordered[place + 1 :]):
        return WhyNot.OVERLAP
    return None


class NotSummable(ValueError):
    """The reading rules forbid the sum; `why` says which."""

    def __init__(self, why: WhyNot) -> None:
        super().__init__(str(why.label))
        self.why = why


def sum_of(figures: Sequence[PublishedFigure]) -> QualifiedSum:
    """The sum of figures that may be added up. Raises `NotSummable`."""
    why = why_not_summed(figures)
    if why is not None:
        raise NotSummable(why)
    return QualifiedSum(
        value=sum((one.value for one in figures), Decimal(0)),
        qualifier=weakest(one.qualifier for one in figures),
        figures=tuple(figures),
    )


def is_comparable(figure: PublishedFigure) -> bool:
    """Whether a figure may stand in a series: the operation's own total, stated once, in the indicator's unit."""
    return (
        figure.coverage == Coverage.TOTAL
        and figure.part_of_id is None
        and figure.duplicate_of_id is None
        and figure.has_indicators_unit
    )


def figure_cell(figure: PublishedFigure, *, sources: Sequence[int] = (), with_note: bool = True) -> Cell:
    """A published figure as a cell: value, qualifier, source; what its source or its reader says of it is a note."""
    note = remark_on(figure) if with_note else None
    if figure.currency:
        minor = int(figure.value * 100)
        return money(minor, currency=figure.currency, qualifier=figure.qualifier, note=note, sources=sources)
    if figure.value == figure.value.to_integral_value():
        return number(int(figure.value), qualifier=figure.qualifier, note=note, sources=sources)
    return decimal(int(figure.value * 100), scale=2, note=note, sources=sources)


def remark_on(figure: PublishedFigure) -> Text | None:
    """The note of a figure, and a word where its unit is not the indicator's or where sources differ."""
    parts: list[Text] = []
    if figure.status == Status.SOURCES_DIFFER:
        parts.append(both(ru="источники расходятся", en="sources differ"))
    if figure.indicator is not None and figure.unit != figure.indicator.unit:
        stated = unit_text(figure.unit)
        parts.append(
            both(
                ru=f"источник указывает другую единицу: {stated['ru']}",
                en=f"the source states another unit: {stated['en']}",
            )
        )
    if figure.note:
        parts.append(note_text(figure.note))
    if not parts:
        return None
    return both(ru="; ".join(part["ru"] for part in parts), en="; ".join(part["en"] for part in parts))


def figures_until(year: int) -> list[PublishedFigure]:
    """All published figures of periods that end in or before a year, with what their reading needs: one query."""
    return list(
        PublishedFigure.objects.standing()
        .filter(year_to__lte=year)
        .select_related("state", "indicator", "part_of")
        .order_by("year_from", "-year_to", "date_from", "code")
    )


def in_reading_order(figures: Sequence[PublishedFigure]) -> list[tuple[PublishedFigure, int]]:
    """Each figure with its level: parts follow their whole, one level deeper; the order is otherwise kept."""
    present = {one.pk for one in figures}
    parts: dict[int, list[PublishedFigure]] = {}
    for one in figures:
        if one.part_of_id in present and one.part_of_id is not None:
            parts.setdefault(one.part_of_id, []).append(one)
    ordered: list[tuple[PublishedFigure, int]] = []

    def place(figure: PublishedFigure, level: int) -> None:
        ordered.append((figure, level))
        for part in parts.get(figure.pk, ()):
            place(part, level + 1)

    for one in figures:
        if one.part_of_id not in present:
            place(one, 0)
    return ordered


def yearly_regional(year: int) -> dict[str, PublishedFigure]:
    """The regional totals published for one whole year, by indicator: the year before of a first live operation."""
    return published_regional(year)


def yearly_national(year: int) -> dict[tuple[str, str], PublishedFigure]:
    """The states' own totals published for one whole year, by state and indicator."""
    return published_national(year)


def published_regional(year: int, *, stage: int | None = None) -> dict[str, PublishedFigure]:
    """The regional totals published for a whole year, or for one stage of it, by indicator."""
    rows = _published(year, stage).filter(scope=PublishedFigure.Scope.REGIONAL, state__isnull=True)
    return {one.indicator.code: one for one in rows if is_comparable(one) and one.indicator is not None}


def published_national(year: int, *, stage: int | None = None) -> dict[tuple[str, str], PublishedFigure]:
    """The states' own totals published for a whole year, or for one stage of it, by state and indicator."""
    rows = _published(year, stage).filter(scope=PublishedFigure.Scope.NATIONAL, state__isnull=False)
    return {
        (one.state.code, one.indicator.code): one
        for one in rows
        if is_comparable(one) and one.indicator is not None and one.state is not None
    }


def _published(year: int, stage: int | None) -> models.QuerySet[PublishedFigure]:
    """A stage is known by what the file of sources calls it: «stage 2»."""
    found = PublishedFigure.objects.standing().filter(year_from=year, year_to=year)
    rows = found.select_related("indicator", "state")
    if stage is None:
        return rows.filter(period_kind=PublishedFigure.PeriodKind.YEAR)
    return rows.filter(period_kind=PublishedFigure.PeriodKind.STAGE, period_en=f"stage {stage}")


class Sources:
    """The numbered list of sources of one report: each is listed once, however many figures cite it."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, str, str], int] = {}

    def number_of(self, row: PublishedFigure | ContextEvent) -> int:
        """The number of the source of a figure or an event, which is added when it is new."""
        key = (row.source_title, row.source_url, row.source_date)
        return self._numbers.setdefault(key, len(self._numbers) + 1)

    def entries(self) -> list[tuple[str, str, str]]:
        """Title, address and date in the order of their numbers."""
        return list(self._numbers)
