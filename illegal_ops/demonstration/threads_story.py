"""What was said about the demonstration's returns: queries of the headquarters in every state, comments on cells.

One query ends with a correction, one is asked again and overdue at the end, one waits for its answer and one for the
headquarters; a head's question about a cell is answered in its thread, a figure of one day that stands out is flagged
and explained, a flag of the headquarters still waits.
"""

import datetime as dt
from dataclasses import dataclass
from functools import partial

from illegal_ops.demonstration.story import Happening, People, Story
from operations.domain import comments, queries
from operations.domain.moments import moscow_moment
from operations.models import Comment, Operation, Query, Return, User

Day = tuple[int, int]
YEAR = 2026


@dataclass(frozen=True)
class Asked:
    """A query of the story: on which return and cell, when, and how far it came (month, day)."""

    agency: str
    period: str
    cell: str
    text: str
    asked: Day
    due: Day
    answers: tuple[tuple[Day, str], ...] = ()
    again: tuple[Day, Day, str] | None = None
    settled: tuple[Day, str] | None = None


QUERIES = (
    Asked(
        "ru-border-service", "S1-FINAL", "ACT02.TOTAL",
        "Число мобильных групп расходится с ежедневными донесениями этапа. Подтвердите или уточните.",
        (6, 15), (6, 24),
        answers=(((6, 17), "Расхождение подтвердилось, уточнённые данные представим до 24 июня."),),
        settled=((6, 26), "Уточнённые данные приняты."),
    ),
    Asked(
        "kz-information-centre", "Q2", "",
        "Донесение поступило с опозданием на четыре дня. Укажите причину и меры на следующий квартал.",
        (7, 24), (8, 7),
        answers=(((8, 5), "Задержка вызвана обновлением системы."),),
        again=((8, 10), (11, 16), "Причина понятна. Какие меры приняты, чтобы срок за четвёртый квартал был соблюдён?"),
    ),
    Asked(
        "tj-border-service", "S2-FINAL", "BRD02.TOTAL",
        "Какие попытки учтены как совершённые по поддельным документам?",
        (11, 9), (11, 18),
        answers=(((11, 13), "Учтены только попытки, подтверждённые экспертизой на пункте пропуска."),),
    ),
    Asked(
        "am-migration-authority", "S2-FINAL", "",
        "Поясните, учтены ли в донесении решения, принятые в последний день этапа.",
        (11, 12), (12, 1),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """A comment of the story: who said it about which cell, and who settled the flag when."""

    who: str
    agency: str
    period: str
    cell: str
    text: str
    day: Day
    is_flagged: bool = False
    settled: tuple[Day, str, str] | None = None


COMMENTS = (
    Said(
        "head-by", "by-migration-authority", "S1-FINAL", "ACT01.TOTAL",
        "Указано наибольшее число сотрудников за день или сумма за этап?", (6, 15), is_flagged=True,
        settled=((6, 18), "head-by", "Пояснение принято."),
    ),
    Said(
        "officer-by-migration-authority", "by-migration-authority", "S1-FINAL", "ACT01.TOTAL",
        "Наибольшее за день, как требует определение показателя.", (6, 16),
    ),
    Said(
        "head-ru", "ru-internal-affairs", "S2-D06", "VIO01.TOTAL",
        "За сутки прибавилось в несколько раз больше обычного. Нет ли повторного учёта?", (9, 6), is_flagged=True,
        settled=((9, 8), "head-ru", "Пояснение принято."),
    ),
    Said(
        "officer-ru-internal-affairs", "ru-internal-affairs", "S2-D06", "VIO01.TOTAL",
        "В этот день прошла одновременная проверка рынков и строек в крупных городах; повторного учёта нет.", (9, 7),
    ),
    Said(
        "planner", "ru-internal-affairs", "S2-FINAL", "CRM01.TOTAL",
        "Уточнить после решения суда: одно дело учтено в двух видах.", (11, 10), is_flagged=True,
    ),
)  # fmt: skip


class ThreadStory:
    """Tells what was said about the returns of one operation."""

    def __init__(self, *, story: Story, people: People, operation: Operation) -> None:
        self.story, self.people, self.operation = story, people, operation
        self._queries: dict[Asked, Query] = {}
        self._flags: dict[Said, Comment] = {}

    def tell(self) -> None:
        for asked in QUERIES:
            self._on(asked.asked, 10, partial(self._ask, asked))
            for day, text in asked.answers:
                self._on(day, 12, partial(self._answer, asked, text))
            if asked.again is not None:
                self._on(asked.again[0], 11, partial(self._ask_again, asked, *asked.again[1:]))
            if asked.settled is not None:
                self._on(asked.settled[0], 16, partial(self._settle, asked, asked.settled[1]))
        for said in COMMENTS:
            self._on(said.day, 15, partial(self._say, said))
            if said.settled is not None:
                day, who, note = said.settled
                self._on(day, 17, partial(self._take_down, said, self.people[who], note))

    def _on(self, day: Day, hour: int, happening: Happening) -> None:
        self.story.at(moscow_moment(dt.date(YEAR, *day), hour), happening)

    def _return(self, agency: str, period: str) -> Return:
        return Return.objects.select_related("agency__kind", "period", "form").get(
            period__operation=self.operation, period__code=period, agency__code=agency, unit__isnull=True
        )

    def _ask(self, asked: Asked, at: dt.datetime) -> None:
        self._queries[asked] = queries.ask_query(
            expected_return=self._return(asked.agency, asked.period),
            cell=asked.cell,
            text=asked.text,
            due_date=dt.date(YEAR, *asked.due),
            actor=self.people["planner"],
            at=at,
        )

    def _answer(self, asked: Asked, text: str, at: dt.datetime) -> None:
        officer = self.people.officer(asked.agency)
        queries.answer_query(query=self._queries[asked], text=text, actor=officer, at=at)

    def _ask_again(self, asked: Asked, due: Day, text: str, at: dt.datetime) -> None:
        planner, day = self.people["planner"], dt.date(YEAR, *due)
        queries.ask_again(query=self._queries[asked], text=text, due_date=day, actor=planner, at=at)

    def _settle(self, asked: Asked, text: str, at: dt.datetime) -> None:
        queries.settle_query(query=self._queries[asked], text=text, actor=self.people["planner"], at=at)

    def _say(self, said: Said, at: dt.datetime) -> None:
        self._flags[said] = comments.comment_on(
            expected_return=self._return(said.agency, said.period),
            cell=said.cell,
            text=said.text,
            needs_follow_up=said.is_flagged,
            actor=self.people[said.who],
            at=at,
        )

    def _take_down(self, said: Said, who: User, note: str, at: dt.datetime) -> None:
        comments.settle_comment(comment=self._flags[said], note=note, actor=who, at=at)
