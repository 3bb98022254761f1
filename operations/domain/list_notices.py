"""Who is told of a step of a list: the information centre and the head of the state on the other side."""

import datetime as dt
from typing import Any

from operations.domain.moments import moscow_date
from operations.domain.notices import notify
from operations.models import ListVerification, Membership, Role, User

_WORDS = {
    "sent": ("Поступил список № {number} ({state})", "List No. {number} has come ({state})"),
    "answered": ("Дан ответ на список № {number} ({state})", "List No. {number} is answered ({state})"),
    "withdrawn": ("Список № {number} отозван ({state})", "List No. {number} is withdrawn ({state})"),
}


def tell(row: ListVerification, *, to: int, what: str, at: dt.datetime) -> None:
    """Tells the people of the state `to` what happened to the list; runs in the transaction of the step."""
    ru, en = _WORDS[what]
    other: Any = row.sent_by if to == row.received_by_id else row.received_by
    notify(
        _people_of(to, at),
        topic=f"list.{what}",
        subject_ru=ru.format(number=row.number, state=other.short_ru),
        subject_en=en.format(number=row.number, state=other.short_en),
        address=f"/lists/{row.pk}/",
        at=at,
    )


def _people_of(state_id: int, at: dt.datetime) -> list[User]:
    held = Membership.objects.on(moscow_date(at)).filter(user__is_active=True)
    heads = held.filter(role=Role.NATIONAL_HEAD, state=state_id)
    centre = held.filter(
        role=Role.AGENCY_OFFICER, agency__state=state_id, agency__kind__code="information_centre", unit__isnull=True
    )
    people = {row.user.pk: row.user for row in (heads | centre).select_related("user")}
    return list(people.values())
