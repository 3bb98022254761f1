"""A person's own settings: the language and the clock by which the site speaks to him."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit, entry
from operations.domain.entry import Entry, Refused
from operations.models import Language, User


def _zone(value: Any) -> str:
    if not isinstance(value, str) or value not in zoneinfo.available_timezones():
        raise Refused("unknown_zone", _("Choose a time zone of the list."))
    return value


ENTRIES = (
    Entry(name="language", take=entry.choice(Language), is_required=True),
    Entry(name="time_zone", take=_zone, is_required=True),
)


@transaction.atomic
def choose_preferences(*, values: Mapping[str, Any], actor: User, at: dt.datetime) -> User:
    """`values`: language (ru, en), time_zone (a name of the IANA list). Deadlines count by Moscow all the same."""
    columns, _sets = entry.take(ENTRIES, values, is_new=True)
    person = User.objects.select_for_update().get(pk=actor.pk)
    if any(getattr(person, name) != value for name, value in columns.items()):
        person.language, person.time_zone = columns["language"], columns["time_zone"]
        person.save(update_fields=["language", "time_zone"])
        audit.record(act="user.preferences", subject=person, actor=actor, at=at, data=columns)
    return person
