"""Which reports, snapshots, approvals and documents a person sees.

A report belongs to the headquarters until it is approved; then it is common to all who take part, and once published
its public edition is open to observers and to the world. A national report belongs to its state until it is published.
What is known from published sources is open to everybody who has a sign-in.
"""

import datetime as dt
from typing import Any

from django.db.models import Q

from operations.domain.access import EVERYTHING, NOTHING, Standing, scope, visible_to
from operations.models import ContextEvent, PublishedFigure, PublishedStage, Reconciliation, Role
from reports.models import (
    Approval,
    DisclosureControl,
    DisclosureThresholds,
    Document,
    FlowObservation,
    Forecast,
    Narrative,
    Report,
    Snapshot,
)

_DECIDED = (Report.Status.APPROVED, Report.Status.PUBLISHED)


def _report_gate(seen: Standing, prefix: str) -> Q:
    if seen.sees_all_states:
        return EVERYTHING
    published = Q(**{f"{prefix}status": Report.Status.PUBLISHED})
    if not (seen.headed_states or seen.agency_states or Role.ADMINISTRATOR in seen.roles):
        return published
    own = Q(**{f"{prefix}state__in": seen.headed_states | seen.agency_states})
    regional = Q(**{f"{prefix}state__isnull": True, f"{prefix}status__in": _DECIDED})
    return published | own | regional


@scope(Report)
def _reports(seen: Standing, user: Any) -> Q:
    return _report_gate(seen, "")


@scope(Narrative)
def _narratives(seen: Standing, user: Any) -> Q:
    return _report_gate(seen, "report__")


@scope(Snapshot)
def _snapshots(seen: Standing, user: Any) -> Q:
    """The frozen data are the full edition: whoever reads the public one alone does not get them."""
    gate = _report_gate(seen, "report__")
    if seen.sees_all_states:
        return gate
    return gate & Q(is_draft=False) if seen.headed_states or seen.agency_states else NOTHING


def reads_whole(user: Any, snapshot: Snapshot | None, *, at: dt.datetime) -> bool:
    """Whether the person may read the full edition of what was frozen, on a page or as a file."""
    return snapshot is not None and visible_to(Snapshot, user, at=at).filter(pk=snapshot.pk).exists()


@scope(Approval)
def _approvals(seen: Standing, user: Any) -> Q:
    return _report_gate(seen, "snapshot__report__")


@scope(Document)
def _documents(seen: Standing, user: Any) -> Q:
    """Copies for named recipients and drafts stay at the headquarters, those of a national report with its state; an
    observer gets the public edition."""
    gate = _report_gate(seen, "snapshot__report__")
    if seen.sees_all_states:
        return gate
    own = Q(snapshot__report__state__in=seen.headed_states | seen.agency_states)
    gate &= (Q(approval__isnull=False) | own) & ~Q(marking=Document.Marking.NAMED)
    if seen.headed_states or seen.agency_states:
        return gate
    return gate & Q(edition=Document.Edition.PUBLIC)


@scope(PublishedFigure)
def _published_figures(seen: Standing, user: Any) -> Q:
    return EVERYTHING


@scope(PublishedStage)
def _published_stages(seen: Standing, user: Any) -> Q:
    return EVERYTHING


@scope(ContextEvent)
def _context_events(seen: Standing, user: Any) -> Q:
    return EVERYTHING


@scope(Reconciliation)
def _reconciliations(seen: Standing, user: Any) -> Q:
    return EVERYTHING


@scope(FlowObservation)
def _flow_observations(seen: Standing, user: Any) -> Q:
    """Flows come from sources that anybody may read, or from accepted totals, which are common."""
    return EVERYTHING


@scope(Forecast)
def _forecasts(seen: Standing, user: Any) -> Q:
    return EVERYTHING


@scope(DisclosureThresholds)
def _thresholds(seen: Standing, user: Any) -> Q:
    return EVERYTHING


@scope(DisclosureControl)
def _controls(seen: Standing, user: Any) -> Q:
    """What is hidden where would help to find it out: it stays with those who see the numbers themselves."""
    return EVERYTHING if seen.sees_all_states else NOTHING
