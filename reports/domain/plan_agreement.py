"""What the states said to a plan: the annexes with their remarks and with their agreement, reservations in full.

Nobody's words are translated: a remark is printed in both editions as it was written.
"""

from collections.abc import Iterator

from operations.domain.moments import moscow_date
from operations.models import Agreement, PlanVersion, Remark
from reports.domain import blocks
from reports.domain.blocks import Block
from reports.domain.capacities import post_of
from reports.domain.cells import Cell, Text, blank, both, number, same, words
from reports.domain.plan_sections import TEXT, PlanText, cell_of
from reports.domain.texts import date_in_both, joined, number_sign, worded

STATE = both(ru="Государство", en="State")


def remarks(versions: list[PlanVersion]) -> list[Block]:
    """What the states remarked and objected, version by version, and what was answered."""
    answers = (
        Agreement.objects.filter(version__in=versions)
        .select_related("version", "state")
        .prefetch_related("remarks")
        .order_by("version__number", "state__short_ru", "given_at")
    )
    rows: list[Block] = []
    for agreement in answers:
        if agreement.answer == Agreement.Answer.OBJECTED:
            rows.append(_remark_row(agreement, agreement.comment, "", worded(Agreement.Answer.OBJECTED.label)))
        rows += [
            _remark_row(
                agreement,
                f"{remark.place}: {remark.text}" if remark.place else remark.text,
                remark.reply,
                worded(Remark.Disposition(remark.disposition).label) if remark.disposition else same(""),
            )
            for remark in agreement.remarks.all()
        ]
    if not rows:
        return []
    return [
        blocks.table(
            id="table-remarks",
            caption=both(ru="Замечания, предложения и ответы на них", en="Remarks, proposals and the answers"),
            stub=STATE,
            columns=[
                blocks.column(heading=both(ru="Редакция", en="Version")),
                blocks.column(heading=both(ru="Замечание, предложение", en="Remark or proposal"), kind=TEXT, weight=3),
                blocks.column(heading=both(ru="Ответ", en="Answer"), kind=TEXT, weight=3),
                blocks.column(heading=both(ru="Итог", en="Outcome"), kind=TEXT),
            ],
            rows=rows,
        )
    ]


def _remark_row(agreement: Agreement, said: str, answered: str, outcome: Text) -> Block:
    state = both(ru=agreement.state.short_ru, en=agreement.state.short_en)
    cells = [number(agreement.version.number), cell_of(same(said)), cell_of(same(answered)), cell_of(outcome)]
    return blocks.row(header=state, cells=cells)


def agreement_sheet(plan: PlanText, versions: list[PlanVersion]) -> list[Block]:
    """How each state answered the printed version, by whose hand; reservations are printed in full below."""
    answered: dict[str, Agreement] = {}
    if versions:
        rows = Agreement.objects.filter(version=versions[-1], is_current=True)
        answered = {row.state.code: row for row in rows.select_related("state", "given_by", "confirmed_by")}
    lines = []
    for part in plan.content["participants"]:
        agreement = answered.get(part["state"])
        if not part["takes_part"]:
            cells = [words(both(ru="не участвует", en="does not take part")), blank(), blank(), blank()]
        elif agreement is None:
            cells = [words(both(ru="ответ не получен", en="no answer yet")), blank(), blank(), blank()]
        else:
            cells = _answer_cells(agreement)
        lines.append(blocks.row(header=plan.state(part["state"]), cells=cells))
    if not lines:
        return []
    headings = (
        (both(ru="Ответ", en="Answer"), 2),
        (both(ru="Фамилия, должность", en="Name and post"), 3),
        (both(ru="Дата", en="Date"), 1),
        (both(ru="Способ", en="Method"), 2),
    )
    table = blocks.table(
        id="table-agreement",
        caption=both(ru="Согласование плана государствами", en="Agreement of the states to the plan"),
        stub=STATE,
        columns=[blocks.column(heading=heading, kind=TEXT, weight=weight) for heading, weight in headings],
        rows=lines,
    )
    return [table, *_reservations(plan, answered)]


def _answer_cells(agreement: Agreement) -> list[Cell]:
    """An answer by letter was recorded by one person and counts when another has confirmed it: both are named."""
    given, on = agreement.given_by, moscow_date(agreement.given_at)
    name = both(ru=given.name_ru, en=given.name_en)
    post = post_of(given, on=on)["post"]
    who = joined([name, post]) if post else name
    method = worded(Agreement.Method(agreement.method).label)
    if agreement.method != Agreement.Method.SYSTEM:
        sent = [method, number_sign(agreement.letter_number)]
        if agreement.letter_date:
            dated = date_in_both(agreement.letter_date)
            sent.append(both(ru=f"от {dated['ru']}", en=f"of {dated['en']}"))
        method = joined(sent, by=" ")
        confirmed = agreement.confirmed_by
        second = (
            both(ru="не подтверждено", en="not confirmed")
            if confirmed is None
            else both(ru=f"подтвердил(а) {confirmed.name_ru}", en=f"confirmed by {confirmed.name_en}")
        )
        who = joined([both(ru=f"записал(а) {name['ru']}", en=f"recorded by {name['en']}"), second], by="; ")
    answer = worded(Agreement.Answer(agreement.answer).label)
    return [words(answer), words(who), words(date_in_both(on)), words(method)]


def _reservations(plan: PlanText, answered: dict[str, Agreement]) -> Iterator[Block]:
    """«Особое мнение» as its state wrote it."""
    for code, agreement in answered.items():
        if agreement.answer == Agreement.Answer.AGREED_WITH_RESERVATION:
            state = plan.state(code)
            title = both(ru=f"Особое мнение: {state['ru']}", en=f"Reservation: {state['en']}")
            yield blocks.heading(title, id=f"reservation-{code.lower()}")
            yield blocks.paragraph(same(agreement.comment))
