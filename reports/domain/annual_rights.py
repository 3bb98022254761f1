"""Rights and complaints in the annual report: figures, "nil", or a word on why nothing was collected.

An annual report never passes over the subject: without a figure and without a nil return it needs a text that says so.
The accounts that the rights bodies keep show how complaints were dealt with, by receiving channel: for the house alone.
"""

from collections.abc import Iterator, Mapping

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from operations.domain.access import RIGHTS_BODY
from operations.domain.complaint_sums import Balance, year_of_complaints
from operations.domain.errors import Problem
from operations.domain.statistics import participating_states
from operations.models import ComplaintAccount, IndicatorGroup, Operation, Submission
from reports.domain import blocks
from reports.domain.cells import Text, both, number
from reports.domain.editions import internal
from reports.domain.extents import Extent
from reports.domain.texts import worded

FIGURES, NIL, NOT_COLLECTED = "figures", "nil", "not_collected"


def rights_status(extent: Extent) -> str:
    """What there is to say about rights: accepted figures or accounts, nil returns alone, or nothing.

    Of one state only the accepted sums are looked at: accounts and returns of rights bodies are not its head's to see.
    """
    totals = extent.accepted_totals().filter(indicator__group=IndicatorGroup.RIGHTS)
    accepted = extent.submissions().filter(
        expected_return__agency__kind__code=RIGHTS_BODY, status=Submission.Status.ACCEPTED
    )
    accounts = ComplaintAccount.objects.filter(period__operation=extent.operation)
    if extent.state is not None:
        accounts = accounts.none()
    if extent.stage is not None:
        accounts = accounts.filter(period__stage=extent.stage)
    counted = accounts.filter(Q(carried_over__gt=0) | Q(received__gt=0))
    if accepted.filter(is_nil=False).exists() or totals.filter(value__gt=0).exists() or counted.exists():
        return FIGURES
    return NIL if accepted.exists() or totals.exists() or accounts.exists() else NOT_COLLECTED


def rights_statement(extent: Extent) -> Iterator[blocks.Block]:
    """The sentence that opens the section where there are no figures above zero."""
    status = rights_status(extent)
    if status == NIL:
        yield blocks.paragraph(
            both(
                ru="Правозащитные органы представили донесения; жалоб и иных случаев не зафиксировано.",
                en="The rights bodies reported; no complaint and no other case was recorded.",
            )
        )
    if status == NOT_COLLECTED:
        yield blocks.paragraph(both(ru="Данные не собирались.", en="Figures were not collected."), style="warning")


def rights_problem(extent: Extent, narratives: Mapping[str, Text]) -> Iterator[Problem]:
    """The point of the checklist: nothing collected and nothing said about it."""
    if rights_status(extent) == NOT_COLLECTED and "rights" not in narratives:
        yield Problem(
            code="rights_unspoken",
            href="#section-rights",
            message=_("The section on rights has no figures and no text: say why nothing was collected."),
        )


COLUMNS = {
    "carried_over": both(ru="Остаток на начало", en="Carried over"),
    "received": both(ru="Поступило", en="Received"),
    "examined": both(ru="Рассмотрено", en="Examined"),
    "pending": both(ru="Остаток на конец", en="Pending"),
}


def complaints_balance(operation: Operation) -> Iterator[blocks.Block]:
    """Carried over + received = examined + pending, by receiving channel; or that there is no account."""
    year = year_of_complaints(operation)
    if not year.by_channel:
        yield internal(
            blocks.paragraph(
                both(
                    ru="Сведения о движении жалоб по каналам поступления не собирались.",
                    en="No accounts of complaints by receiving channel were collected.",
                ),
                style="note",
            )
        )
        return
    whole = Balance()
    rows = []
    for code, words in ComplaintAccount.Channel.choices:
        balance = year.by_channel.get(code)
        if balance is not None:
            whole.add(balance)
            rows.append(_row(worded(words), balance))
    if not whole.carried_over and not whole.received:
        nil = both(ru="По каналам поступления жалоб не зарегистрировано.", en="No complaint came by any channel.")
        yield internal(blocks.paragraph(nil))
        return
    rows.append(_row(both(ru="Всего", en="Total"), whole, style="total"))
    yield internal(
        blocks.table(
            id="table-complaints",
            caption=both(ru="Движение жалоб по каналам поступления", en="Complaints by receiving channel"),
            stub=both(ru="Канал поступления", en="Receiving channel"),
            columns=[blocks.column(heading=heading) for heading in COLUMNS.values()],
            rows=rows,
            unit=both(ru="жалоб", en="complaints"),
            footnotes=list(_footnotes(operation, year.states, whole)),
        )
    )


def _row(header: Text, balance: Balance, *, style: str = "normal") -> blocks.Block:
    return blocks.row(header=header, cells=[number(getattr(balance, name)) for name in COLUMNS], style=style)


def _footnotes(operation: Operation, states: int, whole: Balance) -> Iterator[Text]:
    expected = len(participating_states(operation))
    yield both(
        ru=f"По сведениям правозащитных органов; государств: {states} из {expected}.",
        en=f"By the accounts of the rights bodies; states: {states} of {expected}.",
    )
    if whole.adjusted:
        yield both(
            ru=f"Остатки на начало периодов уточнены с обоснованием, всего на {whole.adjusted:+d}.",
            en=f"What was carried over was corrected with an explanation, in all by {whole.adjusted:+d}.",
        )
