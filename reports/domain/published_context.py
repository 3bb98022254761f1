"""Reconciliations, cited events and stage dates as tables of a report."""

from operations.domain.wording import short_date_text
from operations.models import ContextEvent, PublishedStage, Reconciliation
from reports.domain import blocks
from reports.domain.cells import Text, both, missing, money, number, same, words
from reports.domain.history import Sources
from reports.domain.published_tables import PLACE, cited, label_text, period_text, place_text
from reports.domain.reconciliation import Check, all_checks
from reports.domain.source_notes import note_text

REGION = both(ru="ОДКБ", en="CSTO")


def reconciliations(until: int, sources: Sources, *, since: int = 1) -> list[blocks.Block]:
    """Each stated total with the sum of its parts and whether the two agree."""
    checks = [one for one in all_checks(until=until) if one.total.year_from >= since]
    if not checks:
        return []
    return [
        blocks.table(
            id="table-reconciliations",
            caption=both(ru="Заявленные итоги и сумма их частей", en="Stated totals and the sum of their parts"),
            stub=both(ru="Итог", en="Total"),
            columns=[
                blocks.column(heading=both(ru="Заявлено", en="Stated")),
                blocks.column(heading=both(ru="Сумма частей", en="Sum of the parts")),
                blocks.column(heading=both(ru="Частей", en="Parts")),
                blocks.column(heading=both(ru="Вывод", en="Finding"), kind="text", weight=2),
            ],
            rows=[_reconciliation_row(one, sources) for one in checks],
        )
    ]


def _reconciliation_row(one: Check, sources: Sources) -> blocks.Block:
    total = one.total
    added = (
        money(int(one.sum * 100), currency=total.currency, qualifier=one.qualifier)
        if total.currency
        else number(int(one.sum), qualifier=one.qualifier)
    )
    place, period, label = place_text(total), period_text(total), label_text(total)
    return blocks.row(
        header=both(
            ru=f"{place['ru']}, {period['ru']}: {label['ru']}", en=f"{place['en']}, {period['en']}: {label['en']}"
        ),
        cells=[cited(total, sources, with_note=False), added, number(len(one.parts)), words(finding(one))],
    )


def finding(one: Check) -> Text:
    """What a check says, in words."""
    if one.expected == Reconciliation.Expected.PARTS_EXCEED_TOTAL:
        return both(
            ru="Расхождение: названные части превышают заявленный итог",
            en="Flagged: the named parts exceed the stated total",
        )
    if not one.holds:
        return both(ru="Расхождение: части не дают итога", en="Flagged: the parts do not make the total")
    agreed_as = {
        Reconciliation.Expected.EQUAL: both(ru="Сходится точно", en="Agrees exactly"),
        Reconciliation.Expected.ABOUT: both(ru="Сходится приблизительно", en="Agrees approximately"),
        Reconciliation.Expected.AT_LEAST: both(
            ru="Не противоречит: части — нижняя граница итога",
            en="Consistent: the parts are a lower bound of the total",
        ),
    }
    return agreed_as[Reconciliation.Expected(one.expected)]


def events(until: int, sources: Sources, *, since: int = 1) -> list[blocks.Block]:
    """Cited events in the order of time."""
    rows = ContextEvent.objects.filter(starts_on__year__lte=until, starts_on__year__gte=since)
    lines = [
        blocks.row(
            header=both(ru=event.event_ru, en=event.event_en),
            cells=[
                words(_day_of(event)),
                words(
                    both(ru=event.place_ru, en=event.place_en),
                    note=note_text(event.note) if event.note else None,
                    sources=[sources.number_of(event)],
                ),
            ],
        )
        for event in rows.order_by("starts_on", "code")
    ]
    if not lines:
        return []
    return [
        blocks.table(
            id="table-events",
            caption=both(ru="События по опубликованным источникам", en="Events from published sources"),
            stub=both(ru="Событие", en="Event"),
            columns=[
                blocks.column(heading=both(ru="Дата", en="Date"), kind="text"),
                blocks.column(heading=both(ru="Место", en="Place"), kind="text", weight=2),
            ],
            rows=lines,
        )
    ]


def _day_of(event: ContextEvent) -> Text:
    return both(**{language: short_date_text(event.date_text, language=language) for language in ("ru", "en")})


def stage_dates(until: int, *, since: int = 1) -> list[blocks.Block]:
    """Stage dates of historical operations, of the Organisation and of single states."""
    rows = PublishedStage.objects.filter(operation__year__lte=until, operation__year__gte=since)
    lines = [
        blocks.row(
            header=both(
                ru=f"{row.operation.year} г., {row.number}-й этап", en=f"{row.operation.year}, stage {row.number}"
            ),
            cells=[
                words(REGION if row.state is None else both(ru=row.state.short_ru, en=row.state.short_en)),
                words(_days(row)),
                words(same(row.codename)) if row.codename else missing("blank"),
            ],
        )
        for row in rows.select_related("operation", "state").order_by("operation__year", "number", "state__short_ru")
    ]
    if not lines:
        return []
    return [
        blocks.table(
            id="table-stage-dates",
            caption=both(ru="Сроки этапов", en="Stage dates"),
            stub=both(ru="Этап", en="Stage"),
            columns=[
                blocks.column(heading=PLACE, kind="text"),
                blocks.column(heading=both(ru="Сроки", en="Dates"), kind="text", weight=2),
                blocks.column(heading=both(ru="Условное наименование", en="Codename"), kind="text"),
            ],
            rows=lines,
        )
    ]


def _days(row: PublishedStage) -> Text:
    def one(language: str) -> str:
        start = short_date_text(row.start_date, language=language)
        return f"{start} – {short_date_text(row.end_date, language=language) if row.end_date else '…'}"

    return both(ru=one("ru"), en=one("en"))
