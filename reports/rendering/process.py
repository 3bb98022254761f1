"""Drawing a document in a process of its own, which may run out of memory or time without taking the site
along.

The process is started afresh (a fork after the chart library was used hangs), is given a request as a file,
knows no database and none of the site's secrets, and is bound by limits of memory and time. Its result
appears under its final name whole or not at all. Any thread of a worker may call `render_to_file`.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

#: A report of 200 pages took 844 MB; charts need about 300 more.
MEMORY_LIMIT = 2 * 1024**3
TIME_LIMIT = 300.0

#: What the process may know of this machine: where programs, libraries and temporary files are. No secret is
#: among it.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "SYSTEMROOT",
    "XDG_CACHE_HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)


class RenderingFailed(RuntimeError):
    """The document could not be drawn; `reason` is a line for whoever asked for it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True)
class Rendered:
    """The file that was written: its hash, its size, and what it was drawn with."""

    sha256: str
    size: int
    renderer: str


def render_to_file(
    *,
    target: Path,
    format: str,
    payload: Mapping[str, Any],
    approval: Mapping[str, Any] | None,
    language: str = "ru",
    edition: str = "full",
    marking: str = "internal",
    copy_number: int | None = None,
    recipients: Mapping[str, str] | None = None,
    memory_limit: int = MEMORY_LIMIT,
    time_limit: float = TIME_LIMIT,
) -> Rendered:
    """Draw as `outputs.render` does and put the file at `target`. Raises `RenderingFailed`, which names the
    reason."""
    arguments = {
        "format": format,
        "payload": payload,
        "approval": approval,
        "language": language,
        "edition": edition,
        "marking": marking,
        "copy_number": copy_number,
        "recipients": recipients,
    }
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".drawing-", dir=target.parent) as folder:
        request, result = Path(folder) / "request.json", Path(folder) / "result"
        request.write_text(json.dumps({"settings": _settings(), "memory_limit": memory_limit, "arguments": arguments}))
        told = _run(request, result, time_limit=time_limit)
        content = result.read_bytes()
        result.replace(target)
    _keep_name(target.parent)
    return Rendered(sha256=hashlib.sha256(content).hexdigest(), size=len(content), renderer=told["renderer"])


def _run(request: Path, result: Path, *, time_limit: float) -> dict[str, Any]:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    command = [sys.executable, "-m", "reports.rendering.process", str(request), str(result)]
    try:
        done = subprocess.run(
            command, cwd=_base(), env=environment, capture_output=True, text=True, timeout=time_limit, check=False
        )
    except subprocess.TimeoutExpired:
        raise RenderingFailed(f"drawing took longer than {time_limit:g} seconds and was stopped") from None
    if done.returncode == 0:
        told: dict[str, Any] = json.loads(done.stdout)
        return told
    if done.returncode != 1:
        raise RenderingFailed(f"the drawing process broke off ({done.returncode}), most likely for want of memory")
    last = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "")
    raise RenderingFailed(last or f"the drawing process ended with {done.returncode}")


def _settings() -> dict[str, Any]:
    from django.conf import settings

    return {
        "BASE_DIR": str(settings.BASE_DIR),
        "FRONTEND_DIR": str(settings.FRONTEND_DIR),
        "LOCALE_PATHS": [str(path) for path in settings.LOCALE_PATHS],
    }


def _base() -> Path:
    return Path(__file__).resolve().parent.parent.parent


def _keep_name(folder: Path) -> None:
    """Make the new name last through a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _limit_memory(limit: int) -> None:
    """Bind what the process really fills: the chart library only reserves far more addresses than it uses."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(request: Path, result: Path) -> None:
    """The process itself."""
    given = json.loads(request.read_text())
    _limit_memory(given["memory_limit"])

    import django
    from django.conf import settings

    settings.configure(
        **given["settings"],
        INSTALLED_APPS=[],
        LOGGING_CONFIG=None,
        LANGUAGE_CODE="ru",
        USE_I18N=True,
        USE_TZ=True,
        LANGUAGES=[("ru", "Russian"), ("en", "English")],
        TIME_ZONE="Europe/Moscow",
    )
    django.setup()
    from reports.rendering.fingerprint import renderer_fingerprint
    from reports.rendering.outputs import render

    content = render(**given["arguments"])
    with result.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    sys.stdout.write(json.dumps({"renderer": renderer_fingerprint()}))


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except MemoryError:
        sys.exit("drawing needed more memory than it may have")
    except Exception as error:
        # the last line on standard error is what the person who asked is told
        sys.exit(f"{type(error).__name__}: {error}")
