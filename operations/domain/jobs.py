"""Long work: a `Job` row is the truth, a worker only carries it out.

Whoever asks for a job writes the row and an outbox message in one transaction; the relay hands the job's id to a
worker, or a command runs it inline. Work is idempotent: a job whose heartbeat went stale is queued again by the
sweep, one that a broker has forgotten is told again, and a second runner of the same job steps back.
"""

import datetime as dt
import logging
import uuid
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from operations.domain import outbox
from operations.domain.errors import Text
from operations.models import Job, OutboxMessage, User

logger = logging.getLogger(__name__)

STALE_AFTER = dt.timedelta(minutes=2)
#: A queued job waits so long before a worker is told of it again: a broker may have lost what it was told.
FORGOTTEN_AFTER = dt.timedelta(minutes=10)
MOST_ATTEMPTS = 3
TOPIC = "job"

Work = Callable[["Progress"], dict[str, Any]]
#: Tells the jobs of one kind from one another, by their arguments.
Detail = Callable[[dict[str, Any]], str]
_kinds: dict[str, Work] = {}
_labels: dict[str, Text] = {}
_details: dict[str, Detail] = {}
_retried: set[str] = set()
_unhurried: set[str] = set()


class Cancelled(Exception):
    """Raised inside the work when somebody cancelled the job, or when another worker has taken it up."""


class Interrupted(Exception):
    """Raised by the work when something outside broke it off: it is taken up again, as if the worker had died."""


class Progress:
    """What the work tells while it runs; every step is a heartbeat and the place where a cancellation is noticed."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def step(self, done: int, total: int) -> None:
        now = timezone.now()
        Job.objects.filter(pk=self.job.pk).update(done=done, total=total, heartbeat_at=now)
        ours = {"status": Job.Status.RUNNING, "attempts": self.job.attempts}
        if Job.objects.filter(pk=self.job.pk).exclude(**ours).exists():
            raise Cancelled


def kind(
    name: str,
    label: Text = "",
    *,
    may_be_retried: bool = False,
    is_waited_for: bool = True,
    detail: Detail | None = None,
) -> Callable[[Work], Work]:
    """Registers the work of a kind of job, and what people call it; the work answers the result to keep.

    `detail` says which of many such jobs one is. `may_be_retried` offers to ask for it once more when it has failed or
    was cancelled. `is_waited_for` is false where nobody looks at the screen until it is done: however many of such jobs
    are queued, one that is waited for does not stand behind them.
    """

    def register(function: Work) -> Work:
        if name in _kinds:
            raise ValueError(f"job kind {name} is registered already")
        _kinds[name] = function
        _labels[name] = label or name
        if may_be_retried:
            _retried.add(name)
        if not is_waited_for:
            _unhurried.add(name)
        if detail is not None:
            _details[name] = detail
        return function

    return register


def label_of(name: str) -> Text:
    """What people call a kind of job; one that is known no more goes by its name."""
    return _labels.get(name, name)


def is_waited_for(job_id: uuid.UUID | str) -> bool:
    """Whether somebody looks at the screen until that job is done."""
    return not Job.objects.filter(pk=job_id, kind__in=_unhurried).exists()


def title_of(job: Job) -> str:
    """What people call this very job: its kind, and which of its kind it is."""
    detail = _details[job.kind](job.arguments) if job.kind in _details else ""
    return f"{label_of(job.kind)}: {detail}" if detail else str(label_of(job.kind))


def request(*, name: str, actor: User, at: dt.datetime, **arguments: Any) -> Job:
    """Writes the job and the message that sets it going; must run inside a transaction."""
    if name not in _kinds:
        raise KeyError(name)
    job = Job.objects.create(id=uuid.uuid4(), kind=name, arguments=arguments, requested_by=actor, created_at=at)
    outbox.send(topic=TOPIC, at=at, job_id=str(job.pk))
    return job


def run(job_id: uuid.UUID | str) -> Job:
    """Carries out a queued job; a job that somebody else took or that has ended is left as it is."""
    now = timezone.now()
    with transaction.atomic():
        job = Job.objects.select_for_update().get(pk=job_id)
        if job.status != Job.Status.QUEUED:
            return job
        job.status, job.heartbeat_at, job.attempts = Job.Status.RUNNING, now, job.attempts + 1
        job.save(update_fields=["status", "heartbeat_at", "attempts"])
    try:
        result = _kinds[job.kind](Progress(job))
    except Cancelled:
        return _finish(job, Job.Status.CANCELLED)
    except Interrupted as interruption:
        return _take_up_again(job, interruption)
    except Exception as error:  # whatever the work raises is the job's result and is shown to whoever asked
        logger.exception("job %s (%s) failed", job.pk, job.kind)
        return _finish(job, Job.Status.FAILED, error=f"{type(error).__name__}: {error}"[:2000])
    return _finish(job, Job.Status.DONE, result=result)


def sweep(*, at: dt.datetime) -> int:
    """Queues again what a dead worker left running; gives up after three attempts. Answers how many were queued.

    Tells a worker again of what has waited for long.
    """
    stale = Job.objects.filter(status=Job.Status.RUNNING, heartbeat_at__lt=at - STALE_AFTER)
    stale.filter(attempts__gte=MOST_ATTEMPTS).update(
        status=Job.Status.FAILED, finished_at=at, error="the worker died three times"
    )
    queued = 0
    for job in stale.filter(attempts__lt=MOST_ATTEMPTS):
        with transaction.atomic():
            if Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(status=Job.Status.QUEUED):
                outbox.send(topic=TOPIC, at=at, job_id=str(job.pk))
                queued += 1
    tell_again(at=at, told_before=at - FORGOTTEN_AFTER)
    return queued


def tell_again(*, at: dt.datetime, told_before: dt.datetime) -> int:
    """Sends once more the messages of queued jobs of which a worker was last told before that moment.

    A broker may be stopped with its queue; the rows are the truth. What still waits in the outbox is told anyway.
    Answers how many were told.
    """
    queued = Job.objects.filter(status=Job.Status.QUEUED).annotate(told_at=Coalesce("heartbeat_at", "created_at"))
    waiting = OutboxMessage.objects.filter(topic=TOPIC, delivered_at__isnull=True)
    on_their_way = {payload["job_id"] for payload in waiting.values_list("payload", flat=True)}
    told = 0
    for job in queued.filter(told_at__lt=told_before):
        if str(job.pk) in on_their_way:
            continue
        with transaction.atomic():
            if Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED).update(heartbeat_at=at):
                outbox.send(topic=TOPIC, at=at, job_id=str(job.pk))
                told += 1
    return told


def cancel(*, job: Job, at: dt.datetime) -> None:
    """Marks a job as cancelled; running work stops at its next step."""
    Job.objects.filter(pk=job.pk, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).update(
        status=Job.Status.CANCELLED, finished_at=at
    )


def may_be_retried(job: Job) -> bool:
    """Whether the same work can be asked for once more."""
    return job.kind in _retried and job.status in (Job.Status.FAILED, Job.Status.CANCELLED)


@transaction.atomic
def retry(*, job: Job, at: dt.datetime) -> None:
    """Queues a job again that has failed or was cancelled; any other is left as it is."""
    ended = Job.objects.filter(pk=job.pk, status__in=[Job.Status.FAILED, Job.Status.CANCELLED], kind__in=_retried)
    if ended.update(status=Job.Status.QUEUED, done=0, total=0, error="", finished_at=None, heartbeat_at=None):
        outbox.send(topic=TOPIC, at=at, job_id=str(job.pk))


def _take_up_again(job: Job, interruption: Interrupted) -> Job:
    """Queues the job once more, unless that was tried often enough or somebody cancelled it meanwhile."""
    logger.warning("job %s (%s) was interrupted: %s", job.pk, job.kind, interruption)
    if job.attempts >= MOST_ATTEMPTS:
        return _finish(job, Job.Status.FAILED, error=str(interruption)[:2000])
    with transaction.atomic():
        ours = Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts)
        if ours.update(status=Job.Status.QUEUED, done=0, total=0):
            outbox.send(topic=TOPIC, at=timezone.now(), job_id=str(job.pk))
    job.refresh_from_db()
    return job


def _finish(job: Job, status: str, *, result: dict[str, Any] | None = None, error: str = "") -> Job:
    running = Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempts=job.attempts)
    running.update(status=status, finished_at=timezone.now(), result=result or {}, error=error)
    job.refresh_from_db()
    return job
