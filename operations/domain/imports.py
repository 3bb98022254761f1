"""Bringing returns in from files and other systems: the same way as by hand, for many returns at once.

A file is checked wholly before anything is stored, and every fault of every row is reported. What is stored goes
through the verbs of `returns`, as drafts: an import never submits. One fault refuses the whole file, or only the return
that it is in, as whoever brings it asks. An import that is interrupted goes on where it stopped: what it has counted is
kept in the transaction that stored it, so that every return is imported once, however often the work is taken up again.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit
from operations.domain.access import refusal, standing
from operations.domain.errors import Conflict as TakenByOther
from operations.domain.errors import DomainError, ListedProblems, NotAllowed, Text
from operations.domain.figures import FigureInput
from operations.domain.import_cells import GivenReturn, Resolver, Step
from operations.domain.import_drafts import Stored, lock_returns, newest_submissions, stored_figures
from operations.domain.import_rows import MOST_KEPT, BadImport, Conflicts, RowSource, kept_name, stored_conflicts
from operations.domain.returns import save_draft, start_return
from operations.domain.submission_workflow import posts
from operations.models import ImportBatch, Operation, Return, Submission, User

COUNTED = ("imported", "updated", "unchanged", "refused")
# returns in one transaction where each stands by itself: others wait no longer than this takes
CHUNK = 20
# so many returns are named one by one; the others are counted
MOST_NAMED = 200
_LOOKED_AT = 500
_TRIES = 3
_RELATED = "period__operation", "period__stage", "agency__state", "agency__kind", "unit", "form"

Status = ImportBatch.Status
Atomicity = ImportBatch.Atomicity


def may_import(user: Any, *, at: dt.datetime) -> bool:
    """Officers import returns of their own agencies and units; the command imports for the operator."""
    return standing(user, at).is_system or bool(posts(user, at))


def keep_batch(
    *, operation: Operation, file_name: str, sha256: str, atomicity: str, actor: User, at: dt.datetime
) -> ImportBatch:
    """The record of a file that waits to be checked or imported; whoever enters nothing anywhere gets `NotAllowed`."""
    if not may_import(actor, at=at):
        raise NotAllowed
    return ImportBatch.objects.create(
        operation=operation,
        file_name=kept_name(file_name),
        sha256=sha256,
        status=Status.WAITING,
        atomicity=atomicity,
        imported_by=actor,
        imported_at=at,
    )


def import_rows(
    *,
    source: RowSource,
    operation: Operation,
    file_name: str,
    actor: User,
    at: dt.datetime,
    atomicity: str = Atomicity.FILE,
    dry_run: bool = False,
) -> ImportBatch:
    """Checks the rows, and unless it is a dry run stores them as drafts; answers the record with counts and conflicts.

    Raises `BadImport` with the conflicts when nothing can be stored; the record of the refusal is kept.
    """
    batch = keep_batch(
        operation=operation, file_name=file_name, sha256=source.sha256, atomicity=atomicity, actor=actor, at=at
    )
    found = Conflicts()
    batch = run_batch(batch=batch, opened=lambda: source, at=at, dry_run=dry_run, conflicts=found)
    if batch.status == Status.REFUSED:
        raise BadImport(found.kept, batch)
    return batch


def run_batch(
    *,
    batch: ImportBatch,
    opened: Callable[[], RowSource],
    at: dt.datetime,
    dry_run: bool,
    step: Step = lambda done, total: None,
    conflicts: Conflicts | None = None,
) -> ImportBatch:
    """Carries a waiting record out; one that is settled already is left as it is. `step` hears how far it is.

    `opened` answers the reader of the file, or raises `BadImport` where there is none.
    """
    run = _Run(batch, at, step, Conflicts() if conflicts is None else conflicts)
    try:
        run.resolver.read(opened(), step=run.reading)
    except BadImport as refused:
        for conflict in refused.conflicts:
            run.conflicts.add(conflict)
        run.settle(Status.REFUSED, is_rehearsal=dry_run)
    else:
        run.found_in_file = run.conflicts.count
        run.rehearse() if dry_run else run.store()
    return ImportBatch.objects.select_related("operation", "imported_by").get(pk=batch.pk)


@dataclass(frozen=True)
class _Opened:
    """A return as it stands: the draft into which figures go, None where none is begun."""

    given: GivenReturn
    expected_return: Return
    draft: Submission | None
    present: dict[tuple[int, int], Stored]


class _Run:
    """One pass of one record."""

    def __init__(self, batch: ImportBatch, at: dt.datetime, step: Step, conflicts: Conflicts) -> None:
        self.batch, self.at, self.conflicts = batch, at, conflicts
        self.actor: User = batch.imported_by
        self.is_whole = batch.atomicity == Atomicity.FILE
        self.resolver = Resolver(operation=batch.operation, actor=self.actor, at=at, conflicts=conflicts)
        self.cells = dict.fromkeys(COUNTED, 0)
        self.returns = dict.fromkeys(COUNTED, 0)
        self.named: dict[str, list[int]] = {"imported": [], "updated": []}
        # so many of the conflicts are of the file itself; the others depend on how the returns stand
        self.found_in_file = 0
        self._step = step

    def reading(self, consumed: int, size: int) -> None:
        """Reading is a tenth of the work."""
        self._step(100 * consumed // max(size, 1), 1000)

    def storing(self, done: int) -> None:
        self._step(100 + 900 * done // max(len(self.resolver.returns), 1), 1000)

    # --- looking ---

    def rehearse(self) -> None:
        """Counts what would become of the rows as things stand."""
        for chunk in self._chunks(_LOOKED_AT):
            opened = self._open(chunk)
            for one in opened:
                self._count(one, self._differences(one))
        is_refused = bool(self.conflicts.count) if self.is_whole else not self._good()
        self.settle(Status.REFUSED if is_refused else Status.CHECKED, is_rehearsal=True)

    def _chunks(self, size: int) -> Iterator[list[GivenReturn]]:
        ordered = iter(sorted(self.resolver.returns.values(), key=lambda given: given.pk))
        while chunk := list(islice(ordered, size)):
            yield chunk

    def _open(self, chunk: Sequence[GivenReturn]) -> list[_Opened]:
        """The returns that take the entries now; the others are refused, with the reason at their first row."""
        pks = [given.pk for given in chunk]
        rows = Return.objects.select_related(*_RELATED).in_bulk(pks)
        drafts = {
            row.expected_return_id: row for row in Submission.objects.filter(pk__in=newest_submissions(pks).values())
        }
        present = stored_figures(draft.pk for draft in drafts.values())
        opened = []
        for given in chunk:
            draft = drafts.get(given.pk)
            refused = self._refusal(rows[given.pk], draft)
            if refused is not None:
                self._refuse(given, *refused)
            elif given.is_faulty:
                self._count_refused(given)
            else:
                figures = {} if draft is None else present.get(draft.pk, {})
                opened.append(_Opened(given, rows[given.pk], draft, figures))
        return opened

    def _refusal(self, expected_return: Return, newest: Submission | None) -> tuple[str, Text] | None:
        if newest is None:
            refused = refusal(expected_return, "start", self.actor, at=self.at)
        elif newest.status == Submission.Status.DRAFT:
            newest.expected_return = expected_return
            refused = refusal(newest, "save_draft", self.actor, at=self.at)
        else:
            return "not_a_draft", _(
                "This return has been submitted already: recall it, or open a correction, and import again."
            )
        return None if refused is None else (refused.code, _words(refused))

    def _refuse(self, given: GivenReturn, code: str, message: Text) -> None:
        self.resolver.add(given.first, "period", code, message)
        self._count_refused(given)

    # --- counting ---

    def _count_refused(self, given: GivenReturn) -> None:
        self.returns["refused"] += 1
        self.cells["refused"] += given.rows

    def _count(self, one: _Opened, kinds: dict[str, int]) -> None:
        for kind, number in kinds.items():
            self.cells[kind] += number
        what = "imported" if one.draft is None else "updated" if kinds["imported"] or kinds["updated"] else "unchanged"
        self.returns[what] += 1
        if what in self.named and sum(map(len, self.named.values())) < MOST_NAMED:
            self.named[what].append(one.given.pk)

    @staticmethod
    def _differences(one: _Opened) -> dict[str, int]:
        """How many cells are new, changed (or emptied) and as they were, against the draft as it is."""
        counts = dict.fromkeys(COUNTED[:3], 0)
        for figure in one.given.figures():
            before = one.present.get(figure.key)
            if figure.state is None:
                kind = "unchanged" if before is None else "updated"
            elif before is None:
                kind = "imported"
            else:
                kind = "unchanged" if before == (figure.state, figure.value, figure.note) else "updated"
            counts[kind] += 1
        return counts

    def _good(self) -> int:
        return sum(self.returns[name] for name in COUNTED[:3])

    # --- storing ---

    def store(self) -> None:
        """Makes drafts of the rows: of all of them, or of every faultless return."""
        if self.is_whole:
            self._store_whole()
        else:
            self._store_each()

    def _store_whole(self) -> None:
        for chunk in self._chunks(_LOOKED_AT):  # what can be known is known before anybody has to wait
            self._open(chunk)
        if self.conflicts.count:
            self.settle(Status.REFUSED)
            return
        for left in reversed(range(_TRIES)):
            try:
                with transaction.atomic():
                    self._store_at_once()
                return
            except BadImport:
                self.settle(Status.REFUSED)
                return
            except TakenByOther:
                if not left:
                    raise

    def _store_at_once(self) -> None:
        if self._locked() is None:
            return
        self.cells, self.returns = dict.fromkeys(COUNTED, 0), dict.fromkeys(COUNTED, 0)
        self.named = {"imported": [], "updated": []}
        lock_returns(self.resolver.returns)
        for chunk in self._chunks(_LOOKED_AT):
            for one in self._open(chunk):
                self._enter(one)
        if self.conflicts.count:
            raise BadImport(self.conflicts.kept)
        self.settle(Status.IMPORTED)

    def _store_each(self) -> None:
        done = 0
        for chunk in self._chunks(CHUNK):
            if not self._store_few(chunk):
                return
            done += len(chunk)
            self.storing(done)
        if not self._good():
            self.settle(Status.REFUSED)
        else:
            is_partly = self.returns["refused"] or self.resolver.orphans
            self.settle(Status.PARTLY if is_partly else Status.IMPORTED)

    def _store_few(self, chunk: Sequence[GivenReturn]) -> bool:
        for left in reversed(range(_TRIES)):
            try:
                with transaction.atomic():
                    return self._store_chunk(chunk)
            except TakenByOther:
                if not left:
                    raise
        return False

    def _store_chunk(self, chunk: Sequence[GivenReturn]) -> bool:
        """Stores a few returns with the counts so far; whoever took the work up at the same time goes on from there.

        Answers False when somebody has settled the record meanwhile.
        """
        batch = self._locked()
        if batch is None:
            return False
        self.cells = batch.summary.get("cells") or dict.fromkeys(COUNTED, 0)
        self.returns = batch.summary.get("returns") or dict.fromkeys(COUNTED, 0)
        self.named = batch.summary.get("named") or {"imported": [], "updated": []}
        left = [given for given in chunk if given.pk > batch.summary.get("through", 0)]
        if not left:
            return True
        before, kept = self.conflicts.count, len(self.conflicts.kept)
        lock_returns([given.pk for given in left])
        for one in self._open(left):
            self._enter(one)
        found = self.conflicts.count - before + batch.summary.get("found", 0)
        counts = {"cells": self.cells, "returns": self.returns}
        batch.summary = {**counts, "named": self.named, "through": left[-1].pk, "found": found}
        batch.conflicts = [*batch.conflicts, *stored_conflicts(self.conflicts.kept[kept:])]
        batch.save(update_fields=["summary", "conflicts"])
        return True

    def _enter(self, one: _Opened) -> None:
        kinds = self._differences(one)
        if one.draft is None or kinds["imported"] or kinds["updated"]:
            try:
                with transaction.atomic():
                    self._save(one, list(one.given.figures()))
            except DomainError as error:
                self._refuse(one.given, error.code, _words(error))
                return
        self._count(one, kinds)

    def _save(self, one: _Opened, figures: list[FigureInput]) -> None:
        draft = one.draft or start_return(expected_return=one.expected_return, actor=self.actor, at=self.at)
        save_draft(submission=draft, figures=figures, revision=None, actor=self.actor, at=self.at)

    # --- the record ---

    def _locked(self) -> ImportBatch | None:
        """The record, for this transaction alone; None once somebody has settled it."""
        batch = ImportBatch.objects.select_for_update(no_key=True).get(pk=self.batch.pk)
        return batch if batch.status == Status.WAITING else None

    def settle(self, status: str, *, is_rehearsal: bool = False) -> None:
        """Writes the end of it, once: status, counts and conflicts, and of an import an entry of the trail."""
        with transaction.atomic():
            batch = self._locked()
            if batch is None:
                return
            conflicts, count = self._all_conflicts(batch)
            if status == Status.REFUSED:
                self.cells = dict.fromkeys(COUNTED, 0) | {"refused": self.resolver.rows}
                self.returns = dict.fromkeys(COUNTED, 0) | {"refused": len(self.resolver.returns)}
                self.named = {"imported": [], "updated": []}
            else:
                self.cells["refused"] += self.resolver.orphans
            batch.status, batch.conflicts = status, conflicts
            counts = {"rows": self.resolver.rows, "cells": self.cells, "returns": self.returns, "conflicts": count}
            batch.summary = {**counts, "named": self.named}
            batch.save(update_fields=["status", "summary", "conflicts"])
            if not is_rehearsal:
                facts = {"sha256": batch.sha256, "atomicity": batch.atomicity, "status": status, **counts}
                audit.record(act="importbatch.import", subject=batch, actor=self.actor, at=self.at, data=facts)

    def _all_conflicts(self, batch: ImportBatch) -> tuple[list[dict[str, Any]], int]:
        """Those of the file, and those that were met while storing, perhaps by a run that was interrupted."""
        if "through" not in batch.summary:
            return stored_conflicts(self.conflicts.kept), self.conflicts.count
        of_file = stored_conflicts(self.conflicts.kept[: self.found_in_file])
        whole = sorted([*of_file, *batch.conflicts], key=lambda conflict: conflict["row"])
        return whole[:MOST_KEPT], self.found_in_file + batch.summary["found"]


def _words(error: DomainError) -> Text:
    """Why the entry was refused; a list of problems names each of them."""
    if not isinstance(error, ListedProblems):
        return error.message
    return " ".join(str(problem.message) for problem in error.problems) or error.message
