"""What a plan is read against: the version that the reader saw last, and the plan in force of the year before."""

import datetime as dt
from typing import Any

from operations.domain.access import visible_to
from operations.models import Operation, Plan, PlanVersion, VersionSeen


def remember(version: PlanVersion, *, user: Any, at: dt.datetime) -> None:
    """Keeps the moment when the person opened the version for the first time; asking again changes nothing."""
    VersionSeen.objects.get_or_create(user=user, version=version, defaults={"seen_at": at})


def seen_before(version: PlanVersion, *, user: Any) -> VersionSeen | None:
    """The newest version before this one that the person has opened."""
    rows = VersionSeen.objects.filter(user=user, version__plan=version.plan_id, version__number__lt=version.number)
    return rows.select_related("version").order_by("-version__number").first()


def last_years_version(plan: Plan, *, user: Any, at: dt.datetime) -> PlanVersion | None:
    """What was in force in the plan that this one was copied from, or else in the annual plan of the year before."""
    rows = visible_to(Plan, user, at=at).filter(in_force_version__isnull=False).exclude(pk=plan.pk)
    rows = rows.select_related("operation", "in_force_version__plan__operation")
    before = rows.filter(operation__kind=Operation.Kind.ANNUAL, operation__year=plan.operation.year - 1)
    found = rows.filter(pk=plan.copied_from_id).first() or before.first()
    return found.in_force_version if found else None
