"""Database triggers that keep what was written once as it was written, whoever holds the connection.

The audit trail is append-only; other apps add tables of their own (`guard`), such as the frozen data of reports. Guards
are installed after every `migrate`: on SQLite an altered table is rebuilt and loses its triggers silently. `audit
verify` reports a guard that is missing.
"""

from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Guarded:
    """A table whose rows are never changed: the names of its triggers begin with `prefix`, `says` is the refusal."""

    table: str
    prefix: str
    says: str


_guarded = [Guarded(table="operations_auditentry", prefix="audit", says="the audit trail is append-only")]
_EVENTS = {
    "sqlite": ("UPDATE", "DELETE"),
    "postgresql": ("UPDATE", "DELETE", "TRUNCATE"),
}


def guard(*, table: str, prefix: str, says: str) -> None:
    """Has a table guarded like the audit trail; called once, when the app that owns it is ready."""
    _guarded.append(Guarded(table, prefix, says))


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Creates the triggers that are not there yet, of the tables that are there."""
    present = installed_guards(connection)
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guarded in _guarded:
            if guarded.table not in tables:
                continue
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {guarded.prefix}_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                    f"$$ BEGIN RAISE EXCEPTION '{guarded.says}'; END $$"
                )
            for event in _EVENTS[connection.vendor]:
                if _name(guarded, event) not in present:
                    cursor.execute(_create(connection.vendor, guarded, event))


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Drops the triggers: for tests that empty the database between them, and for restoring a backup."""
    with connection.cursor() as cursor:
        for guarded in _guarded:
            for event in _EVENTS[connection.vendor]:
                on_table = f" ON {guarded.table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {_name(guarded, event)}{on_table}")


def installed_guards(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the guards that the database holds now."""
    found: set[str] = set()
    with connection.cursor() as cursor:
        for guarded in _guarded:
            if connection.vendor == "postgresql":
                cursor.execute(
                    "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal",
                    [guarded.table],
                )
            else:
                cursor.execute(
                    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [guarded.table]
                )
            found |= {row[0] for row in cursor.fetchall()}
    return found


def missing_guards(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the guards that should be there and are not."""
    wanted = {_name(guarded, event) for guarded in _guarded for event in _EVENTS[connection.vendor]}
    return wanted - installed_guards(connection)


def _name(guarded: Guarded, event: str) -> str:
    return f"{guarded.prefix}_refuses_{event.lower()}"


def _create(vendor: str, guarded: Guarded, event: str) -> str:
    if vendor == "postgresql":
        each = "STATEMENT" if event == "TRUNCATE" else "ROW"
        return (
            f"CREATE TRIGGER {_name(guarded, event)} BEFORE {event} ON {guarded.table} "
            f"FOR EACH {each} EXECUTE FUNCTION {guarded.prefix}_is_append_only()"
        )
    return (
        f"CREATE TRIGGER {_name(guarded, event)} BEFORE {event} ON {guarded.table} "
        f"BEGIN SELECT RAISE(ABORT, '{guarded.says}'); END"
    )
