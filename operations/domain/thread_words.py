"""What people say about a return or one of its cells, as queries and comments take it."""

from collections.abc import Callable, Iterable

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.domain.return_layout import CellKey, UnknownCell, layout_of
from operations.domain.screening import clean
from operations.domain.transitions import Attempt
from operations.models import Return

LONGEST = 2000
Ask = Callable[[Attempt], Iterable[Problem]]


def worded(field: str) -> Ask:
    """The text is there; that it holds no personal data is asked by `screened`."""

    def ask(attempt: Attempt) -> Iterable[Problem]:
        if not words_of(attempt, field):
            yield Problem(code="required", field=field, message=_("Write what you want to say."))

    return ask


def about_a_cell(return_of: Callable[[Attempt], Return]) -> Ask:
    """The cell, where one is named, is on the form of the return."""

    def ask(attempt: Attempt) -> Iterable[Problem]:
        try:
            cell_of(attempt, return_of(attempt))
        except UnknownCell:
            yield Problem(code="unknown_cell", field="cell", message=_("There is no such cell on this form."))

    return ask


def cell_of(attempt: Attempt, expected_return: Return) -> CellKey | tuple[None, None]:
    """The cell that was named by address, or nothing; raises `UnknownCell`."""
    address = str(attempt.given.get("cell") or "")
    return layout_of(expected_return.form).named(address) if address else (None, None)


def words_of(attempt: Attempt, field: str = "text") -> str:
    return clean(str(attempt.given.get(field) or "")).replace("\r\n", "\n")
