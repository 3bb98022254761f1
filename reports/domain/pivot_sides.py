"""The sides of a pivot: the values of each dimension in their order, and the lines that are made of them.

States stand in Russian alphabetical order, everything over time in the order of time; nothing is sorted by its numbers.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.models import ReportingPeriod
from reports.domain.cells import Text, both
from reports.domain.explorer import INTERVAL, Catalogue, Dimension, Question, stage_code
from reports.domain.texts import indicator_name, of_row, period_name, stage_name, state_name, worded


@dataclass(frozen=True)
class Member:
    """One value of a dimension; `key` is how slices know it, `code` how an address does."""

    key: Hashable
    code: str
    name: Text

    @property
    def id(self) -> int:
        """The key of a member that is a row."""
        if not isinstance(self.key, int):
            raise TypeError(f"{self.code!r} is no row")
        return self.key


#: Stands for all members of a dimension together: a subtotal.
ALL = Member(None, "", both(ru="Всего", en="Total"))
_TOGETHER: Mapping[Dimension, Promise] = {
    Dimension.CATEGORY: _("Total, as reported"),
    Dimension.OPERATION: _("All these operations"),
    Dimension.STAGE: _("All these periods"),
    Dimension.PERIOD: _("All these periods"),
    Dimension.STATE: pgettext_lazy("pivot", "All these states"),
    Dimension.AGENCY_KIND: _("All these authorities"),
}


@dataclass(frozen=True)
class Line:
    """A row or a column: its place on each dimension of its side."""

    place: tuple[tuple[Dimension, Member], ...]

    @property
    def is_subtotal(self) -> bool:
        return any(member is ALL for _dimension, member in self.place)

    @property
    def names(self) -> list[Text]:
        return [worded(_TOGETHER[one]) if member is ALL else member.name for one, member in self.place]

    def at(self, dimension: Dimension) -> Member | None:
        return next((member for one, member in self.place if one == dimension), None)


def members(dimension: Dimension, question: Question, catalogue: Catalogue) -> list[Member]:
    """What the question chose on a dimension, or all of it."""
    return _MEMBERS[dimension](question, catalogue)


def _indicators(question: Question, catalogue: Catalogue) -> list[Member]:
    return [Member(one.pk, one.code, indicator_name(one)) for one in question.indicators]


def _categories(question: Question, catalogue: Catalogue) -> list[Member]:
    return [Member(one.pk, one.code, of_row(one, "name")) for one in question.asked_categories(catalogue)]


def _operations(question: Question, catalogue: Catalogue) -> list[Member]:
    ordered = sorted(question.operations, key=lambda one: (one.year, one.slug))
    return [Member(one.pk, one.slug, of_row(one, "title")) for one in ordered]


def _stages(question: Question, catalogue: Catalogue) -> list[Member]:
    codes = {stage_code(one) for one in question.asked_periods(catalogue)}
    periodic = worded(_("Periodic returns"))
    return [
        Member(code, code, periodic if code == INTERVAL else stage_name(int(code)))
        for code in sorted(codes, key=lambda code: (code == INTERVAL, len(code), code))
    ]


def _periods(question: Question, catalogue: Catalogue) -> list[Member]:
    found: dict[str, ReportingPeriod] = {}
    for one in question.asked_periods(catalogue):
        found.setdefault(one.code, one)
    return [Member(code, code, period_name(one)) for code, one in found.items()]


def _states(question: Question, catalogue: Catalogue) -> list[Member]:
    return [Member(one.pk, one.code, state_name(one)) for one in question.asked_states(catalogue)]


def _agency_kinds(question: Question, catalogue: Catalogue) -> list[Member]:
    return [Member(one.pk, one.code, of_row(one, "name")) for one in question.asked_agency_kinds(catalogue)]


_MEMBERS: Mapping[Dimension, Callable[[Question, Catalogue], list[Member]]] = {
    Dimension.INDICATOR: _indicators,
    Dimension.CATEGORY: _categories,
    Dimension.OPERATION: _operations,
    Dimension.STAGE: _stages,
    Dimension.PERIOD: _periods,
    Dimension.STATE: _states,
    Dimension.AGENCY_KIND: _agency_kinds,
}
