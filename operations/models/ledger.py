"""The records that make the system durable and answerable: audit chain, outbox, jobs, idempotency keys, tokens."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from operations.models.people import User


class AuditEntry(models.Model):
    """One link of the append-only, hash-chained audit trail.

    `entry_hash` is SHA-256 over `previous_hash` and the canonical JSON of the other columns. Names are copied,
    so that an entry reads the same after its people and objects have changed. Triggers refuse UPDATE and DELETE.
    """

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False)
    actor_name = models.CharField(max_length=150)
    act = models.CharField(max_length=60)
    act_group = models.UUIDField()
    object_type = models.CharField(max_length=60)
    object_id = models.CharField(max_length=60)
    object_label = models.CharField(max_length=300)
    state_code = models.CharField(max_length=2, blank=True)
    data = models.TextField()
    previous_hash = models.CharField(max_length=64)
    entry_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["sequence"]
        indexes = [models.Index(fields=["object_type", "object_id"], name="audit_by_object")]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.sequence}: {self.act}"


class OutboxMessage(models.Model):
    """An effect outside the database, written in the transaction that caused it and delivered by the relay."""

    topic = models.CharField(max_length=60)
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    delivered_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["available_at"], condition=models.Q(delivered_at__isnull=True), name="outbox_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.id}: {self.topic}"


class Job(models.Model):
    """Long work with progress. The row is the truth, whatever a broker remembers; a stale heartbeat is swept."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    kind = models.CharField(max_length=60)
    arguments = models.JSONField(default=dict)
    status = models.CharField(max_length=9, choices=Status, default=Status.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["status", "heartbeat_at"], name="job_by_status")]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class IdempotencyKey(models.Model):
    """The stored answer to a POST with an `Idempotency-Key`; the same key with another body is refused."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=100)
    request_hash = models.CharField(max_length=64)
    status_code = models.PositiveSmallIntegerField(null=True, blank=True)
    body = models.TextField(blank=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_unique_per_user")]

    def __str__(self) -> str:
        return self.key


class ApiToken(AbstractAuthToken):
    """A token of an agency's own system: what it may do (`scopes`) and from where (`addresses`)."""

    label = models.CharField(max_length=120, blank=True)
    scopes = models.JSONField(default=list)
    addresses = models.JSONField(default=list)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label or self.token_key


class Notice(models.Model):
    """A notice to a person: shown in the site, sent by e-mail when an address is known."""

    user = models.ForeignKey(User, models.CASCADE, related_name="notices")
    topic = models.CharField(max_length=60)
    subject_ru = models.CharField(max_length=300)
    subject_en = models.CharField(max_length=300)
    address = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return self.subject_ru
