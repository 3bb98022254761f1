"""Tables of published figures, as the cumulative report and the annual report of a historical year show them.

Each function answers blocks for a snapshot. Sources are numbered as they are met, so a report calls the functions in
the order in which it prints their blocks.
"""

from collections.abc import Callable, Iterable, Sequence

from operations.models import Indicator, MemberState, PublishedFigure
from reports.domain import blocks
from reports.domain.cells import Cell, Text, both, missing, same, words
from reports.domain.history import (
    Sources,
    figure_cell,
    in_reading_order,
    is_comparable,
    is_contained,
)
from reports.domain.texts import joined
from reports.domain.units import unit_text

Kind = PublishedFigure.PeriodKind
Scope = PublishedFigure.Scope
Coverage = PublishedFigure.Coverage
Status = PublishedFigure.Status

FIGURE = both(ru="Показатель (как в источнике)", en="Figure (as published)")
VALUE = both(ru="Значение", en="Value")
PERIOD = both(ru="Период", en="Period")
PLACE = both(ru="Территория", en="Place")


def period_text(figure: PublishedFigure) -> Text:
    """The period in words: a year by its number, else as the source has it, with the year where it is not named."""
    years = str(figure.year_from) if figure.year_from == figure.year_to else f"{figure.year_from}–{figure.year_to}"
    if figure.period_kind == Kind.YEAR:
        return both(ru=f"{years} г.", en=years)
    if years in figure.period_en or years in figure.period_ru or figure.period_kind == Kind.AS_OF:
        return both(ru=figure.period_ru, en=figure.period_en)
    return both(ru=f"{years} г., {figure.period_ru}", en=f"{years}, {figure.period_en}")


def label_text(figure: PublishedFigure) -> Text:
    return both(ru=figure.label_ru, en=figure.label_en)


def place_text(figure: PublishedFigure) -> Text:
    return both(ru=figure.place_ru, en=figure.place_en)


def cited(figure: PublishedFigure, sources: Sources, *, with_note: bool = True) -> Cell:
    """The figure's cell with the number of its source."""
    return figure_cell(figure, sources=[sources.number_of(figure)], with_note=with_note)


def regional(figures: Iterable[PublishedFigure]) -> list[PublishedFigure]:
    return [one for one in figures if one.scope == Scope.REGIONAL and one.state_id is None]


def agreed(figures: Iterable[PublishedFigure]) -> list[PublishedFigure]:
    """Figures that stand in a series: of two that differ for one period, the one that sources agree on."""
    comparable = [one for one in figures if is_comparable(one)]
    settled = {_place(one) for one in comparable if one.status != Status.SOURCES_DIFFER}
    return [one for one in comparable if one.status != Status.SOURCES_DIFFER or _place(one) not in settled]


def _place(figure: PublishedFigure) -> tuple[object, ...]:
    return (figure.indicator_id, figure.state_id, figure.scope, figure.year_from, figure.year_to, figure.currency)


def headline_cards(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """The totals of the longest published period on the summary page."""
    several = [one for one in agreed(regional(figures)) if one.period_kind == Kind.MULTI_YEAR]
    if not several:
        return []
    first = min(several, key=lambda one: (one.year_from, -one.year_to))
    chosen = [one for one in several if (one.year_from, one.year_to) == (first.year_from, first.year_to)]
    return [
        blocks.key_figures(
            [
                blocks.card(
                    label=both(
                        ru=f"{one.label_ru}, {period_text(one)['ru']}", en=f"{one.label_en}, {period_text(one)['en']}"
                    ),
                    cell=cited(one, sources, with_note=False),
                    unit=None if one.currency else unit_text(one.unit),
                )
                for one in chosen
            ]
        )
    ]


def periods_table(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """Periods × indicators: the totals of several years and, indented, the years inside them. No grand total."""
    chosen = agreed(regional(figures))
    indicators = _indicators(one for one in chosen if one.period_kind == Kind.MULTI_YEAR)
    chosen = [one for one in chosen if one.indicator in indicators]
    periods: dict[tuple[int, int], list[PublishedFigure]] = {}
    for one in sorted(chosen, key=lambda row: (row.year_from, -row.year_to)):
        periods.setdefault((one.year_from, one.year_to), []).append(one)
    rows = []
    for key, members in periods.items():
        outer = any(is_contained(members[0], other[0]) for other_key, other in periods.items() if other_key != key)
        found = {one.indicator_id: one for one in members}
        rows.append(
            blocks.row(
                header=period_text(members[0]),
                level=1 if outer else 0,
                style="normal",
                cells=[
                    cited(found[one.pk], sources) if one.pk in found else missing("not_reported") for one in indicators
                ],
            )
        )
    if not rows:
        return []
    return [
        blocks.table(
            id="table-periods",
            caption=both(
                ru="Опубликованные итоги по ОДКБ в целом: многолетние периоды и отдельные годы",
                en="Published totals of the whole Organisation: periods of several years and single years",
            ),
            stub=PERIOD,
            columns=[
                blocks.column(heading=joined([_published_label(one, chosen), _unit(one, chosen)])) for one in indicators
            ],
            rows=rows,
            orientation="landscape",
            footnotes=[
                both(
                    ru="Годы с отступом входят в период над ними; периоды пересекаются, общий итог не выводится.",
                    en="Indented years lie inside the period above them; periods overlap, so there is no grand total.",
                )
            ],
        )
    ]


def violations_chart(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """Violations by single year, for the Organisation and for states with two years or more; gaps stay gaps."""
    yearly = [
        one
        for one in agreed(figures)
        if one.indicator is not None and one.indicator.code == "VIO01" and one.period_kind == Kind.YEAR
    ]
    by_place: dict[tuple[str, str], dict[int, PublishedFigure]] = {}
    for one in yearly:
        if one.scope in (Scope.REGIONAL, Scope.NATIONAL):
            by_place.setdefault((one.place_ru, one.place_en), {})[one.year_from] = one
    shown = {place: years for place, years in by_place.items() if len(years) > 1}
    if not shown:
        return []
    first = min(year for years in shown.values() for year in years)
    last = max(year for years in shown.values() for year in years)
    span = range(first, last + 1)
    return [
        blocks.chart(
            id="chart-violations",
            kind="bar",
            caption=both(
                ru="Выявлено нарушений миграционного законодательства по годам, по опубликованным данным",
                en="Violations of migration legislation identified, by year, as published",
            ),
            alt=both(
                ru="Столбцы по годам; годы без опубликованных данных пусты, значения «более» показаны нижней границей.",
                en="Bars by year; years without a published figure are empty, “more than” is drawn at its lower bound.",
            ),
            unit=unit_text("violations"),
            stub=both(ru="Год", en="Year"),
            categories=[same(str(year)) for year in span],
            series=[
                blocks.series(
                    name=both(ru=place[0], en=place[1]),
                    cells=[
                        cited(years[year], sources, with_note=False) if year in years else missing("not_reported")
                        for year in span
                    ],
                )
                for place, years in shown.items()
            ],
        )
    ]


def by_year(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """Everything published of the whole Organisation that is the operation's own, year by year with its parts."""
    own = [one for one in regional(figures) if one.coverage in (Coverage.TOTAL, Coverage.PART)]
    return _listing(
        own,
        sources,
        id="table-regional",
        caption=both(ru="Опубликованные данные по ОДКБ в целом", en="Published figures of the whole Organisation"),
        group=period_text,
    )


def by_state(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """What was published of each state, its cities and regions, in Russian alphabetical order."""
    found = []
    for state in MemberState.objects.order_by("short_ru"):
        own = [
            one
            for one in figures
            if one.state_id == state.pk and one.coverage in (Coverage.TOTAL, Coverage.PART) and one.indicator_id
        ]
        found += _listing(
            own,
            sources,
            id=f"table-state-{state.code.lower()}",
            caption=both(ru=f"Опубликованные данные: {state.short_ru}", en=f"Published figures: {state.short_en}"),
            group=period_text,
            place=any(one.scope != Scope.NATIONAL for one in own),
        )
    return found


def other_operations(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """Figures that their sources attribute to another operation, or not clearly to this one."""
    return _listing(
        [one for one in figures if one.coverage == Coverage.OTHER_OPERATION],
        sources,
        id="table-other-operations",
        caption=both(
            ru="Данные иных операций (в итоги «Нелегала» не входят)",
            en="Figures of other operations (no part of the totals of “Illegal”)",
        ),
        group=period_text,
    )


def context_figures(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """Figures that describe the circumstances and are no result of the operation."""
    return _listing(
        [one for one in figures if one.coverage == Coverage.CONTEXT],
        sources,
        id="table-context-figures",
        caption=both(ru="Данные об обстановке", en="Figures about the circumstances"),
        group=period_text,
        place=True,
    )


def differing(figures: Sequence[PublishedFigure], sources: Sources) -> list[blocks.Block]:
    """Figures on which sources differ, and repetitions, with what is known about the difference."""
    chosen = [one for one in figures if one.status == Status.SOURCES_DIFFER or one.duplicate_of_id is not None]
    return _listing(
        chosen,
        sources,
        id="table-sources-differ",
        caption=both(ru="Расхождения источников и повторы", en="Where sources differ or repeat one another"),
        group=period_text,
        place=True,
    )


def _listing(
    figures: Sequence[PublishedFigure],
    sources: Sources,
    *,
    id: str,
    caption: Text,
    group: Callable[[PublishedFigure], Text],
    place: bool = False,
) -> list[blocks.Block]:
    """Figures one below another under their periods, parts indented under their whole."""
    if not figures:
        return []
    columns = [blocks.column(heading=PLACE, kind="text")] if place else []
    rows: list[blocks.Block] = []
    heading: Text | None = None
    for one, level in in_reading_order(figures):
        if level == 0 and group(one) != heading:
            heading = group(one)
            rows.append(blocks.group_row(heading))
        cells = [words(place_text(one))] if place else []
        rows.append(
            blocks.row(
                header=label_text(one),
                code=one.indicator.code if one.indicator is not None else "",
                unit=unit_text(one.unit, one.currency),
                level=level,
                cells=[*cells, cited(one, sources)],
            )
        )
    return [
        blocks.table(id=id, caption=caption, stub=FIGURE, columns=[*columns, blocks.column(heading=VALUE)], rows=rows)
    ]


def _indicators(figures: Iterable[PublishedFigure]) -> list[Indicator]:
    found = {one.indicator for one in figures if one.indicator is not None}
    return sorted(found, key=lambda indicator: indicator.position)


def _published_label(indicator: Indicator, figures: Iterable[PublishedFigure]) -> Text:
    """How the sources call it: the catalogue's name of a part ("of which …") reads badly away from its whole."""
    return next(label_text(one) for one in figures if one.indicator == indicator)


def _unit(indicator: Indicator, figures: Iterable[PublishedFigure]) -> Text:
    """The unit of an indicator's column; the currency where all its figures share one."""
    currencies = {one.currency for one in figures if one.indicator == indicator}
    return unit_text(indicator.unit, currencies.pop() if len(currencies) == 1 else "")
