"""Effects and jobs survive failures: the rows are the truth, and nothing that was acknowledged is lost."""

import datetime as dt

import pytest
from django.db import transaction
from django.utils import timezone

from operations.domain import jobs, outbox
from operations.domain.people import system_user
from operations.models import Job, OutboxMessage

heard: list[str] = []


@outbox.handles("test.heard")
def _hear(*, at: dt.datetime, word: str) -> None:
    heard.append(word)


@outbox.handles("test.fails")
def _fail(*, at: dt.datetime) -> None:
    raise OSError("the mail server is away")


@jobs.kind("test.counts")
def _count(progress: jobs.Progress) -> dict[str, int]:
    upto = progress.job.arguments["upto"]
    for number in range(upto):
        progress.step(number, upto)
    return {"counted": upto}


@jobs.kind("test.breaks")
def _break(progress: jobs.Progress) -> dict[str, int]:
    raise ValueError("no such document")


def request(name: str, **arguments: object) -> Job:
    with transaction.atomic():
        return jobs.request(name=name, actor=system_user("test"), at=timezone.now(), **arguments)


@pytest.fixture(autouse=True)
def silence() -> None:
    heard.clear()


@pytest.mark.django_db
def test_an_effect_is_delivered_once_and_in_order():
    now = timezone.now()
    with transaction.atomic():
        for word in ("one", "two"):
            outbox.send(topic="test.heard", at=now, word=word)
    assert outbox.deliver_waiting(at=now) == 2
    assert outbox.deliver_waiting(at=now) == 0
    assert heard == ["one", "two"]


@pytest.mark.django_db(transaction=True)
def test_an_effect_of_a_rolled_back_act_never_happens():
    with pytest.raises(RuntimeError), transaction.atomic():
        outbox.send(topic="test.heard", at=timezone.now(), word="never")
        raise RuntimeError
    assert outbox.deliver_waiting(at=timezone.now()) == 0
    assert heard == []


@pytest.mark.django_db
def test_a_failing_effect_keeps_its_error_waits_longer_each_time_and_does_not_stop_the_next():
    now = timezone.now()
    with transaction.atomic():
        outbox.send(topic="test.fails", at=now)
        outbox.send(topic="test.heard", at=now, word="after")
    assert outbox.deliver_waiting(at=now) == 1
    message = OutboxMessage.objects.get(topic="test.fails")
    assert message.last_error == "OSError: the mail server is away"
    assert outbox.deliver_waiting(at=now + dt.timedelta(seconds=1)) == 0
    first_pause = message.available_at - now
    later = message.available_at
    outbox.deliver_waiting(at=later)
    message.refresh_from_db()
    assert (message.attempts, message.delivered_at) == (2, None)
    assert message.available_at - later > first_pause
    assert heard == ["after"]


@pytest.mark.django_db
def test_a_job_runs_once_however_often_a_worker_is_told():
    job = request("test.counts", upto=3)
    assert jobs.run(job.pk).result == {"counted": 3}
    finished = jobs.run(job.pk)
    assert (finished.status, finished.attempts) == (Job.Status.DONE, 1)


@pytest.mark.django_db
def test_a_failed_job_tells_why():
    job = jobs.run(request("test.breaks").pk)
    assert (job.status, job.error) == (Job.Status.FAILED, "ValueError: no such document")


@pytest.mark.django_db
def test_a_cancelled_job_does_not_run():
    job = request("test.counts", upto=3)
    jobs.cancel(job=job, at=timezone.now())
    assert jobs.run(job.pk).status == Job.Status.CANCELLED


@pytest.mark.django_db
def test_a_job_of_a_dead_worker_is_queued_again_and_given_up_after_three_attempts():
    now = timezone.now()
    job = request("test.counts", upto=1)
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.RUNNING, attempts=1, heartbeat_at=now - jobs.STALE_AFTER - dt.timedelta(seconds=1)
    )
    assert jobs.sweep(at=now) == 1
    assert jobs.run(job.pk).status == Job.Status.DONE
    Job.objects.filter(pk=job.pk).update(
        status=Job.Status.RUNNING, attempts=3, heartbeat_at=now - jobs.STALE_AFTER - dt.timedelta(seconds=1)
    )
    assert jobs.sweep(at=now) == 0
    job.refresh_from_db()
    assert (job.status, job.error) == (Job.Status.FAILED, "the worker died three times")


@pytest.mark.django_db
def test_a_job_that_a_broker_has_forgotten_is_told_again_and_no_oftener_than_that():
    job = request("test.counts", upto=1)
    later = job.created_at + jobs.FORGOTTEN_AFTER + dt.timedelta(seconds=1)
    jobs.sweep(at=later)
    assert OutboxMessage.objects.count() == 1, "its message still waits in the outbox"
    OutboxMessage.objects.update(delivered_at=job.created_at)
    for at, told in ((job.created_at, 1), (later, 2), (later + dt.timedelta(minutes=1), 2)):
        jobs.sweep(at=at)
        assert OutboxMessage.objects.count() == told
        OutboxMessage.objects.update(delivered_at=at)
    jobs.cancel(job=job, at=later)
    assert jobs.tell_again(at=later, told_before=later + jobs.FORGOTTEN_AFTER) == 0


@pytest.mark.django_db
def test_a_living_job_is_left_alone_by_the_sweep():
    job = request("test.counts", upto=1)
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING, heartbeat_at=timezone.now())
    assert jobs.sweep(at=timezone.now()) == 0
