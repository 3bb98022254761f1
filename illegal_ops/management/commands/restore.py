"""`manage.py restore FILE`: puts a copy made by `backup` into this installation's database."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from illegal_ops.backups import BackupError, restore


class Command(BaseCommand):
    help = "Puts FILE back into an empty database. Stop the site first, and run `migrate` afterwards."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--force", action="store_true", help="Replace whatever the database holds.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            restore(options["file"], force=options["force"])
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("restored; now run: manage.py migrate, manage.py audit verify, manage.py totals verify")
