"""`manage.py totals verify|rebuild`: whether the maintained sums are what the figures come to, and mending them."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations.domain import site_alerts, totals
from operations.domain.people import system_user
from operations.models import Operation

SHOWN = 20


class Command(BaseCommand):
    """`verify` ends with an error when a single sum differs, and raises the same alert as the nightly verification."""

    help = "Compares the totals with the figures (verify) or mends them (rebuild)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["verify", "rebuild"])
        parser.add_argument("--operation", metavar="SLUG", help="one operation alone")

    def handle(self, *args: Any, **options: Any) -> None:
        operation = None
        if options["operation"]:
            operation = Operation.objects.filter(slug=options["operation"]).first()
            if operation is None:
                raise CommandError(f"there is no operation {options['operation']}")
        if options["act"] == "rebuild":
            mended = totals.rebuild(operation=operation, actor=system_user("totals"), at=timezone.now())
            self.stdout.write(f"{mended} totals mended")
            return
        wrong = totals.mismatches(operation)
        for found in wrong[:SHOWN]:
            self.stdout.write(f"  {found.key}: stored {found.stored}, figures say {found.computed}")
        if wrong:
            site_alerts.alert_of_totals(len(wrong), at=timezone.now())
            raise CommandError(f"{len(wrong)} totals differ from the figures")
        self.stdout.write("0 mismatches: every total is what the figures come to")
