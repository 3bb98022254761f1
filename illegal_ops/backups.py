"""Whole copies of the database, made while the site is in use and put back into an empty one.

SQLite is copied page by page through its own backup interface, PostgreSQL by `pg_dump` in its custom format; either
way the copy is one consistent moment. A copy appears under its name only when it is complete.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from django.db import connection

SQLITE_MAGIC = b"SQLite format 3\x00"
POSTGRES_MAGIC = b"PGDMP"


class BackupError(Exception):
    """A copy could not be made or put back; the message says what to do."""


def backup(target: Path) -> None:
    """Write a copy of the database to `target`; an existing file is refused, never overwritten."""
    if target.exists():
        raise BackupError(f"{target} exists already")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    # readable by the owner alone: it holds what the database holds
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        if connection.vendor == "sqlite":
            _copy_sqlite(Path(connection.settings_dict["NAME"]), draft)
        else:
            _run_postgres("pg_dump", "--format=custom", "--no-owner", f"--file={draft}", _database_name())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def restore(source: Path, *, force: bool) -> None:
    """Put a copy back. A database that holds tables is refused unless forced; then what it held is gone."""
    if not source.is_file():
        raise BackupError(f"{source} is not there")
    magic = SQLITE_MAGIC if connection.vendor == "sqlite" else POSTGRES_MAGIC
    with source.open("rb") as file:
        if file.read(len(magic)) != magic:
            raise BackupError(f"{source} is not a copy of a {connection.vendor} database")
    if connection.introspection.table_names() and not force:
        raise BackupError("The database is not empty. --force replaces everything in it.")
    connection.close()
    if connection.vendor == "sqlite":
        _copy_sqlite(source, Path(connection.settings_dict["NAME"]))
        return
    if force:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        connection.close()
    _run_postgres(
        "pg_restore",
        "--no-owner",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={_database_name()}",
        str(source),
    )


def _copy_sqlite(source: Path, target: Path) -> None:
    """Checks the source first: a damaged file would be copied faithfully, damage and all."""
    with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(target)) as copy:
        verdict = origin.execute("PRAGMA integrity_check").fetchone()[0]
        if verdict != "ok":
            raise BackupError(f"{source} is damaged: {verdict}")
        origin.backup(copy)


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _run_postgres(program: str, *arguments: str) -> None:
    found = shutil.which(program)
    if not found:
        raise BackupError(f"{program} is not installed: it comes with PostgreSQL's client programs")
    database = connection.settings_dict
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    access = {variable: str(database[name]) for variable, name in names.items() if database[name]}
    finished = subprocess.run(
        [found, *arguments], env={**os.environ, **access}, capture_output=True, text=True, check=False
    )
    if finished.returncode:
        raise BackupError(finished.stderr.strip() or f"{program} failed")
