"""The text of the demonstration's plan: a fictional plan in the order of the official form, in both languages."""

from dataclasses import dataclass

GOAL = (
    "Выявление и пресечение незаконной миграции, торговли людьми и связанной с ними преступности на территориях "
    "государств – членов ОДКБ при безусловном соблюдении прав человека.",
    "To identify and stop illegal migration, trafficking in persons and related crime on the territories of the CSTO "
    "member states, with unconditional respect for human rights.",
)

SECTIONS = {
    "general": (
        "План разработан на основании Положения о постоянно действующей региональной операции и решений "
        "Координационного совета. Документ составлен для демонстрации системы.",
        "The plan is drawn up under the Regulation on the permanent regional operation and the decisions of the "
        "Coordination Council. The document was made to demonstrate the system.",
    ),
    "situation": (
        "Сезонный рост въезда граждан третьих государств ожидается в апреле – июне. Основное внимание уделяется "
        "местам осуществления трудовой деятельности и каналам организации незаконной миграции.",
        "A seasonal rise in arrivals of third-country nationals is expected from April to June. Attention is given to "
        "places of work and to channels that organise illegal migration.",
    ),
    "concept": (
        "Операция проводится в два этапа активных мероприятий с национальными сроками внутри каждого этапа. Между "
        "этапами исполняются принятые решения и сверяются списки.",
        "The operation has two stages of active measures with national dates inside each stage. Between the stages "
        "decisions are executed and lists are verified.",
    ),
    "forces": (
        "Участвуют органы внутренних дел, миграционные органы, органы безопасности, пограничные службы, подразделения "
        "финансовой разведки, национальные информационные центры и правозащитные органы шести государств.",
        "Taking part are internal affairs, migration and security authorities, border services, financial "
        "intelligence units, national information centres and rights bodies of six states.",
    ),
    "command": (
        "Общее руководство осуществляет Международный штаб, в государствах – национальные штабы. Дежурство "
        "организуется на весь срок этапа.",
        "The International Headquarters is in overall command, national headquarters are in command in the states. "
        "Duty officers serve throughout each stage.",
    ),
    "legality": (
        "Каждому проверяемому разъясняются его права. Жалобы регистрируются правозащитными органами и представляются "
        "в Международный штаб отдельным отчётом.",
        "Everyone who is checked is told of their rights. Complaints are registered by rights bodies and reported to "
        "the International Headquarters in a return of their own.",
    ),
    "recording": (
        "Сведения представляются в виде обобщённых данных по утверждённым формам. Персональные данные в отчётность "
        "не включаются.",
        "Data are reported as aggregates on the approved forms. Reports contain no personal data.",
    ),
    "media": (
        "Сообщения для печати готовятся национальными штабами и согласуются с Международным штабом.",
        "Press releases are prepared by national headquarters and agreed with the International Headquarters.",
    ),
    "control": (
        "Ход выполнения плана рассматривается на заседаниях Международного штаба по итогам каждого этапа.",
        "The execution of the plan is reviewed at meetings of the International Headquarters after each stage.",
    ),
}

#: number, Russian name, English name, code name, first day, last day (month, day)
STAGES = (
    (1, "Первый этап активных мероприятий", "First stage of active measures", "", (5, 18), (5, 27)),
    (2, "Второй этап активных мероприятий", "Second stage of active measures", "", (8, 31), (9, 9)),
)

#: National dates inside the stages: stage, state, first day, last day (month, day)
WINDOWS = (
    (1, "AM", (5, 19), (5, 26)),
    (1, "BY", (5, 18), (5, 27)),
    (1, "KZ", (5, 20), (5, 27)),
    (1, "KG", (5, 18), (5, 25)),
    (1, "RU", (5, 18), (5, 27)),
    (1, "TJ", (5, 21), (5, 27)),
    (2, "AM", (9, 1), (9, 8)),
    (2, "BY", (8, 31), (9, 9)),
    (2, "KZ", (9, 2), (9, 9)),
    (2, "KG", (8, 31), (9, 7)),
    (2, "RU", (8, 31), (9, 9)),
    (2, "TJ", (9, 3), (9, 9)),
)


@dataclass(frozen=True)
class MeasureText:
    """One measure: texts, when, by whom (kinds of authority, bodies) and which indicators show its effect."""

    text: tuple[str, str]
    result: tuple[str, str]
    timing: str
    kinds: tuple[str, ...] = ()
    bodies: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    stage: int | None = None
    dates: tuple[tuple[int, int], tuple[int, int]] | None = None


OBJECTIVES: tuple[tuple[tuple[str, str], tuple[MeasureText, ...]], ...] = (
    (
        ("Выявить и пресечь нарушения миграционного законодательства", "Identify and stop violations of migration law"),
        (
            MeasureText(
                (
                    "Провести проверки объектов, на которых работают иностранные граждане",
                    "Inspect sites where foreign nationals work",
                ),
                (
                    "Нарушения пресечены, ответственные привлечены к ответственности",
                    "Violations stopped, those responsible held liable",
                ),
                "during_stage",
                ("internal_affairs", "migration_authority"),
                indicators=("ACT03", "VIO01", "ADM02"),
                stage=1,
            ),
            MeasureText(
                (
                    "Провести проверки жилого сектора и мест временного размещения",
                    "Check housing and places of temporary accommodation",
                ),
                ("Выявлены факты фиктивной регистрации", "Fictitious registrations identified"),
                "during_stage",
                ("internal_affairs", "migration_authority"),
                indicators=("VIO02", "VIO03", "ADM01"),
                stage=2,
            ),
            MeasureText(
                (
                    "Обеспечить исполнение решений о выдворении и депортации",
                    "Carry out expulsion and deportation decisions",
                ),
                ("Решения исполнены в установленный срок", "Decisions carried out in time"),
                "permanent",
                ("internal_affairs", "migration_authority", "border_service"),
                indicators=("RET01", "RET02"),
            ),
        ),
    ),
    (
        (
            "Пресечь деятельность каналов незаконной миграции и торговли людьми",
            "Stop channels of illegal migration and trafficking",
        ),
        (
            MeasureText(
                (
                    "Выявить организаторов каналов незаконной миграции",
                    "Identify organisers of channels of illegal migration",
                ),
                ("Каналы перекрыты, возбуждены уголовные дела", "Channels closed, criminal cases opened"),
                "during_stage",
                ("internal_affairs", "state_security", "border_service"),
                indicators=("GRP01", "CRM02"),
                stage=1,
            ),
            MeasureText(
                (
                    "Проверить финансовые операции, связанные с организацией незаконной миграции",
                    "Check financial transactions linked to organised illegal migration",
                ),
                ("Сведения переданы в компетентные органы", "Findings handed to the competent authorities"),
                "quarterly",
                ("financial_intelligence",),
                ("SRPFR",),
                indicators=("FIN01", "FIN02"),
            ),
        ),
    ),
    (
        ("Усилить контроль на внешней границе", "Strengthen control of the external border"),
        (
            MeasureText(
                (
                    "Выставить дополнительные пограничные наряды на уязвимых участках",
                    "Place additional border patrols on vulnerable sections",
                ),
                ("Попытки незаконного пересечения пресечены", "Attempts at unlawful crossing prevented"),
                "during_stage",
                ("border_service",),
                ("KSSKPV",),
                indicators=("BRD01", "BRD04"),
                stage=2,
            ),
            MeasureText(
                (
                    "Анализировать потоки въезда граждан третьих государств",
                    "Analyse the arrivals of third-country nationals",
                ),
                ("Прогноз представлен Международному штабу", "A forecast is given to the International Headquarters"),
                "quarterly",
                ("border_service", "migration_authority"),
                indicators=("MIG01", "MIG02"),
            ),
        ),
    ),
    (
        (
            "Повысить полноту и своевременность обмена информацией",
            "Improve completeness and timeliness of the exchange of information",
        ),
        (
            MeasureText(
                (
                    "Передавать сведения в Межгосударственный информационный банк в установленные сроки",
                    "Deliver records to the Interstate Information Bank on time",
                ),
                ("Не менее 95 % сведений переданы своевременно", "At least 95 % of records delivered on time"),
                "quarterly",
                ("information_centre",),
                indicators=("INF01", "INF02", "INF03"),
            ),
            MeasureText(
                ("Провести сверку списков между государствами", "Verify lists between the states"),
                ("Результат установлен по каждой записи", "An outcome is established for every entry"),
                "dates",
                ("information_centre", "migration_authority"),
                ("IHQ",),
                indicators=("INF04", "INF05"),
                dates=((6, 1), (8, 14)),
            ),
        ),
    ),
    (
        ("Обеспечить соблюдение прав человека", "Ensure respect for human rights"),
        (
            MeasureText(
                (
                    "Рассматривать жалобы и представлять сведения о них отдельным отчётом",
                    "Examine complaints and report on them in a return of their own",
                ),
                ("Каждая жалоба рассмотрена", "Every complaint examined"),
                "permanent",
                ("rights_body",),
                indicators=("RGT01", "RGT02", "RGT03"),
            ),
            MeasureText(
                (
                    "Подготовить сводный отчёт о результатах операции",
                    "Prepare the consolidated report on the results of the operation",
                ),
                (
                    "Отчёт утверждён председателем Координационного совета",
                    "The report is approved by the chair of the Coordination Council",
                ),
                "dates",
                (),
                ("IHQ",),
                dates=((9, 24), (11, 18)),
            ),
        ),
    ),
)

PROCEDURES = (
    (
        "Донесения о ходе этапа представляются ежедневно к 10:00 по московскому времени нарастающим итогом.",
        "Situation reports are submitted daily by 10:00 Moscow time, cumulative from the start of the stage.",
    ),
    (
        "Запросы о проверке по учётам исполняются в течение одних суток.",
        "Requests for a check against records are answered within one day.",
    ),
    (
        "Сведения об организаторах каналов передаются заинтересованному государству незамедлительно.",
        "Information on organisers of channels is handed to the state concerned at once.",
    ),
)
