"""Two payloads as their definitions would compose them: an invented annual report and a cumulative one from
sources.

The annual one has every kind of block, cell and mark; its figures come from a fixed rule, so that a test can
say what a page has to show. The cumulative one repeats published figures of 2008–2017 with their qualifiers.
"""

from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain import payload as p
from reports.domain.cells import both, same
from tests.reports.rendering.invented_figures import CURRENCIES, GROUPS, STATES, state_cells, total

AS_OF = "2026-11-20T18:00:00+03:00"


def annual_matrix(key: str, ru: str, en: str, indicators: tuple) -> b.Block:
    rows = []
    for code, level, name_ru, name_en, unit_ru, unit_en, base in indicators:
        cells = state_cells(code, base)
        before = total(state_cells(code, base - base // 9, 2025))
        if code == "CRM03":
            before = c.number(0)
        rows.append(
            b.matrix_row(
                header=both(ru=name_ru, en=name_en),
                code=code,
                unit=both(ru=unit_ru, en=unit_en),
                states=cells,
                share=c.share(sum(cell["state"] == "value" for cell in cells), len(STATES)),
                total=total(cells),
                previous=before,
                level=level,
                codes={"indicator": code, "unit": unit_en.replace(" ", "_")},
            )
        )
    return b.matrix(
        id=f"matrix-{key}",
        caption=both(ru=f"{ru}: итоги по государствам", en=f"{en}: results by state"),
        year=2026,
        states=[{"ru": ru_, "en": en_} for _, ru_, en_ in STATES],
        rows=rows,
        state_codes=[code for code, _, _ in STATES],
        codes={"operation": "illegal-2026"},
        before="illegal-2025",
    )


def annual_chart(key: str, ru: str, en: str, indicator: tuple) -> b.Block:
    code, _level, name_ru, name_en, unit_ru, unit_en, base = indicator
    return b.chart(
        id=f"chart-{key}",
        kind="bar",
        caption=both(ru=f"{name_ru}, 2025 и 2026 гг.", en=f"{name_en}, 2025 and 2026"),
        alt=both(
            ru=f"Столбчатая диаграмма: {name_ru}, по государствам, 2026 год рядом с 2025 годом; числа в таблице ниже.",
            en=f"Bar chart: {name_en}, by state, 2026 beside 2025; the numbers are in the table below.",
        ),
        unit=both(ru=unit_ru, en=unit_en),
        stub=both(ru="Государство", en="State"),
        categories=[both(ru=ru_, en=en_) for _, ru_, en_ in STATES],
        series=[
            b.series(name=both(ru="2026 г.", en="2026"), cells=state_cells(code, base)),
            b.series(name=both(ru="2025 г.", en="2025"), cells=state_cells(code, base - base // 9, 2025)),
        ],
    )


def summary() -> list[b.Block]:
    cards = []
    for group in GROUPS:
        for code, level, ru, en, unit_ru, unit_en, base in group[3]:
            if level == 0 and code != "BRD03":
                cards.append(
                    b.card(
                        label=both(ru=ru, en=en),
                        cell=total(state_cells(code, base)),
                        unit=both(ru=unit_ru, en=unit_en),
                        previous=total(state_cells(code, base - base // 9, 2025)),
                        share=c.share(sum(cell["state"] == "value" for cell in state_cells(code, base)), 6),
                    )
                )
    return [
        b.paragraph(
            both(
                ru="В 2026 году операция проведена в два этапа на территории шести государств. Показатели не являются "
                "основанием для сопоставления государств: они зависят от численности населения, протяжённости "
                "границ и порядка учёта.",
                en="In 2026 the operation was carried out in two stages in six states. The figures are no ground for "
                "comparing states with each other: they depend on population, length of borders and ways of counting.",
            ),
            style="lead",
        ),
        b.key_figures(cards),
        b.paragraph(
            both(
                ru="Суммы лиц за два этапа являются «человеко-событиями»: одно лицо могло быть учтено дважды.",
                en="Sums of persons over the two stages are “person-events”: one person may be counted in each stage.",
            ),
            style="note",
        ),
    ]


def completeness_table() -> b.Block:
    rows = []
    for place, (_, ru, en) in enumerate(STATES):
        rows.append(
            b.row(
                header=both(ru=ru, en=en),
                cells=[
                    c.share(24 - (place == 3), 24),
                    c.share(24 - 2 * (place == 3), 24),
                    c.percent(c.tenths_of_percent(812 - place * 9, 812)),
                    c.missing("nothing_expected") if place == 5 else c.number(place),
                ],
            )
        )
    return b.table(
        id="completeness",
        caption=both(ru="Полнота и своевременность донесений", en="Completeness and timeliness"),
        stub=both(ru="Государство", en="State"),
        columns=[
            b.column(heading=both(ru="Представлено", en="Received"), group=both(ru="Донесения", en="Returns")),
            b.column(heading=both(ru="В срок", en="On time"), group=both(ru="Донесения", en="Returns")),
            b.column(heading=both(ru="Заполнено ячеек, %", en="Cells filled, %")),
            b.column(heading=both(ru="Уточнения", en="Corrections")),
        ],
        rows=rows,
        footnotes=[both(ru="По часам сервера, московское время.", en="By the server's clock, Moscow time.")],
    )


def fines_table() -> b.Block:
    return b.table(
        id="fines",
        caption=both(ru="Наложено административных штрафов", en="Fines imposed"),
        unit=both(ru="в национальной валюте", en="in national currency"),
        stub=both(ru="Государство", en="State"),
        columns=b.year_columns(year=2026),
        rows=[
            b.row(
                header=both(ru=ru, en=en),
                cells=[
                    now := c.money(minor, currency=currency),
                    before := c.money(minor * 9 // 10, currency=currency),
                    *c.changes(current=now, previous=before),
                ],
            )
            for (_, ru, en), (currency, minor) in zip(STATES, CURRENCIES, strict=True)
        ],
    )


def section_text(ru: str, en: str) -> b.Block:
    return b.paragraph(both(ru=ru, en=en))


def annual(*, demonstration: bool = True) -> p.Payload:
    """The invented annual report."""
    results: list[b.Block] = []
    for number, (key, ru, en, indicators) in enumerate(GROUPS, start=1):
        results.append(b.heading(both(ru=ru, en=en), id=f"group-{key}", number=f"4.{number}"))
        results.append(annual_matrix(key, ru, en, indicators))
        results.append(annual_chart(key, ru, en, indicators[0]))
    sections = [
        b.section(
            id="basis",
            number="1",
            title=both(ru="Основание, организация", en="Basis and organisation"),
            blocks=[
                section_text(
                    "Операция проведена на основании Плана, утверждённого председателем Координационного совета "
                    "26 марта 2026 г.\n\nРуководство осуществлял Международный штаб; в государствах – национальные.",
                    "The operation was carried out under the Plan approved by the chair of the Coordination Council on "
                    "26 March 2026.\n\nThe International Headquarters was in command.",
                ),
                b.listing(
                    [
                        both(ru="I этап: 12–23 мая 2026 г.", en="Stage 1: 12–23 May 2026"),
                        both(ru="II этап: 14–25 сентября 2026 г.", en="Stage 2: 14–25 September 2026"),
                    ]
                ),
            ],
        ),
        b.section(
            id="situation",
            number="2",
            title=both(ru="Миграционная обстановка", en="Migration situation"),
            blocks=[
                section_text(
                    "Обстановка в регионе оставалась управляемой. " * 6,
                    "The situation in the region remained manageable. " * 6,
                ),
            ],
        ),
        b.section(id="forces", number="3", title=both(ru="Силы и средства", en="Forces"), blocks=[fines_table()]),
        b.section(
            id="results", number="4", title=both(ru="Результаты по направлениям", en="Results by group"), blocks=results
        ),
        b.section(
            id="rights",
            number="6",
            title=both(ru="Соблюдение прав, жалобы", en="Rights and complaints"),
            blocks=[
                section_text("Поступило 214 жалоб, рассмотрено 209.", "214 complaints were received, 209 examined."),
                b.paragraph(
                    both(ru="Сведения одного государства не получены.", en="One state's figures were not received."),
                    style="warning",
                ),
            ],
        ),
        b.section(
            id="quality",
            number="8",
            title=both(ru="Качество данных, уточнения", en="Data quality and revisions"),
            blocks=[completeness_table()],
        ),
    ]
    annexes = [
        b.section(
            id="waivers",
            number="1",
            title=both(ru="Замечания контроля и обоснования", en="Breaches and waivers"),
            blocks=[
                b.remarks(
                    id="waivers-table",
                    caption=both(ru="Обоснования", en="Waivers"),
                    entries=[
                        (
                            both(ru="Казахстан", en="Kazakhstan"),
                            both(ru="Сумма частей меньше итога на 3.", en="The parts add up to 3 less than the total."),
                            both(ru="Дела переданы другому органу.", en="The cases went to another body."),
                        ),
                    ],
                )
            ],
        ),
        b.section(
            id="history", number="2", title=both(ru="Многолетние данные", en="History"), blocks=[history_chart()]
        ),
    ]
    return p.assembled(
        definition="annual",
        operation=p.operation_facts(
            slug="illegal-2026",
            year=2026,
            title=both(ru="Нелегал-2026", en="Illegal-2026"),
            demonstration=demonstration,
        ),
        title=both(ru="СВОДНЫЙ ОТЧЁТ", en="CONSOLIDATED REPORT"),
        subtitle=both(
            ru="о результатах проведения региональной операции по противодействию незаконной миграции под условным "
            "наименованием «Нелегал-2026»",
            en="on the results of the regional operation against illegal migration under the codename “Illegal-2026”",
        ),
        period=both(ru="за 2026 год", en="for the year 2026"),
        as_of=AS_OF,
        summary=summary(),
        sections=sections,
        annexes=annexes,
        sources=[
            p.source(
                title=both(
                    ru="Донесения компетентных органов, принятые национальными штабами",
                    en="Returns of the competent authorities, accepted by the national headquarters",
                )
            ),
            p.source(
                title=both(ru="Сообщение Секретариата ОДКБ", en="Statement of the CSTO Secretariat"),
                publisher="odkb-csto.org",
                url="https://odkb-csto.org/news/",
                date="2026-03-26",
            ),
        ],
        stamps=p.stamps(
            post=both(
                ru="Председатель Координационного совета руководителей компетентных органов государств – членов "
                "ОДКБ по вопросам борьбы с незаконной миграцией",
                en="Chair of the Coordination Council of Heads of Competent Authorities of CSTO Member States on "
                "Combating Illegal Migration",
            ),
            rank=both(ru="генерал-лейтенант полиции", en="Lieutenant General of Police"),
            name=both(ru="А.А. Образцов", en="A.A. Obraztsov"),
            agreed_by=both(ru="Международный штаб операции", en="International Headquarters of the operation"),
            agreed_on=both(ru="протокол от 12 ноября 2026 г. № 4", en="minutes of 12 November 2026, No. 4"),
        ),
        signature=b.signature(
            post=both(ru="Начальник Международного штаба", en="Chair of the International Headquarters"),
            rank=both(ru="полковник", en="Colonel"),
            name=both(ru="Б.Б. Примеров", en="B.B. Primerov"),
        ),
        source_submissions=range(1, 145),
    )


def history_chart() -> b.Block:
    years = range(2018, 2027)
    found = [c.number(5200 + (year * 37) % 900) for year in years]
    found[2] = c.missing("not_reported")
    return b.chart(
        id="history-chart",
        kind="line",
        caption=both(ru="Выявлено нарушений по годам", en="Violations identified by year"),
        alt=both(
            ru="Линейный график по годам; числа в таблице ниже.", en="Line chart by year; numbers in the table below."
        ),
        unit=both(ru="нарушений", en="violations"),
        stub=both(ru="Год", en="Year"),
        categories=[same(str(year)) for year in years],
        series=[b.series(name=both(ru="Всего", en="Total"), cells=found)],
    )


def approval_of(payload: p.Payload) -> dict:
    """An approval as the domain hands it to the renderer."""
    chair = both(ru="А.А. Образцов", en="A.A. Obraztsov")
    capacity = both(ru="Председатель Координационного совета", en="Chair of the Coordination Council")
    return {
        "approved_at": "2026-11-21T11:30:00+03:00",
        "name": chair,
        "capacity": capacity,
        "post": None,
        "rank": both(ru="генерал-лейтенант полиции", en="Lieutenant General of Police"),
        "meeting": None,
        "snapshot_sha256": p.sha256_of(payload),
        "audit_head": "5e" * 32,
        "verification_url": "http://localhost:8000/verify/7Q2M-4KXA-91ZD",
        "registration_number": "17/2026",
        "registered_on": "2026-11-21",
        "acts": [
            {
                "what": both(ru="Составил и представил", en="Drew up and submitted"),
                "name": both(ru="Б.Б. Примеров", en="B.B. Primerov"),
                "post": None,
                "capacity": both(ru="сотрудник Международного штаба", en="officer of the International Headquarters"),
                "at": "2026-11-20T18:05:00+03:00",
            },
            {
                "what": both(ru="Утвердил", en="Approved"),
                "name": chair,
                "post": None,
                "capacity": capacity,
                "at": "2026-11-21T11:30:00+03:00",
            },
        ],
    }
