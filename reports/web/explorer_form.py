"""The form of the explorer: what it offers on each dimension, and what is chosen. It sends itself as an address."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.domain.breakdowns import breakdown_name
from operations.models import IndicatorGroup, Operation
from operations.web.tags import label
from reports.domain.explorer import INTERVAL, Catalogue, Dimension, View, Whole, stage_codes
from reports.domain.texts import period_name


@dataclass(frozen=True)
class Option:
    """One value on offer."""

    code: str
    text: str
    is_chosen: bool


@dataclass(frozen=True)
class Choice:
    """A group of values: `groups` are (heading, options), a single one without a heading where nothing divides them.

    `is_optional` says that choosing nothing means everything.
    """

    name: str
    label: str
    groups: list[tuple[str, list[Option]]]
    is_optional: bool = True
    problems: list[Any] = field(default_factory=list)

    @property
    def chosen(self) -> int:
        return len({one.code for _heading, options in self.groups for one in options if one.is_chosen})

    @property
    def only(self) -> str:
        """The text of the one value that is chosen."""
        found = [one.text for _heading, options in self.groups for one in options if one.is_chosen]
        return found[0] if len(found) == 1 else ""


class ExplorerForm:
    """What the template draws. `given` are the words of the address, right or wrong."""

    def __init__(
        self,
        given: Mapping[str, Sequence[str]],
        catalogue: Catalogue,
        *,
        problems: Iterable[Any] = (),
        with_provisional: bool,
    ) -> None:
        self._given, self._catalogue = given, catalogue
        self._problems = list(problems)
        self._operations = [one for one in catalogue.operations if one.slug in self._chosen("operation")]
        self.with_provisional = with_provisional

    def choices(self) -> list[Choice]:
        """The groups of checkboxes in the order of the form."""
        return [
            self._choice("indicator", _("Indicators"), self._indicators(), is_optional=False),
            self._choice("operation", _("Operations"), [("", self._operation_options())], is_optional=False),
            self._choice("stage", _("Stages"), [("", self._stages())]),
            self._choice("period", _("Reporting periods"), [("", self._periods())]),
            self._choice("state", _("States"), [("", self._options("state", self._catalogue.states))]),
            self._choice(
                "agency_kind",
                _("Kinds of authority"),
                [("", self._options("agency_kind", self._catalogue.agency_kinds))],
            ),
        ]

    def breakdowns(self) -> list[Option]:
        chosen = self._chosen("breakdown")
        return [Option(one.code, breakdown_name(one.code), one.code in chosen) for one in self._catalogue.breakdowns]

    def categories(self) -> Choice | None:
        """The categories of the breakdown that is chosen."""
        breakdown = next(iter(self._chosen("breakdown")), "")
        rows = self._catalogue.categories(breakdown)
        return self._choice("category", _("Categories"), [("", self._options("category", rows))]) if rows else None

    def axis(self, name: str) -> list[list[Option]]:
        """Two lists of dimensions for a side, the outer one first."""
        chosen = self._chosen(name)
        return [
            [Option(one.value, str(one.label), place < len(chosen) and one.value == chosen[place]) for one in Dimension]
            for place in range(2)
        ]

    def sides(self) -> list[tuple[str, str, list[list[Option]]]]:
        return [("rows", _("On rows"), self.axis("rows")), ("columns", _("On columns"), self.axis("columns"))]

    def basis(self) -> list[Option]:
        provisional = "provisional" in self._chosen("basis")
        return [
            Option("", _("Official: accepted figures"), not provisional),
            Option("provisional", _("Provisional: with figures that wait for a decision"), provisional),
        ]

    def currencies(self) -> list[Option]:
        chosen = self._chosen("currency")
        own = Option("", _("The states’ own currencies"), not chosen)
        return [own, *(Option(code, code, code in chosen) for code in self._catalogue.currencies)]

    def views(self) -> list[Option]:
        return self._enumerated("view", View, View.TABLE)

    def wholes(self) -> list[Option]:
        return self._enumerated("of", Whole, Whole.ROW)

    def problems_of(self, name: str) -> list[Any]:
        return [one for one in self._problems if one.field == name]

    def _choice(
        self, name: str, words: str, groups: list[tuple[str, list[Option]]], *, is_optional: bool = True
    ) -> Choice:
        return Choice(name, words, groups, is_optional, self.problems_of(name))

    def _chosen(self, name: str) -> list[str]:
        return [text for text in self._given.get(name, ()) if text]

    def _options(self, name: str, rows: Iterable[Any]) -> list[Option]:
        chosen = self._chosen(name)
        return [Option(one.code, label(one), one.code in chosen) for one in rows]

    def _operation_options(self) -> list[Option]:
        chosen = self._chosen("operation")
        return [Option(one.slug, label(one, "title"), one.slug in chosen) for one in self._catalogue.operations]

    def _kinds(self) -> list[Option]:
        return self._options("agency_kind", self._catalogue.agency_kinds)

    def _indicators(self) -> list[tuple[str, list[Option]]]:
        """By group; a group that the address names is chosen with all that is in it."""
        chosen, whole = self._chosen("indicator"), self._chosen("group")
        return [
            (
                str(IndicatorGroup(group).label),
                [
                    Option(one.code, f"{one.code} {label(one)}", one.code in chosen or one.group in whole)
                    for one in members
                ],
            )
            for group, members in groupby(self._catalogue.indicators, key=lambda one: one.group)
        ]

    def _stages(self) -> list[Option]:
        chosen = self._chosen("stage")
        return [
            Option(
                code,
                _("Periodic returns") if code == INTERVAL else _("Stage %(number)s") % {"number": code},
                code in chosen,
            )
            for code in stage_codes(self._catalogue, self._operations)
        ]

    def _periods(self) -> list[Option]:
        chosen, of = self._chosen("period"), {one.pk for one in self._operations}
        names: dict[str, str] = {}
        for one in self._catalogue.periods:
            if one.operation_id in of:
                names.setdefault(one.code, label(period_name(one)))
        return [Option(code, text, code in chosen) for code, text in names.items()]

    def _enumerated(self, name: str, words: Any, default: Any) -> list[Option]:
        chosen = next(iter(self._chosen(name)), default.value)
        return [Option(one.value, str(one.label), one.value == chosen) for one in words]


#: The words of a download, by format.
DOWNLOADS = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "json": "JSON",
    "sdmx-csv": "SDMX-CSV",
    "sdmx-ml": "SDMX-ML",
    "sdmx-structure": gettext_lazy("Structure of SDMX"),
}


def operations_text(operations: Iterable[Operation]) -> str:
    """The operations of a table in words."""
    return ", ".join(label(one, "title") for one in operations)
