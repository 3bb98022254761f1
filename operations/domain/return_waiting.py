"""What returns put on the list "my work": figures to enter, returns sent back, submissions to decide on."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import get_language, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from operations.domain.access import RIGHTS_BODY, Standing, visible_to
from operations.domain.period_names import return_name
from operations.domain.submission_workflow import decides_on, is_officer_of
from operations.domain.waiting import WorkItem, provider
from operations.models import ReportingPeriod, Return, Role, Submission

# what falls due later than this is no work of today
AHEAD = dt.timedelta(days=14)
# more submissions of one period than this are one line that leads to the list
MOST_SINGLE = 3
MOST_COMING = 5
#: One submission to decide on: its page shows what the decision rests on.
TO_DECIDE = "return.decide_one"
Status = Submission.Status


@provider
def returns_to_enter(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For officers: open returns that are due soon or late, and drafts that came back or were begun."""
    if not (seen.agencies or seen.units):
        return
    submissions = Submission.objects.filter(expected_return=OuterRef("pk"))
    rows = Return.objects.filter(_own(seen)).annotate(
        is_begun=Exists(submissions), has_draft=Exists(submissions.filter(status=Status.DRAFT))
    )
    reopened = Q(
        period__reopenings__agency=F("agency"),
        period__reopenings__opened_at__lte=at,
        period__reopenings__expires_at__gte=at,
    )
    is_open = Q(period__opens_at__lte=at, due_at__lte=at + AHEAD) & (Q(closes_at__gte=at) | reopened)
    wanted = rows.filter(Q(has_draft=True) | (Q(is_begun=False) & is_open)).distinct()
    for row in wanted.select_related("period__operation", "agency", "unit"):
        if is_officer_of(user, row, at):
            yield WorkItem(
                kind="return.enter",
                title=_about(row.period)
                if row.unit is None
                else f"{_in_words(row.unit, 'name')}: {_about(row.period)}",
                subject=row,
                detail=_("Draft to finish and submit") if row.has_draft else _("Return to enter"),
                due_at=row.due_at,
                is_late=row.first_submitted_at is None and at > row.due_at,
            )


def coming_returns(seen: Standing, *, at: dt.datetime) -> list[Return]:
    """The returns of one's agencies that fall due next and are not on the list of work yet."""
    rows = Return.objects.filter(_own(seen), due_at__gt=at + AHEAD, submissions__isnull=True)
    return list(rows.select_related("period__operation", "agency", "unit").order_by("due_at", "pk")[:MOST_COMING])


@provider
def returns_to_decide(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """For heads and (rights returns) the headquarters: submissions that wait for a decision."""
    of_state = Q(expected_return__agency__state__in=seen.headed_states, expected_return__unit__isnull=True)
    wanted = of_state & ~Q(expected_return__agency__kind__code=RIGHTS_BODY)
    if Role.HQ_PLANNER in seen.roles:
        wanted |= Q(expected_return__agency__kind__code=RIGHTS_BODY, expected_return__unit__isnull=True)
    rows = visible_to(Submission, user, at=at).filter(wanted, status=Status.SUBMITTED)
    related = "expected_return__period__operation", "expected_return__agency__kind", "expected_return__agency__state"
    by_period: dict[int, list[Submission]] = defaultdict(list)
    for row in rows.select_related(*related).order_by("submitted_at"):
        if decides_on(user, row.expected_return, at) and user.pk not in (row.entered_by_id, row.submitted_by_id):
            by_period[row.expected_return.period_id].append(row)
    for found in by_period.values():
        yield from _to_decide(found)


def _own(seen: Standing) -> Q:
    """What a person enters: the agency's return with the line of its central office, or the return of the unit."""
    of_agency = Q(unit__isnull=True) | Q(unit__is_central_office=True)
    return (Q(agency__in=seen.agencies) & of_agency) | Q(unit__in=seen.units)


def _about(period: ReportingPeriod) -> str:
    return f"{return_name(period)}, {_in_words(period.operation, 'title')}"


def _in_words(row: Any, field: str) -> str:
    language = "en" if (get_language() or "").startswith("en") else "ru"
    return str(getattr(row, f"{field}_{language}"))


def _to_decide(found: list[Submission]) -> Iterable[WorkItem]:
    period = found[0].expected_return.period
    if len(found) > MOST_SINGLE:
        count = ngettext_lazy("%(count)s return to decide on", "%(count)s returns to decide on", len(found))
        yield WorkItem(
            kind="return.decide",
            title=_about(period),
            subject=period,
            detail=count % {"count": len(found)},
            since=found[0].submitted_at,
        )
        return
    for row in found:
        yield WorkItem(
            kind=TO_DECIDE,
            title=f"{_in_words(row.expected_return.agency, 'name')}: {_about(period)}",
            subject=row,
            detail=_("Return to decide on"),
            since=row.submitted_at,
        )
