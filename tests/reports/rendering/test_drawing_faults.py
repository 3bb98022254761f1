"""Killed at any moment, a renderer or a worker leaves no half of a file, and the job is taken up and done."""

import datetime as dt
import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from operations.domain import jobs
from operations.domain.people import system_user
from operations.models import Job, OutboxMessage
from reports.domain.documents import RENDER_JOB, DocumentKind
from reports.domain.snapshots import current_snapshot
from reports.models import Document
from reports.rendering import process, store
from reports.rendering.process import RenderingFailed, render_to_file
from tests.conftest import database_url
from tests.factories.people import Cast
from tests.factories.reports import make_report, make_results
from tests.reports.rendering.cumulative_sample import cumulative

ROOT = Path(__file__).resolve().parents[3]
DEEP = bool(os.environ.get("TESTS_DEEP"))
ROUNDS = 30 if DEEP else 3
PATIENCE = 300.0
CHANCE = random.Random(20_261_128)


class Unwanted(Exception):
    """Nobody wants the document any more."""


def renderers(parent: int | None = None) -> list[int]:
    """Drawing processes of this machine, or those that one process has started."""
    return [number for number, asked_by, _group in drawing_processes() if parent in (None, asked_by)]


def drawing_processes() -> Iterator[tuple[int, int, int]]:
    """Each with its parent and its group: the one that draws the charts is of the group of the one that started it."""
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = status.read_text().rpartition(")")[2].split()
            words = (status.parent / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if b"reports.rendering.process" in words:
            yield int(status.parent.name), int(after_name[1]), int(after_name[2])


def wait_until(holds: Callable[[], object], *, what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def whole_files() -> list[Path]:
    """What the store holds; every file has the name of its content."""
    found = [path for path in store.folder().glob("[0-9a-f][0-9a-f]/*") if path.is_file()]
    for path in found:
        assert path.name == hashlib.sha256(path.read_bytes()).hexdigest()
    return found


@pytest.mark.once
@pytest.mark.parametrize("stage", [0, 2, 3])
def test_a_renderer_that_is_killed_leaves_nothing_and_is_named(tmp_path: Path, stage: int):
    def kill(done: int, total: int) -> None:
        if total and done >= stage:
            if done == 3:
                assert list((tmp_path / "new").glob(".drawing-*/weasyprint-*")), "its typefaces are not left elsewhere"
            [pid] = renderers(os.getpid())
            os.kill(pid, signal.SIGKILL)

    with pytest.raises(RenderingFailed, match="broke off"):
        render_to_file(
            target=tmp_path / "new" / "report.pdf", format="pdf", payload=cumulative(), approval=None, watch=kill
        )
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.once
def test_whoever_wants_it_no_more_ends_the_process(tmp_path: Path):
    seen: list[int] = []

    def change_of_mind(done: int, total: int) -> None:
        seen.extend(renderers(os.getpid()))
        if total:
            raise Unwanted

    with pytest.raises(Unwanted):
        render_to_file(
            target=tmp_path / "new" / "report.pdf",
            format="pdf",
            payload=cumulative(),
            approval=None,
            watch=change_of_mind,
        )
    assert seen
    assert renderers(os.getpid()) == []
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.once
def test_it_tells_how_far_it_is(tmp_path: Path):
    told: list[tuple[int, int]] = []
    render_to_file(
        target=tmp_path / "report.pdf",
        format="pdf",
        payload=cumulative(),
        approval=None,
        watch=lambda done, total: told.append((done, total)),
    )
    assert told == sorted(told)
    assert {(0, 4), (1, 4), (2, 4), (3, 4), (4, 4)} <= set(told)


@pytest.mark.once
def test_only_so_many_draw_at_once_and_the_others_wait_their_turn(tmp_path: Path, settings):
    settings.RENDERINGS_AT_ONCE = 2
    most = 0

    def count(done: int, total: int) -> None:
        nonlocal most
        most = max(most, len(renderers(os.getpid())))

    def draw(place: int) -> None:
        render_to_file(target=tmp_path / f"{place}.csv", format="csv", payload=cumulative(), approval=None, watch=count)

    workers = [threading.Thread(target=draw, args=(place,)) for place in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    assert most == 2
    assert len(list(tmp_path.glob("*.csv"))) == 6


@pytest.mark.once
def test_what_a_dead_worker_left_is_cleared_away_in_time(tmp_path: Path):
    old, new = store.new_path(), store.new_path()
    for path in (old, new):
        path.write_bytes(b"half")
    half = old.parent / ".drawing-dead"
    half.mkdir()
    long_ago = time.time() - store.LEFT_BEHIND_AFTER - 1
    for path in (old, half):
        os.utime(path, (long_ago, long_ago))
    store.new_path()
    assert list(old.parent.iterdir()) == [new]


def wanted() -> Job:
    """A job for the Russian PDF of an approved report."""
    snapshot = current_snapshot(make_report("approved", operation=make_results(states=("AM",), values={"VIO01": 1})))
    with transaction.atomic():
        return jobs.request(
            name=RENDER_JOB,
            actor=system_user("reports"),
            at=timezone.now(),
            snapshot_id=snapshot.pk,
            approval_id=snapshot.approval.pk,
            **DocumentKind().as_arguments(),
        )


def started_worker(job: Job) -> subprocess.Popen:
    environment = {
        **os.environ,
        "DATABASE_URL": database_url(),
        "DATABASE_POOL": "0",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.reports.rendering.drawing_worker", str(job.pk)], cwd=ROOT, env=environment
    )


def taken_up_again(job: Job) -> Job:
    """What the sweep and another worker do once the dead one's heartbeat is stale."""
    long_ago = timezone.now() - jobs.STALE_AFTER - dt.timedelta(seconds=1)
    Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING).update(heartbeat_at=long_ago)
    jobs.sweep(at=timezone.now())
    return jobs.run(job.pk)


#: How far the worker has come: it draws, the file is written but has no name yet, it has its name.
MOMENTS: tuple[Callable[[int], object], ...] = (
    renderers,
    lambda worker: list(store.folder().glob(".new/.drawing-*/result")),
    lambda worker: whole_files() and not renderers(worker),
)


def kill_a_worker(job: Job, *, at: Callable[[int], object], after: float) -> None:
    """Lets a worker begin, kills it at that moment (or a little later) and waits for its renderer to follow it."""
    worker = started_worker(job)
    try:
        wait_until(lambda: at(worker.pid) or worker.poll() is not None, what="the worker did not come so far")
        time.sleep(after)
    finally:
        drawing = set(renderers(worker.pid))
        worker.kill()
        worker.wait()
    wait_until(
        lambda: not any(group in drawing for _number, _asked_by, group in drawing_processes()),
        what="the renderer outlived its worker",
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_leaves_no_half_file_and_its_job_is_taken_up(cast: Cast):
    job = wanted()
    for round_ in range(ROUNDS):
        Document.objects.all().delete()
        Job.objects.filter(pk=job.pk).update(status=Job.Status.QUEUED, attempts=0, heartbeat_at=None, finished_at=None)
        kill_a_worker(job, at=MOMENTS[round_ % 3], after=CHANCE.random() if round_ >= len(MOMENTS) else 0.0)
        whole_files()
        for document in Document.objects.all():
            store.get(document.sha256)
        assert taken_up_again(job).status == Job.Status.DONE
        [document] = Document.objects.all()
        assert hashlib.sha256(store.get(document.sha256)).hexdigest() == document.sha256
        for path in whole_files():
            path.unlink()


@pytest.mark.django_db(transaction=True)
def test_a_cancelled_job_ends_its_renderer_and_may_be_asked_for_again(cast: Cast):
    job = wanted()
    worker = started_worker(job)
    try:
        wait_until(lambda: renderers(worker.pid), what="nothing was drawn")
        jobs.cancel(job=job, at=timezone.now())
        assert worker.wait(PATIENCE) == 0
    finally:
        worker.kill()
        worker.wait()
    job.refresh_from_db()
    assert (job.status, renderers(worker.pid), whole_files()) == (Job.Status.CANCELLED, [], [])
    assert not Document.objects.exists()
    assert jobs.may_be_retried(job)
    jobs.retry(job=job, at=timezone.now())
    done = jobs.run(job.pk)
    assert (done.status, done.done, done.total) == (Job.Status.DONE, 1, 1)
    jobs.retry(job=done, at=timezone.now())
    done.refresh_from_db()
    assert done.status == Job.Status.DONE, "what is done is not done again"


def run_and_kill_the_renderer(job: Job) -> Job:
    """Carries the job out while its drawing process is killed from outside."""

    def kill() -> None:
        wait_until(lambda: renderers(os.getpid()), what="nothing was drawn")
        for pid in renderers(os.getpid()):
            os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        return jobs.run(job.pk)
    finally:
        killer.join()


@pytest.mark.once
@pytest.mark.django_db(transaction=True)
def test_a_job_whose_renderer_is_killed_begins_again_by_itself_and_gives_up_after_three_times(cast: Cast):
    job = wanted()
    assert run_and_kill_the_renderer(job).status == Job.Status.QUEUED
    assert OutboxMessage.objects.filter(topic=jobs.TOPIC, payload__job_id=str(job.pk)).count() == 2
    assert (jobs.run(job.pk).status, len(whole_files())) == (Job.Status.DONE, 1)
    with transaction.atomic():
        other = {**job.arguments, "language": "en"}
        last = jobs.request(name=RENDER_JOB, actor=system_user("reports"), at=timezone.now(), **other)
    Job.objects.filter(pk=last.pk).update(attempts=jobs.MOST_ATTEMPTS - 1)
    failed = run_and_kill_the_renderer(last)
    assert failed.status == Job.Status.FAILED
    assert "broke off" in failed.error
    assert jobs.may_be_retried(failed)


@pytest.mark.django_db
def test_a_worker_whose_job_was_given_to_another_stops(cast: Cast):
    job = wanted()
    Job.objects.filter(pk=job.pk).update(status=Job.Status.RUNNING, attempts=2)
    job.attempts = 1
    with pytest.raises(jobs.Cancelled):
        jobs.Progress(job).step(1, 2)


def test_the_beat_is_shorter_than_what_makes_a_job_stale():
    assert dt.timedelta(seconds=10 * process.BEAT) < jobs.STALE_AFTER
