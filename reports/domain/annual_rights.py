"""Rights and complaints in the annual report: figures, "nil", or a word on why nothing was collected.

An annual report never passes over the subject: without a figure and without a nil return it needs a text that says so.
"""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext_lazy as _

from operations.domain.errors import Problem
from operations.models import IndicatorGroup, Operation, Submission, Total
from reports.domain import blocks
from reports.domain.cells import Text, both

FIGURES, NIL, NOT_COLLECTED = "figures", "nil", "not_collected"


def rights_status(operation: Operation) -> str:
    """What the operation has to say about rights: accepted figures, accepted nil returns alone, or nothing."""
    accepted = Submission.objects.filter(
        expected_return__period__operation=operation,
        expected_return__agency__kind__code="rights_body",
        status=Submission.Status.ACCEPTED,
    )
    totals = Total.objects.filter(
        period__operation=operation, basis=Total.Basis.ACCEPTED, indicator__group=IndicatorGroup.RIGHTS
    )
    if accepted.filter(is_nil=False).exists() or totals.filter(value__gt=0).exists():
        return FIGURES
    return NIL if accepted.exists() or totals.exists() else NOT_COLLECTED


def rights_statement(operation: Operation) -> Iterator[blocks.Block]:
    """The sentence that opens the section where there are no figures above zero."""
    status = rights_status(operation)
    if status == NIL:
        yield blocks.paragraph(
            both(
                ru="Правозащитные органы представили донесения; жалоб и иных случаев не зафиксировано.",
                en="The rights bodies reported; no complaint and no other case was recorded.",
            )
        )
    if status == NOT_COLLECTED:
        yield blocks.paragraph(both(ru="Данные не собирались.", en="Figures were not collected."), style="warning")


def rights_problem(operation: Operation, narratives: Mapping[str, Text]) -> Iterator[Problem]:
    """The point of the checklist: nothing collected and nothing said about it."""
    if rights_status(operation) == NOT_COLLECTED and "rights" not in narratives:
        yield Problem(
            code="rights_unspoken",
            href="#section-rights",
            message=_("The section on rights has no figures and no text: say why nothing was collected."),
        )
