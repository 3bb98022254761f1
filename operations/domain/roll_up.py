"""Summing the accepted returns of an agency's units into the draft of the agency's own return.

A value is the sum of the values; a unit without an accepted return is missing from it, and never a zero. Where some
units could not give a figure, the sum of the others stands with a note that says how many; what nobody could give stays
what they said. A category of a breakdown is summed only when every unit with cases gave it, so that a breakdown that
some units lack is left empty instead of falling short of its total. A level cannot be added up: it is left to enter,
and so is whatever was typed where the units give nothing.

Summed again, the draft takes the units' later corrections. A figure typed over a sum is replaced only when the officer
confirms it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from operations.domain.checks import check_return
from operations.domain.errors import Problem, Stale, WrongState
from operations.domain.figures import FigureInput
from operations.domain.return_layout import CellKey, Layout, Line, layout_of
from operations.domain.submission_acts import Entry, record_breaches, store
from operations.domain.transitions import Attempt
from operations.domain.unit_returns import accepted_by_unit, unit_returns_of
from operations.domain.wording import number_text
from operations.models import CellState, Figure, Indicator, Return, Submission

Aggregation = Indicator.Aggregation
#: How a cell of the units is joined over space; whatever else there is, is left to enter.
_JOINED: Mapping[str, Callable[[Sequence[int]], int]] = {Aggregation.SUM: sum, Aggregation.MAX: max}
# what nobody gave a number for says the strongest thing that anybody said
_STRONGEST = (CellState.WITHHELD, CellState.NOT_AVAILABLE)
# a note is one text for readers of both languages
_NOTE = "Подразделений без данных: "

#: The state, value and note of a cell.
Content = tuple[str, int | None, str]
Cells = Mapping[CellKey, Content]
_NOTHING: Content = ("", None, "")


@dataclass(frozen=True)
class CellChange:
    """A cell that the summing would change; `is_typed` when somebody typed what stands there now.

    Where the number stays and only the note about units without a figure is another, it is no `move`.
    """

    key: CellKey
    before: Content | None
    after: FigureInput
    is_typed: bool
    is_move: bool = True


@dataclass(frozen=True)
class Summing:
    """What summing would do now: from which submissions, what changes, and which lines are left to enter."""

    submissions: tuple[int, ...]
    changes: tuple[CellChange, ...]
    to_enter: tuple[Line, ...]

    @property
    def typed(self) -> tuple[CellChange, ...]:
        """The figures typed over a sum that would be replaced."""
        return tuple(change for change in self.changes if change.is_typed and change.after.state is not None)


def summing(expected_return: Return, draft: Submission | None, *, layout: Layout | None = None) -> Summing:
    """What summing the units' accepted returns into the draft (or into a new one) would change; stores nothing."""
    layout = layout or layout_of(expected_return.form)
    accepted = tuple(pk for pk in accepted_by_unit(expected_return).values() if pk is not None)
    summed_before = _summed_before(draft)
    figures = _figures([*accepted, *summed_before, *([draft.pk] if draft is not None else [])])
    sums = summed_cells(layout, [figures.get(pk, {}) for pk in accepted])
    before = summed_cells(layout, [figures.get(pk, {}) for pk in summed_before]) if summed_before else {}
    present = figures.get(draft.pk, {}) if draft is not None else {}
    changes = [_change(key, after, present.get(key), before.get(key)) for key, after in sums.items()]
    return Summing(
        submissions=accepted,
        changes=tuple(change for change in changes if change is not None),
        to_enter=tuple(line for line in layout.lines if line.is_entered and not is_summed(line)),
    )


def is_summed(line: Line) -> bool:
    """Whether the line's cells follow from the units'; a level, and what has no sum over space, is entered."""
    return line.is_entered and line.indicator.kind != Indicator.Kind.LEVEL and line.indicator.over_space in _JOINED


def summed_cells(layout: Layout, units: Sequence[Cells]) -> dict[CellKey, FigureInput]:
    """Every cell of the lines that are summed, as it comes out of the units' cells; state None leaves it empty."""
    found: dict[CellKey, FigureInput] = {}
    for line in layout.lines:
        if not is_summed(line):
            continue
        whole = (line.indicator.pk, layout.total.pk)
        found[whole] = _joined(whole, [cells.get(whole) for cells in units], line.indicator.over_space)
        # only what is part of the sum can be part of its breakdown
        giving = [cells for cells in units if cells.get(whole, _NOTHING)[0] == CellState.VALUE]
        for dimension in line.dimensions:
            for category in dimension.categories:
                key = (line.indicator.pk, category.pk)
                found[key] = _category(key, whole, giving, line.indicator.over_space)
    return found


def _joined(key: CellKey, contents: Sequence[Content | None], over_space: str) -> FigureInput:
    values = [content[1] for content in contents if content is not None and content[1] is not None]
    states = [content[0] if content is not None else "" for content in contents]
    given = sum(state in (CellState.VALUE, CellState.NOT_APPLICABLE) for state in states)
    note = _without_figure(len(contents) - given, len(contents))
    if values:
        return FigureInput(*key, state=CellState.VALUE, value=_JOINED[over_space](values), note=note)
    if states and all(state == CellState.NOT_APPLICABLE for state in states):
        return FigureInput(*key, state=CellState.NOT_APPLICABLE)
    said = next((state for state in _STRONGEST if state in states), None)
    return FigureInput(*key, state=said, note=note if said is not None else "")


def _category(key: CellKey, whole: CellKey, giving: Sequence[Cells], over_space: str) -> FigureInput:
    """Empty unless everybody with cases gave the category, and where parts of a highest number have no sum."""
    with_cases = [cells for cells in giving if cells[whole][1]]
    contents = [cells.get(key) for cells in giving]
    told = (CellState.VALUE, CellState.NOT_APPLICABLE)
    lacks = any(cells.get(key, _NOTHING)[0] not in told for cells in with_cases)
    values = [content[1] for content in contents if content is not None and content[1] is not None]
    if lacks or over_space != Aggregation.SUM or not (values or any(contents)):
        return FigureInput(*key, state=None)
    if values:
        return FigureInput(*key, state=CellState.VALUE, value=sum(values))
    return FigureInput(*key, state=CellState.NOT_APPLICABLE)


def _without_figure(lacking: int, of_all: int) -> str:
    if not lacking:
        return ""
    counts = f"{number_text(lacking, language='ru')} из {number_text(of_all, language='ru')}"
    english = f"{number_text(lacking, language='en')} of {number_text(of_all, language='en')}"
    return f"{_NOTE}{counts} / Units without a figure: {english}"


def _change(key: CellKey, after: FigureInput, present: Content | None, before: FigureInput | None) -> CellChange | None:
    """None where nothing changes, and where something was entered that the units do not give."""
    was_summed = before is not None and before.state is not None and _is(present, before)
    is_typed = present is not None and not was_summed
    if _is(present, after):
        is_own_note = present is not None and (not present[2] or present[2].startswith(_NOTE))
        if present is None or not is_own_note or present[2] == after.note:
            return None
        return CellChange(key, present, after, is_typed=False, is_move=False)
    if after.state is None and is_typed:
        return None
    return CellChange(key, present, after, is_typed)


def _is(present: Content | None, cell: FigureInput) -> bool:
    return cell.state is None if present is None else present[:2] == (cell.state, cell.value)


def _summed_before(draft: Submission | None) -> list[int]:
    if draft is None or draft.rolled_up_at is None:
        return []
    return list(draft.unit_submissions.order_by("pk").values_list("pk", flat=True))


def _figures(submissions: Iterable[int]) -> dict[int, dict[CellKey, Content]]:
    """By submission, its cells; one query, without a row object for each of some ten thousand cells."""
    found: dict[int, dict[CellKey, Content]] = {}
    rows = Figure.objects.filter(submission__in=set(submissions))
    columns = "submission_id", "indicator_id", "category_id", "state", "value", "note"
    for submission, indicator, category, *content in rows.values_list(*columns):
        found.setdefault(submission, {})[indicator, category] = tuple(content)
    return found


# --- the transition ---


def reports_through_units(attempt: Attempt) -> Iterable[Problem]:
    """Only an agency's own return is summed, and only where its units owe one for the period."""
    expected_return: Return = attempt.subject.expected_return
    if expected_return.unit_id is not None or not unit_returns_of(expected_return).exists():
        raise WrongState(_("There are no units' returns to sum for this period."))
    return ()


def something_accepted(attempt: Attempt) -> Iterable[Problem]:
    yield from nothing_to_sum(attempt.subject.expected_return)


def nothing_to_sum(expected_return: Return) -> Iterable[Problem]:
    """The problem of an agency's return of which no unit's part is accepted yet."""
    accepted = unit_returns_of(expected_return).filter(submissions__status=Submission.Status.ACCEPTED)
    if not accepted.exists():
        yield Problem(code="nothing_accepted", message=_("No unit’s return has been accepted yet."))


def typed_over(attempt: Attempt) -> Iterable[Problem]:
    """Each figure typed over a sum, unless the officer confirms that the sums take their place."""
    if attempt.given.get("confirmed"):
        return
    draft: Submission = attempt.subject
    layout = layout_of(draft.expected_return.form)
    for change in summing(draft.expected_return, draft, layout=layout).typed:
        address = layout.address(change.key)
        text = _("%(cell)s was typed by hand. Confirm that the units’ sum takes its place.")
        yield Problem(code="typed_over", field=address, message=text % {"cell": address.removesuffix(".TOTAL")})


def roll_up(attempt: Attempt) -> None:
    """Stores the sums in the draft, with the submissions that they are made of."""
    draft: Submission = attempt.subject
    revision = attempt.given.get("revision")
    if revision is not None and revision != draft.revision:
        raise Stale(current=Submission.objects.get(pk=draft.pk))
    layout = layout_of(draft.expected_return.form)
    found = summing(draft.expected_return, draft, layout=layout)
    attempt.noted["changed"] = store(draft, layout, Entry(tuple(change.after for change in found.changes)))
    draft.unit_submissions.set(found.submissions)
    draft.rolled_up_at, draft.is_nil = attempt.at, False
    draft.revision += 1
    units = accepted_by_unit(draft.expected_return)
    attempt.noted["unit_submissions"] = {unit.code: pk for unit, pk in units.items() if pk is not None}
    attempt.noted["missing"] = [unit.code for unit, pk in units.items() if pk is None]
    record_breaches(draft, check_return(draft, layout=layout), attempt)
