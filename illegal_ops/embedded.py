"""Background work inside one process, for a site without a broker.

Three things run beside the web server, each in a thread of its own: the relay, which looks for outbox rows and hands
them on; Celery's beat, which keeps the times of periodic work; and a Celery worker. With `memory://` the three share
this process. With a real broker, `manage.py relay` runs the first two and `celery worker` the third.
"""

import logging
import threading
from collections.abc import Callable

from celery.beat import Scheduler, Service
from django.conf import settings
from django.db import DatabaseError, close_old_connections

from illegal_ops.celery import app
from operations import tasks

logger = logging.getLogger(__name__)

RELAY_PAUSE = 0.5
PAUSE_AFTER_ERROR = 5.0
PATIENCE = 20.0


class Relay(threading.Thread):
    """Asks again and again whether something waits in the outbox; goes straight on while there is more.

    `first` is done once before, as soon as the database answers.
    """

    def __init__(
        self,
        once: Callable[[], int] = tasks.relay_once,
        pause: float = RELAY_PAUSE,
        first: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(name="relay", daemon=True)
        self._once = once
        self._first = first
        self._pause = pause
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            pause = self._pause
            try:
                if self._first is not None:
                    self._first()
                    self._first = None
                if self._once():
                    pause = 0.0
            except DatabaseError:
                # the database is away or busy: nothing is lost, the rows wait for the next round
                logger.exception("relay: the database did not answer")
                pause = PAUSE_AFTER_ERROR
            finally:
                close_old_connections()
            self._ended.wait(pause)

    def stop(self) -> None:
        self._ended.set()
        self.join(PATIENCE)


class Worker(threading.Thread):
    """A Celery worker whose tasks run in threads of this process: a fork after drawing a chart would hang."""

    def __init__(self, concurrency: int = 2) -> None:
        super().__init__(name="worker", daemon=True)
        self._ready = threading.Event()
        self._controller = app.WorkController(
            pool_cls="threads",
            concurrency=concurrency,
            loglevel=logging.WARNING,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
            ready_callback=lambda consumer: self._ready.set(),
        )

    def run(self) -> None:
        self._controller.start()

    def wait_until_ready(self) -> bool:
        return self._ready.wait(PATIENCE)

    def stop(self) -> None:
        self._controller.stop()
        self.join(PATIENCE)


class Background:
    """Relay and beat, with the worker where the broker lives in this process."""

    def __init__(self, *, with_worker: bool, relay_pause: float = RELAY_PAUSE) -> None:
        # a queue in this process has ended with the process before
        self._relay = Relay(pause=relay_pause, first=tasks.tell_workers_again if with_worker else None)
        # it sleeps a second at most, so that it stops within one
        self._beat = Service(app, scheduler_cls=Scheduler, max_interval=1)
        self._worker = Worker() if with_worker else None

    def start(self) -> None:
        app.finalize()
        if self._worker:
            self._worker.start()
            self._worker.wait_until_ready()
        threading.Thread(name="beat", target=self._beat.start, daemon=True).start()
        self._relay.start()

    def stop(self) -> None:
        """In the order of the work: nothing new is handed on, then what runs is finished."""
        self._relay.stop()
        self._beat.stop(wait=True)
        if self._worker:
            self._worker.stop()


def broker_is_in_this_process() -> bool:
    return settings.CELERY_BROKER_URL.startswith("memory:")
