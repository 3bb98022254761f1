"""Real servers for tests: PostgreSQL, Redis, Celery workers, each on a private port in a temporary folder.

They are started here and stopped here, by the process that was started; nothing that runs on the machine is touched.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60.0


class ServerDidNotStart(Exception):
    """Carries the end of what the server printed."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_folder() -> Path | None:
    """Where PostgreSQL's programs are; Debian keeps them off PATH."""
    found = shutil.which("postgres")
    if found:
        return Path(found).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return installed[-1].parent if installed else None


def redis_program() -> str | None:
    return shutil.which("redis-server") or shutil.which("valkey-server")


def chromium_program() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def process(
    command: list[str], *, log: Path, ready: Callable[[], bool], stop: signal.Signals = signal.SIGTERM, **options: Any
) -> Iterator[subprocess.Popen]:
    """Run a server until the block ends; `ready` is asked until it says yes."""
    with log.open("ab") as output:
        server = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, cwd=ROOT, **options)
    try:
        deadline = time.monotonic() + PATIENCE
        while not ready():
            if server.poll() is not None or time.monotonic() > deadline:
                raise ServerDidNotStart(f"{command[0]}:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.05)
        yield server
    finally:
        if server.poll() is None:
            server.send_signal(stop)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _postgres_owner() -> dict[str, Any]:
    """PostgreSQL refuses to run as root; then it runs as the account made for it, or as nobody."""
    if os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise ServerDidNotStart("PostgreSQL does not run as root and there is no other account to run it as")


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    """Yield the address of a new, empty PostgreSQL database; `folder` has to be one that other accounts can enter."""
    programs = postgres_folder()
    if programs is None:
        raise ServerDidNotStart("PostgreSQL is not installed")
    owner = _postgres_owner()
    folder.mkdir(parents=True, exist_ok=True)
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    data, port = folder / "data", free_port()
    initdb = [str(programs / "initdb"), "-D", str(data), "-U", "illegal", "-A", "trust", "-E", "UTF8"]
    subprocess.run(
        [*initdb, "--locale=C.UTF-8", "--no-sync"], check=True, capture_output=True, cwd=folder, env=_plain(), **owner
    )
    address = f"postgres://illegal@127.0.0.1:{port}/postgres"

    def ready() -> bool:
        try:
            psycopg.connect(address, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    # nothing here has to survive a power cut, so nothing waits for the disk
    options = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "unix_socket_directories": ""}
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    command = [str(programs / "postgres"), "-D", str(data), "-p", str(port), "-h", "127.0.0.1", *settings]
    # SIGINT is PostgreSQL's fast shutdown
    with process(command, log=folder / "log", ready=ready, stop=signal.SIGINT, env=_plain(), **owner):
        yield address


def _plain() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Yield the address of a new, empty Redis that keeps nothing."""
    program = redis_program()
    if program is None:
        raise ServerDidNotStart("redis-server is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()

    def ready() -> bool:
        try:
            with redis.Redis(port=port, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.exceptions.ConnectionError:
            return False

    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with process(command, log=folder / "redis.log", ready=ready):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def background_processes(*, broker: str, database: str, folder: Path) -> Iterator[None]:
    """A Celery worker and the relay as production runs them: processes of their own, on a real broker."""
    folder.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "BROKER_URL": broker,
        "DATABASE_URL": database,
        "DATABASE_POOL": "0",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "LOG_LEVEL": "INFO",
    }
    worker = [
        sys.executable,
        "-m",
        "celery",
        "--app",
        "illegal_ops",
        "worker",
        "--pool",
        "threads",
        "--concurrency",
        "2",
    ]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "INFO"]
    logs = {"worker": (folder / "worker.log", b" ready."), "relay": (folder / "relay.log", b"relay started")}

    def said(name: str) -> Callable[[], bool]:
        log, word = logs[name]
        return lambda: word in log.read_bytes()

    with (
        process([*worker, *quiet], log=logs["worker"][0], ready=said("worker"), env=environment),
        process([sys.executable, "manage.py", "relay"], log=logs["relay"][0], ready=said("relay"), env=environment),
    ):
        yield
