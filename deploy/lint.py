"""Every check that reads the source instead of running it: `make lint`.

All of them run, whatever the first one says; the last lines name those that failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
PRODUCTION = {
    # nothing is served with it: it only has to look like a real one to `check --deploy`
    "SECRET_KEY": "checked-" + "0aB1cD2eF3gH4iJ5" * 4,
    "ALLOWED_HOSTS": "illegal.example",
    "SITE_ADDRESS": "https://illegal.example",
    "DEMO": "0",
}


def tool(name: str, *arguments: str) -> list[str]:
    return [str(TOOLS / name), *arguments]


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


CHECKS: dict[str, list[str]] = {
    "ruff": tool("ruff", "check", "."),
    "ruff format": tool("ruff", "format", "--check", "."),
    "mypy": tool("mypy"),
    "import-linter": tool("lint-imports"),
    "djlint": tool("djlint", "templates", "--lint", "--quiet"),
    "missing migrations": manage("makemigrations", "--check", "--dry-run"),
    "translations": [sys.executable, "deploy/messages.py", "--check"],
    "check --deploy": manage("check", "--deploy", "--fail-level", "WARNING"),
}


def carry_out(name: str, command: list[str], environment: dict[str, str], say: Callable[[str], None]) -> bool:
    begun = time.monotonic()
    finished = subprocess.run(
        command, cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    passed = finished.returncode == 0
    say(f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - begun:.1f} s)")
    if not passed:
        say(finished.stdout.rstrip())
    return passed


def main() -> int:
    chosen = {name: CHECKS[name] for name in sys.argv[1:]} or CHECKS
    with tempfile.TemporaryDirectory(prefix="illegal-lint-") as var:
        environment = {**os.environ, **PRODUCTION, "VAR_DIR": var, "DATABASE_URL": f"sqlite:///{var}/db.sqlite3"}
        environment["FRONTEND_DIR"] = str(ROOT / "var" / "frontend")
        failed = [
            name
            for name, command in chosen.items()
            if not carry_out(name, command, environment, lambda line: print(line, flush=True))
        ]
    if failed:
        print(f"lint: {len(failed)} of {len(chosen)} failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
