"""`manage.py import_returns`: returns from a CSV file, as drafts, through the same functions as the pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations.domain.imports import BadImport, import_rows
from operations.domain.people import system_user
from operations.models import Operation, User
from operations.workbooks.csv_returns import read_returns


class Command(BaseCommand):
    """All or nothing: every faulty row is reported together, and then nothing is stored."""

    help = "Imports returns as drafts from a CSV file: state,agency,period,indicator,category,value[,status,note]."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--operation", required=True, metavar="SLUG", help="for example illegal-2026")
        parser.add_argument("--dry-run", action="store_true", help="check everything and store nothing")
        parser.add_argument("--user", metavar="NAME", help="act as this officer; by default as the system itself")

    def handle(self, *args: Any, **options: Any) -> None:
        operation = Operation.objects.filter(slug=options["operation"]).first()
        if operation is None:
            raise CommandError(f"there is no operation {options['operation']}")
        path: Path = options["file"]
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        try:
            found = read_returns(data)
            batch = import_rows(
                rows=found.rows,
                operation=operation,
                file_name=path.name,
                sha256=found.sha256,
                actor=_actor(options["user"]),
                at=timezone.now(),
                dry_run=options["dry_run"],
            )
        except BadImport as error:
            lines = [str(error.message), *(f"  {problem.message}" for problem in error.problems)]
            raise CommandError("\n".join(lines)) from error
        counts = ", ".join(f"{name} {count}" for name, count in batch.summary.items() if name != "problems")
        self.stdout.write(f"{batch.get_status_display()}: {counts}")


def _actor(name: str | None) -> User:
    if name is None:
        return system_user("import")
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"there is no user {name}")
    return user
