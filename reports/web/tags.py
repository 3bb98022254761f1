"""Template tags of the reports app."""

from typing import Any

from django import template

from reports.domain import titles
from reports.models import Report
from reports.web.explorer_form import ExplorerForm

register = template.Library()


@register.filter
def problems_of(form: ExplorerForm, name: str) -> list[Any]:
    """What is wrong with one choice of the explorer."""
    return form.problems_of(name)


@register.filter
def full_title(report: Report) -> str:
    """«Отчёт об этапе, этап 2, операция «Нелегал-2026»»."""
    return titles.full_title_of(report)


@register.filter
def numbered_title(report: Report) -> str:
    """«Отчёт об этапе № 1, этап 2»: the heading of a report's own pages."""
    return titles.numbered_title_of(report)
