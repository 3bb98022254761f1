"""The audit trail cannot be changed unnoticed."""

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.transaction import TransactionManagementError

from operations.domain import audit
from operations.domain.people import system_user
from operations.models import AuditEntry
from operations.models.guards import install_guards, lift_guards, missing_guards

NOON = dt.datetime(2026, 5, 18, 12, tzinfo=dt.UTC)


def write(count: int) -> int:
    """Appends entries and answers the sequence of the first of them: loading reference data wrote some before."""
    actor = system_user("test")
    first = AuditEntry.objects.count() + 1
    for number in range(count):
        with transaction.atomic():
            audit.record(act="site.tried", subject=None, actor=actor, at=NOON, data={"number": number, "слово": "да"})
    return first


@pytest.mark.django_db
def test_each_entry_follows_from_the_hash_of_the_entry_before_it():
    first = write(3)
    entries = list(AuditEntry.objects.filter(sequence__gte=first).order_by("sequence"))
    assert [entry.sequence for entry in entries] == [first, first + 1, first + 2]
    assert AuditEntry.objects.get(sequence=1).previous_hash == audit.GENESIS
    assert [entry.previous_hash for entry in entries[1:]] == [entry.entry_hash for entry in entries[:2]]
    assert audit.head() == entries[-1].entry_hash
    assert list(audit.broken_links()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["update", "delete"])
def test_the_database_itself_refuses_to_change_an_entry(operation: str):
    rows = AuditEntry.objects.filter(sequence=write(1))
    with pytest.raises(DatabaseError), transaction.atomic():
        if operation == "update":
            rows.update(actor_name="somebody else")
        else:
            rows.delete()
    assert list(audit.broken_links()) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("column", "value"),
    [("data", "{}"), ("actor_name", "x"), ("at", NOON + dt.timedelta(microseconds=1)), ("object_label", "y")],
)
def test_a_change_behind_lifted_guards_is_found_by_the_chain(column: str, value: object):
    changed = write(4) + 1
    lift_guards(connection)
    AuditEntry.objects.filter(sequence=changed).update(**{column: value})
    install_guards(connection)
    assert [sequence for sequence, _what in audit.broken_links()] == [changed]


@pytest.mark.django_db
def test_a_missing_entry_is_found_by_the_chain():
    deleted = write(4) + 1
    lift_guards(connection)
    AuditEntry.objects.filter(sequence=deleted).delete()
    install_guards(connection)
    assert {sequence for sequence, _what in audit.broken_links()} == {deleted + 1}


@pytest.mark.django_db
def test_a_missing_guard_is_noticed():
    assert missing_guards(connection) == set()
    lift_guards(connection)
    assert {"audit_refuses_update", "audit_refuses_delete"} <= missing_guards(connection)
    install_guards(connection)
    assert missing_guards(connection) == set()


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_the_transaction_of_its_act_is_refused():
    with pytest.raises(TransactionManagementError):
        audit.record(act="site.tried", subject=None, actor=system_user("test"), at=NOON)
