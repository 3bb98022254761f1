"""`manage.py relay`: hands outbox rows on and keeps the times of periodic work, where a real broker is used."""

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from illegal_ops.embedded import Background, broker_is_in_this_process


class Command(BaseCommand):
    help = "Runs the relay and the clock of periodic work until it is told to stop; run exactly one of it."

    def handle(self, *args: Any, **options: Any) -> None:
        if broker_is_in_this_process():
            raise CommandError("No broker is named (BROKER_URL): `manage.py serve` does this work itself.")
        ended = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: ended.set())
        background = Background(with_worker=False)
        background.start()
        self.stdout.write("relay started")
        self.stdout.flush()
        ended.wait()
        background.stop()
