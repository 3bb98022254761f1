"""A job that was asked for in a transaction gets done: by the embedded worker, and by processes on a broker."""

import datetime as dt
import time
from collections.abc import Iterator

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from operations.domain import jobs
from operations.models import Job, OutboxMessage
from reports.domain.documents import REDRAW_JOB

KIND, UNHURRIED = "tests.count", "tests.count_slowly"
PATIENCE = 30.0


@jobs.kind(KIND)
def count(progress: jobs.Progress) -> dict[str, int]:
    """Work that can be watched."""
    for done in range(1, 4):
        progress.step(done, 3)
    return {"counted": 3}


@jobs.kind(UNHURRIED, is_waited_for=False)
def count_slowly(progress: jobs.Progress) -> dict[str, int]:
    """Work for which nobody waits."""
    time.sleep(0.2)
    return {}


@pytest.fixture
def actor(transactional_db):
    return get_user_model().objects.create_user(username="somebody", password="unused")


def ask_for_work(actor) -> Job:
    with transaction.atomic():
        return jobs.request(name=KIND, actor=actor, at=timezone.now())


def states_until_the_end(job: Job) -> Iterator[str]:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        job.refresh_from_db()
        yield job.status
        if job.finished_at:
            return
        time.sleep(0.05)


def test_the_embedded_worker_does_a_job_that_waits(background_work, actor):
    job = ask_for_work(actor)
    assert list(states_until_the_end(job))[-1] == Job.Status.DONE
    assert job.result == {"counted": 3}
    assert (job.done, job.total) == (3, 3)


def test_the_embedded_worker_takes_up_what_was_left_from_before_it_started(actor, request):
    job = ask_for_work(actor)
    request.getfixturevalue("background_work")
    assert list(states_until_the_end(job))[-1] == Job.Status.DONE


def test_the_embedded_worker_takes_up_what_the_one_before_it_was_told_and_never_began(actor, request):
    job = ask_for_work(actor)
    OutboxMessage.objects.update(delivered_at=timezone.now())
    request.getfixturevalue("background_work")
    assert list(states_until_the_end(job))[-1] == Job.Status.DONE


def test_what_somebody_waits_for_does_not_stand_behind_much_for_which_nobody_waits(background_work, actor):
    with transaction.atomic():
        for _place in range(20):
            jobs.request(name=UNHURRIED, actor=actor, at=timezone.now())
    job = ask_for_work(actor)
    assert list(states_until_the_end(job))[-1] == Job.Status.DONE
    assert Job.objects.filter(kind=UNHURRIED, status=Job.Status.QUEUED).count() > 10
    assert all(list(states_until_the_end(one))[-1] == Job.Status.DONE for one in Job.objects.filter(kind=UNHURRIED))


def test_a_job_whose_worker_died_is_queued_again(actor):
    job = ask_for_work(actor)
    long_ago = timezone.now() - dt.timedelta(hours=1)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING, attempts=1, heartbeat_at=long_ago)
    assert jobs.sweep(at=timezone.now()) == 1
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED


@pytest.mark.worker
@pytest.mark.redis
@pytest.mark.parametrize("kind", [KIND, REDRAW_JOB])
def test_a_celery_worker_on_redis_takes_jobs_of_both_queues_from_the_relay(real_background, actor, kind: str):
    """The worker has no such work, or no such document: it says so in the job's row, so we see that it was there."""
    with transaction.atomic():
        job = jobs.request(name=kind, actor=actor, at=timezone.now(), document_id=0)
    assert list(states_until_the_end(job))[-1] == Job.Status.FAILED
    assert job.error
