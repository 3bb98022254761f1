"""When two people edited the same row: what stands there now beside what was typed, field by field.

Nothing is saved and nothing is lost: the form keeps what was typed, the other text stands beside it, and each field can
take over the other's entry before the form is saved on top of it.
"""

import json
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext

from operations.models import AuditEntry, Plan
from operations.web.drawn_forms import DrawnForm


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A field in which the row as it stands differs from what was typed."""

    name: str
    label: str
    mine: str
    theirs: str

    @property
    def language(self) -> str:
        return self.name[-2:] if self.name.endswith(("_ru", "_en")) else ""


def entries_of(row: Any, form: DrawnForm) -> dict[str, Any]:
    """The row's own entries as its form would send them: texts, codes, lists of codes."""
    return {name: _entry(getattr(row, name)) for name in form.fields if name != "revision" and hasattr(row, name)}


def differences(row: Any, form: DrawnForm) -> list[Difference]:
    """The fields that differ, in the order of the form, in words that people read."""
    typed, found = form.typed(), []
    for name, theirs in entries_of(row, form).items():
        mine = typed[name]
        if _comparable(mine) != _comparable(theirs):
            field = form.fields[name]
            found.append(
                Difference(name=name, label=str(field.label), mine=_words(field, mine), theirs=_words(field, theirs))
            )
    return found


def last_editor(plan: Plan, *, kind: str, row: Any) -> AuditEntry | None:
    """Who changed the row last, by the audit trail."""
    trail = AuditEntry.objects.filter(act="plan.edit", object_type="plan", object_id=str(plan.pk))
    for entry in trail.order_by("-sequence")[:200]:
        data = json.loads(entry.data)
        same_kind = data.get("kind") == kind or (kind == "goal" and data.get("edit") == "goal")
        if same_kind and (data.get("row") == row.pk or data.get("edit") in ("section", "goal")):
            return entry
    return None


def _entry(value: Any) -> Any:
    if isinstance(value, bool):
        return "on" if value else ""
    if hasattr(value, "all"):
        return [_key(item) for item in value.all()]
    if hasattr(value, "pk"):
        return _key(value)
    return "" if value is None else str(value)


def _key(row: Any) -> str:
    """What a form sends for the row: the key that people know it by, else its number."""
    return str(next((key for name in ("code", "slug", "username") if (key := getattr(row, name, None))), row.pk))


def _comparable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return sorted(str(item) for item in value)
    return str(value).replace("\r\n", "\n").strip()


def _words(field: forms.Field, value: Any) -> str:
    """Codes as the choices that they stand for, a ticked box as yes."""
    if isinstance(field, forms.BooleanField):
        return gettext("yes") if value else gettext("no")
    if not isinstance(field, forms.ChoiceField):
        return str(value)
    choices: Any = field.choices
    labels = {str(code): str(label) for code, label in choices}
    chosen = value if isinstance(value, list | tuple) else [value]
    return "; ".join(labels.get(str(code), str(code)) for code in chosen if code not in ("", None))
