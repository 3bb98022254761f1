"""Which submissions may be accepted among many: those about which nothing wants a look of its own.

The list of returns, the chase list of units and the acceptance itself all ask here. A unit may send its figures before
the period ends without more ado: it leaves its agency the time to sum them, and the agency answers for the sum.
"""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from operations.domain.comments import flagged_by_return
from operations.domain.errors import Problem
from operations.domain.reporting_calendar import came_before_the_end
from operations.models import Breach, Submission


def wanting_a_look(submissions: Iterable[Submission]) -> dict[int, Problem]:
    """By submission, the first reason to decide on it by itself; a clean one is left out. Two queries.

    The submissions bring their returns with the periods.
    """
    rows = list(submissions)
    broken = Breach.objects.filter(submission__in=[row.pk for row in rows]).exclude(status=Breach.Status.FIXED)
    breaking = set(broken.order_by().values_list("submission", flat=True))
    flagged = flagged_by_return([row.expected_return_id for row in rows])
    found = {}
    for row in rows:
        if row.pk in breaking:
            found[row.pk] = _not_clean(_("It broke a rule: open it and decide on it by itself."))
        elif row.expected_return_id in flagged:
            found[row.pk] = _not_clean(_("A comment on it waits for a follow-up: open it and decide on it by itself."))
        elif row.expected_return.unit_id is None and came_before_the_end(row):
            found[row.pk] = _not_clean(
                _("It was submitted before its period ended: open it and decide on it by itself.")
            )
    return found


def _not_clean(message: Promise) -> Problem:
    return Problem(code="not_clean", message=message)
