"""Tokens of agencies' own systems.

Made by their owner or the administrator, shown once, narrowed to scopes and addresses, expiring and revocable.
"""

import datetime as dt
import ipaddress
from collections.abc import Iterable

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit
from operations.domain.access import standing, visible_to
from operations.domain.errors import BadInput, NotAllowed, NotFound, Problem
from operations.domain.screening import text_problems
from operations.models import ApiToken, Role, User

LONGEST = dt.timedelta(days=365)
MOST_PER_USER = 20


class TokenScope(models.TextChoices):
    """What a token may do, within what its owner may do."""

    READ = "read", _("Read")
    PLANS = "plans:write", _("Edit and agree plans")
    RETURNS = "returns:write", _("Enter and decide on returns")
    REPORTS = "reports:write", _("Prepare and decide on reports")
    EXCHANGE = "exchange:write", _("Keep lists, complaints and task forces")
    REGISTERS = "registers:write", _("Report the register of controlled persons")


def create_token(
    *,
    owner: User,
    label: str,
    scopes: Iterable[str],
    addresses: Iterable[str] = (),
    lifetime: dt.timedelta = LONGEST,
    actor: User,
    at: dt.datetime,
) -> tuple[ApiToken, str]:
    """The token and its secret, which is kept nowhere; raises `NotAllowed` or `BadInput`.

    Everybody makes tokens of his own; those of others only the administrator and the system make.
    """
    held = standing(actor, at)
    if owner != actor and not (held.is_system or Role.ADMINISTRATOR in held.roles):
        raise NotAllowed
    scopes, addresses = sorted(set(scopes)), list(dict.fromkeys(addresses))
    _check(owner, label, scopes, addresses, lifetime, at)
    with transaction.atomic():
        token, secret = ApiToken.objects.create(
            user=owner, expiry=lifetime, label=label.strip(), scopes=scopes, addresses=[*map(_network, addresses)]
        )
        data = {"owner": owner.username, "scopes": scopes, "addresses": token.addresses, "expires": token.expiry}
        _record("token.create", token, actor=actor, at=at, **data)
    return token, secret


def revoke_token(*, token: ApiToken, actor: User, at: dt.datetime) -> None:
    """Ends a token at once; raises `NotFound` for one that is not the actor's to see."""
    with transaction.atomic():
        if not visible_to(ApiToken, actor, at=at).filter(pk=token.pk).exists():
            raise NotFound
        _record("token.revoke", token, actor=actor, at=at, owner=token.user.username)
        token.delete()


def _record(act: str, token: ApiToken, *, actor: User, at: dt.datetime, **data: object) -> None:
    """The trail names the owner and the first characters of the token, never its digest."""
    audit.record(
        act=act, subject=token.user, actor=actor, at=at, data={"token": token.token_key, "label": token.label, **data}
    )


def _check(
    owner: User, label: str, scopes: list[str], addresses: list[str], lifetime: dt.timedelta, at: dt.datetime
) -> None:
    problems = []
    if not label.strip():
        problems.append(Problem(code="required", field="label", message=_("Say what the token is for.")))
    problems.extend(problem for problem in text_problems(label, field="label") if problem.blocks)
    if not scopes:
        problems.append(Problem(code="required", field="scopes", message=_("Choose at least one scope.")))
    if set(scopes) - set(TokenScope.values):
        problems.append(Problem(code="unknown_code", field="scopes", message=_("There is no such scope.")))
    if not dt.timedelta(0) < lifetime <= LONGEST:
        problems.append(Problem(code="out_of_range", field="days", message=_("A token lives from 1 to 365 days.")))
    for index, address in enumerate(addresses):
        if _network(address) is None:
            problems.append(
                Problem(
                    code="bad_address",
                    field=f"addresses.{index}",
                    message=_("Give an address or a network, as 192.0.2.0/24."),
                )
            )
    if ApiToken.objects.filter(user=owner, expiry__gt=at).count() >= MOST_PER_USER:
        problems.append(
            Problem(code="too_many", message=_("There are 20 tokens already: revoke one that is not needed."))
        )
    if problems:
        raise BadInput(problems)


def _network(address: str) -> str | None:
    try:
        return str(ipaddress.ip_network(address.strip(), strict=False))
    except ValueError:
        return None
