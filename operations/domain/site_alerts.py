"""The verification of every night or by command, and the alert that somebody sees when it finds something.

Totals are compared with the figures, the links of the audit chain are followed, and what was found is written into the
trail. Where it is not nothing, the headquarters' chair and the administrators get a notice (by letter, too), and the
alert heads their list "my work" until a later verification finds nothing or the totals were mended.
"""

import datetime as dt
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from operations.domain import audit, totals
from operations.domain.access import Standing
from operations.domain.moments import moscow_date, moscow_moment
from operations.domain.notices import notify
from operations.domain.people import system_user
from operations.domain.waiting import WorkItem, provider
from operations.domain.wording import in_language
from operations.models import AuditEntry, Membership, Notice, Role, User

logger = logging.getLogger(__name__)

VERIFIED = "site.verified"
ALERT = "site.alert"
#: The trail, narrowed to the verifications.
ADDRESS = f"/audit/?act={VERIFIED}"
_TOLD = (Role.HQ_CHAIR, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Findings:
    """How many totals are not what the figures come to, and how many links of the trail do not hold."""

    mismatched_totals: int
    broken_links: int

    @property
    def is_clean(self) -> bool:
        return not (self.mismatched_totals or self.broken_links)

    def words(self) -> str:
        """The findings in the language of the moment."""
        parts = []
        if self.mismatched_totals:
            text = ngettext(
                "%(count)s total differs from the figures",
                "%(count)s totals differ from the figures",
                self.mismatched_totals,
            )
            parts.append(text % {"count": self.mismatched_totals})
        if self.broken_links:
            text = ngettext(
                "%(count)s link of the audit trail does not hold",
                "%(count)s links of the audit trail do not hold",
                self.broken_links,
            )
            parts.append(text % {"count": self.broken_links})
        return "; ".join(parts)


def verify_site(*, at: dt.datetime) -> Findings:
    """Verifies everything, writes down what was found and raises the alert; nobody is told twice on one day."""
    found = Findings(len(totals.mismatches()), sum(1 for _link in audit.broken_links()))
    if not found.is_clean:
        logger.critical(
            "verification: %s totals differ, %s audit links are broken", found.mismatched_totals, found.broken_links
        )
    _write_down(found, at)
    return found


def alert_of_totals(mismatched: int, *, at: dt.datetime) -> None:
    """Raises the alert for totals that somebody found to differ between two nights; the trail was not looked at."""
    standing = standing_alert()
    _write_down(Findings(mismatched, standing[1].broken_links if standing is not None else 0), at)


def _write_down(found: Findings, at: dt.datetime) -> None:
    data = {"mismatched_totals": found.mismatched_totals, "broken_links": found.broken_links}
    with transaction.atomic():
        audit.record(act=VERIFIED, subject=None, actor=system_user("verification"), at=at, data=data)
        if not found.is_clean:
            _tell(found, at)


def _tell(found: Findings, at: dt.datetime) -> None:
    today = moscow_date(at)
    told = Notice.objects.filter(topic=ALERT, created_at__gte=moscow_moment(today)).values("user")
    holders = Membership.objects.on(today).filter(role__in=_TOLD).values("user")
    people = User.objects.filter(pk__in=holders, is_active=True).exclude(pk__in=told).order_by("pk")
    subjects = {}
    for language in ("ru", "en"):
        with in_language(language):
            subjects[language] = str(_("Alert of the verification: %(found)s")) % {"found": found.words()}
    notify(people, topic=ALERT, subject_ru=subjects["ru"], subject_en=subjects["en"], address=ADDRESS, at=at)


def standing_alert() -> tuple[AuditEntry, Findings] | None:
    """The newest verification and what of its findings stands; None when nothing does."""
    # an entry about the site has no object: the index over objects finds these few
    about_site = AuditEntry.objects.filter(object_type="site", object_id="", act=VERIFIED)
    last = about_site.order_by("-sequence").first()
    if last is None:
        return None
    data = json.loads(last.data)
    found = Findings(data["mismatched_totals"], data["broken_links"])
    if found.mismatched_totals and AuditEntry.objects.filter(sequence__gt=last.sequence, act="totals.rebuild").exists():
        found = Findings(0, found.broken_links)
    return None if found.is_clean else (last, found)


@provider
def alerts_waiting(user: Any, seen: Standing, at: dt.datetime) -> Iterator[WorkItem]:
    """The alert, late from the moment it is raised, so that it stands first."""
    if not seen.roles & set(_TOLD):
        return
    alert = standing_alert()
    if alert is not None:
        entry, found = alert
        yield WorkItem(
            kind=ALERT,
            title=_("Alert of the verification"),
            subject=entry,
            detail=found.words(),
            since=entry.at,
            is_late=True,
        )
