"""The place of a number of the explorer among all others: what was published of it is looked up there.

A sum over a selection, as two of three stages, has no such place: no report tells of it. Files have codes for those too
(`pivot_observations`), which say nothing of what may be read.
"""

from reports.domain.explorer import INTERVAL, Catalogue, Question
from reports.domain.places import Place


def place_of(asked: Question, catalogue: Catalogue) -> Place | None:
    """The codes of the one number that is asked for; None where a part of its place is a selection without a code."""
    if len(asked.operations) != 1:
        return None
    time, state, agency = _time(asked), _state(asked, catalogue), _agency(asked, catalogue)
    if time is None or state is None or agency is None:
        return None
    category = f"{asked.breakdown}:{asked.categories[0].code}" if asked.breakdown else ""
    return Place(asked.operations[0].slug, asked.indicators[0].code, category, state, time, agency)


def _time(asked: Question) -> str | None:
    if asked.periods:
        is_single = len(asked.periods) == 1 and asked.stages in ((), (INTERVAL,))
        return f"period:{asked.periods[0]}" if is_single and asked.periods[0][:1] in "QM" else None
    if not asked.stages:
        return ""
    return f"stage:{asked.stages[0]}" if len(asked.stages) == 1 and asked.stages[0] != INTERVAL else None


def _state(asked: Question, catalogue: Catalogue) -> str | None:
    states = {one.pk for one in asked.asked_states(catalogue)}
    if states == catalogue.taking_part[asked.operations[0].pk] and not asked.is_provisional:
        return ""
    return asked.states[0].code if len(asked.states) == 1 else None


def _agency(asked: Question, catalogue: Catalogue) -> str | None:
    if len(asked.asked_agency_kinds(catalogue)) == len(catalogue.agency_kinds):
        return ""
    return asked.agency_kinds[0].code if len(asked.agency_kinds) == 1 else None
