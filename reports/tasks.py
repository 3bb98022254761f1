"""Background work of the reports app: drawing documents from frozen data.

A job names ids and a kind of document and nothing else; whatever it draws is read from the snapshot and the approval. A
document that exists already is left as it is, so that a job may run twice. Commands call `document_for` themselves.
"""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from operations.domain import jobs
from reports.domain.documents import (
    RENDER_JOB,
    DocumentKind,
    approval_facts,
    find_document,
    record_document,
)
from reports.domain.payload import sha256_of
from reports.domain.public_numbers import public_payload
from reports.domain.snapshots import payload_of
from reports.models import Approval, Document, Snapshot
from reports.rendering import store
from reports.rendering.process import render_to_file


@jobs.kind(RENDER_JOB, label=_("Drawing of a document"))
def render_document(progress: jobs.Progress) -> dict[str, Any]:
    """Draws the document that a job asks for, unless it was drawn already."""
    wanted = dict(progress.job.arguments)
    snapshot = Snapshot.objects.get(pk=wanted.pop("snapshot_id"))
    approval_id = wanted.pop("approval_id")
    approval = None if approval_id is None else Approval.objects.get(pk=approval_id)
    progress.step(0, 2)
    document = document_for(
        snapshot=snapshot, approval=approval, kind=DocumentKind(**wanted), at=timezone.now(), progress=progress
    )
    progress.step(2, 2)
    return {"document": document.pk, "sha256": document.sha256, "size": document.size}


def document_for(
    *,
    snapshot: Snapshot,
    approval: Approval | None,
    kind: DocumentKind,
    at: dt.datetime,
    progress: jobs.Progress | None = None,
) -> Document:
    """The stored document of that kind, drawn in a process of its own when there is none yet.

    Raises `RenderingFailed` with the reason; then nothing is stored.
    """
    known = find_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is not None and store.path_of(known.sha256).exists():
        return known
    payload = payload_of(snapshot)
    if kind.edition == Document.Edition.PUBLIC:
        payload = public_payload(snapshot, approval=approval, at=at)
    facts = approval_facts(approval)
    if facts is not None:
        # a document prints the hash of the data inside it; a public edition's data name the approved snapshot
        facts["snapshot_sha256"] = sha256_of(payload)
    target = store.new_path()
    drawn = render_to_file(
        target=target,
        format=kind.format,
        payload=payload,
        approval=facts,
        language=kind.language,
        edition=kind.edition,
        marking=kind.marking,
        copy_number=kind.copy_number,
    )
    store.adopt(target, sha256=drawn.sha256)
    if progress is not None:
        progress.step(1, 2)
    return record_document(
        snapshot=snapshot,
        approval=approval,
        kind=kind,
        sha256=drawn.sha256,
        size=drawn.size,
        renderer=drawn.renderer,
        at=at,
    )
