"""`manage.py serve` listens where it says, does its background work, and goes away cleanly when told to."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests import servers

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def environment(tmp_path_factory) -> dict[str, str]:
    """A demonstration of its own, with an empty database."""
    folder = tmp_path_factory.mktemp("serve")
    given = {
        "PATH": os.environ["PATH"],
        "DEMO": "1",
        "VAR_DIR": str(folder),
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "DEMO_PASSWORD": "known to everybody",
        "STATIC_MANIFEST": "0",
    }
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=given, check=True)
    return given


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[tuple[subprocess.Popen, int]]:
    port = servers.free_port()

    def ready() -> bool:
        with closing(socket.socket()) as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    command = [sys.executable, "manage.py", "serve"]
    with servers.process(command, log=log, ready=ready, env={**environment, "PORT": str(port)}) as server:
        yield server, port


def test_it_greets_answers_and_stops_when_told(environment, tmp_path):
    log = tmp_path / "log"
    with served(environment, log) as (server, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10) as answer:
            assert json.load(answer) == {"status": "ok"}
        server.send_signal(signal.SIGTERM)
        assert server.wait(20) == 0
    lines = log.read_text()
    assert f"http://localhost:{port}/" in lines
    assert "known to everybody" in lines
    assert "stopped" in lines
    assert "Traceback" not in lines


def test_a_port_that_is_taken_is_said_in_one_line(environment, tmp_path):
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        command = [sys.executable, "manage.py", "serve", "--port", port]
        refused = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
        )
    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1].startswith(f"CommandError: Cannot listen on 127.0.0.1:{port}")


def test_the_demonstration_listens_on_this_machine_only(environment):
    command = [sys.executable, "manage.py", "serve", "--bind", "0.0.0.0"]  # noqa: S104
    refused = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert refused.returncode == 1
    assert "127.0.0.1 only" in refused.stderr


def test_behind_its_proxy_a_real_site_knows_https_and_sends_everything_else_there(environment, tmp_path):
    production = {name: value for name, value in environment.items() if not name.startswith("DEMO")}
    production |= {
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "illegal.example",
        "TRUSTED_PROXY": "127.0.0.1",
        "BROKER_URL": "redis://127.0.0.1:1/0",
    }
    with served(production, tmp_path / "log") as (_server, port):
        plain = ask(port, "/accounts/login/")
        assert (plain.status, plain.headers["Location"]) == (301, "https://illegal.example/accounts/login/")
        secure = ask(port, "/accounts/login/", **{"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"})
        assert secure.status == 200
        assert "Secure" in secure.headers["Set-Cookie"]
        assert "max-age=31536000" in secure.headers["Strict-Transport-Security"]
        assert ask(port, "/health", Host="elsewhere.example").status == 400


def ask(port: int, path: str, **headers: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", path, headers={"Host": "illegal.example", **headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


LARGE = 200 * 1024 * 1024


def resident(process: subprocess.Popen) -> int:
    """The most memory that the process has ever held, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return 1024 * int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def test_a_body_larger_than_any_page_takes_is_heard_out_and_answered_with_the_memory_flat(environment, tmp_path):
    piece = b"x" * (1024 * 1024)
    with served(environment, tmp_path / "log") as (server, port):
        caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        assert _answer(caller, "GET", "/health") == 200
        before = resident(server)
        body = (piece for _number in range(LARGE // len(piece)))
        headers = {"Content-Length": str(LARGE), "Content-Type": "application/json"}
        assert _answer(caller, "POST", "/api/v1/imports/", body=body, headers=headers) == 401
        assert _answer(caller, "GET", "/health") == 200, "the connection goes on"
        assert resident(server) - before < 16 * 1024 * 1024


def _answer(caller: http.client.HTTPConnection, *request: Any, **more: Any) -> int:
    caller.request(*request, **more)
    answer = caller.getresponse()
    answer.read()
    return answer.status


def test_a_body_that_nobody_sends_by_mistake_is_refused_at_its_announcement(environment, tmp_path):
    with served(environment, tmp_path / "log") as (_server, port), closing(socket.socket()) as sender:
        sender.settimeout(30)
        sender.connect(("127.0.0.1", port))
        sender.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n")
        assert " 413 " in sender.recv(65_536).decode().split("\r\n")[0]
