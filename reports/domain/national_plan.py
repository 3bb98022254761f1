"""The plan as it concerns one state: its agreement, its dates, and the measures that it answers for.

A measure concerns a state that it names, and every state where it names authorities and no state. What is told of it is
the account of that state alone.
"""

from collections.abc import Iterator

from operations.domain.rich_text import plain_text
from operations.models import Agreement, Measure, MemberState, Plan, Stage
from reports.domain import blocks
from reports.domain.annual_basis import measure_number, measure_timing
from reports.domain.blocks import Block
from reports.domain.cells import Text, both, missing, number, words
from reports.domain.texts import NOTHING, date_in_both, days_text, joined, of_row, stage_name, worded


def agreement(plan: Plan, state: MemberState) -> Iterator[Block]:
    """How the state answered the version in force; a reservation is printed."""
    row = Agreement.objects.filter(version=plan.in_force_version, state=state, is_current=True).first()
    if row is None or row.given_at is None:
        return
    answer, on = worded(Agreement.Answer(row.answer).label), date_in_both(row.given_at.date())
    comment = both(ru=f" {row.comment}", en=f" {row.comment}") if row.comment else both(ru="", en="")
    yield blocks.paragraph(
        both(
            ru=f"Ответ Национального штаба на план ({on['ru']}): {answer['ru']}.{comment['ru']}",
            en=f"Answer of the national headquarters to the plan ({on['en']}): {answer['en']}.{comment['en']}",
        )
    )


def stages(plan: Plan, state: MemberState) -> list[Block]:
    """The stages with the dates of the plan and the state's own."""
    rows = []
    for stage in Stage.objects.filter(plan=plan).prefetch_related("windows").order_by("start_date", "number"):
        own = next((one for one in stage.windows.all() if one.state_id == state.pk), None)
        start, end = (own.start_date, own.end_date) if own else (stage.start_date, stage.end_date)
        rows.append(
            blocks.row(
                header=joined([stage_name(stage), of_row(stage, "name")], by=". "),
                cells=[
                    words(days_text(stage.start_date, stage.end_date)),
                    words(days_text(start, end)),
                    number((end - start).days + 1),
                ],
            )
        )
    if not rows:
        return []
    return [
        blocks.table(
            id="table-windows",
            caption=both(ru="Этапы и национальные сроки", en="Stages and national dates"),
            stub=both(ru="Этап", en="Stage"),
            columns=[
                blocks.column(heading=both(ru="По плану операции", en="By the plan of the operation"), kind="text"),
                blocks.column(heading=both(ru="Национальные сроки", en="National dates"), kind="text"),
                blocks.column(heading=both(ru="Дней", en="Days")),
            ],
            rows=rows,
        )
    ]


def measures(plan: Plan, state: MemberState) -> list[Block]:
    """The measures that concern the state, each with the state's own account."""
    found = (
        Measure.objects.filter(objective__plan=plan)
        .select_related("objective", "stage")
        .prefetch_related("responsible_states", "responsible_kinds", "accounts")
        .order_by("objective__position", "position")
    )
    rows = [_row(one, state) for one in found if concerns(one, state)]
    if not rows:
        return [
            blocks.paragraph(
                both(ru="Мероприятий для государства план не содержит.", en="The plan has no measure for the state.")
            )
        ]
    return [
        blocks.table(
            id="table-measures",
            caption=both(ru="Выполнение мероприятий плана", en="Measures of the plan carried out"),
            stub=both(ru="Мероприятие", en="Measure"),
            columns=[
                blocks.column(heading=both(ru="Срок", en="Timing"), kind="text"),
                blocks.column(heading=both(ru="Ответственные органы", en="Responsible authorities"), kind="text"),
                blocks.column(heading=both(ru="Выполнение", en="Progress"), kind="text"),
                blocks.column(heading=both(ru="Отчёт о выполнении", en="Account"), kind="text", weight=2),
            ],
            rows=rows,
            orientation="landscape",
        )
    ]


def concerns(measure: Measure, state: MemberState) -> bool:
    """Whether the state answers for the measure; it is one of those that take part."""
    named = {one.pk for one in measure.responsible_states.all()}
    return state.pk in named if named else bool(measure.responsible_kinds.all())


def _row(measure: Measure, state: MemberState) -> Block:
    account = next((one for one in measure.accounts.all() if one.state_id == state.pk), None)
    progress = Measure.Progress(account.progress if account else Measure.Progress.NOT_STARTED)
    told: Text | None = None
    if account is not None and (account.account_ru or account.account_en):
        told = both(
            ru=plain_text(account.account_ru or account.account_en),
            en=plain_text(account.account_en or account.account_ru),
        )
    kinds = [of_row(kind, "name") for kind in measure.responsible_kinds.all()]
    return blocks.row(
        header=joined([both(ru=measure_number(measure), en=measure_number(measure)), of_row(measure, "text")], by=" "),
        cells=[
            words(measure_timing(measure)),
            words(joined(kinds, by="; ") if kinds else NOTHING),
            words(worded(progress.label)),
            words(told) if told else missing("blank"),
        ],
    )
