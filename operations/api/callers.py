"""Who calls the programming interface: a person's browser session, or a system with a token.

A token is bound to its scopes and, where they are given, to network addresses; it can do at most what its owner may do
on that day. Whoever holds no role sees nothing at all.
"""

import datetime as dt
import ipaddress
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.auth import TokenAuthentication as KnoxAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from operations.domain.access import standing
from operations.domain.errors import NotAllowed
from operations.domain.tokens import TokenScope
from operations.models import ApiToken

_USE_IS_NOTED_EVERY = dt.timedelta(minutes=1)


class TokenAuthentication(KnoxAuthentication):
    """`Authorization: Token …`. A token used from a strange address is as good as none."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found is not None:
            token = found[1]
            if not _comes_from(token, request.META.get("REMOTE_ADDR", "")):
                raise AuthenticationFailed(_("Invalid token."))
            _note_use(token)
        return found

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum() or not token.isascii():
            raise AuthenticationFailed(_("Invalid token."))
        return super().authenticate_credentials(token)


class Participant(BasePermission):
    """Somebody with a standing today; a token needs the scope of what it does besides."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        if not standing(request.user, timezone.now()).is_anybody:
            raise NotAllowed(_("You hold no role today."))
        if isinstance(request.auth, ApiToken):
            _check_scope(request.auth, TokenScope.READ if request.method in SAFE_METHODS else view.write_scope)
        return True


def _check_scope(token: ApiToken, needed: str | None) -> None:
    if needed is None:
        raise NotAllowed(_("This cannot be done with a token."), code="session_needed")
    if needed not in token.scopes:
        raise NotAllowed(_("The token lacks the scope “%(scope)s”.") % {"scope": needed}, code="scope_missing")


def _comes_from(token: ApiToken, address: str) -> bool:
    if not token.addresses:
        return True
    try:
        caller = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(caller in ipaddress.ip_network(network) for network in token.addresses)


def _note_use(token: ApiToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _USE_IS_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
