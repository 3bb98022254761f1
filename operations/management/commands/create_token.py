"""`manage.py create_token USER`: a token for an agency's own system, shown this once."""

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from operations.domain.errors import DomainError
from operations.domain.people import system_user
from operations.domain.tokens import TokenScope, create_token
from operations.models import User


class Command(BaseCommand):
    """The token can do at most what its owner may do; without `--scope` it may read and enter returns."""

    help = "Makes a token for the programming interface and prints it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user")
        parser.add_argument("--label", default="command line")
        parser.add_argument("--scope", action="append", choices=TokenScope.values, help="may be given several times")
        parser.add_argument("--address", action="append", default=[], help="network from which it may be used")
        parser.add_argument("--days", type=int, default=365)

    def handle(self, *args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["user"], is_active=True, is_system=False).first()
        if owner is None:
            raise CommandError(f"there is no user {options['user']}")
        try:
            token, secret = create_token(
                owner=owner,
                label=options["label"],
                scopes=options["scope"] or [TokenScope.READ, TokenScope.RETURNS],
                addresses=options["address"],
                lifetime=dt.timedelta(days=options["days"]),
                actor=system_user("tokens"),
                at=timezone.now(),
            )
        except DomainError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"token of {owner.username}, scopes {', '.join(token.scopes)}, until {token.expiry:%Y-%m-%d}")
        self.stdout.write(secret)
