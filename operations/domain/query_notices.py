"""Who is told of a step of a query: those who are asked of the question, those who asked of the answer."""

import datetime as dt
from collections.abc import Iterable

from operations.domain.access import RIGHTS_BODY
from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.domain.period_names import return_and_whose
from operations.domain.wording import date_text
from operations.models import Membership, Query, Role, User

_LANGUAGES = ("ru", "en")
_ASKED = ("Запрос на уточнение, ответить до {day}: {what}", "Query of the headquarters, answer by {day}: {what}")
_ANSWERED = ("Дан ответ на запрос на уточнение: {what}", "A query was answered: {what}")
_SETTLED = ("Запрос на уточнение снят с контроля: {what}", "A query was settled: {what}")


def tell_asked(query: Query, *, at: dt.datetime) -> None:
    """The officers of the agency, and the head of its state unless it is a rights body."""
    agency = query.expected_return.agency
    held = Membership.objects.on(moscow_date(at)).filter(user__is_active=True).select_related("user")
    asked = held.filter(role=Role.AGENCY_OFFICER, agency=agency, unit__isnull=True)
    if agency.kind.code != RIGHTS_BODY:
        asked |= held.filter(role=Role.NATIONAL_HEAD, state=agency.state_id)
    _tell(query, (one.user for one in asked), "query.asked", _ASKED, at=at)


def tell_of_answer(query: Query, *, at: dt.datetime) -> None:
    """Whoever asked last."""
    _tell(query, [query.asked_by], "query.answered", _ANSWERED, at=at)


def tell_settled(query: Query, *, at: dt.datetime) -> None:
    """Whoever answered; where nobody did, those who were asked."""
    if query.answered_by is not None:
        _tell(query, [query.answered_by], "query.settled", _SETTLED, at=at)


def _tell(query: Query, people: Iterable[User], topic: str, words: tuple[str, str], *, at: dt.datetime) -> None:
    spelt = []
    for language, text in zip(_LANGUAGES, words, strict=True):
        what = return_and_whose(query.expected_return, language=language)
        spelt.append(text.format(day=date_text(query.due_date, language=language), what=what)[:300])
    notify(
        {person.pk: person for person in people}.values(),
        topic=topic,
        subject_ru=spelt[0],
        subject_en=spelt[1],
        address=f"/queries/{query.pk}/",
        at=at,
    )
