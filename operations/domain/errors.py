"""The ways in which an act can fail, each with a code and a message for people.

Pages and the API translate them once, in one place each: wrong state 409, not allowed 403, not found 404 (also for
another state's object), unmet needs and bad input with the whole list, stale edit 412.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text: TypeAlias = str | Promise


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong, and what would be right.

    `field` names the input (`measures.3.stage`, `VIO01.TOTAL`), `href` the fragment of the page where it is mended;
    a problem that does not block is a warning.
    """

    code: str
    message: Text
    field: str = ""
    href: str = ""
    blocks: bool = True


class DomainError(Exception):
    """Base of every failure that is the caller's to mend."""

    code = "error"
    message: Text = _("The request could not be carried out.")

    def __init__(self, message: Text | None = None, *, code: str | None = None) -> None:
        super().__init__(str(message or self.message))
        if message is not None:
            self.message = message
        if code is not None:
            self.code = code


class WrongState(DomainError):
    """The object is not in a state from which the transition starts."""

    code = "wrong_state"
    message = _("This is not possible in the present state.")


class Conflict(DomainError):
    """Somebody else was first: a second decision, a key in flight, a number already taken."""

    code = "conflict"
    message = _("Somebody else has just changed this. Reload the page and look again.")


class Stale(DomainError):
    """The edit was made on an older revision; `current` is the row as it stands now."""

    code = "stale"
    message = _(
        "This has been changed since you opened it, by somebody else or in another window. Both texts are shown."
    )

    def __init__(self, message: Text | None = None, *, current: Any = None) -> None:
        super().__init__(message)
        self.current = current


class NotAllowed(DomainError):
    """The person is not entitled to the act."""

    code = "not_allowed"
    message = _("You are not entitled to do this.")

    @classmethod
    def but(cls, who: Text) -> Self:
        """The refusal that tells who may do it: a phrase is put into a sentence, a role's name begins small there."""
        words = str(who)
        small = words[:1].lower() if words[1:2].islower() else words[:1]
        return cls(_("This may be done by: %(who)s.") % {"who": small + words[1:]})


class NotFound(DomainError):
    """There is no such object, or it is not the person's to see: the two look the same."""

    code = "not_found"
    message = _("There is no such object.")


class ListedProblems(DomainError):
    """Base of failures that carry every problem at once."""

    def __init__(self, problems: Iterable[Problem], message: Text | None = None) -> None:
        super().__init__(message)
        self.problems = tuple(problems)

    def __str__(self) -> str:
        return f"{self.message} " + " ".join(str(problem.message) for problem in self.problems)


class Unmet(ListedProblems):
    """The act is the person's to do, but the object is not ready: all unmet needs."""

    code = "unmet"
    message = _("Some conditions are not met yet.")


class BadInput(ListedProblems):
    """What was typed or sent cannot be taken: all problems, each with its field."""

    code = "bad_input"
    message = _("Check what you have entered.")
