"""Files too large or too far-reaching are refused by the served site, whose process stays small meanwhile."""

import http.client
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.illegal_ops.test_serve import ROOT, environment, served  # noqa: F401 - a fixture
from tests.operations.workbooks.workbook_files import with_cell

pytestmark = [
    pytest.mark.once,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc"),
]
MEGABYTE = 1024 * 1024
UPLOAD = {"Content-Type": "multipart/form-data; boundary=x"}
#: A return that is open now, and its officer.
PREPARE = """
import datetime as dt
import django
django.setup()
from django.utils import timezone
from operations.models import ReportingPeriod, Return
from tests.factories.reference import load_reference
from tests.factories.reporting import make_story
load_reference()
story = make_story()
now = timezone.now()
moments = {"due_at": now + dt.timedelta(days=5), "closes_at": now + dt.timedelta(days=15)}
ReportingPeriod.objects.update(opens_at=now - dt.timedelta(days=5), **moments)
Return.objects.update(**moments)
print(story.expected_return.pk, story.officer.username)
"""


@dataclass
class Site:
    """A served site with one open return; asks as its officer, and keeps the cookies."""

    port: int
    pid: int
    pk: int
    cookies: dict[str, str] = field(default_factory=dict)

    def peak(self) -> int:
        """The most memory that the server's process ever had, in megabytes."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024

    def sign_in(self, username: str, password: str) -> None:
        given = {"login": username, "password": password, "csrfmiddlewaretoken": self._token("/accounts/login/")}
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        assert self._ask("POST", "/accounts/login/", body=urlencode(given).encode(), headers=form)[0] == 302

    @property
    def workbook(self) -> str:
        return f"/returns/{self.pk}/workbook/"

    def blank(self) -> bytes:
        status, content = self._ask("GET", f"{self.workbook}file/")
        assert status == 200
        return content

    def upload(self, data: bytes) -> int:
        token = self._token(self.workbook)
        parts = (
            b'Content-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n' + token.encode(),
            b'Content-Disposition: form-data; name="file"; filename="return.xlsx"\r\n\r\n' + data,
        )
        body = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"
        return self._ask("POST", self.workbook, body=body, headers=UPLOAD)[0]

    def pour(self, megabytes: int) -> int | None:
        """Sends so many megabytes bit by bit, as a browser sends a file; None where the server hung up meanwhile."""
        pieces = (b"\0" * MEGABYTE for _piece in range(megabytes))
        headers = {**UPLOAD, "Content-Length": str(megabytes * MEGABYTE)}
        try:
            return self._ask("POST", self.workbook, body=pieces, headers=headers)[0]
        except (BrokenPipeError, ConnectionResetError):
            return None

    def _token(self, path: str) -> str:
        page = self._ask("GET", path)[1].decode()
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        return found[1]

    def _ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=120)
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        connection.request(method, path, body=body, headers={"Cookie": cookies, **(headers or {})})
        answer = connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _equals, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return answer.status, content


@pytest.fixture
def site(environment, tmp_path: Path) -> Iterator[Site]:  # noqa: F811 - the imported fixture
    given = {**environment, "DJANGO_SETTINGS_MODULE": "illegal_ops.settings", "PYTHONPATH": str(ROOT)}
    made = subprocess.run(
        [sys.executable, "-c", PREPARE], cwd=ROOT, env=given, check=True, capture_output=True, text=True
    )
    pk, officer = made.stdout.split()
    with served(environment, tmp_path / "log") as (server, port):
        site = Site(port, server.pid, int(pk))
        # the demonstration gives everybody its own password when it starts
        site.sign_in(officer, environment["DEMO_PASSWORD"])
        yield site


def test_200_megabytes_and_a_cell_at_the_end_of_the_sheet_are_refused_with_memory_flat(site: Site):
    book = site.blank()
    before = site.peak()
    assert site.pour(200) in (413, None)
    assert site.upload(with_cell(book, "XFD1048576", '<c r="XFD1048576"><v>1</v></c>')) == 400
    assert site.pour(26) == 413
    assert site.upload(book[: len(book) // 2]) == 400
    after = site.peak()
    print(f"{before} MB before, {after} MB after")
    assert after < 512
    assert after - before < 200
