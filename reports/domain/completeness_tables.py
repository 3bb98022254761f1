"""Where the returns of an operation stand and how complete they are: by state, by kind of authority, over time.

The counts are those of `operations.domain.completeness_matrix`: each return is in exactly one of six standings. The n
of m beside them are over what is due; situation reports stand apart, since they enter no official sum.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

from operations.domain import completeness_matrix as matrix
from operations.domain.completeness_matrix import ALL_OFFICIAL, Chosen, GroupLine, ReturnStanding
from operations.domain.people import system_user
from operations.domain.wording import date_format_in
from operations.models import Operation, PeriodKind
from reports.domain import blocks
from reports.domain.annual_quality import AGENCY, PERIOD, STATE, measures
from reports.domain.blocks import Block
from reports.domain.cells import Cell, Text, both, missing, number, percent, share, tenths_of_percent
from reports.domain.texts import of_row, period_name, state_name

#: The six standings, in the order of a table's columns.
STANDINGS: dict[str, Text] = {
    matrix.ON_TIME: both(ru="В срок", en="On time"),
    matrix.LATE: both(ru="С опозданием", en="Late"),
    matrix.MISSING: both(ru="Не представлено", en="Missing"),
    matrix.RETURNED: both(ru="Возвращено", en="Returned"),
    matrix.RECALLED: both(ru="Отозвано", en="Recalled"),
    matrix.NOT_DUE: both(ru="Срок не наступил", en="Not due yet"),
}
MONTH = both(ru="Месяц", en="Month")


def official(operation: Operation, *, at: dt.datetime) -> list[ReturnStanding]:
    """Every official return and where it stands, as the headquarters see it."""
    return matrix.standings(operation, Chosen(kind=ALL_OFFICIAL), user=system_user("reports"), at=at)


def situation_reports(operation: Operation, *, at: dt.datetime) -> list[ReturnStanding]:
    return matrix.standings(operation, Chosen(kind=PeriodKind.OPERATIONAL), user=system_user("reports"), at=at)


def by_state(found: Sequence[ReturnStanding], operation: Operation) -> Iterator[Block]:
    lines = matrix.with_silent_states(matrix.grouped(found, by="state"), operation)
    yield from _both_tables([(state_name(line.of), line) for line in lines], key="states", stub=STATE)


def by_kind(found: Sequence[ReturnStanding]) -> Iterator[Block]:
    lines = matrix.grouped(found, by="agency_kind")
    yield from _both_tables([(of_row(line.of, "name"), line) for line in lines], key="kinds", stub=AGENCY)


def by_period(found: Sequence[ReturnStanding]) -> Iterator[Block]:
    lines = matrix.grouped(found, by="period")
    yield from _both_tables([(period_name(line.of), line) for line in lines], key="periods", stub=PERIOD)


def of_situation_reports(found: Sequence[ReturnStanding], operation: Operation) -> Iterator[Block]:
    """Situation reports by state; nothing where none is asked for."""
    if found:
        lines = matrix.with_silent_states(matrix.grouped(found, by="state"), operation)
        yield _counts([(state_name(line.of), line) for line in lines], key="situation", stub=STATE)


_OF = {
    "states": both(ru="по государствам", en="by state"),
    "kinds": both(ru="по видам органов", en="by kind of authority"),
    "periods": both(ru="по периодам", en="by period"),
    "situation": both(ru="по государствам: оперативные донесения", en="by state: situation reports"),
}


def _both_tables(lines: list[tuple[Text, GroupLine]], *, key: str, stub: Text) -> Iterator[Block]:
    yield _counts(lines, key=key, stub=stub)
    yield from measures(
        [(name, line.measures) for name, line in lines],
        id=f"table-measures-{key}",
        caption=both(
            ru=f"Полнота и своевременность {_OF[key]['ru']}", en=f"Completeness and timeliness {_OF[key]['en']}"
        ),
        stub=stub,
    )


def _counts(lines: list[tuple[Text, GroupLine]], *, key: str, stub: Text) -> Block:
    rows = [blocks.row(header=name, cells=_of_line(line)) for name, line in lines]
    sums = [number(sum(line.counts[one] for _name, line in lines)) for one in STANDINGS]
    whole = number(sum(line.returns for _name, line in lines))
    rows.append(blocks.row(header=both(ru="Всего", en="Total"), cells=[whole, *sums], style="total"))
    return blocks.table(
        id=f"table-standings-{key}",
        caption=both(ru=f"Состояние донесений {_OF[key]['ru']}", en=f"Where the returns stand {_OF[key]['en']}"),
        stub=stub,
        columns=[
            blocks.column(heading=both(ru="Всего донесений", en="Returns")),
            *(blocks.column(heading=heading) for heading in STANDINGS.values()),
        ],
        rows=rows,
        orientation="landscape",
        footnotes=[
            both(
                ru="Каждое донесение учтено один раз; возвращённое и отозванное ожидает повторного представления.",
                en="Each return is counted once; a returned or recalled one waits to be submitted again.",
            )
        ],
    )


def _of_line(line: GroupLine) -> list[Cell]:
    return [number(line.returns), *(number(line.counts[one]) for one in STANDINGS)]


# --- the summary and the course of the year ---


def cards(found: Sequence[ReturnStanding]) -> Block:
    """The four figures that say most: received, on time, coverage, status filled."""
    whole = matrix.whole(found).measures
    told = (
        (both(ru="Представлено донесений", en="Returns received"), whole.received, whole.expected),
        (both(ru="Представлено в срок", en="Received on time"), whole.timely, whole.expected),
        (both(ru="Принято", en="Accepted"), whole.accepted, whole.expected),
        (both(ru="Заполнено обязательных ячеек", en="Required cells filled"), whole.filled, whole.required),
        (
            both(ru="Ячеек с числом или отметкой", en="Cells with a number or a mark"),
            whole.status_filled,
            whole.required,
        ),
    )
    return blocks.key_figures(
        [blocks.card(label=label, cell=share(part, of), note=_as_percent(part, of)) for label, part, of in told]
    )


def _as_percent(part: int, whole: int) -> Text | None:
    if whole == 0:
        return None
    tenths = tenths_of_percent(part, whole)
    return both(ru=f"{tenths // 10},{tenths % 10}\u00a0%", en=f"{tenths // 10}.{tenths % 10}%")


def over_time(found: Sequence[ReturnStanding]) -> Iterator[Block]:
    """Received and on time, month by month of the due moment: a chart with its table."""
    lines = [line for line in matrix.grouped(found, by="month") if line.measures.expected]
    if len(lines) < 2:
        return
    series = {
        "received": both(ru="представлено", en="received"),
        "timely": both(ru="в срок", en="on time"),
    }
    yield blocks.chart(
        id="chart-months",
        kind="line",
        caption=both(
            ru="Полнота и своевременность по месяцам наступления срока",
            en="Completeness and timeliness by the month of the due date",
        ),
        alt=both(
            ru="Линии доли представленных и доли своевременных донесений по месяцам; числа в таблице под диаграммой.",
            en="Lines of the share received and the share on time by month; the table under the chart has the numbers.",
        ),
        unit=both(ru="% от ожидавшихся", en="% of those expected"),
        stub=MONTH,
        categories=[
            both(ru=date_format_in(line.of, "F Y", "ru"), en=date_format_in(line.of, "F Y", "en")) for line in lines
        ],
        series=[
            blocks.series(
                name=name, cells=[_percent(getattr(line.measures, key), line.measures.expected) for line in lines]
            )
            for key, name in series.items()
        ],
    )


def _percent(part: int, whole: int) -> Cell:
    return missing("nothing_expected") if whole == 0 else percent(tenths_of_percent(part, whole))
