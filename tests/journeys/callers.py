"""People who work by the programming interface alone: a token for each, and every POST sent twice.

The connection of an agency's own system breaks, and the system sends again what may have arrived. So each POST here
carries an `Idempotency-Key` and goes out a second time: the answer has to be the first one, and nothing may happen
twice. What has a revision is named with `If-Match`, as it was last read.
"""

import datetime as dt
import itertools
from typing import Any

from operations.domain.tokens import TokenScope
from operations.models import User
from tests.factories.people import PASSWORD
from tests.operations.api.callers import Caller

_keys = itertools.count(1)


class Clock:
    """The time by which the site lives while a year passes in a minute; patch `timezone.now` with it."""

    def __init__(self, moment: dt.datetime) -> None:
        self.moment = moment

    def __call__(self) -> dt.datetime:
        return self.moment

    def set(self, moment: dt.datetime) -> None:
        """Time goes on, never back."""
        assert moment >= self.moment
        self.moment = moment


class Correspondent:
    """Somebody with a token, made as people make it: in a browser session, with the password once more."""

    def __init__(self, user: User) -> None:
        made = Caller(user).post(
            "tokens/", {"label": "journey", "scopes": list(TokenScope.values), "password": PASSWORD}
        )
        assert made.status_code == 201, made.content
        self.user = user
        self.caller = Caller(token=made.json()["token"])

    def get(self, path: str) -> Any:
        """What the address answers; anything but success ends the journey."""
        return self._known(self.caller.get(path), path)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """All rows of a list, page after page."""
        found: list[dict[str, Any]] = []
        following: str | None = path
        while following:
            page = self.get(following)
            found += page["results"]
            following = page["next"] and page["next"].partition("/api/v1/")[2]
        return found

    def download(self, path: str) -> bytes:
        answer = self.caller.get(path)
        assert answer.status_code == 200, answer.content
        return bytes(answer.content)

    def post(self, path: str, data: Any = None, *, of: str = "") -> Any:
        """Sends it twice; `of` names what is changed, whose revision is read first."""
        headers = {"idempotency_key": f"journey-{next(_keys)}"} | self._match(of)
        first = self.caller.post(path, data, **headers)
        answered = self._known(first, path)
        again = self.caller.post(path, data, **headers)
        assert (again.status_code, again.json()) == (first.status_code, answered), path
        assert again["Idempotency-Replayed"] == "true"
        return answered

    def change(self, method: str, path: str, data: Any, *, of: str) -> Any:
        """PATCH or PUT of what has a revision; without that revision it is refused."""
        assert self.caller.send(method, path, data).status_code == 428
        return self._known(self.caller.send(method, path, data, **self._match(of)), path)

    def take(self, path: str, transition: str, data: Any = None) -> Any:
        """A transition of the object at this path."""
        return self.post(f"{path}{transition}/", data, of=path)

    def offered(self, path: str) -> dict[str, bool]:
        """The transitions that this person may take now, each with whether nothing stands in its way."""
        return {one["name"]: one["allowed"] for one in self.get(path)["transitions"]}

    def refused(self, path: str, transition: str, data: Any = None) -> Any:
        """The answer to a transition that has to be refused."""
        answer = self.caller.post(f"{path}{transition}/", data, **self._match(path))
        assert answer.status_code >= 400, answer.content
        return answer

    def _match(self, path: str) -> dict[str, str]:
        if not path:
            return {}
        etag = self.caller.get(path).headers.get("ETag")
        return {"if_match": etag} if etag else {}

    @staticmethod
    def _known(answer: Any, path: str) -> Any:
        assert 200 <= answer.status_code < 300, f"{path}: {answer.status_code} {answer.content.decode()}"
        return answer.json()
