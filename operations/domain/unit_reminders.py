"""Reminding the units whose return has not come: each officer once on a day for each return, when the agency asks."""

import datetime as dt
from dataclasses import dataclass

from operations.domain.chase_list import chase_list
from operations.domain.errors import NotFound
from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.domain.period_names import return_name
from operations.domain.transitions import Attempt
from operations.domain.wording import in_language
from operations.models import Notice, Return, Unit

TOPIC = "unit.reminder"
_WORDS = ("Ждём донесение подразделения: {what}, {unit}", "The return of the unit is awaited: {what}, {unit}")


@dataclass(frozen=True)
class Reminded:
    """Whom a reminder reached: `people` were told; nobody is known to work for the units `without_officers`."""

    people: int
    without_officers: tuple[Unit, ...]


def remind(attempt: Attempt) -> Reminded:
    """Tells the officers of every unit that has submitted nothing, unless they were told today (by Moscow's date)."""
    expected_return = Return.objects.filter(
        agency=attempt.subject.pk, period=attempt.given["period"], unit__isnull=True
    ).first()
    if expected_return is None:
        raise NotFound
    people, silent = 0, []
    told = _told_today(attempt.at)
    for row in chase_list(expected_return, user=attempt.actor, at=attempt.at):
        address = f"/returns/{row.expected_return.pk}/"
        if row.is_received or row.unit.is_central_office:
            continue
        if not row.officers:
            silent.append(row.unit)
        fresh = [person for person in row.officers if (person.pk, address) not in told]
        subjects = [_subject(row.expected_return, row.unit, language) for language in ("ru", "en")]
        notify(fresh, topic=TOPIC, subject_ru=subjects[0], subject_en=subjects[1], address=address, at=attempt.at)
        people += len(fresh)
    attempt.noted.update(people=people, without_officers=[unit.code for unit in silent])
    return Reminded(people, tuple(silent))


def _told_today(at: dt.datetime) -> set[tuple[int, str]]:
    recent = Notice.objects.filter(topic=TOPIC, created_at__gte=at - dt.timedelta(days=2))
    return {(row.user_id, row.address) for row in recent if moscow_date(row.created_at) == moscow_date(at)}


def _subject(expected_return: Return, unit: Unit, language: str) -> str:
    with in_language(language):
        what = return_name(expected_return.period)
    russian, english = _WORDS
    text, name = (english, unit.name_en or unit.name_ru) if language == "en" else (russian, unit.name_ru)
    return text.format(what=what, unit=name)[:300]
