"""`manage.py bench NAME`: measures one of the registered benches on this machine and this database."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from illegal_ops import benches


class Command(BaseCommand):
    help = "Measures NAME; without a name, lists what can be measured."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("name", nargs="?")
        parser.add_argument("--all", action="store_true", help="one after another, all of them")
        parser.add_argument("--rounds", type=int, default=5)

    def handle(self, *args: Any, **options: Any) -> None:
        known = benches.names()
        if options["rounds"] < 1:
            raise CommandError("At least one round is needed.")
        if options["all"]:
            for name in known:
                self.stdout.write(str(benches.measure(name, rounds=options["rounds"])))
            return
        if options["name"] is None:
            for name, what in known.items():
                self.stdout.write(f"{name}: {what}")
            return
        if options["name"] not in known:
            raise CommandError(f"There is no bench {options['name']!r}. Known: {', '.join(known)}")
        self.stdout.write(str(benches.measure(options["name"], rounds=options["rounds"])))
