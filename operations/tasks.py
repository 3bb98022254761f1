"""Background work of the operations app: the relay's round, running a job, and what is looked after by the clock.

Tasks carry ids only and are idempotent; the truth is in `OutboxMessage` and `Job`. Nothing outside this module and the
relay puts a message on the broker.
"""

import datetime as dt
import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone, translation

from operations.domain import audit, jobs, outbox, plan_reminders, totals
from operations.domain.people import system_user
from operations.models import Notice

logger = logging.getLogger(__name__)


@outbox.handles(jobs.TOPIC)
def hand_to_a_worker(*, at: dt.datetime, job_id: str) -> None:
    """Tells a worker about a job; telling twice does no harm, a taken job is left alone."""
    run_job.delay(job_id)


@outbox.handles("notice")
def send_notice(*, at: dt.datetime, notice_id: int) -> None:
    """Sends a notice by e-mail, in its reader's language; people without an address read it in the site."""
    notice = Notice.objects.select_related("user").get(pk=notice_id)
    if not notice.user.email or not notice.user.is_active:
        return
    with translation.override(notice.user.language):
        subject = notice.subject_ru if notice.user.language == "ru" else notice.subject_en
        send_mail(subject, f"{subject}\n\n{settings.SITE_ADDRESS}{notice.address}", None, [notice.user.email])


def relay_once() -> int:
    """One round of the relay; answers how many messages were delivered."""
    return outbox.deliver_waiting(at=timezone.now())


@shared_task(name="operations.run_job")
def run_job(job_id: str) -> None:
    """Carries out one job."""
    jobs.run(job_id)


@shared_task(name="operations.sweep_jobs")
def sweep_jobs() -> int:
    """Takes up again what a dead worker left running."""
    return jobs.sweep(at=timezone.now())


@shared_task(name="operations.verify_totals")
def verify_totals() -> int:
    """Compares the maintained totals with the figures every night; a difference is an alert in log and trail."""
    mismatches = len(totals.mismatches())
    broken = sum(1 for _link in audit.broken_links())
    if mismatches or broken:
        logger.critical("verification: %s totals differ, %s audit links are broken", mismatches, broken)
    now = timezone.now()
    with transaction.atomic():
        audit.record(
            act="site.verified",
            subject=None,
            actor=system_user("verification"),
            at=now,
            data={"mismatched_totals": mismatches, "broken_links": broken},
        )
    return mismatches + broken


@shared_task(name="operations.remind_heads")
def remind_heads() -> int:
    """Reminds the heads whose answer on a plan is waited for; asked again the same day it tells nobody twice."""
    return plan_reminders.remind(at=timezone.now(), after_days=settings.PLAN_REMINDER_DAYS)
