"""Reports, the data frozen for them, their approval and the documents made from both."""

from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from operations.models import Meeting, MemberState, Operation, Stage, User
from operations.models.revision import Revised


class Report(Revised):
    """A report of a definition (`annual`, `cumulative`, …); `status` moves only through `domain/report_workflow.py`.

    The documents of a plan and of a meeting are reports too: that of a plan has the version's number, that of a meeting
    its `meeting`.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted for approval")
        RETURNED = "returned", _("Returned for revision")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    definition = models.CharField(max_length=20)
    operation = models.ForeignKey(Operation, models.PROTECT, related_name="reports")
    stage = models.ForeignKey(Stage, models.PROTECT, null=True, blank=True, related_name="reports")
    state = models.ForeignKey(MemberState, models.PROTECT, null=True, blank=True, related_name="reports")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="reports")
    number = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    composed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    explanation = models.TextField(blank=True)
    decision_comment = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.UniqueConstraint(
                "definition",
                "operation",
                Coalesce("stage_id", 0),
                Coalesce("state_id", 0),
                Coalesce("meeting_id", 0),
                "number",
                name="report_number_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.definition} {self.operation_id} № {self.number}"


class Narrative(Revised):
    """The text that people write for one section of a report, in both languages."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="narratives")
    section = models.CharField(max_length=30)
    text_ru = models.TextField(blank=True)
    text_en = models.TextField(blank=True)

    class Meta:
        ordering = ["report", "id"]
        constraints = [models.UniqueConstraint(fields=["report", "section"], name="one_narrative_per_section")]

    def __str__(self) -> str:
        return self.section


class Snapshot(models.Model):
    """The frozen data of a report: canonical JSON as bytes and its SHA-256; never updated, only superseded."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="snapshots")
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    schema = models.PositiveSmallIntegerField(default=1)
    data_version = models.PositiveIntegerField()
    as_of = models.DateTimeField()
    taken_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    is_draft = models.BooleanField(default=False)

    class Meta:
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="snapshot_number_unique")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Approval(models.Model):
    """Who approved which snapshot, when and in what capacity: bound to the snapshot's hash and the audit head.

    The approved document is registered in the same moment, under the next number of its year.
    """

    snapshot = models.OneToOneField(Snapshot, models.PROTECT, related_name="approval")
    approver = models.ForeignKey(User, models.PROTECT, related_name="+")
    name_ru = models.CharField(max_length=150)
    name_en = models.CharField(max_length=150)
    capacity_ru = models.CharField(max_length=300)
    capacity_en = models.CharField(max_length=300)
    approved_at = models.DateTimeField()
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="+")
    snapshot_sha256 = models.CharField(max_length=64)
    audit_head = models.CharField(max_length=64)
    verification_code = models.CharField(max_length=40, unique=True)
    registration_number = models.CharField(max_length=40, blank=True)
    registered_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-approved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["registration_number"],
                condition=~models.Q(registration_number=""),
                name="registration_number_unique",
            )
        ]

    def __str__(self) -> str:
        return self.verification_code


def languages_of(code: str) -> str:
    """The languages of a document as lists name them: "RU", or "RU, EN" of one that has both side by side."""
    return "RU, EN" if code == "both" else code.upper()


class Document(models.Model):
    """A file rendered from a snapshot and its approval; stored by content address, verifiable by its hash.

    `payload_sha256` is the hash of the data drawn into it (a public edition's are not the snapshot's). Of a sealed PDF
    the first `unsigned_size` bytes are what was drawn, with `unsigned_sha256`; `seal` is the certificate's fingerprint.
    `is_redrawn_the_same` says what drawing it again with the same renderer gave.
    """

    class Format(models.TextChoices):
        PDF = "pdf", "PDF"
        DOCX = "docx", "DOCX"
        XLSX = "xlsx", "XLSX"
        CSV = "csv", "CSV"
        JSON = "json", "JSON"
        HTML = "html", "HTML"
        SDMX_CSV = "sdmx-csv", "SDMX-CSV"
        SDMX_ML = "sdmx-ml", "SDMX-ML"

    class Edition(models.TextChoices):
        FULL = "full", _("Full edition")
        PUBLIC = "public", _("Public edition")

    class Marking(models.TextChoices):
        INTERNAL = "internal", _("For official use")
        OPEN = "open", pgettext_lazy("marking", "Open")
        NAMED = "named", _("Named recipients")

    snapshot = models.ForeignKey(Snapshot, models.PROTECT, related_name="documents")
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, blank=True, related_name="documents")
    format = models.CharField(max_length=8, choices=Format)
    language = models.CharField(max_length=4)
    edition = models.CharField(max_length=6, choices=Edition, default=Edition.FULL)
    marking = models.CharField(max_length=8, choices=Marking, default=Marking.INTERNAL)
    copy_number = models.PositiveSmallIntegerField(default=1)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    payload_sha256 = models.CharField(max_length=64, blank=True)
    unsigned_sha256 = models.CharField(max_length=64, blank=True)
    unsigned_size = models.PositiveIntegerField(null=True, blank=True)
    seal = models.CharField(max_length=64, blank=True)
    renderer = models.CharField(max_length=300)
    rendered_at = models.DateTimeField()
    redrawn_at = models.DateTimeField(null=True, blank=True)
    is_redrawn_the_same = models.BooleanField(null=True, blank=True)

    class Meta:
        ordering = ["snapshot", "format", "language"]
        indexes = [models.Index(fields=["sha256"], name="document_by_hash")]
        constraints = [
            models.UniqueConstraint(
                "snapshot",
                Coalesce("approval_id", 0),
                "format",
                "language",
                "edition",
                "marking",
                "copy_number",
                name="one_document_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.format} {self.language}"

    @property
    def is_draft(self) -> bool:
        return self.approval_id is None

    @property
    def languages(self) -> str:
        return languages_of(self.language)


class EarlierFile(models.Model):
    """A file of a document that was issued, was lost from the disk and was drawn and sealed again: it stays authentic.

    No two seals are alike, so the file has another hash than the one that took its place.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="earlier_files")
    sha256 = models.CharField(max_length=64, unique=True)
    replaced_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.sha256[:12]
