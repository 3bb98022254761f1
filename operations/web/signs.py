"""The sign and tone that a state or a job's status has on every page.

Colour never speaks alone: each state has words, a tone and an icon of its own shape. The words of a state
belong to its model; only what no model names (a late or missing return) is worded here.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.models import Submission


@dataclass(frozen=True)
class Sign:
    """How a state looks: `tone` is the end of a CSS class, `icon` a symbol of icons.svg."""

    tone: str
    icon: str


PLAIN = Sign("plain", "empty")
DRAFT = Sign("plain", "draft")
WAITING = Sign("waiting", "waiting")
RUNNING = Sign("waiting", "running")
GOOD = Sign("good", "check")
BACK = Sign("attention", "returned")
ATTENTION = Sign("attention", "alert")
BAD = Sign("bad", "cross")
LATE = Sign("bad", "alert")
CLOSED = Sign("closed", "lock")
REPLACED = Sign("closed", "superseded")

#: By state code. Plans, submissions, reports, agreements, breaches, queries, measures and jobs share words.
SIGNS = {
    "draft": DRAFT,
    "in_agreement": WAITING,
    "agreed": GOOD,
    "submitted": WAITING,
    "approved": GOOD,
    "returned": BACK,
    "closed": CLOSED,
    "recalled": REPLACED,
    "accepted": GOOD,
    "superseded": REPLACED,
    "published": GOOD,
    "agreed_with_remarks": ATTENTION,
    "agreed_with_reservation": ATTENTION,
    "objected": BAD,
    "open": ATTENTION,
    "answered": WAITING,
    "explained": GOOD,
    "waived": GOOD,
    "resolved": GOOD,
    "settled": GOOD,
    "not_started": PLAIN,
    "in_progress": RUNNING,
    "done": GOOD,
    "not_done": BAD,
    "queued": WAITING,
    "running": RUNNING,
    "failed": BAD,
    "cancelled": CLOSED,
    "expected": PLAIN,
    "not_due": PLAIN,
    "not_open": PLAIN,
    "no_answer": PLAIN,
    "due": WAITING,
    "on_time": GOOD,
    "late": LATE,
    "missing": BAD,
    "overdue": LATE,
    "nil": GOOD,
    "valid": GOOD,
    "altered": BAD,
    "sent": WAITING,
    "received": RUNNING,
    "withdrawn": REPLACED,
    "differs": ATTENTION,
    "fresh": GOOD,
    "stale": ATTENTION,
    "historical": CLOSED,
    "current": GOOD,
    "waiting": RUNNING,
    "checked": WAITING,
    "imported": GOOD,
    "partly": ATTENTION,
    "refused": BAD,
}

#: Words for tags drawn from a bare code: the states of a submission, and those that no model has and follow from dates.
WORDS: dict[str, Promise] = {
    **dict(Submission.Status.choices),
    "expected": _("Expected"),
    "not_due": _("Not due yet"),
    "no_answer": _("No answer yet"),
    "due": pgettext_lazy("sign", "Due"),
    "on_time": _("On time"),
    "late": _("Late"),
    "missing": _("Missing"),
    "overdue": _("Overdue"),
    "nil": _("Nil return"),
    "differs": _("Differs"),
    "fresh": pgettext_lazy("reading", "Fresh"),
    "stale": pgettext_lazy("reading", "Stale"),
    "historical": _("From published sources"),
    "current": _("This one"),
}


def sign_of(code: str) -> Sign:
    return SIGNS.get(code, PLAIN)
