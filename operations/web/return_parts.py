"""What the tab "Returns" of an operation leads to: the returns, queries, comments to follow up, unusual figures."""

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from operations.domain.errors import BadInput
from operations.domain.return_layout import Layout
from operations.models import Operation, Return
from operations.web.drawn_forms import DrawnForm, line
from operations.web.return_grid import cell_name

RETURNS, QUERIES, FOLLOW_UPS, UNUSUAL = "returns", "queries", "follow-ups", "unusual"
_NAMES = {
    RETURNS: gettext_lazy("Returns"),
    QUERIES: gettext_lazy("Queries of the headquarters"),
    FOLLOW_UPS: gettext_lazy("Comments to follow up"),
    UNUSUAL: gettext_lazy("Unusual figures"),
}
STALE = gettext_lazy("Somebody else has taken this further since you opened the page. Look at it again.")


def frame(operation: Operation, current: str) -> dict[str, Any]:
    """What every page under the tab needs: the operation and the way to the other parts."""
    parts = [
        {
            "text": name,
            "url": reverse(f"operations:{part}", args=[operation.slug]),
            "is_current": part == current,
        }
        for part, name in _NAMES.items()
    ]
    here = next(part for part in parts if part["is_current"])
    return {"operation": operation, "return_parts": parts, "part_name": here["text"], "part_url": here["url"]}


def of_return(expected_return: Return) -> dict[str, Any]:
    """What the pages below a return need of it."""
    return {
        "operation": expected_return.period.operation,
        "expected_return": expected_return,
        "period": expected_return.period,
    }


def cell_field(layout: Layout, chosen: str) -> forms.Field:
    """What a question or a comment is about: the return, an indicator's own cell, or the cell that was chosen."""
    total = layout.total.pk
    known = {layout.address((one.indicator.pk, total)): (one.indicator.pk, total) for one in layout.lines}
    if chosen not in known and chosen in layout.keys:
        known[chosen] = layout.keys[chosen]
    cells = [(address, f"{address.removesuffix('.TOTAL')} {cell_name(layout, key)}") for address, key in known.items()]
    choices = [("", _("the return as a whole")), *cells]
    return forms.ChoiceField(label=_("About"), choices=choices, required=False)


def screening_field() -> forms.Field:
    """Asked for once a text looks as if it held personal data."""
    return line(_("Why this is no personal data of a person who was checked"))


def refuse_words(form: DrawnForm, error: BadInput) -> None:
    """Puts the problems where they belong; a doubt about personal data brings the field for a reason with it."""
    if any(problem.code == "looks_personal" for problem in error.problems):
        form.fields["screening_reason"] = screening_field()
    form.refuse(error)
