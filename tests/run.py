"""Runs every test on SQLite and on a real PostgreSQL that is started here: `make test`, `make deep`.

    tests/run.py [--deep] [--only sqlite|postgres] [pytest's own arguments]

The two rounds run side by side, each with its own folder and servers; the second one's output is kept and shown when
both are done. Tests marked `once` touch no data and are not repeated. The last line is pytest's own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import servers  # noqa: E402
from tests.summary import MISSING  # noqa: E402


@dataclass(frozen=True)
class Choice:
    """What the caller asked for."""

    deep: bool
    only: str | None
    arguments: list[str]

    def command(self, *, leave_out: str) -> list[str]:
        unwanted = [name for name in (leave_out, "" if self.deep else "deep") if name]
        marks = ["-m", " and ".join(f"not {name}" for name in unwanted)] if unwanted else []
        return [sys.executable, "-m", "pytest", *marks, *self.arguments]


@contextmanager
def environment(choice: Choice, *, database: str = "", missing: str = "") -> Iterator[dict[str, str]]:
    """The variables of one round; its folder of files is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="illegal-tests-") as folder:
        variables = {**os.environ, "TESTS_DIR": folder, MISSING: missing}
        variables.pop("DATABASE_URL", None)
        if database:
            variables["DATABASE_URL"] = database
        if choice.deep:
            variables["TESTS_DEEP"] = "1"
        yield variables


def on_sqlite(choice: Choice, *, missing: str) -> int:
    """The round on SQLite, its output as it comes."""
    print("== SQLite", flush=True)
    with environment(choice, missing=missing) as variables:
        return subprocess.run(choice.command(leave_out=""), cwd=ROOT, env=variables, check=False).returncode


@contextmanager
def postgres_environment(choice: Choice) -> Iterator[dict[str, str]]:
    """The variables of the round on PostgreSQL, whose server stands meanwhile."""
    with tempfile.TemporaryDirectory(prefix="illegal-postgres-") as folder, ExitStack() as stack:
        # the account that PostgreSQL runs as has to be able to enter
        Path(folder).chmod(0o755)
        address = stack.enter_context(servers.postgres_server(Path(folder) / "server"))
        yield stack.enter_context(environment(choice, database=address))


def on_postgres(choice: Choice) -> int:
    """The round on PostgreSQL alone, its output as it comes."""
    print("== PostgreSQL", flush=True)
    with postgres_environment(choice) as variables:
        return subprocess.run(choice.command(leave_out=""), cwd=ROOT, env=variables, check=False).returncode


def on_both(choice: Choice) -> int:
    """Both rounds at once; PostgreSQL's output is printed after SQLite's."""
    with postgres_environment(choice) as variables, tempfile.TemporaryFile() as kept:
        second = subprocess.Popen(
            choice.command(leave_out="once"), cwd=ROOT, env=variables, stdout=kept, stderr=subprocess.STDOUT
        )
        try:
            code = on_sqlite(choice, missing="")
            print("== PostgreSQL", flush=True)
            second.wait()
        finally:
            if second.poll() is None:
                second.terminate()
                second.wait()
        kept.seek(0)
        print(kept.read().decode(errors="replace"), end="", flush=True)
    return max(code, second.returncode)


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the tests on both databases.")
    parser.add_argument("--deep", action="store_true", help="the long rounds as well")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    options, arguments = parser.parse_known_args()
    choice = Choice(deep=options.deep, only=options.only, arguments=arguments)
    if choice.only == "sqlite":
        return on_sqlite(choice, missing="")
    if servers.postgres_folder() is None:
        if choice.only == "postgres":
            print("PostgreSQL is not installed", file=sys.stderr)
            return 1
        return on_sqlite(choice, missing="everything on PostgreSQL: it is not installed")
    return on_postgres(choice) if choice.only == "postgres" else on_both(choice)


if __name__ == "__main__":
    sys.exit(main())
