"""Database triggers that keep the audit trail append-only, whoever holds the connection.

They are installed after every `migrate`: on SQLite an altered table is rebuilt and loses its triggers silently.
`audit verify` reports a guard that is missing.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

_TABLE = "operations_auditentry"
_EVENTS = {
    "sqlite": ("UPDATE", "DELETE"),
    "postgresql": ("UPDATE", "DELETE", "TRUNCATE"),
}


def _name(event: str) -> str:
    return f"audit_refuses_{event.lower()}"


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Creates the triggers that are not there yet."""
    present = installed_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                "$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$"
            )
        for event in _EVENTS[connection.vendor]:
            if _name(event) not in present:
                cursor.execute(_create(connection.vendor, event))


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Drops the triggers: for tests that empty the database between them, and for restoring a backup."""
    with connection.cursor() as cursor:
        for event in _EVENTS[connection.vendor]:
            on_table = f" ON {_TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {_name(event)}{on_table}")


def installed_guards(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the guards that the database holds now."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(%s) AND NOT tgisinternal", [_TABLE]
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [_TABLE])
        return {row[0] for row in cursor.fetchall()}


def missing_guards(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the guards that should be there and are not."""
    return {_name(event) for event in _EVENTS[connection.vendor]} - installed_guards(connection)


def _create(vendor: str, event: str) -> str:
    if vendor == "postgresql":
        each = "STATEMENT" if event == "TRUNCATE" else "ROW"
        return (
            f"CREATE TRIGGER {_name(event)} BEFORE {event} ON {_TABLE} "
            f"FOR EACH {each} EXECUTE FUNCTION audit_is_append_only()"
        )
    return (
        f"CREATE TRIGGER {_name(event)} BEFORE {event} ON {_TABLE} "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
    )
