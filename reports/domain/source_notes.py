"""Notes on published figures and titles of their sources in Russian: the reference files give them in English alone.

A note that is not listed stands in both editions as it is written.
"""

from reports.domain.cells import Text, both

_OTHER_OPERATION = "операция 2016 года по борьбе с торговлей людьми, не «Нелегал»"

_NOTES = {
    "2016 anti-trafficking operation, not Nelegal proper": _OTHER_OPERATION,
    "9,595+2,759+707=13,061 and 33+394+395=822 both reconcile": (
        "9 595 + 2 759 + 707 = 13 061 и 33 + 394 + 395 = 822: оба итога сходятся"
    ),
    "a lower bound of 2017; the Deputy Secretary General gave more than 3,000 for the same ten years": (
        "нижняя граница, названная в 2017 году; заместитель Генерального секретаря назвал за те же десять лет "
        "более 3 000"
    ),
    "attributed to CSTO operations generally, not clearly to Nelegal": (
        "отнесено к операциям ОДКБ в целом, не однозначно к «Нелегалу»"
    ),
    "border-service-led figure; may not be national total": (
        "данные операции под руководством пограничной службы; могут не быть итогом по государству"
    ),
    "covers every kind of case but organising and trafficking, so CRM04–CRM08 together: break in the series": (
        "охватывает все виды дел, кроме организации незаконной миграции и торговли людьми, то есть CRM04–CRM08 вместе: "
        "разрыв ряда"
    ),
    "dzen source says 10,000 VIOLATIONS: unit conflict": (
        "источник dzen.ru называет 10 000 нарушений: единицы не совпадают"
    ),
    "excerpt truncated mid-word": "цитата источника обрывается на полуслове",
    "lower than the sum of the Russian figures for the three years (45 + 106 + 128 thousand); period implied by the "
    "source": ("меньше суммы российских данных за три года (45 + 106 + 128 тысяч); период следует из источника"),
    "migration-related cases only": "только дела, связанные с миграцией",
    "named components already sum to 6,548: not reconcilable": ("названные составляющие уже дают 6 548: не сходится"),
    "only the latest (Oct 2024) was answered": "ответ получен только на последнее (октябрь 2024 г.)",
    "own citizens leaving for work, all destinations": "собственные граждане, выехавшие для работы, все направления",
    "rounded form of 124,000": "округлённое значение 124 000",
    "stage 2 per dzen.ru/a/ZxDQRsoIlSjYTisV": "II этап, по данным dzen.ru/a/ZxDQRsoIlSjYTisV",
    "the headline figure of the Organisation; a news agency gave more than 1,600 in 2017": (
        "главная цифра Организации; информационное агентство в 2017 году назвало более 1 600"
    ),
    "vesti says 'expelled'; ridus.ru quotes 'decisions': use decisions": (
        "vesti.ru пишет «выдворено», ridus.ru приводит «решения»: приняты решения"
    ),
    "other sources: this is stage 2; stage 1 was 3-9 June 2024": (
        "по другим источникам это II этап; I этап проведён 3–9 июня 2024 г."
    ),
    "year from 'fall of last year'": "год выведен из слов «осенью прошлого года»",
}

_TITLES = {
    'News report on the CSTO Secretariat statement approving the plan of "Illegal-2025"': (
        "Сообщение о заявлении Секретариата ОДКБ об утверждении плана операции «Нелегал-2025»"
    ),
    "CSTO press release on the International Headquarters meeting of 14 February 2018": (
        "Пресс-релиз ОДКБ о заседании Международного штаба 14 февраля 2018 г."
    ),
    "TASS, Dushanbe: list of Tajik citizens residing in Russia illegally": (
        "ТАСС, Душанбе: список граждан Таджикистана, незаконно находящихся в России"
    ),
    "Report on the Coordination Council meeting in Minsk (figures for 2015)": (
        "Сообщение о заседании Координационного совета в Минске (данные за 2015 год)"
    ),
    'News text of 2011-02-25 on the results of "Nelegal" in 2010': (
        "Сообщение от 25.02.2011 об итогах операции «Нелегал» в 2010 году"
    ),
}


def note_text(note: str) -> Text:
    """A note in both languages."""
    return both(ru=_NOTES.get(note, note), en=note)


def title_text(title: str) -> Text:
    """The title of a source in both languages; the name of a site is its title in either."""
    return both(ru=_TITLES.get(title, title), en=title)
