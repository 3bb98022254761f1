"""Template tags of the reports app."""

from typing import Any

from django import template

from reports.web.explorer_form import ExplorerForm

register = template.Library()


@register.filter
def problems_of(form: ExplorerForm, name: str) -> list[Any]:
    """What is wrong with one choice of the explorer."""
    return form.problems_of(name)
