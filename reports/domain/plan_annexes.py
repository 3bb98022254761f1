"""The annexes of a plan: national dates, timeline, indicators, forms, contacts, remarks and answers, agreement sheet.

Dates and contacts come from the plan's content; indicators, forms and deadlines are those of the day on which the
document is frozen; remarks and answers are those that were given to the plan's versions up to this one.
"""

import datetime as dt

from operations.domain import timeline
from operations.domain.plan_reading import Reading
from operations.domain.timeline_drawing import Timeline
from operations.models import (
    ContextEvent,
    Indicator,
    Meeting,
    Operation,
    PeriodKind,
    PlanVersion,
    ReportingPeriod,
    ReturnForm,
)
from reports.domain import blocks
from reports.domain.annual_methodology import RULES
from reports.domain.blocks import Block
from reports.domain.cells import Text, both, day, number, same, words
from reports.domain.plan_agreement import STATE, agreement_sheet, remarks
from reports.domain.plan_sections import TEXT, PlanText, cell_of, text_columns
from reports.domain.texts import (
    days_text,
    indicator_name,
    joined,
    of_row,
    period_name,
    roman,
    worded,
)
from reports.domain.units import unit_text

MEETING_BODIES = ("council", "headquarters")
NOTHING_TO_LIST = both(ru="Сведений нет.", en="There is nothing to list.")


def annexes(plan: PlanText, *, operation: Operation, versions: list[PlanVersion]) -> list[Block]:
    """All seven, in the order of the form; `versions` are those up to the one that is printed."""
    parts: tuple[tuple[str, Text, list[Block]], ...] = (
        ("windows", both(ru="Национальные сроки", en="National dates"), national_dates(plan)),
        ("timeline", both(ru="План-график", en="Timeline"), drawn_timeline(plan, operation)),
        ("indicators", both(ru="Показатели и правила учёта", en="Indicators and rules of counting"), indicators(plan)),
        ("forms", both(ru="Формы отчётности", en="Forms of returns"), [*forms(), *deadlines(operation)]),
        ("contacts", both(ru="Контакты", en="Contacts"), contacts(plan)),
        ("remarks", both(ru="Сводка замечаний и предложений", en="Remarks and proposals"), remarks(versions)),
        ("agreement", both(ru="Лист согласования", en="Agreement sheet"), agreement_sheet(plan, versions)),
    )
    return [
        blocks.section(
            id=f"annex-{name}",
            number=str(place),
            title=title,
            blocks=content or [blocks.paragraph(NOTHING_TO_LIST, style="note")],
        )
        for place, (name, title, content) in enumerate(parts, start=1)
    ]


def national_dates(plan: PlanText) -> list[Block]:
    """Each state's own days inside each stage."""
    rows: list[Block] = []
    has_codenames = any(window["codename"] for stage in plan.content["stages"] for window in stage["windows"])
    for stage in plan.ru.stages():
        if not stage["windows"]:
            continue
        days, sign = days_text(stage["start"], stage["end"]), roman(stage["number"])
        rows.append(
            blocks.group_row(both(ru=f"{sign} этап ({days['ru']})", en=f"Stage {stage['number']} ({days['en']})"))
        )
        states = {window["id"]: window["state"] for part in plan.content["stages"] for window in part["windows"]}
        for window in stage["windows"]:
            cells = [words(days_text(window["start"], window["end"]))]
            cells.append(number((window["end"] - window["start"]).days + 1))
            if has_codenames:
                cells.append(cell_of(same(window["codename"])))
            rows.append(blocks.row(header=plan.state(states[window["id"]]), cells=cells))
    if not rows:
        return []
    columns = [
        blocks.column(heading=both(ru="Сроки", en="Dates"), kind=TEXT, weight=2),
        blocks.column(heading=both(ru="Дней", en="Days")),
        *text_columns(*([both(ru="Условное наименование", en="Codename")] if has_codenames else [])),
    ]
    caption = both(ru="Национальные сроки внутри этапов", en="National dates inside the stages")
    return [blocks.table(id="table-windows", caption=caption, stub=STATE, columns=columns, rows=rows, numbered=False)]


def drawn_timeline(plan: PlanText, operation: Operation) -> list[Block]:
    """The same rows as on the page of the timeline, in both languages."""
    year = operation.year
    meetings = Meeting.objects.filter(held_on__year=year, body__kind__in=MEETING_BODIES).select_related("body")
    periods = ReportingPeriod.objects.filter(operation=operation).select_related("stage")
    events = ContextEvent.objects.filter(starts_on__year=year)

    def built(reading: Reading) -> Timeline:
        # no line for today: a document is read on other days
        return timeline.build(
            reading,
            year=year,
            today=dt.date(year - 1, 1, 1),
            periods=periods,
            meetings=meetings.order_by("held_on"),
            events=events,
        )

    russian, english = built(plan.ru), built(plan.en)
    lines = [
        blocks.timeline_line(
            kind=ru.kind,
            label=both(ru=ru.label, en=en.label),
            note=both(ru=ru.note, en=en.note),
            spans=[
                (
                    one.first.isoformat(),
                    one.last.isoformat() if one.last else None,
                    both(ru=one.title, en=other.title),
                )
                for one, other in zip(ru.bars, en.bars, strict=True)
            ],
        )
        for ru, en in zip(russian.lines, english.lines, strict=True)
    ]
    if not lines:
        return []
    caption = both(ru=f"План-график операции на {year} год", en=f"Timeline of the operation, {year}")
    alt = both(
        ru="Этапы, национальные сроки, мероприятия, сроки представления отчётности, заседания и события года; те же "
        "сведения приведены в таблице.",
        en="Stages, national dates, measures, deadlines of returns, meetings and events of the year; the table says "
        "the same.",
    )
    return [blocks.timeline(id="timeline", caption=caption, alt=alt, year=year, lines=lines)]


def indicators(plan: PlanText) -> list[Block]:
    """The rules of counting and the definitions, then which indicators show the effect of which measure."""
    shown = [
        blocks.row(
            header=same(measure["number"]),
            cells=[
                cell_of(joined([plan.named("indicators", code) for code in measure["indicators"]], by="; ")),
                cell_of(same(", ".join(measure["indicators"]))),
            ],
        )
        for measure, _timing in plan.measures()
        if measure["indicators"]
    ]
    found = [blocks.listing(RULES), _catalogue()]
    if shown:
        found.append(
            blocks.table(
                id="table-measure-indicators",
                caption=both(ru="Показатели результатов мероприятий", en="Indicators that show the effect of measures"),
                stub=both(ru="Мероприятие №", en="Measure No."),
                columns=[
                    blocks.column(heading=both(ru="Показатели", en="Indicators"), kind=TEXT, weight=4),
                    blocks.column(heading=both(ru="Коды", en="Codes"), kind=TEXT),
                ],
                rows=shown,
                numbered=False,
            )
        )
    return found


def _catalogue() -> Block:
    """Every indicator with the code by which the forms and the measures name it."""
    rows = [
        blocks.row(
            header=same(one.code),
            cells=[
                words(indicator_name(one)),
                words(unit_text(one.unit)),
                words(worded(Indicator.Aggregation(one.over_time).label)),
                cell_of(of_row(one, "definition")),
            ],
        )
        for one in Indicator.objects.order_by("position")
    ]
    headings = (
        (both(ru="Показатель", en="Indicator"), 3),
        (both(ru="Ед. изм.", en="Unit"), 1),
        (both(ru="За год", en="Over the year"), 1),
        (both(ru="Определение", en="Definition"), 4),
    )
    return blocks.table(
        id="table-indicators",
        caption=both(ru="Показатели", en="Indicators"),
        stub=both(ru="Код", en="Code"),
        columns=[blocks.column(heading=heading, kind=TEXT, weight=weight) for heading, weight in headings],
        rows=rows,
        orientation="landscape",
        numbered=False,
    )


def forms() -> list[Block]:
    """The newest version of each form: who fills it, for which kind of period, how many indicators."""
    newest: dict[tuple[int, str], ReturnForm] = {}
    rows = ReturnForm.objects.select_related("agency_kind").prefetch_related("indicators")
    for form in rows.order_by("agency_kind_id", "period_kind", "version"):
        newest[form.agency_kind_id, form.period_kind] = form
    order = list(PeriodKind)
    listed: list[Block] = []
    last = None
    for form in sorted(newest.values(), key=lambda one: (one.agency_kind_id, order.index(PeriodKind(one.period_kind)))):
        if form.agency_kind_id != last:
            listed.append(blocks.group_row(of_row(form.agency_kind, "name")))
            last = form.agency_kind_id
        listed.append(
            blocks.row(
                header=worded(PeriodKind(form.period_kind).label),
                cells=[
                    number(form.version),
                    number(len(form.indicators.all())),
                    cell_of(same(", ".join(sorted(one.code for one in form.indicators.all())))),
                ],
            )
        )
    if not listed:
        return []
    return [
        blocks.table(
            id="table-forms",
            caption=both(ru="Формы отчётности по видам органов", en="Forms of returns by kind of authority"),
            stub=both(ru="Вид отчётности", en="Kind of return"),
            columns=[
                blocks.column(heading=both(ru="Версия", en="Version")),
                blocks.column(heading=both(ru="Показателей", en="Indicators")),
                blocks.column(heading=both(ru="Коды показателей", en="Codes"), kind=TEXT, weight=5),
            ],
            rows=listed,
            numbered=False,
        )
    ]


def deadlines(operation: Operation) -> list[Block]:
    """When the official returns are due; the periods are made with the approval."""
    rows = [
        blocks.row(
            header=period_name(period),
            cells=[words(days_text(period.start_date, period.end_date)), day(period.due_at.isoformat())],
        )
        for period in ReportingPeriod.objects.filter(operation=operation)
        .exclude(kind=PeriodKind.OPERATIONAL)
        .select_related("stage")
        .order_by("due_at")
    ]
    if not rows:
        return []
    return [
        blocks.table(
            id="table-deadlines",
            caption=both(ru="Сроки представления отчётности", en="Deadlines of the returns"),
            stub=both(ru="Отчётный период", en="Reporting period"),
            columns=text_columns(both(ru="Даты", en="Days covered"), both(ru="Представить до", en="Due")),
            rows=rows,
        )
    ]


def contacts(plan: PlanText) -> list[Block]:
    rows = [
        blocks.row(
            header=both(ru=russian["of"] or "—", en=english["of"] or "—"),
            cells=[
                cell_of(both(ru=russian["name"], en=english["name"])),
                cell_of(both(ru=russian["post"], en=english["post"])),
                cell_of(same(russian["telephone"])),
                cell_of(same(russian["email"])),
            ],
        )
        for russian, english in zip(plan.ru.contacts(), plan.en.contacts(), strict=True)
    ]
    if not rows:
        return []
    headings = (
        both(ru="Фамилия, имя, отчество", en="Name"),
        both(ru="Должность", en="Post"),
        both(ru="Телефон", en="Telephone"),
        both(ru="Электронная почта", en="E-mail"),
    )
    return [
        blocks.table(
            id="table-contacts",
            caption=both(ru="Контакты для взаимодействия", en="Contacts for cooperation"),
            stub=both(ru="Государство, орган", en="State or body"),
            columns=text_columns(*headings),
            rows=rows,
        )
    ]
