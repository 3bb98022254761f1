"""What is sent through a door. Without a body of its own a door is sent an empty one, and answers with its errors.

An entitled person may be answered 422 (form) or 400 (JSON) for that: what matters here is that nobody else is.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from tests.factories.people import PASSWORD


@dataclass(frozen=True)
class Body:
    """A flat form or a JSON object with the same members."""

    members: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> bytes:
        return json.dumps(self.members).encode() if self.members else b""

    def as_form(self) -> bytes:
        return urlencode(self.members, doseq=True).encode()


_REASON = "Проверка показала, что данные верны"

BODIES: dict[tuple[str, str], Mapping[str, Any]] = {
    # one body for every act of a return: each takes from it what it asks for
    ("POST", "operations:return-act"): {
        "reason": _REASON,
        "comment": _REASON,
        "rule": "R17",
        "expires_at": "2099-01-01T10:00",
    },
    ("POST", "api-tokens-list"): {"label": "system", "scopes": ["read"], "password": PASSWORD},
}


def body_of(method: str, door: str, subject: str) -> Body:
    """The body for a method at a door."""
    return Body(BODIES.get((method, door), {}))
