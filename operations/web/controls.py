"""Form fields as the site draws them: a field's kind, its CSS classes, and the page's list of problems.

Django's own widgets stay as they are; this module only adds classes by the widget's kind, so that a form
needs no knowledge of the style sheet. Django itself ties hints and errors to their input.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.forms.forms import BaseForm
from django.forms.formsets import BaseFormSet
from django.utils.safestring import SafeString

_CLASSES = {
    "text": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "number": "govuk-input",
    "date": "govuk-input govuk-input--width-10",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
    "checkboxes": "govuk-checkboxes__input",
    "radios": "govuk-radios__input",
}
_ERROR_CLASSES = {
    "textarea": "govuk-textarea--error",
    "select": "govuk-select--error",
    "file": "govuk-file-upload--error",
    "checkbox": "",
}


@dataclass(frozen=True)
class Problem:
    """One line of the error summary; `href` points at the field, and is empty where there is none."""

    text: str
    href: str = ""


def kind(field: BoundField) -> str:
    """How a field is drawn: one of the keys of `_CLASSES`, or hidden."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    # RadioSelect and CheckboxSelectMultiple are selects to Django, so they are asked first
    kinds: tuple[tuple[type[forms.Widget], str], ...] = (
        (forms.CheckboxSelectMultiple, "checkboxes"),
        (forms.RadioSelect, "radios"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Textarea, "textarea"),
        (forms.Select, "select"),
        (forms.FileInput, "file"),
        (forms.PasswordInput, "password"),
        (forms.DateInput, "date"),
        (forms.NumberInput, "number"),
    )
    return next((name for widget_type, name in kinds if isinstance(widget, widget_type)), "text")


def control(field: BoundField, *, width: str = "", described_by: str = "") -> SafeString:
    """The field's input; `width` is one of govuk-frontend's widths in characters (2, 3, 4, 5, 10, 20, 30)."""
    drawn = kind(field)
    if drawn == "hidden":
        return field.as_hidden()
    classes = [field.field.widget.attrs.get("class", ""), _CLASSES[drawn]]
    if field.errors:
        classes.append(_ERROR_CLASSES.get(drawn, "govuk-input--error"))
    if width:
        classes.append(f"govuk-input--width-{width}")
    # the label says what a placeholder would repeat, and stays when something is typed
    attrs: dict[str, Any] = {"class": " ".join(name for name in classes if name), "placeholder": False}
    if described_by:
        attrs["aria-describedby"] = " ".join(part for part in (described_by, field.aria_describedby) if part)
    if drawn == "textarea" and "rows" not in field.field.widget.attrs:
        attrs["rows"] = "4"
    return field.as_widget(attrs=attrs)


def choices(field: BoundField) -> list[Any]:
    """The inputs of a group of radios or checkboxes."""
    options = list(field.subwidgets)
    for option in options:
        option.data["attrs"] = {**option.data["attrs"], "class": _CLASSES[kind(field)]}
    return options


def page_problems(context: Any) -> list[Problem]:
    """All problems of a page in the order of its fields, each once.

    `problems` may hold strings, or objects with a `message` (or `text`) and, where they know
    their place on the page, an `href`.
    """
    found: list[Problem] = []
    for form in _forms(context):
        found.extend(_form_problems(form))
    for problem in context.get("problems") or ():
        text = getattr(problem, "message", None) or getattr(problem, "text", None) or problem
        found.append(Problem(text=str(text), href=_address(getattr(problem, "href", ""))))
    return list(dict.fromkeys(found))


def _address(href: str) -> str:
    """A bare name is a place on this page."""
    return href if not href or href.startswith(("#", "/")) else f"#{href}"


def _forms(context: Any) -> Iterable[BaseForm]:
    candidates = [context.get("form"), *(context.get("forms") or ())]
    for formset in (context.get("formset"), *(context.get("formsets") or ())):
        if isinstance(formset, BaseFormSet):
            candidates.extend(formset.forms)
    return [form for form in candidates if isinstance(form, BaseForm) and form.is_bound]


def _form_problems(form: BaseForm) -> list[Problem]:
    found = [Problem(text=str(text)) for text in form.non_field_errors()]
    for field in form:
        for text in field.errors:
            words = f"{field.label}: {text}" if field.label and not field.is_hidden else str(text)
            found.append(Problem(text=words, href=f"#{_target(field)}"))
    return found


def _target(field: BoundField) -> str:
    """The element that the summary's link moves to: of a group its first option, which can have the focus."""
    if kind(field) in ("radios", "checkboxes"):
        return f"{field.auto_id}_0"
    return field.id_for_label or field.auto_id
