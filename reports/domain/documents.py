"""Documents: which files a report has, what is drawn into them, and where one is found again.

A document is a snapshot and its approval in one format, language, edition and marking. Its bytes are kept by their
hash; the row here says what they are. Drawing them is the work of `reports.rendering`, which this module only serves:
it answers the facts of an approval that a document prints, and keeps the rows.
"""

import datetime as dt
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from operations.domain import jobs
from operations.domain.moments import moscow_date
from operations.domain.people import system_user
from operations.domain.wording import date_text
from operations.models import Job, Meeting, User
from reports.domain.capacities import post_of, role_of
from reports.domain.cells import Text, both
from reports.domain.definitions import definition_of
from reports.domain.origins import acts_of_object
from reports.models import Approval, Document, EarlierFile, Report, Snapshot

RENDER_JOB = "render_document"
REDRAW_JOB = "redraw_document"


@dataclass(frozen=True, kw_only=True)
class DocumentKind:
    """Which of a snapshot's possible files."""

    format: str = Document.Format.PDF
    language: str = "ru"
    edition: str = Document.Edition.FULL
    marking: str = Document.Marking.INTERNAL
    copy_number: int = 1

    def as_arguments(self) -> dict[str, Any]:
        """For a job's row: plain texts and numbers."""
        return {key: int(value) if key == "copy_number" else str(value) for key, value in asdict(self).items()}


def _set(*, edition: str, marking: str, formats: tuple[tuple[str, str], ...]) -> tuple[DocumentKind, ...]:
    return tuple(
        DocumentKind(format=format, language=language, edition=edition, marking=marking) for format, language in formats
    )


#: Made when a report is approved, and when it is published.
APPROVED_SET = _set(
    edition=Document.Edition.FULL,
    marking=Document.Marking.INTERNAL,
    formats=(("pdf", "ru"), ("pdf", "en"), ("xlsx", "ru"), ("csv", "ru"), ("json", "ru")),
)
PUBLIC_SET = _set(
    edition=Document.Edition.PUBLIC,
    marking=Document.Marking.OPEN,
    formats=(("pdf", "ru"), ("pdf", "en"), ("xlsx", "ru"), ("csv", "ru")),
)


def find_document(*, snapshot: Snapshot, approval: Approval | None, kind: DocumentKind) -> Document | None:
    """The document that was made already, or None."""
    return Document.objects.filter(snapshot=snapshot, approval=approval, **kind.as_arguments()).first()


@dataclass(frozen=True, kw_only=True)
class StoredFile:
    """What is safely stored: the file's hash and size, and what was drawn before a seal was put on it (if any was)."""

    sha256: str
    size: int
    renderer: str
    payload_sha256: str
    unsigned_sha256: str
    unsigned_size: int
    seal: str = ""

    def as_columns(self) -> dict[str, Any]:
        return {**asdict(self), "renderer": self.renderer[:300]}


@transaction.atomic
def record_document(
    *, snapshot: Snapshot, approval: Approval | None, kind: DocumentKind, file: StoredFile, at: dt.datetime
) -> Document:
    """Keeps the row of a file that is safely stored; two workers who drew the same one end with one row.

    The row of a file that was lost from the disk, or of a draft that looks otherwise now, is brought up to date with
    the one that was drawn in its place; the hash of what was issued before is kept. What was compared was that file.
    """
    known = find_document(snapshot=snapshot, approval=approval, kind=kind)
    if known is not None:
        if known.sha256 != file.sha256:
            EarlierFile.objects.get_or_create(sha256=known.sha256, defaults={"document": known, "replaced_at": at})
            known.redrawn_at, known.is_redrawn_the_same = None, None
        for name, value in file.as_columns().items():
            setattr(known, name, value)
        known.rendered_at = at
        known.save()
        return known
    document, _created = Document.objects.get_or_create(
        snapshot=snapshot,
        approval=approval,
        **kind.as_arguments(),
        defaults={**file.as_columns(), "rendered_at": at},
    )
    return document


def ask_for(*, snapshot: Snapshot, approval: Approval | None, kind: DocumentKind, actor: User, at: dt.datetime) -> Job:
    """Asks for a file, in the transaction of whoever wants it. Asked again before it is drawn it is the same job."""
    arguments = {
        "snapshot_id": snapshot.pk,
        "approval_id": None if approval is None else approval.pk,
        **kind.as_arguments(),
    }
    unfinished = [Job.Status.QUEUED, Job.Status.RUNNING]
    open_ones = Job.objects.filter(
        kind=RENDER_JOB, requested_by=actor, status__in=unfinished, arguments__snapshot_id=snapshot.pk
    )
    known = next((job for job in open_ones if job.arguments == arguments), None)
    return known or jobs.request(name=RENDER_JOB, actor=actor, at=at, **arguments)


@transaction.atomic
def ask_to_compare(document: Document, *, at: dt.datetime) -> Job | None:
    """Has a document drawn again and compared, once for each file of it; None when that was done or asked already."""
    if document.redrawn_at is not None:
        return None
    asked = Job.objects.filter(kind=REDRAW_JOB, arguments__document_id=document.pk)
    if asked.filter(created_at__gte=document.rendered_at).exists():
        return None
    return jobs.request(name=REDRAW_JOB, actor=system_user("verification"), at=at, document_id=document.pk)


def public_documents() -> Any:
    """The public editions of published reports: what anybody may fetch without a sign-in."""
    return (
        Document.objects.filter(
            edition=Document.Edition.PUBLIC,
            approval__isnull=False,
            snapshot__report__status=Report.Status.PUBLISHED,
        )
        .select_related("snapshot__report__operation", "approval")
        .defer("snapshot__content")
    )


def file_name(document: Document) -> str:
    """A name that says what the file is wherever it is saved: `illegal-2026-annual-1-ru.pdf`."""
    report = document.snapshot.report
    parts = [report.operation.slug, report.definition, str(report.number), document.language]
    if document.edition == Document.Edition.PUBLIC:
        parts.append("public")
    if document.marking == Document.Marking.NAMED:
        parts.append(f"copy-{document.copy_number}")
    if document.is_draft:
        parts.append("draft")
    extension = {"sdmx-csv": "csv", "sdmx-ml": "xml"}.get(document.format, document.format)
    return f"{'-'.join(parts)}.{extension}"


def verification_address(code: str) -> str:
    return f"{settings.SITE_ADDRESS}/verify/?code={code}"


def release_address(report: Report) -> str:
    """The page of a published report, which anybody may read."""
    return f"{settings.SITE_ADDRESS}/releases/reports/{report.pk}/"


def approval_facts(approval: Approval | None) -> dict[str, Any] | None:
    """What a document prints of its approval (docs/snapshot.md); None for a draft."""
    if approval is None:
        return None
    report = approval.snapshot.report
    day = moscow_date(approval.approved_at)
    return {
        "approved_at": approval.approved_at.isoformat(),
        "capacity": both(ru=approval.capacity_ru, en=approval.capacity_en),
        "name": both(ru=approval.name_ru, en=approval.name_en),
        **post_of(approval.approver, on=day),
        "meeting": _meeting_text(approval.meeting),
        "snapshot_sha256": approval.snapshot_sha256,
        "audit_head": approval.audit_head,
        "verification_url": verification_address(approval.verification_code),
        "registration_number": approval.registration_number or None,
        "registered_on": approval.registered_on.isoformat() if approval.registered_on else None,
        "acts": _acts(report, approval),
    }


def _acts(report: Report, approval: Approval) -> list[dict[str, Any]]:
    if definition_of(report).follows:
        acts = [_act(one.what, one.actor, one.at) for one in acts_of_object(report)]
        return [*acts[:-1], {**acts[-1], "capacity": both(ru=approval.capacity_ru, en=approval.capacity_en)}]
    acts = [_act(both(ru="Составлен", en="Composed"), report.composed_by, report.created_at)]
    if report.submitted_by is not None and report.submitted_at is not None:
        acts.append(_act(both(ru="Представлен", en="Submitted"), report.submitted_by, report.submitted_at))
    approved = _act(both(ru="Утверждён", en="Approved"), approval.approver, approval.approved_at)
    approved["capacity"] = both(ru=approval.capacity_ru, en=approval.capacity_en)
    return [*acts, approved]


def _act(what: Text, user: User, at: dt.datetime) -> dict[str, Any]:
    day = moscow_date(at)
    name = both(ru=user.name_ru, en=user.name_en)
    return {
        "what": what,
        "name": name,
        "post": post_of(user, on=day)["post"],
        "capacity": role_of(user, on=day),
        "at": at.isoformat(),
    }


def _meeting_text(meeting: Meeting | None) -> Text | None:
    if meeting is None:
        return None
    number = meeting.minutes_number or str(meeting.number)
    return both(
        ru=f"протокол от {date_text(meeting.held_on, language='ru')} № {number}",
        en=f"minutes of {date_text(meeting.held_on, language='en')} No. {number}",
    )
