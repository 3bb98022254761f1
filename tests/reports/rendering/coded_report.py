"""A small report whose numbers say what they are of: two states, two stages, categories, the year before, money."""

from collections.abc import Mapping

from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain import payload as p
from reports.domain.cells import both, same

NAME = both(ru="Привлечено к ответственности", en="Held liable")


def coded(codes: Mapping[str, str] | None = None) -> dict[str, str]:
    return {"indicator": "ADM01", "unit": "persons", **(codes or {})}


def stage_table(stages: Mapping[str, Mapping[str, int]]) -> b.Block:
    """State × stage with both sums; `stages` gives by state the numbers of the stages."""
    numbers = [str(number) for number in range(1, len(next(iter(stages.values()))) + 1)]
    columns = [b.column(heading=same(f"S{one}"), codes={"time": f"stage:{one}"}) for one in numbers]
    columns.append(b.column(heading=both(ru="Год", en="Year"), codes={}))
    rows = [
        b.row(
            header=same(state),
            cells=[*(c.number(found[one]) for one in numbers), c.number(sum(found.values()))],
            codes=coded({"state": state}),
        )
        for state, found in stages.items()
    ]
    sums = [sum(found[one] for found in stages.values()) for one in numbers]
    rows.append(
        b.row(header=same("all"), cells=[*map(c.number, sums), c.number(sum(sums))], style="total", codes=coded())
    )
    return b.table(
        id="t-stages", caption=NAME, stub=NAME, columns=columns, rows=rows, codes={"operation": "illegal-2026"}
    )


def year_table(state: str, now: c.Cell, before: c.Cell) -> b.Block:
    """One number with the year before, its change and percentage."""
    cells = [now, before, *c.changes(current=now, previous=before)]
    return b.table(
        id=f"t-year-{state}",
        caption=NAME,
        stub=NAME,
        columns=b.year_columns(year=2026, before="illegal-2025"),
        rows=[b.row(header=NAME, cells=cells, codes=coded())],
        codes={"operation": "illegal-2026", "state": state},
    )


def stage_chart(values: Mapping[str, int]) -> b.Block:
    """A bar for each state in stage 1, from the same numbers."""
    return b.chart(
        id="c-stage",
        kind="bar",
        caption=NAME,
        alt=NAME,
        unit=both(ru="чел.", en="persons"),
        stub=NAME,
        codes={"operation": "illegal-2026", "time": "stage:1"},
        categories=[same(state) for state in values],
        category_codes=[{"state": state} for state in values],
        series=[b.series(name=NAME, cells=[c.number(value) for value in values.values()], codes=coded())],
    )


def report(*blocks: b.Block, slug: str = "illegal-2026", sources: int = 0) -> p.Payload:
    title = both(ru="Отчёт", en="Report")
    return p.assembled(
        definition="annual",
        operation=p.operation_facts(slug=slug, year=int(slug[-4:]), title=title),
        title=title,
        subtitle=title,
        as_of="2026-11-20T18:00:00+03:00",
        sections=[b.section(id="one", number="1", title=title, blocks=blocks)],
        sources=[p.source(title=same(f"source {number}")) for number in range(1, sources + 1)],
    )
