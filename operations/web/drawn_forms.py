"""Forms that only draw: the domain takes what was typed, and its problems come back to the fields they belong to.

One validation serves pages and the API (`operations.domain.entry`), so a page's form has labels, hints and choices
and no rules of its own. On a refusal the same form is shown again with the typed values and the problems.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.utils import ErrorDict
from django.http import QueryDict

from operations.domain.errors import ListedProblems, Problem

LONG_LIST = 8


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that are drawn together: a text in two languages, first and last day, a long list that folds away."""

    fields: list[BoundField]
    kind: str = "plain"

    @property
    def is_pair(self) -> bool:
        return self.kind == "pair"

    @property
    def is_dates(self) -> bool:
        return self.kind == "dates"

    @property
    def is_ticks(self) -> bool:
        return self.kind == "ticks"

    @property
    def is_folded(self) -> bool:
        return self.kind == "folded"

    @property
    def legend(self) -> Any:
        chosen = self.fields[0].value() or []
        return f"{self.fields[0].label} ({len(chosen)})" if chosen else self.fields[0].label


class DrawnForm(forms.Form):
    """A form without validation; `refuse` puts the domain's problems where they belong."""

    use_required_attribute = False

    _errors: ErrorDict | None

    def full_clean(self) -> None:
        if self._errors is None:
            self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data: dict[str, Any] = {}

    def refuse(self, error: ListedProblems) -> None:
        """Adds each problem to its field; what has no field here belongs to the whole form."""
        for problem in error.problems:
            self.add_error(self._field_of(problem), str(problem.message))

    def retype(self, **values: Any) -> None:
        """Replaces what was typed in some fields before the form is shown again."""
        self.data = {**self.typed(), **values}

    def groups(self) -> Iterator[Group]:
        """The visible fields in their order, those that belong together in one group."""
        names = [name for name, field in self.fields.items() if not field.widget.is_hidden]
        while names:
            name = names.pop(0)
            field, following = self.fields[name], names[0] if names else ""
            if name.endswith("_ru") and following == name.removesuffix("_ru") + "_en":
                yield Group(kind="pair", fields=[self[name], self[names.pop(0)]])
            elif (
                isinstance(field.widget, forms.DateInput)
                and following in self.fields
                and isinstance(self.fields[following].widget, forms.DateInput)
            ):
                yield Group(kind="dates", fields=[self[name], self[names.pop(0)]])
            elif isinstance(field, forms.MultipleChoiceField) and len(list(self[name].subwidgets)) > LONG_LIST:
                yield Group(kind="folded", fields=[self[name]])
            elif isinstance(field, forms.MultipleChoiceField):
                yield Group(kind="ticks", fields=[self[name]])
            else:
                yield Group(fields=[self[name]])

    def _field_of(self, problem: Problem) -> str | None:
        name = problem.field.replace(".", "-")
        return name if name in self.fields else None

    def typed(self, *, only: Iterable[str] | None = None) -> dict[str, Any]:
        """What was typed, by field: lists for fields of several values, text for the rest."""
        data = self.data
        names = self.fields if only is None else only
        return {name: _value(data, name, self.fields[name]) for name in names}


def _value(data: Mapping[str, Any], name: str, field: forms.Field) -> Any:
    if isinstance(field, forms.MultipleChoiceField) and isinstance(data, QueryDict):
        return data.getlist(name)
    return data.get(name, "")


def line(label: Any, *, required: bool = False, hint: Any = "", **attrs: Any) -> forms.CharField:
    return forms.CharField(label=label, required=required, help_text=hint, widget=forms.TextInput(attrs=attrs))


def lines(label: Any, *, required: bool = False, hint: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, required=required, help_text=hint, widget=forms.Textarea(attrs={"rows": str(rows)})
    )


def date(label: Any, *, required: bool = False, hint: Any = "") -> forms.CharField:
    """The browser's own calendar; without one, the date is typed as 2026-12-31."""
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.CharField(label=label, required=required, help_text=hint, widget=widget)


def select(label: Any, choices: Iterable[tuple[Any, Any]], *, required: bool = False, hint: Any = "") -> Any:
    return forms.ChoiceField(label=label, choices=[("", "—"), *choices], required=required, help_text=hint)


def radios(label: Any, choices: Iterable[tuple[Any, Any]], *, required: bool = True, hint: Any = "") -> Any:
    return forms.ChoiceField(
        label=label, choices=list(choices), required=required, help_text=hint, widget=forms.RadioSelect
    )


def ticks(label: Any, choices: Iterable[tuple[Any, Any]], *, hint: Any = "") -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=list(choices), required=False, help_text=hint, widget=forms.CheckboxSelectMultiple
    )


def tick(label: Any, *, hint: Any = "") -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, help_text=hint)


def hidden() -> forms.CharField:
    return forms.CharField(required=False, widget=forms.HiddenInput)
