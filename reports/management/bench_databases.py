"""Two temporary databases of the kind that the site uses, side by side, for measurements that compare their sizes.

Nothing is read from or written to the site's own database. A side is used by taking the place of the default
connection for a while, so that what is measured is the very code of the site.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import DEFAULT_DB_ALIAS, load_backend

NAMES = ("illegal_bench_small", "illegal_bench_large")


class Side:
    """One of the databases; made empty, with all its tables."""

    def __init__(self, name: str, folder: Path) -> None:
        # a connection of its own that stays open: a pool belongs to the site's database
        options = {key: value for key, value in connection.settings_dict["OPTIONS"].items() if key != "pool"}
        self._settings = {**connection.settings_dict, "OPTIONS": options, "CONN_MAX_AGE": None}
        self._is_file = connection.vendor == "sqlite"
        self.name = str(folder / f"{name}.sqlite3") if self._is_file else name
        self._own: Any = None

    @contextmanager
    def used(self) -> Iterator[None]:
        """Everything inside reads and writes this database."""
        if self._own is None:
            settings = {**self._settings, "NAME": self.name}
            self._own = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, DEFAULT_DB_ALIAS)
        kept = connections[DEFAULT_DB_ALIAS]
        connections[DEFAULT_DB_ALIAS] = self._own
        try:
            yield
        finally:
            connections[DEFAULT_DB_ALIAS] = kept

    def make(self) -> None:
        if not self._is_file:
            _execute(f'DROP DATABASE IF EXISTS "{self.name}"', f'CREATE DATABASE "{self.name}"')
        with self.used():
            call_command("migrate", verbosity=0, interactive=False)

    def take_over(self, other: "Side") -> None:
        """Becomes what the other is now."""
        other.close()
        self.close()
        if self._is_file:
            shutil.copyfile(other.name, self.name)
        else:
            _execute(f'DROP DATABASE IF EXISTS "{self.name}"', f'CREATE DATABASE "{self.name}" TEMPLATE "{other.name}"')

    def close(self) -> None:
        """Lets go of the database; on SQLite everything is in its file then."""
        if self._own is not None:
            if self._is_file:
                with self._own.cursor() as cursor:
                    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._own.close()

    def drop(self) -> None:
        self.close()
        if not self._is_file:
            _execute(f'DROP DATABASE IF EXISTS "{self.name}"')


@contextmanager
def two_databases() -> Iterator[tuple[Side, Side]]:
    """The first has its tables, the second is made by `take_over`; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="illegal-bench-") as folder:
        small, large = (Side(name, Path(folder)) for name in NAMES)
        try:
            small.make()
            yield small, large
        finally:
            small.drop()
            large.drop()


def _execute(*statements: str) -> None:
    """On the server, outside any database of ours."""
    with connection._nodb_cursor() as cursor:  # type: ignore[attr-defined]
        for statement in statements:
            cursor.execute(statement)
