"""Basis and organisation, and what was carried out: the parts of the annual report that come from the plan.

What the plan says is read from the version in force, as it was approved; what became of its measures and of the
meetings' decisions is read as it stands on the report's day.
"""

from collections.abc import Iterable, Iterator

from operations.domain.plan_accounts import HowFar, how_far
from operations.domain.plan_content import frozen_content
from operations.domain.rich_text import plain_text
from operations.domain.wording import date_text
from operations.models import Agreement, Decision, Measure, Meeting, Operation, Plan, Stage
from reports.domain import blocks
from reports.domain.capacities import COUNCIL_CHAIR
from reports.domain.cells import Text, both, day, missing, number, words
from reports.domain.texts import (
    NOTHING,
    date_in_both,
    days_text,
    joined,
    number_sign,
    of_row,
    stage_name,
    state_name,
    worded,
)

STATE = both(ru="Государство", en="State")


def plan_of(operation: Operation) -> Plan | None:
    return (
        Plan.objects.filter(operation=operation).select_related("in_force_version", "agreed_at_meeting__body").first()
    )


def approval_paragraphs(plan: Plan) -> Iterator[blocks.Block]:
    """By whom and when the plan was approved, on which version, and where the states' agreement was recorded."""
    version = plan.in_force_version
    if version is None or version.approved_at is None:
        yield blocks.paragraph(
            both(ru="План операции не утверждён.", en="The plan has not been approved."), style="warning"
        )
        return
    approver = version.approved_by
    name = both(ru="", en="") if approver is None else both(ru=f", {approver.name_ru}", en=f", {approver.name_en}")
    yield blocks.paragraph(
        both(
            ru=f"План операции утверждён {date_text(version.approved_at, language='ru')} ({COUNCIL_CHAIR['ru']}"
            f"{name['ru']}), редакция № {version.number}, SHA-256 {version.sha256[:16]}…",
            en=f"The plan was approved on {date_text(version.approved_at, language='en')} ({COUNCIL_CHAIR['en']}"
            f"{name['en']}), version {version.number}, SHA-256 {version.sha256[:16]}…",
        )
    )
    meeting = plan.agreed_at_meeting
    if meeting is not None:
        yield blocks.paragraph(
            both(
                ru=f"Согласование зафиксировано: {meeting_text(meeting)['ru']}.",
                en=f"The agreement was recorded: {meeting_text(meeting)['en']}.",
            )
        )


def goal_paragraphs(plan: Plan) -> Iterator[blocks.Block]:
    """The goal of the version in force; without one, of the working text."""
    content = _content(plan)
    goal = content.get("goal") if content else None
    texts = goal if goal and (goal["ru"] or goal["en"]) else {"ru": plan.goal_ru, "en": plan.goal_en}
    if texts["ru"] or texts["en"]:
        goal_text = both(ru=texts["ru"] or texts["en"], en=texts["en"] or texts["ru"])
        yield blocks.paragraph(both(ru=f"Цель: {goal_text['ru']}", en=f"Goal: {goal_text['en']}"))


def _content(plan: Plan) -> dict[str, dict[str, str]]:
    if plan.in_force_version is None:
        return {}
    content: dict[str, dict[str, str]] = frozen_content(plan.in_force_version)
    return content


def agreement_table(plan: Plan) -> list[blocks.Block]:
    """How each state answered the version in force; reservations are printed."""
    rows = (
        Agreement.objects.filter(version=plan.in_force_version, is_current=True)
        .select_related("state")
        .order_by("state__short_ru")
    )
    lines = [
        blocks.row(
            header=state_name(row.state),
            cells=[
                words(worded(Agreement.Answer(row.answer).label)),
                day(row.given_at.isoformat()),
                words(_method(row)),
                words(both(ru=row.comment, en=row.comment)) if row.comment else missing("blank"),
            ],
        )
        for row in rows
    ]
    if not lines:
        return []
    return [
        blocks.table(
            id="table-agreement",
            caption=both(ru="Согласование плана государствами", en="Agreement of the states to the plan"),
            stub=STATE,
            columns=[
                blocks.column(heading=both(ru="Ответ", en="Answer"), kind="text", weight=2),
                blocks.column(heading=both(ru="Дата", en="Date"), kind="text"),
                blocks.column(heading=both(ru="Способ", en="Method"), kind="text"),
                blocks.column(heading=both(ru="Оговорка, замечание", en="Reservation, remark"), kind="text", weight=2),
            ],
            rows=lines,
        )
    ]


def _method(row: Agreement) -> Text:
    method = worded(Agreement.Method(row.method).label)
    return joined([method, number_sign(row.letter_number)], by=" ") if row.letter_number else method


def stages_and_participants(operation: Operation, plan: Plan | None) -> Iterator[blocks.Block]:
    """Stages with their days, and who did not take part and why."""
    stages = list(Stage.objects.filter(plan=plan).order_by("start_date", "number")) if plan is not None else []
    if stages:
        yield blocks.table(
            id="table-plan-stages",
            caption=both(ru="Этапы операции", en="Stages of the operation"),
            stub=both(ru="Этап", en="Stage"),
            columns=[
                blocks.column(heading=both(ru="Вид", en="Kind"), kind="text"),
                blocks.column(heading=both(ru="Сроки", en="Dates"), kind="text", weight=2),
                blocks.column(heading=both(ru="Дней", en="Days")),
            ],
            rows=[
                blocks.row(
                    header=joined([stage_name(stage), of_row(stage, "name")], by=". "),
                    cells=[
                        words(worded(Stage.Kind(stage.kind).label)),
                        words(days_text(stage.start_date, stage.end_date)),
                        number(stage.days),
                    ],
                )
                for stage in stages
            ],
        )
    parts = list(operation.participations.select_related("state").order_by("state__short_ru"))
    taking = [state_name(part.state) for part in parts if part.takes_part]
    if taking:
        names = joined(taking)
        yield blocks.paragraph(both(ru=f"Участвовали: {names['ru']}.", en=f"Taking part: {names['en']}."))
    for part in (part for part in parts if not part.takes_part):
        name, reason = state_name(part.state), of_row(part, "absence_reason")
        yield blocks.paragraph(
            both(
                ru=f"Не участвовала сторона: {name['ru']} ({reason['ru']}).",
                en=f"Absent: {name['en']} ({reason['en']}).",
            )
        )


def meetings_table(operation: Operation) -> list[blocks.Block]:
    """The meetings of the year, in the order of time."""
    rows = Meeting.objects.filter(operation=operation).select_related("body").order_by("held_on", "number")
    lines = [
        blocks.row(
            header=of_row(row.body, "name"),
            cells=[
                number(row.number),
                words(date_in_both(row.held_on)),
                words(_place(row)),
                words(number_sign(row.minutes_number)) if row.minutes_number else missing("blank"),
            ],
        )
        for row in rows
    ]
    if not lines:
        return []
    return [
        blocks.table(
            id="table-meetings",
            caption=both(ru="Заседания", en="Meetings"),
            stub=both(ru="Орган", en="Body"),
            columns=[
                blocks.column(heading=both(ru="Номер", en="Number")),
                blocks.column(heading=both(ru="Дата", en="Date"), kind="text"),
                blocks.column(heading=both(ru="Место", en="Place"), kind="text"),
                blocks.column(heading=both(ru="Протокол", en="Minutes"), kind="text"),
            ],
            rows=lines,
        )
    ]


def _place(meeting: Meeting) -> Text:
    if meeting.is_in_correspondence:
        return both(ru="заочно", en="in correspondence")
    return of_row(meeting, "place") if meeting.place_ru or meeting.place_en else NOTHING


def meeting_text(meeting: Meeting) -> Text:
    """«Международный штаб, протокол № 3 от 12.02.2026»."""
    body, on = of_row(meeting.body, "name"), date_in_both(meeting.held_on)
    minutes = meeting.minutes_number or str(meeting.number)
    return both(
        ru=f"{body['ru']}, протокол № {minutes} от {on['ru']}", en=f"{body['en']}, minutes No. {minutes} of {on['en']}"
    )


def measures_table(plan: Plan) -> list[blocks.Block]:
    """The measures with who answered for them and what became of them."""
    rows = (
        Measure.objects.filter(objective__plan=plan)
        .select_related("objective", "stage")
        .prefetch_related("responsible_kinds", "responsible_states", "responsible_bodies")
        .order_by("objective__position", "position")
    )
    far = how_far(plan)
    lines = [
        blocks.row(
            header=joined([both(ru=measure_number(row), en=measure_number(row)), of_row(row, "text")], by=" "),
            cells=[
                words(measure_timing(row)),
                words(_responsible(row)),
                words(_how_far(far[row.pk])),
                words(told) if (told := _told(far[row.pk])) else missing("blank"),
            ],
        )
        for row in rows
    ]
    if not lines:
        return []
    return [
        blocks.table(
            id="table-measures",
            caption=both(ru="Выполнение мероприятий плана", en="Measures of the plan carried out"),
            stub=both(ru="Мероприятие", en="Measure"),
            columns=[
                blocks.column(heading=both(ru="Срок", en="Timing"), kind="text"),
                blocks.column(heading=both(ru="Ответственные", en="Responsible"), kind="text", weight=2),
                blocks.column(heading=both(ru="Выполнение", en="Progress"), kind="text"),
                blocks.column(heading=both(ru="Отчёт о выполнении", en="Account"), kind="text", weight=2),
            ],
            rows=lines,
            orientation="landscape",
        )
    ]


def measure_number(row: Measure) -> str:
    return f"{row.objective.position}.{row.position}."


def measure_timing(row: Measure) -> Text:
    if row.timing == Measure.Timing.DATES and row.start_date is not None:
        return days_text(row.start_date, row.end_date)
    if row.stage is not None:
        return stage_name(row.stage)
    return worded(Measure.Timing(row.timing).label)


def _responsible(row: Measure) -> Text:
    names = [
        *(of_row(kind, "name") for kind in row.responsible_kinds.all()),
        *(of_row(body, "name") for body in row.responsible_bodies.all()),
        *(state_name(state) for state in row.responsible_states.all()),
    ]
    return joined(names, by="; ") if names else NOTHING


def _how_far(far: HowFar) -> Text:
    """The status over all sides, and how many of them have done their part."""
    label = worded(Measure.Progress(far.status).label)
    if far.sides < 2:
        return label
    counted = both(ru=f"исполнили {far.done} из {far.sides}", en=f"done by {far.done} of {far.sides}")
    return joined([label, counted], by="; ")


def _told(far: HowFar) -> Text | None:
    """The accounts of the sides, each under the name of its state."""
    said = []
    for account in far.accounts:
        if not (account.account_ru or account.account_en):
            continue
        text = {
            "ru": plain_text(account.account_ru or account.account_en),
            "en": plain_text(account.account_en or account.account_ru),
        }
        state = account.state
        name = both(ru=f"{state.short_ru}: ", en=f"{state.short_en}: ") if state is not None else both(ru="", en="")
        said.append(both(ru=name["ru"] + text["ru"], en=name["en"] + text["en"]))
    return joined(said, by="; ") if said else None


def decisions_table(operation: Operation) -> list[blocks.Block]:
    """What the meetings decided, and what became of it."""
    rows = (
        Decision.objects.filter(item__meeting__operation=operation)
        .select_related("item__meeting")
        .prefetch_related("responsible_states", "responsible_bodies")
        .order_by("item__meeting__held_on", "item__position", "position")
    )
    lines = [
        blocks.row(
            header=of_row(row, "text"),
            cells=[
                words(_who(row)),
                words(date_in_both(row.due_date)) if row.due_date else missing("blank"),
                words(worded(Decision.Progress(row.progress).label)),
                words(of_row(row, "account")) if row.account_ru or row.account_en else missing("blank"),
            ],
        )
        for row in rows
    ]
    if not lines:
        return []
    return [
        blocks.table(
            id="table-decisions",
            caption=both(ru="Выполнение решений заседаний", en="Decisions of the meetings carried out"),
            stub=both(ru="Решение", en="Decision"),
            columns=[
                blocks.column(heading=both(ru="Ответственные", en="Responsible"), kind="text", weight=2),
                blocks.column(heading=both(ru="Срок", en="Due"), kind="text"),
                blocks.column(heading=both(ru="Выполнение", en="Progress"), kind="text"),
                blocks.column(heading=both(ru="Отчёт о выполнении", en="Account"), kind="text", weight=2),
            ],
            rows=lines,
        )
    ]


def _who(row: Decision) -> Text:
    names: Iterable[Text] = [
        *(state_name(state) for state in row.responsible_states.all()),
        *(of_row(body, "name") for body in row.responsible_bodies.all()),
    ]
    return joined(names, by="; ") if names else NOTHING
