"""`manage.py load_reference`: brings the reference data up to date with the project's files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations.domain.reference import load_reference
from operations.domain.reference_rows import BadReference
from operations.workbooks.reference_files import FOLDER, read_folder


class Command(BaseCommand):
    """Loads states, agencies' kinds, indicators, rules, forms and published figures; safe to repeat."""

    help = "Loads the reference data. All or nothing; a second run changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=FOLDER, help="where the CSV files are")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            outcome = load_reference(sheets=read_folder(options["folder"]), at=timezone.now())
        except BadReference as error:
            lines = [str(error.message), *(f"  {problem.message}" for problem in error.problems)]
            raise CommandError("\n".join(lines)) from error
        self.stdout.write(
            f"reference data: {outcome.created} created, {outcome.changed} changed, {outcome.unchanged} unchanged"
        )
