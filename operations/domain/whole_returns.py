"""Bringing in a whole return at once, as a workbook does: what would change, and then the change, all or nothing.

The figures given are the return: a cell that is not among them is emptied. They become the draft through the verbs of
`returns`, on the revision that the person was shown; nothing is ever submitted here.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from operations.domain import audit
from operations.domain.access import refusal
from operations.domain.checks import Findings, check_return
from operations.domain.errors import Conflict, DomainError, Stale
from operations.domain.figures import FigureInput
from operations.domain.import_drafts import lock_returns
from operations.domain.import_rows import kept_name
from operations.domain.return_layout import CellKey, Layout
from operations.domain.returns import save_draft, start_return
from operations.models import Figure, ImportBatch, Return, Submission, User

KINDS = ("new", "changed", "emptied", "unchanged")


@dataclass(frozen=True)
class Difference:
    """A cell of the draft against the same cell as given; `after` None where it would be emptied."""

    key: CellKey
    kind: str
    before: Figure | None
    after: FigureInput | None


def open_entry(expected_return: Return, *, actor: User, at: dt.datetime) -> Submission | None:
    """The draft into which figures would go, None where none is begun; raises why nothing can be entered now."""
    newest = expected_return.submissions.order_by("-number").first()
    if newest is None:
        refused = refusal(expected_return, "start", actor, at=at)
    else:
        newest.expected_return = expected_return
        refused = refusal(newest, "save_draft", actor, at=at)
    if refused is not None:
        raise refused
    return newest


def differences(layout: Layout, draft: Submission | None, figures: Iterable[FigureInput]) -> list[Difference]:
    """What the figures would change, cell by cell in the order of the form."""
    rows = Figure.objects.filter(submission=draft) if draft is not None else []
    stored = {(row.indicator_id, row.category_id): row for row in rows}
    given = {figure.key: figure for figure in figures if figure.state is not None}
    return [
        Difference(key, _kind(stored.get(key), given.get(key)), stored.get(key), given.get(key))
        for key in layout.addresses
        if key in stored or key in given
    ]


def _kind(before: Figure | None, after: FigureInput | None) -> str:
    if before is None:
        return "new"
    if after is None:
        return "emptied"
    is_same = (before.state, before.value, before.note) == (after.state, after.value, after.note)
    return "unchanged" if is_same else "changed"


def counts(found: Iterable[Difference]) -> dict[str, int]:
    """How many cells are new, changed, emptied and unchanged."""
    summed = dict.fromkeys(KINDS, 0)
    for difference in found:
        summed[difference.kind] += 1
    return summed


def keep_attempt(
    *,
    expected_return: Return,
    file_name: str,
    sha256: str,
    status: str,
    summary: dict[str, Any],
    actor: User,
    at: dt.datetime,
) -> ImportBatch:
    """Records that a file was brought, and what became of it; `summary` is bound to the return."""
    return ImportBatch.objects.create(
        operation=expected_return.period.operation,
        file_name=kept_name(file_name),
        sha256=sha256,
        status=status,
        summary={"return": expected_return.pk, **summary},
        imported_by=actor,
        imported_at=at,
    )


def outlook(*, expected_return: Return, figures: Iterable[FigureInput], actor: User, at: dt.datetime) -> Findings:
    """What would still stand in the way of submitting after the change: it is carried out, judged and taken back."""
    with transaction.atomic():
        draft = _replace(expected_return, tuple(figures), None, actor=actor, at=at, screening_reason=_ONLY_LOOKING)
        findings = check_return(draft)
        transaction.set_rollback(True)
    return findings


_ONLY_LOOKING = "rehearsal"


def replace_figures(
    *,
    batch: ImportBatch,
    expected_return: Return,
    figures: Iterable[FigureInput],
    revision: int | None,
    actor: User,
    at: dt.datetime,
    screening_reason: str = "",
) -> Submission:
    """Makes the figures the draft and marks the batch as imported, in one transaction.

    `revision` is that of the draft which was shown, None where none was begun; raises `Stale` when somebody was
    faster, `Conflict` when the batch was imported already, and what `start_return` and `save_draft` raise.
    """
    given = tuple(figures)
    try:
        with transaction.atomic():
            lock_returns([expected_return.pk])
            locked = ImportBatch.objects.select_for_update().get(pk=batch.pk)
            if locked.status != ImportBatch.Status.CHECKED:
                raise Conflict(_("This file was imported already."))
            newest = expected_return.submissions.order_by("-number").first()
            if (newest is None) != (revision is None):
                raise Stale(current=newest)
            saved = _replace(expected_return, given, revision, actor=actor, at=at, screening_reason=screening_reason)
            locked.status = ImportBatch.Status.IMPORTED
            locked.save(update_fields=["status"])
    except DomainError as error:
        # the trail's own entry of the refusal went with the transaction
        audit.record_refusal(act="submission.save_draft", subject=expected_return, actor=actor, at=at, error=error)
        raise
    return saved


def _replace(
    expected_return: Return,
    figures: tuple[FigureInput, ...],
    revision: int | None,
    *,
    actor: User,
    at: dt.datetime,
    screening_reason: str,
) -> Submission:
    draft = expected_return.submissions.order_by("-number").first()
    if draft is None:
        draft = start_return(expected_return=expected_return, actor=actor, at=at)
    return save_draft(
        submission=draft,
        figures=figures,
        revision=revision,
        actor=actor,
        at=at,
        is_whole=True,
        screening_reason=screening_reason,
    )
