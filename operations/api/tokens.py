"""Tokens: one's own, or anybody's for the administrator. Made and revoked in a browser session, never with a token."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from operations.api import idempotency
from operations.api.fields import CodeField, StrictChoice, StrictInteger, StrictText
from operations.api.resources import Resource
from operations.api.serializers import Reauthenticated, Representation
from operations.domain.errors import BadInput, Problem
from operations.domain.identity import proves_identity
from operations.domain.tokens import TokenScope, create_token, revoke_token
from operations.models import ApiToken, User


class TokenShown(Representation):
    """A token without its secret; `id` is how the secret begins."""

    id = serializers.CharField(source="token_key")
    label = serializers.CharField()  # type: ignore[assignment]  # the base class has something of that name
    owner = serializers.CharField(source="user.username")
    scopes = serializers.ListField(child=serializers.CharField())
    addresses = serializers.ListField(child=serializers.CharField())
    created_at = serializers.DateTimeField(source="created")
    expires_at = serializers.DateTimeField(source="expiry")
    last_used_at = serializers.DateTimeField(allow_null=True)


class TokenMade(TokenShown):
    """A new token with its secret, which is shown this once."""

    token = serializers.CharField()


class TokenInput(Reauthenticated):
    """What a new token is for and may do. `owner` is the caller unless the administrator names somebody else."""

    label = StrictText(max_length=120)  # type: ignore[assignment]  # the base class has something of that name
    scopes = serializers.ListField(child=StrictChoice(choices=TokenScope.choices), max_length=10)
    addresses = serializers.ListField(child=StrictText(max_length=50), required=False, max_length=20)
    days = StrictInteger(min_value=1, max_value=365, required=False)
    owner = CodeField(User.objects.filter(is_active=True, is_system=False), code="username", required=False)


class Tokens(Resource):
    """Tokens for the systems of agencies."""

    queryset = ApiToken.objects.select_related("user")
    serializer_class = TokenShown
    ordering = ("-created", "token_key")
    lookup_field = "token_key"
    lookup_value_regex = "[0-9A-Za-z]{1,25}"
    storable = staticmethod(idempotency.without("token"))
    inputs = {"create": TokenInput}
    outputs = {"create": TokenMade}

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Makes a token; asks for the password or a code of the second factor."""
        given = self.input(TokenInput)
        proof = {"password": given.pop("password", ""), "code": given.pop("code", "")}
        if not proves_identity(self.actor, at=self.at, **proof):
            message = _("Enter your password or second factor again to confirm that it is you.")
            raise BadInput([Problem(code="reauthentication_required", field="password", message=message)])
        token, secret = create_token(
            owner=given.get("owner", self.actor),
            label=given["label"],
            scopes=given["scopes"],
            addresses=given.get("addresses", ()),
            lifetime=dt.timedelta(days=given.get("days", 365)),
            actor=self.actor,
            at=self.at,
        )
        shown = {**self.get_serializer(token).data, "token": secret}
        return Response(shown, status=201, headers={"Location": f"{request.path}{token.token_key}/"})

    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Revokes a token at once."""
        revoke_token(token=self.get_object(), actor=self.actor, at=self.at)
        return Response(status=204)
