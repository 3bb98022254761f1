"""Every number that a table of the explorer shows as a statistical observation, sums over selections with it.

A key says by codes alone what a number is of. Where that is some members of a list, the members together are a code of
their own (`statistical_codes.selection_code`). This is not `pivot_places`: what an observer may read is decided there,
by the places of published numbers, and a cell comes here as the reader's table already has it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from operations.models import ReportingPeriod
from reports.domain.cells import Cell
from reports.domain.explorer import INTERVAL, Catalogue, Dimension, Question, View, stage_code
from reports.domain.observations import ANNUAL, NO_FREQUENCY, Observation, is_within_year, within_year
from reports.domain.pivot import Pivot, PivotCell
from reports.domain.statistical_codes import REGION, TOTAL, selection_code

#: The concepts that a sum over a selection may be of, by the field of an observation.
SELECTED: Mapping[str, str] = {
    "operation": "OPERATION",
    "area": "REF_AREA",
    "agency": "AGENCY_KIND",
    "stage": "STAGE",
    "returns": "RETURN_PERIOD",
}
_MARGINS = {"area": REGION, "category": TOTAL, "agency": TOTAL, "stage": TOTAL, "returns": TOTAL}
_CONCEPTS = {**SELECTED, "category": "CATEGORY", "frequency": "FREQ", "time_period": "TIME_PERIOD"}


@dataclass(frozen=True)
class _Key:
    """The part of an observation that its question says, and the members of what it sums over."""

    codes: Mapping[str, Any]
    selection: Mapping[str, tuple[str, ...]]


def of_pivot(pivot: Pivot) -> list[Observation]:
    """The numbers of the table in its order, each once; an amount of several currencies is one for each of them.

    Two cells are one observation where they say the same: the final return of stage 1, and that of all stages. As
    shares they are of different wholes, and so two.
    """
    found: dict[tuple[str, ...], Observation] = {}
    for row, cells in pivot.table():
        for column, cell in zip(pivot.columns, cells, strict=True):
            question = pivot.question_of(row, column)
            for one in _of_cell(pivot, question, cell):
                if cell.share is not None and cell.share["state"] == "value":
                    one = replace(one, share=cell.share, whole=_whole(pivot, question, pivot.whole_of(row, column)))
                found.setdefault(key_of(one), one)
    return list(found.values())


def key_of(one: Observation) -> tuple[str, ...]:
    """What tells an observation from all others."""
    return (
        one.operation,
        one.area,
        one.indicator,
        one.category,
        one.agency,
        one.stage,
        one.returns,
        one.frequency,
        one.time_period,
        one.unit,
    )


def selections(observations: Iterable[Observation]) -> dict[str, dict[str, tuple[str, ...]]]:
    """By concept the codes of selections in use, each with its members."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for one in observations:
        for concept, members in one.selection.items():
            found.setdefault(concept, {})[selection_code(members)] = members
    return found


def _of_cell(pivot: Pivot, question: Question, found: PivotCell) -> Iterator[Observation]:
    key = _key(question, pivot)
    for cell in found.amounts:
        yield Observation(
            **key.codes,
            selection=key.selection,
            unit=_unit(question, found, cell),
            cell=cell,
            states=(found.reporting, found.expected) if found.expected else None,
            is_provisional=question.is_provisional,
            is_published=pivot.is_as_published(found.indicator),
            is_demonstration=any(one.is_demonstration for one in question.operations),
        )


def _unit(question: Question, found: PivotCell, cell: Cell) -> str:
    """The currency of an amount; of one that is missing, what it would be in, where that is known."""
    if "currency" in cell:
        return str(cell["currency"])
    if not found.indicator.is_money:
        return found.indicator.unit
    if question.currency:
        return question.currency
    return question.states[0].currency if len(question.states) == 1 else found.indicator.unit


def _key(question: Question, pivot: Pivot) -> _Key:
    catalogue = pivot.catalogue
    chosen = {
        "operation": tuple(one.slug for one in question.operations),
        "area": _areas(question, catalogue),
        "agency": _agencies(question, catalogue),
        "stage": question.stages,
        "returns": question.periods,
    }
    indicator, category = question.indicators[0].code, ""
    if question.breakdown:
        category = f"{question.breakdown}:{question.categories[0].code}"
    codes: dict[str, Any] = {"indicator": indicator, "category": category, **_time(question, chosen, pivot)}
    for name, members in chosen.items():
        codes[name] = "" if not members else members[0] if len(members) == 1 else selection_code(members)
    return _Key(codes, {SELECTED[name]: members for name, members in chosen.items() if len(members) > 1})


def _areas(question: Question, catalogue: Catalogue) -> tuple[str, ...]:
    """Nothing for the region: every state that takes part in one of the operations."""
    states = question.asked_states(catalogue)
    taking_part = frozenset[int]().union(*(catalogue.taking_part[one.pk] for one in question.operations))
    if len(question.states) != 1 and {one.pk for one in states} == taking_part:
        return ()
    return tuple(one.code for one in states)


def _agencies(question: Question, catalogue: Catalogue) -> tuple[str, ...]:
    kinds = question.asked_agency_kinds(catalogue)
    return () if len(kinds) == len(catalogue.agency_kinds) else tuple(one.code for one in kinds)


def _time(question: Question, chosen: dict[str, tuple[str, ...]], pivot: Pivot) -> dict[str, str]:
    """Frequency and time. A quarter or a month of one year is a time; a stage's return says which stage it is of.

    What the time or the return says is taken out of `chosen`, so that one number has one key however it was asked for.
    """
    years = {one.year for one in question.operations}
    frequency, time_period = ANNUAL, str(min(years))
    if len(years) > 1:
        frequency, time_period = NO_FREQUENCY, f"{min(years)}-01-01/P{max(years) - min(years) + 1}Y"
    if len(question.periods) == 1:
        [period] = question.periods
        stage = _stage_of(period, pivot.catalogue.periods)
        if not _tells_stages_apart(pivot.question) and (not question.stages or stage in question.stages):
            chosen["stage"] = () if stage == INTERVAL else (stage,)
        if len(years) == 1 and is_within_year(period):
            chosen["returns"] = ()
            frequency, time_period = within_year(min(years), period)
    return {"frequency": frequency, "time_period": time_period}


def _tells_stages_apart(question: Question) -> bool:
    """Whether a return is a share of its stage in one cell and of all stages in another."""
    return question.view == View.SHARE and {Dimension.STAGE, Dimension.PERIOD} <= set(question.axes)


def _stage_of(code: str, periods: Iterable[ReportingPeriod]) -> str:
    return next(stage_code(one) for one in periods if one.code == code)


def _whole(pivot: Pivot, part: Question, whole: Question) -> dict[str, str]:
    """The codes of the whole that differ from those of its part."""
    own, other = _key(part, pivot).codes, _key(whole, pivot).codes
    return {_CONCEPTS[name]: other[name] or _MARGINS[name] for name in _CONCEPTS if own[name] != other[name]}
