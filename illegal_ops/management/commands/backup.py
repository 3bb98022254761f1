"""`manage.py backup FILE`: a consistent copy of the database, while the site goes on."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from illegal_ops.backups import BackupError, backup


class Command(BaseCommand):
    help = "Copies the database to FILE, which must not exist yet."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        target = options["file"]
        try:
            backup(target)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{target}: {target.stat().st_size} bytes")
