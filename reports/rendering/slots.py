"""How many documents are drawn at once on one machine: a few, however many wait.

A slot is a lock on a file, which the system gives back when a process ends in whatever way. Twenty reports asked for
at once therefore wait for each other, not the site for them.
"""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from django.conf import settings

_PAUSE = 0.2


@contextlib.contextmanager
def slot(*, waiting: Callable[[], None]) -> Iterator[None]:
    """Waits for a slot and holds it; `waiting` is called again and again meanwhile, and what it raises ends that."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    folder = Path(settings.MEDIA_ROOT) / "documents" / ".slots"
    folder.mkdir(parents=True, exist_ok=True)
    while True:
        for place in range(settings.RENDERINGS_AT_ONCE):
            handle = os.open(folder / str(place), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield
                return
            finally:
                os.close(handle)
        waiting()
        time.sleep(_PAUSE)
