"""Runs every test on SQLite and again on a real PostgreSQL that is started here: `make test`, `make deep`.

    tests/run.py [--deep] [--only sqlite|postgres] [pytest's own arguments]

Tests marked `once` touch no data and are not repeated. The last line is pytest's own.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import servers  # noqa: E402
from tests.summary import MISSING  # noqa: E402


def run_pytest(*, database: str, missing: list[str], deep: bool, leave_out: str, arguments: list[str]) -> int:
    """One round; its folder of files is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="illegal-tests-") as folder:
        environment = {**os.environ, "TESTS_DIR": folder, MISSING: ";".join(missing)}
        environment.pop("DATABASE_URL", None)
        if database:
            environment["DATABASE_URL"] = database
        if deep:
            environment["TESTS_DEEP"] = "1"
        unwanted = [name for name in (leave_out, "" if deep else "deep") if name]
        marks = ["-m", " and ".join(f"not {name}" for name in unwanted)] if unwanted else []
        command = [sys.executable, "-m", "pytest", *marks, *arguments]
        return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main() -> int:
    parser = argparse.ArgumentParser(description="Runs the tests on both databases.")
    parser.add_argument("--deep", action="store_true", help="the long rounds as well")
    parser.add_argument("--only", choices=["sqlite", "postgres"])
    options, arguments = parser.parse_known_args()
    common = {"deep": options.deep, "arguments": arguments}
    codes = []
    no_postgres = servers.postgres_folder() is None
    if options.only != "postgres":
        missing = ["everything on PostgreSQL: it is not installed"] if no_postgres and not options.only else []
        print("== SQLite", flush=True)
        codes.append(run_pytest(database="", missing=missing, leave_out="", **common))
    if options.only != "sqlite" and not no_postgres:
        print("== PostgreSQL", flush=True)
        with tempfile.TemporaryDirectory(prefix="illegal-postgres-") as folder:
            # the account that PostgreSQL runs as has to be able to enter
            Path(folder).chmod(0o755)
            with servers.postgres_server(Path(folder) / "server") as address:
                leave_out = "" if options.only else "once"
                codes.append(run_pytest(database=address, missing=[], leave_out=leave_out, **common))
    return max(codes, default=1)


if __name__ == "__main__":
    sys.exit(main())
