"""Background work of the reports app: drawing documents from frozen data, and forecasting flows.

A job names ids and a kind of document and nothing else; whatever it draws is read from the snapshot and the approval. A
document that exists already is left as it is, so that a job may run twice. Commands call `document_for` themselves.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from operations.domain import jobs, outbox
from operations.models import Indicator, MemberState
from reports.domain.distribution import SEND_JOB, TOPIC, addressee, kind_of, post
from reports.domain.documents import (
    REDRAW_JOB,
    RENDER_JOB,
    DocumentKind,
    StoredFile,
    approval_facts,
    file_name,
    find_document,
    record_document,
)
from reports.domain.forecasts import FORECAST_JOB, make_forecast
from reports.domain.letters import letter_of
from reports.domain.payload import sha256_of
from reports.domain.public_numbers import public_payload
from reports.domain.snapshots import payload_of
from reports.models import Approval, Dispatch, Document, Snapshot, languages_of
from reports.rendering import store
from reports.rendering.fingerprint import is_drawn_alike
from reports.rendering.outputs import CONTENT_TYPES
from reports.rendering.process import Rendered, RenderingInterrupted, Watch, render_to_file
from reports.rendering.seal import certificate_of, installation_signer, sealed


def _which(wanted: dict[str, Any]) -> str:
    """Format, language and edition of the file that a job draws."""
    names = [Document.Format(wanted["format"]).label, languages_of(wanted["language"])]
    if wanted["edition"] == Document.Edition.PUBLIC:
        names.append(str(Document.Edition.PUBLIC.label))
    return ", ".join(names)


@jobs.kind(RENDER_JOB, label=_("Drawing of a document"), may_be_retried=True, detail=_which)
def render_document(progress: jobs.Progress) -> dict[str, Any]:
    """Draws the document that a job asks for, unless it was drawn already."""
    wanted = dict(progress.job.arguments)
    snapshot = Snapshot.objects.get(pk=wanted.pop("snapshot_id"))
    approval_id = wanted.pop("approval_id")
    approval = None if approval_id is None else Approval.objects.get(pk=approval_id)
    progress.step(0, 0)
    with _taken_up_again():
        document = document_for(
            snapshot=snapshot,
            approval=approval,
            kind=DocumentKind(**wanted),
            at=timezone.now(),
            watch=_passing_on(progress),
        )
    progress.step(1, 1)
    address = f"/documents/{document.pk}/"
    return {"document": document.pk, "sha256": document.sha256, "size": document.size, "address": address}


@jobs.kind(FORECAST_JOB, label=_("Forecast of a flow"))
def forecast_flow(progress: jobs.Progress) -> dict[str, Any]:
    """Makes the forecast that a job asks for, in the name and at the moment of whoever asked."""
    wanted = progress.job.arguments
    forecast = make_forecast(
        indicator=Indicator.objects.get(code=wanted["indicator"]),
        state=MemberState.objects.filter(code=wanted["state"]).first(),
        frequency=wanted["frequency"],
        actor=progress.job.requested_by,
        at=progress.job.created_at,
        progress=progress,
    )
    return {"forecast": forecast.pk, "method": forecast.method, "address": f"/flows/forecasts/{forecast.pk}/"}


def ready_document(*, snapshot: Snapshot, approval: Approval | None, kind: DocumentKind) -> Document | None:
    """The stored document of that kind that can be given out as it is; None when it has to be drawn, or drawn again.

    An approved document keeps the look that it was issued with. A draft was issued to nobody: it is drawn anew when
    templates, typefaces or libraries are others than then.
    """
    known = find_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is None or not store.path_of(known.sha256).exists():
        return None
    return known if approval is not None or is_drawn_alike(known.renderer) else None


def document_for(
    *,
    snapshot: Snapshot,
    approval: Approval | None,
    kind: DocumentKind,
    at: dt.datetime,
    watch: Watch | None = None,
) -> Document:
    """The stored document of that kind, drawn in a process of its own when there is none that can be given out.

    Raises `RenderingFailed` with the reason; then nothing is stored.
    """
    known = ready_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is not None:
        return known
    target = store.new_path()
    drawn, payload_sha256 = _drawn(target, snapshot=snapshot, approval=approval, kind=kind, at=at, watch=watch)
    is_sealed = approval is not None and kind.format == Document.Format.PDF
    file = _stored(target, drawn, payload_sha256=payload_sha256, is_sealed=is_sealed)
    return record_document(snapshot=snapshot, approval=approval, kind=kind, file=file, at=at)


def _passing_on(progress: jobs.Progress) -> Watch:
    """Drawing tells the job how far it is; one more stage is left for the seal and the store."""

    def watch(done: int, total: int) -> None:
        progress.step(done, total + 1 if total else 0)

    return watch


@contextmanager
def _taken_up_again() -> Iterator[None]:
    """A drawing process that was killed is no reason to trouble whoever asked: the job begins again by itself."""
    try:
        yield
    except RenderingInterrupted as interruption:
        raise jobs.Interrupted(interruption.reason) from interruption


def _drawn(
    target: Path,
    *,
    snapshot: Snapshot,
    approval: Approval | None,
    kind: DocumentKind,
    at: dt.datetime,
    watch: Watch | None = None,
) -> tuple[Rendered, str]:
    """Draws the document into `target`; answers what was drawn and the hash of the data in it."""
    payload = payload_of(snapshot)
    if kind.edition == Document.Edition.PUBLIC:
        payload = public_payload(snapshot, approval=approval, at=at)
    facts = approval_facts(approval)
    if facts is not None:
        # a document prints the hash of the data inside it; a public edition's data name the approved snapshot
        facts["snapshot_sha256"] = sha256_of(payload)
    return render_to_file(
        target=target,
        format=kind.format,
        payload=payload,
        approval=facts,
        language=kind.language,
        edition=kind.edition,
        marking=kind.marking,
        copy_number=kind.copy_number,
        recipients=addressee(approval, kind),
        watch=watch,
    ), sha256_of(payload)


def _stored(target: Path, drawn: Rendered, *, payload_sha256: str, is_sealed: bool) -> StoredFile:
    """Puts the drawn file into the store, an approved PDF with the installation's seal on it."""
    signer = installation_signer() if is_sealed else None
    if signer is None:
        store.adopt(target, sha256=drawn.sha256)
        sha256, size, certificate = drawn.sha256, drawn.size, ""
    else:
        content = sealed(target.read_bytes(), signer=signer)
        sha256, size, certificate = store.put(content), len(content), certificate_of(signer)
        target.unlink()
    return StoredFile(
        sha256=sha256,
        size=size,
        renderer=drawn.renderer,
        payload_sha256=payload_sha256,
        unsigned_sha256=drawn.sha256,
        unsigned_size=drawn.size,
        seal=certificate,
    )


def redraw(document: Document, *, at: dt.datetime, watch: Watch | None = None) -> bool | None:
    """Draws a document again and compares the bytes before the seal; keeps the answer.

    None where the renderer or the wording is another one than then: the bytes would differ without meaning anything.
    Raises `RenderingFailed`.
    """
    target = store.new_path()
    kind = DocumentKind(
        **{name: getattr(document, name) for name in ("format", "language", "edition", "marking", "copy_number")}
    )
    try:
        drawn, _payload = _drawn(
            target, snapshot=document.snapshot, approval=document.approval, kind=kind, at=at, watch=watch
        )
    finally:
        target.unlink(missing_ok=True)
    if drawn.renderer[:300] != document.renderer or not document.unsigned_sha256:
        return None
    document.redrawn_at, document.is_redrawn_the_same = at, drawn.sha256 == document.unsigned_sha256
    document.save(update_fields=["redrawn_at", "is_redrawn_the_same"])
    return document.is_redrawn_the_same


@jobs.kind(REDRAW_JOB, label=_("Drawing of a document again, to compare it"), may_be_retried=True, is_waited_for=False)
def redraw_document(progress: jobs.Progress) -> dict[str, Any]:
    """Compares a stored document with what its frozen data give now."""
    progress.step(0, 0)
    document = Document.objects.select_related("snapshot", "approval").get(pk=progress.job.arguments["document_id"])
    with _taken_up_again():
        same = redraw(document, at=timezone.now(), watch=_passing_on(progress))
    progress.step(1, 1)
    return {"document": document.pk, "same": same}


# --- sending ---


@jobs.kind(SEND_JOB, label=_("Drawing and sending of a copy"), may_be_retried=True, is_waited_for=False)
def send_copy(progress: jobs.Progress) -> dict[str, Any]:
    """Draws the copy that a recipient gets and hands it to the post."""
    progress.step(0, 0)
    rows = Dispatch.objects.select_related("approval__snapshot")
    dispatch = rows.get(pk=progress.job.arguments["dispatch_id"])
    with _taken_up_again():
        document = document_for(
            snapshot=dispatch.approval.snapshot,
            approval=dispatch.approval,
            kind=kind_of(dispatch),
            at=timezone.now(),
            watch=_passing_on(progress),
        )
    post(dispatch, document, at=timezone.now())
    progress.step(1, 1)
    return {"dispatch": dispatch.pk, "document": document.pk}


@outbox.handles(TOPIC)
def deliver_copy(*, at: dt.datetime, dispatch_id: int) -> None:
    """Sends the letter with the copy; a message that comes a second time finds it sent."""
    rows = Dispatch.objects.select_related("approval__snapshot__report__operation").select_for_update(of=("self",))
    dispatch = rows.get(pk=dispatch_id)
    document = dispatch.document
    if dispatch.sent_at is not None or document is None:
        return
    letter = letter_of(dispatch, document)
    message = EmailMessage(letter.subject, letter.text, None, [dispatch.email])
    message.attach(file_name(document), store.get(document.sha256), CONTENT_TYPES[document.format])
    message.send()
    dispatch.sent_at = at
    dispatch.save(update_fields=["sent_at"])
