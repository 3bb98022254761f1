"""A person's calendar feed: the secret address of it, and what stands in it.

A calendar program cannot sign in, so the address itself is the secret: it is shown once, kept as a digest, one for each
person, and can be revoked at any moment. The feed holds what that person may see on the day it is asked for, and no
more than dates and titles: no codenames, no contacts.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from operations.domain import audit
from operations.domain.access import Standing, standing, visible_to
from operations.domain.errors import NotFound
from operations.domain.moments import moscow_date
from operations.domain.period_names import period_name
from operations.domain.plan_content import frozen_content, spoken
from operations.models import (
    CalendarFeed,
    Decision,
    Meeting,
    MemberState,
    PeriodKind,
    Plan,
    ReportingPeriod,
    Return,
    User,
)

#: How far back a feed goes; calendar programs keep what they fetched before.
KEPT = dt.timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class CalendarEntry:
    """A stretch of whole days, or a moment (`due`). `key` stays the same for good, whatever is moved or renamed."""

    key: str
    title: str
    details: str = ""
    place: str = ""
    first: dt.date | None = None
    last: dt.date | None = None
    due: dt.datetime | None = None


# --- the address ---


@transaction.atomic
def open_feed(*, actor: User, at: dt.datetime) -> str:
    """The secret of a new feed, which is kept nowhere; an address that the person had before is revoked."""
    _revoke_open(actor, at)
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=actor, secret_sha256=_digest(secret), created_at=at)
    audit.record(act="calendar.open", subject=feed, actor=actor, at=at)
    return secret


@transaction.atomic
def revoke_feed(*, actor: User, at: dt.datetime) -> None:
    """Ends the person's feed at once; raises `NotFound` when there is none."""
    if not _revoke_open(actor, at):
        raise NotFound


def _revoke_open(user: User, at: dt.datetime) -> bool:
    feed = CalendarFeed.objects.select_for_update().filter(user=user, revoked_at__isnull=True).first()
    if feed is None:
        return False
    feed.revoked_at = at
    feed.save(update_fields=["revoked_at"])
    audit.record(act="calendar.revoke", subject=feed, actor=user, at=at)
    return True


def feed_of(user: User) -> CalendarFeed | None:
    return CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).first()


def reader_of(secret: str) -> User:
    """Whose feed it is. Raises `NotFound` for an address that was never given, is revoked, or of a closed account."""
    feed = (
        CalendarFeed.objects.filter(secret_sha256=_digest(secret), revoked_at__isnull=True, user__is_active=True)
        .select_related("user")
        .first()
    )
    if feed is None:
        raise NotFound
    return feed.user


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


# --- what stands in it ---


def entries(user: User, *, at: dt.datetime) -> list[CalendarEntry]:
    """Everything of the person's calendar in the active language, the earliest first."""
    seen, since = standing(user, at), moscow_date(at) - KEPT
    found = [
        *_stages(user, seen, at, since),
        *_deadlines(user, at, since),
        *_meetings(user, at, since),
        *_decisions(user, seen, at, since),
    ]
    return sorted(found, key=lambda entry: (entry.first or moscow_date(entry.due or at), entry.key))


def _stages(user: User, seen: Standing, at: dt.datetime, since: dt.date) -> Iterator[CalendarEntry]:
    """Stages of the plans in force, and inside them the days of the person's own states. Drafts are not announced."""
    plans = visible_to(Plan, user, at=at).filter(in_force_version__isnull=False, operation__year__gte=since.year)
    own = MemberState.objects.filter(pk__in=seen.headed_states | seen.agency_states | seen.unit_states)
    codes = set(own.values_list("code", flat=True))
    for plan in plans.select_related("operation", "in_force_version").order_by("operation__year"):
        content = frozen_content(plan.in_force_version)
        operation = spoken(content["operation"]["title"])
        for stage in content["stages"]:
            title = _("%(operation)s: stage %(number)s") % {"operation": operation, "number": stage["number"]}
            first, last = dt.date.fromisoformat(stage["start"]), dt.date.fromisoformat(stage["end"])
            if last >= since:
                key, details = f"stage-{stage['id']}", spoken(stage["name"])
                yield CalendarEntry(key=key, title=title, details=details, first=first, last=last)
            for window in stage["windows"]:
                last = dt.date.fromisoformat(window["end"])
                if window["state"] in codes and last >= since:
                    name = spoken(content["names"]["states"][window["state"]])
                    yield CalendarEntry(
                        key=f"window-{window['id']}",
                        title=f"{title}, {name}",
                        first=dt.date.fromisoformat(window["start"]),
                        last=last,
                    )


def _deadlines(user: User, at: dt.datetime, since: dt.date) -> Iterator[CalendarEntry]:
    """Deadlines of the returns that the person sees; daily situation reports would drown everything else."""
    returns = visible_to(Return, user, at=at).filter(period__end_date__gte=since)
    official = returns.exclude(period__kind=PeriodKind.OPERATIONAL)
    periods = ReportingPeriod.objects.select_related("operation", "stage").in_bulk(
        official.order_by().values_list("period", flat=True).distinct()
    )
    places = official.order_by("due_at", "period_id", "agency__state__short_ru").values_list(
        "period_id", "due_at", "agency__state__code", "agency__state__short_ru", "agency__state__short_en"
    )
    found: dict[int, dict[dt.datetime, dict[str, str]]] = {}
    for period, due, code, ru, en in places.distinct():
        found.setdefault(period, {}).setdefault(due, {})[code] = spoken({"ru": ru, "en": en})
    for key, moments in found.items():
        yield from _of_period(periods[key], moments)


def _of_period(period: ReportingPeriod, moments: Mapping[dt.datetime, Mapping[str, str]]) -> Iterator[CalendarEntry]:
    """One entry; where the person's states have other days (holidays differ), one more for each day that is another."""
    details = spoken({"ru": period.operation.title_ru, "en": period.operation.title_en})
    title = _("Returns due: %(period)s") % {"period": period_name(period)}
    common = period.due_at if period.due_at in moments else min(moments)
    for due, states in moments.items():
        key = f"period-{period.pk}"
        if due == common:
            yield CalendarEntry(key=key, title=title, details=details, due=due)
            continue
        key, names = f"{key}-{'-'.join(states)}", ", ".join(states.values())
        yield CalendarEntry(key=key, title=f"{title} ({names})", details=details, due=due)


def _meetings(user: User, at: dt.datetime, since: dt.date) -> Iterator[CalendarEntry]:
    rows = visible_to(Meeting, user, at=at).filter(held_on__gte=since).select_related("body")
    for meeting in rows.order_by("held_on", "pk"):
        body = spoken({"ru": meeting.body.name_ru, "en": meeting.body.name_en})
        yield CalendarEntry(
            key=f"meeting-{meeting.pk}",
            title=_("Meeting № %(number)s, %(body)s") % {"number": meeting.number, "body": body},
            place="" if meeting.is_in_correspondence else spoken({"ru": meeting.place_ru, "en": meeting.place_en}),
            first=meeting.held_on,
            last=meeting.held_on,
        )


def _decisions(user: User, seen: Standing, at: dt.datetime, since: dt.date) -> Iterator[CalendarEntry]:
    """Open decisions with a date: all for the headquarters and the council chair, those of the own state for a head."""
    rows = Decision.objects.filter(progress=Decision.Progress.OPEN, due_date__gte=since)
    if not seen.sees_all_states:
        rows = rows.filter(responsible_states__in=seen.headed_states)
    rows = rows.filter(item__meeting__in=visible_to(Meeting, user, at=at)).distinct()
    for decision in rows.select_related("item__meeting").order_by("due_date", "pk"):
        number = decision.item.meeting.number
        yield CalendarEntry(
            key=f"decision-{decision.pk}",
            title=_("Decision of meeting № %(number)s due") % {"number": number},
            details=spoken({"ru": decision.text_ru, "en": decision.text_en}),
            first=decision.due_date,
            last=decision.due_date,
        )
