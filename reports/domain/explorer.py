"""What is asked of the statistics: which numbers, along which dimensions, on which basis.

A question is made of the words of an address, so that a table can be cited and asked again. Whatever an address says
that is not on offer is a problem that names what would be right; nothing is ever guessed. Only operations that were
reported here are asked about: what is known of earlier years from sources alone is the history's.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.domain.errors import BadInput, Problem
from operations.domain.exchange_rates import DOLLAR
from operations.domain.standing_figures import OFFICIAL
from operations.models import (
    AgencyKind,
    Breakdown,
    Category,
    Indicator,
    IndicatorGroup,
    MemberState,
    Operation,
    Participation,
    ReportingPeriod,
    Total,
)
from reports.domain.results import INTERVAL_GROUPS

#: The code of all periodic returns (months, quarters) among the stages.
INTERVAL = "interval"
#: Dimensions that one side of a table may have.
DEEPEST = 2


class Dimension(models.TextChoices):
    """What a table may have on its rows and columns; the value is the word of the address."""

    INDICATOR = "indicator", _("Indicators")
    CATEGORY = "category", _("Categories of the breakdown")
    OPERATION = "operation", _("Operations (years)")
    STAGE = "stage", pgettext_lazy("dimension", "Stages")
    PERIOD = "period", _("Reporting periods")
    STATE = "state", _("States")
    AGENCY_KIND = "agency_kind", _("Kinds of authority")


class View(models.TextChoices):
    """How the numbers are shown."""

    TABLE = "table", pgettext_lazy("view", "Table")
    BAR = "bar", _("Bars")
    LINE = "line", _("Lines")
    SHARE = "share", _("Shares")


class Whole(models.TextChoices):
    """What a share is a share of."""

    ROW = "row", _("the total of the row")
    COLUMN = "column", _("the total of the column")


#: The basis by its word in the address, as in the programming interface.
BASES = {"accepted": Total.Basis.ACCEPTED.value, "provisional": Total.Basis.PROVISIONAL.value}
FILTERS = ("operation", "group", "indicator", "breakdown", "category", "stage", "period", "state", "agency_kind")
SHAPE = ("basis", "currency", "rows", "columns", "view", "of")
_SINGLE = frozenset({"breakdown", "basis", "currency", "view", "of"})
TIME = (Dimension.OPERATION, Dimension.STAGE, Dimension.PERIOD)


@dataclass(frozen=True)
class Catalogue:
    """Everything that a question can name, read once; operations are those reported in the system."""

    operations: Sequence[Operation]
    periods: Sequence[ReportingPeriod]
    indicators: Sequence[Indicator]
    states: Sequence[MemberState]
    agency_kinds: Sequence[AgencyKind]
    breakdowns: Sequence[Breakdown]
    total: Category
    #: By operation (id), the states (ids) that take part.
    taking_part: Mapping[int, frozenset[int]]

    @cached_property
    def reporters(self) -> Mapping[int, frozenset[int]]:
        """By indicator (id), the kinds of authority (ids) that report it."""
        return {one.pk: frozenset(kind.pk for kind in one.reported_by.all()) for one in self.indicators}

    def breakdowns_of(self, indicator: Indicator) -> frozenset[str]:
        return frozenset(one.code for one in indicator.breakdowns.all())

    @property
    def currencies(self) -> list[str]:
        """What money may be converted to: the dollar, or the currency of a member state."""
        return [DOLLAR, *sorted({one.currency for one in self.states} - {DOLLAR})]

    def categories(self, breakdown: str) -> list[Category]:
        """The categories of a breakdown in their order; of none, nothing."""
        return next((list(one.categories.all()) for one in self.breakdowns if one.code == breakdown), [])


def read_catalogue(operations: models.QuerySet[Operation]) -> Catalogue:
    """Reads what may be named; `operations` are those that the reader may see. Eleven queries."""
    live = list(operations.filter(origin=Operation.Origin.LIVE).order_by("-year", "slug"))
    periods = ReportingPeriod.objects.filter(operation__in=live, kind__in=OFFICIAL).select_related("stage")
    taking_part: dict[int, set[int]] = {one.pk: set() for one in live}
    for operation, state in Participation.objects.filter(operation__in=live, takes_part=True).values_list(
        "operation_id", "state_id"
    ):
        taking_part[operation].add(state)
    return Catalogue(
        operations=live,
        periods=list(periods.order_by("start_date", "end_date", "code")),
        indicators=list(Indicator.objects.order_by("position").prefetch_related("reported_by", "breakdowns")),
        states=list(MemberState.objects.order_by("short_ru")),
        agency_kinds=list(AgencyKind.objects.all()),
        breakdowns=list(Breakdown.objects.prefetch_related("categories")),
        total=Category.objects.get(breakdown__isnull=True),
        taking_part={key: frozenset(found) for key, found in taking_part.items()},
    )


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is asked. An empty choice of stages, periods, states or kinds means all of them.

    `currency` is what money is converted to; empty: amounts stay in the currencies of the states.
    """

    operations: tuple[Operation, ...]
    indicators: tuple[Indicator, ...]
    breakdown: str = ""
    categories: tuple[Category, ...] = ()
    stages: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    states: tuple[MemberState, ...] = ()
    agency_kinds: tuple[AgencyKind, ...] = ()
    basis: str = Total.Basis.ACCEPTED
    currency: str = ""
    rows: tuple[Dimension, ...] = ()
    columns: tuple[Dimension, ...] = ()
    view: View = View.TABLE
    of: Whole = Whole.ROW

    @property
    def is_provisional(self) -> bool:
        return self.basis == Total.Basis.PROVISIONAL

    @property
    def axes(self) -> tuple[Dimension, ...]:
        return self.rows + self.columns

    def asked_periods(self, catalogue: Catalogue) -> list[ReportingPeriod]:
        """The official periods that the question is about and whose returns ask for its indicators, by time."""
        operations = {one.pk for one in self.operations}
        periodic = {one.group in INTERVAL_GROUPS for one in self.indicators}
        return [
            one
            for one in catalogue.periods
            if one.operation_id in operations
            and (stage_code(one) == INTERVAL) in periodic
            and (not self.stages or stage_code(one) in self.stages)
            and (not self.periods or one.code in self.periods)
        ]

    def asked_states(self, catalogue: Catalogue) -> list[MemberState]:
        """The states chosen, else all that take part in one of the operations."""
        if self.states:
            return list(self.states)
        taking_part = frozenset[int]().union(*(catalogue.taking_part[one.pk] for one in self.operations))
        return [one for one in catalogue.states if one.pk in taking_part]

    def asked_categories(self, catalogue: Catalogue) -> Sequence[Category]:
        """The categories chosen, else all of the breakdown."""
        return self.categories or catalogue.categories(self.breakdown)

    def asked_agency_kinds(self, catalogue: Catalogue) -> Sequence[AgencyKind]:
        return self.agency_kinds or catalogue.agency_kinds

    def as_pairs(self) -> list[tuple[str, str]]:
        """The question as the words of an address, always in the same order."""
        pairs = [("operation", one.slug) for one in self.operations]
        pairs += [("indicator", one.code) for one in self.indicators]
        pairs += [("breakdown", self.breakdown)] if self.breakdown else []
        pairs += [("category", one.code) for one in self.categories]
        pairs += [("stage", one) for one in self.stages]
        pairs += [("period", one) for one in self.periods]
        pairs += [("state", one.code) for one in self.states]
        pairs += [("agency_kind", one.code) for one in self.agency_kinds]
        pairs += [("basis", "provisional")] if self.is_provisional else []
        pairs += [("currency", self.currency)] if self.currency else []
        pairs += [("rows", one.value) for one in self.rows] + [("columns", one.value) for one in self.columns]
        pairs += [("view", self.view.value)] if self.view != View.TABLE else []
        return pairs + ([("of", self.of.value)] if self.view == View.SHARE and self.of != Whole.ROW else [])


def stage_code(period: ReportingPeriod) -> str:
    """`1` for the returns of stage 1, `interval` for periodic ones."""
    return str(period.stage.number) if period.stage is not None else INTERVAL


def default_question(catalogue: Catalogue, *, operation: Operation) -> Question:
    """What a reader sees first: the violations of an operation by state."""
    chosen = tuple(one for one in catalogue.indicators if one.group == IndicatorGroup.VIOLATIONS)
    return Question(operations=(operation,), indicators=chosen, rows=(Dimension.INDICATOR,), columns=(Dimension.STATE,))


def asked(
    given: Mapping[str, Sequence[str]], catalogue: Catalogue, *, provisional_for: frozenset[int] | None = None
) -> Question:
    """The question that the words of an address ask.

    `provisional_for`: the states (ids) whose provisional figures the reader may see; None is all of them. Without a
    choice of states a provisional table holds these. Raises `BadInput` with every problem, its field being the word.
    """
    return _Reading(given, catalogue, provisional_for).question()


class _Reading:
    """Takes an address word by word and gathers what is wrong with it."""

    def __init__(
        self, given: Mapping[str, Sequence[str]], catalogue: Catalogue, provisional_for: frozenset[int] | None
    ) -> None:
        self._given = {name: [text for text in texts if text] for name, texts in given.items()}
        self._catalogue = catalogue
        self._provisional_for = provisional_for
        self._problems: list[Problem] = []

    def question(self) -> Question:
        self._check_words()
        catalogue = self._catalogue
        operations = self._some("operation", {one.slug: one for one in catalogue.operations})
        indicators = self._indicators()
        breakdown = next(iter(self._some("breakdown", {one.code: one.code for one in catalogue.breakdowns})), "")
        chosen = Question(
            operations=tuple(operations),
            indicators=tuple(indicators),
            breakdown=breakdown,
            categories=tuple(self._categories(breakdown)),
            stages=tuple(self._some("stage", self._stages(operations))),
            periods=tuple(self._some("period", self._periods(operations))),
            states=tuple(self._some("state", {one.code: one for one in catalogue.states})),
            agency_kinds=tuple(self._some("agency_kind", {one.code: one for one in catalogue.agency_kinds})),
            basis=self._one("basis", BASES, Total.Basis.ACCEPTED.value),
            currency=self._one("currency", {code: code for code in catalogue.currencies}, ""),
            rows=tuple(self._axis("rows")),
            columns=tuple(self._axis("columns")),
            view=self._one("view", {one.value: one for one in View}, View.TABLE),
            of=self._one("of", {one.value: one for one in Whole}, Whole.ROW),
        )
        self._check(chosen)
        if self._problems:
            raise BadInput(self._problems)
        return self._narrowed(chosen)

    def _check_words(self) -> None:
        for name, texts in self._given.items():
            if name not in (*FILTERS, *SHAPE):
                known = ", ".join((*FILTERS, *SHAPE))
                self._add("", _("There is no parameter “%(name)s”. Known: %(known)s."), name=name[:40], known=known)
            elif name in _SINGLE and len(texts) > 1:
                self._add(name, _("“%(name)s” may be said once."), name=name)

    def _some(self, name: str, on_offer: Mapping[str, Any]) -> list[Any]:
        """What was chosen, in the order on offer, each once."""
        texts = self._given.get(name, [])
        unknown = [text for text in texts if text not in on_offer]
        if unknown:
            self._add(
                name,
                _("“%(text)s” is not among the values of “%(name)s”. On offer: %(known)s."),
                text=unknown[0][:40],
                name=name,
                known=", ".join(on_offer) or "—",
            )
        return [found for code, found in on_offer.items() if code in texts]

    def _one(self, name: str, on_offer: Mapping[str, Any], default: Any) -> Any:
        return next(iter(self._some(name, on_offer)), default)

    def _indicators(self) -> list[Indicator]:
        """The indicators named, and those of the groups named, in the order of the catalogue."""
        groups = self._some("group", {code: code for code in IndicatorGroup.values})
        named = self._some("indicator", {one.code: one for one in self._catalogue.indicators})
        return [one for one in self._catalogue.indicators if one in named or one.group in groups]

    def _categories(self, breakdown: str) -> list[Category]:
        if self._given.get("category") and not breakdown:
            self._add("breakdown", _("Name the breakdown whose categories are meant."))
            return []
        return self._some("category", {one.code: one for one in self._catalogue.categories(breakdown)})

    def _stages(self, operations: Iterable[Operation]) -> dict[str, str]:
        return {code: code for code in stage_codes(self._catalogue, operations)}

    def _periods(self, operations: Iterable[Operation]) -> dict[str, str]:
        chosen = {one.pk for one in operations}
        return {one.code: one.code for one in self._catalogue.periods if one.operation_id in chosen}

    def _axis(self, name: str) -> list[Dimension]:
        """In the order of the address: the first dimension is the outer one."""
        known = {one.value: one for one in Dimension}
        self._some(name, known)
        found = [known[text] for text in self._given.get(name, []) if text in known]
        if len(found) > DEEPEST:
            self._add(name, _("At most two dimensions stand on a side."))
        return found

    def _check(self, chosen: Question) -> None:
        if not chosen.operations and "operation" not in self._fields():
            self._add("operation", _("Choose at least one operation."))
        if not chosen.indicators and not {"indicator", "group"} & self._fields():
            self._add("indicator", _("Choose at least one indicator or a group of them."))
        self._check_axes(chosen)
        if chosen.breakdown:
            self._check_breakdown(chosen)
        elif Dimension.CATEGORY in chosen.axes:
            self._add("breakdown", _("Choose a breakdown: its categories are to stand in the table."))
        if chosen.view == View.LINE and not set(TIME) & set(chosen.axes):
            self._add("view", _("A line goes over time: put operations, stages or periods on rows or columns."))
        if chosen.currency and not any(one.is_money for one in chosen.indicators):
            self._add("currency", _("Only money is converted: choose an indicator that is counted in currency."))
        self._check_basis(chosen)

    def _check_axes(self, chosen: Question) -> None:
        if len(set(chosen.axes)) < len(chosen.axes):
            self._add("rows", _("A dimension stands on one side only, and once."))
        if len(chosen.indicators) > 1 and Dimension.INDICATOR not in chosen.axes:
            self._add(
                "rows",
                _(
                    "Different indicators are never added up: put indicators on rows or columns, or choose a single "
                    "one."
                ),
            )

    def _check_breakdown(self, chosen: Question) -> None:
        if Dimension.CATEGORY not in chosen.axes and len(chosen.categories) != 1:
            self._add(
                "breakdown",
                _("Put the categories of the breakdown on rows or columns, or choose a single one of them."),
            )
        without = [one.code for one in chosen.indicators if chosen.breakdown not in self._catalogue.breakdowns_of(one)]
        if without:
            self._add(
                "breakdown",
                _("Indicators without this breakdown: %(codes)s. Leave them out or choose another breakdown."),
                codes=", ".join(without),
            )

    def _check_basis(self, chosen: Question) -> None:
        readable = self._provisional_for
        if not chosen.is_provisional or readable is None:
            return
        if not readable:
            self._add(
                "basis", _("Provisional figures are shown to the headquarters and to the state that they belong to.")
            )
        elif any(one.pk not in readable for one in chosen.states):
            codes = [one.code for one in self._catalogue.states if one.pk in readable]
            self._add(
                "state",
                _("You may see provisional figures of your own state alone: %(codes)s."),
                codes=", ".join(codes),
            )

    def _narrowed(self, chosen: Question) -> Question:
        """A provisional table holds the states that the reader may see, and says so in its address."""
        readable = self._provisional_for
        if not chosen.is_provisional or readable is None or chosen.states:
            return chosen
        return replace(chosen, states=tuple(one for one in self._catalogue.states if one.pk in readable))

    def _fields(self) -> set[str]:
        return {one.field for one in self._problems}

    def _add(self, field: str, message: Any, **parts: str) -> None:
        self._problems.append(Problem(code="bad_parameter", field=field, href=field, message=message % parts))


def stage_codes(catalogue: Catalogue, operations: Iterable[Operation]) -> list[str]:
    """The stages of the operations by number, then the periodic returns, where they have any."""
    chosen = {one.pk for one in operations}
    codes = {stage_code(one) for one in catalogue.periods if one.operation_id in chosen}
    return sorted(codes, key=lambda code: (code == INTERVAL, len(code), code))
