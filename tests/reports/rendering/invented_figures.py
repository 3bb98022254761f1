"""Figures for the invented annual report: they come from a fixed rule, so a test can say what a page has to
show."""

from reports.domain import cells as c
from reports.domain.cells import both

STATES = (
    ("AM", "Армения", "Armenia"),
    ("BY", "Беларусь", "Belarus"),
    ("KZ", "Казахстан", "Kazakhstan"),
    ("KG", "Кыргызстан", "Kyrgyzstan"),
    ("RU", "Россия", "Russia"),
    ("TJ", "Таджикистан", "Tajikistan"),
)

GROUPS = (
    (
        "activity",
        "Силы и средства",
        "Forces",
        (
            ("ACT01", 0, "Задействовано сотрудников", "Officers deployed", "чел.", "persons", 1900),
            ("ACT03", 0, "Проверено объектов", "Sites inspected", "объектов", "sites", 5200),
            (
                "ACT04",
                0,
                "Проверено иностранных граждан и лиц без гражданства",
                "Foreign nationals and stateless persons checked",
                "проверок",
                "checks",
                41000,
            ),
        ),
    ),
    (
        "violations",
        "Нарушения миграционного законодательства",
        "Violations of migration legislation",
        (
            (
                "VIO01",
                0,
                "Выявлено нарушений миграционного законодательства",
                "Violations of migration legislation identified",
                "нарушений",
                "violations",
                17400,
            ),
            (
                "VIO02",
                1,
                "в том числе правил въезда, выезда, транзитного проезда, пребывания и проживания",
                "of which entry, exit, transit, stay and residence",
                "нарушений",
                "violations",
                12100,
            ),
            ("VIO03", 2, "из них режима проживания", "of which residence regime", "нарушений", "violations", 3100),
            (
                "VIO04",
                1,
                "в том числе порядка осуществления трудовой деятельности",
                "of which labour activity",
                "нарушений",
                "violations",
                4300,
            ),
            ("VIO07", 1, "в том числе иных нарушений", "of which other", "нарушений", "violations", 1000),
        ),
    ),
    (
        "accountability",
        "Административная ответственность",
        "Administrative liability",
        (
            (
                "ADM01",
                0,
                "Привлечено к административной ответственности иностранных граждан и лиц без гражданства",
                "Foreign nationals and stateless persons held administratively liable",
                "чел.",
                "persons",
                14800,
            ),
            (
                "ADM02",
                0,
                "Привлечено к административной ответственности работодателей",
                "Employers held administratively liable",
                "чел.",
                "persons",
                620,
            ),
        ),
    ),
    (
        "criminal_cases",
        "Уголовные дела",
        "Criminal cases",
        (
            ("CRM01", 0, "Возбуждено уголовных дел, всего", "Criminal cases opened, total", "дел", "cases", 410),
            (
                "CRM02",
                1,
                "в том числе за организацию незаконной миграции",
                "of which organising illegal migration",
                "дел",
                "cases",
                150,
            ),
            ("CRM03", 1, "в том числе за торговлю людьми", "of which trafficking in persons", "дел", "cases", 6),
            ("CRM08", 1, "в том числе за иные преступления", "of which other offences", "дел", "cases", 254),
        ),
    ),
    (
        "border",
        "Охрана государственной границы",
        "State border",
        (
            (
                "BRD01",
                0,
                "Пресечено попыток незаконного пересечения государственной границы",
                "Unlawful crossing attempts prevented",
                "попыток",
                "attempts",
                210,
            ),
            ("BRD03", 0, "Отказано во въезде", "Entry refused", "решений", "decisions", 2900),
        ),
    ),
)

WEIGHTS = (7, 16, 31, 11, 100, 5)

CURRENCIES = (
    ("AMD", 812000000),
    ("BYN", 91234550),
    ("KZT", 41200000000),
    ("KGS", 1890000000),
    ("RUB", 128412345000),
    ("TJS", 0),
)


def figure(*, base: int, state: int, year: int) -> int:
    """The invented figure of a state in a year."""
    return base * WEIGHTS[state] // 31 + (state * 7 + year) % 9


def state_cells(code: str, base: int, year: int = 2026) -> list[c.Cell]:
    """The row of an indicator over the states, with one of each kind of absence somewhere."""
    cells = [c.number(figure(base=base, state=place, year=year)) for place in range(len(STATES))]
    if code == "ACT03":
        cells[3] = c.missing("not_reported")
    if code == "VIO03":
        cells[0] = c.missing("withheld")
    if code == "CRM03":
        cells[1] = c.number(0)
        cells[5] = c.missing("suppressed")
    if code == "BRD03":
        cells[2] = c.missing("not_applicable")
        cells[4] = c.missing("not_available", note=both(ru="Учёт ведётся с 2027 года.", en="Recorded from 2027 on."))
    return cells


def total(cells: list[c.Cell]) -> c.Cell:
    """The regional sum of what was reported."""
    return c.number(sum(cell["value"] for cell in cells if cell["state"] == "value"))
