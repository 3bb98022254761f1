"""Imports of many returns: what one fault refuses, what is counted, and what becomes of work that was interrupted."""

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from operations import tasks
from operations.domain import import_requests, imports, jobs
from operations.domain.errors import Conflict, NotAllowed, NotFound, WrongState
from operations.domain.import_requests import import_checked, request_import
from operations.domain.import_rows import BadImport, kept_conflict
from operations.domain.returns import accept_submission, submit_return
from operations.domain.totals import mismatches
from operations.models import AuditEntry, Figure, ImportBatch, Job, Return, Submission, User
from operations.workbooks import import_files
from tests.factories.imports import brought_file, table
from tests.factories.operations import make_period, make_return
from tests.factories.people import make_officer
from tests.factories.reference import make_agency
from tests.factories.reporting import Story, cells, figures, make_draft, make_story

pytestmark = pytest.mark.django_db
FILE, EACH = ImportBatch.Atomicity.FILE, ImportBatch.Atomicity.RETURN
Status = ImportBatch.Status
# an indicator that no rule looks at
CODE = "ACT03"


@dataclass
class Wide:
    """The story with more returns of the same agency, all of them open: one for each code of a period."""

    story: Story
    returns: dict[str, Return]

    def table(self, **values: str | int) -> str:
        """One row for each period that is named, for the same indicator."""
        rows = [("RU", "internal_affairs", period, CODE, "", value) for period, value in values.items()]
        return table(*rows)

    def figure(self, period: str) -> int | None:
        found = Figure.objects.filter(submission__expected_return=self.returns[period]).first()
        return None if found is None else found.value


def make_wide(count: int = 3) -> Wide:
    story = make_story()
    stage = story.period.stage
    codes = [f"P{number}" for number in range(count)]
    made = {code: make_return(make_period(stage, code=code), story.agency) for code in codes}
    return Wide(story, made)


@pytest.fixture
def wide() -> Wide:
    return make_wide()


def counts(batch: ImportBatch) -> tuple[list[int], list[int]]:
    """Returns and cells: imported, updated, unchanged, refused."""
    return tuple([batch.summary[what][kind] for kind in imports.COUNTED] for what in ("returns", "cells"))


# --- what one fault refuses ---


def test_one_fault_refuses_the_whole_file(wide: Wide):
    with pytest.raises(BadImport) as refused:
        brought_file(wide.story, "in.csv", wide.table(P0=1, P1="x", P2=3))
    assert not Submission.objects.exists()
    batch = refused.value.batch
    assert (batch.status, counts(batch)) == (Status.REFUSED, ([0, 0, 0, 3], [0, 0, 0, 3]))


def test_one_fault_refuses_its_return_and_no_other_where_each_stands_by_itself(wide: Wide):
    content = wide.table(P0=1, P1="x", P2=3) + "RU,internal_affairs,P1,VIO02,,5\nRU,internal_affairs,P9,VIO02,,5\n"
    batch = brought_file(wide.story, "in.csv", content, atomicity=EACH)
    assert [wide.figure(code) for code in wide.returns] == [1, None, 3]
    assert (batch.status, counts(batch)) == (Status.PARTLY, ([2, 0, 0, 1], [2, 0, 0, 3]))
    assert [(row["row"], row["column"], row["code"]) for row in batch.conflicts] == [
        (3, "value", "bad_number"),
        (6, "period", "unknown_period"),
    ]


def test_a_file_in_which_every_return_is_wrong_is_refused_either_way(wide: Wide):
    with pytest.raises(BadImport) as refused:
        brought_file(wide.story, "in.csv", wide.table(P0="x", P1="y"), atomicity=EACH)
    assert refused.value.batch.status == Status.REFUSED


def test_what_stands_against_entering_a_return_refuses_that_return(wide: Wide):
    story = wide.story
    at = story.at
    submit_return(submission=make_draft(story), actor=story.officer, at=at)
    Return.objects.filter(pk=wide.returns["P1"].pk).update(
        due_at=story.period.opens_at, closes_at=story.period.opens_at
    )
    content = wide.table(P0=1, P1=2, **{"S1-final": 3})
    batch = brought_file(story, "in.csv", content, atomicity=EACH)
    assert {row["code"] for row in batch.conflicts} == {"not_a_draft", "period_closed"}
    assert (batch.status, counts(batch)[0]) == (Status.PARTLY, [1, 0, 0, 2])
    with pytest.raises(BadImport):
        brought_file(story, "in.csv", wide.table(P0=7, P1=2))
    assert wide.figure("P0") == 1


def test_cells_are_counted_by_what_becomes_of_them(wide: Wide):
    story = wide.story
    make_draft(story, {"VIO01": 5, "VIO02": 6, "VIO03": 7})
    content = table(("VIO01", "", 5), ("VIO02", "", 60), ("VIO03", "", ""), ("VIO01", "AM", 1), ("VIO02", "AM", ""))
    checked = brought_file(story, "in.csv", content, dry_run=True)
    assert (checked.status, counts(checked)) == (Status.CHECKED, ([0, 1, 0, 0], [1, 2, 2, 0]))
    imported = brought_file(story, "in.csv", content)
    assert (imported.status, counts(imported)) == (Status.IMPORTED, counts(checked))
    assert counts(brought_file(story, "in.csv", content)) == ([0, 0, 1, 0], [0, 0, 5, 0])


def test_nothing_is_ever_submitted_and_no_total_moves(wide: Wide):
    brought_file(wide.story, "in.csv", wide.table(P0=1, P1=2))
    assert set(Submission.objects.values_list("status", flat=True)) == {Submission.Status.DRAFT}
    assert mismatches() == []


def test_the_words_of_a_conflict_are_kept_in_both_languages(wide: Wide):
    with translation.override("en"), pytest.raises(BadImport) as refused:
        brought_file(wide.story, "in.csv", wide.table(P0="-1", P1="1" * 30))
    rows = refused.value.batch.conflicts
    for row in rows:
        assert row["ru"] != row["en"]
    assert "maximum" in rows[1]["en"] and "maximum" not in rows[1]["ru"]
    assert str(kept_conflict(rows[0], "en")).startswith(("line 2", "строка 2"))


def test_of_endless_faults_the_first_are_kept_and_all_are_counted(wide: Wide, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("operations.domain.import_rows.MOST_KEPT", 5)
    with pytest.raises(BadImport) as refused:
        brought_file(wide.story, "in.csv", table(*[("VIO99", "", 1)] * 20))
    batch = refused.value.batch
    assert (len(batch.conflicts), batch.summary["conflicts"]) == (5, 20)


def test_an_import_leaves_its_hash_and_counts_in_the_trail(wide: Wide):
    batch = brought_file(wide.story, "in.csv", wide.table(P0=1))
    entry = AuditEntry.objects.get(act="importbatch.import")
    assert entry.object_id == str(batch.pk)
    assert batch.sha256 in entry.data and '"imported":1' in entry.data


# --- in the background ---


def waiting(wide: Wide, content: str, *, dry_run: bool = False, **options: Any) -> ImportBatch:
    story = wide.story
    sha256 = import_files.keep([content.encode()], at=story.at)
    asked = {"atomicity": EACH, "actor": story.officer, "at": story.at, **options}
    return request_import(operation=story.operation, file_name="in.csv", sha256=sha256, dry_run=dry_run, **asked)


def run(batch: ImportBatch) -> ImportBatch:
    batch.refresh_from_db()
    job = jobs.run(batch.job_id)
    assert job.status == Job.Status.DONE, job.error
    batch.refresh_from_db()
    return batch


def test_a_file_is_checked_and_the_very_file_is_imported(wide: Wide):
    batch = run(waiting(wide, wide.table(P0=1, P1="x"), dry_run=True))
    assert (batch.status, counts(batch)) == (Status.CHECKED, ([1, 0, 0, 1], [1, 0, 0, 1]))
    assert not Submission.objects.exists()
    story = wide.story
    again = import_checked(batch=batch, actor=story.officer, at=story.at)
    assert (again.status, again.job.kind) == (Status.WAITING, import_requests.STORE_JOB)
    batch = run(again)
    assert (batch.status, batch.summary["conflicts"], wide.figure("P0")) == (Status.PARTLY, 1, 1)
    with pytest.raises(Conflict):
        import_checked(batch=batch, actor=story.officer, at=story.at)


def test_only_whoever_brought_a_file_has_it_imported(wide: Wide):
    story = wide.story
    batch = run(waiting(wide, wide.table(P0=1), dry_run=True))
    for other in (story.second_officer, story.planner, story.head):
        with pytest.raises(NotFound):
            import_checked(batch=batch, actor=other, at=story.at)
    with pytest.raises(NotAllowed):
        waiting(wide, "", actor=story.head)
    refused = run(waiting(wide, "x"))
    with pytest.raises(WrongState):
        import_checked(batch=refused, actor=story.officer, at=story.at)


def test_a_file_that_is_gone_when_the_work_begins_is_a_conflict_of_the_record(wide: Wide):
    batch = waiting(wide, wide.table(P0=1))
    (import_files._folder() / batch.sha256).unlink()
    batch = run(batch)
    assert (batch.status, batch.conflicts[0]["code"]) == (Status.REFUSED, "not_kept")


def test_the_moment_of_asking_counts_for_a_period_that_closes_meanwhile(wide: Wide):
    story = wide.story
    batch = run(waiting(wide, wide.table(P0=1), at=wide.returns["P0"].period.closes_at))
    assert batch.status == Status.IMPORTED
    assert story.closed > batch.imported_at


class Killed(BaseException):
    """The process is gone: nothing catches it."""


def test_work_that_was_killed_goes_on_where_it_stopped_and_imports_once(monkeypatch: pytest.MonkeyPatch):
    wide = make_wide(9)
    monkeypatch.setattr(imports, "CHUNK", 2)
    values: dict[str, str | int] = {code: number for number, code in enumerate(wide.returns)}
    batch = waiting(wide, wide.table(**(values | {"P8": "x"})))
    steps = iter(range(100))

    def killed(progress: jobs.Progress, done: int, total: int) -> None:
        if next(steps) == 3:  # after two of the chunks are stored
            raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Progress, "step", killed)
        with pytest.raises(Killed):
            jobs.run(batch.job_id)
    batch.refresh_from_db()
    assert batch.status == Status.WAITING
    stored = Submission.objects.count()
    assert 0 < stored < 8
    Job.objects.update(status=Job.Status.QUEUED)
    batch = run(batch)
    assert (batch.status, counts(batch)) == (Status.PARTLY, ([8, 0, 0, 1], [8, 0, 0, 1]))
    assert [wide.figure(code) for code in wide.returns] == [*range(8), None]
    assert set(Submission.objects.values_list("revision", flat=True)) == {Submission.objects.first().revision}
    assert AuditEntry.objects.filter(act="submission.save_draft").count() == 8


def test_work_that_was_cancelled_is_taken_up_again_by_the_same_click(wide: Wide):
    story = wide.story
    batch = waiting(wide, wide.table(P0=1))
    jobs.cancel(job=batch.job, at=story.at)
    batch.refresh_from_db()
    assert import_requests.is_broken_off(batch)
    batch = run(import_checked(batch=batch, actor=story.officer, at=story.at))
    assert batch.status == Status.IMPORTED
    checking = waiting(wide, wide.table(P1=1), dry_run=True)
    jobs.cancel(job=checking.job, at=story.at)
    assert run(import_checked(batch=checking, actor=story.officer, at=story.at)).status == Status.CHECKED


def test_a_second_runner_of_the_same_record_changes_nothing(wide: Wide):
    batch = run(waiting(wide, wide.table(P0=1)))
    before = (batch.status, batch.summary)
    tasks.store_import(jobs.Progress(Job(id=uuid.uuid4(), created_at=wide.story.at, arguments={"batch": batch.pk})))
    batch.refresh_from_db()
    assert (batch.status, batch.summary) == before


# --- at once ---


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Runs the acts in threads of their own, started together; answers what each answered or raised."""
    outcomes: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run_one(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            outcomes[place] = act()
        except Exception as error:  # whatever it is, the test shows it
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run_one, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def fresh(user: User) -> User:
    return User.objects.get(pk=user.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("atomicity", [FILE, EACH])
def test_of_two_imports_at_once_each_is_whole_and_the_later_one_stands(atomicity: str, reference: None):
    wide = make_wide(12)
    story = wide.story
    contents = [wide.table(**dict.fromkeys(wide.returns, value)) for value in (1, 2)]
    backwards = contents[1].splitlines()
    contents[1] = "\n".join([backwards[0], *reversed(backwards[1:])]) + "\n"

    def bring(content: str, officer: User) -> Callable[[], ImportBatch]:
        return lambda: brought_file(
            replace(story, officer=fresh(officer)), "in.csv", content, actor=fresh(officer), atomicity=atomicity
        )

    pairs = zip(contents, (story.officer, story.second_officer), strict=True)
    outcomes = at_once(*[bring(content, officer) for content, officer in pairs])
    assert [getattr(outcome, "status", outcome) for outcome in outcomes] == [Status.IMPORTED, Status.IMPORTED]
    values = {wide.figure(code) for code in wide.returns}
    assert values <= {1, 2} and (len(values) == 1 or atomicity == EACH)
    summed = [sum(counts(outcome)[0][place] for outcome in outcomes) for place in (0, 1)]
    assert summed == [12, 12]
    assert Submission.objects.count() == 12


@pytest.mark.django_db(transaction=True)
def test_an_import_and_officers_who_submit_never_wait_for_each_other_for_ever(reference: None):
    wide = make_wide(8)
    story = wide.story
    brought_file(story, "in.csv", wide.table(**dict.fromkeys(wide.returns, 1)))
    for owed in wide.returns.values():
        draft = owed.submissions.get()
        imports.save_draft(
            submission=draft, figures=figures(owed, {CODE: 1}), revision=None, actor=story.officer, at=story.at
        )

    def submit_all() -> None:
        for owed in reversed(wide.returns.values()):
            draft = Submission.objects.get(expected_return=owed)
            submit_return(submission=draft, actor=fresh(story.officer), at=story.at)
            accept_submission(submission=draft, actor=fresh(story.head), at=story.at)

    def bring() -> ImportBatch:
        content = wide.table(**dict.fromkeys(wide.returns, 2))
        return brought_file(story, "in.csv", content, actor=fresh(story.second_officer), atomicity=EACH)

    submitted, brought = at_once(submit_all, bring)
    assert submitted is None
    assert isinstance(brought, ImportBatch | BadImport)
    assert mismatches() == []
    decided = Submission.objects.filter(status=Submission.Status.ACCEPTED)
    assert decided.count() == 8
    assert all(cells(row)[f"{CODE}.TOTAL"] in (1, 2) for row in decided)


def test_who_serves_another_states_agency_sees_nothing_of_it(wide: Wide):
    other = make_officer(make_agency("BY"))
    with pytest.raises(BadImport) as refused:
        brought_file(wide.story, "in.csv", wide.table(P0=1), actor=other, atomicity=EACH)
    assert [conflict.code for conflict in refused.value.conflicts] == ["unknown_state"]
