"""A cumulative report as its definition would compose it: published figures of 2008–2017 with their
qualifiers."""

from reports.domain import blocks as b
from reports.domain import cells as c
from reports.domain import payload as p
from reports.domain.cells import both


def cumulative() -> p.Payload:
    """The published totals of 2008–2017 beside a later year, as sources give them."""
    both_years = [
        b.column(heading=both(ru="2008–2017 гг.", en="2008–2017")),
        b.column(heading=both(ru="2018 г.", en="2018")),
    ]
    rows = [
        b.group_row(both(ru="Нарушения и штрафы", en="Violations and fines")),
        b.row(
            header=both(ru="Выявлено нарушений миграционного законодательства", en="Violations identified"),
            unit=both(ru="нарушений", en="violations"),
            code="VIO01",
            cells=[c.number(1000000, qualifier="gt", sources=[1]), c.number(170000, qualifier="approx", sources=[2])],
        ),
        b.row(
            header=both(ru="Наложено административных штрафов", en="Fines imposed"),
            unit=both(ru="долл. США", en="US dollars"),
            code="ADM04",
            cells=[c.money(8400000000, currency="USD", qualifier="gt", sources=[1]), c.missing("not_published")],
        ),
        b.group_row(both(ru="Уголовные дела", en="Criminal cases")),
        b.row(
            header=both(ru="за организацию незаконной миграции", en="organising illegal migration"),
            unit=both(ru="дел", en="cases"),
            code="CRM02",
            cells=[c.number(9732, sources=[1]), c.number(1500, qualifier="gt", sources=[2])],
        ),
        b.row(
            header=both(ru="за торговлю людьми", en="trafficking in persons"),
            unit=both(ru="дел", en="cases"),
            code="CRM03",
            cells=[c.number(560, sources=[1]), c.number(67, sources=[2])],
        ),
        b.row(
            header=both(ru="иные", en="other"),
            unit=both(ru="дел", en="cases"),
            code="CRM08",
            cells=[c.number(137795, sources=[1]), c.missing("not_published")],
            note=both(
                ru="Охватывает CRM04–CRM08 вместе: разрыв ряда.", en="Covers CRM04–CRM08: a break in the series."
            ),
        ),
        b.group_row(both(ru="Розыск", en="Wanted persons")),
        b.row(
            header=both(
                ru="Задержано лиц, находящихся в международном розыске",
                en="Persons on the international wanted list detained",
            ),
            unit=both(ru="чел.", en="persons"),
            code="WNT01",
            cells=[
                c.number(
                    3000,
                    qualifier="gt",
                    sources=[1],
                    note=both(ru="ТАСС в 2017 году: более 1 600.", en="TASS in 2017: more than 1,600."),
                ),
                c.number(688, sources=[2]),
            ],
        ),
    ]
    return p.assembled(
        definition="cumulative",
        operation=p.operation_facts(
            slug="illegal-2018", year=2018, title=both(ru="Нелегал", en="Illegal"), historical=True
        ),
        title=both(ru="СВОД ОПУБЛИКОВАННЫХ ДАННЫХ", en="PUBLISHED FIGURES"),
        subtitle=both(ru="о результатах региональной операции «Нелегал»", en="on the regional operation “Illegal”"),
        period=both(ru="2008–2018 гг.", en="2008–2018"),
        as_of="2026-11-20T00:00:00+03:00",
        sections=[
            b.section(
                id="totals",
                number="1",
                title=both(ru="Итоги по периодам", en="Totals by period"),
                blocks=[
                    b.paragraph(both(ru="Периоды не суммируются.", en="Periods are not added up.")),
                    b.table(
                        id="totals-table",
                        caption=both(ru="Опубликованные итоги", en="Published totals"),
                        stub=both(ru="Показатель", en="Indicator"),
                        columns=both_years,
                        rows=rows,
                    ),
                ],
            ),
        ],
        sources=[
            p.source(
                title=both(
                    ru="Пресс-релиз ОДКБ о заседании Международного штаба 14 февраля 2018 г.",
                    en="CSTO press release on the International Headquarters meeting of 14 February 2018",
                ),
                date="2018-02-14",
            ),
            p.source(title=both(ru="Сообщение ОДКБ", en="CSTO statement"), date="2018"),
        ],
        stamps=p.stamps(
            post=both(ru="Председатель", en="Chair"),
            known=both(
                ru="Утверждён 26.03.2025 (по сообщению Секретариата ОДКБ)",
                en="Approved on 26 March 2025 (according to the CSTO Secretariat)",
            ),
        ),
    )
