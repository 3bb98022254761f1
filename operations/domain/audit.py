"""The audit trail: one append-only chain of hashes over everything that anybody did or was refused.

The hash of an entry is SHA-256 over the hash before it and the canonical JSON of its own columns, so that a change, a
deletion or an insertion anywhere breaks every later link. PostgreSQL orders writers with a transaction-level advisory
lock, SQLite by its IMMEDIATE transactions.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection, models, transaction

from operations.domain.errors import DomainError, ListedProblems
from operations.models import AuditEntry, User

GENESIS = "0" * 64
_CHAIN_LOCK = 4_107_2026


def take_chain_lock() -> None:
    """Orders this transaction among all that write to the trail; also the fence for one consistent snapshot."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])


def record(
    *,
    act: str,
    subject: models.Model | None,
    actor: User,
    at: dt.datetime,
    data: Mapping[str, Any] | None = None,
    group: uuid.UUID | None = None,
) -> AuditEntry:
    """Appends one entry; must run inside the transaction of the act that it tells of."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an audit entry is written in the transaction of its act")
    take_chain_lock()
    last = AuditEntry.objects.order_by("-sequence").first()
    entry = AuditEntry(
        sequence=1 if last is None else last.sequence + 1,
        at=at.astimezone(dt.UTC),
        actor=actor,
        actor_name=str(actor)[:150],
        act=act,
        act_group=group or uuid.uuid4(),
        object_type=str(subject._meta.model_name) if subject is not None else "site",
        object_id=str(subject.pk) if subject is not None else "",
        object_label=str(subject)[:300] if subject is not None else "",
        state_code=_state_code(subject),
        data=json.dumps(data or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str),
        previous_hash=GENESIS if last is None else last.entry_hash,
    )
    entry.entry_hash = entry_hash(entry)
    entry.save(force_insert=True)
    return entry


def record_refusal(
    *, act: str, subject: models.Model | None, actor: User, at: dt.datetime, error: DomainError
) -> AuditEntry:
    """Appends a refused attempt, in a transaction of its own."""
    codes = [problem.code for problem in error.problems] if isinstance(error, ListedProblems) else []
    with transaction.atomic():
        return record(
            act=f"{act}.refused",
            subject=subject,
            actor=actor,
            at=at,
            data={"code": error.code, "problems": codes},
        )


def entry_hash(entry: AuditEntry) -> str:
    """SHA-256 over the previous hash and the canonical JSON of the entry's own columns."""
    content = {
        "sequence": entry.sequence,
        "at": entry.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "actor_name": entry.actor_name,
        "act": entry.act,
        "act_group": str(entry.act_group),
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "object_label": entry.object_label,
        "state_code": entry.state_code,
        "data": entry.data,
    }
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256((entry.previous_hash + canonical).encode()).hexdigest()


def head() -> str:
    """The hash of the newest entry: noted on paper, it proves later that nothing before it was changed."""
    last = AuditEntry.objects.order_by("-sequence").values_list("entry_hash", flat=True).first()
    return last or GENESIS


def broken_links() -> Iterator[tuple[int, str]]:
    """Every place where the chain does not hold: (sequence, what is wrong)."""
    previous, expected = GENESIS, 1
    for entry in AuditEntry.objects.order_by("sequence").iterator(chunk_size=2000):
        if entry.sequence != expected:
            yield entry.sequence, f"entries {expected} to {entry.sequence - 1} are missing"
        if entry.previous_hash != previous:
            yield entry.sequence, "does not follow the entry before it"
        if entry_hash(entry) != entry.entry_hash:
            yield entry.sequence, "its content was changed"
        previous, expected = entry.entry_hash, entry.sequence + 1


def _state_code(subject: models.Model | None) -> str:
    state = getattr(subject, "state", None)
    return getattr(state, "code", "")
