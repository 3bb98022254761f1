"""Effects outside the database, written with the act that causes them and delivered later, at least once.

A topic names who handles it; handlers register at start and are idempotent. `deliver_waiting` is the relay's body: it
takes rows in order, marks each delivered in a transaction of its own, and postpones a failing one with its error kept.
"""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from operations.models import OutboxMessage

logger = logging.getLogger(__name__)

Handler = Callable[..., None]
_handlers: dict[str, Handler] = {}
_LONGEST_PAUSE = dt.timedelta(hours=1)


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Registers the handler of a topic; it is called with the payload as keywords and `at`."""

    def register(function: Handler) -> Handler:
        if topic in _handlers:
            raise ValueError(f"{topic} is handled already")
        _handlers[topic] = function
        return function

    return register


def send(*, topic: str, at: dt.datetime, **payload: Any) -> OutboxMessage:
    """Queues an effect; must run inside the transaction of the act."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an outbox row is written in the transaction of its act")
    return OutboxMessage.objects.create(topic=topic, payload=payload, created_at=at, available_at=at)


def deliver_waiting(*, at: dt.datetime, limit: int = 100) -> int:
    """Delivers what is due; answers how many rows were delivered."""
    delivered = 0
    waiting = OutboxMessage.objects.filter(delivered_at__isnull=True, available_at__lte=at).order_by("id")
    for pk in list(waiting.values_list("pk", flat=True)[:limit]):
        delivered += _deliver(pk, at)
    return delivered


def _deliver(pk: int, at: dt.datetime) -> int:
    with transaction.atomic():
        message = (
            OutboxMessage.objects.select_for_update(
                skip_locked=transaction.get_connection().features.has_select_for_update_skip_locked
            )
            .filter(pk=pk, delivered_at__isnull=True)
            .first()
        )
        if message is None:
            return 0
        try:
            with transaction.atomic():
                _handlers[message.topic](at=at, **message.payload)
        except Exception as error:  # a failing effect must not stop the ones behind it; its error is kept and shown
            logger.exception("outbox %s (%s) failed", message.pk, message.topic)
            message.attempts += 1
            message.last_error = f"{type(error).__name__}: {error}"[:2000]
            message.available_at = at + min(dt.timedelta(seconds=2**message.attempts), _LONGEST_PAUSE)
            message.save(update_fields=["attempts", "last_error", "available_at"])
            return 0
        message.delivered_at = at
        message.save(update_fields=["delivered_at"])
        return 1
