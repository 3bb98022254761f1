"""The list beside the text: which figures the report can cite, by what reference, and what they say now."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from operations.web.tags import label
from reports.domain.citations import Citation
from reports.domain.cited_figures import Citable
from reports.models import Report
from reports.rendering.cells import shown

#: As many as a person looks through; the search narrows them down.
LONGEST = 12


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A figure that can be cited: what is typed, what it is called, what it says."""

    reference: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The figures found, and the choices that were made to find them."""

    offers: list[Offer]
    left_out: int
    search: str
    state: str
    stage: str
    states: list[tuple[str, str]]
    stages: list[str]


def palette(report: Report, given: Mapping[str, str], *, language: str) -> Palette:
    """The figures whose code or name holds the words of `given`, of its state and stage; unknown choices are none."""
    citable = Citable(report)
    states = [] if report.state is not None else [(state.code, label(state)) for state in citable.states]
    stages = [str(stage.number) for stage in citable.stages]
    search = given.get("q", "").strip()[:80]
    state = given.get("state", "") if given.get("state", "") in dict(states) else ""
    stage = given.get("stage", "") if given.get("stage", "") in stages else ""
    found = [
        code
        for code, indicator in citable.indicators.items()
        if search.casefold() in f"{code} {indicator.name_ru} {indicator.name_en}".casefold()
    ]
    wanted = [replace(Citation(indicator=code), state=state, stage=int(stage or 0)) for code in found[:LONGEST]]
    figures = citable.figures(wanted)
    offers = [
        Offer(
            reference=f"{{{{{one}}}}}",
            name=label(citable.indicators[one.indicator]),
            value=shown(figures[str(one)].cell, language=language).whole,
        )
        for one in wanted
        if str(one) in figures
    ]
    return Palette(
        offers=offers,
        left_out=len(found) - len(wanted),
        search=search,
        state=state,
        stage=stage,
        states=states,
        stages=stages,
    )
