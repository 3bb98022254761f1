"""The list beside the text: which figures the report can cite, by what reference, and what they say now.

A press release cites figures that are cleared for it and no others; those that await clearance stand apart, without a
reference to put into the text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from operations.domain.wording import number_text
from operations.models import Indicator
from operations.web.tags import label
from reports.domain.citations import Citation
from reports.domain.cited_figures import Citable
from reports.domain.clearance import Candidate, candidates, is_asked_for
from reports.models import Report
from reports.rendering.cells import shown

#: As many as a person looks through; the search narrows them down.
LONGEST = 12


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A figure: its code, what is typed to cite it, what it is called, what it says, and what its clearance lacks."""

    code: str
    reference: str
    name: str
    value: str
    lacks: str = ""


@dataclass(frozen=True, kw_only=True)
class Palette:
    """The figures found, and the choices that were made to find them; of a press release also those to be cleared."""

    offers: list[Offer]
    left_out: int
    search: str
    state: str
    stage: str
    states: list[tuple[str, str]]
    stages: list[str]
    is_of_cleared: bool = False
    waiting: list[Offer] = field(default_factory=list)
    waiting_left_out: int = 0


def palette(report: Report, given: Mapping[str, str], *, language: str) -> Palette:
    """The figures whose code or name holds the words of `given`, of its state and stage; unknown choices are none."""
    search = given.get("q", "").strip()[:80]
    if is_asked_for(report):
        return _of_cleared(report, search, language=language)
    citable = Citable(report)
    states = [] if report.state is not None else [(state.code, label(state)) for state in citable.states]
    stages = [str(stage.number) for stage in citable.stages]
    state = given.get("state", "") if given.get("state", "") in dict(states) else ""
    stage = given.get("stage", "") if given.get("stage", "") in stages else ""
    found = [code for code, indicator in citable.indicators.items() if _is_meant(indicator, search)]
    wanted = [replace(Citation(indicator=code), state=state, stage=int(stage or 0)) for code in found[:LONGEST]]
    figures = citable.figures(wanted)
    offers = [
        Offer(
            code=one.indicator,
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


def _of_cleared(report: Report, search: str, *, language: str) -> Palette:
    """The region's numbers of a press release: those that are cleared, and apart from them those that are not."""
    found = [one for one in candidates(report) if _is_meant(one.indicator, search)]
    cleared, waiting = ([one for one in found if one.is_cleared is wanted] for wanted in (True, False))
    return Palette(
        offers=[_offer(one, language=language) for one in cleared[:LONGEST]],
        left_out=max(len(cleared) - LONGEST, 0),
        search=search,
        state="",
        stage="",
        states=[],
        stages=[],
        is_of_cleared=True,
        waiting=[_offer(one, language=language) for one in waiting[:LONGEST]],
        waiting_left_out=max(len(waiting) - LONGEST, 0),
    )


def _offer(one: Candidate, *, language: str) -> Offer:
    lacks = ""
    if one.clearance is not None and one.has_moved:
        number = number_text(one.clearance.value, language=language)
        lacks = _("cleared as %(number)s; the figure has changed since") % {"number": number}
    elif one.is_carried_over:
        lacks = _("cleared for the release before, to be confirmed")
    return Offer(
        code=one.indicator.code,
        reference=f"{{{{{one.indicator.code}}}}}",
        name=label(one.indicator),
        value=shown(one.cell, language=language).whole,
        lacks=lacks,
    )


def _is_meant(indicator: Indicator, search: str) -> bool:
    return search.casefold() in f"{indicator.code} {indicator.name_ru} {indicator.name_en}".casefold()
