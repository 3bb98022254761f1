"""Calling the programming interface as tests do: a client of its own for each caller."""

import json
from typing import Any

from django.test import Client
from django.utils import timezone

from operations.domain.tokens import TokenScope, create_token
from operations.models import User


class Caller:
    """A caller with a browser session or a token; answers are Django's own responses."""

    def __init__(self, user: User | None = None, *, token: str = "", checks_csrf: bool = False) -> None:
        self.client = Client(enforce_csrf_checks=checks_csrf, headers={"accept-language": "en"})
        self.headers = {"Authorization": f"Token {token}"} if token else {}
        if user is not None and not token:
            self.client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers={**self.headers, **headers})

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """A JSON body, or bytes sent as they are; `if_match` and `idempotency_key` are headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content_type = named.pop("content-type", "application/json")
        return self.client.generic(
            method,
            f"/api/v1/{path}",
            data if isinstance(data, bytes) else _json(data),
            content_type=content_type,
            headers={**self.headers, **named},
        )

    def post(self, path: str, data: Any = None, **headers: str) -> Any:
        return self.send("POST", path, data, **headers)


def with_token(user: User, *scopes: str, **fields: Any) -> Caller:
    """A caller with a token of the user, with all scopes unless some are named."""
    _token, secret = create_token(
        owner=user, label="test", scopes=scopes or TokenScope.values, actor=user, at=timezone.now(), **fields
    )
    return Caller(token=secret)


def _json(data: Any) -> bytes:
    return b"" if data is None else json.dumps(data).encode()
