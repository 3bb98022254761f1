"""Asking for an import in the background: a record and a job in one transaction; from the check to the import.

A file is checked first. Whoever looked at the check has the same file imported with one click; if the work broke off,
the same click takes it up again, and what was imported already stays so.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import jobs
from operations.domain.errors import Conflict, NotFound, WrongState
from operations.domain.imports import keep_batch
from operations.models import ImportBatch, Job, Operation, User

CHECK_JOB, STORE_JOB = "imports.check", "imports.store"
_ENDED = (Job.Status.FAILED, Job.Status.CANCELLED)


def request_import(
    *,
    operation: Operation,
    file_name: str,
    sha256: str,
    atomicity: str,
    dry_run: bool,
    actor: User,
    at: dt.datetime,
) -> ImportBatch:
    """Has a kept file checked, or imported, in the background. `NotAllowed` for whoever enters nothing anywhere."""
    with transaction.atomic():
        batch = keep_batch(
            operation=operation, file_name=file_name, sha256=sha256, atomicity=atomicity, actor=actor, at=at
        )
        batch.job = jobs.request(name=CHECK_JOB if dry_run else STORE_JOB, actor=actor, at=at, batch=batch.pk)
        batch.save(update_fields=["job"])
    return batch


def import_checked(*, batch: ImportBatch, actor: User, at: dt.datetime) -> ImportBatch:
    """Has the file that was checked imported, or what broke off taken up again; the record stays the same one.

    Only whoever brought the file: `NotFound` for anybody else, `Conflict` once it is imported or on the way.
    """
    with transaction.atomic():
        locked = ImportBatch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if locked.imported_by_id != actor.pk or "return" in locked.summary:
            raise NotFound
        name = STORE_JOB
        if locked.status == ImportBatch.Status.CHECKED:
            locked.summary, locked.conflicts = {}, []
        elif locked.job is not None and is_broken_off(locked):
            name = locked.job.kind  # a check that broke off is a check again
        else:
            raise _refusal(locked)
        locked.status = ImportBatch.Status.WAITING
        locked.job = jobs.request(name=name, actor=actor, at=at, batch=locked.pk)
        locked.save(update_fields=["status", "summary", "conflicts", "job"])
    return locked


def is_broken_off(batch: ImportBatch) -> bool:
    """Whether the work on a waiting record failed or was cancelled."""
    return batch.status == ImportBatch.Status.WAITING and batch.job is not None and batch.job.status in _ENDED


def _refusal(batch: ImportBatch) -> Conflict | WrongState:
    if batch.status == ImportBatch.Status.REFUSED:
        return WrongState(_("The file was refused. Mend it and upload it again."))
    return Conflict(_("This file was imported already."))
