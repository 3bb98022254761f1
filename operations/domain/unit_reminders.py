"""Reminding the units whose return has not come: each officer once on a day for each return, when the agency asks."""

import datetime as dt
from dataclasses import dataclass

from operations.domain.chase_list import chase_list
from operations.domain.errors import NotFound
from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.domain.period_names import return_and_whose
from operations.domain.transitions import Attempt
from operations.models import Notice, Return, Unit

TOPIC = "unit.reminder"


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
        russian, english = (return_and_whose(row.expected_return, language=language) for language in ("ru", "en"))
        notify(
            fresh,
            topic=TOPIC,
            subject_ru=f"Ожидается донесение подразделения: {russian}"[:300],
            subject_en=f"The return of the unit is awaited: {english}"[:300],
            address=address,
            at=attempt.at,
        )
        people += len(fresh)
    attempt.noted.update(people=people, without_officers=[unit.code for unit in silent])
    return Reminded(people, tuple(silent))


def _told_today(at: dt.datetime) -> set[tuple[int, str]]:
    recent = Notice.objects.filter(topic=TOPIC, created_at__gte=at - dt.timedelta(days=2))
    return {(row.user_id, row.address) for row in recent if moscow_date(row.created_at) == moscow_date(at)}
