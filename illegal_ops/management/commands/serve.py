"""`manage.py serve`: the site and, where no broker is named, its background work, in one process."""

import argparse
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from waitress.server import create_server

from illegal_ops.demonstration import accounts
from illegal_ops.embedded import Background, broker_is_in_this_process
from illegal_ops.large_bodies import drain_large_bodies
from illegal_ops.wsgi import application


class Command(BaseCommand):
    help = "Serves the site on 127.0.0.1, with its background work when no broker is named."
    # the database answers for itself at the first request; start-up must take no time
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=settings.PORT)
        parser.add_argument("--threads", type=int, default=8)
        parser.add_argument(
            "--bind", default="127.0.0.1", help="Address to listen on; the demonstration stays on 127.0.0.1."
        )
        parser.add_argument("--no-background", action="store_true", help="Web pages only.")

    def handle(self, *args: Any, **options: Any) -> None:
        bind, port = options["bind"], options["port"]
        if settings.DEMO and bind != "127.0.0.1":
            raise CommandError("The demonstration's password is known to everybody: it listens on 127.0.0.1 only.")
        server = self._listen(bind=bind, port=port, threads=options["threads"])
        background = None
        if broker_is_in_this_process() and not options["no_background"]:
            background = Background(with_worker=True)
            background.start()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        self._greet(port=port)
        try:
            server.run()
        finally:
            # a second signal while work is being finished ends the process at once
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            server.close()
            if background:
                background.stop()
            self.stdout.write("stopped")

    def _listen(self, *, bind: str, port: int, threads: int) -> Any:
        proxy: dict[str, Any] = {}
        if settings.TRUSTED_PROXY:
            proxy = {
                "trusted_proxy": settings.TRUSTED_PROXY,
                "trusted_proxy_count": 1,
                "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            }
        sockets: dict[int, Any] = {}
        try:
            server = create_server(
                application,
                map=sockets,
                host=bind,
                port=port,
                threads=threads,
                ident=None,
                clear_untrusted_proxy_headers=True,
                max_request_body_size=settings.MAX_REQUEST_BODY,
                **proxy,
            )
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {bind}:{port} ({error.strerror}). Another port: PORT=8001 make run"
            ) from error
        drain_large_bodies(sockets)
        return server

    def _greet(self, *, port: int) -> None:
        self.stdout.write(f"http://localhost:{port}/" if settings.DEMO else f"serving on port {port}")
        if settings.DEMO:
            accounts.keep_password()
            self.stdout.write(accounts.describe())
        self.stdout.flush()
