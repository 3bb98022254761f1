"""`manage.py import_returns`: returns from a file, as drafts, through the same functions as the pages."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from operations.domain.import_rows import BadImport, kept_conflict
from operations.domain.imports import COUNTED, import_rows
from operations.domain.people import system_user
from operations.models import ImportBatch, Operation, User
from operations.workbooks.import_files import open_source, sha256_of

SHOWN = 500


class Command(BaseCommand):
    """Every faulty row is reported; what cannot be imported makes the command fail, also where the rest was."""

    help = (
        "Imports returns as drafts from a file .csv (state,agency,period,indicator,category,value[,unit,status,note]), "
        ".xlsx with the same columns, or .json (rows, or the dataValues of DHIS2)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--operation", required=True, metavar="SLUG", help="for example illegal-2026")
        parser.add_argument("--dry-run", action="store_true", help="check everything and store nothing")
        parser.add_argument(
            "--atomicity",
            choices=ImportBatch.Atomicity.values,
            default=ImportBatch.Atomicity.FILE,
            help="what one fault refuses: the whole file, or only the return that it is in",
        )
        parser.add_argument("--user", metavar="NAME", help="act as this officer; by default as the system itself")

    def handle(self, *args: Any, **options: Any) -> None:
        # what the command itself says is English; the words of the rows are not to be half of one and half of the other
        with translation.override("en"):
            self._import(**options)

    def _import(self, **options: Any) -> None:
        operation = Operation.objects.filter(slug=options["operation"]).first()
        if operation is None:
            raise CommandError(f"there is no operation {options['operation']}")
        path: Path = options["file"]
        try:
            source = open_source(path, name=path.name, sha256=sha256_of(path), operation=operation)
            batch = import_rows(
                source=source,
                operation=operation,
                file_name=path.name,
                actor=_actor(options["user"]),
                at=timezone.now(),
                atomicity=options["atomicity"],
                dry_run=options["dry_run"],
            )
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except BadImport as error:
            count = len(error.conflicts) if error.batch is None else error.batch.summary["conflicts"]
            raise CommandError(_listed(str(error.message), error.conflicts, count)) from error
        self.stdout.write(f"{batch.get_status_display()}: {_counts(batch)}")
        if batch.conflicts:
            conflicts = [kept_conflict(row, "en") for row in batch.conflicts]
            raise CommandError(_listed(str(batch.get_status_display()), conflicts, batch.summary["conflicts"]))


def _counts(batch: ImportBatch) -> str:
    summary = batch.summary
    parts = [f"rows {summary['rows']}"]
    for what in ("returns", "cells"):
        parts.append(f"{what}: " + ", ".join(f"{name} {summary[what][name]}" for name in COUNTED))
    return "; ".join(parts)


def _listed(heading: str, conflicts: Any, count: int) -> str:
    """The first of them; `count` is how many there are, and not all of those are kept."""
    ordered = sorted(conflicts, key=lambda conflict: conflict.row)
    lines = [heading, *(f"  {conflict}" for conflict in ordered[:SHOWN])]
    if count > SHOWN:
        lines.append(f"  … {count - SHOWN} more")
    return "\n".join(lines)


def _actor(name: str | None) -> User:
    if name is None:
        return system_user("import")
    user = User.objects.filter(username=name, is_active=True).first()
    if user is None:
        raise CommandError(f"there is no user {name}")
    return user
