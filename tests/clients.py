"""People at the doors of the site: a signed-in client of HTTP, a signed-in browser."""

from typing import Any

from django.test import Client

from operations.models import User

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in(user: User, *, language: str = "en", **options: Any) -> Client:
    """A client of the user's own session; pages come in the user's language, or in this one where there is none."""
    client = Client(headers={"accept-language": language}, **options)
    client.force_login(user, backend=_BACKEND)
    return client


def let_in(page: Any, user: User, address: str) -> Any:
    """The browser's page with the user's session on the site at the address."""
    local = address.replace("127.0.0.1", "localhost")
    cookie = {"name": "sessionid", "value": signed_in(user).cookies["sessionid"].value, "url": local}
    page.context.add_cookies([cookie])
    return page
