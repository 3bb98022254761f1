"""Notices to people: a row that the site shows, and an outbox message that sends it by e-mail."""

import datetime as dt
from collections.abc import Iterable

from operations.domain import outbox
from operations.models import Notice, User


def notify(
    people: Iterable[User], *, topic: str, subject_ru: str, subject_en: str, address: str, at: dt.datetime
) -> list[Notice]:
    """Tells each person once; runs in the transaction of the act that it tells of. `address` is a path of the site."""
    told = []
    for person in people:
        notice = Notice.objects.create(
            user=person, topic=topic, subject_ru=subject_ru, subject_en=subject_en, address=address, created_at=at
        )
        outbox.send(topic="notice", at=at, notice_id=notice.pk)
        told.append(notice)
    return told
