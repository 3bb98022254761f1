"""Whether figures may be entered now: a period opens, falls due and closes, and may be reopened for one agency."""

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from operations.domain.access import EVERYTHING, Standing, scope
from operations.domain.errors import WrongState
from operations.domain.moments import moscow_date
from operations.domain.wording import moment_text
from operations.models import PeriodKind, ReopenedPeriod, ReportingPeriod, Return, Submission


def closed_refusal(expected_return: Return, *, at: dt.datetime) -> WrongState | None:
    """Why nothing can be entered for the period now, and how to ask for it; None while it is open or reopened."""
    period = expected_return.period
    if at < period.opens_at:
        return WrongState(
            _("The period opens on %(moment)s.") % {"moment": _moment(period.opens_at)}, code="period_not_open"
        )
    if at <= expected_return.closes_at or is_reopened(expected_return, at=at):
        return None
    return WrongState(
        _(
            "The period closed on %(moment)s. Ask the International Headquarters to reopen it for your agency, "
            "and say why."
        )
        % {"moment": _moment(expected_return.closes_at)},
        code="period_closed",
    )


def is_reopened(expected_return: Return, *, at: dt.datetime) -> bool:
    """Whether the headquarters let this agency enter figures after the period closed."""
    return reopening_of(expected_return, at=at) is not None


def reopening_of(expected_return: Return, *, at: dt.datetime) -> ReopenedPeriod | None:
    """The reopening in force for the return's agency, the longest where there are several."""
    found = reopenings_in_force(at=at).filter(period=expected_return.period_id, agency=expected_return.agency_id)
    return found.order_by("-expires_at").first()


def reopenings_in_force(*, at: dt.datetime) -> QuerySet[ReopenedPeriod]:
    return ReopenedPeriod.objects.filter(opened_at__lte=at, expires_at__gte=at)


def shut_out(rows: QuerySet[Return], *, at: dt.datetime) -> QuerySet[Return]:
    """Of these, the agencies' returns whose period closed before everything came: nothing yet, or not from every unit.

    What was submitted once is corrected, recalled or sent back without the period being opened again.
    """
    silent_units = Return.objects.filter(
        period=OuterRef("period"), agency=OuterRef("agency"), unit__isnull=False, first_submitted_at__isnull=True
    )
    return rows.filter(Q(first_submitted_at__isnull=True) | Exists(silent_units), unit__isnull=True, closes_at__lt=at)


@scope(ReopenedPeriod)
def _reopenings(seen: Standing, user: Any) -> Q:
    """A reopening is seen by whoever sees the agency's returns."""
    if seen.sees_all_states:
        return EVERYTHING
    of_state = Q(agency__state__in=seen.headed_states) & ~Q(agency__kind__code="rights_body")
    return Q(agency__in=seen.agencies) | of_state


def is_timely(expected_return: Return) -> bool | None:
    """Whether the first submission came by the due moment of the server's clock; None while there is none."""
    first = expected_return.first_submitted_at
    return None if first is None else first <= expected_return.due_at


def is_running(period: ReportingPeriod, *, at: dt.datetime) -> bool:
    """Whether official figures of the period cannot be complete yet: its last day, by Moscow's date, is still to come.

    A situation report speaks of the day up to its hour and is never too early.
    """
    return period.kind != PeriodKind.OPERATIONAL and moscow_date(at) < period.end_date


def came_before_the_end(submission: Submission) -> bool:
    """Whether the submission was sent while its period still had days to come."""
    sent = submission.submitted_at
    return sent is not None and is_running(submission.expected_return.period, at=sent)


def delay(expected_return: Return) -> int | None:
    """How late the first submission came: days by Moscow's dates, hours begun for a situation report; 0 when timely."""
    first, due = expected_return.first_submitted_at, expected_return.due_at
    if first is None:
        return None
    if first <= due:
        return 0
    if expected_return.period.kind == PeriodKind.OPERATIONAL:
        return -(-int((first - due).total_seconds()) // 3600) or 1
    return (moscow_date(first) - moscow_date(due)).days


def _moment(value: dt.datetime) -> str:
    return moment_text(value, language="en" if (get_language() or "").startswith("en") else "ru")
