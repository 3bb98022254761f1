"""Background work of the operations app: the relay's round, running a job, and what is looked after by the clock.

Tasks carry ids only and are idempotent; the truth is in `OutboxMessage` and `Job`. Nothing outside this module and the
relay puts a message on the broker.
"""

import datetime as dt
from functools import partial
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from operations.domain import (
    import_requests,
    imports,
    jobs,
    outbox,
    plan_reminders,
    return_reminders,
    returns_digest,
    rule_versions,
    site_alerts,
)
from operations.models import ImportBatch, Notice, Operation
from operations.workbooks.import_files import kept_source


@outbox.handles(jobs.TOPIC)
def hand_to_a_worker(*, at: dt.datetime, job_id: str) -> None:
    """Tells a worker about a job; telling twice does no harm, a taken job is left alone.

    A worker takes from both queues in turn.
    """
    waited_for = jobs.is_waited_for(job_id)
    run_job.apply_async((job_id,), queue=settings.CELERY_TASK_DEFAULT_QUEUE if waited_for else settings.UNHURRIED_QUEUE)


@outbox.handles("notice")
def send_notice(*, at: dt.datetime, notice_id: int) -> None:
    """Sends a notice by e-mail, in its reader's language; people without an address read it in the site."""
    _post(Notice.objects.select_related("user").get(pk=notice_id))


@outbox.handles(returns_digest.TOPIC)
def send_digest(*, at: dt.datetime, notice_id: int, operation_id: int) -> None:
    """Sends the digest of a day with its lines by state, as they are when it leaves."""
    notice = Notice.objects.select_related("user").get(pk=notice_id)
    operation = Operation.objects.get(pk=operation_id)
    _post(notice, more=returns_digest.digest_text(operation, language=notice.user.language, at=at))


def _post(notice: Notice, *, more: str = "") -> None:
    if not notice.user.email or not notice.user.is_active:
        return
    with translation.override(notice.user.language):
        subject = notice.subject_ru if notice.user.language == "ru" else notice.subject_en
        parts = [subject, more, f"{settings.SITE_ADDRESS}{notice.address}"]
        send_mail(subject, "\n\n".join(part for part in parts if part), None, [notice.user.email])


@jobs.kind(rule_versions.TRIAL_JOB, label=_("Trial of a control rule"))
def try_rule(progress: jobs.Progress) -> dict[str, Any]:
    """Judges past returns by a proposed version of a rule."""
    return rule_versions.carry_out_trial(progress)


@jobs.kind(import_requests.CHECK_JOB, label=_("Check of a file of returns"))
def check_import(progress: jobs.Progress) -> dict[str, Any]:
    """Looks at an uploaded file and says what an import of it would do."""
    return _carry_out(progress, dry_run=True)


@jobs.kind(import_requests.STORE_JOB, label=_("Import of returns"))
def store_import(progress: jobs.Progress) -> dict[str, Any]:
    """Imports an uploaded file; taken up again, it goes on where it stopped."""
    return _carry_out(progress, dry_run=False)


def _carry_out(progress: jobs.Progress, *, dry_run: bool) -> dict[str, Any]:
    """At the moment when it was asked for: a period that closes while the work waits is still open to it."""
    rows = ImportBatch.objects.select_related("operation", "imported_by")
    batch = rows.get(pk=progress.job.arguments["batch"])
    progress.step(0, 1000)
    batch = imports.run_batch(
        batch=batch,
        opened=partial(kept_source, batch),
        at=progress.job.created_at,
        dry_run=dry_run,
        step=progress.step,
    )
    progress.step(1000, 1000)
    return {"batch": batch.pk, "status": batch.status}


def relay_once() -> int:
    """One round of the relay; answers how many messages were delivered."""
    return outbox.deliver_waiting(at=timezone.now())


def tell_workers_again() -> int:
    """What is queued when the broker begins with an empty queue; answers how many jobs that were."""
    return jobs.tell_again(at=timezone.now(), told_before=timezone.now())


@shared_task(name="operations.run_job")
def run_job(job_id: str) -> None:
    """Carries out one job."""
    jobs.run(job_id)


@shared_task(name="operations.sweep_jobs")
def sweep_jobs() -> int:
    """Takes up again what a dead worker left running and what a broker has forgotten."""
    return jobs.sweep(at=timezone.now())


@shared_task(name="operations.verify_totals")
def verify_totals() -> int:
    """Compares the maintained totals with the figures every night; a difference is an alert that people see."""
    found = site_alerts.verify_site(at=timezone.now())
    return found.mismatched_totals + found.broken_links


@shared_task(name="operations.remind_heads")
def remind_heads() -> int:
    """Reminds the heads whose answer on a plan is waited for; asked again the same day it tells nobody twice."""
    return plan_reminders.remind(at=timezone.now(), after_days=settings.PLAN_REMINDER_DAYS)


@shared_task(name="operations.remind_of_returns")
def remind_of_returns() -> int:
    """Reminds officers of returns that fall due, and tells of what is overdue; each only once."""
    return return_reminders.remind_of_returns(at=timezone.now())


@shared_task(name="operations.send_digests")
def send_digests() -> int:
    """Tells the headquarters how the returns of the day stand; asked again the same day it tells nobody twice."""
    return returns_digest.send_digests(at=timezone.now())
