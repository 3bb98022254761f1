"""Drawing a document in a process of its own, which may run out of memory or time without taking the site
along.

The process is started afresh (a fork after the chart library was used hangs), is given a request as a file,
knows no database and none of the site's secrets, and is bound by limits of memory and time. It tells how far it is,
stops when whoever asked for it has gone, and gives way to the site. Only so many draw at once on one machine
(`reports.rendering.slots`). Its result appears under its final name whole or not at all. Any thread of a worker may
call `render_to_file`.
"""

import ctypes.util
import gc
import hashlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from reports.rendering.slots import slot

#: A report of 320 pages took 1.2 GB; its charts are drawn in a process of their own.
MEMORY_LIMIT = 2 * 1024**3
TIME_LIMIT = 300.0
#: How often whoever asked is told how far it is, in seconds; the answer may be that nobody wants it any more.
BEAT = 1.0

#: Is told how many stages of how many are done, again and again; what it raises stops the drawing.
Watch = Callable[[int, int], None]

#: What the process may know of this machine: where programs, libraries and temporary files are. No secret is
#: among it.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_FALLBACK_LIBRARY_PATH",
    "SYSTEMROOT",
    "XDG_CACHE_HOME",
    "FONTCONFIG_FILE",
    "FONTCONFIG_PATH",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)
#: The site comes first where both want the processor.
_GIVES_WAY = 5
#: Seconds for a process to end that has said everything.
_PATIENCE = 10.0
#: What a process is ended with from outside; the limit of memory ends it in other ways.
_KILLED = (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM))


class RenderingFailed(RuntimeError):
    """The document could not be drawn; `reason` is a line for whoever asked for it."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class RenderingInterrupted(RenderingFailed):
    """The drawing process was killed from outside: the same work may well succeed when it is begun again."""


@dataclass(frozen=True)
class Rendered:
    """The file that was written: its hash, its size, what it was drawn with, and how much memory that took at most."""

    sha256: str
    size: int
    renderer: str
    peak_memory: int


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
    watch: Watch | None = None,
) -> Rendered:
    """Draw as `outputs.render` does and put the file at `target`. Raises `RenderingFailed`, which names the
    reason, and whatever `watch` raises."""
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
    watch = watch or (lambda done, total: None)
    target.parent.mkdir(parents=True, exist_ok=True)
    with (
        slot(waiting=lambda: watch(0, 0)),
        tempfile.TemporaryDirectory(prefix=".drawing-", dir=target.parent) as folder,
    ):
        request, result = Path(folder) / "request.json", Path(folder) / "result"
        request.write_text(json.dumps({"settings": _settings(), "memory_limit": memory_limit, "arguments": arguments}))
        told = _run(request, result, time_limit=time_limit, memory_limit=memory_limit, watch=watch)
        content = result.read_bytes()
        result.replace(target)
    _keep_name(target.parent)
    return Rendered(
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        renderer=told["renderer"],
        peak_memory=told["peak_memory"],
    )


def _run(request: Path, result: Path, *, time_limit: float, memory_limit: int, watch: Watch) -> dict[str, Any]:
    """Starts the process and sees it through: it ends with this call, however this call ends."""
    # temporary files go with the folder of the request, even where the process is killed
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment["TMPDIR"] = str(request.parent)
    command = [sys.executable, "-m", "reports.rendering.process", str(request), str(result)]
    with (request.parent / "errors").open("w+") as errors:
        # the process reads its input to learn that this one is gone
        drawing = subprocess.Popen(
            command,
            cwd=_base(),
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            start_new_session=True,
        )
        try:
            told = _told(drawing, time_limit=time_limit, watch=watch)
            _wait_for(drawing)
        finally:
            _end(drawing)
        errors.seek(0)
        said = errors.read()
    if "renderer" in told:
        return told
    if drawing.returncode != 1:
        limit = memory_limit // 1024**2
        reason = f"most likely for want of memory: it may have {limit} MB"
        failure = RenderingInterrupted if -drawing.returncode in _KILLED else RenderingFailed
        raise failure(f"the drawing process broke off ({drawing.returncode}), {reason}")
    last = next((line for line in reversed(said.splitlines()) if line.strip()), "")
    raise RenderingFailed(last or f"the drawing process ended with {drawing.returncode}")


def _told(drawing: subprocess.Popen[str], *, time_limit: float, watch: Watch) -> dict[str, Any]:
    """What the process says, line by line, until it says no more; passes on how far it is at every beat."""
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_pass_on, args=(drawing.stdout, lines), daemon=True).start()
    until = time.monotonic() + time_limit
    said: dict[str, Any] = {"done": 0, "total": 0}
    while True:
        watch(said["done"], said["total"])
        left = until - time.monotonic()
        if left <= 0:
            raise RenderingFailed(f"drawing took longer than {time_limit:g} seconds and was stopped")
        try:
            line = lines.get(timeout=min(BEAT, left))
        except queue.Empty:
            continue
        if not line:
            return said
        said |= json.loads(line)


def _pass_on(stream: IO[str] | None, lines: "queue.SimpleQueue[str]") -> None:
    """Lines as they come, and an empty one at the end."""
    for line in stream or ():
        lines.put(line)
    lines.put("")


def _wait_for(drawing: subprocess.Popen[str]) -> None:
    """It has said everything; what it still has to clear away is not worth waiting for."""
    with suppress(subprocess.TimeoutExpired):
        drawing.wait(timeout=_PATIENCE)


def _end(drawing: subprocess.Popen[str]) -> None:
    """The process is gone afterwards, and with it the one that draws its charts, which would keep its output open."""
    with suppress(ProcessLookupError):
        os.killpg(drawing.pid, signal.SIGKILL)
    drawing.wait()
    for stream in (drawing.stdin, drawing.stdout):
        if stream is not None:
            stream.close()


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
    os.nice(_GIVES_WAY)


def _peak_memory() -> int:
    """The most that this process, or the one that drew its charts, ever filled, in bytes."""
    if sys.platform == "win32":
        return 0
    import resource

    own, charts = (resource.getrusage(whose).ru_maxrss for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    with suppress(OSError):
        # that count begins with what the process filled that started this one
        filled = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
        own = int(filled[1]) if filled else own
    return max(own, charts) * (1 if sys.platform == "darwin" else 1024)


def _begin_quickly() -> None:
    """Leaves out what this process has no use for: a fifth of the time of a report, and more of a long one.

    It ends with its one document, so looking for memory that could be given back is lost time; that memory is a
    twentieth, in a report of 320 pages an eighth. And for each name that the libraries of the page layout have on other
    systems Python would start a compiler to look for it; those of this system are found without.
    """
    gc.disable()
    if sys.platform == "linux":
        ctypes.util.find_library = lambda name: None


def _end_with_whoever_asked() -> None:
    """Their end of our input is closed when they are gone, however they went: then nobody waits for the result."""
    os.read(sys.stdin.fileno(), 1)
    os._exit(2)


def _tell(**said: Any) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main(request: Path, result: Path) -> None:
    """The process itself."""
    given = json.loads(request.read_text())
    _limit_memory(given["memory_limit"])
    _begin_quickly()

    from django.apps import apps
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
    apps.populate(())  # what `django.setup` would load besides belongs to a site
    from reports.rendering.charts_apart import draw_charts_apart
    from reports.rendering.frames import LANGUAGES

    arguments = given["arguments"]
    if arguments["format"] == "pdf":
        draw_charts_apart(arguments["payload"], LANGUAGES[arguments["language"]])
    threading.Thread(target=_end_with_whoever_asked, daemon=True).start()
    from reports.rendering.fingerprint import renderer_fingerprint
    from reports.rendering.outputs import render

    content = render(**arguments, stage=lambda done, total: _tell(done=done, total=total))
    with result.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    _tell(renderer=renderer_fingerprint(), peak_memory=_peak_memory())


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
        # everything is said and written; giving back what this process holds piece by piece takes a tenth of a second
        os._exit(0)
    except MemoryError:
        sys.exit("drawing needed more memory than it may have")
    except RecursionError:
        sys.exit("the document is nested too deeply to be drawn")
    except Exception as error:
        # the last line on standard error is what the person who asked is told
        sys.exit(f"{type(error).__name__}: {error}")
