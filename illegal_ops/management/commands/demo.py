"""`manage.py demo`: plays the demonstration year, once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from illegal_ops.demonstration import accounts
from illegal_ops.demonstration.play import is_played, play
from operations.models import Indicator


class Command(BaseCommand):
    help = "Plays a synthetic year of six states through the real functions; playing it again changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        if not Indicator.objects.exists():
            raise CommandError("Load the reference data first: manage.py load_reference")
        if is_played():
            changed = accounts.keep_password()
            self.stdout.write("demonstration: there already" + (", password set anew" if changed else ""))
            return
        with transaction.atomic():
            play(out=self.stdout)
        self.stdout.write("demonstration: played")
