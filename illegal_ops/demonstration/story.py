"""A story is a list of moments with what happened at each; it is played in the order of time."""

import datetime as dt
from collections.abc import Callable
from typing import Protocol

from operations.domain.moments import moscow_moment
from operations.models import User


class Paper(Protocol):
    """Where the story writes how far it is: a command's output."""

    def write(self, line: str, /) -> object: ...

    def flush(self) -> None: ...


Happening = Callable[[dt.datetime], object]


class Story:
    """Collects what happens when, and plays it with the clock of the story."""

    def __init__(self) -> None:
        self._happenings: list[tuple[dt.datetime, Happening]] = []

    def at(self, moment: dt.datetime, happening: Happening) -> None:
        self._happenings.append((moment, happening))

    def on(self, day: dt.date, hour: int, happening: Happening, minute: int = 0) -> None:
        """By the clock in Moscow."""
        self.at(moscow_moment(day, hour, minute), happening)

    def play(self, *, out: Paper, title: str) -> None:
        """Plays everything; what happens at the same moment keeps the order in which it was told."""
        ordered = sorted(self._happenings, key=lambda entry: entry[0])
        for number, (moment, happening) in enumerate(ordered, start=1):
            happening(moment)
            if number % 100 == 0 or number == len(ordered):
                out.write(f"  {title}: {number} of {len(ordered)}")
                out.flush()


class People:
    """The people of the demonstration by username; asked once."""

    def __init__(self) -> None:
        self._known = {user.username: user for user in User.objects.all()}

    def __getitem__(self, username: str) -> User:
        return self._known[username]

    def meet(self, user: User) -> None:
        """Somebody new has an account."""
        self._known[user.username] = user

    def head(self, state_code: str) -> User:
        return self[f"head-{state_code.lower()}"]

    def officer(self, agency_code: str) -> User:
        return self[f"officer-{agency_code}"]
