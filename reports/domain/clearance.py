"""Clearance of figures: what a press release may say, decided figure by figure by the headquarters' chair.

What can be cleared are the region's numbers of the year; no state's, so that no release ranks or compares states. A
clearance is of a number and not of an indicator: when the accepted figure changes afterwards, the new one has to be
looked at again, and until then it is not in the release. A release that follows an earlier one begins with what was
cleared for that: a number that is still the same is offered for confirmation, and stands in the release once confirmed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from operations.domain.errors import BadInput, Conflict, Problem
from operations.domain.statistics import StatRow, indicator_by_state
from operations.domain.transitions import Attempt
from operations.models import Indicator
from reports.domain.annual_results import is_summed
from reports.domain.cells import Cell
from reports.domain.definitions import definition_of
from reports.domain.results import region_cell, share_cell
from reports.models import ClearedFigure, Report

#: A citation in a text: its indicator and whatever narrows it.
_CITED = re.compile(r"\{\{\s*([A-Z]{3}[0-9]{2})([^{}]*)\}\}")
_ANY_BRACES = re.compile(r"\{\{[^{}]*\}\}")
_NUMBER = re.compile(r"[0-9]+(?:[ \u00a0\u202f,.][0-9]{3})*")
#: Days of a month and years are no figures of an operation.
_SMALLEST, _YEARS = 32, range(1990, 2101)


@dataclass(frozen=True)
class Candidate:
    """A figure that may be cleared, and how it stands: `cleared` with this number, `moved` since, or neither.

    `earlier` is its clearance for the release before, where it has none for this one.
    """

    row: StatRow
    clearance: ClearedFigure | None
    earlier: ClearedFigure | None = None

    @property
    def indicator(self) -> Indicator:
        return self.row.indicator

    @property
    def value(self) -> int:
        return int(self.row.region or 0)

    @property
    def cell(self) -> Cell:
        return region_cell(self.row)

    @property
    def share(self) -> Cell:
        return share_cell(self.row)

    @property
    def is_cleared(self) -> bool:
        return self.clearance is not None and self.clearance.value == self.value

    @property
    def has_moved(self) -> bool:
        return self.clearance is not None and self.clearance.value != self.value

    @property
    def is_carried_over(self) -> bool:
        """Whether the very number was cleared for the release before and waits to be confirmed for this one."""
        return self.clearance is None and self.earlier is not None and self.earlier.value == self.value


def candidates(report: Report) -> list[Candidate]:
    """Every regional number of the operation, in the order of the catalogue. A constant number of queries."""
    before = release_before(report)
    of_both = ClearedFigure.objects.filter(report__in=[one for one in (report, before) if one is not None])
    known = {(one.report_id, one.indicator_id): one for one in of_both.select_related("cleared_by")}
    rows = indicator_by_state(report.operation)
    return [
        Candidate(
            row,
            known.get((report.pk, row.indicator.pk)),
            known.get((before.pk, row.indicator.pk)) if before is not None else None,
        )
        for row in rows
        if is_summed(row.indicator) and row.region is not None
    ]


def release_before(report: Report) -> Report | None:
    """The last approved report of the same kind on the operation, whose clearances this one begins with."""
    return (
        Report.objects.filter(
            definition=report.definition,
            operation=report.operation_id,
            number__lt=report.number,
            status__in=[Report.Status.APPROVED, Report.Status.PUBLISHED],
        )
        .order_by("-number")
        .first()
    )


def cleared_figures(report: Report) -> list[Candidate]:
    """The figures that a report may show: those cleared with the number that they have now."""
    return [one for one in candidates(report) if one.is_cleared]


def is_asked_for(report: Any) -> bool:
    """Whether reports of this kind may show cleared figures only."""
    return definition_of(report).clears_figures


# --- the acts of the workflow ---


def clear(attempt: Attempt) -> None:
    """Clears the number that was shown. Raises `Conflict` when the figure has another one by now."""
    report: Report = attempt.subject
    found = _candidate(report, attempt.given)
    if found.value != attempt.given.get("value"):
        raise Conflict(_("The figure has changed since it was shown. Look at the new number before you clear it."))
    ClearedFigure.objects.update_or_create(
        report=report,
        indicator=found.indicator,
        defaults={"value": found.value, "cleared_by": attempt.actor, "cleared_at": attempt.at},
    )
    report.revision += 1


def withdraw(attempt: Attempt) -> None:
    """Takes a clearance back; one that is not there is a fault of the field."""
    report: Report = attempt.subject
    code = str(attempt.given.get("figure") or "")
    removed, _of = ClearedFigure.objects.filter(report=report, indicator__code=code).delete()
    if not removed:
        raise BadInput([Problem(code="unknown", field="figure", message=_("This figure is not cleared."))])
    report.revision += 1


def _candidate(report: Report, given: Mapping[str, Any]) -> Candidate:
    code = str(given.get("figure") or "")
    for one in candidates(report):
        if one.indicator.code == code:
            return one
    message = _("There is no such figure of the region to clear.")
    raise BadInput([Problem(code="unknown", field="figure", message=message)])


# --- what stands in the way ---


def uncleared_citations(report: Report) -> Iterator[Problem]:
    """Figures that a text cites although they are not cleared; nothing explains them away."""
    yield from uncleared_in(report, _texts(report))


def uncleared_in(report: Report, texts: Iterable[tuple[str, str]]) -> Iterator[Problem]:
    """The same of texts as they are typed, saved or not: pairs of a section and its words."""
    cleared = {one.indicator.code for one in cleared_figures(report)}
    for section, text in texts:
        for code, narrowed in dict.fromkeys(_CITED.findall(text)):
            if code not in cleared or narrowed.strip():
                message = _("The text cites %(cited)s, which is not a cleared figure.") % {"cited": code + narrowed}
                yield Problem(
                    code="not_cleared", field=f"narratives.{section}", href=f"#section-{section}", message=message
                )


def open_points(report: Report) -> Iterator[Problem]:
    """No figure cleared, figures that moved after they were cleared, and numbers in a text that are none of them."""
    found = candidates(report)
    moved = sum(one.has_moved for one in found)
    if not any(one.is_cleared for one in found):
        yield Problem(code="nothing_cleared", message=_("No figure is cleared for this press release yet."))
    if moved:
        message = ngettext(
            "%(n)s cleared figure has changed since and is left out until it is cleared again.",
            "%(n)s cleared figures have changed since and are left out until they are cleared again.",
            moved,
        )
        yield Problem(code="cleared_moved", message=message % {"n": moved})
    carried = sum(one.is_carried_over for one in found)
    if carried:
        message = ngettext(
            "%(n)s figure cleared for the release before waits to be confirmed for this one.",
            "%(n)s figures cleared for the release before wait to be confirmed for this one.",
            carried,
        )
        yield Problem(code="cleared_before", message=message % {"n": carried})
    values = {one.value for one in found if one.is_cleared}
    for section, text in _texts(report):
        for number in _uncleared_numbers(text, values):
            message = _("The text says %(number)s, which is the number of no cleared figure.") % {"number": number}
            yield Problem(
                code="number_in_text", field=f"narratives.{section}", href=f"#section-{section}", message=message
            )


def _uncleared_numbers(text: str, values: Iterable[int]) -> list[str]:
    allowed = set(values)
    found = []
    for written in _NUMBER.findall(_ANY_BRACES.sub(" ", text)):
        number = int(re.sub(r"[^0-9]", "", written))
        if number >= _SMALLEST and number not in _YEARS and number not in allowed:
            found.append(written)
    return list(dict.fromkeys(found))


def _texts(report: Report) -> Iterator[tuple[str, str]]:
    for row in report.narratives.all():
        yield row.section, f"{row.text_ru}\n{row.text_en}"
