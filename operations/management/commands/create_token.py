"""`manage.py create_token USER`: a token for an agency's system, printed once."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations.domain.errors import BadInput
from operations.domain.people import system_user
from operations.domain.tokens import TokenScope, create_token
from operations.models import User


class Command(BaseCommand):
    """Makes a token for a user; the secret is printed and kept nowhere."""

    help = "Makes a token for the programming interface and prints it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="who owns the token: it can do at most what he may do")
        parser.add_argument("--label", default="command line", help="what the token is for")
        parser.add_argument(
            "--scope", action="append", choices=TokenScope.values, help="may be repeated; all of them by default"
        )
        parser.add_argument("--address", action="append", default=[], help="network it may be used from; repeatable")
        parser.add_argument("--days", type=int, default=365, help="how long it lives")

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["user"], is_active=True, is_system=False).first()
        if owner is None:
            raise CommandError(f"there is no user {options['user']}")
        try:
            _token, secret = create_token(
                owner=owner,
                label=options["label"],
                scopes=options["scope"] or TokenScope.values,
                addresses=options["address"],
                lifetime=dt.timedelta(days=options["days"]),
                actor=system_user("command-line"),
                at=timezone.now(),
            )
        except BadInput as error:
            raise CommandError("\n".join(str(problem.message) for problem in error.problems)) from error
        self.stdout.write(secret)
